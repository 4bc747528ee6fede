"""The generated pages of docs/: commands, settings, and a JSON Schema of every kind of answer.

`python -m crmtxt.reference [FOLDER]` writes them; the program itself never imports this module.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from typing import Any
from typing import Literal
from typing import NamedTuple
from typing import get_args
from typing import get_origin
from typing import get_type_hints

from pydantic import BaseModel
from pydantic import TypeAdapter
from pydantic import create_model

from crmtxt.commands import options
from crmtxt.commands.spec import Opt
from crmtxt.commands.spec import Param
from crmtxt.commands.spec import bundles
from crmtxt.commands.spec import parameters
from crmtxt.commands.table import COMMANDS
from crmtxt.commands.table import GROUPS
from crmtxt.entry import load
from crmtxt.model import views
from crmtxt.model.change import Receipt
from crmtxt.outside.target import write_answer
from crmtxt.render.records import PROBLEM_KEYS
from crmtxt.render.records import VERSION
from crmtxt.settings import BOOK
from crmtxt.settings import SETTINGS
from crmtxt.settings import USER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator

GENERATED = "<!-- made by python -m crmtxt.reference from the program itself; change it there -->"
GLOBAL_OPTIONS = (
    ("`-C DIR`", "The book's folder."),
    ("`--color WHEN`", "auto, always or never."),
    ("`--version`", "Print the version."),
    ("`-h`, `--help`", "Show what a command takes."),
)


class Kind(NamedTuple):
    """One kind of answer: the value of an item, and the command that gives it."""

    item: Any
    command: str


KINDS = {
    "today": Kind(views.TodayItem, "today"),
    "due": Kind(views.FollowUp, "due"),
    "customers": Kind(views.Customer, "list"),
    "customer": Kind(views.CustomerDetail, "show"),
    "contacts": Kind(views.Contact, "contact list"),
    "log entries": Kind(views.LogEntry, "find"),
    "history": Kind(views.HistoryEntry, "history"),
    "check": Kind(views.Finding, "check"),
    "doctor": Kind(views.Surrounding, "doctor"),
    "config": Kind(views.SettingValue, "config"),
    "receipt": Kind(Receipt, "log"),
}


def pages() -> dict[str, str]:
    """Return every generated page by its path below docs/."""
    return {
        "reference.md": commands_page(),
        "settings.md": settings_page(),
        **{f"schema/{schema_file(kind)}": as_json(schema(kind)) for kind in KINDS},
    }


def schema_file(kind: str) -> str:
    """Return the name of the file that holds the schema of a kind."""
    return f"{kind.replace(' ', '-')}.json"


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of what `--json` answers: the envelope with items of that kind and problems."""
    fields: dict[str, Any] = {
        "crmtxt": (Literal[VERSION], ...),
        "kind": (Literal[kind], ...),
        "items": (list[_model(KINDS[kind].item)], ...),  # type: ignore[misc]  # made at run time
        "problems": (list[_model(views.Finding)], ...),  # type: ignore[misc]  # the same
    }
    answer: Any = create_model("Answer", __doc__=f"What crmtxt {KINDS[kind].command} --json answers.", **fields)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_untitled(TypeAdapter(answer).json_schema())}


def as_json(value: object) -> str:
    """Return a value as JSON, indented, ended by a newline."""
    import json

    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def commands_page() -> str:
    """Return the page of all commands, made from their table and their signatures."""
    return "\n".join([GENERATED, "# Commands", "", *_overview(), *_common(), *_each_command(), *_json_kinds()])


def settings_page() -> str:
    """Return the page of all settings, made from their table."""
    rows = [GENERATED, "# Settings", ""]
    for scope, title, about in (
        (BOOK, "The book's: crmtxt.yaml", "Shared with everybody who has the book. `*` stands for any key."),
        (USER, "Yours: config.yaml", "In `$XDG_CONFIG_HOME/crmtxt/config.yaml` (`~/.config/crmtxt/config.yaml`)."),
    ):
        settings = [setting for setting in SETTINGS if setting.scope == scope]
        rows += [f"## {title}", "", about, "", *_table(("name", "type", "default", "meaning"), ())][:-1]
        rows += [_row(f"`{each.name}`", each.type, _code(each.default), each.help) for each in settings] + [""]
    rows += [
        "`crmtxt config` lists what is in force and where it comes from, `crmtxt config NAME VALUE` sets one: yours in",
        "your configuration, the book's in `crmtxt.yaml`. A setting of yours that stands in a book is passed over.",
        "",
    ]
    return "\n".join(rows)


def _overview() -> Iterator[str]:
    for group in dict.fromkeys(entry.group for entry in COMMANDS.values()):
        names = [name for name, entry in COMMANDS.items() if entry.group == group]
        yield f"**{group}**: " + ", ".join(f"[{name}](#crmtxt-{name.replace(' ', '-')})" for name in names)
        yield ""


def _common() -> Iterator[str]:
    """Yield the options that are described once."""
    yield from ("## Options before the command", "", *_table(("option", "meaning"), GLOBAL_OPTIONS))
    for name, bundle in (("out", options.Out), ("select", options.Select), ("write", options.Write)):
        yield from (f"## {_TITLES[name]}", "", f"{bundle.__doc__}", "")
        yield from _options(_fields(bundle))


def _each_command() -> Iterator[str]:
    for name, entry in COMMANDS.items():
        command = load(name)
        params = parameters(command)
        words = [name, "[OPTIONS]", *(param.mark.metavar for param in params if not isinstance(param.mark, Opt))]
        yield from (f"## crmtxt {name}", "", f"`crmtxt {' '.join(words)}`", "", _about(entry.help, command.__doc__), "")
        own = [param for param in params if param.bundle not in _TITLES]
        yield from _options(own)
        shared = [f"[{_TITLES[each]}](#{_anchor(_TITLES[each])})" for each in bundles(command) if each in _TITLES]
        if shared:
            yield from (f"And the options of: {', '.join(shared)}.", "")
