"""Customers from a file: new ones get a file of their own, those of the book what the rows say otherwise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.model.addresses import PUBLIC_DOMAINS
from crmtxt.model.addresses import domain_of
from crmtxt.model.cells import day_of
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.imported import CHANGED
from crmtxt.model.imported import CUSTOMER
from crmtxt.model.imported import NEW
from crmtxt.model.imported import SAME
from crmtxt.model.imported import ImportedRow
from crmtxt.model.imported import fields_of
from crmtxt.model.imported import known_stage
from crmtxt.model.names import fold
from crmtxt.model.names import handle_from
from crmtxt.services import customers
from crmtxt.services import importing
from crmtxt.services import twins
from crmtxt.services.headcheck import gate
from crmtxt.services.journal import chain
from crmtxt.store import people
from crmtxt.store.rows import traits_of
from crmtxt.text import edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.model.change import Edit
    from crmtxt.model.imported import Reading
    from crmtxt.services.importing import Cells
    from crmtxt.services.importing import Plan
    from crmtxt.services.importing import Source
    from crmtxt.services.writer import Writer
    from crmtxt.store import reads

BETWEEN_TAGS = re.compile(r"\s*[;,]\s*")
PERSON = ("contact", "email", "phone")
NAMES = {"contact": "name", "email": "email", "phone": "phone"}
VALUES = ("stage", "type", "owner", "since", "source")


class _File:
    """One customer's part in the import; `found` is None for a new one."""

    def __init__(self, found: reads.Found | None, handle: str, name: str, there: people.Facts) -> None:
        self.found = found
        self.handle = handle
        self.name = name
        self.there = there
        self.said: dict[str, tuple[str, int]] = {}
        self.values: dict[str, str] = {}
        self.tags: list[str] = []
        self.people: dict[str, dict[str, str]] = {}

    def say(self, key: str, value: str, line: int) -> str:
        """Take in a value and return in words what it changes, "" for nothing; ValueError when a row says another."""
        before, at = self.said.setdefault(key, (value, line))
        if before != value:
            raise ValueError(f"its {key} is '{value}', in line {at} '{before}'")
        was = self.values.get(key, self.there.values.get(key, ""))
        if was == value:
            return ""
        self.values[key] = value
        return f"{key} {was} -> {value}" if was else f"{key} {value}"

    def tag(self, tag: str) -> str:
        """Take in a tag and return it, "" when it is there."""
        if tag in self.tags or tag in self.there.tags:
            return ""
        self.tags.append(tag)
        return f"tag {tag}"

    def meet(self, person: dict[str, str]) -> str:
        """Take in a person and return the handle, "" for one who is there: by address, without one by name."""
        people_ = [*self.there.people.values(), *self.people.values()]
        key = "email" if "email" in person else "name"
        if any(fold(each.get(key, "")) == fold(person[key]) for each in people_):
            return ""
        name = person.setdefault("name", person.get("email", "").partition("@")[0])
        names = (
            handle_from(name.split()[0]),
            handle_from(name),
            *(f"{handle_from(name)[:54]}-{n}" for n in range(2, 999)),
        )
        handle = next(each for each in names if each not in self.people and each not in self.there.people)
        self.people[handle] = {"name": name, **person}
        return f"contact {handle}"


