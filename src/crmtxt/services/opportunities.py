"""Open, move, change and close opportunities: the head says how they stand, the log how they came to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import UsageError
from crmtxt.model import opportunity
from crmtxt.model.change import Change
from crmtxt.model.change import Edit
from crmtxt.model.change import FileEdit
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.model.line import Line
from crmtxt.model.money import parse_money
from crmtxt.model.names import nearest
from crmtxt.model.opportunity import CLOSE
from crmtxt.model.opportunity import CLOSING
from crmtxt.model.opportunity import HEAD
from crmtxt.model.opportunity import LOST
from crmtxt.model.opportunity import OWNER
from crmtxt.model.opportunity import STAGE
from crmtxt.model.opportunity import VALUE
from crmtxt.model.opportunity import WON
from crmtxt.model.opportunity import open_stages
from crmtxt.model.past import past_date
from crmtxt.services.asking import one_of
from crmtxt.services.capture import happened
from crmtxt.services.capture import next_line
from crmtxt.services.choosing import TITLE
from crmtxt.services.headcheck import doubts
from crmtxt.services.headcheck import gate
from crmtxt.services.journal import chain
from crmtxt.services.journal import inserting
from crmtxt.services.writer import echo_next
from crmtxt.settings import MAIN
from crmtxt.store import deals
from crmtxt.store import reads
from crmtxt.text import edit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from crmtxt.services.choosing import Open
    from crmtxt.services.writer import Writer
    from crmtxt.settings import BookSettings

IN_THE_LINE = frozenset({TITLE, STAGE, VALUE, CLOSE, OWNER})  # what the lines of the log say without being asked
ROOM = 54  # characters of a handle that leave room for a number


class NewOpportunity(NamedTuple):
    """What a new opportunity begins with; `following` is a line of Next as typed, `close` an ISO date."""

    title: str
    value: str = ""
    close: str = ""
    stage: str = ""
    owner: str = ""
    following: str = ""
    pipeline: str = ""


def add(writer: Writer, found: reads.Found, new: NewOpportunity, on: str) -> Change:
    """Return the change that opens an opportunity: its entry in the head, its line in the log, its next step."""
    if not new.title.strip() or len(new.title.strip().splitlines()) > 1:
        raise UsageError("an opportunity needs a title of one line", "such as: crmtxt opp add acme 'Renewal 2027'")
    title = edit.one_line(new.title)
    worth = _money(new.value, writer.settings.currency) if new.value else ""
    stages = writer.settings.pipelines[one_of(new.pipeline or MAIN, tuple(writer.settings.pipelines))]
    stage = _known_stage(new.stage, writer.settings) if new.stage else open_stages(stages)[0]
    handle = _free_handle(writer, found, title)
    owner = new.owner or writer.me
    facts = {TITLE: title, STAGE: stage, VALUE: worth, CLOSE: new.close, OWNER: edit.one_line(owner)}
    given = {key: value for key, value in facts.items() if value}
    said = {CLOSE: new.close, OWNER: owner if owner != writer.me else ""}
    line = _line(writer, handle, opportunity.opening(stage, worth, said, title), on)
    remarks = [*doubts(writer.settings, {OWNER: owner}, of_opportunity=True)]
    following = _following(writer, found, handle, new.following, remarks) if new.following else None
    lines = [(LOG, line), *([(NEXT, following)] if following else [])]
    edits: list[Edit] = [lambda text: edit.add_entry(text, (HEAD, handle), given), inserting(lines)]
    close = f"closes {new.close}" if new.close else ""
    told = " · ".join(part for part in (found.name, handle, stage, worth, close) if part)
    after = echo_next(following, found, writer.today) if following else no_next_step(found.handle, handle)
    return Change(
        f"{found.handle}: opportunity {handle} opened at {stage}",
        found.handle,
        (FileEdit(found.path, chain(edits)),),
        (told, *remarks, after),
        entry=line,
        planned=following,
    )


def move(writer: Writer, which: Open, stage: str, on: str) -> Change:
    """Return the change that moves an open opportunity to another stage; one that is there already changes nothing."""
    if stage in CLOSING:
        raise UsageError(f"'{stage}' closes it", f"crmtxt opp {stage} {which.customer.handle} {which.handle}")
    new = _known_stage(stage, writer.settings)
    if new == which.stage:
        return _change(which, f"at {new} already", (), ())
    said = opportunity.step(which.stage, new)
    return _change(which, said, [_setting(which, STAGE, new)], [_step(writer, which, said, on)])


def set_values(writer: Writer, which: Open, given: Mapping[str, str]) -> Change:
    """Return the change that sets what is given of an open opportunity, "" to remove it; known keys are logged."""
    if not given:
        raise UsageError("nothing to set", "write KEY=VALUE, such as: value='14000 EUR', or KEY= to remove it")
    if STAGE in given:
        hint = f"crmtxt opp move {which.customer.handle} {which.handle} {given[STAGE] or 'STAGE'}"
        raise UsageError("a stage is moved, not set", hint)
    values = {key: edit.one_line(value) for key, value in given.items()}
    if values.get(VALUE):
        values[VALUE] = _worth(values[VALUE], which, writer.settings)
    edits = [_setting(which, key, value) for key, value in values.items() if value or key in which.facts]
    logged = [
        _line(writer, which.handle, opportunity.changed(key, which.facts.get(key, ""), value))
        for key, value in values.items()
        if key in opportunity.LOGGED and value != which.facts.get(key, "")
    ]
    keys = [f"{HEAD}.{which.handle}.{key}" for key in values]
    said = ", ".join(f"{key} {value}".rstrip() for key, value in values.items())
    remarks = doubts(writer.settings, values, of_opportunity=True)
    return _change(which, said, [*edits, lambda text: gate(text, keys)], logged, remarks)


def win(writer: Writer, which: Open, value: str, on: str) -> Change:
    """Return the change that closes an opportunity as won, for what it is worth or for another value."""
    worth = _worth(value, which, writer.settings) if value else which.facts.get(VALUE, "")
    text = opportunity.winning(which.stage, worth, which.title, _owner(writer, which))
    return _change(which, f"{WON} {worth}".rstrip(), [_closing(which)], [_end(writer, which, text, on)])


def lose(writer: Writer, which: Open, lessons: dict[str, str], on: str) -> Change:
    """Return the change that closes an opportunity as lost, with its lessons; what was skipped the log line says."""
    lessons = {key: edit.one_line(value) for key, value in lessons.items()}
    text = opportunity.losing(which.stage, which.facts.get(VALUE, ""), lessons, which.title, _owner(writer, which))
    said = ", ".join(f"{key} {value}" for key, value in lessons.items() if value)
    return _change(which, f"{LOST} {said}".rstrip(), [_closing(which)], [_end(writer, which, text, on)])


def no_next_step(customer: str, handle: str) -> str:
    """Return what is said of an opportunity nothing is planned for."""
    return f"no next step yet: crmtxt next {customer} DATE KIND: TEXT for:{handle}"


def _owner(writer: Writer, which: Open) -> str:
    """Return whose one that is closed was, "" where the line says it by who wrote it."""
    owner = which.facts.get(OWNER, "")
    return owner if owner != writer.me else ""


def _end(writer: Writer, which: Open, text: str, on: str) -> Line:
    """Return the line that closes one, with the keys of one's own below it; UsageError for what it cannot carry."""
    own = {key: value for key, value in which.facts.items() if key not in IN_THE_LINE}
    for key, value in own.items():
        if opportunity.own_values(opportunity.own_lines({key: value})) != {key: value}:
            raise UsageError(
                f"a line of the log cannot carry '{key}' of {which.handle}, and it would be lost",
                f"put it down first: crmtxt note {which.customer.handle}, then: crmtxt edit {which.customer.handle}",
            )
    return _step(writer, which, text, on)._replace(more=opportunity.own_lines(own))


