"""隔离进程。Does the tasks that come in on its standard input (see ``guard_post``)."""

from __future__ import annotations

import os
import pickle
from typing import IO

from fangtian.formats.guard_task import perform

__all__ = ["main"]


def main() -> None:
    """运行。Orders come in, answers go out on what was standard output, until the input ends.

    The first answer only says that all is loaded. The readers, and the libraries below them, find both
    streams shut: whatever they print is swallowed.
    """
    orders, answers = _taken(0, "rb"), _taken(1, "wb")
    _send("ready", answers)
    while True:
        try:
            order = pickle.load(orders)  # noqa: S301 - what our own process wrote
        except EOFError:
            return
        _send(perform(order), answers)


def _send(value: object, answers: IO[bytes]) -> None:
    pickle.dump(value, answers, protocol=pickle.HIGHEST_PROTOCOL)
    answers.flush()


def _taken(number: int, mode: str) -> IO[bytes]:
    """A standard stream for ourselves alone; nothing is left under its number."""
    ours = os.fdopen(os.dup(number), mode)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, number)
    os.close(nothing)
    return ours


if __name__ == "__main__":
    main()
