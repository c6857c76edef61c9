"""Bars of time on a machine that others use as well."""

import os


def bar(seconds: float) -> float:
    """A bar for a machine that has time for us; where more wants to run than there are cores, as much longer.

    On a quiet machine it is the bar itself. A fixed factor would let a test pass there that is four times too slow.
    """
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
