"""Edit a customer's file in an editor: on a copy, checked, and merged with what changed meanwhile."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import CrmError
from crmtxt.errors import InvalidError
from crmtxt.errors import LockedError
from crmtxt.errors import Problem
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.store import reads
from crmtxt.store import state
from crmtxt.store.rows import customer_rows
from crmtxt.text.document import decode
from crmtxt.text.merge import DoubtError
from crmtxt.text.merge import merge

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtxt.store.book import Book


class Draft(NamedTuple):
    """A copy that is being edited: where it is, and what it was made from; `resumed` from an earlier edit."""

    path: str
    base: str
    resumed: bool


def open_draft(book: Book, found: reads.Found) -> Draft:
    """Return the draft of a customer: the one left over from an edit that was refused, else a fresh copy."""
    path = f"{book.state}/edit/{found.handle}.md"
    kept, base = state.read(path), state.read(f"{path}.base")
    if kept is not None and base is not None and kept != base:
        return Draft(path, decode(base, path), resumed=True)
    text = book.text(found.path)
    state.write(path, text.encode())
    state.write(f"{path}.base", text.encode())
    return Draft(path, text, resumed=False)


def problems(book: Book, draft: Draft, found: reads.Found) -> list[Problem]:
    """Return what cannot be read in a draft and could be read before."""
    data = state.read(draft.path) or b""
    before = {
        (problem.code, problem.source)
        for problem in customer_rows(draft.base.encode(), found.path, book.index.settings).problems
    }
    try:
        after = customer_rows(data, found.path, book.index.settings).problems
    except InvalidError as error:
        return [error.problem] if error.problem else []
    return [problem for problem in after if (problem.code, problem.source) not in before]


def change(draft: Draft, found: reads.Found) -> Change | None:
    """Return the change a draft makes, None when it makes none."""
    text = decode(state.read(draft.path) or b"", draft.path)
    if text == draft.base:
        return None
    if not text.strip():
        drop_draft(draft)
        raise InvalidError(
            "the text is empty; nothing was written", f"to remove the customer: crmtxt remove {found.handle}"
        )

    def merged(current: str) -> str:
        with suppress(DoubtError):
            woven = merge(draft.base, text, current)
            if not woven.conflicts:
                return woven.text
        hint = f"your text is kept in {draft.path}; look at both, then run crmtxt edit {found.handle} again"
        raise LockedError(f"{found.path} was changed meanwhile in the same lines; nothing was written", hint)

    return Change(f"{found.handle}: edit", found.handle, (FileEdit(found.path, merged),), (f"{found.name} · edited",))


def drop_draft(draft: Draft) -> None:
    """Remove a draft that is saved or was not changed."""
    state.remove(draft.path)
    state.remove(f"{draft.path}.base")


def compose(path: str, text: str, open_editor: Callable[[str], None]) -> str:
    """Return what a person writes in an editor, beginning with a text; the draft stays when the editor fails."""
    state.write(path, text.encode())
    open_editor(path)
    written = decode(state.read(path) or b"", path)
    state.remove(path)
    return written


def keep(path: str, text: str) -> bool:
    """Keep a text that could not be saved, and say whether that worked: the error that is told matters more."""
    with suppress(CrmError):
        state.write(path, text.encode("utf-8", "replace"))
        return True
    return False
