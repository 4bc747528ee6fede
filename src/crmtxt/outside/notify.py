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
INSTALL = {
    "notify-send": "install it (libnotify-bin on Debian and Ubuntu, libnotify elsewhere), or name another with: "
    "crmtxt config notifier COMMAND",
    "osascript": "it comes with macOS, in /usr/bin; or name another with: crmtxt config notifier COMMAND",
}


def notify(title: str, text: str, configured: str, env: Mapping[str, str]) -> None:
    """Show a notice with the configured program, notify-send or osascript; OutsideError when that fails."""
    name = "osascript" if sys.platform == MACOS else "notify-send"
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    if configured:
        program.run([*program.words(configured, "notifier"), title, text], b"", env, "see: crmtxt config notifier")
        return
    place = program.find(name, env, "/usr/bin", "/usr/local/bin")
    if not place:
        raise OutsideError(f"there is no {name} to show a notice with", INSTALL[name])
    if name == "osascript":
        program.run([place, "-e", SCRIPT, title, text], b"", env, INSTALL[name])
        return
    from html import escape

    program.run([place, "--app-name=crmtxt", "--", title, escape(text)], b"", _on_desktop(env), INSTALL[name])


def _on_desktop(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with the way to the desktop, which cron leaves out."""
    return {"DBUS_SESSION_BUS_ADDRESS": f"unix:path=/run/user/{os.getuid()}/bus", **env}
