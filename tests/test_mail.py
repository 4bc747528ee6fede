"""Mail: addresses for mail programs, messages that are logged, mailboxes that are imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

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


def test_no_match_is_quiet(crmtxt: Prompt, book: Path) -> None:
    assert book.exists()
    answer = crmtxt("crmtxt addr jane nobody")
    assert (answer.stdout, answer.stderr, answer.code) == ("", "", 1)


def test_an_address_in_a_book_is_not_obeyed_by_a_terminal(book: Path, crmtxt: Prompt) -> None:
    head = '---\nname: "E\\tvil\\n\\e[2J"\nemail: "x@\\u202Ee.example"\n---\n'
    (book / "customers" / "evil.md").write_text(head, encoding="utf-8")
    answer = crmtxt("crmtxt addr x@ --format plain").stdout
    assert answer.endswith("\n")
    assert (answer.count("\n"), answer.count("\t")) == (1, 2)
    assert answer.removesuffix("\n").replace("\t", "").isprintable()
