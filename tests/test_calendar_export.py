"""A calendar of a book: what stands in it, that it is known again, closed when it is over, and the same until then."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from icalendar import Calendar as ICalendar

from conftest import NOW
from crmtxt.model.calendar import COMPLETED
from crmtxt.model.calendar import FOLLOW_UP
from crmtxt.model.calendar import TODO
from crmtxt.model.calendar import Alarms
from crmtxt.model.calendar import Calendar
from crmtxt.model.calendar import CalendarEntry
from crmtxt.render.calendar import to_ics
from crmtxt.render.clean import clean
from crmtxt.render.clean import clean_line

if TYPE_CHECKING:
    from prompt import Prompt

SETTINGS = """crmtxt: 1
name: Harbour Tools
timezone: Europe/London
team:
  sam: {name: Sam Okafor, email: sam@harbour.example}
  ana: {name: Ana Rossi}
strategy:
  types:
    account: {cadence: 6w}
"""
ACME = """---
name: Acme Ltd
owner: sam
type: account
contacts:
  jane: {name: Jane Doe, birthday: 1980-02-29}
---

## Next

%s

## Log

- 2026-11-01 call with @jane by @sam: hello
"""
KHAL = """[calendars]
[[crm]]
path = {folder}
[locale]
local_timezone = Europe/London
default_timezone = Europe/London
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[default]
default_calendar = crm
[sqlite]
path = {home}/khal.db
"""
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)
NEVER = Alarms(None, None)


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a book of one customer, in a repository of its own, with the working folder in it."""
    (tmp_path / "customers").mkdir()
    (tmp_path / "crmtxt.yaml").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    plan(tmp_path)
    return tmp_path


def plan(book: Path, *lines: str) -> None:
    """Give Acme these lines in Next, and commit the book."""
    text = ACME % "\n".join(f"- [ ] {line}" for line in lines)
    (book / "customers" / "acme.md").write_text(text, encoding="utf-8", newline="")
    commit(book)


def commit(book: Path) -> None:
    subprocess.run(["git", "add", "--all"], check=True, cwd=book)
    subprocess.run(["git", "commit", "--quiet", "--message=by hand", "--allow-empty"], check=True, cwd=book)


def exported(crmtxt: Prompt, words: str = "--only follow-up --only promise") -> str:
    answer = crmtxt(f"crmtxt calendar export {words}")
    assert (answer.code, answer.stderr) == (0, "")
    return answer.stdout


def read(text: str) -> Any:  # noqa: ANN401  # a component of icalendar
    """Return a file as icalendar reads it."""
    return ICalendar.from_ical(text)


def entries(text: str) -> list[Any]:
    """Return the events and tasks of a file."""
    return [each for each in read(text).walk() if each.name in {"VEVENT", "VTODO"}]


def told(text: str) -> dict[str, tuple[str, str]]:
    """Return day (and time) and status of each entry by its UID."""
    found = {
        str(each["UID"]): ((each.get("DTSTART") or each["DUE"]).dt.isoformat(), str(each["STATUS"]))
        for each in entries(text)
    }
    assert len(found) == len(entries(text))
    return found


def test_what_is_put_off_keeps_its_name(crmtxt: Prompt, ours: Path) -> None:
    plan(ours, "2026-12-01 call to @jane: terms", "2026-12-02 promise to @jane: a list")
    before = told(exported(crmtxt))
    for ref in [each.split("\t")[0] for each in crmtxt("crmtxt due --until eoy").stdout.splitlines()]:
        assert crmtxt(f"crmtxt snooze {ref} 2026-12-20").code == 0
    assert sorted(each for each, _ in before.values()) == ["2026-12-01", "2026-12-02"]
    assert told(exported(crmtxt)) == dict.fromkeys(before, ("2026-12-20", "CONFIRMED"))


