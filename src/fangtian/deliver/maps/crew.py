"""制图班。Draws the maps of a plan, half of them in a second process where there is a second core.

The second process is a fresh interpreter that is handed the scene, so nothing is asked of the caller's own
main module, on any system. Whatever goes wrong there, its maps are drawn here instead: same bytes.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from fangtian.deliver.maps.draw import DrawnMap, draw_map
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.themes import THEMES

__all__ = ["draw_all", "draw_titles", "drawn_elsewhere", "packed"]

Progress = Callable[[str], None]

WORTH = 3
"""Fewer maps than this are drawn sooner than a second interpreter starts."""
SHARE = 0.43
"""Of the maps, what the second process takes: it starts a little later."""
NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows alone has it
WORKER = "fangtian.deliver.maps.worker"
_BROKEN = (
    OSError,
    subprocess.SubprocessError,
    pickle.PickleError,
    EOFError,
    ValueError,
    AttributeError,
    ImportError,
)


def draw_all(
    scene: Scene, titles: Sequence[str], paper: str, progress: Progress | None = None
) -> Iterator[DrawnMap]:
    """绘制全部附图。In the order of ``titles``; a theme with nothing to show is left out."""
    away = _sent_away(titles)
    here = titles[: len(titles) - len(away)]
    with ThreadPoolExecutor(max_workers=1) as pool:
        # Packed before the first map is drawn: a scene grows while it is used.
        waiting = pool.submit(drawn_elsewhere, packed(scene, away, paper)) if away else None
        for title in here:
            yield from _told(scene, [title], paper, progress)
        yield from _collected(waiting, (scene, away, paper), progress)


def draw_titles(scene: Scene, titles: Sequence[str], paper: str) -> Iterator[DrawnMap]:
    """按图名绘制。One after the other, in this process."""
    for title in titles:
        content = THEMES[title](scene)
        if content is not None:
            yield draw_map(scene, content, paper)


def packed(scene: Scene, titles: Sequence[str], paper: str) -> bytes:
    """打包任务。What the second process is sent."""
    return pickle.dumps((scene, tuple(titles), paper), protocol=pickle.HIGHEST_PROTOCOL)


def drawn_elsewhere(order: bytes) -> list[DrawnMap] | None:
    """另一进程绘制。The maps from a second interpreter; None where that fails, for whatever reason."""
    try:
        command = [sys.executable, "-P", "-m", WORKER]
        run = subprocess.run(  # noqa: S603 - ourselves
            command, input=order, capture_output=True, check=True, creationflags=NO_WINDOW
        )
        drawn = pickle.loads(run.stdout)  # noqa: S301 - what our own process wrote
    except _BROKEN:
        return None
    return drawn if isinstance(drawn, list) else None


def _told(scene: Scene, titles: Sequence[str], paper: str, progress: Progress | None) -> Iterator[DrawnMap]:
    for title in titles:
        if progress:
            progress(f"绘制{title}")
        yield from draw_titles(scene, [title], paper)


def _collected(
    waiting: Future[list[DrawnMap] | None] | None,
    order: tuple[Scene, Sequence[str], str],
    progress: Progress | None,
) -> Iterator[DrawnMap]:
    if waiting is None:
        return
    scene, titles, paper = order
    if progress:
        progress(f"绘制{'、'.join(titles)}")
    drawn = waiting.result()
    yield from drawn if drawn is not None else draw_titles(scene, titles, paper)


def _sent_away(titles: Sequence[str]) -> Sequence[str]:
    """The last of the maps, if there is a second core and an interpreter to start."""
    python = Path(sys.executable or "").stem.lower().startswith("python")
    if not python or len(titles) < WORTH or (os.cpu_count() or 1) < 2:
        return ()
    return titles[len(titles) - max(1, round(len(titles) * SHARE)) :]
