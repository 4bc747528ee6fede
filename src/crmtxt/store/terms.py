"""What was agreed with a customer, from its head and the settings of its type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.measure.health import Terms
from crmtxt.store.cadence import span

if TYPE_CHECKING:
    from crmtxt.settings import BookSettings


def terms_of(settings: BookSettings, cadence: str | None, type_: str | None) -> Terms:
    """Return what was agreed with a customer: its own cadence, else that of its type."""
    own = span(cadence or "")
    return Terms(
        own or span(settings.type_setting(type_, "cadence")), span(settings.type_setting(type_, "answer_within"))
    )
