"""What was measured, on a screen: the index of each customer, that of one with every part, and what was felt."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from functools import partial

from crmtxt.commands.columns import day
from crmtxt.commands.columns import feel
from crmtxt.commands.columns import points
from crmtxt.commands.columns import said
from crmtxt.commands.columns import spark
from crmtxt.commands.sheet import SHEET
from crmtxt.commands.sheet import Row
from crmtxt.commands.sheet import as_pages
from crmtxt.measure.feeling import STEADY
from crmtxt.measure.health import FEWEST_OUTCOMES
from crmtxt.measure.health import band
from crmtxt.model.figures import Health
from crmtxt.model.figures import HealthRow
from crmtxt.model.figures import Moment
from crmtxt.model.figures import Mood
from crmtxt.model.names import counted
from crmtxt.render.answer import in_parts
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services.measuring import absent

SHOWN_LINES = 3


def standing(index: float | None) -> str:
    """Return the colour of an index."""
    return "" if index is None else {"good": "good", "fair": "cool", "poor": "late"}[band(index)]


def _part(part: str, row: HealthRow) -> str:
    return points(getattr(row, part))


HEALTHS = (
    Column("customer", "Handle", least=12, keep=9),
    Column("name", "Name", least=16, keep=8),
    Column("index", "Health", lambda row: points(row.index), "right", keep=9, style=lambda row: standing(row.index)),
    *(
        Column(part, part.capitalize(), partial(_part, part), "right", keep=keep)
        for part, keep in (
            ("rhythm", 6),
            ("strength", 4),
            ("reciprocity", 2),
            ("breadth", 3),
            ("mood", 5),
            ("promises", 4),
        )
    ),
    Column("vetoes", "Kept low by", keep=7, least=12, style=lambda _: "late"),
)
WHY = (
    Column("part", "", keep=6),
    Column("what", "", align="right", keep=5, style=lambda row: row.style),
    Column("text", "", least=20, keep=7, wrap=True),
    Column("mark", "", keep=3, style=lambda _: "dim"),
)


def why(item: Health) -> View:
    """Return the index of one customer with every part, what it weighs and the lines it comes from."""
    rows = [Row(item.name, points(item.index), _standing(item), _calibrated(item), standing(item.index))]
    for part in item.components:
        text = f"{part.weight:g} × {part.value:.1f} · {part.why}"
        rows.append(Row(part.name, points(part.value), text, _places(part.lines), standing(part.value)))
    if item.components:
        rows.append(Row("together", "", _sum(item), ""))
    rows += [Row("kept low by", "", veto.name, _places(veto.lines)) for veto in item.vetoes]
    if item.missing:
        rows.append(Row("not measured", "", absent(item.missing), ""))
    if item.history:
        bars = spark([each.index / 100 for each in item.history])
        rows.append(Row("month ends", "", f"{bars} · {item.history[0].date[:7]} to {item.history[-1].date[:7]}", ""))
    for figure in item.figures:
        value = "not enough data" if figure.value is None else f"{figure.value:.3g}"
        text = f"{value} (n {figure.n})" + (f" · {figure.why}" if figure.why else "")
        rows.append(Row(figure.name, "", text, ""))
    below = View("health", [rows[0]._replace(part="index"), *rows[1:]], WHY)
    return View("health", rows, WHY, title=item.name, drawn=in_parts(lambda _: [below]))


def felt(items: Sequence[Mood], today: date) -> View:
    """Return what was felt by all and by each person, then the moments and the quotes in the order of time."""
    rows = [_level(item) for item in items]
    rows += _titled("Moments", (_moment(each, today) for each in items[0].moments))
    rows += _titled(
        "Words",
        (
            Row("", f"{day(each.date, today)}  {', '.join(each.who)}", f"“{each.text}”", *_feel(each.feel))
            for each in items[0].quotes
        ),
    )
    rows += _titled("Surveys", _surveys(items[0]))
    return as_pages(View("mood", rows, SHEET), f"{items[0].name}: what they felt")


def _standing(item: Health) -> str:
    if item.index is None:
        return "never in touch: there is nothing to measure yet"
    change = f" ({item.velocity_90d:+.0f} in 90 days)" if item.trend and item.trend != STEADY else ""
    return f"of 100, {item.band}{f', {item.trend}' if item.trend else ''}{change}"


def _sum(item: Health) -> str:
    """Return how the parts make the index."""
    weights = sum(part.weight for part in item.components)
    whole = sum(part.weight * part.value for part in item.components)
    capped = f", kept at {item.index:.0f}" if item.index is not None and item.vetoes else ""
    return f"{whole:.0f} / {weights:g} = {whole / weights:.1f}{capped}"


def _calibrated(item: Health) -> str:
    if item.calibrated and item.auc is not None and item.brier is not None:
        return f"calibrated on {item.outcomes} outcomes: AUC {item.auc:.2f}, Brier {item.brier:.2f}"
    return f"uncalibrated: {counted(item.outcomes, 'outcome')}, needs {FEWEST_OUTCOMES}"


def _places(lines: Sequence[str]) -> str:
    """Return where something comes from: the first place, and the numbers of a few lines more."""
    shown = [lines[0], *(line.rpartition(":")[2] for line in lines[1:SHOWN_LINES])] if lines else []
    more = f" and {len(lines) - SHOWN_LINES} more" if len(lines) > SHOWN_LINES else ""
    return ", ".join(shown) + more


def _level(item: Mood) -> Row:
    title, who = "Mood" if item.person is None else "", item.person or item.name
    if item.level is None:
        return Row(title, who, "nothing felt is in the log", "")
    trend = "too few for a trend"
    if item.p_value is not None:
        trend = f"{item.trend} (p = {item.p_value:.2f}, {item.slope_90d or 0:+.1f} in 90 days)"
    end = "" if item.peak_end is None else f", peak and end {item.peak_end:+.1f}"
    return Row(title, who, f"n {item.n}, {trend}{end}", f"{item.level:+.1f}", *_feel(round(item.level))[1:])


def _moment(each: Moment, today: date) -> Row:
    followed = {
        True: f"followed up {day(each.followed_on, today)}",
        False: "not followed up",
        None: "not yet followed up",
    }
    after = "" if each.recovery is None else f", then {each.recovery:+.0f}"
    text = f"{said(each.text)} ({followed[each.followed_up]}{after})"
    return Row("", f"{day(each.date, today)}  {', '.join(each.who)}", text, *_feel(each.feel))


def _surveys(item: Mood) -> Iterator[Row]:
    if item.nps:
        yield Row("", "NPS", f"{item.nps.score:+.0f} ± {item.nps.error or 0:.0f}", f"n {item.nps.n}")
    if item.csat:
        yield Row("", "CSAT", f"{item.csat.score:.0f} % satisfied", f"n {item.csat.n}")
    if item.ces:
        yield Row("", "CES", f"{item.ces.mean or 0:.1f} of 7, {item.ces.score:.0f} % easy", f"n {item.ces.n}")


def _feel(value: int | None) -> tuple[str, str]:
    return feel(value), "" if not value else "good" if value > 0 else "late"


def _titled(title: str, rows: Iterator[Row]) -> list[Row]:
    return [row._replace(part=title) if at == 0 else row for at, row in enumerate(rows)]
