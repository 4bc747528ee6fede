"""Customers that look like one: what they share, what is no sign, and who has been told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmtxt.model.addresses import domain_of
from crmtxt.model.addresses import plain_address

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt


@pytest.fixture
def twins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crmtxt: Prompt) -> Twins:
    """Return a book to which customers are added by their heads."""
    (tmp_path / "customers").mkdir()
    (tmp_path / "crmtxt.yaml").write_text("crmtxt: 1\nteam:\n  sam: {name: Sam, email: sam@ours.example}\n")
    monkeypatch.chdir(tmp_path)
    return Twins(tmp_path, crmtxt)


class Twins:
    """A book, and what check says of it."""

    def __init__(self, root: Path, crmtxt: Prompt) -> None:
        self.root = root
        self.crmtxt = crmtxt

    def add(self, handle: str, head: str) -> None:
        """Write a customer's file."""
        (self.root / f"customers/{handle}.md").write_text(f"---\n{head}---\n")

    def found(self) -> list[str]:
        """Return what looks like one: the place and what it looks like."""
        answer = self.crmtxt("crmtxt check --format '{code}: {path} {message}'")
        return [row.removeprefix("duplicate: customers/") for row in answer.stdout.splitlines() if row[:3] == "dup"]


def person(key: str, email: str) -> str:
    return f"contacts:\n  {key}:\n    name: {key}\n    email: {email}\n"


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("name: Müller & Söhne GmbH\n", "name: Muller Sohne\n", "the same name"),
        ("name: A\naliases: [Blue Ltd]\n", "name: Blue\n", "the same name"),
        ("name: A\nemail: X@y.example\n", "name: B\nemail: x@y.example\n", "both have x@y.example"),
        (f"name: A\n{person('j', 'j@y.io')}", f"name: B\n{person('a', 'a@Y.io')}", "both have people at y.io"),
        (f"name: A\n{person('jo', 'jo@aol.com')}", f"name: B\n{person('j', 'JO@aol.com')}", "both have jo@aol.com"),
    ],
)  # fmt: skip
def test_two_that_share_a_sign_look_like_one_once(twins: Twins, one: str, other: str, why: str) -> None:
    twins.add("a", one)
    twins.add("b", other)
    name = other.partition("\n")[0].removeprefix("name: ")
    assert twins.found() == [f"b.md '{name}' looks like a (customers/a.md): {why}"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"name: A\n{person('jo', 'jo@gmail.com')}", f"name: B\n{person('al', 'al@gmail.com')}"),
        (f"name: A\n{person('jo', 'sam@ours.example')}", f"name: B\n{person('al', 'sam@ours.example')}"),
        ("name: A\nemail: nonsense\n", "name: B\nemail: nonsense\n"),
        ("name: Same\ndistinct: [b]\n", "name: Same\n"),
        ("name: Same\n", "name: Same\ndistinct: '@a'\n"),
        (f"name: A\nperson: true\n{person('jo', 'jo@y.example')}", f"name: B\n{person('al', 'al@y.example')}"),
        ("name: A\nperson: true\nemail: a@y.example\n", "name: B\ncontacts:\n  a: {person: a, email: a@y.example}\n"),
        ("name: A\ncontacts: {p: {person: b, email: p@y.example}}\n", "name: B\nemail: p@y.example\nperson: true\n"),
    ],
)
def test_what_says_nothing_or_was_told_apart_is_no_sign(twins: Twins, one: str, other: str) -> None:
    twins.add("a", one)
    twins.add("b", other)
    assert twins.found() == []


def test_of_several_each_is_named_once_with_the_first_it_was_not_told_apart_from(twins: Twins) -> None:
    for handle, distinct in (("a", ""), ("b", ""), ("c", "distinct: [a]\n"), ("d", "distinct: [a, b, c]\n")):
        twins.add(handle, f"name: Same\n{distinct}")
    assert [row.split(" (")[0] for row in twins.found()] == ["b.md 'Same' looks like a", "c.md 'Same' looks like b"]


def test_a_new_customer_is_warned_about_and_a_new_contact(twins: Twins) -> None:
    twins.add("acme", f"name: Acme Ltd\n{person('jo', 'jo@acme.example')}")
    said = twins.crmtxt("crmtxt add ACME --contact 'Al <al@gmail.com>' --no-commit").stderr
    assert "there is a customer 'acme' already" in said
    said = twins.crmtxt("crmtxt add Acme GmbH").stderr
    assert "looks like acme (Acme Ltd), the same name; if they are one: crmtxt merge acme acme-gmbh" in said
    twins.add("globex", "name: Globex\n")
    for command in ("add", "set"):
        said = twins.crmtxt(f"crmtxt contact {command} globex al --name Al --email AL@acme.example").stderr
        assert (
            "looks like acme (Acme Ltd), both have people at acme.example; if they are one: crmtxt merge acme globex"
            in said
        )
    twins.crmtxt("crmtxt set globex distinct+=acme")
    assert "looks like" not in twins.crmtxt("crmtxt contact set globex al --email al@acme.example").stderr


@pytest.mark.parametrize(
    ("text", "address", "domain"),
    [(" Jo@Y.example ", "jo@y.example", "y.example"), ("jo", "", ""), ("@y", "", ""), ("jo@", "", ""), ("", "", "")],
)
def test_an_address_is_compared_without_case(text: str, address: str, domain: str) -> None:
    assert (plain_address(text), domain_of(text)) == (address, domain)
