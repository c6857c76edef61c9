"""Keeps the processes of one installation running, and is itself nothing else: no web, no media, no record, no rule.

Web, media workers and witness are siblings under it, so none of them can take another along: killing web cuts no
picture, a crash in media delays no alarm. Why it is single-threaded and free of asyncio: it must outlive every
mistake in the parts it starts, so it does only what fits on two screens: start, wait, start again, stop.

Signals are *waited for* (``sigtimedwait``), never handled: there is no handler that could interrupt a half-done start.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

FIRST_WAIT: Final = 0.1
"""Seconds before a child is started again; a person should not notice that web died once."""
LONGEST_WAIT: Final = 5.0
"""Seconds; the wait doubles up to this. A child that never starts must not burn a core, nor stay away for minutes."""
HEALTHY_AFTER: Final = 30.0
"""Seconds a child has to run until its earlier deaths are forgotten."""
PATIENCE: Final = 6.0
"""Seconds between SIGTERM and SIGKILL. Web gives its open sockets 5 s (``app.run_web``), then closes the record."""
TURN: Final = 0.2
"""Longest wait of one turn of the loop, seconds; a death or a signal ends it at once."""
REFUSED: Final = 2
"""Exit code of a child that said in one sentence why it cannot run: a new start would only repeat the sentence."""

_WAITED: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
_STOPPING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PR_SET_PDEATHSIG: Final = 1
"""prctl(2). Linux only; elsewhere a killed supervisor leaves its children, which the documentation says."""

log = structlog.get_logger("supervisor")


@dataclass(frozen=True, slots=True)
class Child:
    """One process to keep running. ``output``: file its output is added to, None to share the supervisor's."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    output: Path | None = None


@dataclass(slots=True)
class _Running:
    """A child as the supervisor last saw it. Times are real monotonic seconds."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    start_at: float = 0.0
    starts: int = 0


class Supervisor:
    """Starts children, starts them again when they die, stops them all together.

    ``each_turn`` is called once per turn and must be quick; it sees nothing and decides nothing (the demo uses it to
    print its links as soon as the web answers).
    """

    def __init__(self, children: Sequence[Child], each_turn: Callable[[], None] | None = None) -> None:
        self._running = [_Running(child) for child in children]
        self._each_turn = each_turn
        self._libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def run(self) -> int:
        """Run until told to stop (0) or until a child refuses to run (``REFUSED``). Leaves no process behind."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _WAITED)
        try:
            return self._loop(before)
        finally:
            self._stop_all()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _loop(self, mask: set[int | signal.Signals]) -> int:
        while True:
            now = time.monotonic()
            for running in self._running:
                if running.process is None and now >= running.start_at:
                    self._start(running, mask)
            if (refused := self._bury(time.monotonic())) is not None:
                log.error("child_refused", child=refused.child.name)
                return REFUSED
            if self._each_turn is not None:
                self._each_turn()
            waited = signal.sigtimedwait(_WAITED, self._until_next())
            if waited is not None and waited.si_signo in _STOPPING:
                log.info("stopping", signal=signal.Signals(waited.si_signo).name)
                return 0

    def _until_next(self) -> float:
        """Seconds until the next child is to be started, at most one turn."""
        waits = [running.start_at - time.monotonic() for running in self._running if running.process is None]
        return max(0.0, min([TURN, *waits]))

    def _start(self, running: _Running, mask: set[int | signal.Signals]) -> None:
        parent = os.getpid()

        def in_the_child() -> None:
            # Runs between fork and exec; safe because this process has one thread. The signal mask survives exec,
            # so a child that inherited ours would never hear SIGTERM.
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            if self._libc is not None:
                # SIGKILL, not SIGTERM: whatever the child is doing, nothing may outlive a killed supervisor and hold
                # the record's lock. The record is made to survive exactly this.
                self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
                if os.getppid() != parent:  # the supervisor died before prctl: no signal will ever come
                    os._exit(1)

        running.starts += 1
        running.started = time.monotonic()
        try:
            sink = running.child.output.open("ab") if running.child.output is not None else None
            try:
                running.process = subprocess.Popen(
                    running.child.command,
                    env={**os.environ, **running.child.environment},
                    stdin=subprocess.DEVNULL,
                    stdout=sink,
                    stderr=subprocess.STDOUT if sink is not None else None,
                    preexec_fn=in_the_child,
                    process_group=0,  # Ctrl-C in the terminal reaches the supervisor alone; it decides the order
                )
            finally:
                if sink is not None:
                    sink.close()
        except OSError as problem:  # out of processes or memory: as if the child had died at once
            log.error("child_not_started", child=running.child.name, errno=problem.errno)
            self._start_later(running, time.monotonic())
            return
        log.info("child_started", child=running.child.name, pid=running.process.pid, starts=running.starts)

    def _bury(self, now: float) -> _Running | None:
        """Notice who died and when to start them again; return a child that refused to run."""
        for running in self._running:
            if running.process is None or (code := running.process.poll()) is None:
                continue
            log.warning("child_ended", child=running.child.name, pid=running.process.pid, code=code)
            _kill_group(running.process.pid)  # whatever it started goes with it
            running.process = None
            if code == REFUSED and running.starts == 1:
                # Only at its first start: later a refusal (an address gone, a disk full) must not take down what still
                # works while a client is dosed; it is tried again like any other death.
                return running
            self._start_later(running, now)
        return None

    def _start_later(self, running: _Running, now: float) -> None:
        if now - running.started >= HEALTHY_AFTER:
            running.wait = FIRST_WAIT
        running.start_at = now + running.wait
        running.wait = min(running.wait * 2, LONGEST_WAIT)

    def _stop_all(self) -> None:
        """TERM to all at once, KILL to what is left; returns when none is left."""
        processes = [running.process for running in self._running if running.process is not None]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.error("child_killed", pid=process.pid)
            _kill_group(process.pid)
            process.wait()
        for running in self._running:
            running.process = None


def _kill_group(leader: int) -> None:
    """KILL the process group a child led; nothing happens if it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
