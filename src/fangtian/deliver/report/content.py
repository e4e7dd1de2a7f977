"""报告内容。What the check report says, gathered from the dossier; the template only lays it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fangtian.catalog.finding import Finding, Severity
from fangtian.catalog.quantity import quantities
from fangtian.deliver.present import Presentation
from fangtian.deliver.wording import scope_name, segments
from fangtian.facts.fact import BEFORE, PLANNED, address_of

__all__ = [
    "PLOTS_SHOWN",
    "Compared",
    "FindingGroup",
    "FindingLine",
    "compared",
    "fact_mark",
    "finding_groups",
    "headline_figures",
    "sentence_mark",
]

PLOTS_SHOWN = 10
"""报告列出的证据图斑数。All of them are in findings.gpkg."""

FINDINGS_SHOWN = 12
"""报告每类列出的发现数。All of them are in findings.json and findings.gpkg."""

COMPARED = (
    ("total_area", "total_area_change"),
    ("agricultural_area", "agricultural_area_change"),
    ("cultivated_area", "net_new_cultivated_area"),
    ("cultivated_grade_mean", "quality_grade_gain"),
    ("cultivated_patch_count", "cultivated_patch_count_change"),
    ("cultivated_mean_patch_area", ""),
    ("pbf_area", "pbf_increase_area"),
    ("pbf_grade_mean", ""),
    ("pbf_patch_count", "pbf_patch_count_change"),
    ("construction_area", "construction_area_change"),
    ("unused_area", "unused_area_change"),
    ("ecological_area", "ecological_area_change"),
    ("eco_redline_area", "eco_redline_area_change"),
    ("eco_redline_construction_area", "eco_redline_construction_area_change"),
)
FIGURES = (
    "new_cultivated_area",
    "lost_cultivated_area",
    "net_new_cultivated_area",
    "new_cultivated_ratio",
    "paddy_converted_area",
    "quality_improved_area",
    "pbf_out_area",
    "pbf_in_area",
    "pbf_adjust_ratio",
    "demolition_area",
    "new_construction_area",
    "investment",
    "subproject_count",
    "plot_count",
)
SCOPES = ("pilot_area", "consolidation_area", "project", "townships")


@dataclass(frozen=True)
class Compared:
    """对照行。One indicator before and after; addresses are empty where there is no such fact."""

    term: str
    before: str
    after: str
    change: str


@dataclass(frozen=True)
class FindingLine:
    """同类发现。Findings of one kind and remedy: the first few and how many there are."""

    code: str
    remedy: str
    shown: tuple[Finding, ...]
    count: int


@dataclass(frozen=True)
class FindingGroup:
    """按严重程度分组的发现。"""

    severity: Severity
    lines: tuple[FindingLine, ...]
    count: int


def compared(presentation: Presentation) -> list[tuple[str, list[Compared]]]:
    """前后对照。Headline indicators of both scopes that have a value before or after."""
    return [
        (scope_name(scope), rows)
        for scope in ("pilot_area", "consolidation_area")
        if (rows := list(_compared(scope, presentation)))
    ]


def headline_figures(presentation: Presentation) -> list[tuple[str, str, str]]:
    """主要指标。Term, scope and address of single headline figures, at the first scope that has one."""
    found = []
    for key in FIGURES:
        addresses = ((scope, address_of(key, scope, PLANNED)) for scope in SCOPES)
        here = next(((scope, address) for scope, address in addresses if address in presentation), None)
        if here:
            found.append((quantities()[key].term, scope_name(here[0]), here[1]))
    return found


def finding_groups(findings: Sequence[Finding]) -> list[FindingGroup]:
    """发现分组。By severity, then by kind, worst first."""
    groups = []
    for severity in Severity:
        mine = [item for item in findings if item.severity is severity]
        kinds = sorted({(item.code, item.remedy) for item in mine})
        lines = tuple(_line([item for item in mine if (item.code, item.remedy) == kind]) for kind in kinds)
        if lines:
            groups.append(FindingGroup(severity, lines, len(mine)))
    return groups


def fact_mark(presentation: Presentation, address: str, form: str = "") -> Markup:
    """带标记的数。A displayed value that carries its address, so that it can be read back and checked."""
    if address not in presentation:
        return Markup('<span class="none">—</span>')
    text = presentation.text(address, form)
    return _span(address, form, text)


def sentence_mark(presentation: Presentation, sentence: str) -> Markup:
    """带标记的句子。Words escaped, every number marked with its fact."""
    parts = (
        _span(part.address, part.form, part.text) if part.address else Markup.escape(part.text)
        for part in segments(sentence, presentation)
    )
    return Markup("").join(parts)


def _span(address: str, form: str, text: str) -> Markup:
    if form:
        return Markup('<span data-fact="{}" data-form="{}">{}</span>').format(address, form, text)
    return Markup('<span data-fact="{}">{}</span>').format(address, text)


def _compared(scope: str, presentation: Presentation) -> Iterator[Compared]:
    for key, change in COMPARED:
        before, after = address_of(key, scope, BEFORE), address_of(key, scope, PLANNED)
        if before in presentation or after in presentation:
            unit = presentation[before if before in presentation else after].unit
            term = quantities()[key].term
            yield Compared(
                f"{term}（{unit}）" if unit else term, before, after, address_of(change, scope, PLANNED)
            )


def _line(findings: Sequence[Finding]) -> FindingLine:
    return FindingLine(findings[0].code, findings[0].remedy, tuple(findings[:FINDINGS_SHOWN]), len(findings))
