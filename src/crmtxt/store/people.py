"""What the index knows of every customer's head at once: values, tags, people, and where people are."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

from crmtxt.store.index import Index

CONTACTS = "contacts."


class Facts(NamedTuple):
    """A head: its plain values by key, its tags, its contacts by handle."""

    values: Mapping[str, str]
    tags: tuple[str, ...]
    people: Mapping[str, Mapping[str, str]]


NOTHING = Facts({}, (), {})


def facts(index: Index) -> dict[int, Facts]:
    """Return what each head says, by customer; of lists other than tags nothing, of what lies deeper none."""
    rows: list[Any] = index.query("SELECT file, key, value FROM field WHERE file <> 0 AND value IS NOT NULL")
    values: dict[int, dict[str, str]] = {}
    tags: dict[int, list[str]] = {}
    people: dict[int, dict[str, dict[str, str]]] = {}
    for file, key, value in rows:
        if key == "tags":
            tags.setdefault(file, []).append(value)
        elif key.startswith(CONTACTS):
            handle, _, name = key.removeprefix(CONTACTS).partition(".")
            people.setdefault(file, {}).setdefault(handle, {})[name] = value
        elif "." not in key:
            known = values.setdefault(file, {})
            known[key] = value if key not in known else ""
    return {
        file: Facts(values.get(file, {}), tuple(tags.get(file, ())), people.get(file, {}))
        for file in values.keys() | tags.keys() | people.keys()
    }


def domains(index: Index) -> dict[str, list[int]]:
    """Return the customers with people at each domain."""
    rows: list[Any] = index.query("SELECT value, customer FROM trait WHERE kind = 'domain' ORDER BY customer")
    found: dict[str, list[int]] = {}
    for domain, customer in rows:
        found.setdefault(domain, []).append(customer)
    return found
