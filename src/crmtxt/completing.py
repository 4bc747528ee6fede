"""What a shell offers when Tab is pressed: commands, options, customers, references, fields."""

from __future__ import annotations

import re
import sys

from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.commands.spec import parameters
from crmtxt.commands.table import ALIASES
from crmtxt.commands.table import COMMANDS
from crmtxt.commands.table import GROUPS
from crmtxt.commands.table import Entry
from crmtxt.commands.table import load
from crmtxt.errors import CrmError
from crmtxt.services.candidates import Prompt
from crmtxt.services.candidates import candidates
from crmtxt.session import Session
from crmtxt.session import open_terminal

SAFE = re.compile(r"[\w#@+.,:/=<>-]+")


def complete(words: list[str]) -> int:
    """Write the candidates for the last of the words typed so far, a description after a tab; never fail."""
    *typed, current = words or [""]
    book, rest = _after_globals(typed)
    name, rest = _command(rest)
    if name is None:
        found = [(key, entry.help) for key, entry in _commands(rest).items()]
    else:
        try:
            found = _parameter(name, rest, current, Session(open_terminal("auto"), book))
        except (CrmError, OSError):
            found = []
    for word, about in found:
        if word.startswith(current) and SAFE.fullmatch(word):
            sys.stdout.write(f"{word}\t{about}\n")
    return 0


def _after_globals(words: list[str]) -> tuple[str, list[str]]:
    rest, book = list(words), ""
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option in {"-C", "--color"} and rest:
            value = rest.pop(0)
            book = value if option == "-C" else book
    return book, rest


def _command(words: list[str]) -> tuple[str | None, list[str]]:
    words = [*(ALIASES.get(word, word) for word in words[:1]), *words[1:]]
    for length in (2, 1):
        name = " ".join(words[:length])
        if len(words) >= length and name in COMMANDS:
            return name, words[length:]
    return None, words


def _commands(words: list[str]) -> dict[str, Entry]:
    """Return the commands that can follow: all, or those of a group."""
    if words:
        return (
            {key.partition(" ")[2]: entry for key, entry in COMMANDS.items() if key.startswith(f"{words[0]} ")}
            if words[0] in GROUPS
            else {}
        )
    groups = {
        name: next(entry for key, entry in COMMANDS.items() if key.startswith(f"{name} "))._replace(help=help_)
        for name, help_ in GROUPS.items()
    }
    return {key: entry for key, entry in COMMANDS.items() if " " not in key} | groups


def _parameter(name: str, typed: list[str], current: str, session: Session) -> list[tuple[str, str]]:
    """Return the candidates of the option or argument that stands at the end."""
    params = parameters(load(name))
    options = {flag: param for param in params if isinstance(param.mark, Opt) for flag in param.mark.flags}
    last = options.get(typed[-1]) if typed else None
    if last is not None and not last.is_flag:
        return candidates(last.mark.completes, Prompt(session.index, typed, session.today))
    if current.startswith("-"):
        return [(flag, param.mark.help) for flag, param in options.items()]
    places = [param for param in params if isinstance(param.mark, Arg)]
    values = [word for at, word in enumerate(typed) if not word.startswith("-") and not _takes(options, typed, at)]
    place = places[min(len(values), len(places) - 1)] if places else None
    if place is None or (len(values) >= len(places) and not place.many):
        return []
    return candidates(place.mark.completes, Prompt(session.index, values, session.today))


def _takes(options: dict, typed: list[str], at: int) -> bool:  # type: ignore[type-arg]  # flag -> Param
    before = options.get(typed[at - 1]) if at else None
    return before is not None and not before.is_flag
