"""The real cron daemon runs what `cron install` wrote: at its time, once a day, in silence when nothing is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import crondaemon
from crondaemon import Stretch

if TYPE_CHECKING:
    from pathlib import Path

TEAM = "crmtxt: 1\nteam:\n  sam: {name: Sam}\n"
CUSTOMER = "---\nname: Möbel & Söhne\n---\n\n## Next\n\n- [ ] 2027-03-27 call by @sam: the offer\n"
ODD = "50% 'of' \"it\" $HOME `x` \\% \\\\% ü;"
HOME = "home \\% it's"
NOTHING, SATURDAY, FORWARD, AGAIN, BACK = range(5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / HOME / "config/crmtxt").mkdir(parents=True)
    (tmp_path / HOME / "config/crmtxt/config.yaml").write_text("mail: {to: sam@x.example}\n", encoding="utf-8")
    for name in (ODD, f"{ODD} by mail"):
        (tmp_path / name / "customers").mkdir(parents=True)
        (tmp_path / name / "crmtxt.yaml").write_text(TEAM, encoding="utf-8")
        (tmp_path / name / "customers/moebel.md").write_text(CUSTOMER, encoding="utf-8")
    return tmp_path


def test_a_real_cron_brings_the_digest_once_a_day_and_nothing_when_nothing_is_due(folder: Path) -> None:
    if reason := crondaemon.missing():
        pytest.skip(reason)
    home = folder / HOME
    env = {f"XDG_{name.upper()}_HOME": str(home / name) for name in ("config", "state", "cache")}
    env |= {"HOME": str(home), "PATH": "/usr/bin:/bin"}

    def installed(at: str) -> list[list[str]]:
        install = ["cron", "install", "--for", "@sam", "--yes", "--at", at]
        return [["-C", str(folder / ODD), *install], ["-C", str(folder / f"{ODD} by mail"), *install, "--mail"]]

    stretches = [
        Stretch("2027-03-26 06:58:00", 5, installed("7:00")),
        Stretch("2027-03-27 06:58:00", 5),
        Stretch("2027-03-28 00:55:00", 15, installed("1:30")),  # there is no 1:30 on that day
        Stretch("2027-03-29 01:28:00", 5),
        Stretch("2027-10-31 00:55:00", 130),  # and twice on this
    ]
    mails = crondaemon.run(folder, stretches, env)
    assert mails[NOTHING] == []
    for number in (SATURDAY, FORWARD, AGAIN, BACK):
        by_us, by_cron = sorted(mails[number], key=lambda mail: str(mail["From"]), reverse=True)
        assert (by_us["From"], by_us["Subject"]) == ("sam@x.example", "crmtxt: 1 due: Möbel & Söhne")
        assert by_cron["To"] == "sam"
        plain = by_us.get_body(("plain",))
        assert plain is not None
        days = (f"{stretches[number].start[:10]} · Sam", "Möbel & Söhne", "call: the offer")
        for text in (plain.get_content(), by_cron.get_content()):
            assert all(words in text for words in days), text
    assert len({mail["Message-ID"] for some in mails for mail in some if mail["Message-ID"]}) == 4