class _Import:
    """The import of one file."""

    def __init__(self, writer: Writer, how: Reading) -> None:
        self.writer = writer
        self.how = how
        self.customers = importing.Known(writer)
        self.facts = people.facts(writer.index)
        self.domains = people.domains(writer.index)
        self.files: dict[str, _File] = {}
        self.rows: list[ImportedRow] = []
        self.colleagues = importing.Colleagues(writer.settings)

    def take(self, line: int, cells: Cells, own: Cells) -> None:
        """Take in one row; ValueError when it cannot be read."""
        values = {key: cells[key] for key in VALUES if key in cells} | own
        if "stage" in values:
            values["stage"] = known_stage(values["stage"], self.how, self.writer.settings.stages, "stages of this book")
        if "since" in values:
            values["since"] = day_of(values["since"], self.how.dates)
        if "owner" in values:
            values["owner"] = self.colleagues.key(values["owner"])
        _check(own)
        file = self._file_of(cells)
        if file.found and cells.get("handle") and cells.get("name"):
            values["name"] = cells["name"]
        for key, value in values.items():
            if file.said.get(key, (value, 0))[0] != value:
                raise ValueError(f"its {key} is '{value}', in line {file.said[key][1]} '{file.said[key][0]}'")
        told = [file.say(key, value, line) for key, value in values.items()]
        told += [file.tag(tag) for tag in BETWEEN_TAGS.split(cells.get("tags", "")) if tag]
        person = {NAMES[key]: cells[key] for key in PERSON if key in cells}
        told += [file.meet(person)] if "name" in person or "email" in person else []
        what = ", ".join(filter(None, told))
        first = file.handle not in self.files
        self.files.setdefault(file.handle, file)
        change = NEW if file.found is None and first else CHANGED if what else SAME
        self.rows.append(ImportedRow(line, file.handle, None, change, what or (file.name if change == NEW else "")))

    def _file_of(self, cells: Cells) -> _File:
        handle, name, email = (cells.get(key, "") for key in ("handle", "name", "email"))
        found = self.customers.of(handle, name)
        if found is None and not handle:
            found = self._at_domain(name, email)
        made = found.handle if found else self.customers.new_handle(handle, name)
        file = self.files.get(made)
        if file is None:
            there = self.facts.get(found.id, people.NOTHING) if found else people.NOTHING
            return _File(found, made, found.name if found else name, there)
        if found is None and name and fold(name) != fold(file.name):
            raise ValueError(f"'{name}' and '{file.name}' would both be {made}: a handle for each is to be 'handle'")
        return file

    def _at_domain(self, name: str, email: str) -> reads.Found | None:
        """Return the customer with people at the domain of an address, for a row without a name.

        ValueError where several have, and for a name nobody has at a domain somebody has.
        """
        domain = domain_of(email)
        at = () if not domain or domain in PUBLIC_DOMAINS else self.domains.get(domain, ())
        some = [self.customers.all[each] for each in at]
        if not some or (len(some) == 1 and not name):
            return some[0] if some else None
        who = " and ".join(f"{found.handle} ({found.name})" for found in some)
        said = f"'{name}' is not known, but " if name else ""
        raise ValueError(f"{said}{who} has people at {domain}: say which with a column that is 'handle'")

    def edits(self) -> Iterator[FileEdit]:
        """Yield the edit of each file, each once."""
        for file in self.files.values():
            settings = [f"{key}={value}" for key, value in file.values.items()]
            if file.found:
                changes = [*settings, *(f"tags+={tag}" for tag in file.tags)]
                whole: list[Edit] = []
                if changes:
                    whole += [each.edit for each in customers.set_values(self.writer, file.found, changes).files]
                if file.people:
                    whole.append(_meeting(file.people))
                if whole:
                    yield FileEdit(file.found.path, importing.within(chain(whole), file.found.path))
                continue
            own = tuple((key, value) for key, value in file.values.items() if key not in VALUES)
            stage, type_, owner, since, source = (file.values.get(key, "") for key in VALUES)
            new = customers.NewCustomer(
                file.name,
                stage=stage,
                type=type_,
                owner=owner,
                source=source,
                tags=tuple(file.tags),
                handle=file.handle,
                since=since or None,
                own=own,
            )
            made, _ = customers.new_file(self.writer, new)
            yield made._replace(edit=chain([made.edit, *([_meeting(file.people)] if file.people else [])]))

    def remarks(self) -> Iterator[str]:
        """Yield what is odd: colleagues nobody knows, new customers that look like others."""
        yield from self.colleagues.doubts
        for file in self.files.values():
            if file.found is None:
                addresses = [each["email"] for each in file.people.values() if "email" in each]
                traits = traits_of((file.name,), addresses, is_person=False)
                yield from twins.remarks(self.writer.index, self.writer.settings, file.handle, traits)


def plan(writer: Writer, source: Source) -> Plan:
    """Return what an import of customers would do."""
    columns = source.sheet.columns
    fields = fields_of(columns, CUSTOMER, source.how)
    if not {"handle", "name", "email"} & {*fields, *source.how.fill}:
        raise UsageError("no column is the name", f"say it: --map '{columns[0]}=name'; columns: {', '.join(columns)}")
    work = _Import(writer, source.how)
    problems = importing.take_rows(source, fields, CUSTOMER, work.take)
    told = importing.summary("customer", work.rows, problems)
    change = Change(f"import of {source.name}: {told}", "", tuple(work.edits()), (told, *work.remarks()))
    return importing.Plan(change, work.rows, problems)


def _meeting(persons: dict[str, dict[str, str]]) -> Edit:
    return lambda text: edit.add_entries(text, ("contacts",), persons)


def _check(own: Cells) -> None:
    """Refuse a value that a key of the head cannot hold."""
    lines = "".join(f"{key}: '{value.replace(chr(39), chr(39) * 2)}'\n" for key, value in own.items())
    try:
        gate(f"---\n{lines}---\n", own)
    except UsageError as error:
        raise ValueError(error.message) from None