def _change(
    which: Open, said: str, edits: Sequence[Edit], lines: Sequence[Line], remarks: Iterable[str] = ()
) -> Change:
    """Return the change of one opportunity with the lines of the log that tell of it."""
    customer = which.customer
    file = FileEdit(customer.path, chain([*edits, inserting([(LOG, line) for line in lines])]))
    summary = f"{customer.handle}: opportunity {which.handle} {said}"
    told = (f"{customer.name} · {which.title} · {said}", *remarks)
    return Change(summary, customer.handle, (file,), told, entry=lines[0] if lines else None)


def _line(writer: Writer, handle: str, text: str, on: str = "") -> Line:
    """Return a line of the log about an opportunity, of today or the past day that words say."""
    day = happened(past_date(on, writer.today) if on else writer.today, writer.today)
    return Line(day.isoformat(), opportunity.KIND, text, subject=handle, by=writer.by)


def _step(writer: Writer, which: Open, text: str, on: str) -> Line:
    """Return the line of a step to another stage; one that would not read back, or is before the latest, is refused."""
    line, read = _line(writer, which.handle, text, on), opportunity.read_move(text)
    if read is None or read.before != which.stage:
        raise UsageError(
            f"the stage '{which.stage}' of {which.handle} is not one word, and the log could not say it",
            f"mend it: crmtxt edit {which.customer.handle}",
        )
    own = (each for each in deals.moves(writer.index, customer=which.customer.id) if each.handle == which.handle)
    steps = [each.date for each in own if (move := opportunity.read_move(each.text)) and move.field == STAGE]
    if steps and line.date < steps[-1]:
        raise UsageError(
            f"{which.handle} came to {which.stage or 'where it is'} on {steps[-1]}, after {line.date}",
            f"give that day or a later one: --on {steps[-1]}",
        )
    return line


