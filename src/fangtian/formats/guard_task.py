"""读取任务。One reading of a user's file, done within limits, and all that can come of it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

from fangtian.catalog.finding import Place, finding
from fangtian.errors import InputError
from fangtian.formats.failures import system_reason
from fangtian.formats.guard_parcel import packed

try:
    import resource
except ImportError:  # Windows has no such limits; that of time holds there too
    resource = None  # type: ignore[assignment]

__all__ = ["READERS", "Answer", "Order", "perform", "reader_of"]

READERS = {
    "list_layers": "fangtian.formats.vector",
    "read_layer": "fangtian.formats.vector",
    "read_dataset": "fangtian.formats.reading",
    "read_elevation": "fangtian.formats.raster",
    "read_sheet": "fangtian.formats.spreadsheet",
}
"""Where each reader lives; loaded when first asked for."""
_SIZES = Path("/proc/self/statm")  # Linux: first the whole address space, in pages


@dataclass(frozen=True)
class Order:
    """读取任务。A reader, its arguments (the path first), and what it may cost in seconds and bytes."""

    reader: str
    arguments: tuple[Any, ...]
    seconds: float
    memory: int


@dataclass(frozen=True)
class Answer:
    """读取结果。``outcome`` and ``value``: "read" and what the reader gives, "refused" and the findings,
    "fault" and where the program failed; or "memory", "slow", "crash" without a value.
    """

    outcome: str
    value: Any = None


def reader_of(name: str) -> Callable[..., Any]:
    """读取函数。One of :data:`READERS`."""
    function: Callable[..., Any] = getattr(import_module(READERS[name]), name)
    return function


def perform(order: Order) -> Answer:
    """执行任务。Read within the limits; whatever happens short of a crash is an answer."""
    read = reader_of(order.reader)
    _limit(order)
    try:
        return Answer("read", packed(read(*order.arguments)))
    except InputError as error:
        # GDAL reports what it could not allocate like any other damage.
        starved = any("memory" in item.values.get("reason", "").lower() for item in error.findings)
        return Answer("memory") if starved else Answer("refused", error.findings)
    except MemoryError:
        return Answer("memory")
    except OSError as error:
        name, reason = order.arguments[0].name, system_reason(error) or type(error).__name__
        return Answer("refused", (finding("FMT-unreadable", Place(file=name), file=name, reason=reason),))
    except Exception as error:  # a reader's bug costs one file, not the inspection of all the others
        return Answer("fault", f"{type(error).__name__} {_origin(error.__traceback__)}")
    finally:
        _limit(None)


def _limit(order: Order | None) -> None:
    """Bind this process to what the order may cost, or release it."""
    if resource is None or not _SIZES.exists():
        return
    size = int(_SIZES.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    _bound(resource.RLIMIT_AS, size + order.memory if order else None)
    # Whoever asked ends what takes too long. If he is gone himself, this does, some time later.
    spent = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _bound(resource.RLIMIT_CPU, int(spent + 4 * order.seconds) + 60 if order else None)


def _bound(kind: int, amount: int | None) -> None:
    _, most = resource.getrlimit(kind)
    free = most == resource.RLIM_INFINITY
    soft = most if amount is None else amount if free else min(amount, most)
    resource.setrlimit(kind, (soft, most))


def _origin(trace: TracebackType | None) -> str:
    """The line of ours that failed, for whoever is to mend it."""
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if "fangtian" in frame.filename]
    return " ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in ours[-1:])
