"""What in a repository could start a program once git is called there, and whether its owner agreed to that.

A folder that arrives with its `.git` may name programs in its settings or bring them as hooks. So before git is called
the settings are read as text. A repository that holds nothing but settings known to be harmless, as every plain clone
does, needs no question; of any other a person is shown what could run, and what was agreed to is kept with its
fingerprint in the user's state folder.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.errors import OutsideError
from crmtxt.model.upkeep import Danger
from crmtxt.store import disk
from crmtxt.store import files
from crmtxt.store import repository
from crmtxt.store import setup
from crmtxt.store import state

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from crmtxt.store.repository import Repository
    from crmtxt.text.gitconfig import Setting

SETTING, HOOK, PLACE = "setting", "hook", "place"
_RECORD = "trusted"
_HOOKS_PATH = "core.hookspath"
_WORKTREE = "core.worktree"
_SAMPLE = ".sample"

# sets, not one pattern: they cost nothing to make at each start
_HARMLESS = frozenset(
    f"{section}.{name}"
    for section, names in {
        "core": "repositoryformatversion filemode bare logallrefupdates ignorecase precomposeunicode symlinks autocrlf"
        " eol safecrlf whitespace quotepath untrackedcache longpaths compression sharedrepository abbrev trustctime"
        " checkstat commitgraph multipackindex",
        "extensions": "objectformat worktreeconfig partialclone refstorage relativeworktrees noop",
        "branch": "autosetupmerge autosetuprebase sort",
        "user": "name email useconfigonly",
        "author": "name email",
        "committer": "name email",
        "init": "defaultbranch",
        "push": "default autosetupremote followtags",
        "pull": "rebase ff",
        "fetch": "prune prunetags",
        "merge": "ff conflictstyle renames renamelimit log stat crmtxt.name",
        "rerere": "enabled",
        "rebase": "autostash",
        "gc": "auto",
        "log": "date",
        "lfs": "repositoryformatversion",
    }.items()
    for name in names.split()
)
_HARMLESS_OF_EACH = {
    "advice": None,
    "color": None,
    "remote": frozenset(("fetch", "push", "tagopt", "prune", "prunetags", "promisor", "partialclonefilter", "mirror")),
    "branch": frozenset(("merge", "rebase", "description")),
}
_NOT_SIGNED = re.compile(r"(?:commit|tag)\.gpgsign")
_FALSE = frozenset({"false", "no", "off", "0", ""})
_ADDRESS = re.compile(r"remote\.[^\n]*\.(?:url|pushurl)")
_REMOTE = re.compile(r"branch\.[^\n]*\.(?:remote|pushremote)|remote\.pushdefault")
_SERVER = re.compile(r"(?:https?|ssh|git|git\+ssh|ssh\+git)://[^\s\x00-\x1f-][^\s\x00-\x1f]*")
_SCP = re.compile(r"(?:[\w.-]+@)?[A-Za-z0-9][\w.-]+:(?!:)[^\s\x00-\x1f]+")
_MOVING = ("/proc/", "/dev/", "/sys/")


def dangers(root: str) -> tuple[Danger, ...]:
    """Return what could start a program when git is called in the book's repository, nothing where there is none."""
    found = repository.find(root)
    return tuple(_dangers(found)) if found else ()


def agreed(folder: str, found: Sequence[Danger]) -> bool:
    """Say whether exactly this was agreed to, by the record in the book's state folder."""
    return bool(found) and state.peek(f"{folder}/{_RECORD}").strip() == fingerprint(found)


def agree(folder: str, found: Iterable[Danger]) -> None:
    """Keep in the book's state folder, under its lock, that this was agreed to."""
    state.write(f"{folder}/{_RECORD}", f"{fingerprint(found)}\n".encode())


def revoke(folder: str) -> None:
    """Forget what was agreed to."""
    state.remove(f"{folder}/{_RECORD}")


def fingerprint(found: Iterable[Danger]) -> str:
    """Return what changes when anything of it does: a setting, the content of a hook, one more of them."""
    return files.digest("\0".join(part for danger in found for part in danger).encode("utf-8", "replace")).hex()


def of_settings(settings: Iterable[Setting], path: str, top: str, remotes: set[str]) -> Iterator[Danger]:
    """Yield the settings of a file not known to be harmless; `remotes` are the names that have an address."""
    for name, value in settings:
        if _is_harmless(name) or (_NOT_SIGNED.fullmatch(name) and value.lower() in _FALSE):
            continue
        if _ADDRESS.fullmatch(name) and is_plain_address(value, top):
            continue
        if _REMOTE.fullmatch(name) and (value == "." or value in remotes):
            continue
        if name == setup.DRIVER and setup.is_ours(value, top):
            continue
        yield Danger(SETTING, name, value, path)


def _is_harmless(name: str) -> bool:
    """Say whether a setting starts no program, whatever its value."""
    section, _, rest = name.partition(".")
    if name in _HARMLESS or section not in _HARMLESS_OF_EACH:
        return name in _HARMLESS
    keys = _HARMLESS_OF_EACH[section]
    return keys is None or ("." in rest and rest.rpartition(".")[2] in keys)


def is_plain_address(address: str, top: str) -> bool:
    """Say whether an address starts no program but git's own and ssh: a server, or a full path outside this folder.

    A path inside could be a repository with hooks of its own, and so could one that means another place for each
    process.
    """
    local = address.removeprefix("file://")
    if local.startswith("/"):
        real = f"{disk.real_path(local)}/"
        inside = f"{real}/".startswith(f"{top.rstrip('/')}/")
        return not inside and not f"{local}/".startswith(_MOVING) and not real.startswith(_MOVING)
    return bool(_SERVER.fullmatch(address) or ("://" not in address and _SCP.fullmatch(address)))


def _dangers(found: Repository) -> Iterator[Danger]:
    yield from (Danger(PLACE, "another repository", "", path) for path in found.others)
    read = list(repository.settings(found))
    yield from (Danger(SETTING, "a file that cannot be read", "", path) for path, settings in read if settings is None)
    known = {path: settings for path, settings in read if settings is not None}
    remotes = repository.remotes(each for settings in known.values() for each in settings)
    folders = [f"{found.common}/hooks"]
    for path, settings in known.items():
        for danger in of_settings(settings, path, found.top, remotes):
            if danger.name == _WORKTREE and disk.real_path(_below(found.folder, danger.value)) == found.top:
                continue
            if danger.name == _HOOKS_PATH:
                folders.append(_below(found.top, danger.value))
            yield danger
    for folder in folders:
        yield from _hooks(folder)
    borrowed = f"{found.common}/objects/info/alternates"
    if files.exists(borrowed):
        yield Danger(PLACE, "objects of another repository", state.peek(borrowed).strip(), borrowed)


def _hooks(folder: str) -> Iterator[Danger]:
    """Yield the hooks of a folder; the samples every repository is made with are none."""
    try:
        names = sorted(state.names(folder))
    except OutsideError:
        yield Danger(PLACE, "hooks that cannot be read", "", folder)
        return
    for name in names:
        if not name.endswith(_SAMPLE):
            yield Danger(HOOK, name, "", f"{folder}/{name}", _digest(f"{folder}/{name}"))


def _digest(path: str) -> str:
    try:
        return files.digest(state.read(path) or b"").hex()
    except OutsideError:
        return ""


def _below(folder: str, target: str) -> str:
    return target if target.startswith(("/", "~")) else f"{folder}/{target}"
