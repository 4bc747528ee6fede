"""Whatever is typed as a name, tag, note or log line is stored and read back as typed, or refused with a sentence."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

import generators
from crmtxt.errors import CrmError
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.services.capture import Setting
from crmtxt.services.capture import capture
from crmtxt.services.capture import next_line
from crmtxt.services.capture import stored
from crmtxt.text.edit import insert
from crmtxt.text.edit import tidy
from crmtxt.text.head import plain_value
from crmtxt.text.head import read_head
from crmtxt.text.parse import parse
from prompt import Answer
from prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.text.document import Document

TYPED = settings(max_examples=40, deadline=None)
EMPTY = "---\nname: Acme\n---\n\n## Next\n\n## Log\n"
SETTING = Setting(
    today=date(2026, 11, 21),
    contacts=(("jane", "Jane Doe"), ("tom", "Tom O'Neil")),
    elsewhere=lambda _: [],
    mapped=lambda _: False,
    channels=("call", "email", "note"),
    team=("sam", "ana"),
    me="sam",
)
HEADERS = [
    "call from {}: hello", "call from jane, {} by ana: hello", "call by {}: hello", "email to {}:{}", "call: {}",
    "note: a // {}", "call: a // fri task: {}", "call: a // fri promise to {}: {}", "{} call: a",
    "call with {}: b // +2w call {}: c", "{}", "call: a {} // tomorrow {}", "yesterday {} call from {}: b",
    "call {}: a", "call from {} by {}: {}", "call: {}\n{}\n\n{}",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(HEADERS), st.lists(generators.texts, min_size=3, max_size=3))
@example("call from {}: hello", ["a:b", "", ""])
@example("call from {}: hello", ["@", "", ""])
@example("call from {}: hello", ["@ 0", "", ""])
@example("call from {}: hello", ["stand by", "", ""])
@example("call from jane, {} by ana: hello", ["by by by", "", ""])
@example("call: {}\n{}\n\n{}", ["a", "## Log", "```"])
def test_a_typed_line_reads_back_as_it_was_understood_or_is_refused(header: str, texts: list[str]) -> None:
    try:
        got = capture(header.format(*texts), SETTING)
        text = insert(EMPTY, LOG, got.entry)
        for line in got.follow_ups:
            text = insert(text, NEXT, line)
    except CrmError as error:
        refused(error)
        return
    document = parse(text, "customers/acme.md")
    assert [entry.line for entry in document.log] == [got.entry]
    assert sorted(entry.line for entry in document.next) == sorted(got.follow_ups)
    assert document.problems == ()


@settings(max_examples=200, deadline=None)
@given(
    generators.texts, st.sampled_from(["fri {}", "{}", "+2w call to {}: {}", "tomorrow task: {}", "fri {}: x every:2w"])
)
def test_a_typed_follow_up_reads_back_as_it_was_understood_or_is_refused(text: str, header: str) -> None:
    try:
        line = next_line(tidy(header.format(text, text))[0], SETTING, [])
        after = insert(EMPTY, NEXT, line)
    except CrmError as error:
        refused(error)
        return
    assert [entry.line for entry in parse(after, "customers/acme.md").next] == [line]


def refused(error: CrmError) -> None:
    """Assert that a refusal is a sentence with a remedy, and no accident of the reading."""
    assert error.message
    assert error.hint
    assert "without touching more" not in error.message


@pytest.fixture(scope="module")
def shelf() -> Iterator[Path]:
    """Return a book with one customer, shared by all examples: each leaves it as it was."""
    with TemporaryDirectory() as folder:
        (root := Path(folder, "book")).mkdir()
        (root / "crmtxt.yaml").write_text("crmtxt: 1\n", encoding="utf-8")
        (root / "customers").mkdir()
        (root / "customers" / "acme.md").write_text(EMPTY, encoding="utf-8")
        yield root


def run(root: Path, *words: str, typed: str = "") -> Answer:
    answer = Prompt().words(["-C", str(root), *words], typed)
    assert answer.code in {0, 2, 3, 4}, answer
    assert answer.code == 0 or answer.stderr.startswith(("crmtxt: ", "Usage")), answer
    return answer


def acme(root: Path) -> tuple[Document, Any]:
    """Return the parts of the one customer and its head, and put the file back."""
    place = root / "customers" / "acme.md"
    text = place.read_bytes().decode()
    place.write_text(EMPTY, encoding="utf-8")
    document = parse(text, "customers/acme.md")
    assert document.problems == ()
    return document, plain_value(read_head(text[slice(*document.head)]))


def unchanged(root: Path) -> bool:
    return (root / "customers" / "acme.md").read_text(encoding="utf-8") == EMPTY


@TYPED
@given(text=generators.texts)
@example(text="+topic :) worried // fri promise: kept as text")
@example(text="first\n\n  ## Log\n```\n- 2026-11-21 call: x\n")
def test_a_note_keeps_every_character_that_was_typed(shelf: Path, text: str) -> None:
    answer = run(shelf, "note", "acme", "-", typed=text)
    if answer.code:
        assert unchanged(shelf)
        return
    first, more = tidy(text)
    (entry,) = acme(shelf)[0].log
    assert (entry.line.text, entry.line.more) == (stored(first), more)


@TYPED
@given(text=generators.texts)
def test_a_log_line_keeps_every_character_of_its_text(shelf: Path, text: str) -> None:
    answer = run(shelf, "log", "acme", f"call from jane: told: {text}")
    if answer.code:
        assert unchanged(shelf)
        return
    document, _ = acme(shelf)
    first, more = tidy(f"call from jane: told: {text}")
    typed = first.removeprefix("call from jane: ").partition(" // ")[0]
    (entry,) = document.log
    assert "told:" in entry.line.text
    if "//" not in first:
        assert entry.line.text == stored(typed)
    assert entry.line.more == more


@TYPED
@given(
    text=generators.texts, key=st.sampled_from(["aliases", "tags", "source", "contacts.jane.name", "custom", "name"])
)
@example(text="a\nb", key="source")
@example(text="x, y", key="tags")
def test_a_value_keeps_every_character_that_was_typed(shelf: Path, text: str, key: str) -> None:
    operator = "+=" if key in {"aliases", "tags"} else "="
    answer = run(shelf, "set", "acme", f"{key}{operator}{text}")
    if answer.code:
        assert unchanged(shelf)
        return
    shown = json.loads(run(shelf, "list", "--json").stdout)["items"][0]
    head = acme(shelf)[1]
    first, more = tidy(text)
    value = f"{first}\n{more}" if more else first
    for name in key.split("."):
        head = head.get(name, "") if isinstance(head, dict) else head
    if key in {"aliases", "tags"}:
        assert [str(item) for item in head] == [value] or str(head[0]) in {"True", "False"}
    elif key != "custom":
        assert head == value or (key == "name" and not value)
    if key == "tags":
        assert shown["tags"] == [value]


@TYPED
@given(name=generators.texts)
@example(name="Zürich & Söhne // GmbH: #1")
@example(name="-x")
def test_a_customer_has_the_name_that_was_typed_and_is_found_by_it(shelf: Path, name: str) -> None:
    before = {place.name for place in (shelf / "customers").iterdir()}
    answer = run(shelf, "add", "--json", "--", name)
    new = {place for place in (shelf / "customers").iterdir() if place.name not in before}
    if answer.code:
        assert not new
        return
    (place,) = new
    try:
        handle = place.name.removesuffix(".md")
        assert json.loads(answer.stdout)["items"][0]["customer"] == handle
        items = json.loads(run(shelf, "list", "--json").stdout)["items"]
        assert tidy(name)[0] in [item["name"] for item in items if item["handle"] == handle]
        if not tidy(name)[0].startswith("-"):
            assert json.loads(run(shelf, "show", tidy(name)[0], "--json").stdout)["items"][0]["handle"] == handle
    finally:
        place.unlink()


@TYPED
@given(name=generators.texts)
@example(name="0")
def test_a_contact_has_the_name_that_was_typed(shelf: Path, name: str) -> None:
    answer = run(shelf, "contact", "add", "acme", "jo", "--name", name)
    if answer.code:
        assert unchanged(shelf)
        return
    people = json.loads(run(shelf, "contact", "list", "acme", "--json").stdout)["items"]
    assert [person["handle"] for person in people] == ["jo"]
    assert people[0]["name"] in {acme(shelf)[1]["contacts"]["jo"]["name"], name}
    assert people[0]["name"].strip() == name.strip()
