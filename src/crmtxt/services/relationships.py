"""How customers went through the stages of the book: on along the path, away from it, and back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmtxt.measure import pipeline
from crmtxt.model.pipeline import AWAY
from crmtxt.model.pipeline import FunnelStage
from crmtxt.services.detail import rounded
from crmtxt.store import deals

if TYPE_CHECKING:
    from crmtxt.store.index import Index
    from crmtxt.store.selecting import Selection


def funnel(index: Index, selection: Selection, since: str = "", until: str = "") -> list[FunnelStage]:
    """Return the stages of the customers a query selects, of those that began between two days.

    Of dormant and lost, who went on is who came back.
    """
    stages = index.settings.stages
    path = [stage for stage in stages if stage not in AWAY]
    first, last = (date.fromisoformat(each).toordinal() if each else None for each in (since, until))
    cohort = [
        course
        for course in deals.courses(index, selection)
        if (first is None or (course.opened or 0) >= first) and (last is None or (course.opened or last + 1) <= last)
    ]
    passages = [*pipeline.funnel(cohort, path), *pipeline.returns(cohort, [each for each in stages if each in AWAY])]
    return [
        FunnelStage(
            each.stage,
            each.entered,
            each.passed,
            rounded(each.passed / each.entered) if each.entered and each.stage != path[-1] else None,
            each.days,
        )
        for each in passages
    ]
