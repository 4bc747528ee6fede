"""A plan as a document: Markdown, and one HTML page that needs nothing from anywhere and runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from crmtxt.render.charts import drawn
from crmtxt.render.clean import clean_line
from crmtxt.render.markdown import escaped

if TYPE_CHECKING:
    from crmtxt.model.plans import PlanReport
    from crmtxt.model.plans import Statement
    from crmtxt.render.answer import Drawing

TEMPLATES = ("crmtxt", "render/templates")


def as_document(plan: PlanReport) -> dict[str, Drawing]:
    """Return how md and html draw a plan."""
    return {"md": lambda *_: to_markdown(plan), "html": lambda *_: to_html(plan)}


def to_markdown(plan: PlanReport) -> str:
    """Return the plan under headings, a statement each item, every one with the places it comes from."""
    rows = [f"# {escaped(title(plan))}", "", escaped(about(plan))]
    for section in plan.sections:
        if section.statements:
            rows += ["", f"## {escaped(section.title)}", "", *map(_item, section.statements)]
    return "".join(f"{row}\n" for row in rows)


def to_html(plan: PlanReport) -> str:
    """Return the whole page, with its charts drawn in it; its style is the only one that may apply."""
    from base64 import b64encode
    from hashlib import sha256

    from jinja2 import Environment
    from jinja2 import PackageLoader
    from jinja2 import StrictUndefined

    pages = Environment(
        autoescape=True,
        finalize=_clean,
        keep_trailing_newline=True,
        loader=PackageLoader(*TEMPLATES),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    style = pages.get_template("plan.css").render()
    return pages.get_template("plan.html").render(
        plan=plan,
        title=title(plan),
        about=about(plan),
        charts=[drawn(chart) for chart in plan.charts],
        style_hash=b64encode(sha256(style.encode()).digest()).decode(),
    )


def title(plan: PlanReport) -> str:
    """Return what stands above a plan."""
    if plan.shared:
        return f"{plan.name} and {plan.by}: what we agreed" if plan.by else f"{plan.name}: what we agreed"
    return f"{plan.name}: the plan of our relationship"


def about(plan: PlanReport) -> str:
    """Return the line below the title."""
    changes = f", changes since {plan.since}" if plan.since else ""
    return f"As of {plan.as_of}{changes}."


def _item(each: Statement) -> str:
    named = f"**{escaped(each.about)}**: " if each.about else ""
    places = ", ".join(_code(place) for place in each.lines)
    return f"- {named}{escaped(each.text)}{f' ({places})' if places else ''}"


def _code(place: str) -> str:
    return f"`{clean_line(place)}`" if "`" not in place else escaped(place)


def _clean(value: Any) -> Any:  # noqa: ANN401  # whatever a template puts out
    """Return a text of the book as it may stand on a page; what is markup already stays."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else clean_line(value)
