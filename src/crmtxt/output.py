"""How answers and receipts are given: the format, the file, the screen; the only voice of the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.render.answer import check_format
from crmtxt.render.answer import format_for
from crmtxt.render.answer import render_view
from crmtxt.render.columns import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtxt.commands.options import Out
    from crmtxt.errors import NotCommittedError
    from crmtxt.errors import Problem
    from crmtxt.model.change import Receipt
    from crmtxt.model.upkeep import Danger
    from crmtxt.outside.term import Terminal

SHOWN_PROBLEMS = 20


class Output:
    """The terminal of one run, and how things are said on it."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def give(self, view: View, out: Out, problems: Sequence[Problem] = ()) -> ExitCode:
        """Give an answer in the format asked for: to a file, through the pager, or as it is."""
        name = self.format(out)
        if out.output:
            from crmtxt.outside.target import write_answer

            write_answer(out.output, render_view(view, name, problems))
        elif name == "table":
            self.terminal.page(render_view(view, name, problems, self.terminal.width, colour=self.terminal.colour))
        else:
            self.terminal.out(render_view(view, name, problems))
        if view.footer and name == "table":
            self.terminal.say(view.footer)
        return ExitCode.DONE

    def print_json(self, view: View, problems: Sequence[Problem]) -> None:
        """Give an answer as JSON."""
        self.terminal.out(render_view(view, "json", problems))

    def for_people(self, out: Out) -> bool:
        """Say whether the answer is for reading: then references are as short as they can be."""
        return self.format(out) in {"table", "md", "html"}

    def in_words(self, out: Out) -> bool:
        """Say whether the answer is told in lines of text, for reading or for a pipe; else it is data."""
        return self.for_people(out) or self.format(out) == "plain"

    def format(self, out: Out) -> str:
        """Return the format asked for: by name, flag or ending of -o; else a table or, in a pipe, plain text."""
        asked = [name for name, given in ((out.format, out.format), ("json", out.json), ("csv", out.csv)) if given]
        if len(asked) > 1:
            raise UsageError("several formats at once", "take one of --format, --json, --csv")
        if asked:
            check_format(asked[0])
            return asked[0]
        if out.output:
            return format_for(out.output)
        return "table" if self.terminal.screen else "plain"

    def complain(self, problems: Sequence[Problem], all_of_them: str = "crmtxt check") -> ExitCode:
        """Name on standard error what could not be read, and what lists more of it; return the exit code for it."""
        for problem in problems[:SHOWN_PROBLEMS]:
            self.terminal.fail(problem.text())
        if len(problems) > SHOWN_PROBLEMS:
            self.terminal.say(f"… and {len(problems) - SHOWN_PROBLEMS} more: {all_of_them}")
        return ExitCode.INVALID if problems else ExitCode.DONE

    def told(
        self, receipt: Receipt, trouble: NotCommittedError | None, *, json: bool, undoable: bool = True
    ) -> ExitCode:
        """Say what was written, how to take it back, and why git did not take it; return the exit code."""
        self._echo(receipt, json=json, undoable=undoable)
        if trouble:
            self.terminal.fail(trouble.text())
            return ExitCode.NOT_COMMITTED
        return ExitCode.DONE

    def trusts(self, found: Sequence[Danger]) -> bool:
        """Show a person at the terminal what could run once git is called, and return whether they agree."""
        if not self.terminal.interactive:
            return False
        self.terminal.say("git can be made to run programs by a repository, and this one could run:")
        self.understood([danger.text for danger in found])
        return self.terminal.confirm("Do you know them, and may they run?")

    def understood(self, lines: Sequence[str]) -> None:
        """Say what was understood of a command."""
        for line in lines:
            self.terminal.say(f"  {line}")

    def _echo(self, receipt: Receipt, *, json: bool, undoable: bool) -> None:
        if json:
            self.print_json(View("receipt", [receipt], ()), ())
            return
        self.understood(receipt.understood)
        if not receipt.path:
            self.terminal.say("  nothing to change")
            return
        committed = f" · committed {receipt.commit}" if receipt.commit else ""
        place = f"{receipt.path}:{receipt.line}" if receipt.line else receipt.path
        saved = place if receipt.files <= 1 else f"{receipt.files} files"
        back = " · undo: crmtxt undo" if undoable and receipt.files else ""
        self.terminal.say(f"  {'saved' if receipt.files else 'kept'} {saved}{committed}{back}")
