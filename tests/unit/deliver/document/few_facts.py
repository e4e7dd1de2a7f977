"""几项事实。A presentation of a few facts, and readers over it, for tests of texts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from fangtian.deliver.document.blocks import Block, Figure
from fangtian.deliver.document.markdown import Writing, parse
from fangtian.deliver.document.pictures import PictureShelf
from fangtian.deliver.document.reading import Reader
from fangtian.deliver.document.slots import SlotBook
from fangtian.deliver.present import FORMS, Presentation, Shown

NUMBERS = {
    "cultivated_area@pilot_area.before": ("ha", "2006.9009"),
    "cultivated_area@pilot_area.planned": ("ha", "2029.7600"),
    "cultivated_area@consolidation_area.before": ("ha", "606.4738"),
    "class_area[0103]@pilot_area.before": ("ha", "1844.6782"),
    "class_area[0101]@pilot_area.before": ("ha", "12.5000"),
    "class_share[0103]@pilot_area.before": ("percent", "46.18"),
    "new_cultivated_area@plot:XZ-001.planned": ("ha", "3.4567"),
    "investment@project.planned": ("wan", "7283.80"),
    "investment@project.year:2026": ("wan", "2132.62"),
    "discount_rate@project.planned": ("percent", "5.00"),
    "period_years@project.before": ("count", "3"),
    "households@pilot_area.before": ("count", "2344"),
    "base_year@project.before": ("year", "2024"),
}
WORDS = {"project_name@project.before": "某镇全域土地综合整治项目"}
FIGURES = {
    anchor: Figure(anchor.partition(":")[2], b"", anchor)
    for anchor in ("map:位置图", "map:土地利用现状图", "chart:land_structure")
}


def few_facts() -> Presentation:
    shown = {
        address: Shown(text, Decimal(text), FORMS[form].unit, form)
        for address, (form, text) in NUMBERS.items()
    }
    return Presentation({**shown, **{address: Shown(text, None) for address, text in WORDS.items()}})


def reader(root: Path = Path("nowhere"), file: str = "narrative/01-基本情况.md") -> Reader:
    return Reader(file, SlotBook(few_facts()), PictureShelf(root), FIGURES)


def writing(text: str, root: Path = Path("nowhere")) -> Writing:
    return parse(text, reader(root))


def blocks(text: str) -> list[Block]:
    """The blocks of a text in which nothing is wrong."""
    found = writing(text)
    assert not found.findings, [item.message for item in found.findings]
    return [located.block for located in found.blocks]


def codes(found: Writing) -> list[tuple[str, str]]:
    return [(item.code, item.place.field) for item in found.findings]
