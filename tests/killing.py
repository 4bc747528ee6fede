"""Processes at once, and processes killed at a moment that knows nothing of the program: for storms of every kind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from collections.abc import Iterator

FORK = multiprocessing.get_context("fork")
LONGEST = 120


def all_at_once(*acts: Callable[[], object]) -> None:
    """Run each act in a process of its own, and wait until all have ended well."""
    children = [FORK.Process(target=act) for act in acts]
    for child in children:
        child.start()
    for child in children:
        child.join(LONGEST)
    assert [child.exitcode for child in children] == [0] * len(acts)


def killed_at_random(act: Callable[[int], object], times: int, chance: random.Random) -> Iterator[tuple[int, bool]]:
    """Run `act` with -1, undisturbed, then with 0, 1, 2 … in a process that is killed on the way.

    Yields the number, and whether it was killed. No moment is later than the soonest end seen.
    """
    start = time.monotonic()
    act(-1)
    longest = time.monotonic() - start
    yield -1, False
    for number in range(times):
        wait = chance.random() * longest
        killed = killed_after(wait, partial(act, number))
        if not killed:
            longest = wait
        yield number, killed


def killed_after(seconds: float, act: Callable[[], object]) -> bool:
    """Run `act` in a process that is killed after a while; return whether it was still running."""
    child = os.fork()
    if not child:
        try:
            act()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])
