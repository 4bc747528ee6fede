"""The Typer application, made from the table of commands and their signatures."""

from __future__ import annotations

import inspect
import sys
from typing import Annotated
from typing import Any
from typing import cast

import typer

from crmtxt import __version__
from crmtxt.boundary import run
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Command
from crmtxt.commands.spec import Param
from crmtxt.commands.spec import parameters
from crmtxt.commands.spec import positive
from crmtxt.commands.table import ALIASES
from crmtxt.commands.table import BARE
from crmtxt.commands.table import COMMANDS
from crmtxt.commands.table import GROUPS
from crmtxt.commands.table import Entry
from crmtxt.commands.table import load
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.session import open_terminal

# the class of all mistakes in the words has no public name: it is the parent of the one that has
MISTAKE = cast("type[Exception]", typer.BadParameter.__mro__[2])
WORDS = {"ignore_unknown_options": True}
VALUED = {"-C": "DIR", "--color": "WHEN"}  # what stands before the command, and its value
ABOUT = "Customer relationships as plain text files in a git folder."


def run_typer(words: list[str]) -> int:
    """Run a command line through Typer and return its exit code."""
    at = _start(words)
    words = [*words[:at], *(ALIASES.get(word, word) for word in words[at : at + 1]), *words[at + 1 :]]
    app = application(_named(words))
    try:
        return int(app(args=_rewritten(words), prog_name="crmtxt", standalone_mode=False) or ExitCode.DONE)
    except MISTAKE as error:
        refusal = UsageError(*_mistake(error))
        open_terminal("auto").fail(refusal.text())
        return refusal.code
    except typer.Abort:
        return ExitCode.INTERRUPTED


def _mistake(error: Exception) -> tuple[str, str]:
    """Return what Typer says of a mistake in the words, and where the right ones are."""
    message = str(error.format_message()) if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    said, path = f"{message[:1].lower()}{message[1:]}".rstrip("."), context.command_path if context else "crmtxt"
    option = getattr(error, "option_name", "")
    if option in VALUED and " " in path:
        return said, f"it stands before the command: {path.replace(' ', f' {option} {VALUED[option]} ', 1)}"
    return said, f"see: {path} --help"


def application(name: str = "") -> typer.Typer:
    """Return the application; only the command `name` is imported, "" imports them all."""
    app = typer.Typer(
        add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
        invoke_without_command=True, help=ABOUT,
    )  # fmt: skip
    app.callback(context_settings={"help_option_names": ["-h", "--help"]})(_global_options)
    groups = {key: typer.Typer(help=help_, rich_markup_mode=None) for key, help_ in GROUPS.items()}
    for key, entry in COMMANDS.items():
        group, word = key.split(" ") if key.partition(" ")[0] in GROUPS else ("", key)
        function = _typed(load(key), entry) if name in {key, ""} else _absent
        settings = WORDS if entry.text and name in {key, ""} else None
        (groups[group] if group else app).command(
            word, help=entry.help, context_settings=settings, rich_help_panel=entry.group
        )(function)
    for key, group_app in groups.items():
        app.add_typer(group_app, name=key)
    return app


def _global_options(
    context: typer.Context,
    book: Annotated[str, typer.Option("-C", metavar="DIR", help="The book's folder.")] = "",
    color: Annotated[str, typer.Option("--color", metavar="WHEN", help="auto, always or never.")] = "auto",
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,  # noqa: FBT002  # a flag
) -> None:
    context.obj = (book, color)
    if version:
        sys.stdout.write(f"crmtxt {__version__}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        command = load(BARE)
        raise typer.Exit(run(command, {param.name: param.default for param in parameters(command)}, book, color))


def _absent() -> None:
    """Stand in the list of commands for one that is not asked for."""


def _typed(command: Command, entry: Entry) -> Any:  # noqa: ANN401  # made for Typer, which reads its signature
    """Return a function with the signature Typer reads, made from the command's own."""
    params = parameters(command)

    def function(context: typer.Context, **values: Any) -> None:  # noqa: ANN401  # of the declared types
        book, color = context.obj
        values = {
            key: list(value or ()) if isinstance(value, list | tuple) or value is None else value
            for key, value in values.items()
        }
        raise typer.Exit(run(command, values, book, color))

    signature = [inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)]
    signature += [_parameter(param) for param in params]
    function.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined]  # inspect reads it
    function.__annotations__ = {each.name: each.annotation for each in signature}
    function.__doc__ = entry.help
    return function


def _parameter(param: Param) -> inspect.Parameter:
    kind: Any = list[param.kind] if param.many else param.kind  # type: ignore[name-defined]  # made at run time
    mark: Any
    if isinstance(param.mark, Arg):
        mark = typer.Argument(help=param.mark.help, metavar=param.mark.metavar, show_default=False)
    else:
        mark = typer.Option(
            *param.mark.flags, help=param.mark.help, metavar=param.mark.metavar or None, show_default=False
        )
    default = (
        inspect.Parameter.empty if param.required else (list(param.default or ()) if param.many else param.default)
    )
    return inspect.Parameter(
        param.name, inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[kind, mark], default=default
    )


def _named(words: list[str]) -> str:
    """Return the command the words name, "-" when it is none (the table alone is needed)."""
    rest = words[_start(words) :]
    name = rest[0] if rest else ""
    if (longer := " ".join(rest[:2])) in COMMANDS:
        name = longer
    elif name in GROUPS:
        name = f"{name} {next((word for word in rest[1:] if not word.startswith('-')), '')}"
    return name if name in COMMANDS else "-"


def _start(words: list[str]) -> int:
    """Return where the command stands: after the global options and their values."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in VALUED else 1
    return at


def _rewritten(words: list[str]) -> list[str]:
    """Return the words as Typer takes them: terms that look like options written out, `strategy check` as one."""
    name = _named(words)
    if name not in COMMANDS:
        return words
    at = _start(words)
    if name.partition(" ")[0] in COMMANDS:
        words = [*words[:at], name, *words[at + 1 + name.count(" ") :]]
    return [*words[: at + 1], *positive(words[at + 1 :])] if COMMANDS[name].query else words
