"""Who a customer is: another handle, two that are one, one that goes; what names it elsewhere follows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crmtxt.errors import LockedError
from crmtxt.errors import UsageError
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.line import LOG
from crmtxt.model.line import Line
from crmtxt.model.names import handle_from
from crmtxt.model.names import is_handle
from crmtxt.services.journal import chain
from crmtxt.services.journal import inserting
from crmtxt.services.staging import leading_back
from crmtxt.store.naming import naming
from crmtxt.text.head import plain_value
from crmtxt.text.mentions import Moved
from crmtxt.text.mentions import readdress
from crmtxt.text.unite import United
from crmtxt.text.unite import check
from crmtxt.text.unite import unite
from crmtxt.text.unitekeys import Side
from crmtxt.text.unitekeys import head_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.model.change import Edit
    from crmtxt.services.writer import Writer
    from crmtxt.store import reads
    from crmtxt.store.book import Book

SHOWN = 3


def rename(writer: Writer, found: reads.Found, handle: str) -> Change:
    """Return the change that gives a customer another handle; what names it elsewhere follows."""
    if not is_handle(handle):
        hint = f"such as {handle_from(handle)}; its name is changed with: crmtxt set {found.handle} name=…"
        raise UsageError(f"'{handle}' is no handle", hint)
    if writer.index.query("SELECT 1 FROM customer WHERE handle = ?", (handle,)):
        raise UsageError(f"there is a customer '{handle}' already", "choose another handle")
    line = Line(writer.today.isoformat(), "renamed", f"{found.handle} -> {handle}", by=writer.by)
    folder = found.path.rpartition("/")[0]
    moved = Moved(found.handle, handle)
    own = FileEdit(
        found.path, chain([partial(readdress, moved=moved), inserting([(LOG, line)])]), to=f"{folder}/{handle}.md"
    )
    files = (own, *_elsewhere(writer, moved, {found.path}))
    return Change(f"{found.handle}: rename to {handle}", handle, files, (f"{found.name} · {found.handle} -> {handle}",))


def remove(writer: Writer, found: reads.Found) -> Change:
    """Return the change that removes a customer's file; what names it elsewhere stays, and is told."""
    file = FileEdit(found.path, lambda _: "", removes=True)
    left = naming(writer.index, found.handle)
    more = f" and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
    told = (f"still named in {', '.join(left[:SHOWN])}{more}",) if left else ()
    return Change(f"{found.handle}: remove", found.handle, (file,), (f"{found.name} · removed {found.path}", *told))


def merge(writer: Writer, book: Book, kept: reads.Found, gone: reads.Found) -> Change:
    """Return the change that takes one customer's file into another's, and removes it."""
    if kept.id == gone.id:
        raise UsageError(f"{kept.handle} and {gone.handle} are one customer already", "name the two that are one")
    texts = {found.path: book.text(found.path) for found in (kept, gone)}
    for path, text in texts.items():
        check(text, path)
    _refuse_unlike(kept, gone, texts)
    united = unite(Side(kept.handle, texts[kept.path]), Side(gone.handle, texts[gone.path]))
    line = _merged(writer, gone, united)
    lines = [(LOG, line), *((LOG, each) for each in _leading_back(writer, texts[kept.path], united.text))]
    moved = Moved(gone.handle, kept.handle, united.called.people)
    whole = chain([inserting(lines), partial(readdress, moved=moved)])(united.text)
    files = (
        FileEdit(kept.path, _in_place_of(kept.path, texts[kept.path], whole)),
        FileEdit(gone.path, _in_place_of(gone.path, texts[gone.path], ""), removes=True),
        *_elsewhere(writer, moved, {kept.path, gone.path}),
    )
    said = (f"{kept.name} · {gone.name} ({gone.handle}) is now {kept.handle}", *_told(gone, united))
    return Change(f"{kept.handle}: merge {gone.handle}", kept.handle, files, said, entry=line)


def _elsewhere(writer: Writer, moved: Moved, besides: set[str]) -> Iterator[FileEdit]:
    """Yield the edits of the files that name a customer by the handle it no longer has."""
    for path in naming(writer.index, moved.old):
        if path not in besides:
            yield FileEdit(path, partial(readdress, moved=moved))


def _in_place_of(path: str, read: str, text: str) -> Edit:
    """Return the edit that puts a text in the place of the one that was read, and of no other."""

    def edit(current: str) -> str:
        if current != read:
            raise LockedError(f"{path} was changed in this moment; nothing was written", "repeat the command")
        return text

    return edit


def _refuse_unlike(kept: reads.Found, gone: reads.Found, texts: dict[str, str]) -> None:
    """Refuse to make a person and a company one."""
    heads = {found.handle: head_of(texts[found.path]) for found in (kept, gone)}
    people = [handle for handle, head in heads.items() if plain_value(head).get("person") is True]
    if len(people) == 1:
        other = gone.handle if people == [kept.handle] else kept.handle
        hint = (
            f"a person at a company: crmtxt contact add {other} {people[0]} --person {people[0]}\n"
            f"if they are one: crmtxt set {other} person=true"
        )
        raise UsageError(f"{people[0]} is a person, {other} is not", hint)


def _leading_back(writer: Writer, before: str, after: str) -> Iterator[Line]:
    """Return the line that leads back to the stage of the head, when the lines of the other lead away from it."""
    return iter(()) if any(leading_back(writer, before)) else leading_back(writer, after)


def _merged(writer: Writer, gone: reads.Found, united: United) -> Line:
    """Return the line that says what was taken in, and below it the values that were given up."""
    more = "\n".join(f"- had {had.key}: {had.given_up}" for had in united.had)
    text = f"{' '.join(gone.name.split())} ({gone.handle})"
    return Line(writer.today.isoformat(), "merged", text, by=writer.by, more=more)


def _told(gone: reads.Found, united: United) -> Iterator[str]:
    for old, new in united.called.people.items():
        if old != new:
            yield f"@{old} of {gone.handle} is now @{new}"
    for had in united.had:
        yield f"kept {had.key} {had.kept}; {gone.handle} had {had.given_up}"
