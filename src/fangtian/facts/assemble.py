"""事实编制。From the survey to the book of facts, the ledger behind it and the evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from fangtian.catalog.finding import Finding
from fangtian.facts.book import FactBook
from fangtian.facts.evidence import Evidence, evidence_of
from fangtian.facts.fact import BEFORE, PLANNED
from fangtian.facts.indicators.basic_farmland import basic_farmland
from fangtian.facts.indicators.basics import basics
from fangtian.facts.indicators.changed_land import changed_land
from fangtian.facts.indicators.construction import construction
from fangtian.facts.indicators.contiguity import contiguity
from fangtian.facts.indicators.cultivated import cultivated
from fangtian.facts.indicators.ecology import ecology
from fangtian.facts.indicators.freed_land import freed_land
from fangtian.facts.indicators.funding import funding
from fangtian.facts.indicators.funds import funds
from fangtian.facts.indicators.land_use import land_use
from fangtian.facts.indicators.moved_plots import moved_plots
from fangtian.facts.indicators.moved_quality import moved_quality
from fangtian.facts.indicators.new_farmland import new_farmland
from fangtian.facts.indicators.other_works import other_works
from fangtian.facts.indicators.papers import papers
from fangtian.facts.indicators.planning import planning
from fangtian.facts.indicators.plots import plots
from fangtian.facts.indicators.projects import projects
from fangtian.facts.indicators.rights import rights
from fangtian.facts.indicators.rights_changes import rights_changes
from fangtian.facts.indicators.shares import shares
from fangtian.facts.indicators.special_chapters import special_chapters
from fangtian.facts.indicators.villages import villages
from fangtian.facts.ledger import ledger_of
from fangtian.facts.pieces import Ledger
from fangtian.facts.remarks import remarks
from fangtian.facts.scene import Scene
from fangtian.facts.squaring import squared
from fangtian.plan.model import Survey

__all__ = ["Assembly", "book_of"]

INDICATORS = (
    ("基本信息", basics),
    ("土地利用结构", land_use),
    ("耕地", cultivated),
    ("永久基本农田", basic_farmland),
    ("建设用地", construction),
    ("生态", ecology),
    ("资金", funds),
    ("集中连片", contiguity),
    ("整治地块", plots),
    ("永久基本农田调整地块", moved_plots),
    ("行政村", villages),
    ("比例", shares),
    ("权属调整", rights),
    ("新增耕地位置", new_farmland),
    ("地类变动", changed_land),
    ("永久基本农田调整质量", moved_quality),
    ("既有项目和违法用地", other_works),
    ("权属调整情况", rights_changes),
    ("项目安排", projects),
    ("资金落实", funding),
    ("腾退用地安排", freed_land),
    ("村庄规划情况", planning),
    ("专章编写", special_chapters),
)
WITH_AREAS = tuple(entry for entry in INDICATORS if entry[1] is not contiguity)
"""Patches and their shares are no areas, and dear to find."""

CHANGES = (
    *("agricultural_area", "unused_area", "ecological_area", "eco_redline_area"),
    *("eco_redline_construction_area", "cultivated_patch_count", "pbf_patch_count"),
)


class Assembly(NamedTuple):
    """编制结果。The book, the ledger behind it, the evidence, and what the overlay found wrong."""

    book: FactBook
    ledger: Ledger
    evidence: Evidence
    findings: tuple[Finding, ...]


def _changes(scene: Scene) -> None:
    """After less before, for the headline figures that have both."""
    for scope in scene.areas:
        for key in CHANGES:
            pair = [scene.book.find(key, scope.name, phase) for phase in (PLANNED, BEFORE)]
            both = [fact for fact in pair if fact is not None]
            if len(both) == len(pair):
                scene.book.derive("difference", (f"{key}_change", scope.name, PLANNED), both)


def book_of(survey: Survey, progress: Callable[[str], None] | None = None) -> Assembly:
    """编制事实簿。Overlay once, then every family of indicators on the same ledger; a second time on the
    ledger in whole square metres, which gives the areas as they are printed.

    Raises BalanceError when the overlay does not close, FactError when two figures contradict each other.
    """
    ledger = ledger_of(survey, progress)
    scene = _measured(survey, ledger, progress)
    whole = _measured(survey, squared(ledger), None, WITH_AREAS)
    book = scene.book.printed_as(whole.book)
    return Assembly(book, ledger, evidence_of(scene), remarks(scene))


def _measured(
    survey: Survey,
    ledger: Ledger,
    progress: Callable[[str], None] | None,
    indicators: Sequence[tuple[str, Callable[[Scene], None]]] = INDICATORS,
) -> Scene:
    scene = Scene(survey, ledger, FactBook())
    for title, indicator in indicators:
        if progress:
            progress(f"计算指标：{title}")
        indicator(scene)
    _changes(scene)
    papers(scene)
    return scene
