"""Opportunities from a file: each row becomes what opp add, move, won and lost would have left on those days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.measure.deals import read_deals
from crmtxt.model import opportunity
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.imported import CHANGED
from crmtxt.model.imported import NEW
from crmtxt.model.imported import SAME
from crmtxt.model.imported import ImportedRow
from crmtxt.model.imported import fields_of
from crmtxt.model.imported import opportunity_fields
from crmtxt.model.imported import opportunity_row
from crmtxt.model.names import fold
from crmtxt.model.names import nearest
from crmtxt.model.opportunity import open_stages
from crmtxt.services import customers
from crmtxt.services import importing
from crmtxt.services import twins
from crmtxt.services.dealcourse import Course
from crmtxt.services.dealcourse import Known
from crmtxt.services.journal import chain
from crmtxt.store import deals
from crmtxt.store.rows import traits_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.model.change import Edit
    from crmtxt.model.imported import OpportunityRow
    from crmtxt.model.imported import Reading
    from crmtxt.services.importing import Cells
    from crmtxt.services.importing import Plan
    from crmtxt.services.importing import Source
    from crmtxt.services.writer import Writer
    from crmtxt.store import reads


class _File:
    """One customer's part in the import; `found` is None for a new one."""

    def __init__(self, found: reads.Found | None, handle: str, name: str) -> None:
        self.found = found
        self.handle = handle
        self.name = name
        self.since = ""
        self.course = Course()
        self.rows: dict[str, int] = {}  # opportunities of the file from elsewhere, with their line

    def claim(self, name: str, line: int, shown: str) -> None:
        """Note that a row is about an opportunity; ValueError when another is."""
        if name in self.rows:
            raise ValueError(
                f"'{shown}' of {self.handle} is in line {self.rows[name]} as well: what tells them apart is to be 'id'"
            )
        self.rows[name] = line


