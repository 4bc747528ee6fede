"""Feedback pieces: lines `- feedback SUBJECT #theme: text` in the continuation of a log line."""

from __future__ import annotations

import re

from crmtxt.model.line import TOPIC
from crmtxt.model.views import Feedback

PIECE = re.compile(r"^- feedback ([^\s:]+)([^:]*):[ \t]*(.*)$", re.MULTILINE)


def read_feedback(more: str) -> tuple[Feedback, ...]:
    """Return the pieces of feedback in a continuation, in order."""
    if "- feedback " not in more:
        return ()
    return tuple(
        Feedback(subject, tuple(TOPIC.findall(themes)), text.strip()) for subject, themes, text in PIECE.findall(more)
    )
