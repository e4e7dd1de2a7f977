"""方案模型。What a plan folder holds once it is read: names, layers, sub-projects, money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from fangtian.catalog.finding import Finding
from fangtian.geo.crs import Crs
from fangtian.geo.layer import Layer
from fangtian.plan.narrative import Narrative
from fangtian.units import Area, Money

if TYPE_CHECKING:
    from fangtian.formats.raster import Elevation

__all__ = [
    "Basics",
    "CashItem",
    "CountyLand",
    "ExistingProject",
    "FundItem",
    "LayerSource",
    "Plan",
    "PlanningApproval",
    "RightsChange",
    "Statement",
    "Subproject",
    "Survey",
    "TableSource",
]


@dataclass(frozen=True)
class LayerSource:
    """图层来源。Where a layer comes from; ``fields`` maps our field name to the file's; ``standin`` says
    in words what a derived stand-in layer was derived from (printed on every deliverable).
    """

    role: str
    path: Path
    layer: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    standin: str = ""


@dataclass(frozen=True)
class TableSource:
    """表格来源。A sheet of an xlsx or a csv file."""

    name: str
    path: Path
    sheet: str = ""


@dataclass(frozen=True)
class PlanningApproval:
    """村庄规划情况。status 已有/调整/新编 and the date of approval."""

    status: str
    approved: date


@dataclass(frozen=True)
class Basics:
    """基本信息。The words of table 1 that no layer holds."""

    center: str = ""
    ownership_adjusted: bool | None = None
    planning: tuple[PlanningApproval, ...] = ()
    features: str = ""
    benefits: str = ""
    negative_list: str = ""


@dataclass(frozen=True)
class Statement:
    """书面说明。What the responsible body (``by``) says of a norm that nothing can compute, with proof."""

    text: str
    by: str = ""
    evidence: tuple[Path, ...] = ()


@dataclass(frozen=True)
class CountyLand:
    """县域土地利用现状。County column of table 1 as filed; missing entries stay None."""

    source: str
    total: Area | None = None
    agricultural: Area | None = None
    cultivated: Area | None = None
    basic_farmland: Area | None = None
    construction: Area | None = None
    unused: Area | None = None
    eco_redline: Area | None = None
    cultivated_grade: Fraction | None = None


@dataclass(frozen=True)
class Plan:
    """实施方案。plan.toml, read and typed; no data file is opened yet.

    ``discount_rate`` for the cash flow; ``join_gap`` metres within which farmland counts as contiguous;
    ``block_sizes`` the thresholds in 亩; ``pbf_designated`` overrides the layer's total where the base
    data cover less than the townships; ``attachments`` item of the submission -> its files;
    ``statements`` and ``reasons`` by the id of the norm that they answer;
    ``boundary_area`` (ellipsoidal or planar) and ``boundary_decimals`` say what boundary files print;
    ``findings`` remarks on plan.toml that do not stop the plan.
    """

    root: Path
    name: str
    unit: str
    regimes: tuple[str, ...]
    outline: str
    base_year: int
    period: tuple[int, int]
    crs: Crs
    county: str
    townships: tuple[str, ...]
    layers: Mapping[str, LayerSource]
    tables: Mapping[str, TableSource]
    basics: Basics = Basics()
    county_land: CountyLand | None = None
    pbf_designated: Area | None = None
    discount_rate: Fraction | None = None
    join_gap: Fraction = Fraction(12)
    block_sizes: tuple[int, ...] = (5, 15, 50, 100, 1000, 10000)
    boundary_area: str = "ellipsoidal"
    boundary_decimals: int = 3
    attachments: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    statements: Mapping[str, Statement] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def build(self) -> Path:
        """成果目录。Where deliverables go."""
        return self.root / "build"

    @property
    def years(self) -> range:
        """实施年度。Every year of the period."""
        return range(self.period[0], self.period[1] + 1)


@dataclass(frozen=True)
class Subproject:
    """子项目。One row of table 7."""

    id: str
    name: str
    kind: str
    department: str
    applicant: str
    approver: str
    location: str
    content: str
    start: int
    acceptance: int
    investment: Money | None = None
    note: str = ""


@dataclass(frozen=True)
class ExistingProject:
    """既有项目。One row of table 3."""

    name: str
    department: str
    applicant: str
    approver: str
    location: str
    plots: str
    status: str
    scale: Area
    investment: Money
    fiscal: Money
    social: Money
    year: int
    note: str = ""


@dataclass(frozen=True)
class FundItem:
    """资金。Amount of one source for one sub-project in one year; ``category`` 财政 or 社会."""

    subproject: str
    year: int
    source: str
    category: str
    amount: Money


@dataclass(frozen=True)
class CashItem:
    """现金流。One income (``inflow``) or expense of one year."""

    year: int
    title: str
    inflow: bool
    amount: Money


@dataclass(frozen=True)
class RightsChange:
    """权属调整。One right to land that passes from one holder to another; one row of the table."""

    type: str
    plots: str
    location: str
    area: Area
    holder_before: str
    holder_after: str
    note: str = ""


@dataclass(frozen=True)
class Survey:
    """调查数据。Everything the folder holds, read and inspected.

    ``layers`` by role, all in the plan's coordinate system, valid or repaired; ``findings`` non-blocking
    remarks collected on the way; ``digests`` file name -> SHA-256 of every input file; ``relief`` the
    heights of the ground for the maps, None where the plan brings no elevation model.
    """

    plan: Plan
    layers: Mapping[str, Layer]
    subprojects: tuple[Subproject, ...]
    existing: tuple[ExistingProject, ...]
    funds: tuple[FundItem, ...]
    cash: tuple[CashItem, ...]
    rights: tuple[RightsChange, ...] = ()
    narratives: tuple[Narrative, ...] = ()
    findings: tuple[Finding, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    relief: Elevation | None = None
