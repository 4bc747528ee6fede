"""The composition root: book, settings, today, who I am, output; the only reader of clock and environment."""

from __future__ import annotations

import os
import sys
from datetime import UTC
from datetime import date
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from crmtxt import whereabouts
from crmtxt.errors import AmbiguousError
from crmtxt.errors import CrmError
from crmtxt.errors import ExitCode
from crmtxt.errors import InvalidError
from crmtxt.errors import NotFoundError
from crmtxt.errors import UsageError
from crmtxt.model.when import describe
from crmtxt.model.when import parse_date
from crmtxt.output import Output
from crmtxt.outside.term import Terminal
from crmtxt.render.clean import clean
from crmtxt.services import asking
from crmtxt.services.writer import Writer
from crmtxt.settings import BOOK_FILE
from crmtxt.settings import private
from crmtxt.store import reads
from crmtxt.store.book import Book
from crmtxt.store.selecting import Selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtxt.commands.options import Out
    from crmtxt.commands.options import Select
    from crmtxt.commands.options import Write
    from crmtxt.model.change import Change
    from crmtxt.render.columns import View
    from crmtxt.settings import BookSettings
    from crmtxt.store.index import Index

MANY_FILES = 3


def clock() -> datetime:
    """Return the moment, in the computer's own time zone."""
    return datetime.now().astimezone()


def environment() -> dict[str, str]:
    """Return the environment of the process."""
    return dict(os.environ)


def open_terminal(color: str) -> Terminal:
    """Return the terminal of the process."""
    return Terminal(sys.stdin, sys.stdout, sys.stderr, environment(), color)


