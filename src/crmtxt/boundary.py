"""The one error boundary: every command runs inside it, whichever way it was called."""

from __future__ import annotations

import sys
from typing import Any

from crmtxt.commands.spec import Command
from crmtxt.commands.spec import call
from crmtxt.errors import CrmError
from crmtxt.errors import ExitCode
from crmtxt.session import Session
from crmtxt.session import open_terminal


def run(command: Command, values: dict[str, Any], book: str, color: str) -> int:
    """Run a command and return its exit code; a refusal is told on standard error, a bug with a report to paste."""
    terminal = open_terminal("auto")
    code: int = ExitCode.DONE
    session: Session | None = None
    with terminal:
        try:
            terminal = open_terminal(color)
            with terminal:
                session = Session(terminal, book)
                code = call(command, session, values)
        except CrmError as error:
            if session:
                session.keep(error)
            terminal.fail(error.text())
            code = error.code
        except KeyboardInterrupt:
            code = ExitCode.INTERRUPTED
        except BrokenPipeError:
            raise
        except Exception:  # noqa: BLE001  # the boundary: whatever else comes here is a bug, or a damaged index
            if session and session.repeatable and session.book.doubt():
                return run(command, values, book, color)
            terminal.fail(report())
            code = ExitCode.BUG
        finally:
            if session:
                session.close()
    return int(code)


def report() -> str:
    """Return what a bug report needs: version, platform and where it happened, without data of the book."""
    import platform
    import traceback

    from crmtxt import __version__

    kind, _, trace = sys.exc_info()
    places = [
        f"  {frame.filename.rpartition('crmtxt/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)
    ]
    name = kind.__name__ if kind else "error"
    about = f"  crmtxt {__version__}, Python {platform.python_version()}, {platform.system()}"
    return "\n".join(
        [f"this is a bug ({name}); nothing more was written. Please report these lines:", about, *places[-8:]]
    )
