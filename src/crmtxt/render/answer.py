"""The formats an answer can have, in one table."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Callable
from collections.abc import Sequence
from typing import NamedTuple

from crmtxt.errors import Problem
from crmtxt.errors import UsageError
from crmtxt.render.clean import clean_line
from crmtxt.render.columns import View
from crmtxt.render.plain import to_plain


class Page(NamedTuple):
    """What a format may need beside the view: the problems, the cells in a line (0: no limit), whether to colour."""

    problems: Sequence[Problem]
    width: int
    colour: bool


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


def _markdown(view: View, _page: Page) -> str:
    if view.plan:
        from crmtxt.render.plan import to_markdown as plan_to_markdown

        return plan_to_markdown(view.plan)
    from crmtxt.render.markdown import to_markdown

    return to_markdown(view)


def _html(view: View, _page: Page) -> str:
    if view.plan:
        from crmtxt.render.plan import to_html as plan_to_html

        return plan_to_html(view.plan)
    from crmtxt.render.html import to_html

    return to_html(view)


def _mermaid(view: View, _page: Page) -> str:
    from crmtxt.render.mermaid import to_mermaid

    return to_mermaid(view)


FORMATS: dict[str, Callable[[View, Page], str]] = {
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
    return FORMATS[name](view, Page(problems, width, colour))


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