def test_who_is_renamed_keeps_all_names_and_takes_along_what_is_over(crmtxt: Prompt, ours: Path) -> None:
    plan(ours, "2026-12-01 call to @jane: terms", "2026-12-02 visit to @jane: tea")
    visit = crmtxt("crmtxt due kind:visit --until eoy").stdout.split("\t")[0]
    assert crmtxt(f"crmtxt done {visit}").code == 0
    before = told(exported(crmtxt, ""))
    assert crmtxt("crmtxt rename acme acme-group").code == 0
    assert crmtxt("crmtxt rename acme-group zenith").code == 0
    assert told(exported(crmtxt, "")) == before


def test_a_customer_with_the_handle_another_had_has_names_of_its_own(crmtxt: Prompt, ours: Path) -> None:
    line = "2026-12-01 call to @jane: terms"
    plan(ours, line)
    before = told(exported(crmtxt, ""))
    for number, handle in enumerate(("zenith", "globex", "initech"), 2):
        assert crmtxt(f"crmtxt rename acme {handle}").code == 0
        plan(ours, line)
        now = [str(each["UID"]) for each in entries(exported(crmtxt, ""))]
        assert len(set(now)) == len(now) == number * len(before)
        assert before.keys() <= set(now)


def test_a_query_is_of_customers_whatever_their_lines_say(crmtxt: Prompt, ours: Path) -> None:
    plan(ours, "2026-12-01 call to @jane: terms")
    names = told(exported(crmtxt))
    ref = crmtxt("crmtxt due --until eoy").stdout.split("\t")[0]
    assert crmtxt(f"crmtxt cancel {ref}").code == crmtxt("crmtxt undo").code == 0
    assert told(exported(crmtxt, "acme --only follow-up")) == names
    assert told(exported(crmtxt, "-acme")) == {}


def test_a_day_of_no_calendar_is_left_out(crmtxt: Prompt, ours: Path) -> None:
    plan(ours, *(f"{day} call: how is it" for day in ("0001-01-01", "9999-12-31 23:59", "2199-12-31 23:59")))
    assert [day for day, _ in told(exported(crmtxt)).values()] == ["2199-12-31T23:59:00+00:00"]


def test_a_merge_closes_what_the_other_customer_had(crmtxt: Prompt, ours: Path) -> None:
    plan(ours)
    (ours / "customers/old.md").write_text("---\nname: Old\n---\n\n## Next\n\n- [ ] 2026-12-01 call: terms\n")
    commit(ours)
    (name,) = told(exported(crmtxt))
    assert crmtxt("crmtxt merge acme old --yes").code == 0
    after = told(exported(crmtxt))
    assert after.pop(name) == ("2026-12-01", "CANCELLED")
    assert [*after.values()] == [("2026-12-01", "CONFIRMED")]


@pytest.mark.parametrize(
    ("line", "command", "status"),
    [
        ("call to @jane: terms", "done", "COMPLETED"),
        ("call to @jane: terms", "done {} she will think about it", "COMPLETED"),
        ("call to @jane: terms", "cancel", "CANCELLED"),
        ("promise to @jane: a list", "done {} with a drawing", "COMPLETED"),
        ("promise from @jane: a list", "broken", "CANCELLED"),
        ("promise to @jane: a list", "cancel", "CANCELLED"),
    ],
)
@pytest.mark.parametrize("has_git", [True, False])
def test_what_is_over_is_closed(
    crmtxt: Prompt, ours: Path, *, line: str, command: str, status: str, has_git: bool
) -> None:
    if not has_git:
        subprocess.run(["rm", "-rf", ".git"], check=True)
        (ours / "customers/acme.md").write_text(ACME % f"- [ ] 2026-12-01 {line}", encoding="utf-8")
    else:
        plan(ours, f"2026-12-01 {line}")
    (name,) = told(exported(crmtxt))
    ref = crmtxt("crmtxt due --until eoy").stdout.split("\t")[0]
    assert crmtxt(f"crmtxt {command if '{}' in command else command + ' {}'}".format(ref)).code == 0
    assert told(exported(crmtxt, "--as todo")).get(name) == ("2026-12-01", status)
    (event,) = [each for each in entries(exported(crmtxt)) if each["UID"] == name]
    assert event["STATUS"] == ("CANCELLED" if status == "CANCELLED" else "CONFIRMED")
    assert event["SUMMARY"].startswith("done: ") == (status == "COMPLETED")
    assert not event.walk("VALARM")
    crmtxt("crmtxt undo")
    assert told(exported(crmtxt)) == {name: ("2026-12-01", "CONFIRMED")}


