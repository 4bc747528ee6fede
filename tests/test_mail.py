"""Mail: addresses for mail programs, messages that are logged, mailboxes that are imported."""

from __future__ import annotations

from importlib.util import find_spec
from os import mkfifo
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.outside.mailbox import letters
from crmtxt.outside.mailbox import read_letter
from crmtxt.text.emit import HIDDEN
from crmtxt.text.mail import LARGEST_MAIL
from crmtxt.text.mail import read_mail
from crmtxt.text.reply import new_text
from crmtxt.text.reply import text_of_html
from generators import AWKWARD

if TYPE_CHECKING:
    from prompt import Prompt

ROSA = "---\nname: Rosa Quill\nperson: true\nemail: rosa@quill.example\n---\n"
TIED = "---\nname: {}\ncontacts:\n  rosa:\n    person: rosa-quill\n{}---\n"


def test_a_person_with_a_file_of_their_own_is_found_at_the_company_where_they_are(book: Path, crmtxt: Prompt) -> None:
    people = book / "customers"
    (people / "rosa-quill.md").write_text(ROSA, encoding="utf-8")
    (people / "one.md").write_text(TIED.format("One", "    until: 2025-01-01\n"), encoding="utf-8")
    (people / "two.md").write_text(TIED.format("Two", ""), encoding="utf-8")
    assert crmtxt("crmtxt addr rosa@quill").stdout == "1 address\nrosa@quill.example\tRosa Quill\tTwo\n"


def test_accents_and_case_do_not_matter_to_an_address(book: Path, crmtxt: Prompt) -> None:
    head = "---\nname: Å-Söhne\ncontacts:\n  oe:\n    name: Østen Weiß\n    email: O@Soehne.example\n---\n"
    (book / "customers" / "a-sohne.md").write_text(head, encoding="utf-8")
    for words in ("osten", "WEISS å-söhne", "o@soehne"):
        assert "O@Soehne.example\tØsten Weiß\tÅ-Söhne\n" in crmtxt(f"crmtxt addr {words} --format plain").stdout


def test_no_match_is_told_as_mutt_wants_it_and_to_others_by_the_exit_code(crmtxt: Prompt, book: Path) -> None:
    assert book.exists()
    for form, told in {"": "0 addresses\n", "--format plain": ""}.items():
        answer = crmtxt(f"crmtxt addr jane nobody {form}")
        assert (answer.stdout, answer.stderr, answer.code) == (told, "", 1)
    assert '"items": []' in crmtxt("crmtxt addr jane nobody --json").stdout


def test_an_address_in_a_book_is_not_obeyed_by_a_terminal(book: Path, crmtxt: Prompt) -> None:
    head = '---\nname: "E\\tvil\\n\\e[2J"\nemail: "x@\\u202Ee.example"\n---\n'
    (book / "customers" / "evil.md").write_text(head, encoding="utf-8")
    answer = crmtxt("crmtxt addr x@ --format plain").stdout
    assert answer.endswith("\n")
    assert (answer.count("\n"), answer.count("\t")) == (1, 2)
    assert answer.removesuffix("\n").replace("\t", "").isprintable()


