"""The relationships we want: the book's types, and the book held against them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

from crmtxt.model.names import fold
from crmtxt.model.strategy import RelationshipType
from crmtxt.model.strategy import StrategyFinding
from crmtxt.services.headcheck import typing_it
from crmtxt.services.standards import lapsed
from crmtxt.services.standards import last_lines
from crmtxt.services.standards import owed
from crmtxt.settings import BOOK_FILE
from crmtxt.settings import DEFAULT_TYPES
from crmtxt.settings import default
from crmtxt.store.cadence import in_words
from crmtxt.store.cadence import span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.services.writer import Writer

EFFORT_DAYS = 90
TWICE = 2  # as many touches as agreed, and more, are effort spent against the type
FEW = 4  # touches that are no habit yet
# what we did, or they and we together, on channels that are contacts
TOUCHES = """
SELECT c.handle, c.type, coalesce(c.cadence, ''), f.path, l.number
FROM line l JOIN customer c ON c.id = l.customer JOIN file f ON f.id = c.id
WHERE l.section = 'log' AND l.direction <> 'from' AND l.date > ? AND l.date <= ? AND l.kind IN ({kinds})
ORDER BY c.handle, l.number
"""


def types(writer: Writer) -> list[RelationshipType]:
    """Return the book's relationship types in their order, with how many customers have each."""
    counts = {str(name): int(count) for name, count in _counts(writer)}
    return [_type(writer, name, counts.get(name, 0)) for name in writer.settings.types]


def check(writer: Writer) -> list[StrategyFinding]:
    """Return where the book is not what its strategy says, each with the lines it comes from."""
    return [*_untyped(writer), *_lapsed(writer), *_owed(writer), *_roles(writer), *_effort(writer), *_unused(writer)]


def _counts(writer: Writer) -> list[Any]:
    return writer.index.query("SELECT type, count(*) FROM customer GROUP BY type")


def _type(writer: Writer, name: str, customers: int) -> RelationshipType:
    values = {key: _value(writer, name, key) for key in RelationshipType._fields[2:-1]} | {"defaults": ()}
    if all(values[key] == value for key, value in DEFAULT_TYPES.get(name, {"purpose": None}).items()):
        values["defaults"] = tuple(DEFAULT_TYPES[name])
    elif not writer.settings.text(f"strategy.types.{name}.answer_within"):
        values["defaults"] = ("answer_within",)
    return RelationshipType(type=name, customers=customers, **values)


def _value(writer: Writer, name: str, key: str) -> Any:  # noqa: ANN401  # text, or a list of texts
    written = writer.settings.raw.get(f"strategy.types.{name}.{key}", ())
    if key in {"experience", "roles"}:
        return tuple(written)
    return ", ".join(written) or default(f"strategy.types.*.{key}")


def _untyped(writer: Writer) -> Iterator[StrategyFinding]:
    known = writer.settings.types
    rows = writer.index.query(
        "SELECT c.handle, c.type, f.path FROM customer c JOIN file f ON f.id = c.id WHERE NOT EXISTS "
        "(SELECT 1 FROM field WHERE file = c.id AND key = 'person') OR c.type IS NOT NULL ORDER BY c.handle"
    )
    for handle, type_, path in rows if known else ():
        if not type_:
            why, hint = "no relationship type", typing_it(str(handle), writer.settings)
        elif type_ not in known:
            why, hint = f"its type '{type_}' is none of the book's", f"types: {', '.join(known)}"
        else:
            continue
        yield StrategyFinding("type", str(type_ or "") or None, str(handle), why, hint, (str(path),))


def _lapsed(writer: Writer) -> Iterator[StrategyFinding]:
    places = last_lines(writer)
    for each in lapsed(writer):
        why = f"{each.said}, every {in_words(each.cadence)} agreed"
        yield StrategyFinding(
            "cadence", each.type, each.handle, why, f"crmtxt show {each.handle}", (places[each.handle],)
        )


def _owed(writer: Writer) -> Iterator[StrategyFinding]:
    for each in owed(writer):
        why = f"{each.kind} from {each.who} on {each.day} has no answer, {each.within} agreed"
        hint = f"crmtxt log {each.handle} call to {each.first}: …"
        yield StrategyFinding("answer", each.type, each.handle, why, hint, each.lines)


def _roles(writer: Writer) -> Iterator[StrategyFinding]:
    """Yield the roles a type asks for that no contact of a customer has."""
    asked = {name: _value(writer, name, "roles") for name in writer.settings.types}
    if not any(asked.values()):
        return
    rows = writer.index.query(
        "SELECT c.handle, c.type, f.path, group_concat(l.value, char(10)) FROM customer c JOIN file f ON f.id = c.id "
        "LEFT JOIN field l ON l.file = c.id AND l.key LIKE 'contacts.%.role' GROUP BY c.id ORDER BY c.handle"
    )
    for handle, type_, path, roles in rows:
        there = {fold(role) for role in str(roles or "").split("\n")}
        for role in asked.get(str(type_), ()):
            if fold(role) not in there:
                hint = f"crmtxt contact set {handle} WHO --role '{role}'"
                yield StrategyFinding(
                    "role", str(type_), str(handle), f"no {role} among its contacts", hint, (str(path),)
                )


def _effort(writer: Writer) -> Iterator[StrategyFinding]:
    """Yield customers who get twice the touches of their cadence and more, where that type is meant to cost little."""
    contacts = [kind for kind, weight in writer.settings.channels.items() if weight > 0]
    since = (writer.today - timedelta(EFFORT_DAYS)).isoformat()
    rows = writer.index.query(
        TOUCHES.format(kinds=",".join("?" * len(contacts))), (since, writer.today.isoformat(), *contacts)
    )
    counts = Counter((str(handle), str(type_), str(own)) for handle, type_, own, _, _ in rows)
    for (handle, type_, own), count in sorted(counts.items()):
        cadence = own or writer.settings.type_setting(type_, "cadence")
        agreed = EFFORT_DAYS / span(cadence) if span(cadence) else 0.0
        if not agreed or count < max(FEW, TWICE * agreed) or _value(writer, type_, "cost_to_serve") == "high":
            continue
        lines = tuple(f"{path}:{number}" for each, _, _, path, number in rows if each == handle)
        why = f"{count} touches of ours in {EFFORT_DAYS} days, {agreed:.1f} agreed (every {in_words(cadence)})"
        yield StrategyFinding("effort", type_, handle, why, "another type, or less", lines)


def _unused(writer: Writer) -> Iterator[StrategyFinding]:
    counts = {str(name) for name, _ in _counts(writer)}
    for name in writer.settings.types:
        if name not in counts:
            hint = f"crmtxt set CUSTOMER type={name}, or take it out of {BOOK_FILE}"
            yield StrategyFinding("unused", name, None, "no customer is of this type", hint, (BOOK_FILE,))