class _Import:
    """The import of one file."""

    def __init__(self, writer: Writer, how: Reading) -> None:
        self.writer = writer
        self.how = how
        self.stages = open_stages(writer.settings.pipeline)
        self.customers = importing.Known(writer)
        self.files: dict[str, _File] = {}
        self.rows: list[ImportedRow] = []
        self.colleagues = importing.Colleagues(writer.settings)
        index, currency = writer.index, writer.settings.currency
        heads = deals.in_heads(index)
        more = deals.continued(index)
        self.known: dict[tuple[int, str], Known] = {}
        for deal in read_deals(deals.moves(index), heads, currency):
            key = (deal.customer, deal.handle)
            own = heads.get(key, {}) if not deal.outcome else opportunity.own_values(more.get(key, ""))
            self.known[key] = Known(deal, own, currency)
        self.titled: dict[tuple[int, str], list[str]] = {}
        for (number, handle), each in self.known.items():
            self.titled.setdefault((number, opportunity.as_quoted(each.deal.title)), []).append(handle)

    def take(self, line: int, cells: Cells, own: Cells) -> None:
        """Take in one row; ValueError when it cannot be read."""
        row = opportunity_row(cells, own, self.how, self.stages, self.writer.settings.currency)
        if row.owner:
            row = row._replace(owner=self.colleagues.key(row.owner))
        today = self.writer.today.isoformat()
        if late := [day for day in (row.opened, row.closed, *(day for _, day in row.days)) if day > today]:
            raise ValueError(f"{late[0]} is in the future: what happened has happened")
        file = self._file_of(row)
        handle = self._handle_of(row, file, line)
        known = self.known.get((file.found.id, handle)) if file.found else None
        adding = Course()
        if known is None:
            what = adding.begin(handle, row, self.stages[0])
            file.since = min(filter(None, (file.since, row.closed, *(day for _, day in row.course("")))), default="")
            change = NEW
        else:
            what = adding.go_on(handle, row, known, today)
            change = CHANGED if what else SAME
        file.course.take_in(adding)
        self.files.setdefault(file.handle, file)
        self.rows.append(ImportedRow(line, file.handle, handle, change, what))

    def _file_of(self, row: OpportunityRow) -> _File:
        if not (row.handle or row.customer):
            raise ValueError("no customer")
        found = self.customers.of(row.handle, row.customer)
        name = found.name if found else row.customer
        handle = found.handle if found else self.customers.new_handle(row.handle, name)
        file = self.files.get(handle) or _File(found, handle, name)
        if fold(file.name) != fold(name):
            raise ValueError(f"'{name}' and '{file.name}' would both be {handle}: a handle for each is to be 'handle'")
        return file

    def _handle_of(self, row: OpportunityRow, file: _File, line: int) -> str:
        """Return the handle of the opportunity a row is about: its id, else the one of that title, else a new one."""
        if row.id:
            handle = opportunity.handle_for(row.id)
            file.claim(handle, line, row.id)
            return handle
        if not row.title:
            raise ValueError("neither an id nor a title")
        title, number = opportunity.as_quoted(row.title), file.found.id if file.found else 0
        some = self.titled.get((number, title), [])
        if len(some) > 1:
            raise ValueError(f"'{title}' could be {' or '.join(some)} of {file.handle}: which one is to be 'id'")
        file.claim(f'"{title}"', line, title)
        if some:
            return some[0]
        first = opportunity.handle_for(title)
        others = (f"{first[:54]}-{count}" for count in range(2, len(self.known) + len(file.rows) + 3))
        taken = {handle for customer, handle in self.known if customer == number and number}
        handle = next(each for each in (first, *others) if each not in taken and each not in file.rows)
        file.claim(handle, line, title)
        return handle

    def edits(self) -> Iterator[FileEdit]:
        """Yield the edit of each file, each once."""
        for file in self.files.values():
            if file.found:
                path, edits = file.found.path, [*file.course.edits()]
                if edits:
                    yield FileEdit(path, importing.within(chain(edits), path))
            else:
                new = customers.NewCustomer(file.name, handle=file.handle, since=file.since or None)
                made, _ = customers.new_file(self.writer, new)
                whole: list[Edit] = [made.edit, *file.course.edits()]
                yield made._replace(edit=importing.within(chain(whole), made.path))

    def remarks(self) -> Iterator[str]:
        """Yield what is odd: colleagues nobody knows, new customers that look like others."""
        yield from self.colleagues.doubts
        for file in self.files.values():
            if file.found is None:
                traits = traits_of((file.name,), (), is_person=False)
                yield from twins.remarks(self.writer.index, self.writer.settings, file.handle, traits)


def plan(writer: Writer, source: Source) -> Plan:
    """Return what an import of opportunities would do."""
    known = opportunity_fields([*writer.settings.pipeline])
    fields = fields_of(source.sheet.columns, known, source.how)
    _check_fields(source, fields)
    work = _Import(writer, source.how)
    problems = importing.take_rows(source, fields, known, work.take)
    new = sum(file.found is None for file in work.files.values())
    told = importing.summary("opportunity", work.rows, problems, new)
    change = Change(f"import of {source.name}: {told}", "", tuple(work.edits()), (told, *work.remarks()))
    return importing.Plan(change, work.rows, problems)


def _check_fields(source: Source, fields: tuple[str, ...]) -> None:
    """Refuse a file that cannot say whose opportunities there are, at which stage, called what."""
    columns = source.sheet.columns
    for names in (("customer", "handle"), ("stage",), ("id", "title")):
        if not any(name in fields or name in source.how.fill for name in names):
            others = [column for column, field in zip(columns, fields, strict=True) if field == column] or columns
            near = nearest(names[0], others) or others[0]
            hint = f"say which it is, such as: --map '{near}={names[0]}'; columns: {', '.join(columns)}"
            raise UsageError(f"no column is the {' or '.join(names)}", hint)
