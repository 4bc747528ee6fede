"""The parameters that several commands share."""
# annotations are read when a command runs, so they are real objects here: no `from __future__ import annotations`

from typing import Annotated
from typing import NamedTuple

from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt

Customer = Annotated[str, Arg("CUSTOMER", "Handle, unique beginning of a handle, name or alias.", "customers")]
Ref = Annotated[str, Arg("REF", "Reference of a follow-up, or the beginning of one (see: crmtxt due).", "refs")]
_OPPORTUNITY = "Handle, unique beginning of a handle, or title"
Opportunity = Annotated[str, Arg("OPPORTUNITY", f"{_OPPORTUNITY} of an open one.", "opportunities")]
TheOpportunity = Annotated[
    str, Arg("[OPPORTUNITY]", f"{_OPPORTUNITY}; not needed where only one is open.", "opportunities")
]
On = Annotated[str, Opt(("--on",), "The day it happened; fri and 3 nov are past ones.", "DATE")]
Since = Annotated[str, Opt(("--since",), "From that day on.", "DATE")]
InPipeline = Annotated[
    str, Opt(("--pipeline",), "Of that pipeline only; main is the one without a name.", "NAME", "pipelines")
]
Query = Annotated[
    list[str], Arg("[QUERY]...", "Words, #topic, @person, field:value, field>value, or, -not, (…); or a view.", "query")
]


class Out(NamedTuple):
    """How an answer is given."""

    format: Annotated[
        str,
        Opt(
            ("--format",),
            "table, plain, json, jsonl, csv, md, html, or a template such as '{handle} {name}'.",
            "FORMAT",
            "formats",
        ),
    ] = ""
    json: Annotated[bool, Opt(("--json",), "The same as --format json.")] = False
    csv: Annotated[bool, Opt(("--csv",), "The same as --format csv.")] = False
    output: Annotated[str, Opt(("--output", "-o"), "Write to a file; its ending tells the format.", "FILE")] = ""


class Select(NamedTuple):
    """Which of them, in which order."""

    sort: Annotated[str, Opt(("--sort",), "Order by a field; -FIELD the other way round.", "FIELD", "fields")] = ""
    limit: Annotated[int, Opt(("--limit",), "At most so many.", "N")] = 0
    as_of: Annotated[str, Opt(("--as-of",), "As things stood on that day.", "DATE")] = ""


class Choice(NamedTuple):
    """How a conflict is settled."""

    ours: Annotated[bool, Opt(("--ours",), "Take our side.")] = False
    theirs: Annotated[bool, Opt(("--theirs",), "Take their side.")] = False
    value: Annotated[str, Opt(("--value",), "Take this value instead.", "VALUE")] = ""
    edit: Annotated[bool, Opt(("--edit",), "Write it in your editor.")] = False
    merge: Annotated[bool, Opt(("--merge",), "Take only what merges by itself.")] = False
    dry_run: Annotated[bool, Opt(("--dry-run",), "Print the difference and write nothing.")] = False
    yes: Annotated[bool, Opt(("--yes",), "Do not ask.")] = False
    no_commit: Annotated[bool, Opt(("--no-commit",), "Write the files, and leave git as it is.")] = False


class Write(NamedTuple):
    """How a change is made."""

    dry_run: Annotated[bool, Opt(("--dry-run",), "Print the difference and write nothing.")] = False
    yes: Annotated[bool, Opt(("--yes",), "Do not ask.")] = False
    no_commit: Annotated[bool, Opt(("--no-commit",), "Leave the commit to a later change.")] = False
    json: Annotated[bool, Opt(("--json",), "Print the receipt as JSON.")] = False
