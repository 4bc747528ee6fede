"""The formats an answer can have, in one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.render.clean import clean_line
from crmtxt.render.columns import Page
from crmtxt.render.columns import View
from crmtxt.render.plain import to_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtxt.errors import Problem

Drawing = Callable[[View, Page], str]


def _table(view: View, page: Page) -> str:
    from crmtxt.render.table import to_table

    return to_table(view, page.width, colour=page.colour)


def _json(view: View, page: Page) -> str:
    from crmtxt.render.records import to_json

    return to_json(view, page.problems)


def _jsonl(view: View, _page: Page) -> str:
    from crmtxt.render.records import to_jsonl

    return to_jsonl(view)


def _csv(view: View, _page: Page) -> str:
    from crmtxt.render.records import to_csv

    return to_csv(view)


def _markdown(view: View, _page: Page, parts: Sequence[View] = ()) -> str:
    from crmtxt.render.markdown import to_markdown

    return to_markdown(view, parts)


def _html(view: View, _page: Page, parts: Sequence[View] = ()) -> str:
    from crmtxt.render.html import to_html

    return to_html(view, parts)


def _mermaid(view: View, _page: Page) -> str:
    raise UsageError(f"there is no diagram of {view.kind}", "there is one of: crmtxt map CUSTOMER --format mermaid")


FORMATS: dict[str, Drawing] = {
    "table": _table,
    "plain": lambda view, _: to_plain(view),
    "json": _json,
    "jsonl": _jsonl,
    "csv": _csv,
    "md": _markdown,
    "html": _html,
    "mermaid": _mermaid,
}
ENDINGS = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".md": "md",
    ".html": "html",
    ".htm": "html",
    ".mmd": "mermaid",
    ".txt": "plain",
    ".tsv": "plain",
}


def in_parts(parts: Callable[[View], Sequence[View]]) -> dict[str, Drawing]:
    """Return how md and html draw an answer of several tables: each below its own title, the whole below its title."""
    return {
        "md": lambda view, page: _markdown(view, page, parts(view)),
        "html": lambda view, page: _html(view, page, parts(view)),
    }


def on_one_screen(view: View, page: Page) -> str:
    """Return a table, its longest texts cut until it fits one screen."""
    from crmtxt.render.table import to_table

    return to_table(view, page.width, colour=page.colour, one_screen=True)


def render_view(
    view: View, name: str, problems: Sequence[Problem] = (), width: int = 0, *, colour: bool = False
) -> str:
    """Return the view in the named format, or filled into `name` when that is a template; UsageError for neither.

    The text ends with a newline, or is "" when there is nothing to say.
    """
    check_format(name)
    if "{" in name:
        from crmtxt.render.template import to_template

        return to_template(view, name)
    draw = view.drawn.get(name) or FORMATS[name]
    return draw(view, Page(problems, width, colour))


def check_format(name: str) -> None:
    """Refuse with a UsageError what is neither a format nor a template, before any work is done."""
    if name in FORMATS or "{" in name:
        return
    from crmtxt.model.names import nearest

    near = nearest(name, FORMATS)
    guess = f"did you mean '{near}'? " if near else ""
    hint = f"{guess}formats: {', '.join(FORMATS)}, or a template such as '{{handle}} {{name}}'"
    raise UsageError(f"unknown format '{clean_line(name)}'", hint)


def format_for(path: str) -> str:
    """Return the format that the ending of a file name stands for; UsageError for any other ending."""
    dot = path.rfind(".")
    name = ENDINGS.get(path[dot:].lower()) if dot > max(path.rfind("/"), path.rfind("\\")) else None
    if not name:
        hint = f"endings: {' '.join(ENDINGS)}; or say --format"
        raise UsageError(f"the ending of '{clean_line(path)}' does not name a format", hint)
    return name
