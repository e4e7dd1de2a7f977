"""隔离哨。The second interpreter in which users' files are read: started, asked, ended, replaced.

A file made to break a reader, or only badly damaged, can crash GDAL, keep it busy for ever or make it ask
for all memory. There it costs one interpreter, which the next file finds replaced.
"""

from __future__ import annotations

import atexit
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Lock, Timer
from typing import IO, Any

from fangtian.formats.guard_task import Answer, Order

__all__ = ["Outpost", "outpost"]

WORKER = (sys.executable or "", "-P", "-m", "fangtian.formats.guard_worker")
START_SECONDS = 120.0
"""An interpreter that has not loaded its libraries by then will not come at all."""
LARGE = 2 * 2**30
IDLE_SECONDS = 10.0
"""After an order of so much memory, an interpreter that is not asked again soon is ended: it would keep what
it has taken. Until then it may have the file at hand for its next layer."""
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows alone has it
_KILLED = -getattr(signal, "SIGKILL", 9)
_GONE = (OSError, EOFError, pickle.PickleError, ValueError, AttributeError, ImportError, IndexError)
"""What a pipe gives whose other end has died, before a pickle or in the middle of one."""
_NOBODY = "http://127.0.0.1:9"
_OFFLINE = {
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"), _NOBODY),
    **dict.fromkeys(("no_proxy", "NO_PROXY"), ""),
    "GDAL_HTTP_PROXY": _NOBODY,
    "PROJ_NETWORK": "OFF",
}
"""A GeoJSON may name a web page as its coordinate system, which GDAL would fetch."""
_LAST_WORDS = 4096
_STARVED = (b"bad_alloc", b"emory")


class Outpost:
    """隔离哨。One second interpreter at a time; any thread may ask."""

    def __init__(self, command: Sequence[str] = WORKER) -> None:
        self._command = command
        self._owner = os.getpid()
        self._lock = Lock()
        self._able = Path(command[0]).stem.lower().startswith("python")
        self._mate: _Mate | None = None
        self._turn = 0
        atexit.register(self.end)

    def ask(self, order: Order) -> Answer | None:
        """执行任务。The answer, within the order's time; None where no interpreter can be started."""
        with self._lock:
            seasoned = self._mate is not None
            answer = self._exchange(order)
            if seasoned and answer and answer.outcome == "crash":
                return self._exchange(order)  # an earlier file may have broken the interpreter
            return answer

    def end(self) -> None:
        """结束。End the second interpreter; the next order starts another."""
        mate, self._mate = self._mate, None
        if mate and self._owner == os.getpid():
            mate.end()

    def _exchange(self, order: Order) -> Answer | None:
        if self._mate is None and self._able:
            self._mate = _started(self._command)
            self._able = self._mate is not None
        if self._mate is None:
            return None
        try:
            answer = self._mate.exchange(order)
        except BaseException:  # interrupted: what is in the pipes belongs to no order any more
            self.end()
            raise
        self._turn += 1
        if self._mate.late or answer.outcome not in ("read", "refused"):
            self.end()
        elif order.memory > LARGE:
            timer = Timer(IDLE_SECONDS, self._rest, (self._turn,))
            timer.daemon = True
            timer.start()
        return answer

    def _rest(self, turn: int) -> None:
        with self._lock:
            if turn == self._turn:
                self.end()


def outpost() -> Outpost:
    """本进程的隔离哨。The one of this process: a forked process must not share its parent's pipes."""
    return _outpost(os.getpid())


@cache
def _outpost(_process: int) -> Outpost:
    return Outpost()


class _Mate:
    """A running interpreter, its pipes, and a folder of its own that goes with it."""

    def __init__(self, command: Sequence[str]) -> None:
        self.late = False
        self._folder = tempfile.mkdtemp(prefix="fangtian-")
        self._noise: IO[bytes] = Path(self._folder, "stderr").open("a+b")
        # What is unpacked on the way lands in the folder. One thread of OpenBLAS takes less memory than ten.
        places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self._folder)
        own = {**places, **_OFFLINE, "OPENBLAS_NUM_THREADS": "1"}
        try:
            self._child = subprocess.Popen(  # noqa: S603 - ourselves
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._noise,
                env={**os.environ, **own},
                creationflags=_NO_WINDOW,
            )
        except OSError:
            self._clear()
            raise

    def ready(self) -> bool:
        """Wait until it has come up; False if it does not."""
        with self._clock(START_SECONDS):
            try:
                return bool(self._receive())
            except _GONE:
                return False

    def exchange(self, order: Order) -> Answer:
        """Send an order and wait for its answer, no longer than it may take."""
        self._noise.truncate(0)
        with self._clock(order.seconds):
            try:
                pickle.dump(order, self._to, protocol=pickle.HIGHEST_PROTOCOL)
                self._to.flush()
                answer = self._receive()
            except _GONE:
                return Answer(self._cause())
        return answer if isinstance(answer, Answer) else Answer("crash")

    def end(self) -> None:
        """End it, whatever it is doing."""
        self._child.kill()
        for pipe in (self._child.stdin, self._child.stdout):
            with suppress(OSError):  # what was still to be sent is lost with its receiver
                pipe.close()  # type: ignore[union-attr]
        self._child.wait()
        self._clear()

    @property
    def _to(self) -> IO[bytes]:
        assert self._child.stdin
        return self._child.stdin

    def _receive(self) -> Any:
        assert self._child.stdout
        return pickle.load(self._child.stdout)  # noqa: S301 - our own process

    @contextmanager
    def _clock(self, seconds: float) -> Iterator[None]:
        timer = Timer(seconds, self._stop)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _stop(self) -> None:
        self.late = True
        self._child.kill()

    def _cause(self) -> str:
        """What it died of."""
        code = self._child.wait()
        if self.late:
            return "slow"
        self._noise.seek(0)
        words = self._noise.read()[-_LAST_WORDS:]
        # Without a word it is killed by a system that is short of memory.
        return "memory" if code == _KILLED or any(word in words for word in _STARVED) else "crash"

    def _clear(self) -> None:
        self._noise.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _started(command: Sequence[str]) -> _Mate | None:
    try:
        mate = _Mate(command)
    except OSError:
        return None
    if mate.ready():
        return mate
    mate.end()
    return None
