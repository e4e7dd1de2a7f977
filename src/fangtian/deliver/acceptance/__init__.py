"""验收成果。What ``fangtian accept`` writes: the report, the workbook, the map, the facts; all or nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fangtian.accept import Acceptance
from fangtian.deliver.acceptance.map import TITLE as MAP_TITLE
from fangtian.deliver.acceptance.map import acceptance_map
from fangtian.deliver.acceptance.report import TITLE, acceptance_report
from fangtian.deliver.acceptance.tables import sheets_of
from fangtian.deliver.document.blocks import Figure
from fangtian.deliver.document.word import write_word
from fangtian.deliver.facts_file import write_facts
from fangtian.deliver.json_text import write_json
from fangtian.deliver.maps import sidecar
from fangtian.deliver.maps.draw import draw_map
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.origin import origin_of
from fangtian.deliver.present import decide
from fangtian.deliver.tables.workbook import write_workbook

__all__ = ["FILES", "write_acceptance"]

WORKBOOK, FACTS_FILE = "验收对照表.xlsx", "验收事实.json"
FILES = (
    f"{TITLE}.docx",
    WORKBOOK,
    *(f"{MAP_TITLE}.{kind}" for kind in ("pdf", "png", "json")),
    FACTS_FILE,
)
"""验收成果的文件名。"""


def write_acceptance(
    folder: Path, acceptance: Acceptance, progress: Callable[[str], None] | None = None
) -> tuple[Path, ...]:
    """写出验收成果。Into ``folder``; earlier files of these names are replaced once all are made."""
    tell = progress or (lambda message: None)
    shown, built = decide(acceptance.book), acceptance.built
    origin = replace(origin_of(built), seal=acceptance.book.seal())
    folder.mkdir(parents=True, exist_ok=True)
    tell(f"绘制{MAP_TITLE}")
    scene = Scene(built, decide(built.book), origin)
    drawn = draw_map(scene, acceptance_map(scene, acceptance))
    share = 1.0 if drawn.landscape else 0.85
    figure = Figure(drawn.title, drawn.picture, drawn.anchor, share=share, landscape=drawn.landscape)
    tell(f"写出{TITLE}")
    with tempfile.TemporaryDirectory(prefix=".fangtian-", dir=folder) as made:
        stage = Path(made)
        write_word(stage / f"{TITLE}.docx", acceptance_report(acceptance, shown, origin, figure))
        sheets = sheets_of(acceptance, shown)
        write_workbook(stage / WORKBOOK, sheets, acceptance.book.seal(), origin.plan, origin.unit)
        (stage / f"{MAP_TITLE}.pdf").write_bytes(drawn.pdf)
        (stage / f"{MAP_TITLE}.png").write_bytes(drawn.png)
        write_json(stage / f"{MAP_TITLE}.json", sidecar(drawn))
        write_facts(stage / FACTS_FILE, acceptance.book, shown, origin)
        return tuple((stage / name).replace(folder / name) for name in FILES)
