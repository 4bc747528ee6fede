"""The generated pages of docs/: commands, settings, and a JSON Schema of every kind of answer.

`python -m crmtxt.reference [FOLDER]` writes them; the program itself never imports this module.
"""

from __future__ import annotations

import sys
from types import UnionType
from typing import TYPE_CHECKING
from typing import Any
from typing import Literal
from typing import NamedTuple
from typing import Union
from typing import get_args
from typing import get_origin
from typing import get_type_hints

from pydantic import TypeAdapter
from pydantic import create_model

from crmtxt.commands import options
from crmtxt.commands.spec import Opt
from crmtxt.commands.spec import bundles
from crmtxt.commands.spec import parameters
from crmtxt.commands.table import COMMANDS
from crmtxt.commands.table import load
from crmtxt.model import briefs
from crmtxt.model import details
from crmtxt.model import figures
from crmtxt.model import imported
from crmtxt.model import pipeline
from crmtxt.model import plans
from crmtxt.model import reminders
from crmtxt.model import returns
from crmtxt.model import strategy
from crmtxt.model import upkeep
from crmtxt.model import views
from crmtxt.model.change import Receipt
from crmtxt.outside.target import write_answer
from crmtxt.render.records import VERSION
from crmtxt.settings import BOOK
from crmtxt.settings import SETTINGS
from crmtxt.settings import USER
from crmtxt.store.addresses import Address

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator

    from crmtxt.commands.spec import Param

GENERATED = "<!-- written by python -m crmtxt.reference from the program itself: change it there -->"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SHARED = (options.Out, options.Select, options.Write)
BEFORE = (
    (
        "`-C DIR`",
        "The book's folder; without it `$CRMTXT_BOOK`, the nearest folder with a crmtxt.yaml, `book:` of yours.",
    ),
    ("`--color WHEN`", "auto, always or never."),
    ("`--version`", "Print the version."),
    ("`-h`, `--help`", "Show what the program, or a command after it, takes."),
)
OF_SETTINGS = """\
`crmtxt config` lists what is in force and where it comes from; `crmtxt config NAME VALUE` sets one, yours in your
configuration, the book's in `crmtxt.yaml`. A setting of yours that stands in a book is passed over with a warning.
"""


class Kind(NamedTuple):
    """One kind of answer: the value an item is, and a command that gives it."""

    item: Any
    command: str


KINDS = {
    "today": Kind(views.TodayItem, "today"),
    "due": Kind(views.FollowUp, "due"),
    "remind": Kind(reminders.Reminder, "remind"),
    "rhythm": Kind(views.Word, "due"),
    "customers": Kind(views.Customer, "list"),
    "customer": Kind(details.CustomerDetail, "show"),
    "brief": Kind(briefs.Brief, "brief"),
    "contacts": Kind(details.Contact, "contact list"),
    "mood": Kind(figures.Mood, "mood"),
    "map": Kind(figures.RelationshipMap, "map"),
    "promises": Kind(figures.Promises, "promises"),
    "health": Kind(figures.Health, "health"),
    "opportunities": Kind(pipeline.OpenOpportunity, "opp list"),
    "opportunity": Kind(pipeline.OpportunityMove, "opp show"),
    "leads": Kind(pipeline.Lead, "leads"),
    "pipeline": Kind(pipeline.PipelineStage, "pipeline"),
    "pipeline shares": Kind(pipeline.PipelineShare, "pipeline"),
    "forecast": Kind(pipeline.ForecastMonth, "forecast"),
    "funnel": Kind(pipeline.FunnelStage, "funnel"),
    "won": Kind(pipeline.ClosedOpportunity, "won"),
    "lost": Kind(pipeline.ClosedOpportunity, "lost"),
    "win rate": Kind(pipeline.WinRate, "won"),
    "sources": Kind(returns.Source, "sources"),
    "retention": Kind(returns.Retention, "retention"),
    "renewals": Kind(returns.Renewal, "retention"),
    "churn": Kind(returns.Departure, "retention"),
    "referrals": Kind(returns.Referral, "retention"),
    "warm": Kind(returns.Warm, "warm"),
    "plan": Kind(plans.PlanReport, "plan"),
    "log entries": Kind(views.LogEntry, "find"),
    "strategy": Kind(strategy.RelationshipType, "strategy"),
    "strategy-check": Kind(strategy.StrategyFinding, "strategy check"),
    "history": Kind(upkeep.HistoryEntry, "history"),
    "conflicts": Kind(upkeep.Conflict, "resolve"),
    "check": Kind(upkeep.Finding, "check"),
    "sync": Kind(upkeep.SyncEntry, "sync"),
    "trust": Kind(upkeep.Danger, "trust"),
    "doctor": Kind(upkeep.Surrounding, "doctor"),
    "cron": Kind(upkeep.Surrounding, "cron status"),
    "config": Kind(upkeep.SettingValue, "config"),
    "imported opportunities": Kind(imported.ImportedRow, "import opportunities"),
    "imported customers": Kind(imported.ImportedRow, "import customers"),
    "imported mail": Kind(imported.ImportedRow, "import mail"),
    "imported meetings": Kind(imported.ImportedMeeting, "calendar import"),
    "exported opportunities": Kind(dict[str, str | float | None], "export opportunities"),
    "exported customers": Kind(dict[str, str | None], "export customers"),
    "addresses": Kind(Address, "addr"),
    "receipt": Kind(Receipt, "log"),
}