@pytest.mark.parametrize(("box", "status"), [("x", "COMPLETED"), ("-", "CANCELLED")])
def test_a_box_that_is_ticked_in_an_editor_closes_too(crmtxt: Prompt, ours: Path, box: str, status: str) -> None:
    plan(ours, "2026-12-01 call to @jane: terms")
    (name,) = told(exported(crmtxt))
    file = ours / "customers/acme.md"
    file.write_text(file.read_text().replace("[ ]", f"[{box}]"))
    commit(ours)
    assert told(exported(crmtxt, "--as todo --only follow-up")) == {name: ("2026-12-01", status)}


def test_an_end_that_is_in_no_commit_yet_is_not_told_as_an_older_one(crmtxt: Prompt, ours: Path) -> None:
    plan(ours, "2026-12-01 call to @jane: terms")
    ref = crmtxt("crmtxt due --until eoy").stdout.split("\t")[0]
    assert crmtxt(f"crmtxt cancel {ref}").code == crmtxt("crmtxt undo").code == 0
    file = ours / "customers/acme.md"
    file.write_text(file.read_text().replace("[ ]", "[x]"))
    assert told(exported(crmtxt)) == {}
    commit(ours)
    assert list(told(exported(crmtxt, "--as todo --only follow-up")).values()) == [("2026-12-01", "COMPLETED")]


def test_of_lines_that_say_the_same_as_many_are_closed_as_were_open_at_once(crmtxt: Prompt, ours: Path) -> None:
    plan(ours, *(f"2026-12-{day:02} call to @jane: how is it" for day in (1, 8, 15)))
    names = set(told(exported(crmtxt)))
    for count in (1, 2, 3):
        ref = crmtxt("crmtxt due --until eoy").stdout.split("\t")[0]
        assert crmtxt(f"crmtxt done {ref}").code == 0
        now = told(exported(crmtxt, "--as todo --only follow-up"))
        assert set(now) == names
        assert [state for _, state in now.values()].count("COMPLETED") == count
    assert crmtxt("crmtxt next acme 2026-12-22 call to jane: how is it").code == 0
    assert max(told(exported(crmtxt)).values()) == ("2026-12-22", "CONFIRMED")
    assert set(told(exported(crmtxt))) == names


def test_a_repeat_that_is_done_moves_on_under_its_name(crmtxt: Prompt, ours: Path) -> None:
    plan(ours, "2026-11-20 call to @jane: how is it every:2w")
    (event,) = entries(exported(crmtxt))
    assert dict(event["RRULE"]) == {"FREQ": ["WEEKLY"], "INTERVAL": [2]}
    ref = crmtxt("crmtxt due").stdout.split("\t")[0]
    assert crmtxt(f"crmtxt done {ref}").code == 0
    assert told(exported(crmtxt)) == {str(event["UID"]): ("2026-12-04", "CONFIRMED")}
    assert crmtxt(f"crmtxt snooze {ref} 2026-12-07").code == 0
    (event,) = entries(exported(crmtxt))
    assert event["DTSTART"].dt == date(2026, 12, 7)
    assert "RRULE" not in event