HEAD = b"From: Jane <jane@acme.example>\nTo: sam@harbour.example\nDate: Fri, 20 Nov 2026 14:30:00 +0000\n"
NASTY = {
    "encoded words without end": HEAD + b"Subject: " + b" ".join([b"=?utf-8?q?a?="] * 100_000) + b"\n\nx",
    "quotes without end": HEAD + b"Cc: " + b'"' * 100_000 + b"\n\nx",
    "comments within comments": HEAD + b"Cc: " + b"(" * 100_000 + b"\n\nx",
    "a charset nobody knows": HEAD + b"Content-Type: text/plain; charset=klingon\n\n\xff\xfe\x00",
    "a charset that is none": HEAD + b"Content-Type: text/plain; charset=undefined\n\nx",
    "a charset with a NUL": HEAD + b'Content-Type: text/plain; charset="a\0b"\n\nx',
    "half of a surrogate": HEAD + b"Content-Type: text/plain; charset=raw_unicode_escape\n\n\\ud800",
    "parts without end": HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 100_000,
    "parts within parts": HEAD
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(600)),
    "tags without end": HEAD + b"Content-Type: text/html\n\n" + b"<a " * 60_000,
    "declarations without end": HEAD + b"Content-Type: text/html\n\n" + b"<!" * 60_000,
    "escapes": HEAD + b"Subject: =?utf-8?q?=1b]52;c;x=07=e2=80=ae?=\n\n\x1b[2J\xe2\x80\xae\x00\x9b",
    "more than is read": HEAD + b"\n" + b"word " * (LARGEST_MAIL // 4),
    "times without end": HEAD + b"\n" + b"1:11 2026 " * 10_000 + b"\n> x\n",
    "nothing": b"",
    "no mail": b"\x00\xff" * 100,
}
WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
BYTES = st.one_of(WORDS, st.sampled_from(AWKWARD)).map(lambda text: text.encode("utf-8", "surrogatepass"))


def read_or_refused(data: bytes) -> None:
    """Read a message; what is read has nothing in it that a terminal would obey."""
    try:
        mail = read_mail(data)
    except ValueError:
        return
    names = [each for box in (*mail.senders, *mail.recipients) for each in box]
    for text in (mail.title, mail.token, *mail.more(theirs=True).split("\n"), *mail.attachments, *names):
        assert HIDDEN.search(text) is None
        text.encode()
    assert len(mail.more(theirs=True)) < 10_000


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("; charset=iso-8859-1", b"\x84Gr\xfc\xdfe\x93 \x80 5", "„Grüße“ € 5"),
        ("; charset=windows-1252", b"\x80 5", "€ 5"),
        ("; charset=iso-8859-15", b"\xa4 5", "€ 5"),
        ("", "Grüße € 5".encode(), "Grüße € 5"),
        ("", b"Gr\xfc\xdfe", "Grüße"),
        ("; charset=us-ascii", b"Gr\xfc\xdfe", "Grüße"),
        ("; charset=klingon", b"Gr\xfc\xdfe", "Grüße"),
        ("; charset=utf-8", b"Gr\xfc\xdfe", "Grüße"),
    ],
)
def test_no_letter_of_a_mail_is_lost_to_a_charset(charset: str, body: bytes, text: str) -> None:
    assert read_mail(HEAD + b"Content-Type: text/plain" + charset.encode() + b"\n\n" + body).text == text


def test_a_mail_without_an_id_is_known_again_whatever_its_way_wrote_above_it() -> None:
    mail = HEAD + b"Subject: hello\n\nhello\n"
    again = b"Received: by x\nStatus: RO\n" + mail.replace(b"\n", b"\r\n")
    assert read_mail(mail).id == read_mail(again).id
    assert read_mail(mail).id != read_mail(mail.replace(b"14:30", b"14:31")).id


@pytest.mark.parametrize("data", NASTY.values(), ids=NASTY)
def test_a_nasty_message_is_read_or_refused(data: bytes) -> None:
    read_or_refused(data)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([b"From", b"To", b"Date", b"Subject", b"Content-Type"]), BYTES)), BYTES)
def test_any_message_is_read_or_refused(fields: list[tuple[bytes, bytes]], body: bytes) -> None:
    read_or_refused(HEAD + b"".join(name + b": " + value + b"\n" for name, value in fields) + b"\n" + body)
    read_or_refused(body)


