"""crmtxt config: settings in force."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Out
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.model.upkeep import SettingValue
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services import configuring
from crmtxt.session import Session
from crmtxt.settings import USER

SETTINGS = (
    Column("name", "Name", keep=5),
    Column("value", "Value", least=10, keep=6),
    Column("source", "From", keep=3, style=lambda _: "dim"),
    Column("help", "", least=20, extra=True, style=lambda _: "dim"),
)


def config(
    session: Session,
    *,
    name: Annotated[str, Arg("[NAME]", "One setting, dotted.", "settings")] = "",
    value: Annotated[list[str], Arg("[VALUE]", "Its new value; '' removes it.")] = [],
    out: Out = Out(),
    write: Write = Write(),
) -> ExitCode:
    """List the settings, show one, or set one: yours in your configuration, the book's in crmtxt.yaml."""
    if value and configuring.known(name).scope == USER:
        if write.dry_run:
            session.terminal.out(configuring.difference_of_mine(session.config_path, name, " ".join(value)))
            return ExitCode.DONE
        receipt = configuring.set_mine(session.config_path, name, " ".join(value))
        return session.output.told(receipt, None, json=write.json, undoable=False)
    if value:
        return session.write(configuring.set_shared(name, " ".join(value)), write)
    items = configuring.values(session.settings if session.has_book else None, session.config, name)
    return session.output.give(View("config", items, SETTINGS, keys=SettingValue._fields), out)
