"""出件任务。What the parts of a build are written from: the dossier, and what follows from it once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from fangtian.catalog.finding import Finding
from fangtian.deliver.charts import draw_charts
from fangtian.deliver.coordinates import CoordinateSheet, coordinate_sheets
from fangtian.deliver.document.annex import annex_grids
from fangtian.deliver.document.blocks import Document, Figure
from fangtian.deliver.document.chapters import Enclosures, Manuscript, compose
from fangtian.deliver.document.desk import Desk
from fangtian.deliver.document.special import SpecialChapter, special_documents, unused_texts
from fangtian.deliver.maps import Crew, DrawnMap, crew_for
from fangtian.deliver.opinion import Opinion, opinions_of
from fangtian.deliver.origin import Origin, origin_of
from fangtian.deliver.present import Presentation, decide
from fangtian.deliver.submission import ChecklistItem, checklist, lacking
from fangtian.deliver.tables import Sheet, all_sheets

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["Progress", "Task", "silent"]

Progress = Callable[[str], None]


def silent(message: str) -> None:
    """无进度。Nobody is watching."""


@dataclass(frozen=True)
class Task:
    """出件任务。Every property is made on first use and shared by all parts.

    ``written`` are the names of the files so far; the checklist of the submission goes by them.
    """

    dossier: Dossier
    paper: str = "A3"
    progress: Progress = silent
    written: list[str] = field(default_factory=list)

    @cached_property
    def presentation(self) -> Presentation:
        """呈现。The displayed value of every fact."""
        return decide(self.dossier.book)

    @cached_property
    def origin(self) -> Origin:
        """来历。What every deliverable says about itself."""
        return origin_of(self.dossier)

    @cached_property
    def opinions(self) -> tuple[Opinion, ...]:
        """评判意见。Judgements in words."""
        return opinions_of(self.dossier.judgements, self.presentation)

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """附表。All sheets as laid out; the workbook and the Word file print the same."""
        return all_sheets(self.dossier.book, self.presentation)

    @cached_property
    def crew(self) -> Crew:
        """制图班。Asked for early, it draws maps while other parts are written; see :meth:`dismiss`."""
        return crew_for(self.dossier, self.presentation, self.origin, self.paper)

    @cached_property
    def maps(self) -> tuple[DrawnMap, ...]:
        """附图。All maps, drawn once for the folder of maps and for the Word files."""
        return tuple(self.crew.draw(self.progress))

    @cached_property
    def charts(self) -> tuple[Figure, ...]:
        """统计图。All charts of the Word files."""
        self.progress("绘制统计图")
        drawn = draw_charts(self.dossier.book, self.presentation)
        return tuple(Figure(chart.title, chart.png, chart.anchor) for chart in drawn)

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """插图。Charts and maps as they are placed in Word files, by anchor."""
        self.crew.work(self.progress)
        charts = self.charts  # drawn while the second process finishes its last map
        maps = (Figure(m.title, m.picture, m.anchor, landscape=m.landscape) for m in self.maps)
        return {figure.anchor: figure for figure in (*charts, *maps)}

    @cached_property
    def manuscript(self) -> Manuscript:
        """书稿。The text of the plan; raises InputError where the planner's words cannot be met."""
        enclosures = Enclosures(self.figures, annex_grids(self.sheets))
        return compose(self.dossier, self.presentation, self.opinions, enclosures)

    @cached_property
    def document(self) -> Document:
        """实施方案。The text with its cover."""
        origin = self.origin
        return Document(
            title=origin.plan,
            subtitle="",
            lines=(("编制单位", origin.unit), ("编制日期", f"{origin.on.year}年{origin.on.month}月")),
            seal=origin.seal,
            blocks=self.manuscript.blocks,
            author=origin.unit,
        )

    @cached_property
    def chapters(self) -> tuple[SpecialChapter, ...]:
        """专章。The special chapters that the facts switch on."""
        return special_documents(self._desk, self.origin, self.figures)

    @cached_property
    def coordinates(self) -> tuple[CoordinateSheet, ...]:
        """坐标文件。Boundary files before they are written."""
        return coordinate_sheets(self.dossier, self.origin)

    @cached_property
    def checklist(self) -> tuple[ChecklistItem, ...]:
        """报送清单。What a submission needs and whether it is there, by the files written so far."""
        return checklist(self.dossier, self.written)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """检查发现。Of the assessment, and of every deliverable that has been made."""
        return (*self.dossier.findings, *self._of_deliverables())

    def make_all(self) -> None:
        """全部备齐。Everything that has findings of its own, so that :attr:`findings` is whole."""
        _ = self.maps, self.manuscript, self.chapters, self.coordinates, self.checklist

    def dismiss(self) -> None:
        """收工。End what still draws, also where a build is broken off."""
        if "crew" in self.__dict__:
            self.crew.dismiss()

    @property
    def _desk(self) -> Desk:
        return Desk(self.dossier, self.presentation, self.opinions, self.figures.keys())

    def _of_deliverables(self) -> Iterator[Finding]:
        made = self.__dict__  # a cached property stands here once it has been asked for
        if "maps" in made:
            yield from (item for drawn in self.maps for item in drawn.findings)
        if "manuscript" in made:
            yield from self.manuscript.findings
        if "chapters" in made:
            yield from (item for chapter in self.chapters for item in chapter.findings)
            yield from unused_texts(self._desk)
        if "coordinates" in made:
            yield from (item for sheet in self.coordinates for item in sheet.findings)
        if "checklist" in made:
            yield from lacking(self.checklist)
