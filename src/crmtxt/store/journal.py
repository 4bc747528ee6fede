"""The journal: what each write is about to change, kept in the user's state folder before the book is touched.

`journal.tsv` holds one line a write, and one line for what became of writes; `blobs/` holds contents by their SHA-256.
Lines are added under the book's lock; a line torn by a killed process is ignored, then cut off by the next.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Iterable
from typing import NamedTuple

from crmtxt.errors import NotFoundError
from crmtxt.store import files
from crmtxt.store import state

INTENDED = "intended"
COMMITTED = "committed"
LEFT = "left"
UNDONE = "undone"
WITHDRAWN = "withdrawn"

KEPT_ENTRIES = 1000
SLACK = 200  # the journal is shortened once it is this much too long

_NAME, _BLOBS = "journal.tsv", "blobs"
_WRITE, _FATE = "write", "fate"
_UNDO = "undo "  # a write that takes back another: this, and which one, instead of the word
_HEAD = 8  # word, number, state, waiting, commit, when, customer, summary; then three fields a file
_SPECIAL = re.compile("[\\\\\t\n\r\0\ud800-\udfff]")
_ESCAPED = re.compile(r"\\([0-9a-f]{4})")


class Touched(NamedTuple):
    """A file of a write, with the hexadecimal SHA-256 of its content before and after; "" where there is no file."""

    path: str
    before: str
    after: str


class Entry(NamedTuple):
    """A write: `when` as the caller gave it, `commit` "" when there is none, `state` one of the states above.

    intended: not yet known to be in a commit; committed: it is; left: written, and no commit is wanted;
    undone: taken back; withdrawn: refused before anything was written. `waiting`: the next commit takes it along.
    `undoes` is what it takes back: the hash of a commit, or the number of a write.
    """

    number: int
    when: str
    summary: str
    customer: str
    files: tuple[Touched, ...]
    commit: str = ""
    state: str = INTENDED
    waiting: bool = True
    undoes: str = ""


def record(
    folder: str,
    when: str,
    summary: str,
    customer: str,
    changes: Iterable[tuple[str, bytes | None, bytes | None]],
    *,
    undoes: str = "",
) -> int:
    """Keep what a write is about to do, durably, and return its number.

    `changes` are path, content before and content after, None where there is no file; `undoes` says what it takes back.
    Raises OutsideError when the state folder cannot be written: then the book must not be written either.
    """
    kept = _load(folder)
    number = max(kept, default=0) + 1
    touched = tuple(Touched(path, _keep(folder, before), _keep(folder, after)) for path, before, after in changes)
    entry = Entry(number, when, summary, customer, touched, undoes=undoes)
    if len(kept) >= KEPT_ENTRIES + SLACK:
        _shorten(folder, [*map(_entry, kept.values()), entry][-KEPT_ENTRIES:])
    else:
        state.append(f"{folder}/{_NAME}", _line(entry))
    return number


def committed(folder: str, numbers: Iterable[int], commit: str) -> None:
    """Note the commit the writes are in; with "" that none is wanted, so that they are no longer pending."""
    _mark(folder, COMMITTED if commit else LEFT, commit, numbers)


def undone(folder: str, number: int) -> None:
    """Note that a write was taken back, or takes one back: it is not to be undone; whether it waits stays as it is."""
    _mark(folder, UNDONE, "", (number,))


def withdrawn(folder: str, number: int) -> None:
    """Note that a write was refused before anything was written."""
    _mark(folder, WITHDRAWN, "", (number,))


def entries(folder: str) -> list[Entry]:
    """Return the writes kept, oldest first, without the withdrawn."""
    return [_entry(fields) for fields in _load(folder).values() if fields[2] != WITHDRAWN]


def last(folder: str, count: int = 1) -> list[Entry]:
    """Return the latest writes that were neither withdrawn nor undone, newest first."""
    standing = [fields for fields in _load(folder).values() if fields[2] not in {WITHDRAWN, UNDONE}]
    return [_entry(fields) for fields in standing[::-1][:count]]


def pending(folder: str) -> list[Entry]:
    """Return the writes no commit is known of, oldest first: the next commit takes their paths along."""
    return [_entry(fields) for fields in _load(folder).values() if fields[3]]


def knows(folder: str, data: bytes, path: str = "") -> bool:
    """Say whether a content is one before or after a write kept; with `path`, also when no write of that file is."""
    kept = state.read(f"{folder}/{_NAME}") or b""
    return _hash(data).encode() in kept or path.encode() not in kept


def blob(folder: str, name: str) -> bytes:
    """Return a content kept, by its hexadecimal SHA-256; raises NotFoundError when it is gone or damaged."""
    data = state.read(f"{folder}/{_BLOBS}/{name}")
    if data is None or _hash(data) != name:
        raise NotFoundError(f"the undo journal no longer has the content {name[:12]}", "git may have it: git log -p")
    return data


def _hash(data: bytes | None) -> str:
    return "" if data is None else files.digest(data).hex()


def _keep(folder: str, data: bytes | None) -> str:
    name = _hash(data)
    if data is not None and state.read(f"{folder}/{_BLOBS}/{name}") != data:
        state.write(f"{folder}/{_BLOBS}/{name}", data)
    return name


def _mark(folder: str, fate: str, commit: str, numbers: Iterable[int]) -> None:
    fields = [_FATE, fate, commit, *map(str, numbers)]
    state.append(f"{folder}/{_NAME}", _joined(fields))


def _shorten(folder: str, kept: list[Entry]) -> None:
    """Write the journal anew with these entries, then remove the contents none of them needs."""
    state.write(f"{folder}/{_NAME}", b"".join(map(_line, kept)))
    state.sweep(f"{folder}/{_BLOBS}", {name for entry in kept for each in entry.files for name in each[1:]})


def _line(entry: Entry) -> bytes:
    flat = [part for touched in entry.files for part in touched]
    fate = [entry.state, "waiting" if entry.waiting else "", entry.commit]
    head = [
        f"{_UNDO}{entry.undoes}" if entry.undoes else _WRITE,
        str(entry.number),
        *fate,
        entry.when,
        entry.customer,
        entry.summary,
    ]
    return _joined(head + flat)


def _joined(fields: Iterable[str]) -> bytes:
    escaped = (_SPECIAL.sub(lambda match: f"\\{ord(match[0]):04x}", field) for field in fields)
    return ("\t".join(escaped) + "\n").encode()


def _load(folder: str) -> dict[int, list[str]]:
    """Return the fields of each write, its latest state among them; lines torn or not ours are passed over."""
    found: dict[int, list[str]] = {}
    data = state.read(f"{folder}/{_NAME}") or b""
    for line in data.decode("utf-8", "replace").split("\n")[:-1]:
        fields = line.split("\t")
        is_write = fields[0] == _WRITE or fields[0].startswith(_UNDO)
        if is_write and len(fields) % 3 == _HEAD % 3 and len(fields) >= _HEAD and fields[1].isdecimal():
            found[int(fields[1])] = fields
        elif fields[0] == _FATE:
            for number in fields[3:]:
                if number.isdecimal() and int(number) in found:
                    _meet(found[int(number)], fields[1], fields[2])
    return found


def _meet(fields: list[str], fate: str, commit: str) -> None:
    """Note in the fields of a write what became of it: what is undone stays so when it is committed."""
    if fields[2] != UNDONE or fate not in {COMMITTED, LEFT}:
        fields[2] = fate
    fields[3] = fields[3] if fate == UNDONE else ""
    fields[4] = commit or fields[4]


def _entry(fields: list[str]) -> Entry:
    word, number, fate, waiting, commit, when, customer, summary, *flat = map(_plain, fields)
    touched = tuple(map(Touched._make, zip(flat[::3], flat[1::3], flat[2::3], strict=True)))
    return Entry(
        int(number),
        when,
        summary,
        customer,
        touched,
        commit,
        fate,
        bool(waiting),
        word.removeprefix(_WRITE).removeprefix(_UNDO),
    )


def _plain(field: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), field) if "\\" in field else field
