"""crmtxt import: opportunities and customers from a CSV file."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated
from typing import NamedTuple

from crmtxt.commands.columns import IMPORTED
from crmtxt.commands.imported import content
from crmtxt.commands.imported import given
from crmtxt.commands.options import Out
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.imported import ImportedRow
from crmtxt.outside.source import read_source
from crmtxt.render.columns import View
from crmtxt.services import importcustomers
from crmtxt.services import importdeals
from crmtxt.services import importing
from crmtxt.services.importing import Source
from crmtxt.session import Session
from crmtxt.text.document import decode
from crmtxt.text.spreadsheet import read_spreadsheet

File = Annotated[str, Arg("FILE", "A CSV file with a heading; - reads standard input.")]


class How(NamedTuple):
    """How the file is read."""

    map: Annotated[
        list[str], Opt(("--map",), "A column and its field, such as 'deal_stage=stage'.", "COLUMN=FIELD")
    ] = []
    stage: Annotated[list[str], Opt(("--stage",), "A word and its stage: 'Closed Won=won'.", "WORD=STAGE")] = []
    fill: Annotated[list[str], Opt(("--fill",), "What an empty cell says: customer=Unknown.", "FIELD=VALUE")] = []
    mapping: Annotated[str, Opt(("--mapping",), "A file that says all this; see docs/importing.md.", "FILE")] = ""
    dates: Annotated[str, Opt(("--dates",), "Order of dates whose year stands last: dmy or mdy.", "ORDER")] = ""
    decimal: Annotated[str, Opt(("--decimal",), "What stands before decimals: point or comma.", "SIGN")] = ""
    delimiter: Annotated[str, Opt(("--delimiter",), "What stands between cells; without it a comma.", "SIGN")] = ""
    apply: Annotated[bool, Opt(("--apply",), "Write it, as one change; without it, only look.")] = False


def opportunities(
    session: Session, *, file: File, how: How = How(), out: Out = Out(), write: Write = Write()
) -> ExitCode:
    """Import opportunities, the closed ones as their history: first look, then --apply."""
    plan = importdeals.plan(session.writer, _source(session, file, how))
    view = View("imported opportunities", plan.rows, IMPORTED, keys=ImportedRow._fields)
    return given(session, plan, view, out, write if how.apply or write.dry_run else None)


def customers(session: Session, *, file: File, how: How = How(), out: Out = Out(), write: Write = Write()) -> ExitCode:
    """Import customers, each with a person: first look, then --apply."""
    plan = importcustomers.plan(session.writer, _source(session, file, how))
    view = View("imported customers", plan.rows, IMPORTED, keys=ImportedRow._fields)
    return given(session, plan, view, out, write if how.apply or write.dry_run else None)


def _source(session: Session, file: str, how: How) -> Source:
    data, name = content(session, file)
    filed = decode(read_source(how.mapping), how.mapping) if how.mapping else ""
    pairs = {"columns": how.map, "stages": how.stage, "fill": how.fill}
    reading = importing.reading(pairs, {"dates": how.dates, "decimal": how.decimal}, filed, how.mapping)
    sheet = read_spreadsheet(decode(data, name), name, how.delimiter)
    return Source(sheet, name, reading, lambda rows: session.terminal.watched(rows, "reading"))
