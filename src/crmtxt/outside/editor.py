"""The user's editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping


def open_editor(path: str, env: Mapping[str, str], configured: str = "") -> None:
    """Open a file in the configured editor, $VISUAL, $EDITOR or vi, and wait; OutsideError when that fails."""
    import shlex
    import subprocess

    command = configured or env.get("VISUAL") or env.get("EDITOR") or "vi"
    try:
        done = subprocess.run([*shlex.split(command), path], env=dict(env), check=False)
    except (OSError, ValueError) as error:
        raise OutsideError(
            f"the editor '{command}' could not be started: {getattr(error, 'strerror', None) or error}",
            "set $EDITOR, or editor: with crmtxt config",
        ) from None
    if done.returncode:
        raise OutsideError(
            f"the editor '{command}' ended with {done.returncode}", f"nothing was changed; your text is in {path}"
        )
