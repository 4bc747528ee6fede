"""The user's crontab, and timers of systemd."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from crmtxt.errors import OutsideError
from crmtxt.outside import program

if TYPE_CHECKING:
    from collections.abc import Mapping

NONE_YET = "no crontab"
INSTALL = "install cron, or take a timer of systemd: crmtxt cron install --systemd"


def read(env: Mapping[str, str]) -> bytes:
    """Return the user's crontab as it is, b"" when there is none; OutsideError when it cannot be read."""
    try:
        return program.run(["crontab", "-l"], b"", {**env, "LC_ALL": "C"}, INSTALL)
    except OutsideError as error:
        if NONE_YET in error.message:
            return b""
        raise


def is_there(env: Mapping[str, str]) -> bool:
    """Say whether there is a cron to be told."""
    return bool(program.find("crontab", env))


def write(crontab: bytes, env: Mapping[str, str]) -> None:
    """Put a crontab in the place of the user's; OutsideError when that fails."""
    program.run(["crontab", "-"], crontab, env, INSTALL)


def systemctl(env: Mapping[str, str], *words: str) -> None:
    """Tell the user's systemd something; OutsideError when that fails."""
    program.run(["systemctl", "--user", *words], b"", env, "without systemd: crmtxt cron install")


def command() -> tuple[str, ...]:
    """Return what starts this program by full paths: Python, and the script beside it or the module."""
    script = f"{sys.executable.rpartition('/')[0]}/crmtxt"
    return (sys.executable, script) if program.find("crmtxt", {}, script.rpartition("/")[0]) else (
        sys.executable, "-m", "crmtxt",
    )  # fmt: skip


def is_macos() -> bool:
    """Say whether launchd runs things here."""
    return sys.platform == "darwin"
