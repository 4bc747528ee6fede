"""The repository a book lies in, looked at as files: git is not called, so nothing in it can run."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import NamedTuple

from crmtxt.errors import OutsideError
from crmtxt.store import disk
from crmtxt.store import files
from crmtxt.store import state
from crmtxt.text.gitconfig import Setting
from crmtxt.text.gitconfig import read_settings

GIT = ".git"
_PARTS = ("objects", "refs")
_UNDER_WAY = (
    ("MERGE_HEAD", "a merge"),
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
    ("BISECT_LOG", "a bisect"),
)


class Repository(NamedTuple):
    """Where a repository is: `top` is the folder of its files, `folder` that of git's, `common` what worktrees share.

    `others` are places between the book and `top` that git might take for a repository, and we do not.
    """

    top: str
    folder: str
    common: str
    others: tuple[str, ...] = ()


def find(root: str) -> Repository | None:
    """Return the repository a book lies in, None when there is none."""
    passed: list[str] = []
    for folder in _upwards(disk.real_path(root)):
        place = _git_folder(folder)
        if place:
            return Repository(folder or "/", place, _common(place), tuple(passed))
        passed += _like_one(folder)
    return None


def in_progress(root: str) -> str:
    """Return what git is in the midst of, as in "a merge"; "" when nothing is."""
    found = find(root)
    return next((words for name, words in _UNDER_WAY if found and files.exists(f"{found.folder}/{name}")), "")


def settings(repository: Repository) -> Iterator[tuple[str, list[Setting] | None]]:
    """Yield path and settings of each file git takes this repository's from, None for one that cannot be read."""
    for path in (f"{repository.common}/config", f"{repository.folder}/config.worktree"):
        found = _read(path)
        if found != []:
            yield path, found


def user_email(found: Repository, env: Mapping[str, str]) -> str | None:
    """Return the e-mail address git would commit with, as far as it stands in this repository's files or the user's.

    None when only git can tell: there is none in these files, one includes others, or one cannot be read.
    """
    home = env.get("HOME", "")
    personal = (f"{env.get('XDG_CONFIG_HOME') or f'{home}/.config'}/git/config", f"{home}/.gitconfig")
    read = [*map(_read, personal), *(own for _, own in settings(found))]
    known = [each for own in read for each in own or ()]
    if None in read or any(each.name.startswith(("include.", "includeif.")) for each in known):
        return None
    return dict(known).get("user.email")


def _read(path: str) -> list[Setting] | None:
    """Return the settings in a file, none when there is no such file, None when it cannot be read."""
    try:
        return read_settings((state.read(path) or b"").decode().removeprefix("\ufeff"))
    except (OutsideError, ValueError):
        return None


def remotes(found: Iterable[Setting]) -> set[str]:
    """Return the names of the remotes that have an address."""
    return {each.name[7:-4] for each in found if each.name.startswith("remote.") and each.name.endswith(".url")}


def _upwards(folder: str) -> Iterator[str]:
    """Yield a folder and those above it, "" for the root of the disk."""
    folder = folder.rstrip("/")
    yield folder
    while folder:
        folder, between, _ = folder.rpartition("/")
        if not between:
            return
        yield folder


def _git_folder(top: str) -> str | None:
    """Return the folder git keeps its files in: `.git`, or where the file `.git` of a worktree or submodule points."""
    place = f"{top}/{GIT}"
    pointer = state.peek(place)
    if pointer:
        place = _from(top, pointer.partition("gitdir:")[2].strip())
    if not files.exists(f"{place}/HEAD"):
        return None
    common = _common(place)
    return place if all(files.exists(f"{common}/{part}") for part in _PARTS) else None


def _common(place: str) -> str:
    """Return the folder a worktree shares with its repository; of anything else, its own."""
    pointer = state.peek(f"{place}/commondir").strip()
    return _from(place, pointer) if pointer else place


def _from(folder: str, target: str) -> str:
    return target if target.startswith("/") or target[1:2] == ":" else f"{folder}/{target}"


def _like_one(folder: str) -> list[str]:
    """Return what git might take for a repository in a folder that has none for us: a bare one, or an odd .git."""
    found = [f"{folder}/{GIT}"] if files.exists(f"{folder}/{GIT}") else []
    bare = all(files.exists(f"{folder}/{part}") for part in ("HEAD", *_PARTS))
    return [*found, f"{folder}/HEAD"] if bare else found
