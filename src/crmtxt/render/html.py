"""One HTML page that needs nothing from anywhere and runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.render.charts import drawn
from crmtxt.render.clean import clean_line
from crmtxt.render.columns import shown

if TYPE_CHECKING:
    from crmtxt.render.charts import Drawn
    from crmtxt.render.columns import Column
    from crmtxt.render.columns import View

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem; color: #222; background: #fff }}
table {{ border-collapse: collapse }}
th, td {{ padding: .25rem 1.5rem .25rem 0; text-align: left; vertical-align: top }}
th {{ border-bottom: 1px solid #999 }}
.right {{ text-align: right; font-variant-numeric: tabular-nums }}
figure {{ margin: 0 0 1.5rem; max-width: 30rem }} figcaption, svg text {{ color: #666; fill: #666 }}
svg text {{ font: .6rem system-ui, sans-serif }} polyline {{ fill: none; stroke: #2a6f97; stroke-width: 2 }}
rect, circle {{ fill: #2a6f97 }} svg line {{ stroke: #ddd }}
.late {{ color: #a40000 }} .cool {{ color: #7a5200 }} .good {{ color: #00602b }} .dim {{ color: #666 }}
</style>
</head>
<body>
{charts}<table>
<thead>
<tr>{head}</tr>
</thead>
<tbody>
{body}</tbody>
</table>
{footer}</body>
</html>
"""


def to_html(view: View) -> str:
    """Return the whole page: a table of the view with every text escaped, and the footer."""
    head = "".join(f'<th scope="col"{_classes(column, "")}>{_escaped(column.title)}</th>' for column in view.columns)
    rows = ("".join(_cell(column, item) for column in view.columns) for item in view.items)
    return PAGE.format(
        title=_escaped(f"crmtxt {view.kind}"),
        charts="".join(_figure(drawn(chart)) for chart in view.charts),
        head=head,
        body="".join(f"<tr>{row}</tr>\n" for row in rows),
        footer=f"<p>{_escaped(view.footer)}</p>\n" if view.footer else "",
    )


def _cell(column: Column, item: object) -> str:
    if column.share:
        return f"<td>{_bar(column.share(item) or 0)}</td>"
    meaning = column.style(item) if column.style else ""
    return f"<td{_classes(column, meaning)}>{_escaped(shown(column, item))}</td>"


def _bar(share: float) -> str:
    width = round(share * 100)
    drawing = f'<rect width="{width}" height="10"/>'
    return f'<svg width="120" height="12" viewBox="0 0 100 10" role="img" aria-label="{width} of 100">{drawing}</svg>'


def _figure(chart: Drawn) -> str:
    """Return a chart as a picture within the page, its values told to those who cannot see it."""
    said = _escaped(f"{chart.title}: {chart.summary}")
    scale = "".join(
        f'<line x1="{chart.left}" x2="{chart.right:g}" y1="{y:g}" y2="{y:g}"/>'
        f'<text x="{chart.left - 4}" y="{y + 3:g}" text-anchor="end">{_escaped(label)}</text>'
        for y, label in chart.ticks
    )
    dots = "".join(
        f'<circle cx="{dot.x:g}" cy="{dot.y:g}" r="2.5"><title>{_escaped(dot.label)}</title></circle>'
        for dot in chart.dots
    )
    ends = (
        f'<text x="{chart.left}" y="{chart.height - 4}">{_escaped(chart.first)}</text>'
        f'<text x="{chart.right:g}" y="{chart.height - 4}" text-anchor="end">{_escaped(chart.last)}</text>'
    )
    return (
        f'<figure>\n<svg viewBox="0 0 {chart.width} {chart.height}" role="img" aria-label="{said}">'
        f'{scale}<polyline points="{chart.line}"/>{dots}{ends}</svg>\n<figcaption>{said}</figcaption>\n</figure>\n'
    )


def _classes(column: Column, meaning: str) -> str:
    names = " ".join(filter(None, ("right" if column.align == "right" else "", meaning)))
    return f' class="{_escaped(names)}"' if names else ""


def _escaped(text: str) -> str:
    from html import escape

    return escape(clean_line(text))
