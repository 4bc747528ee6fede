"""Programs of the user that are given something to read: from a list of words, without a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence

LONGEST_WAIT = 120


def words(command: str, setting: str) -> list[str]:
    """Return a command of the user's configuration as a list of words; OutsideError when it is none."""
    import shlex

    try:
        found = shlex.split(command)
    except ValueError as error:
        raise OutsideError(f"{setting}: {error}: {command}", f"set it with: crmtxt config {setting} COMMAND") from None
    if not found:
        raise OutsideError(f"no {setting} is set", f"set it with: crmtxt config {setting} COMMAND")
    return found


def look(command: Sequence[str], env: Mapping[str, str], hint: str) -> None:
    """Look whether a program is there, and run nothing; OutsideError when it is not."""
    if not find(command[0], env):
        raise OutsideError(f"there is no program {command[0]}", hint)


def run(command: Sequence[str], given: bytes, env: Mapping[str, str], hint: str) -> bytes:
    """Run a program, `given` on its standard input; return what it answers. OutsideError when it fails."""
    import subprocess
    from tempfile import TemporaryFile

    try:
        with TemporaryFile() as whole:  # not a pipe: who outlives us when we are killed has read half a letter there
            whole.write(given)
            whole.seek(0)
            done = subprocess.run(
                command, stdin=whole, capture_output=True, env=dict(env), check=False, timeout=LONGEST_WAIT
            )
    except subprocess.TimeoutExpired:
        raise OutsideError(f"{command[0]} did not end within {LONGEST_WAIT} s", hint) from None
    except (OSError, ValueError) as error:
        raise OutsideError(f"{command[0]} cannot be run: {getattr(error, 'strerror', None) or error}", hint) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise OutsideError(f"{command[0]} ended with {done.returncode}{f': {said}' if said else ''}", hint)
    return done.stdout


def find(name: str, env: Mapping[str, str], *places: str) -> str:
    """Return the full path of a program on the PATH or in one of those folders, "" when there is none."""
    from shutil import which

    return which(name, path=":".join(part for part in (env.get("PATH", ""), *places) if part)) or ""