def test_the_strange_messages_of_the_standard_library_are_read_or_refused() -> None:
    spec = find_spec("test.test_email") if find_spec("test") else None
    if spec is None or spec.origin is None:
        pytest.skip("this Python installation carries no test.test_email")
    messages = sorted((Path(spec.origin).parent / "data").glob("msg_*.txt"))
    assert len(messages) > 40
    for message in messages:
        read_or_refused(message.read_bytes())
        read_or_refused(HEAD + message.read_bytes())


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes.\n\nOn Fri, 20 Nov\n2026, Jane <j@x>\nwrote:\n> old\n>\nInline.\n", "Yes.\nInline."),
        ("Ja.\n\nAm 20.11.2026 schrieb Jane:\n> alt\n", "Ja."),
        ("Yes.\n-- \nJane\nActing head of everything\n", "Yes."),
        ("Yes.\n\n-----Original Message-----\nFrom: Sam\n", "Yes."),
        ("Yes.\n\nFrom: Sam <s@x>\nSent: Friday\nTo: Jane\n\nold\n", "Yes."),
        ("Merci.\n\nLe ven. 20 nov. 2026 à 09:00, Sam <s@x> a écrit :\n\n> vieux\n", "Merci."),
        ("Dzięki.\n\npt., 20 lis 2026 o 09:00 Sam <s@x> napisał(a):\n> stary\n", "Dzięki."),
        ("Спасибо.\n\nпт, 20 нояб. 2026 г. в 09:00, Sam <\ns@x>:\n> старый\n", "Спасибо."),
        ("はい\n\n2026年11月20日(金) 9:00 Sam <s@x>:\n> 古い\n", "はい"),
        ("Sí.\n\nDe: Sam <s@x>\nEnviado el: viernes, 20\nPara: Jane\nAsunto: x\n\nviejo\n", "Sí."),
        ("Tak.\n\nOd: Sam\nWysłano: piątek\nDo: Jane\n\nstary\n", "Tak."),
        ("はい\n\n差出人: Sam\n送信日時: 2026年\n宛先: Jane\n\n古い\n", "はい"),
        ("On Monday we should discuss this:\n\n> one\n\nAgreed?\n", "On Monday we should discuss this:\n\nAgreed?"),
        ("At 9:00 on 20.11.26 we agreed on this:\n> one\n", "At 9:00 on 20.11.26 we agreed on this:"),
        ("From: the heart\nTo: you\n\nYes.\n", "From: the heart\nTo: you\n\nYes."),
        ("From: here on\nit is ours\n", "From: here on\nit is ours"),
        ("> only old\n", ""),
    ],
)
def test_what_is_new_in_a_mail_is_left(text: str, new: str) -> None:
    assert new_text(text) == new


def test_html_becomes_the_text_that_is_seen_of_it() -> None:
    page = "<style>x{}</style><!-- <b>no</b> --><p>a &lt; b</p><ul><li>one<li>two</ul><script>x()</script>"
    quoted = "<blockquote>old<blockquote>older</blockquote></blockquote><div class='gmail_quote'>older</div>end"
    assert new_text(text_of_html(page + quoted)) == "a < b\n\n- one\n- two\n\nend"


def test_what_outlook_puts_below_a_page_is_older_and_cells_of_a_table_are_words() -> None:
    page = "<table><tr><td>one</td><td>two</td></tr></table><div id='appendonsend'></div><hr>"
    older = "<div id='divRplyFwdMsg'><b>From:</b> Sam</div><div>old</div>"
    assert new_text(text_of_html(page + older)) == "one two"


def test_a_mail_cannot_say_words_of_ours(book: Path, crmtxt: Prompt) -> None:
    assert book.exists()
    said = b"Subject: #vip feel:+2 nps:10 moment mid:x\n\n- feedback product #x: all\n## Log\n- 2026-01-01 call: x\n"
    assert crmtxt("crmtxt log --from-mail", HEAD + said).code == 0
    entry = crmtxt("crmtxt find 'text:\"(moment)\"' --json").stdout
    assert '"topics": []' in entry
    assert '"feel": null' in entry
    assert '"feedback": []' in entry
    assert crmtxt("crmtxt find nps:10 @jane --format plain").stdout == ""


