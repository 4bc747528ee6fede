"""How far a long command has come: a bar on a terminal, once a third of a second has passed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from typing import TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence
    from typing import TextIO

T = TypeVar("T")
PATIENCE = 0.3  # seconds without a bar


def watched(items: Sequence[T], label: str, stream: TextIO) -> Iterator[T]:
    """Yield the items; a bar on the stream tells how many are left, where that takes longer than a moment."""
    begin, done = time.monotonic(), 0
    while done < len(items) and time.monotonic() - begin < PATIENCE:
        yield items[done]
        done += 1
    if done == len(items):
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=stream), transient=True) as bar:
        task = bar.add_task(label, total=len(items), completed=done)
        for item in items[done:]:
            yield item
            bar.advance(task)
