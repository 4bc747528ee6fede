"""Customers that look like one: the same name, e-mail address or domain, unless somebody has told them apart."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterable
from collections.abc import Iterator
from itertools import groupby
from typing import Any
from typing import NamedTuple

from crmtxt.errors import Problem
from crmtxt.model.addresses import PUBLIC_DOMAINS
from crmtxt.model.addresses import domain_of
from crmtxt.settings import BookSettings
from crmtxt.store.index import Index
from crmtxt.store.rows import Trait

OWNERS = """
SELECT t.kind, t.value, c.handle, c.name, f.path, EXISTS (
  SELECT 1 FROM field WHERE file = c.id AND key = 'person' AND value = 'true')
FROM trait t JOIN customer c ON c.id = t.customer JOIN file f ON f.id = c.id
WHERE (t.kind, t.value) IN ({traits}) ORDER BY t.kind, t.value, c.handle
"""
SHARED = "SELECT kind, value FROM trait GROUP BY kind, value HAVING count(*) > 1"
APART = """
SELECT c.handle, ltrim(d.value, '@') FROM field d JOIN customer c ON c.id = d.file WHERE d.key = 'distinct'
UNION ALL SELECT c.handle, t.person FROM contact t JOIN customer c ON c.id = t.customer WHERE t.person IS NOT NULL
"""
IN_WORDS = {"name": "the same name", "email": "both have {}", "domain": "both have people at {}"}


class Owner(NamedTuple):
    """A customer with something another has as well: `is_person` when it is no company."""

    kind: str
    value: str
    handle: str
    name: str
    path: str
    is_person: bool

    @property
    def reason(self) -> str:
        """Return what is shared, in words."""
        return IN_WORDS[self.kind].format(self.value)


def remarks(index: Index, settings: BookSettings, handle: str, traits: Iterable[Trait]) -> tuple[str, ...]:
    """Return a warning for each other customer that shares one of some traits of a customer, new or known."""
    asked = [trait for trait in traits if _tells(trait.kind, trait.value, settings)]
    rows = (
        index.query(OWNERS.format(traits=f"VALUES {','.join(['(?, ?)'] * len(asked))}"), sum(asked, ()))
        if asked
        else []
    )
    apart = _apart(index)
    found: dict[str, Owner] = {}
    for owner in _owners(rows):
        if owner.handle != handle and frozenset((owner.handle, handle)) not in apart:
            found.setdefault(owner.handle, owner)
    return tuple(
        f"looks like {each.handle} ({each.name}), {each.reason}; if they are one: crmtxt merge {each.handle} {handle}"
        for each in found.values()
    )


def pairs(index: Index, settings: BookSettings) -> Iterator[Problem]:
    """Yield a finding for each two customers that share a trait, the second of them as the place."""
    apart = _apart(index)
    found: dict[tuple[str, str], list[tuple[Owner, Owner]]] = {}
    for (kind, value), group in groupby(_owners(index.query(OWNERS.format(traits=SHARED))), key=lambda each: each[:2]):
        if not _tells(str(kind), str(value), settings):
            continue
        before: list[Owner] = []
        for owner in group:
            twin = next((each for each in before if frozenset((each.handle, owner.handle)) not in apart), None)
            if twin:
                found.setdefault((twin.handle, owner.handle), []).append((twin, owner))
            before.append(owner)
    for both in found.values():
        twin, owner = both[0]
        kinds = {other.kind for _, other in both}
        why = ", ".join(other.reason for _, other in reversed(both) if other.kind != "domain" or "email" not in kinds)
        message = f"'{owner.name}' looks like {twin.handle} ({twin.path}): {why}"
        yield Problem(owner.path, 0, 0, "duplicate", message, _remedy(twin, owner))


def _remedy(one: Owner, other: Owner) -> str:
    person, company = (one, other) if one.is_person else (other, one)
    is_tie = one.is_person != other.is_person
    tie = (
        f"if {person.handle} works there: crmtxt contact add {company.handle} {person.handle} --person {person.handle}"
    )
    unite = f"if they are one: crmtxt merge {one.handle} {other.handle}"
    return f"{tie if is_tie else unite}; if not: crmtxt set {other.handle} distinct+={one.handle}"


def _tells(kind: str, value: str, settings: BookSettings) -> bool:
    """Say whether a trait tells anything: not a domain where anybody is, and no address of ours."""
    if kind == "name":
        return True
    ours = {domain_of(settings.text(f"team.{key}.email")) for key in settings.team}
    domain = domain_of(value) if kind == "email" else value
    return domain not in ours and (kind == "email" or domain not in PUBLIC_DOMAINS)


def _owners(rows: Iterable[Any]) -> Iterator[Owner]:
    return (Owner(*row) for row in rows)


def _apart(index: Index) -> set[frozenset[str]]:
    """Return the pairs that are told apart: by `distinct`, or because one is a person at the other."""
    return {frozenset((str(one), str(other))) for one, other in index.query(APART)}
