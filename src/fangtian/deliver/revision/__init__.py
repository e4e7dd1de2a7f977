"""方案调整成果。What ``fangtian diff`` writes: the annex in Word, the map, the facts; all or nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from fangtian.deliver.document.blocks import Figure
from fangtian.deliver.document.word import write_word
from fangtian.deliver.facts_file import write_facts
from fangtian.deliver.json_text import write_json
from fangtian.deliver.maps import sidecar
from fangtian.deliver.maps.draw import draw_map
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.origin import origin_of
from fangtian.deliver.present import decide
from fangtian.deliver.revision.annex import TITLE, annex
from fangtian.deliver.revision.map import TITLE as MAP_TITLE
from fangtian.deliver.revision.map import revision_map
from fangtian.revise import Revision

__all__ = ["FILES", "write_revision"]

FACTS_FILE = "调整事实.json"
FILES = (f"{TITLE}.docx", *(f"{MAP_TITLE}.{kind}" for kind in ("pdf", "png", "json")), FACTS_FILE)
"""方案调整成果的文件名。"""


def write_revision(
    folder: Path, revision: Revision, progress: Callable[[str], None] | None = None
) -> tuple[Path, ...]:
    """写出方案调整成果。Into ``folder``; earlier files of these names are replaced once all are made."""
    tell = progress or (lambda message: None)
    shown, origin = decide(revision.book), origin_of(revision.new)
    folder.mkdir(parents=True, exist_ok=True)
    tell(f"绘制{MAP_TITLE}")
    scene = Scene(revision.new, decide(revision.new.book), origin)
    drawn = draw_map(scene, revision_map(scene, revision))
    figure = Figure(
        drawn.title,
        drawn.picture,
        drawn.anchor,
        share=1.0 if drawn.landscape else 0.85,
        landscape=drawn.landscape,
    )
    tell(f"写出{TITLE}")
    with tempfile.TemporaryDirectory(prefix=".fangtian-", dir=folder) as made:
        stage = Path(made)
        write_word(stage / f"{TITLE}.docx", annex(revision, shown, origin, figure))
        (stage / f"{MAP_TITLE}.pdf").write_bytes(drawn.pdf)
        (stage / f"{MAP_TITLE}.png").write_bytes(drawn.png)
        write_json(stage / f"{MAP_TITLE}.json", sidecar(drawn))
        write_facts(stage / FACTS_FILE, revision.book, shown, origin)
        return tuple((stage / name).replace(folder / name) for name in FILES)
