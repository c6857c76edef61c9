"""How the interpreter of the web process is set, once, at its start: nothing in it keeps the others waiting for long.

One interpreter serves the loop, the record's threads and the making of views, and only one of them runs at a time.
"""

import gc
import sys
from typing import Final

SWITCH: Final = 0.001
"""Seconds after which a thread that computes must let another one go on; Python's own is 0.005. A batch of the watch
gives its turn away at each statement, and waited that long to get it back each time a view was made meanwhile.
"""
YOUNG: Final = (2_000, 10, 10)
"""New objects before a search for unreachable ones among the youngest, and how many of those before the older are
searched. Rules and record leave hardly any (ten to fifty in a minute of load), a socket that closes some ninety, with
what hangs on them. Searched twenty times as rarely, memory had grown by 67 MB when two thousand had come and gone.
"""


def settle() -> None:
    """Never look through again what was imported and built until now; let threads take turns more often.

    A search through all of it stopped every thread for 130 ms (of processor time, measured), every few seconds under
    load.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*YOUNG)
    sys.setswitchinterval(SWITCH)
