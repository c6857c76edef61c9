"""No way of failing puts the words of an exception into a log: they may quote a name, an answer or a row."""

import json
import subprocess
import sys

import pytest

CANARY = "Sam Rivera said something private"

WAYS = {
    "a library with an exception": "logging.getLogger('uvicorn.error').error('went wrong\\n', exc_info=error)",
    "our own log": "structlog.get_logger('x').error('went_wrong', exc_info=error)",
    "our own log, while handling": "raise_and_log()",
    "a task nobody waited for": "asyncio.run(lost_task())",
    "a thread": "run_thread()",
    "the end": "raise error",
}

PROGRAM = """
import asyncio, gc, logging, sys, threading
import structlog
from telekap.logs import configure
configure("info")
error = ValueError(sys.argv[2])

def fail():
    raise error

def raise_and_log():
    try:
        fail()
    except ValueError:
        structlog.get_logger("x").exception("went_wrong")

async def fail_later():
    fail()

async def lost_task():
    task = asyncio.create_task(fail_later())
    await asyncio.sleep(0.01)
    del task
    gc.collect()
    await asyncio.sleep(0.01)

def run_thread():
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

exec(sys.argv[1])
"""


@pytest.mark.parametrize("way", WAYS)
def test_of_an_exception_only_its_kind_and_places_are_written(way: str) -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM, WAYS[way], CANARY], capture_output=True, text=True, timeout=60)

    written = ran.stdout + ran.stderr
    assert CANARY not in written
    assert "ValueError" in written
    lines = [json.loads(line) for line in written.splitlines()]
    assert lines and all(line["level"] in ("error", "critical") for line in lines)
