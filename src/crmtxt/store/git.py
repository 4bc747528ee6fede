"""What is asked of git in a book's own repository: a commit of some paths, the log, who commits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.errors import CrmError
from crmtxt.errors import NotCommittedError
from crmtxt.errors import OutsideError
from crmtxt.store import files
from crmtxt.store.gitcall import Result
from crmtxt.store.gitcall import first_words
from crmtxt.store.gitcall import run
from crmtxt.store.refusals import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence

_ON_INPUT = ("--pathspec-from-file=-", "--pathspec-file-nul")
_UNKNOWN = "did not match any file(s) known to git"
_NOTHING = re.compile(r"^(?:nothing (?:added )?to commit|no changes added to commit)", re.MULTILINE)
_COMMITTED = re.compile(r"^\[.*? ([0-9a-f]{4,64})\] ", re.MULTILINE)


def commit(root: str, paths: Sequence[str], message: str, env: Mapping[str, str], *, new: bool = False) -> str:
    """Commit these paths as they are on disk, and nothing else; return the short hash, "" when nothing differs.

    `new` says that some of them git does not know yet; those that are gone are committed as removed. Other staged work
    stays staged. The user's hooks and signing apply. Control characters in `message` are for the caller to clean.

    Raises:
        NotCommittedError: with git's own words; the files themselves are saved.
    """
    try:
        return _committed(root, paths, message, env, new=new) if paths else ""
    except OutsideError as error:
        hint = f"{error.hint}; what is saved is committed with the next change"
        raise NotCommittedError(error.message, hint) from error


def _committed(root: str, paths: Sequence[str], message: str, env: Mapping[str, str], *, new: bool) -> str:
    if new:
        paths = _known(root, paths, env)
    result = _commit(root, paths, message, env)
    if not new and result.code and _UNKNOWN in result.error:
        paths = _known(root, paths, env)
        result = _commit(root, paths, message, env)
    if result.code:
        if _NOTHING.search(result.out):
            return ""
        raise _not_committed(root, result)
    made = _COMMITTED.search(result.out)
    return made[1] if made else run(root, env, ("rev-parse", "--short", "HEAD")).out.strip()


def _commit(root: str, paths: Sequence[str], message: str, env: Mapping[str, str]) -> Result:
    if not paths:
        return Result(1, "nothing to commit", "")
    text = message.replace("\0", "").encode("utf-8", "replace").decode()
    return run(root, env, ("commit", f"--message={text}", "--cleanup=whitespace", *_ON_INPUT), "\0".join(paths))


def _known(root: str, paths: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """Add the paths that are there to git's index; return them and those of the missing that git knows."""
    there = [path for path in paths if files.exists(f"{root}/{path}")]
    if there:
        result = run(root, env, ("add", *_ON_INPUT), "\0".join(there))
        if result.code:
            raise _not_committed(root, result)
    gone = sorted(set(paths).difference(there))
    if not gone:
        return there
    listed = run(root, env, ("ls-files", "-z", "--with-tree=HEAD", "--", *gone))
    return there + listed.out.split("\0")[:-1]


def init(root: str, env: Mapping[str, str]) -> None:
    """Make a git repository of a folder, and the folder with those above it; raises OutsideError."""
    result = run("/", env, ("init", "--quiet", "--", root))
    if result.code:
        raise OutsideError(
            f"git could not make a repository in {shown(root)}: {first_words(result)}", "see git help init"
        )


def user_email(root: str, env: Mapping[str, str]) -> str:
    """Return the e-mail address git would commit with there, "" when none is set or there is no git."""
    try:
        return run(root, env, ("config", "--get", "user.email")).out.strip()
    except CrmError:
        return ""


def _by_hand(root: str) -> str:
    return f"the files are saved; the next command commits them too, or you: git -C {shown(root)} commit"


def _not_committed(root: str, result: Result) -> NotCommittedError:
    words = first_words(result)
    if "Please tell me who you are" in result.error or "user.email" in result.error:
        hint = 'tell git who you are: git config --global user.name "…" and user.email "…"; the files are saved'
    elif ".lock" in result.error:
        hint = "another git is at work; if none is, remove the lock file it names. The files are saved"
    elif "gitignore" in result.error:
        hint = "git ignores these files: see git check-ignore -v. The files are saved"
    else:
        hint = _by_hand(root)
    return NotCommittedError(f"saved, not committed: git says: {words}", hint)