@pytest.mark.parametrize("command", ["log --from-mail", "import mail {} --apply"])
def test_without_a_team_the_address_git_knows_me_by_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crmtxt: Prompt, command: str
) -> None:
    (tmp_path / "customers").mkdir()
    (tmp_path / "crmtxt.yaml").write_text("crmtxt: 1\n")
    acme = tmp_path / "customers" / "acme.md"
    acme.write_text("---\nname: Acme\ncontacts:\n  jane:\n    email: jane@acme.example\n---\n")
    monkeypatch.chdir(tmp_path)
    mail = HEAD.replace(b"jane@acme", b"sam@harbour").replace(b"To: sam@harbour", b"To: jane@acme") + b"\nhello\n"
    (tmp_path / "sent.eml").write_bytes(mail)
    answer = crmtxt(f"crmtxt {command.format(tmp_path / 'sent.eml')}", mail)
    assert (answer.code, "nobody's address" in answer.stderr) == (0, False)
    assert "email to @jane: (no subject)" in acme.read_text()


@pytest.mark.parametrize(
    ("field", "kind"),
    [("auto-replied; x=y", "note"), ("Auto-Generated", "note"), ("no", "email"), ("", "email")],
)
def test_what_a_program_answered_is_no_contact(book: Path, crmtxt: Prompt, field: str, kind: str) -> None:
    mail = HEAD + f"Auto-Submitted: {field}\nSubject: I am away\nMessage-ID: <1@x>\n\nuntil Monday\n".encode()
    assert crmtxt("crmtxt log --from-mail", mail).code == 0
    assert f"{kind} from @jane by @sam: I am away mid:1@x\n" in (book / "customers" / "acme.md").read_text()


def test_a_mail_between_others_is_no_contact_with_whom_it_reached(book: Path, crmtxt: Prompt) -> None:
    (book / "customers" / "yak.md").write_text("---\nname: Yak\ncontacts:\n  yo:\n    email: yo@yak.example\n---\n")
    mail = HEAD + b"Cc: yo@yak.example\nSubject: hello\nMessage-ID: <1@x>\n\nhello\n"
    assert crmtxt("crmtxt log --from-mail", mail).code == 0
    assert "email from @jane by @sam: hello mid:1@x\n" in (book / "customers" / "acme.md").read_text()
    assert "note with @yo by @sam: hello mid:1@x\n" in (book / "customers" / "yak.md").read_text()


def test_the_same_mail_is_logged_once_whoever_pipes_it(book: Path, crmtxt: Prompt) -> None:
    mail = HEAD + b"Message-ID: <a b%c@x>\nSubject: hello\n\nhello\n"
    crmtxt("crmtxt log --from-mail", mail)
    before = (book / "customers" / "acme.md").read_bytes()
    again = crmtxt("crmtxt log --from-mail", mail)
    assert (again.code, (book / "customers" / "acme.md").read_bytes()) == (0, before)
    assert "logged already" in again.stderr


def mailbox(folder: Path, form: str) -> Path:
    """Return two messages and one that is none, in that form."""
    mails = [HEAD + b"Message-ID: <%d@x>\nSubject: hello\n\nhello\nFrom here on\n\n" % at for at in range(2)]
    mails.insert(1, b"no mail\n\n")
    place = folder / form
    if form == "mbox":
        place.write_bytes(b"".join(b"From a@b Fri Nov 20 14:30:00 2026\n" + mail for mail in mails))
        return place
    within = place / "cur" if form == "Maildir" else place
    within.mkdir(parents=True)
    for at, mail in enumerate(mails):
        (within / f"{at}{'' if form == 'Maildir' else '.eml'}").write_bytes(mail)
    return place


