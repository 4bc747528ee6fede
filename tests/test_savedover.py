"""When an editor saved over what we wrote, and when a person meant what the file says now."""

from __future__ import annotations

from itertools import pairwise

from crmtxt.text.savedover import SavedOver
from crmtxt.text.savedover import Written
from crmtxt.text.savedover import saved_over

START = "---\nname: Acme\nstage: lead\n---\nNotes.\n\n## Log\n\n- 2026-11-01 call: the first\n"
ONE = "- 2026-11-20 call from @jane: worried about going live\n"
TWO = "- 2026-11-21 email to @jane: sent the quote\n"
THREE = "- 2026-11-21 visit: all well again\n"
BY_HAND = "- 2026-11-21 note: typed by hand\n"


def history(*texts: str) -> list[Written]:
    """Return writes that lead from text to text, the latest first."""
    return [Written(*each) for each in pairwise(texts)][::-1]


def lines(now: str, writes: list[Written]) -> list[str] | None:
    found = saved_over(now, writes)
    return [f"{line}\n" for line in found.lines] if found else None


W0, W1, W2 = START, START + ONE, START + ONE + TWO


def test_who_loaded_the_file_before_we_wrote_and_saves_it_after_loses_what_we_wrote() -> None:
    found = saved_over(W0 + BY_HAND, history(W0, W1, W2))
    assert found == SavedOver(W0, W2, (ONE.rstrip(), TWO.rstrip()))


def test_only_what_was_written_after_the_file_was_loaded_is_missing() -> None:
    assert lines(W1 + BY_HAND, history(W0, W1, W2)) == [TWO]


def test_what_we_wrote_last_with_more_by_hand_is_no_loss() -> None:
    assert lines(W2 + BY_HAND, history(W0, W1, W2)) is None
    assert lines(W2, history(W0, W1, W2)) is None


def test_a_line_taken_out_by_somebody_who_has_later_ones_stays_out() -> None:
    assert lines(W0 + TWO + BY_HAND, history(W0, W1, W2)) is None


def test_exactly_an_earlier_version_was_put_there_by_somebody() -> None:
    assert lines(W1, history(W0, W1, W2)) is None
    assert lines(W0, history(W0, W1, W2)) is None


def test_a_line_corrected_continued_or_filled_in_stays_as_it_is_now() -> None:
    for now in (ONE.replace("going", "go"), ONE.replace("live", "live, and the price"), ONE.replace("@jane", "@tom")):
        assert lines(W0 + now + BY_HAND, history(W0, W1)) is None
    bare = "- 2026-11-21 call from @jane:\n"
    assert lines(W0 + bare.replace(":", ": worried"), history(W0, W0 + bare)) is None


def test_another_entry_of_the_same_day_is_no_correction() -> None:
    other = "- 2026-11-21 email to @tom: the minutes of Friday\n"
    assert lines(W0 + other, history(W0, W0 + TWO)) == [TWO]


def test_of_two_equal_lines_the_second_is_missed_too() -> None:
    assert lines(W1 + BY_HAND, history(W0, W1, W1 + ONE)) == [ONE]


def test_another_editors_line_between_two_writes_is_missed_too() -> None:
    writes = [Written(W1 + BY_HAND, W1 + BY_HAND + TWO), Written(W0, W1)]
    assert lines(W1 + THREE, writes) == [BY_HAND, TWO]


def test_what_was_put_back_once_and_is_taken_out_again_stays_out() -> None:
    careless = W0 + BY_HAND
    whole = W1 + BY_HAND
    writes = [Written(careless, whole, restored=True), Written(W0, W1)]
    assert lines(careless + THREE, writes) is None
    assert lines(careless + THREE, [Written(whole, whole + TWO), *writes]) == [ONE, TWO]


def test_a_value_saved_over_is_missed_with_its_line_of_the_log() -> None:
    stage = "- 2026-11-21 stage: lead -> customer\n"
    ours = START.replace("stage: lead", "stage: customer") + stage
    assert lines(W0 + BY_HAND, history(W0, ours)) == ["stage: customer\n", stage]


def test_a_write_that_only_took_something_away_cannot_be_told_from_a_hand_that_put_it_back() -> None:
    assert lines(W1 + BY_HAND, history(W0, W1, W0)) is None


def test_line_ends_and_trailing_blanks_make_no_difference() -> None:
    assert lines((W1 + BY_HAND).replace("\n", " \r\n"), history(W0, W1, W2)) == [TWO]
    assert lines((W2 + BY_HAND).replace("\n", "\r\n"), history(W0, W1, W2)) is None


def test_without_writes_nothing_is_missing() -> None:
    assert lines(W0, []) is None
