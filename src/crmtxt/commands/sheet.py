"""One customer on a screen: people, what is open, what is next, what happened lately."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import NamedTuple

from crmtxt.commands.columns import day
from crmtxt.commands.columns import feel
from crmtxt.commands.columns import kind
from crmtxt.commands.columns import late
from crmtxt.commands.columns import moment
from crmtxt.commands.columns import money
from crmtxt.commands.columns import mood
from crmtxt.commands.columns import points
from crmtxt.commands.columns import said
from crmtxt.model.details import CustomerDetail
from crmtxt.model.names import counted
from crmtxt.render.answer import in_parts
from crmtxt.render.columns import Column
from crmtxt.render.columns import View

SHOWN_FIELDS = frozenset({"name", "stage", "type", "owner", "since", "source", "tags", "cadence"})
SHORT = {"log": 6, "notes": 8}


class Row(NamedTuple):
    """One line of the sheet: which part it belongs to, what it is, its text, and what is told at its end."""

    part: str
    what: str
    text: str
    mark: str
    style: str = ""


SHEET = (
    Column("part", "", keep=4, style=lambda row: "dim" if row.what else ""),
    Column("what", "", least=12, keep=5),
    Column("text", "", least=12, keep=6, wrap=True),
    Column("mark", "", keep=5, style=lambda row: row.style),
)


def sheet(item: CustomerDetail, refs: dict[str, str], today: date, *, whole: bool) -> View:
    """Return the sheet as a view; `whole` has the entire log and notes, else only the latest."""
    rows = [_title(item)]
    for part in (
        _people(item, today),
        _ties(item),
        _open(item),
        _next(item, refs),
        _lately(item, today, whole=whole),
        _fields(item),
        _notes(item, whole=whole),
    ):
        rows += part if whole else named_once(part)
    return as_pages(View("customer", rows, SHEET))


def named_once(part: Iterable[Row]) -> list[Row]:
    """Return the lines of a part, its name in the first of them alone."""
    return [row._replace(part="") if at else row for at, row in enumerate(part)]


def as_pages(view: View, title: str = "") -> View:
    """Return a sheet that md and html show part by part: below a title each part under its name.

    Without a title the first row is it, and what is told there comes before the parts.
    """
    drawn = in_parts(partial(_parts, titled=bool(title)))
    return view._replace(title=title or view.items[0].what, drawn={**view.drawn, **drawn})


def _parts(view: View, *, titled: bool) -> list[View]:
    first, *rows = view.items
    found: list[tuple[str, list[Row]]] = [("", [] if titled else [first._replace(what=first.part)])]
    for row in view.items if titled else rows:
        if row.part not in {"", found[-1][0]}:
            found.append((row.part, []))
        found[-1][1].append(row)
    return [view._replace(items=some, columns=view.columns[1:], title=name) for name, some in found]


def _title(item: CustomerDetail) -> Row:
    about = " · ".join(
        part for part in (item.stage, item.type, item.owner, item.since and f"since {item.since}") if part
    )
    quiet = (
        "no contact logged"
        if item.quiet_days is None
        else "in touch today"
        if item.quiet_days == 0
        else f"quiet {counted(item.quiet_days, 'day')}"
    )
    health = "" if item.health is None else f"health {points(item.health)} · "
    return Row(
        item.handle, item.name, " · ".join(part for part in (about, " ".join(item.tags)) if part), f"{health}{quiet}"
    )


def _people(item: CustomerDetail, today: date) -> Iterator[Row]:
    for person in item.contacts:
        facts = (person.title, person.role, person.email, person.phone)
        count = counted(person.talks, "talk")
        talks = f"{count}, {day(person.last, today)[4:].strip()}" if person.talks else ""
        gone = f"until {person.until}" if person.former else ""
        about = " · ".join(fact for fact in (gone, *facts) if fact)
        yield Row("People", f"{person.name} @{person.handle}", about, talks, "dim" if person.former else "")


def _ties(item: CustomerDetail) -> Iterator[Row]:
    for tie in item.ties:
        span = " ".join(
            part for part in (tie.since and f"since {tie.since}", tie.until and f"until {tie.until}") if part
        )
        yield Row("At", f"{tie.name} @{tie.customer}/{tie.contact}", tie.title or "", span)


def _open(item: CustomerDetail) -> Iterator[Row]:
    for each in item.opportunities:
        facts = (
            each.stage,
            money(each.value, each.currency) if each.value is not None else "",
            each.close and f"closes {each.close}",
            "" if any(f"for:{each.handle}" in line.text.split() for line in item.next) else "no next step",
        )
        yield Row("Open", each.title, " · ".join(fact for fact in facts if fact), each.handle)


def _next(item: CustomerDetail, refs: dict[str, str]) -> Iterator[Row]:
    for each in item.next:
        mark = " ".join(part for part in (late(each.overdue_days), refs.get(each.ref, each.ref)) if part)
        yield Row(
            "Next", f"{moment(each)}  {kind(each)}", said(each.text), mark, "late" if each.overdue_days > 0 else ""
        )


def _lately(item: CustomerDetail, today: date, *, whole: bool) -> Iterator[Row]:
    for entry in item.log if whole else item.log[: SHORT["log"]]:
        yield Row("Log", f"{day(entry.date, today)}  {kind(entry)}", said(entry.text), feel(entry.feel), mood(entry))
        if entry.quote:
            yield Row("", "", f"“{' '.join(entry.quote.split())}”", "")
    hidden = 0 if whole else len(item.log) - SHORT["log"]
    if hidden > 0:
        yield Row("", "", f"… {hidden} more: crmtxt find handle:{item.handle}", "")


def _fields(item: CustomerDetail) -> Iterator[Row]:
    for key, values in item.fields.items():
        if key not in SHOWN_FIELDS:
            yield Row("Fields", key, ", ".join(values), "")


def _notes(item: CustomerDetail, *, whole: bool) -> Iterator[Row]:
    rows = item.notes.split("\n") if item.notes else []
    for row in rows if whole else rows[: SHORT["notes"]]:
        yield Row("Notes", "", row, "")
    if not whole and len(rows) > SHORT["notes"]:
        yield Row("", "", f"… {counted(len(rows) - SHORT['notes'], 'more line')}: {item.path}", "")