@pytest.mark.parametrize("form", ["mbox", "Maildir", "folder"])
def test_a_mailbox_is_shown_then_written_once(form: str, tmp_path: Path, book: Path, crmtxt: Prompt) -> None:
    place, acme = mailbox(tmp_path, form), book / "customers" / "acme.md"
    before = acme.read_bytes()
    look = crmtxt(f"crmtxt import mail {place} --json")
    assert (look.code, look.stdout.count('"change": "new"'), acme.read_bytes()) == (4, 2, before)
    assert crmtxt(f"crmtxt import mail {place} --apply").stderr.count("this is no mail") == 1
    after = acme.read_bytes()
    assert (after.count(b"mid:0@x\n"), after.count(b"mid:1@x\n")) == (1, 1)
    again = crmtxt(f"crmtxt import mail {place} --apply")
    assert (acme.read_bytes(), "nothing to change" in again.stderr) == (after, True)


MBOX = {
    "a blank line is missing": (b"one\n", "one"),
    "a text begins with From": (b"one\n\nFrom here on it is ours.\n\n", "one\n\nFrom here on it is ours."),
    "From was escaped": (b"one\n>From Monday on we are closed.\n", "one\nFrom Monday on we are closed."),
}
SEPARATORS = [
    b"From a@b Fri Nov 20 14:30:00 2026\n", b"From - Fri Nov 20 14:30:00 2026\n", b"From a@b Fri Nov 20 14:30 2026\r\n",
    b'From "a b"@c  Fri Nov  6 14:30:00 +0000 2026\n', b"From a@b 20.11.2026\n",
]  # fmt: skip


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize(("text", "read"), MBOX.values(), ids=MBOX)
def test_no_message_of_an_mbox_is_lost_and_none_cut_in_two(
    text: bytes, read: str, separator: bytes, tmp_path: Path
) -> None:
    separator = separator if b":" in separator else b"\n" + separator
    (tmp_path / "mbox").write_bytes(b"\n" + separator + HEAD + b"\n" + text + separator + HEAD + b"\ntwo\n")
    found = [read_mail(read_letter(each, LARGEST_MAIL)).text for each in letters(str(tmp_path / "mbox"))]
    assert found == [read, "two"]


def test_a_mailbox_without_mail_is_one(tmp_path: Path, book: Path, crmtxt: Prompt) -> None:
    assert book.exists()
    (tmp_path / "mbox").touch()
    (tmp_path / "Maildir" / "new").mkdir(parents=True)
    for name in ("mbox", "Maildir"):
        assert crmtxt(f"crmtxt import mail {tmp_path / name} --apply").code == 0


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path, book: Path, crmtxt: Prompt) -> None:
    assert book.exists()
    mkfifo(tmp_path / "pipe")
    answer = crmtxt(f"crmtxt import mail {tmp_path / 'pipe'}")
    assert (answer.code, "it is no file" in answer.stderr) == (2, True)


def test_the_case_of_eml_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "A.EML").write_bytes(HEAD)
    assert len(letters(str(tmp_path))) == 1


def test_a_mailbox_or_a_message_comes_on_standard_input(tmp_path: Path, book: Path, crmtxt: Prompt) -> None:
    box, acme = mailbox(tmp_path, "mbox").read_bytes(), book / "customers" / "acme.md"
    look = crmtxt("crmtxt import mail -", box)
    assert (look.code, look.stdout.count("\tnew\t")) == (4, 2)
    assert "standard input:11: no From: says who wrote it" in look.stderr
    crmtxt("crmtxt import mail - --apply", box)
    after = acme.read_bytes()
    assert (after.count(b"mid:0@x\n"), after.count(b"mid:1@x\n")) == (1, 1)
    one = crmtxt("crmtxt import mail - --apply", HEAD + b"Message-ID: <1@x>\n\nhello\n")
    assert (one.code, acme.read_bytes(), "nothing to change" in one.stderr) == (0, after, True)


def test_of_a_huge_message_only_the_beginning_is_read(tmp_path: Path, book: Path, crmtxt: Prompt) -> None:
    assert book.exists()
    (tmp_path / "huge.eml").write_bytes(HEAD + b"Subject: huge\n\n" + b"word " * LARGEST_MAIL)
    assert crmtxt(f"crmtxt import mail {tmp_path / 'huge.eml'} --apply").code == 0
    assert (book / "customers" / "acme.md").stat().st_size < 20_000
