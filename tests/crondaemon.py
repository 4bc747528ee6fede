"""A real cron in a world of its own: no crontab, mailbox or process of this computer is seen or touched.

`run` starts this file as a script in namespaces of its own, as root, and tells it by JSON what is to happen. There the
crontabs, /run and the folder of sendmail are new and empty, and the clock of the daemon runs 1,800 times as fast.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence
    from email.message import EmailMessage

RATE = 1800
ZONE = "Europe/London"
ALONE = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
SENDMAIL = '#!/bin/sh\nexec cat > "$(mktemp {}/now/XXXXXX)"\n'
EMPTY = ("/run", "/var/spool/cron", "/etc/cron.d", "/dev/shm")  # noqa: S108  # the clock keeps files there
CLOCK = "FAKETIME="


class Stretch(NamedTuple):
    """A while in which the daemon runs, from a moment on (YYYY-MM-DD hh:mm:ss, in London); before it, what we type."""

    start: str
    minutes: int
    typed: Sequence[Sequence[str]] = ()


def missing() -> str:
    """Return what keeps a real cron from being tried on this computer, "" when nothing does."""
    if sys.platform != "linux" or os.geteuid():
        return "takes Linux, and root"
    absent = [name for name in ("cron", "crontab", "faketime", "unshare", "mount") if not _found(name)]
    if absent:
        return f"there is no {' and no '.join(absent)}"
    done = subprocess.run([*ALONE, "mount", "-t", "tmpfs", "none", "/run"], capture_output=True, check=False)
    return f"no namespaces: {done.stderr.decode()}" if done.returncode else ""


def run(folder: Path, stretches: Sequence[Stretch], env: Mapping[str, str]) -> list[list[EmailMessage]]:
    """Return the mails of each stretch, from cron and from us, in no order."""
    told = {"folder": str(folder), "env": dict(env), "clock": _clock(), "stretches": stretches}
    words = [*ALONE, sys.executable, __file__]
    subprocess.run(words, input=json.dumps(told).encode(), env={"PATH": os.environ["PATH"]}, check=True)
    return [
        [message_from_bytes(path.read_bytes(), policy=default) for path in (folder / str(number)).iterdir()]
        for number in range(len(stretches))
    ]


def _found(name: str) -> str:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") or ""


def _clock() -> str:
    """Return the library of faketime, as it loads it itself."""
    done = subprocess.run(["faketime", "-f", "+0", "printenv", "LD_PRELOAD"], capture_output=True, check=True)
    return done.stdout.decode().strip()


def _inside(folder: str, env: dict[str, str], clock: str, stretches: list[Any]) -> None:
    daemon = shutil.copy(_found("cron"), folder)
    _settle(Path(folder))
    around = f'# ours\nMAILTO=sam\nTZ={ZONE}\nHOME=/nowhere\nLD_PRELOAD={clock}\nNO_FAKE_STAT=1\n{CLOCK}""\n'
    _tell(["crontab", "-"], env, around.encode())
    for number, (start, minutes, typed) in enumerate(stretches):
        Path(folder, "now").mkdir()
        for words in typed:
            _tell([sys.executable, "-m", "crmtxt", *words], env)
        crontab = _tell(["crontab", "-l"], env).decode().splitlines()
        crontab = [f'{CLOCK}"@{start}"' if line.startswith(CLOCK) else line for line in crontab]
        _tell(["crontab", "-"], env, "".join(f"{line}\n" for line in crontab).encode())
        faked = {"LD_PRELOAD": clock, "FAKETIME": f"@{start} x{RATE}", "TZ": ZONE, "LANG": "C.UTF-8"}
        cron = subprocess.Popen([daemon, "-f"], env=faked)
        time.sleep(minutes * 60 / RATE + 1)  # half an hour more there, for a busy computer
        cron.terminate()
        cron.wait()
        with suppress(ChildProcessError):  # its jobs are ours now: we are the first process here
            while True:
                os.wait()
        Path(folder, "now").rename(Path(folder, str(number)))


def _settle(folder: Path) -> None:
    sbin = str(Path(_found("cron")).parent)
    for place in (*EMPTY, sbin):
        _tell(["mount", "-t", "tmpfs", "none", place], os.environ)
    _tell(["mount", "--bind", os.devnull, "/etc/crontab"], os.environ)
    crontabs = Path("/var/spool/cron/crontabs")
    crontabs.mkdir()
    shutil.chown(crontabs, group="crontab")
    crontabs.chmod(0o1730)
    sendmail = Path(sbin, "sendmail")
    sendmail.write_text(SENDMAIL.format(folder), encoding="utf-8")
    sendmail.chmod(0o755)


def _tell(words: Sequence[str], env: Mapping[str, str], given: bytes = b"") -> bytes:
    done = subprocess.run(words, input=given, env=dict(env), stdout=subprocess.PIPE, check=True)
    return done.stdout


if __name__ == "__main__":
    _inside(**json.load(sys.stdin))
