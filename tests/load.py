"""Bars of time on a machine that others use as well."""

import os
import time

TURNS = 3_000_000
TURNS_TAKE = 0.27
"""Processor seconds of so many turns of the emptiest loop, where the bars of work were set and nobody else was."""


def bar(seconds: float) -> float:
    """A bar for a machine that has time for us; where more wants to run than there are cores, as much longer.

    On a quiet machine it is the bar itself. A fixed factor would let a test pass there that is four times too slow.
    """
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def work(seconds: float) -> float:
    """A bar of processor seconds: longer where a core does less in each, because it is slow or two share it."""
    began, turned = time.process_time(), 0
    for turn in range(TURNS):
        turned += turn
    return seconds * max(1.0, (time.process_time() - began) / TURNS_TAKE)
