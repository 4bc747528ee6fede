"""What systemd itself says of the timer we write, and the timer under a real systemd of a user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from crmtxt.model.schedule import Schedule

if TYPE_CHECKING:
    from pathlib import Path

ODD = "50% 'of' \"it\" $HOME ${x} \\n ü;"
BOOK = {
    "crmtxt.yaml": "crmtxt: 1\nteam:\n  sam: {name: Sam}\n",
    "customers/acme.md": "---\nname: Acme\n---\n\n## Next\n\n- [ ] 2026-01-01 call: the offer\n",
}
ALONE = ("unshare", "--mount", "--pid", "--cgroup", "--fork", "--kill-child", "--mount-proc")
MANAGER = """
mount -t tmpfs none /run && mount -t cgroup2 none /sys/fs/cgroup && mkdir -p /run/systemd/system /run/user || exit 9
group=/sys/fs/cgroup/crmtxt-tests
mkdir -p $group && echo $$ > $group/cgroup.procs || exit 9
export XDG_RUNTIME_DIR=/run/user
systemd=/usr/lib/systemd/systemd
[ -x $systemd ] || systemd=/lib/systemd/systemd
$systemd --user > manager.log 2>&1 &
for try in 1 2 3 4 5 6 7 8 9 10; do
    systemctl --user list-timers > /dev/null 2>&1 && break
    [ $try = 10 ] && exit 9
    sleep 0.2
done
"""
TIMER = """
set -e
"$1" -m crmtxt -C "$2" cron install --systemd --exec --yes --for @sam --at 7:05
systemctl --user is-active 'crmtxt-*.timer' > active
systemctl --user list-timers --all > timers
systemctl --user start "$(cd "$XDG_CONFIG_HOME/systemd/user" && echo crmtxt-*.service)"
"$1" -m crmtxt -C "$2" cron status > status
"$1" -m crmtxt -C "$2" cron remove
systemctl --user list-timers --all > removed
systemctl --user exit
wait
echo $$ > /sys/fs/cgroup/cgroup.procs
find $group -depth -type d -exec rmdir {} +
"""


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_units_whatever_the_paths(tmp_path: Path) -> None:
    program = tmp_path / ODD
    program.touch(0o755)
    schedule = Schedule(str(program), "crmtxt-x", (str(program), "-C", ODD), (("XDG_STATE_HOME", str(program)),), 7, 5)
    paths = []
    for ending, text in schedule.units.items():
        paths.append(tmp_path / f"crmtxt-x.{ending}")
        paths[-1].write_text(text, encoding="utf-8")
    verify = ["systemd-analyze", "--user", "--man=no", "verify", *map(str, paths)]
    env = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(verify, capture_output=True, text=True, check=False, env=env)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    when = schedule.units["timer"].partition("OnCalendar=")[2].partition("\n")[0]
    said = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True, check=True).stdout
    assert "Normalized form: *-*-* 07:05:00" in said


def test_a_real_systemd_of_a_user_starts_what_was_installed(tmp_path: Path) -> None:
    if sys.platform != "linux" or os.geteuid() or not (shutil.which("systemctl") and shutil.which("unshare")):
        pytest.skip("takes Linux, root, systemd and unshare")
    root, config = tmp_path / ODD, tmp_path / "config"
    for name, text in BOOK.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (config / "crmtxt").mkdir(parents=True)
    (config / "crmtxt/config.yaml").write_text(f"exec: tee {tmp_path}/given\n", encoding="utf-8")
    env = {**os.environ, "XDG_CONFIG_HOME": str(config), "XDG_STATE_HOME": str(tmp_path / ODD / "state")}
    words = [*ALONE, "sh", "-c", MANAGER + TIMER, "sh", sys.executable, str(root)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=env, cwd=tmp_path)
    if done.returncode in {9, 1} and not (tmp_path / "active").exists():
        pytest.skip(f"systemd does not start in namespaces here: {done.stderr}")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "active").read_text() == "active\n"
    assert "07:05:00" in (tmp_path / "timers").read_text(encoding="utf-8")
    assert "call: the offer" in (tmp_path / "given").read_text(encoding="utf-8")
    assert "never" not in (tmp_path / "status").read_text(encoding="utf-8")
    assert "0 timers" in (tmp_path / "removed").read_text(encoding="utf-8")