def _setting(which: Open, key: str, value: str) -> Edit:
    path = (HEAD, which.handle, key)
    if not value:
        return partial(edit.remove_value, path=path)
    return lambda text: edit.set_value(text, path, value, as_text=key == TITLE)


def _closing(which: Open) -> Edit:
    return lambda text: edit.remove_value(text, (HEAD, which.handle))


def _following(writer: Writer, found: reads.Found, handle: str, typed: str, remarks: list[str]) -> Line:
    line = next_line(typed, writer.setting(found), remarks)
    return line._replace(text=f"{line.text} for:{handle}")


def _free_handle(writer: Writer, found: reads.Found, title: str) -> str:
    """Return a handle made from the title that no opportunity of the customer has, or had."""
    taken = {handle for _, handle in deals.in_heads(writer.index, found.id)}
    taken |= {line.handle for line in deals.moves(writer.index, customer=found.id)}
    first = opportunity.handle_for(title)
    others = (f"{first[:ROOM]}-{number}" for number in range(2, len(taken) + 2))
    return next(handle for handle in (first, *others) if handle not in taken)


def _worth(typed: str, which: Open, settings: BookSettings) -> str:
    """Return money as typed; a bare amount is in the currency the opportunity was in before."""
    before = which.facts.get(VALUE, "").split()[-1:]
    return _money(typed, before[0] if before and before[0].isalpha() else settings.currency)


def _money(typed: str, currency: str) -> str:
    try:
        return str(parse_money(typed, currency))
    except ValueError as error:
        raise UsageError(str(error)) from None


def _known_stage(stage: str, settings: BookSettings) -> str:
    stages = open_stages(settings.pipeline)
    if stage in stages:
        return stage
    near = nearest(stage, stages)
    guess = f"; did you mean '{near}'?" if near else ""
    raise UsageError(f"no opportunity stage '{stage}'{guess}", f"pipeline of this book: {', '.join(stages)}")