class Session:
    """One run of one command: everything it needs of the world, looked up when it is asked for."""

    def __init__(self, terminal: Terminal, book: str = "") -> None:
        self.terminal = terminal
        self.output = Output(terminal)
        self.env = environment()
        self._book = book
        self._said = ""
        self._in_shell = True

    @cached_property
    def config(self) -> dict[str, str]:
        """Return the user's own settings by dotted key."""
        from crmtxt.services.userconfig import read_config

        return read_config(self.config_path)

    @property
    def config_path(self) -> str:
        """Return where the user's configuration is."""
        return f"{self._folder('XDG_CONFIG_HOME', '.config')}/crmtxt/config.yaml"

    @cached_property
    def book(self) -> Book:
        """Return the book, with its places in the user's cache and state folders."""
        return Book(
            self.root,
            self._folder("XDG_CACHE_HOME", ".cache"),
            self._folder("XDG_STATE_HOME", ".local/state"),
            self.env,
            self.output.trusts,
        )

    @cached_property
    def root(self) -> str:
        """Return the real path of the book's folder, looked for in four places; NotFoundError names them."""
        return whereabouts.book(self._book, self.env, lambda: self.config.get("book", ""), self.config_path)

    @cached_property
    def index(self) -> Index:
        """Return the index of the book, compared with the folder; programs named in a book are told to be ignored."""
        index = self.book.index
        for name in private(index.settings):
            hint = f"programs are read only from your own configuration, {self.config_path}"
            self.terminal.say(f"warning: {BOOK_FILE}: '{name}' is ignored in a book; {hint}")
        return index

    @property
    def settings(self) -> BookSettings:
        """Return the book's settings."""
        return self.index.settings

    @cached_property
    def now(self) -> datetime:
        """Return the moment in the book's time zone, the computer's when it has none."""
        moment, zone = clock(), self.settings.timezone
        if not zone:
            return moment
        if zone == "UTC":  # at a tenth of the time that zoneinfo takes to import
            return moment.astimezone(UTC)
        from zoneinfo import ZoneInfo

        try:
            return moment.astimezone(ZoneInfo(zone))
        except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
            self.terminal.say(f"warning: {BOOK_FILE}: no time zone '{zone}'; the computer's is used")
            return moment

    @property
    def moment(self) -> datetime:
        """Return the moment of a write: UTC."""
        return clock().astimezone(UTC)

    @property
    def today(self) -> date:
        """Return the day it is in the book."""
        return self.now.date()

    def day(self, words: str, label: str = "") -> date:
        """Return the day that words say, told with its label; UsageError when they say none."""
        day = parse_date(words, self.today)
        if label and words != day.isoformat():
            self.terminal.say(f"{label} {describe(day, self.today)}")
        return day

    @cached_property
    def me(self) -> str:
        """Return my key in team:, "" when it is not known; git is not asked."""
        return self.config.get("me") or self.env.get("CRMTXT_ME", "")

    @cached_property
    def author(self) -> str:
        """Return who writes: me, else the colleague whose e-mail address is git's."""
        emails = {self.settings.text(f"team.{key}.email").lower(): key for key in reversed(self.settings.team)}
        if self.me or not any(emails):
            return self.me
        email = self.book.user_email().lower()
        return emails.get(email, "") if email else ""

    @property
    def writer(self) -> Writer:
        """Return who writes, when, in which book."""
        return self.writing_as(self.author)

    @property
    def reader(self) -> Writer:
        """Return the same for commands that only read: git is not asked who I am."""
        return self.writing_as(self.me)

    def selection(self, words: Sequence[str], select: Select, *, open_lines: bool = False) -> Selection:
        """Return what a query and the options of a list select; `open_lines` are those of today whatever the day."""
        today = self.day(select.as_of, "as of") if select.as_of else self.today
        expr = asking.query(words, self.settings.views, today)
        if select.as_of and not open_lines:
            self.index.as_of(today)
        return Selection(expr, today, select.sort, asking.at_most(select.limit))

    def typed(self, words: Sequence[str], question: str, *, edit: bool = False) -> str:
        """Return what was typed: as words, on standard input (-), in an editor, or at a prompt."""
        self._in_shell = bool(words) and list(words) != ["-"] and not edit
        if edit:
            from crmtxt.services import editing

            text = editing.compose(f"{self.book.state}/edit/line", " ".join(words), self.open_editor)
        elif list(words) == ["-"]:
            text = self.terminal.read()
        else:
            text = " ".join(words) if words else self.terminal.line(question) or ""
        if not text.strip():
            raise UsageError("nothing was said", "type it after the customer, or - to read it from standard input")
        self._said = text
        return text

    @property
    def repeatable(self) -> bool:
        """Say whether the command has neither answered nor asked anybody, and may be run once more."""
        return "book" in vars(self) and not self.terminal.answered and (self._in_shell or not self._said)

    def keep(self, error: CrmError) -> None:
        """Keep what was typed for a command that failed, unless the shell still has it; add to its hint where."""
        if not self._said or (self._in_shell and error.code in {ExitCode.USAGE, ExitCode.NOT_FOUND}):
            return
        from crmtxt.services import editing

        path = f"{self.book.state}/unsaved"
        if editing.keep(path, self._said):
            error.hint = "\n".join(part for part in (error.hint, f"what you typed is kept in {path}") if part)

    def open_editor(self, path: str) -> None:
        """Open a file in the user's editor, and wait."""
        from crmtxt.outside.editor import open_editor

        open_editor(path, self.env, self.config.get("editor", ""))

    def customer(self, name: str) -> reads.Found:
        """Return the customer of a name; of several a person chooses at the terminal, elsewhere they are listed."""
        try:
            return reads.resolve(self.index, name)
        except NotFoundError:
            for problem in self.index.problems():
                if name and problem.path.rpartition("/")[2].startswith(name.lower()):
                    raise InvalidError.at(problem) from None
            raise
        except AmbiguousError as error:
            chosen = self.terminal.ask(error.message + ":", error.candidates)
            if chosen is None:
                raise
            return reads.resolve(self.index, error.candidates[chosen].split("  ", 1)[0])

    def answer(self, view: View, out: Out) -> ExitCode:
        """Give an answer in the format asked for, then name what could not be read; return the exit code."""
        problems = self.index.problems()
        self.terminal.pager = (self.terminal.screen and self.config.get("pager")) or self.terminal.pager
        self.output.give(view, out, problems)
        return self.output.complain(problems)

    def write(self, change: Change, write: Write) -> ExitCode:
        """Make a change, or show it with --dry-run; say what was understood and how to take it back."""
        if write.dry_run:
            self.output.understood(change.understood)
            self.terminal.out(clean(self.book.difference(change)))
            return ExitCode.DONE
        self._check_settings(change)
        count = len(change.files)
        if count >= MANY_FILES and not (write.yes or self.terminal.confirm(f"{change.summary}: change {count} files?")):
            raise UsageError(f"{count} files would change", "say --yes to change them, --dry-run to see the difference")
        receipt, trouble = self.book.commit(change, self.moment, commit=not write.no_commit)
        return self.output.told(receipt, trouble, json=write.json)

    def close(self) -> None:
        """Close what the command has opened."""
        if "book" in vars(self):
            self.book.close()

    def found(self, root: str, change: Change, write: Write, *, fresh: bool = False) -> ExitCode:
        """Make the first change of a new book; `fresh`: in a repository that was made for it."""
        self.root = root
        if not write.dry_run:
            self.book.prepare(fresh=fresh)
        return self.write(change, write)

    @property
    def has_book(self) -> bool:
        """Say whether there is a book."""
        try:
            return bool(self.root)
        except NotFoundError:
            return False

    @property
    def here(self) -> date:
        """Return the day it is on this computer."""
        return clock().date()

    def asked(self, question: str, default: str) -> str:
        """Return what a person answers at the terminal, the default for nothing or when there is nobody to ask."""
        return self.terminal.line(f"{question} [{default}]" if default else question) or default

    def git_email(self) -> str:
        """Return the e-mail address git knows me by wherever I am, "" when it knows none."""
        from crmtxt.store import git

        return git.user_email("/", self.env)

    def _check_settings(self, change: Change) -> None:
        """Refuse to write a book whose settings cannot be read, or are of a later version; unless to mend them."""
        if "index" in vars(self) and not any(each.path == BOOK_FILE for each in change.files):
            for problem in self.index.problems():
                if problem.path == BOOK_FILE:
                    raise InvalidError.at(problem)

    def writing_as(self, me: str) -> Writer:
        """Return the same for that colleague; who I am is not asked."""
        return Writer(self.index, self.today, me)

    def _folder(self, variable: str, default: str) -> str:
        return whereabouts.folder(self.env, variable, default)