def test_what_was_over_before_last_month_is_left_out(
    crmtxt: Prompt, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(ours, "2026-12-01 call to @jane: terms")
    ref = crmtxt("crmtxt due --until eoy").stdout.split("\t")[0]
    assert crmtxt(f"crmtxt done {ref}").code == 0  # on 21 November
    git = Path(os.environ["PATH"].split(":")[0]) / "git"
    for moment, is_told in (("2026-12-31T23:00:00+00:00", True), ("2027-01-01T09:00:00+00:00", False)):
        (ours / "git").write_text(git.read_text().replace(NOW.isoformat(), moment))
        (ours / "git").chmod(0o755)
        with monkeypatch.context() as patch:
            patch.setenv("PATH", f"{ours}:{os.environ['PATH']}")
            (ours / "customers/other.md").write_text(f"---\nname: {moment[:10]}\n---\n")
            commit(ours)
        assert (len(told(exported(crmtxt))) == 1) == is_told


def test_an_unchanged_book_gives_the_same_bytes_on_any_day_anywhere(
    crmtxt: Prompt, ours: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plan(ours, "2026-12-01 09:30 call to @jane: terms every:1m", "2026-11-02 promise to @jane: a list")
    crmtxt(f"crmtxt done {crmtxt('crmtxt due').stdout.split(chr(9))[0]}")
    first = exported(crmtxt, "")
    for day, zone in ((1, "Asia/Tokyo"), (40, "America/Lima"), (400, "UTC")):
        monkeypatch.setattr("crmtxt.session.clock", lambda day=day: NOW + timedelta(day))
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert exported(crmtxt, "") == first
    clone = tmp_path_factory.mktemp("clone")
    subprocess.run(["git", "clone", "--quiet", ours, clone], check=True)
    monkeypatch.chdir(clone)
    assert exported(crmtxt, "") == first


def test_what_is_changed_says_so(crmtxt: Prompt, ours: Path) -> None:
    plan(ours, "2026-12-01 call to @jane: terms")
    (event,) = entries(exported(crmtxt))
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == NOW
    (ours / "customers/acme.md").write_text(ACME % "- [ ] 2026-12-01 call to @jane: terms\n", encoding="utf-8")
    os.utime(ours / "customers/acme.md", (2e9, 2e9))
    (event,) = entries(exported(crmtxt))
    assert event["DTSTAMP"].dt == datetime.fromtimestamp(2e9, UTC)  # not committed yet


def test_a_commit_of_no_day_in_the_calendar_is_one_of_long_ago(crmtxt: Prompt, ours: Path) -> None:
    plan(ours, "2026-12-01 call to @jane: terms")
    git = ["git", "-C", str(ours)]
    tree = subprocess.run([*git, "write-tree"], check=True, capture_output=True, text=True).stdout.strip()
    who = "Sam <sam@harbour.example> 99999999999999 +9999"
    text = f"tree {tree}\nauthor {who}\ncommitter {who}\n\nodd\n"
    words = [*git, "hash-object", "-t", "commit", "-w", "--stdin", "--literally"]
    name = subprocess.run(words, check=True, capture_output=True, text=True, input=text).stdout.strip()
    subprocess.run([*git, "update-ref", "HEAD", name], check=True)
    (event,) = entries(exported(crmtxt))
    assert event["DTSTAMP"].dt == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_shell_completes_kinds_and_forms(crmtxt: Prompt, ours: Path) -> None:
    assert ours
    for typed, word in (("--only b", "birthday"), ("--as t", "todo"), ("--for a", "ana")):
        assert crmtxt(f"crmtxt complete-words calendar export {typed}").stdout.split() == [word]


def test_each_kind_is_told_once_with_what_it_is_about(crmtxt: Prompt, book: Path) -> None:
    assert book.exists()
    for kind in ("follow-up", "promise", "word", "renewal", "birthday", "plan"):
        found = [
            each for who in ("sam", "ana", "lee") for each in entries(exported(crmtxt, f"--for {who} --only {kind}"))
        ]
        assert found, kind
        assert {str(each["CATEGORIES"].to_ical().decode()) for each in found} == {kind}
        assert all("crmtxt " in each["DESCRIPTION"] for each in found)
        assert all(each.get("TRANSP") == "TRANSPARENT" for each in found if type(each["DTSTART"].dt) is date)


def test_a_birthday_is_an_event_of_every_year_and_no_year_of_birth_is_told(crmtxt: Prompt, ours: Path) -> None:
    assert ours
    text = exported(crmtxt, "--as todo --only birthday")
    (event,) = entries(text)
    assert (event.name, event["DTSTART"].dt) == ("VEVENT", date(2000, 2, 29))
    assert dict(event["RRULE"]) == {"FREQ": ["YEARLY"], "BYMONTH": [2], "BYMONTHDAY": [-1]}
    assert "1980" not in text
    rings = [each["TRIGGER"].dt for each in event.walk("VALARM")]
    assert rings == [timedelta(days=-7, hours=9), timedelta(hours=9)]


@pytest.mark.parametrize(("snoozed", "day"), [("", "2026-12-13"), ("snoozed: 2027-01-05\n", "2027-01-05")])
def test_a_word_is_due_by_the_cadence_or_after_the_rest(crmtxt: Prompt, ours: Path, snoozed: str, day: str) -> None:
    file = ours / "customers/acme.md"
    file.write_text(file.read_text().replace("type: account\n", f"type: account\n{snoozed}"))
    assert [each for each, _ in told(exported(crmtxt, "--only word")).values()] == [day]


@pytest.mark.parametrize(
    ("who", "found"), [("sam", {"mine", "anybody's"}), ("ana", {"hers"}), ("''", {"mine", "hers", "anybody's"})]
)
def test_a_line_is_for_those_it_names_else_for_the_owner(
    crmtxt: Prompt, ours: Path, monkeypatch: pytest.MonkeyPatch, who: str, found: set[str]
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Nobody")
    (ours / "crmtxt.yaml").write_text(SETTINGS.replace("email: sam@harbour.example", "email: other@harbour.example"))
    plan(ours, "2026-12-01 call by @sam: mine", "2026-12-02 call by @ana: hers", "2026-12-03 call: anybody's")
    said = entries(exported(crmtxt, f"--for {who} --only follow-up"))
    assert {str(each["SUMMARY"]).rpartition(": ")[2] for each in said} == found


@pytest.mark.parametrize(
    ("written", "zone", "utc"),
    [
        ("2026-03-28 09:30", "Europe/London", "2026-03-28T09:30"),  # the day before the clocks go forward
        ("2026-03-29 09:30", "Europe/London", "2026-03-29T08:30"),
        ("2026-10-24 09:30", "Europe/London", "2026-10-24T08:30"),
        ("2026-10-25 09:30", "Europe/London", "2026-10-25T09:30"),
        ("2026-12-01 09:30", "Asia/Kathmandu", "2026-12-01T03:45"),
        ("2060-07-01 09:30", "America/New_York", "2060-07-01T13:30"),
        ("2026-12-01 09:30", "UTC", "2026-12-01T09:30"),
    ],
)
def test_a_time_is_that_of_the_book(crmtxt: Prompt, ours: Path, written: str, zone: str, utc: str) -> None:
    (ours / "crmtxt.yaml").write_text(SETTINGS.replace("Europe/London", zone))
    plan(ours, f"{written} call to @jane: terms")
    text = exported(crmtxt, "--as todo --only follow-up")
    (event,) = entries(text)
    assert event.name == "VEVENT"
    assert event["DTSTART"].dt.astimezone(UTC) == datetime.fromisoformat(f"{utc}Z")
    assert ("BEGIN:VTIMEZONE" in text) == (zone != "UTC")
    zones = [each.to_tz(lookup_tzid=False) for each in read(text).walk("VTIMEZONE")]
    for known in zones:  # as a client sees it that knows no time zones
        local = datetime.fromisoformat(written.replace(" ", "T"))
        assert local.replace(tzinfo=known).astimezone(UTC) == datetime.fromisoformat(f"{utc}Z")


def test_without_a_time_zone_a_time_is_that_of_wherever_one_is(crmtxt: Prompt, ours: Path) -> None:
    (ours / "crmtxt.yaml").write_text(SETTINGS.replace("timezone: Europe/London\n", ""))
    plan(ours, "2026-12-01 09:30 call to @jane: terms every:freq=weekly;until=20261231")
    text = exported(crmtxt)
    assert "\r\nDTSTART:20261201T093000\r\n" in text
    assert "\r\nRRULE:FREQ=WEEKLY;UNTIL=20261231T235959\r\n" in text


def test_a_repeat_over_a_change_of_the_clocks_stays_at_its_time(crmtxt: Prompt, ours: Path) -> None:
    from dateutil.rrule import rrulestr

    plan(ours, "2026-10-20 09:30 call to @jane: terms every:freq=weekly;until=20261103")
    (event,) = entries(exported(crmtxt))
    zone, rule = ZoneInfo("Europe/London"), event["RRULE"].to_ical().decode()
    days = [*rrulestr(rule, dtstart=datetime(2026, 10, 20, 9, 30, tzinfo=zone))]
    assert [each.astimezone(UTC).isoformat()[:16] for each in days] == [
        "2026-10-20T08:30",
        "2026-10-27T09:30",
        "2026-11-03T09:30",
    ]


@pytest.mark.parametrize(
    ("alarm", "rings"),
    [
        ("", [9 * 60, -15]),
        ("alarm: {at: '7:05', before: 0}", [7 * 60 + 5, 0]),
        ("alarm: {at: never, before: never}", []),
    ],
)
def test_it_rings_when_the_user_says(crmtxt: Prompt, ours: Path, home: Path, alarm: str, rings: list[int]) -> None:
    (home / ".config/crmtxt").mkdir(parents=True)
    (home / ".config/crmtxt/config.yaml").write_text(alarm)
    plan(ours, "2026-12-01 call to @jane: terms", "2026-12-02 09:30 call to @jane: lunch")
    found = [each["TRIGGER"].dt for entry in entries(exported(crmtxt)) for each in entry.walk("VALARM")]
    assert found == [timedelta(minutes=each) for each in rings]


HOSTILE = (
    "END:VCALENDAR",
    "a\u2028END:VEVENT\u2029BEGIN:VEVENT",
    "; , \\ \\n \\N : \" ' ^n ^^",
    "\u202eright to left\u202c \x1b[31mred \x07 \x0b\x0c\x85",
    "x" * 10_000,
    "é\U0001f9c0\u0301" * 900,
    "tab\tand\rcarriage return",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", ["event", "todo"])
def test_no_text_leaves_its_property(crmtxt: Prompt, ours: Path, text: str, form: str) -> None:
    plan(ours, f"2026-12-01 promise to {text[:50]}: {text}", f"2026-12-02 call: {text}")
    (ours / "crmtxt.yaml").write_text(SETTINGS.replace("Harbour Tools", '"END:VCALENDAR\\r\\nBEGIN:VEVENT\\n"'))
    answer = crmtxt(f"crmtxt calendar export --as {form}")
    names = [line.partition(":") for line in answer.stdout.split("\r\n")]
    assert [value for name, _, value in names if name == "BEGIN"].count("VCALENDAR") == 1
    assert answer.stdout.endswith("END:VCALENDAR\r\n")
    assert answer.stdout.count("\r\nEND:VCALENDAR\r\n") == 1
    assert all(len(line.encode()) <= 75 for line in answer.stdout.split("\r\n"))
    assert not any(sign in answer.stdout.replace("\r\n", "") for sign in "\r\n\x00\x1b\x07\x0b\x0c\x85\u2028\u202e")
    assert len(entries(answer.stdout)) >= 2
    assert {each.name for each in read(answer.stdout).subcomponents} <= {"VEVENT", "VTODO"}


@settings(max_examples=80, deadline=None)
@given(
    ANY_TEXT,
    ANY_TEXT,
    st.sampled_from(["", "09:30"]),
    st.sampled_from(["event", "todo"]),
    st.sampled_from(["open", COMPLETED]),
)
def test_what_is_written_is_what_a_parser_reads(summary: str, about: str, at: str, form: str, state: str) -> None:
    entry = CalendarEntry("u", FOLLOW_UP, summary, about, date(2026, 12, 1), NOW, at, state=state)
    text = to_ics(Calendar(summary, "Europe/London", [entry, entry]), NEVER, todos=form == TODO)
    one, two = entries(text)
    said = clean_line(summary)
    said = f"done: {said}" if one.name == "VEVENT" and state == COMPLETED else said
    assert one == two
    assert _unambiguous(str(one["SUMMARY"])) == _unambiguous(said)
    assert _unambiguous(str(one.get("DESCRIPTION", ""))) == _unambiguous(clean(about))
    assert one.name == ("VTODO" if form == TODO and not at else "VEVENT")


def _unambiguous(text: str) -> str:
    """Return a text without what icalendar 7 reads otherwise than it writes: a backslash before a letter n."""
    return text.replace("\\", "").replace("\n", "").replace("n", "").replace("N", "")


def run(home: Path, *words: str) -> str:
    """Run a program beside ours, with a home of its own; fail when it does."""
    program, *rest = words
    path = Path(sys.executable).parent / program
    result = subprocess.run([path, *rest], capture_output=True, text=True, check=False, cwd=home)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_khal_shows_what_is_planned_moves_what_is_put_off_and_repeats(crmtxt: Prompt, ours: Path, home: Path) -> None:
    plan(
        ours,
        "2026-12-01 call to @jane: terms; a, b \\ c",
        "2026-12-02 09:30 call to @jane: every month every:1m",
    )
    (home / "crm").mkdir()
    (home / "khal.conf").write_text(KHAL.format(folder=home / "crm", home=home))
    khal = ("khal", "-c", str(home / "khal.conf"))

    def shown() -> str:
        crmtxt("crmtxt calendar export --only follow-up -o crm.ics")
        run(home, *khal, "import", "--batch", "-a", "crm", str(ours / "crm.ics"))
        return run(home, *khal, "list", "--format", "{start} {title}", "2026-11-30", "2027-02-10")

    text = shown()
    assert "2026-12-01 Acme Ltd: call to Jane: terms; a, b \\ c" in text
    for day in ("2026-12-02", "2027-01-02", "2027-02-02"):
        assert f"{day} 09:30 Acme Ltd: call to Jane: every month" in text
    crmtxt(f"crmtxt snooze {crmtxt('crmtxt due --until eoy').stdout.split(chr(9))[0]} 2026-12-09")
    text = shown()
    assert "2026-12-09 Acme Ltd: call to Jane: terms" in text
    assert "2026-12-01" not in text


def test_todoman_lists_what_is_open_and_no_longer_what_is_done(crmtxt: Prompt, ours: Path, home: Path) -> None:
    plan(ours, "2026-12-01 call to @jane: terms", "2026-12-02 promise to @jane: a list", "2026-12-03 visit: tea")
    folder = home / "tasks" / "crm"
    folder.mkdir(parents=True)
    config = home / "todoman.py"
    config.write_text(f'path = "{home}/tasks/*"\ndate_format = "%Y-%m-%d"\ncache_path = "{home}/todoman.sqlite"\n')

    def shown(*words: str) -> list[str]:
        for each in entries(exported(crmtxt, "--as todo --only follow-up --only promise")):
            alone = ICalendar()
            alone.add("VERSION", "2.0")
            alone.add("PRODID", "-//test//")
            alone.add_component(each)
            (folder / f"{each['UID']}.ics").write_bytes(alone.to_ical())
        return run(home, "todo", "--config", str(config), "--porcelain", "list", *words).splitlines()

    def due() -> str:
        return crmtxt("crmtxt due --until eoy").stdout.split("\t")[0]

    assert "terms" in "".join(shown())
    assert crmtxt(f"crmtxt done {due()} she agrees").code == 0
    assert crmtxt(f"crmtxt cancel {due()}").code == 0
    left = "".join(shown())
    assert "tea" in left
    assert "terms" not in left
    assert "a list" not in left
    assert "terms" in "".join(shown("--status", "COMPLETED"))
    assert "a list" in "".join(shown("--status", "CANCELLED"))
