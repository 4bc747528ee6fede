"""Meetings from a calendar: what is read of an event, that twice is once, and that nothing in it is taken for ours."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections import Counter
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped]  # the package is not marked as typed
from hypothesis import Phase
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.errors import InvalidError
from crmtxt.errors import UsageError
from crmtxt.model.line import Line
from crmtxt.model.meeting import Meeting
from crmtxt.model.series import by_uid
from crmtxt.model.series import meetings_of
from crmtxt.services.capture import Setting
from crmtxt.services.capture import next_line
from crmtxt.services.proposals import add_command
from crmtxt.services.proposals import next_command
from crmtxt.text import edit
from crmtxt.text.emit import HIDDEN
from crmtxt.text.lines import write_line
from crmtxt.text.meetings import read_calendar
from generators import AWKWARD
from prompt import Prompt

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = date(2025, 11, 21), date(2026, 12, 31)
BOOK = """crmtxt: 1
timezone: Europe/London
team:
  sam: {name: Sam Okafor, email: sam@harbour.example}
  ana: {name: Ana, email: ana@harbour.example}
"""
ACME = "---\nname: Acme\ncontacts:\n  jane:\n    name: Jane Doe\n    email: jane@acme.example\n---\n"
QUILL = ACME.replace("Acme", "Quill").replace("jane", "rosa").replace("acme", "quill").replace("Jane Doe", "Rosa Quill")
JANE, SAM = "ATTENDEE;CN=Jane:mailto:jane@acme.example", "ATTENDEE:mailto:sam@harbour.example"
# as Outlook writes a zone that has no name elsewhere
CUSTOM = """BEGIN:VTIMEZONE
TZID:Customized Time Zone 7
BEGIN:STANDARD
DTSTART:16010101T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
END:VTIMEZONE"""
SECONDLY = CUSTOM.replace("FREQ=YEARLY;", "FREQ=SECONDLY;").replace("Zone 7", "Zone 8")
WEEKLY = "UID:w\nDTSTART;TZID=Europe/London:20261005T100000\nRRULE:FREQ=WEEKLY;COUNT=4"


def calendar(*events: str, zone: str = "") -> bytes:
    """Return a calendar of events, each its rows."""
    parts = [f"BEGIN:VEVENT\n{event}\nEND:VEVENT" for event in events]
    rows = ["BEGIN:VCALENDAR", *([zone] if zone else []), *parts, "END:VCALENDAR", ""]
    return "\n".join(rows).replace("\n", "\r\n").encode()


def meetings(data: bytes) -> list[Meeting]:
    """Return all meetings that a calendar comes to."""
    return [each for those in by_uid(read_calendar(data, "x.ics")[0]) for each in meetings_of(those, FIRST, LAST)]


def spans(data: bytes) -> list[str]:
    """Return when the meetings of a calendar are, and what could not be read of it."""
    found = []
    for meeting in meetings(data):
        begin, end = meeting.span(LONDON)
        found.append(f"{begin:%m-%d %H:%M} {int((end - begin) / timedelta(minutes=1))}")
    return found + [problem.message for problem in read_calendar(data, "x.ics")[1]]


CASES: dict[str, tuple[bytes, list[str]]] = {
    "Google, in UTC": (calendar("DTSTART:20260720T140000Z\nDTEND:20260720T150000Z"), ["07-20 15:00 60"]),
    "Apple, by the name of a zone": (
        calendar("DTSTART;TZID=America/New_York:20260720T100000\nDURATION:PT1H30M"), ["07-20 15:00 90"]
    ),
    "Outlook, by the name Windows has": (
        calendar("DTSTART;TZID=W. Europe Standard Time:20260720T100000"), ["07-20 09:00 0"]
    ),
    "Thunderbird, by the name of who made it": (
        calendar("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20260720T100000"), ["07-20 09:00 0"]
    ),
    "a zone that the file defines": (
        calendar("DTSTART;TZID=Customized Time Zone 7:20260720T100000", zone=CUSTOM), ["07-20 08:00 0"]
    ),
    "a zone that nobody knows": (
        calendar("DTSTART;TZID=Mars/Olympus:20260720T100000"),
        ["nobody knows its time zone 'Mars/Olympus', and the file does not define it"],
    ),
    "a zone that changes every second": (
        calendar("DTSTART;TZID=Customized Time Zone 8:20260720T100000", zone=SECONDLY),
        ["nobody knows its time zone 'Customized Time Zone 8', and the file does not define it"],
    ),
    "a zone that is a folder of zones": (
        calendar("DTSTART;TZID=Europe:20260720T100000"), ["this cannot be read as an event"]
    ),
    "no zone: that of the book": (calendar("DTSTART:20260720T100000"), ["07-20 10:00 0"]),
    "a day": (calendar("DTSTART;VALUE=DATE:20260720"), ["07-20 00:00 1440"]),
    "days": (calendar("DTSTART;VALUE=DATE:20260720\nDTEND;VALUE=DATE:20260723"), ["07-20 00:00 4320"]),
    "an end before the beginning": (calendar("DTSTART:20260720T100000Z\nDTEND:20260720T090000Z"), ["07-20 11:00 0"]),
    "the clocks go back": (
        calendar("DTSTART;TZID=Europe/London:20261018T100000\nRRULE:FREQ=WEEKLY;COUNT=3"),
        ["10-18 10:00 0", "10-25 10:00 0", "11-01 10:00 0"],
    ),
    "a rule with an end in UTC": (
        calendar("DTSTART;TZID=Europe/London:20260706T100000\nRRULE:FREQ=WEEKLY;UNTIL=20260713T090000Z"),
        ["07-06 10:00 0", "07-13 10:00 0"],
    ),
    "a rule with a day as its end": (
        calendar("DTSTART:20260706T100000Z\nRRULE:FREQ=WEEKLY;UNTIL=20260713"), ["07-06 11:00 0", "07-13 11:00 0"]
    ),
    "a rule that begins on a day it does not name": (
        calendar("DTSTART:20261130T100000Z\nRRULE:FREQ=MONTHLY;BYMONTHDAY=15"), ["11-30 10:00 0", "12-15 10:00 0"]
    ),
    "occurrences that are left out": (
        calendar(f"{WEEKLY}\nEXDATE;TZID=Europe/London:20261012T100000\nEXDATE:20261019T090000Z"),
        ["10-05 10:00 0", "10-26 10:00 0"],
    ),
    "a day that is left out": (
        calendar(f"{WEEKLY}\nEXDATE;VALUE=DATE:20261012,20261019,20261026"), ["10-05 10:00 0"]
    ),
    "an occurrence at another time": (
        calendar(WEEKLY, "UID:w\nRECURRENCE-ID;TZID=Europe/London:20261012T100000\nDTSTART:20261013T140000Z"),
        ["10-05 10:00 0", "10-13 15:00 0", "10-19 10:00 0", "10-26 10:00 0"],
    ),
    "an occurrence by itself": (
        calendar("UID:w\nRECURRENCE-ID:20261012T090000Z\nDTSTART:20261013T140000Z"), ["10-13 15:00 0"]
    ),
    "days besides the rule": (
        calendar("DTSTART:20261005T090000Z\nRDATE:20261007T090000Z\nRDATE;VALUE=PERIOD:20261008T090000Z/PT1H"),
        ["10-05 10:00 0", "10-07 10:00 0", "10-08 10:00 0"],
    ),
    "two versions, the later one first": (
        calendar("UID:v\nSEQUENCE:2\nDTSTART:20261005T090000Z", "UID:v\nSEQUENCE:1\nDTSTART:20261004T090000Z"),
        ["10-05 10:00 0"],
    ),
    "an alarm within": (
        calendar("DTSTART:20260720T140000Z\nBEGIN:VALARM\nTRIGGER:-PT5M\nDURATION:PT5M\nEND:VALARM"), ["07-20 15:00 0"]
    ),
    "rows folded within a letter": (
        calendar("DTSTART:2026072\n 0T140000Z\nSUMMARY:caf").replace(b"caf", b"caf\xc3\r\n \xa9"), ["07-20 15:00 0"]
    ),
    "an answer, which is no meeting": (calendar("DTSTART:20260720T140000Z", zone="METHOD:REPLY"), []),
    "a day that never comes": (
        calendar("DTSTART:20260720T140000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), ["07-20 15:00 0"]
    ),
    "an event that ends nowhere": (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VEVENT\nDTSTART:20260720T140000Z\nEND:VEVENT\n",
        ["07-20 15:00 0", "this event has no end; the file may be cut off"],
    ),
    "the year 1": (calendar("DTSTART:00010101T000000Z"), ["its DTSTART is in the year 1"]),
}  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), CASES.values(), ids=CASES)
def test_an_event_is_when_its_calendar_says(data: bytes, expected: list[str]) -> None:
    assert spans(data) == expected


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=HOURLY;COUNT=3", "FREQ=DAILY;BYHOUR=1,2,3", "FREQ=DAILY;INTERVAL=0", "FREQ=NEVER",
     "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;UNTIL=20269999", f"FREQ=DAILY;BYMONTHDAY={','.join(['1'] * 300)}"],
)  # fmt: skip
def test_a_rule_that_is_none_of_days_is_refused(rule: str) -> None:
    events, problems = read_calendar(calendar(f"DTSTART:20260720T140000Z\nRRULE:{rule}"), "x.ics")
    if not problems:
        with pytest.raises(ValueError, match="its rule"):
            meetings_of(events, FIRST, LAST)


DAYS = st.sampled_from(["", ";BYDAY=MO", ";BYDAY=TU,TH"])
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 8, 30)).map(lambda day: day.replace(microsecond=0))  # noqa: DTZ001
RULES = st.builds(
    "FREQ={};INTERVAL={}{}{}".format,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    st.integers(1, 3),
    DAYS,
    st.one_of(st.just(""), st.integers(1, 9).map(";COUNT={}".format), st.just(";UNTIL=20260901T000000Z")),
)


@settings(max_examples=60, deadline=None)
@given(STARTS, RULES, st.sampled_from(["Europe/London", "America/New_York", "Asia/Tokyo"]), st.sets(st.integers(0, 8)))
def test_a_series_is_what_another_reader_makes_of_it(start: datetime, rule: str, zone: str, out: set[int]) -> None:
    rows = f"UID:s\nDTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}\nRRULE:{rule}"
    some = [each.start for each in meetings(calendar(rows))]
    gone = "".join(f"\nEXDATE;TZID={zone}:{some[at]:%Y%m%dT%H%M%S}" for at in out if at < len(some))
    data = calendar(rows + gone)
    theirs = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(FIRST, LAST + timedelta(1))
    assert [each.start for each in meetings(data)] == sorted(each["DTSTART"].dt for each in theirs)


def book_in(folder: Path) -> Path:
    """Return a new book of two customers, under no git."""
    (folder / "customers").mkdir(parents=True)
    for name, text in {"crmtxt.yaml": BOOK, "customers/acme.md": ACME, "customers/quill.md": QUILL}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def imported(book: Path, data: bytes, *words: str) -> Any:  # noqa: ANN401  # JSON
    """Import a calendar; return the rows of a look, None when it was written."""
    answer = Prompt().words(["-C", str(book), "calendar", "import", "-", *(words or ("--json",))], data)
    assert answer.code in {0, 4}, answer.stderr
    return None if words else [tuple(row.values())[1:5] for row in json.loads(answer.stdout)["items"]]


def lines(book: Path) -> dict[str, list[str]]:
    """Return the lines of the log of each customer, sorted."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(book.glob("customers/*.md"))}
    return {name: sorted(row for row in text.split("\n") if " meeting " in row) for name, text in texts.items()}


WHO: dict[str, tuple[str, list[str]]] = {
    "who declined was not there": (
        f"{JANE}\nATTENDEE;PARTSTAT=DECLINED:mailto:rosa@quill.example", ["acme with @jane by @me"]
    ),
    "each customer has its own": (
        f"{JANE}\n{SAM}\nATTENDEE:MAILTO:Rosa+x@quill.example", ["acme with @jane by @sam", "quill with @rosa by @sam"]
    ),
    "who invited was there": ("ORGANIZER:mailto:jane@acme.example\n" + SAM, ["acme with @jane by @sam"]),
    "who delegated was not": (f"{JANE.replace('CN=Jane', 'PARTSTAT=DELEGATED')}\n{SAM}", []),
    "who was only told was not": (f"{JANE.replace('CN=Jane', 'ROLE=NON-PARTICIPANT')}\n{SAM}", []),
    "a room is nobody": (f"{SAM}\nATTENDEE;CUTYPE=ROOM:mailto:hall@harbour.example", []),
    "what we declined was without us": (f"{JANE}\n{SAM.replace(':', ';PARTSTAT=DECLINED:', 1)}", []),
    "what one of us declined was with the other": (
        f"{JANE}\n{SAM.replace(':', ';PARTSTAT=DECLINED:', 1)}\nATTENDEE:mailto:ana@harbour.example",
        ["acme with @jane by @ana"],
    ),
    "Apple names who has no address by a place": (
        'ATTENDEE;CN="Jane";EMAIL=jane@acme.example:/aMTk/principal/', ["acme with @jane by @me"]
    ),
    "what is cancelled was not": (f"{JANE}\nSTATUS:CANCELLED", []),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), WHO.values(), ids=WHO)
def test_a_meeting_is_logged_with_who_was_there(
    rows: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRMTXT_ME", "me")
    book = book_in(tmp_path / "book")
    imported(book, calendar(f"UID:one\nSUMMARY:Talk\nDTSTART:20261119T100000Z\n{rows}"), "--apply")
    found = [f"{name} {row}" for name, rows in lines(book).items() for row in rows]
    assert found == [f"{each.replace(' ', ' - 2026-11-19 10:00 meeting ', 1)}: Talk uid:one" for each in expected]


SERIES = f"UID:s\nSUMMARY:Weekly\nDTSTART;TZID=Europe/London:20261005T100000\nRRULE:FREQ=WEEKLY\n{JANE}"
EVENTS = st.lists(
    st.builds(
        "UID:{}\nSEQUENCE:{}\nDTSTART{}\n{}{}".format,
        st.integers(0, 6),
        st.integers(0, 2),
        st.sampled_from([":20261119T100000Z", ";VALUE=DATE:20261119", ":20261119T100000", ":20261112T093000Z"]),
        st.sampled_from([JANE, f"{JANE}\nATTENDEE:mailto:rosa@quill.example", SAM]),
        st.sampled_from(["", "\nRRULE:FREQ=DAILY;COUNT=3", "\nSTATUS:CANCELLED", "\nSUMMARY:a #b c:d"]),
    ),
    max_size=6,
)


@settings(max_examples=12, deadline=None, phases=[phase for phase in Phase if phase is not Phase.shrink])
@given(EVENTS, st.sets(st.integers(0, 6)))
def test_twice_is_once_and_in_parts_is_as_a_whole(
    tmp_path_factory: pytest.TempPathFactory, events: list[str], part: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("books")
    whole, parts = book_in(folder / "whole"), book_in(folder / "parts")
    imported(whole, calendar(*events), "--apply")
    before = {path: path.read_bytes() for path in whole.glob("customers/*.md")}
    imported(whole, calendar(*events), "--apply")
    assert {path: path.read_bytes() for path in before} == before
    for wanted in (True, False):
        some = [event for event in events if (int(event[4]) in part) is wanted]
        imported(parts, calendar(*some), "--apply")
    assert lines(parts) == lines(whole)
    assert Counter(row[3] for row in imported(whole, calendar(*events))).keys() <= {"same", "ahead"}


def test_a_series_that_was_moved_as_a_whole_is_told_and_not_logged_again(tmp_path: Path) -> None:
    book = book_in(tmp_path / "book")
    imported(book, calendar(SERIES), "--apply")
    before = lines(book)
    assert len(before["acme"]) == 7
    later = SERIES.replace("20261005T10", "20261006T14")
    rows = imported(book, calendar(later))
    assert Counter(row[3] for row in rows) == {"moved": 7, "ahead": 1}
    assert ("acme", "2026-11-17", "14:00", "moved") in rows
    imported(book, calendar(later), "--apply")
    assert lines(book) == before


def test_an_occurrence_that_is_gone_is_not_taken_for_the_next_one(tmp_path: Path) -> None:
    book = book_in(tmp_path / "book")
    imported(book, calendar(SERIES.replace("FREQ=WEEKLY", "FREQ=WEEKLY;COUNT=6")), "--apply")
    gone = f"{SERIES}\nEXDATE;TZID=Europe/London:20261109T100000"
    assert [row[1] for row in imported(book, calendar(gone)) if row[3] == "new"] == ["2026-11-16"]


def test_an_occurrence_that_comes_alone_is_one_of_its_own(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    for day in ("03", "05"):
        alone = f"UID:w\nDTSTART:202611{day}T100000Z\nRECURRENCE-ID:202611{day}T100000Z\nSUMMARY:Stand-up\n{JANE}"
        imported(book, calendar(alone), "--apply")
    assert [row[2:12] for row in lines(book)["acme"]] == ["2026-11-03", "2026-11-05"]


@pytest.mark.parametrize(("first", "changes"), [("20", []), ("21", ["ahead"])])
def test_what_began_before_today_and_goes_on_is_neither_logged_nor_planned(
    first: str, changes: list[str], tmp_path: Path
) -> None:
    fair = f"UID:fair\nDTSTART;VALUE=DATE:202611{first}\nDTEND;VALUE=DATE:20261125\n{JANE}"
    assert [row[3] for row in imported(book_in(tmp_path / "book"), calendar(fair))] == changes


def test_a_title_that_windows_wrote_is_read() -> None:
    (meeting,) = meetings(calendar("DTSTART:20261103T100000Z\nSUMMARY:Größe – 5 €").decode().encode("cp1252"))
    assert meeting.title == "Größe – 5 €"


def test_who_is_named_by_their_address_is_proposed_by_what_stands_before_the_at() -> None:
    command = add_command("tom.rees@acme.example", "Tom.Rees@acme.example", "acme")
    assert command == "crmtxt contact add acme tom-rees --name=tom.rees --email=tom.rees@acme.example"


def test_what_was_logged_and_was_put_off_until_later_is_told(tmp_path: Path) -> None:
    book, event = book_in(tmp_path / "book"), f"UID:one\nDTSTART:20261119T100000Z\n{JANE}"
    imported(book, calendar(event), "--apply")
    assert imported(book, calendar(event.replace("1119", "1203"))) == [("acme", "2026-12-03", "10:00", "moved")]


def test_a_customer_in_conflict_is_left_out_and_the_others_go_on(tmp_path: Path) -> None:
    book = book_in(tmp_path / "book")
    torn = ACME.replace("name: Acme\n", "<<<<<<< HEAD\nname: Acme\n=======\nname: Acme Ltd\n>>>>>>> ana\n")
    (book / "customers" / "acme.md").write_text(torn, encoding="utf-8")
    data = calendar(f"UID:one\nDTSTART:20261119T100000Z\n{JANE}\nATTENDEE:mailto:rosa@quill.example")
    answer = Prompt().words(["-C", str(book), "calendar", "import", "-", "--apply"], data)
    assert (answer.code, "standard input:2: customers/acme.md is in conflict" in answer.stderr) == (4, True)
    assert (book / "customers" / "acme.md").read_text(encoding="utf-8") == torn
    assert len(lines(book)["quill"]) == 1


def test_what_somebody_logged_themselves_is_not_logged_again(tmp_path: Path) -> None:
    book, by_hand = book_in(tmp_path / "book"), "- 2026-11-19 meeting with @jane: It went well.\n"
    (book / "customers" / "acme.md").write_text(f"{ACME}\n## Log\n\n{by_hand}", encoding="utf-8")
    morning, evening = (f"UID:{at}\nDTSTART:20261119T{at}0000Z\n{JANE}" for at in (10, 18))
    assert [row[3] for row in imported(book, calendar(morning))] == ["same"]
    assert [row[2:] for row in imported(book, calendar(morning, evening))] == [("10:00", "same"), ("18:00", "new")]


@pytest.mark.parametrize("address", ["jane@acme.example", "Jane+news@acme.example"])
def test_an_address_of_several_customers_is_nobodys(address: str, tmp_path: Path) -> None:
    book = book_in(tmp_path / "book")
    (book / "customers" / "third.md").write_text(ACME.replace("Acme", "Third"), encoding="utf-8")
    data = calendar(f"DTSTART:20261119T100000Z\nATTENDEE:mailto:{address}")
    assert imported(book, data) == [(None, "2026-11-19", "10:00", "unknown")]
    told = Prompt().words(["-C", str(book), "calendar", "import", "-"], data).stderr
    assert f"{address.lower()} in 1 meeting; several customers have it" in told


def test_a_colleague_of_somebody_known_is_proposed_for_their_customer() -> None:
    assert add_command("tom@acme.example", "Tom <x>", "acme") == (
        "crmtxt contact add acme tom-x '--name=Tom x' --email=tom@acme.example"
    )
    assert add_command("-t@gmail.com", "", "") == "crmtxt add t --person '--contact=-t <-t@gmail.com>'"


TITLES = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.lists(
        st.sampled_from([*AWKWARD, "feel:+2", "mid:x", "uid:one", "moment", '"a b"', 'x:"y z"', "--yes", "!x"])
    ).map(" ".join),
)


@settings(max_examples=150, deadline=None)
@given(TITLES)
@example("EVERY: EVERY:")
def test_a_title_is_nothing_but_text(title: str) -> None:
    escaped = title.replace("\\", "\\\\").replace("\r", "").replace("\n", "\\n").replace(",", "\\,").replace(";", "\\;")
    events, _ = read_calendar(
        calendar(f"UID:one\nDTSTART:20261119T100000Z\n{JANE}").replace(
            b"\r\nEND:VEVENT", b"\r\nSUMMARY:" + escaped.encode("utf-8", "surrogatepass") + b"\r\nEND:VEVENT"
        ),
        "x.ics",
    )
    for event in events:
        meeting = Meeting(event, event.start)
        assert HIDDEN.search(meeting.title) is None
        line = Line("2026-11-19", "meeting", f"{meeting.title} {meeting.token}", "10:00", "", "with", ("@jane",))
        read = edit.read(edit.insert(ACME, "log", line)).log
        assert [each.line for each in read] == [line]
        assert (line.topics, line.tokens, line.feel, "\n" in write_line(line)) == ((), {"uid": "one"}, None, False)
        words = shlex.split(next_command("acme", line, meeting.title))
        setting = Setting(date(2026, 11, 1), (("jane", "Jane"),), lambda _: [], lambda _: False, ("meeting",), (), "")
        typed = next_line(words[3], setting, [])
        assert (words[:3], len(words)) == (["crmtxt", "next", "acme"], 4)
        assert typed[:6] == ("2026-11-19", "meeting", typed.text, "10:00", "", "with")
        assert (typed.who, typed.topics, typed.tokens) == (("@jane",), (), {})


WHOLE = calendar(
    f"{SERIES}\nEXDATE:20261012T090000Z\nRDATE:20261013T090000Z",
    "UID:x\nDTSTART;TZID=Customized Time Zone 7:20261119T100000\nDURATION:PT1H\nSUMMARY:a\\nb\n"
    'ATTENDEE;CN="a, b":mailto:c@d',
    zone=CUSTOM,
)
ROWS = WHOLE.split(b"\r\n")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 9), st.binary(max_size=4)), max_size=3),
    st.lists(st.tuples(st.integers(0, len(ROWS)), st.sampled_from(ROWS)), max_size=3),
)
def test_a_damaged_calendar_is_read_or_refused(
    spots: list[tuple[int, int, bytes]], rows: list[tuple[int, bytes]]
) -> None:
    whole = list(ROWS)
    for at, row in rows:
        whole.insert(at, row)
    data = b"\r\n".join(whole)
    for at, length, instead in spots:
        data = data[:at] + instead + data[at + length :]
    try:
        events, _ = read_calendar(data, "x.ics")
    except InvalidError:
        return
    for those in by_uid(events):
        try:
            for each in meetings_of(those, FIRST, LAST):
                each.span(UTC)
        except (ValueError, OverflowError):
            continue


def test_more_meetings_than_are_taken_at_once_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmtxt.services.importmeetings.MOST_MEETINGS", 10_000)
    daily = [f"UID:{at}\nDTSTART:20160101T100000Z\nRRULE:FREQ=DAILY\n{JANE}" for at in range(3)]
    answer = Prompt().words(["-C", str(book_in(tmp_path / "book")), "calendar", "import", "-"], calendar(*daily))
    assert (answer.code, "more than 10,000 meetings" in answer.stderr) == (2, True)


def test_a_file_of_several_calendars_is_read_one_by_one(tmp_path: Path) -> None:
    event = f"UID:{{}}\nDTSTART:20261119T100000Z\n{JANE}"
    methods = ("REPLY", "CANCEL", "PUBLISH")
    data = b"".join(calendar(event.format(each), zone=f"METHOD:{each}") for each in methods)
    assert [each.is_cancelled for each in read_calendar(data, "x.ics")[0]] == [True, False]
    imported(book_in(tmp_path / "book"), data, "--apply")
    assert lines(tmp_path / "book")["acme"][0].endswith("uid:PUBLISH")


def test_a_file_of_too_many_events_is_refused() -> None:
    with pytest.raises(UsageError, match="more than 50,000 events"):
        read_calendar(b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 50_001, "x.ics")


def test_of_what_khal_wrote_the_meetings_are_the_same(tmp_path: Path, home: Path) -> None:
    given_ = calendar(
        f"{SERIES}\nDTEND;TZID=Europe/London:20261005T103000",
        f"UID:k\nDTSTART:20261119T100000Z\nDURATION:PT1H\n{JANE}\nSUMMARY:Talk\\, long",
        zone=icalendar.Timezone.from_tzid("Europe/London").to_ical().decode().strip().replace("\r\n", "\n"),
    )
    config = home / "khal.conf"
    config.write_text(
        f"[calendars]\n[[work]]\npath = {tmp_path}/work\n[locale]\nlocal_timezone = Europe/London\n"
        f"default_timezone = Europe/London\n[sqlite]\npath = {tmp_path}/khal.db\n",
        encoding="utf-8",
    )
    (tmp_path / "work").mkdir()
    (tmp_path / "in.ics").write_bytes(given_)
    khal = [
        str(Path(sys.executable).with_name("khal")),
        "--config",
        str(config),
        "import",
        "--batch",
        "-a",
        "work",
        str(tmp_path / "in.ics"),
    ]
    subprocess.run(khal, check=True, capture_output=True)
    written = sorted((tmp_path / "work").glob("*.ics"))
    one, other = book_in(tmp_path / "one"), book_in(tmp_path / "other")
    imported(one, given_, "--apply")
    for path in written:
        imported(other, path.read_bytes(), "--apply")
    assert len(written) == len(lines(one)["quill"]) + 2
    assert len(lines(one)["acme"]) == 8
    assert lines(other) == lines(one)


def test_without_a_team_the_address_git_knows_me_by_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crmtxt: Prompt
) -> None:
    (tmp_path / "customers").mkdir()
    (tmp_path / "crmtxt.yaml").write_text("crmtxt: 1\n")
    acme = tmp_path / "customers" / "acme.md"
    acme.write_text(ACME)
    monkeypatch.chdir(tmp_path)
    over, declined = f"UID:a\nDTSTART:20261120T100000Z\n{JANE}\n{SAM}", SAM.replace(":", ";PARTSTAT=DECLINED:", 1)
    data = calendar(over, f"UID:b\nDTSTART:20261119T100000Z\n{JANE}\n{declined}")
    answer = crmtxt("crmtxt calendar import - --apply", data)
    assert (answer.code, "nobody's address" in answer.stderr, "1 declined by us" in answer.stderr) == (0, False, True)
    assert acme.read_text().count(" meeting with @jane: ") == 1
