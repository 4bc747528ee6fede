"""A brief on a screen: what to talk about first, then who they are, what was said, what is owed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crmtxt.commands.columns import day
from crmtxt.commands.columns import feel
from crmtxt.commands.columns import kind
from crmtxt.commands.columns import late
from crmtxt.commands.columns import level
from crmtxt.commands.columns import moment
from crmtxt.commands.columns import money
from crmtxt.commands.columns import mood
from crmtxt.commands.columns import points
from crmtxt.commands.columns import said
from crmtxt.commands.sheet import Row
from crmtxt.commands.sheet import as_pages
from crmtxt.commands.sheet import named_once
from crmtxt.model.briefs import Brief
from crmtxt.model.views import FollowUp
from crmtxt.render.answer import on_one_screen
from crmtxt.render.columns import Column
from crmtxt.render.columns import View

BRIEF = (
    Column("part", "", keep=4, style=lambda row: "dim" if row.what else ""),
    Column("what", "", least=11, keep=5, wrap=True),
    Column("text", "", least=12, keep=6, wrap=True),
    Column("mark", "", keep=5, style=lambda row: row.style),
)
SHOWN = 4  # of people, promises, opportunities and dates of the plan


def briefed(item: Brief, today: date) -> View:
    """Return the brief as a view that fits a screen."""
    facts = (item.stage, item.type, item.owner, item.health is not None and f"health {points(item.health)}")
    mean, style = level(item.mood)
    mark = " ".join(filter(None, (mean, item.trend)))
    rows = [Row(item.customer, item.name, " · ".join(str(fact) for fact in facts if fact), mark, style)]
    parts = (
        _points(item),
        _people(item, today),
        _contacts(item, today),
        _promises("We owe", item.ours),
        _promises("They owe", item.theirs),
        _open(item),
        _plan(item, today),
    )
    for part in parts:
        rows += named_once(part)
    return as_pages(View("brief", rows, BRIEF, drawn={"table": on_one_screen}))


def _points(item: Brief) -> Iterator[Row]:
    for each in item.points:
        yield Row("Talk", each.reason, said(each.why), "")


def _people(item: Brief, today: date) -> Iterator[Row]:
    for each in item.people[:SHOWN]:
        cares = f"cares about {', '.join(each.cares_about)}" if each.cares_about else ""
        last = f"last {day(each.last, today).strip()}" if each.last else "never in touch"
        about = (each.title, each.role, cares, last)
        text = " · ".join(fact for fact in about if fact)
        yield Row("People", f"{each.name} @{each.handle}", text, *level(each.mood))


def _contacts(item: Brief, today: date) -> Iterator[Row]:
    for each in item.contacts:
        yield Row("Lately", f"{day(each.date, today)}  {kind(each)}", said(each.text), feel(each.feel), mood(each))
        if each.quote:
            yield Row("", "", f"“{' '.join(each.quote.split())}”", "")
    for each in item.unanswered:
        if each not in item.contacts:
            yield Row("", f"{day(each.date, today)}  {kind(each)}", said(each.text), "no answer", "late")


def _promises(title: str, items: tuple[FollowUp, ...]) -> Iterator[Row]:
    for each in items[:SHOWN]:
        style = "late" if each.overdue_days > 0 else ""
        yield Row(title, f"{moment(each)}  {', '.join(each.who)}", said(each.text), late(each.overdue_days), style)


def _open(item: Brief) -> Iterator[Row]:
    for each in item.opportunities[:SHOWN]:
        value = money(each.value, each.currency) if each.value is not None else ""
        facts = (each.stage, value, each.close and f"closes {each.close}")
        yield Row("Open", each.title, " · ".join(fact for fact in facts if fact), "")


def _plan(item: Brief, today: date) -> Iterator[Row]:
    for each in item.plan[:SHOWN]:
        text = f"{each.kind} {each.handle}: {each.text}" if each.handle else each.text
        style = "late" if each.overdue_days > 0 else ""
        yield Row("Plan", day(each.due, today), text, late(each.overdue_days), style)
