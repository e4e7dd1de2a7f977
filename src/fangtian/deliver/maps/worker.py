"""第二进程。Draws the maps that it is asked for on its standard input (see ``crew``)."""

from __future__ import annotations

import pickle
import sys

from fangtian.deliver.maps.crew import draw_titles

__all__ = ["main"]


def main() -> None:
    """绘制。A scene and a paper come in, then one title after the other; lists of drawn maps go out."""
    orders, done = sys.stdin.buffer, sys.stdout.buffer
    scene, paper = pickle.load(orders)  # noqa: S301 - what our own process wrote
    while True:
        try:
            title = pickle.load(orders)  # noqa: S301
        except EOFError:
            return
        pickle.dump(list(draw_titles(scene, [title], paper)), done, protocol=pickle.HIGHEST_PROTOCOL)
        done.flush()


if __name__ == "__main__":
    main()
