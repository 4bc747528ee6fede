"""The console script: answers plain calls of the hot commands itself, hands everything else to Typer."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import atexit
import gc
import sys
from typing import Any
from typing import NamedTuple

from crmtxt import __version__
from crmtxt.commands.spec import Opt
from crmtxt.commands.spec import Param
from crmtxt.commands.spec import parameters
from crmtxt.commands.spec import positive
from crmtxt.commands.table import ALIASES
from crmtxt.commands.table import BARE
from crmtxt.commands.table import COMMANDS
from crmtxt.commands.table import load

RARELY = 100_000  # objects made before cycles are looked for: more than a warm read makes


class Call(NamedTuple):
    """A command line taken apart: the global options, the command and its words."""

    book: str
    color: str
    command: str
    words: list[str]


def main(argv: list[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    gc.set_threshold(RARELY)
    atexit.register(gc.freeze)  # who leaves need not look through everything once more
    words = sys.argv[1:] if argv is None else argv
    if None in (sys.stdin, sys.stdout, sys.stderr):
        from crmtxt.outside.term import open_closed

        open_closed()
    if words == ["--version"]:
        sys.stdout.write(f"crmtxt {__version__}\n")
        return 0
    if words[:1] == ["complete-words"]:
        from crmtxt.completing import complete

        return complete(words[1:])
    call = _globals(words)
    if call is not None and COMMANDS[call.command].quick:
        from crmtxt.boundary import run

        command = load(call.command)
        values = plain(parameters(command), call.words)
        if values is not None:
            return run(command, values, call.book, call.color)
    from crmtxt.cli import run_typer

    return run_typer(words)


def _globals(words: list[str]) -> Call | None:
    """Return the call when it begins with plain global options and a known command, else None."""
    rest, book, color = list(words), "", "auto"
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option == "-C" and rest:
            book = rest.pop(0)
        elif option == "--color" and rest:
            color = rest.pop(0)
        else:
            return None
    name = rest.pop(0) if rest else BARE
    name = ALIASES.get(name, name)
    if rest and f"{name} {rest[0]}" in COMMANDS:
        name = f"{name} {rest.pop(0)}"
    if name not in COMMANDS:
        return None
    return Call(book, color, name, positive(rest) if COMMANDS[name].query else rest)


def plain(params: list[Param], words: list[str]) -> dict[str, Any] | None:
    """Return the values of a plain command line; None when only Typer can tell what is meant or wrong."""
    options = {flag: param for param in params if isinstance(param.mark, Opt) for flag in param.mark.flags}
    values: dict[str, Any] = {
        param.name: list(param.default or ()) if param.many else param.default for param in params
    }
    rest = list(words)
    given = []
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            given.append(word)
            continue
        flag, equals, value = word.partition("=")
        param = options.get(flag)
        if param is None or (equals and (param.is_flag or flag[:2] != "--")) or not (param.is_flag or equals or rest):
            return None
        try:
            read = True if param.is_flag else param.kind(value if equals else rest.pop(0))
        except ValueError:
            return None
        values[param.name] = [*values[param.name], read] if param.many else read
    for param in params:
        if isinstance(param.mark, Opt):
            continue
        if param.many:
            values[param.name], given = given, []
        elif given:
            values[param.name] = given.pop(0)
        if param.required and not values[param.name]:
            return None
    return None if given else values


if __name__ == "__main__":
    sys.exit(main())
