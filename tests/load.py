"""Bars of time on a machine that others use as well."""

import os
import resource
import subprocess
import sys

IMPORTS = """import asyncio, concurrent.futures, ctypes, decimal, difflib, doctest, email.mime.text, http.server
import logging.config, mailbox, multiprocessing.pool, pydoc, sqlite3, ssl, tarfile, unittest.mock, urllib.request
import xml.dom.minidom, xmlrpc.server, zipfile"""
IMPORTS_TAKE = 0.15
"""Processor seconds of a Python that only imports those, where the bars of work were set and nobody else was."""


def bar(seconds: float) -> float:
    """A bar for a machine that has time for us; where more wants to run than there are cores, as much longer.

    On a quiet machine it is the bar itself. A fixed factor would let a test pass there that is four times too slow.
    """
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def work(seconds: float) -> float:
    """A bar of processor seconds: longer where a core does less in each, because it is slow or two share it.

    Asked of a process that reads and builds modules, as one that starts does: an empty loop in a core's own cache knows
    nothing of a neighbour who fills the rest (seen: the loop at its usual speed beside a start half as fast).
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-I", "-c", IMPORTS], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds * max(1.0, took / IMPORTS_TAKE)
