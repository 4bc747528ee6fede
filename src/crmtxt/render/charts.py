"""Charts as lines of an SVG picture: where everything is drawn, worked out once, to be written by a template."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from datetime import date
from typing import NamedTuple

from crmtxt.model.plans import Chart

WIDTH, HEIGHT = 320, 120
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 10, 20


class Dot(NamedTuple):
    """One value, its day and where it stands."""

    x: float
    y: float
    label: str


class Drawn(NamedTuple):
    """A chart ready to be written: the line through its dots, its scale, and the height of what is wanted."""

    title: str
    summary: str
    width: int
    height: int
    left: int
    right: float
    line: str
    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, str], ...]
    first: str
    last: str
    wanted: float | None
    target: str


def drawn(chart: Chart) -> Drawn:
    """Return a chart in a picture of 320 by 120: days from left to right, values from below."""
    days = [date.fromisoformat(day).toordinal() for day, _ in chart.points]
    first, span = days[0], max(days[-1] - days[0], 1)
    low, high = chart.low, chart.high if chart.high > chart.low else chart.low + 1

    def height_of(value: float) -> float:
        share = (value - low) / (high - low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    dots = tuple(
        Dot(
            round(LEFT + (at - first) / span * (WIDTH - LEFT - RIGHT), 1),
            height_of(value),
            f"{day}: {_figure(value, chart.unit)}",
        )
        for at, (day, value) in zip(days, chart.points, strict=True)
    )
    begin, end = chart.points[0], chart.points[-1]
    return Drawn(
        title=chart.title,
        summary=f"{_figure(begin[1], chart.unit)} on {begin[0]}, {_figure(end[1], chart.unit)} on {end[0]}",
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        line=" ".join(f"{each.x:g},{each.y:g}" for each in dots),
        dots=dots,
        ticks=tuple((height_of(value), _figure(value, "")) for value in (low, (low + high) / 2, high)),
        first=begin[0],
        last=end[0],
        wanted=None if chart.wanted is None else height_of(chart.wanted),
        target="" if chart.wanted is None else f"wanted: {_figure(chart.wanted, chart.unit)}",
    )


def _figure(value: float, unit: str) -> str:
    return f"{round(value, 1):g}{unit if unit in {'h', '%', ''} else f' {unit}'}"
