"""制图班。Draws the maps of a plan in two processes where there is a second core.

The second process is a fresh interpreter that is handed the scene, so nothing is asked of the caller's own
main module, on any system. It begins with the last map as soon as the crew is called, whatever the caller
does meanwhile, and the two go on until they meet. What goes wrong there is drawn here: same bytes.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Thread

from fangtian.deliver.maps.draw import DrawnMap, draw_map
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.themes import THEMES

__all__ = ["Crew", "draw_titles"]

Progress = Callable[[str], None]

WORTH = 3
"""Fewer maps than this are drawn sooner than a second interpreter starts."""
NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows alone has it
WORKER = (sys.executable or "", "-P", "-m", "fangtian.deliver.maps.worker")
_BROKEN = (
    OSError,
    subprocess.SubprocessError,
    pickle.PickleError,
    EOFError,
    ValueError,
    AttributeError,
    ImportError,
)


class Crew:
    """制图班。The maps of ``titles`` from one scene; the second process has begun when this returns."""

    def __init__(
        self, scene: Scene, titles: Sequence[str], paper: str, command: Sequence[str] = WORKER
    ) -> None:
        self._scene, self._titles, self._paper, self._command = scene, titles, paper, command
        self._open = deque(titles)
        self._drawn: dict[str, list[DrawnMap]] = {}
        self._mate: subprocess.Popen[bytes] | None = None
        self._thread: Thread | None = None
        if _two_hands(titles):
            # Packed before the first map is drawn: a scene grows while it is used.
            order = pickle.dumps((scene, paper), protocol=pickle.HIGHEST_PROTOCOL)
            self._thread = Thread(target=self._send, args=(order,), daemon=True)
            self._thread.start()

    def work(self, progress: Progress | None = None) -> None:
        """绘制。Draw what the second process has not begun, until nothing is left to begin."""
        while title := _next(self._open.popleft):
            if progress:
                progress(f"绘制{title}")
            self._drawn[title] = self._draw(title)

    def draw(self, progress: Progress | None = None) -> Iterator[DrawnMap]:
        """绘制全部附图。In the order of the titles; a theme with nothing to show is left out."""
        self.work(progress)
        busy = [title for title in self._titles if title not in self._drawn]
        if self._thread and busy:
            if progress:
                progress(f"绘制{'、'.join(busy)}")
            self._thread.join()
        for title in self._titles:
            # What the other process was to draw and has not is drawn here.
            yield from self._drawn[title] if title in self._drawn else self._draw(title)

    @property
    def ready(self) -> frozenset[str]:
        """已绘图名。Titles of the maps that are done so far."""
        return frozenset(self._drawn)

    def dismiss(self) -> None:
        """解散。End the second process, whatever it is doing."""
        self._open.clear()
        if self._mate:
            self._mate.kill()
        if self._thread:
            self._thread.join()

    def _draw(self, title: str) -> list[DrawnMap]:
        return list(draw_titles(self._scene, [title], self._paper))

    def _send(self, order: bytes) -> None:
        """Keep the second process busy with one map after the other, the last first."""
        try:
            with subprocess.Popen(  # noqa: S603 - ourselves
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=NO_WINDOW,
            ) as self._mate:
                if self._mate.stdin and self._mate.stdout:
                    self._mate.stdin.write(order)
                    while title := _next(self._open.pop):
                        pickle.dump(title, self._mate.stdin)
                        self._mate.stdin.flush()
                        self._drawn[title] = pickle.load(self._mate.stdout)  # noqa: S301 - our own process
        except _BROKEN:
            return  # ``draw`` makes up for it


def draw_titles(scene: Scene, titles: Sequence[str], paper: str) -> Iterator[DrawnMap]:
    """按图名绘制。One after the other, in this process."""
    for title in titles:
        content = THEMES[title](scene)
        if content is not None:
            yield draw_map(scene, content, paper)


def _next(take: Callable[[], str]) -> str:
    """The next title, or nothing where the other hand took the last one."""
    try:
        return take()
    except IndexError:
        return ""


def _two_hands(titles: Sequence[str]) -> bool:
    """Whether there are maps enough, a second core and an interpreter to start."""
    python = Path(sys.executable or "").stem.lower().startswith("python")
    return python and len(titles) >= WORTH and (os.cpu_count() or 1) > 1
