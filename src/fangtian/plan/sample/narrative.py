"""示例文字。The planner's own words for a few chapters of the sample; the others show the drafts."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fangtian.plan.narrative import FOLDER, chapter_file, chapters_of
from fangtian.plan.sample.names import VILLAGES
from fangtian.plan.sample.profile import write_profile
from fangtian.plan.sample.terrain import Relief

__all__ = ["write_narrative"]

OUTLINE = "outline-2021"
_ROWS = "@@VILLAGES@@"
_COLUMNS = ("village_names", "village_types", "households", "total_area", "cultivated_area", "pbf_area")


def write_narrative(root: Path, relief: Relief) -> None:
    """写示例文字。One file per chapter that has words, and the picture that the first one shows."""
    titles = chapters_of(OUTLINE)
    folder = files("fangtian.plan.sample").joinpath("narrative")
    (root / FOLDER / "pictures").mkdir(parents=True, exist_ok=True)
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".md"):
            chapter = int(entry.name.removesuffix(".md"))
            text = entry.read_text(encoding="utf-8").replace(_ROWS, _villages())
            path = root / chapter_file(chapter, titles[chapter])
            path.write_text(text, encoding="utf-8", newline="\n")
    write_profile(root / FOLDER / "pictures" / "profile.png", relief)


def _villages() -> str:
    """The rows of the table of villages; every cell is a fact."""
    keys = (*_COLUMNS, "construction_area")
    return "\n".join(
        f"| {' | '.join(f'{{{{ {key}@village:{village.code}.before }}}}' for key in keys)} |"
        for village in VILLAGES
    )
