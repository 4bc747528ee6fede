"""What a command takes, declared once in its signature and read by both ways in: the quick one and Typer's.

A command is a function `(session, *, …) -> ExitCode`. Its parameters are annotated with `Arg` or `Opt`,
or with a NamedTuple whose fields are (a bundle of options that several commands share).
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

Command = Callable[..., int]
NEGATED = re.compile(r"-(?=[^\W\d_][\w.-]+(?::|[<>]=?|=)|[#@+(\"]|[^\W\d_][\w.'-]+$|[^\x00-\x7f])")
MISTYPED = frozenset({"-json", "-csv", "-format", "-sort", "-limit", "-as-of", "-output", "-until", "-help"})


class Arg(NamedTuple):
    """A positional word, or all of them; `completes` names what they are completed with."""

    metavar: str
    help: str
    completes: str = ""


class Opt(NamedTuple):
    """An option: its flags, what it does, what its value is called."""

    flags: tuple[str, ...]
    help: str
    metavar: str = ""
    completes: str = ""


class Param(NamedTuple):
    """One parameter as both parsers need it; `bundle` is the parameter of the command it is a field of."""

    name: str
    kind: type
    many: bool
    default: Any
    required: bool
    mark: Arg | Opt
    bundle: str = ""

    @property
    def is_flag(self) -> bool:
        """Say whether the option takes no value."""
        return self.kind is bool


def parameters(command: Command) -> list[Param]:
    """Return the parameters of a command in the order they are declared; what two bundles share is one parameter."""
    found: dict[str, Param] = {}
    defaults = command.__kwdefaults__ or {}
    for name, annotation in command.__annotations__.items():
        if name in {"session", "return"}:
            continue
        if hasattr(annotation, "_fields"):
            for field in annotation._fields:
                default = annotation._field_defaults[field]
                param = _param(field, annotation.__annotations__[field], default, bundle=name, required=False)
                found.setdefault(field, param)
        else:
            found[name] = _param(name, annotation, defaults.get(name), bundle="", required=name not in defaults)
    return list(found.values())


def bundles(command: Command) -> dict[str, Any]:
    """Return the bundle type of each parameter that is one."""
    return {name: kind for name, kind in command.__annotations__.items() if hasattr(kind, "_fields")}


def call(command: Command, session: object, values: dict[str, Any]) -> int:
    """Call a command with the value of each parameter, the bundles put together."""
    put_together = bundles(command)
    fields = {field for kind in put_together.values() for field in kind._fields}
    given = {name: value for name, value in values.items() if name not in fields}
    for name, kind in put_together.items():
        given[name] = kind(**{field: values[field] for field in kind._fields})
    return command(session, **given)


def positive(words: list[str]) -> list[str]:
    """Return query words with -term written as `not term`, which no parser takes for an option.

    An option with a hyphen too few stays as it is, to be refused, and so does what --sort orders by.
    """
    found: list[str] = []
    for before, word in zip(["", *words], words, strict=False):
        negated = before != "--sort" and word not in MISTYPED and NEGATED.match(word)
        found += ["not", word[1:]] if negated else [word]
    return found


def _param(name: str, annotation: Any, default: Any, *, bundle: str, required: bool) -> Param:  # noqa: ANN401  # any type
    kind = annotation.__origin__
    many = getattr(kind, "__origin__", None) is list
    return Param(name, kind.__args__[0] if many else kind, many, default, required, annotation.__metadata__[0], bundle)
