"""How git is told about the merge of customer files: the name in .gitattributes and the line in its configuration."""

from __future__ import annotations

DRIVER_NAME = "crmtxt"  # merge=crmtxt in .gitattributes, merge.crmtxt.driver in the configuration
DRIVER_TITLE = "customer files, merged by meaning"  # merge.crmtxt.name
PROGRAM = "crmtxt-merge"

# 0: merged, 3: merged but for the disagreements marked. Whatever else happens, even no such program, git's own merge
# of lines is run: a driver that fails would leave our side without a mark, and the next commit drop the other.
_LINE = (
    "{program} %O %A %B %P %L; case $? in 0) exit 0;; 3) exit 1;; esac; "
    "git merge-file -q --marker-size=%L -L ours -L base -L theirs %A %O %B"
)


def driver_line(program: str) -> str:
    """Return the value of merge.crmtxt.driver, which git hands to a shell; `program` is a path or a bare name."""
    from shlex import quote

    return _LINE.format(program=quote(program).replace("%", "%%"))