def main(words: list[str]) -> int:
    """Write the pages below the folder given, docs without one."""
    folder = words[0] if words else "docs"
    for path, text in pages().items():
        write_answer(f"{folder}/{path}", text)
    return 0


def pages() -> dict[str, str]:
    """Return every generated page by its path below docs/."""
    schemas = {f"schema/{schema_file(kind)}": _json(schema(kind)) for kind in KINDS}
    return {"reference.md": commands_page(), "settings.md": settings_page(), **schemas}


def schema_file(kind: str) -> str:
    """Return the name of the file with the schema of a kind."""
    return f"{kind.replace(' ', '-')}.json"


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of what --json answers: an envelope with items of that kind, and with problems."""
    literal: Any = Literal
    fields = {
        "crmtxt": (literal[VERSION], ...),
        "kind": (literal[kind], ...),
        "items": (_as_json_has_it(list[KINDS[kind].item]), ...),  # type: ignore[misc]  # a type from the table
        "problems": (_as_json_has_it(list[upkeep.Finding]), ...),
    }
    about = f"What crmtxt {KINDS[kind].command} --json answers."
    answer: Any = create_model("Answer", __doc__=about, **fields)  # type: ignore[call-overload]  # made at run time
    return {"$schema": DIALECT, **_untitled(TypeAdapter(answer).json_schema())}


def commands_page() -> str:
    """Return the page of all commands, made from their table and their signatures."""
    return "\n".join([GENERATED, "", "# Commands", "", *_overview(), *_common(), *_commands(), *_kinds()])


def settings_page() -> str:
    """Return the page of all settings, made from their table."""
    rows = [GENERATED, "", "# Settings", "", OF_SETTINGS]
    for scope, title, about in (
        (BOOK, "The book's", "In `crmtxt.yaml`, shared with everybody who has the book. `*` stands for any key."),
        (USER, "Yours", "In `$XDG_CONFIG_HOME/crmtxt/config.yaml`, else `~/.config/crmtxt/config.yaml`."),
    ):
        found = [(f"`{each.name}`", each.type, each.default, each.help) for each in SETTINGS if each.scope == scope]
        rows += [f"## {title}", "", about, "", *_table(("setting", "type", "default", "meaning"), found)]
    return "\n".join(rows)


def _overview() -> Iterator[str]:
    for group in dict.fromkeys(entry.group for entry in COMMANDS.values()):
        found = [
            (f"[{name}](#{_anchor(f'crmtxt {name}')})", entry.help)
            for name, entry in COMMANDS.items()
            if entry.group == group
        ]
        yield from _table((group, ""), found)


def _common() -> Iterator[str]:
    """Yield what many commands take, described once."""
    yield from ("## Before the command", "", *_table(("option", "meaning"), BEFORE))
    for bundle in SHARED:
        params = [param for param in parameters(_taking(bundle)) if param.bundle]
        yield from (f"## {_title(bundle)}", "", *_parameters(params))


def _commands() -> Iterator[str]:
    for name in COMMANDS:
        command = load(name)
        params = parameters(command)
        places = [_place(param) for param in params if not isinstance(param.mark, Opt)]
        shared = [kind for kind in bundles(command).values() if kind in SHARED]
        own = {key for key, kind in bundles(command).items() if kind not in SHARED} | {""}
        yield from (
            f"## crmtxt {name}",
            "",
            f"`crmtxt {' '.join([name, *places])} [OPTIONS]`",
            "",
            f"{command.__doc__}",
            "",
        )
        yield from _parameters([param for param in params if param.bundle in own])
        if shared:
            links = (f"[{_title(kind)}](#{_anchor(_title(kind))})" for kind in shared)
            yield from (f"Also: {', '.join(links)}.", "")


def _kinds() -> Iterator[str]:
    rows = [
        (f"`crmtxt {each.command}`" if kind != "receipt" else "a command that writes", kind,
         f"[{schema_file(kind)}](schema/{schema_file(kind)})")
        for kind, each in KINDS.items()
    ]  # fmt: skip
    yield from ("## Answers as JSON", "", *_table(("command", "kind", "schema"), rows))


def _parameters(params: Iterable[Param]) -> Iterator[str]:
    rows = [(f"`{_place(param)}`", param.mark.help) for param in params]
    if rows:
        yield from _table(("takes", "meaning"), rows)


def _place(param: Param) -> str:
    if isinstance(param.mark, Opt):
        return ", ".join(f"{flag} {param.mark.metavar}".rstrip() for flag in param.mark.flags)
    return param.mark.metavar


def _taking(bundle: Any) -> Any:  # noqa: ANN401  # a bundle of options, and what stands for a command
    """Return a command that takes the bundle alone."""

    def command() -> None: ...

    command.__annotations__ = {"bundle": bundle}
    return command


def _title(bundle: Any) -> str:  # noqa: ANN401  # a bundle of options
    return f"{bundle.__doc__}".removesuffix(".")


def _anchor(title: str) -> str:
    return title.lower().replace(",", "").replace(" ", "-")


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in (titles, ("---",) * len(titles), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def _as_json_has_it(kind: Any) -> Any:  # noqa: ANN401  # any type of a view
    """Return the type as JSON has it: a NamedTuple as an object with its fields, all of them there."""
    if hasattr(kind, "_fields"):
        fields = {name: (_as_json_has_it(hint), ...) for name, hint in get_type_hints(kind).items()}
        made: Any = create_model(kind.__name__, __doc__=kind.__doc__, **fields)  # type: ignore[call-overload]  # the same
        return made
    if get_origin(kind) in {list, tuple}:
        return list[_as_json_has_it(get_args(kind)[0])]  # type: ignore[misc]  # made at run time
    if get_origin(kind) is UnionType:
        return Union[tuple(_as_json_has_it(each) for each in get_args(kind))]  # noqa: UP007  # the same
    return kind


def _untitled(node: Any) -> Any:  # noqa: ANN401  # JSON
    """Return a schema without the titles that only repeat its names."""
    if isinstance(node, dict):
        return {key: _untitled(each) for key, each in node.items() if key != "title" or isinstance(each, dict)}
    return [_untitled(each) for each in node] if isinstance(node, list) else node


def _json(value: object) -> str:
    import json

    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
