"""Settling what the sides of a merge disagree about: a choice becomes a change."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import InvalidError
from crmtxt.errors import LockedError
from crmtxt.errors import UsageError
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.line import LOG
from crmtxt.model.names import counted
from crmtxt.services.contested import WHOLE
from crmtxt.services.contested import next_step
from crmtxt.services.contested import which
from crmtxt.services.customers import TEXTS
from crmtxt.services.customers import known_stage
from crmtxt.services.journal import inserting
from crmtxt.services.staging import is_stage
from crmtxt.services.staging import leading_back
from crmtxt.store import merging
from crmtxt.store.rows import customer_rows
from crmtxt.store.rows import settings_rows
from crmtxt.text.conflict import MARK
from crmtxt.text.conflict import blanked
from crmtxt.text.conflict import regions
from crmtxt.text.conflict import settled
from crmtxt.text.decision import BY_HAND
from crmtxt.text.decision import side
from crmtxt.text.decision import stated
from crmtxt.text.disagreement import ENDING
from crmtxt.text.disagreement import REMOVED
from crmtxt.text.document import newline_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from crmtxt.errors import Problem
    from crmtxt.services.contested import Contested
    from crmtxt.services.writer import Writer
    from crmtxt.settings import BookSettings
    from crmtxt.store.book import Book
    from crmtxt.text.conflict import Region
    from crmtxt.text.disagreement import Disagreement

OURS, THEIRS = "ours", "theirs"
LONGEST_SAID = 60
MOST_SAID, MOST_NAMED = 20, 5
BY_ITSELF = "settled by crmtxt's own merge"


class Answer(NamedTuple):
    """What is to stand in the place of a conflict, None to remove the file, and in words what that is."""

    text: str | None
    words: tuple[str, ...]


Answers = dict["Region", Answer]


class Way(NamedTuple):
    """How something is to be settled: ours, theirs, value, edit or merge, and the value."""

    name: str
    value: str = ""


def way(*, ours: bool, theirs: bool, value: str, edit: bool, merge: bool) -> Way | None:
    """Return the one way that was chosen, None without one; UsageError for several."""
    given = {OURS: ours, THEIRS: theirs, "value": bool(value), "edit": edit, "merge": merge}
    chosen = [name for name, is_given in given.items() if is_given]
    if len(chosen) > 1:
        raise UsageError(f"--{chosen[0]} and --{chosen[1]} at once", f"take one of --{', --'.join(given)}")
    return Way(chosen[0], value) if chosen else None


def answers(
    files: Sequence[Contested], by: Way, field: str, settings: BookSettings, rewrite: Callable[[str], str]
) -> dict[str, Answers]:
    """Return the answers that settle some files, or one field of the one file, in one way.

    `rewrite` lets a person change a text. UsageError when a value or an edit is meant for several conflicts.
    """
    if by.name == "merge":
        return {}
    told = {file.path: [which(file, field)] if field else list(file.told) for file in files}
    if field and by.name != "edit":
        for file in files:
            alone(file, *told[file.path])
    if by.name in {OURS, THEIRS}:
        return {file.path: taking(file, told[file.path], by.name) for file in files}
    several = [(file, each) for file in files for each in told[file.path]]
    if by.name == "value" and len(several) > 1:
        file, each = several[0]
        hint = f"say for which, as in: crmtxt resolve {file.name} {each.field} --value …"
        raise UsageError(f"one value for {len(several)} conflicts", hint)
    found: dict[str, Answers] = {}
    for file, each in several:
        if by.name == "value":
            found[file.path] = stating(file, each, by.value, settings)
        elif each.region not in found.setdefault(file.path, {}):
            found[file.path] |= rewriting(file, each, rewrite)
    return found


def asked(
    files: Sequence[Contested], ask: Callable[[str], str | None], rewrite: Callable[[str], str]
) -> dict[str, Answers]:
    """Return the answers a person gives to each conflict, asked one by one; nothing for those they skip."""
    found: dict[str, Answers] = {}
    for file in files:
        mine = found.setdefault(file.path, {})
        for each in file.told:
            if each.region in mine:
                continue
            typed = (ask(f"{each.message}: [o]urs, [t]heirs, [e]dit, [s]kip?") or "").strip().lower()
            if typed in {"o", OURS, "t", THEIRS}:
                together = [other for other in file.told if other.region == each.region]
                mine |= taking(file, together, OURS if typed[0] == "o" else THEIRS)
            elif typed in {"e", "edit"}:
                mine |= rewriting(file, each, rewrite)
    return {path: mine for path, mine in found.items() if mine}


def footer(files: Sequence[Contested], step: str) -> str:
    """Return what the list of conflicts ends with: how many there are, and what settles them."""
    told = [(file.name, each.field) for file in files for each in file.told]
    vanished = sum(file.vanished for file in files)
    if told:
        name, field = told[0]
        ways = f"crmtxt resolve {name} {field} --ours, --theirs, --value VALUE or --edit"
        more = f"; {vanished} more {BY_ITSELF}" if vanished else ""
        return f"{counted(len(told), 'conflict')}; settle one: {ways}{more}"
    if files:
        what = f"{counted(vanished, 'conflict')} {BY_ITSELF}" if vanished else f"{counted(len(files), 'file')} settled"
        return f"{what}; take that: crmtxt resolve --merge"
    return f"nothing to settle; git goes on with: {step}" if step else "nothing to settle"


def ahead(book: Book, found: Mapping[str, Answers], files: Sequence[Contested], before: str) -> list[str]:
    """Return in words what is left once these answers are given, of all `files`; `before` is what git waited for."""
    left = sum(_left(file, found) for file in files)
    if left:
        return [f"{counted(left, 'conflict')} left: crmtxt resolve"]
    step = next_step(book) if before == merging.FINISH else before
    return [f"all is settled; git goes on with: {step}"] if step else []


def taking(file: Contested, told: Sequence[Disagreement], name: str) -> Answers:
    """Return the answers that take one side, `ours` or `theirs`, in some disagreements of a file."""
    answers: Answers = {}
    for each in told:
        value = getattr(each, name)
        if each.region is WHOLE:
            text = None if value is None else file.text
        else:
            text = _of_file(file, partial(side, file.text, each.region, name))
        words = answers[each.region].words if each.region in answers else ()
        answers[each.region] = Answer(text, (*words, f"{each.field}: {_short(value)} ({name})"))
    return answers


def stating(file: Contested, told: Disagreement, value: str, settings: BookSettings) -> Answers:
    """Return the answer that puts another value in the place of both; UsageError for what the book does not know."""
    if told.region is WHOLE:
        raise UsageError(f"{file.path} is there or not", "take --ours or --theirs")
    if told.keys == ("stage",):
        known_stage(value, settings)
    as_text = bool(told.keys) and told.keys[-1] in TEXTS
    text = _of_file(file, partial(stated, file.text, told, value, file.path, as_text=as_text))
    return {told.region: Answer(text, (f"{told.field}: {_short(value)}",))}


def rewriting(file: Contested, told: Disagreement, rewrite: Callable[[str], str]) -> Answers:
    """Return the answer a person writes from the lines of both sides; InvalidError while markers are among them."""
    if told.region is WHOLE:
        raise UsageError(f"{file.path} is there or not", "take --ours or --theirs")
    text = rewrite(file.text[told.region.start : told.region.end])
    if MARK in text or ">>>>>>>" in text:
        raise InvalidError("there are conflict markers left; nothing was written", "keep what is right, without them")
    lines = text if text.endswith("\n") else f"{text}{newline_of(file.text)}"
    return {told.region: Answer(lines, (f"{told.field}: edited",))}


def alone(file: Contested, told: Disagreement) -> None:
    """Refuse to settle a disagreement alone when others stand between the same markers."""
    fields = [each.field for each in file.told if each.region == told.region]
    if len(fields) > 1:
        message = f"{file.path}:{told.region.number}: {' and '.join(fields)} stand in one conflict"
        raise UsageError(message, f"settle them together: name no field, or {BY_HAND}")


def change(found: Mapping[str, Answers], files: Sequence[Contested], writer: Writer) -> Change:
    """Return the change that gives these answers, by path; what merges by itself in these files is taken as well.

    Where the log leads away from a stage that was settled, and nothing else is open, a line leads back to it.
    InvalidError when a file could not be read afterwards.
    """
    edits = [_edit(file, found.get(file.path, {}), writer) for file in files]
    words = [f"{file.name} · {said}" for file in files for said in _said(found.get(file.path, {}), file.vanished)]
    one = files[0].name if len(files) == 1 else ""
    fields = dict.fromkeys(said.partition(":")[0] for each in found.values() for said in _said(each, 0))
    return Change(
        summary=f"{one or f'{len(files)} files'}: resolve {', '.join([*fields][:MOST_NAMED])}".rstrip(),
        customer=one,
        files=tuple(each for each in edits if each),
        understood=tuple(_some(words)),
        settles=tuple(file.path for file in files if not (file.is_removed and file.path not in found)),
    )


def _left(file: Contested, found: Mapping[str, Answers]) -> int:
    """Return how many disagreements of a file have no answer."""
    return sum(each.region not in found.get(file.path, {}) for each in file.told)


def _said(answers: Answers, vanished: int) -> list[str]:
    said = [words for answer in answers.values() for words in answer.words]
    return said + ([f"{vanished} more {BY_ITSELF}"] if vanished else [])


def _some(words: list[str]) -> list[str]:
    """Return as many of them as a person reads."""
    more = len(words) - MOST_SAID
    return words if more <= 0 else [*words[:MOST_SAID], f"… and {more} more"]


def _short(value: str | None) -> str:
    """Return the first line of a value, not too long."""
    first = REMOVED if value is None else value.split("\n")[0]
    return first if len(first) <= LONGEST_SAID else f"{first[:LONGEST_SAID]} …"


def _of_file(file: Contested, make: Callable[[], str]) -> str:
    """Return what is made of a file's text; a refusal names the file."""
    try:
        return make()
    except InvalidError as error:
        raise InvalidError(f"{file.path}: {error.message}", error.hint) from None


