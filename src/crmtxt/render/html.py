"""One HTML page that needs nothing from anywhere and runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.render.charts import drawn
from crmtxt.render.clean import clean_line
from crmtxt.render.columns import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

    from crmtxt.model.plans import Chart
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
:root {{
  color-scheme: light dark;
  --ink: #1d2327; --soft: #565f66; --rule: #d5dade; --page: #ffffff; --line: #1f5f8b;
  --late: #a40000; --cool: #7a5200; --good: #00602b;
}}
@media (prefers-color-scheme: dark) {{
  :root {{
    --ink: #e8ebed; --soft: #a9b2b8; --rule: #3a4349; --page: #15191c; --line: #7fb8e0;
    --late: #ff9a94; --cool: #e8bf6a; --good: #86d6a3;
  }}
}}
body {{ margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }}
main {{ padding: 2rem 1.25rem }}
h1 {{ margin: 0 0 1.5rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere }}
h2 {{ margin: 1.5rem 0 .25rem; font-size: 1.1rem }}
.wide {{ overflow-x: auto }}
table {{ border-collapse: collapse }}
th, td {{ padding: .25rem 1.5rem .25rem 0; text-align: left; vertical-align: top }}
thead th {{ border-bottom: 1px solid var(--rule); white-space: nowrap }}
tbody th {{ font-weight: 600 }}
.right {{ text-align: right; font-variant-numeric: tabular-nums }}
figure {{ margin: 0 0 1.5rem; max-width: 30rem }} figcaption, svg text {{ color: var(--soft); fill: var(--soft) }}
svg text {{ font: .6rem system-ui, sans-serif }} polyline {{ fill: none; stroke: var(--line); stroke-width: 2 }}
rect, circle {{ fill: var(--line) }} svg line {{ stroke: var(--rule) }}
.late {{ color: var(--late) }} .cool {{ color: var(--cool) }} .good {{ color: var(--good) }}
.dim {{ color: var(--soft) }}
@media print {{
  :root {{
    --ink: #000000; --soft: #444444; --rule: #bbbbbb; --page: #ffffff; --line: #1f5f8b;
    --late: #8a0000; --cool: #5f4000; --good: #004d22;
  }}
  @page {{ margin: 16mm }}
  html {{ font-size: 10pt }}
  main {{ padding: 0 }}
  .wide {{ overflow: visible }}
  tr, figure {{ break-inside: avoid }}
  h2 {{ break-after: avoid }}
}}
</style>
</head>
<body>
<main>
<h1>{heading}</h1>
{charts}{body}{footer}</main>
</body>
</html>
"""


def to_html(view: View, parts: Sequence[View] = (), charts: Sequence[Chart] = ()) -> str:
    """Return the whole page: a heading, charts, a table of the view or one for each part, the footer; all escaped."""
    tables = [each for each in parts if each.items] or [view._replace(title="")]
    heading = view.title or view.kind.capitalize()
    return PAGE.format(
        title=_escaped(f"crmtxt {view.kind}"),
        heading=_escaped(heading),
        charts="".join(_figure(drawn(chart)) for chart in charts),
        body="".join(_table(table, heading) for table in tables),
        footer=f"<p>{_escaped(view.footer)}</p>\n" if view.footer else "",
    )


def _table(view: View, page: str) -> str:
    """Return a table below its heading, or that of the page; in a list the first cell of each row is what heads it.

    Where it is too wide it is scrolled, by keys as well.
    """
    title = f"<h2>{_escaped(view.title)}</h2>\n" if view.title else ""
    head = "".join(f'<th scope="col"{_classes(column, "")}>{_escaped(column.title)}</th>' for column in view.columns)
    heads = "" if view.is_list else f"<thead>\n<tr>{head}</tr>\n</thead>\n"
    rows = ("".join(_cells(view, item)) for item in view.items)
    body = "".join(f"<tr>{row}</tr>\n" for row in rows)
    region = f'<div class="wide" role="region" tabindex="0" aria-label="{_escaped(view.title or page)}">'
    return f"{title}{region}\n<table>\n{heads}<tbody>\n{body}</tbody>\n</table>\n</div>\n"


def _cells(view: View, item: object) -> Iterator[str]:
    first, *rest = view.columns
    text = shown(first, item)
    yield f'<th scope="row">{_escaped(text)}</th>' if view.is_list and text else _cell(first, item)
    yield from (_cell(column, item) for column in rest)


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
