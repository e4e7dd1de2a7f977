"""第二进程。Draws the maps that it is asked for on its standard input (see ``crew``)."""

from __future__ import annotations

import pickle
import sys

from fangtian.deliver.maps.crew import draw_titles

__all__ = ["main"]


def main() -> None:
    """绘制。A scene, titles and a paper come in, drawn maps go out, both pickled by ourselves."""
    scene, titles, paper = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - what our own process wrote
    drawn = list(draw_titles(scene, titles, paper))
    sys.stdout.buffer.write(pickle.dumps(drawn, protocol=pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    main()