def _edit(file: Contested, answers: Answers, writer: Writer) -> FileEdit | None:
    """Return what is to be written in one file, None for nothing."""
    if WHOLE in answers:
        text = answers[WHOLE].text
        if text is None:
            return FileEdit(file.path, lambda _: "", removes=True) if file.seen is not None else None
        return FileEdit(file.path, lambda _: text, creates=True) if file.seen is None else None
    if file.seen is None:
        return None
    result = settled(file.text, {region: answer.text or "" for region, answer in answers.items()})
    _check(file, result, writer.settings)
    stages = [told.keys for told in file.told if told.region in answers and is_stage(told.keys)]
    if stages and not regions(result):
        result = inserting([(LOG, line) for line in leading_back(writer, result, stages)])(result)
    return FileEdit(file.path, partial(_unless_changed, file=file, result=result)) if result != file.seen else None


def _unless_changed(current: str, file: Contested, result: str) -> str:
    if current != file.seen:
        raise LockedError(f"{file.path} was changed meanwhile; nothing was written", "look again: crmtxt resolve")
    return result


def _check(file: Contested, result: str, settings: BookSettings) -> None:
    """Refuse a result that cannot be read where both sides could."""
    found = regions(file.text)
    outer = [region for region in found if not region.inner]
    known = Counter(
        (problem.code, problem.message)
        for theirs in ((), outer)
        for problem in _problems(blanked(file.text, found, theirs=theirs), file.path, settings)
    )
    for problem in _problems(result, file.path, settings):
        if problem.code != "conflict" and (problem.code, problem.message) not in known:
            raise InvalidError.at(problem)


def _problems(text: str, path: str, settings: BookSettings) -> Sequence[Problem]:
    data = text.encode()
    return (customer_rows(data, path, settings) if path.endswith(ENDING) else settings_rows(data, path)).problems
