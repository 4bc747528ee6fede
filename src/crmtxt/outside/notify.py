"""A notice on the desktop."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from crmtxt.errors import OutsideError
from crmtxt.outside import program

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 400  # letters: no desktop shows more
MACOS = "darwin"
SCRIPT = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run"
SET = "see: crmtxt config notifier"
INSTALL = {
    "notify-send": "install it (libnotify-bin on Debian and Ubuntu, libnotify elsewhere), or name another with: "
    "crmtxt config notifier COMMAND",
    "osascript": "it comes with macOS, in /usr/bin; or name another with: crmtxt config notifier COMMAND",
}


def notify(title: str, text: str, configured: str, env: Mapping[str, str]) -> None:
    """Show a notice with the configured program, notify-send or osascript; OutsideError when that fails."""
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    notifier = _notifier(configured, env)
    if configured:
        program.run([*notifier, title, text], b"", env, SET)
        return
    if sys.platform == MACOS:
        program.run([*notifier, "-e", SCRIPT, title, text], b"", env, INSTALL["osascript"])
        return
    from html import escape

    words = [*notifier, "--app-name=crmtxt", "--", title, escape(text)]
    program.run(words, b"", _on_desktop(env), INSTALL["notify-send"])


def look(configured: str, env: Mapping[str, str]) -> None:
    """Look whether there is a program that shows notices, and show none; OutsideError when there is none."""
    program.look(_notifier(configured, env), env, SET)


def _notifier(configured: str, env: Mapping[str, str]) -> list[str]:
    if configured:
        return program.words(configured, "notifier")
    name = "osascript" if sys.platform == MACOS else "notify-send"
    place = program.find(name, env, "/usr/bin", "/usr/local/bin")
    if not place:
        raise OutsideError(f"there is no {name} to show a notice with", INSTALL[name])
    return [place]


def _on_desktop(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with the way to the desktop, which cron leaves out."""
    return {"DBUS_SESSION_BUS_ADDRESS": f"unix:path=/run/user/{os.getuid()}/bus", **env}
