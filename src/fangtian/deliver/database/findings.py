"""结论图层。``findings.gpkg``: what was judged and found, to be looked at in QGIS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from fangtian.catalog.delivered import delivered
from fangtian.catalog.finding import Finding
from fangtian.deliver.attention import VERDICT_COLOURS, rank
from fangtian.deliver.database.checks import stamp
from fangtian.deliver.database.layers import out_fields
from fangtian.deliver.database.tables import checks_table, seal_table, table_of
from fangtian.deliver.opinion import Opinion
from fangtian.deliver.origin import Origin
from fangtian.formats.geopackage import OutLayer, OutTable, write_geopackage
from fangtian.formats.qgis_style import point_style, polygon_style
from fangtian.geo.crs import crs_of

__all__ = [
    "FINDINGS_LAYER",
    "placed_findings",
    "placeless_findings",
    "pointed_findings",
    "write_findings_layer",
]

FINDINGS_LAYER = "findings.gpkg"

SEVERITY_COLOURS = (
    ("错误", "错误", (179, 38, 30)),
    ("警告", "警告", (176, 98, 0)),
    ("提示", "提示", (31, 95, 168)),
)

Cells = tuple[str | float | None, ...]
Row = tuple[Any, Cells]


def write_findings_layer(
    path: Path, opinions: Sequence[Opinion], findings: Sequence[Finding], origin: Origin, epsg: int
) -> None:
    """写结论图层。Evidence per judgement; findings with a shape, and as rows where there is none."""
    verdicts = [(str(verdict), str(verdict), rgb) for verdict, rgb in VERDICT_COLOURS.items()]
    evidence = polygon_style(verdicts, _field("evidence", "verdict"))
    tables = [
        table_of("judgements", [_judgement_row(opinion) for opinion in opinions]),
        placeless_findings(findings),
        seal_table(origin),
        checks_table(),
    ]
    layers = [_layer("evidence", _evidence(opinions), epsg, evidence), placed_findings(findings, epsg)]
    write_geopackage(path, layers, tables)
    stamp(path)


def placed_findings(findings: Iterable[Finding], epsg: int) -> OutLayer:
    """有图形的发现。Findings with a shape as polygons, coloured by severity."""
    drawn = [(_drawable(item.place.wkb, epsg), _finding_row(item)) for item in findings if item.place.wkb]
    by_severity = polygon_style(SEVERITY_COLOURS, _field("finding_polygons", "severity"))
    return _layer("finding_polygons", drawn, epsg, by_severity)


def pointed_findings(findings: Iterable[Finding], epsg: int) -> OutLayer:
    """发现点位。A dot for every place of every finding: an overlap of a hand's breadth is seen on no map."""
    rows: list[Row] = []
    for item in findings:
        parts = shapely.get_parts(shapely.from_wkb(item.place.wkb)) if item.place.wkb else ()
        rows += [(shapely.point_on_surface(part), _finding_row(item)) for part in parts if not part.is_empty]
    style = point_style(SEVERITY_COLOURS, _field("finding_polygons", "severity"))
    layer = _layer("finding_polygons", rows, epsg, style)
    return replace(layer, name="检查发现点位", title="检查发现（点位）", geometry_type="Point")


def placeless_findings(findings: Iterable[Finding]) -> OutTable:
    """无图形的发现。Findings without a shape as rows."""
    return table_of("finding_rows", [_finding_row(item) for item in findings if not item.place.wkb])


def _drawable(wkb: bytes, epsg: int) -> Any:
    """A point or a line (a self-crossing, an open ring) becomes a patch that can be clicked."""
    shape = shapely.from_wkb(wkb)
    if shapely.get_dimensions(shape) == 2:
        return shape
    return shapely.buffer(shape, 5e-5 if crs_of(epsg).geographic else 5.0, quad_segs=4)


def _evidence(opinions: Iterable[Opinion]) -> list[Row]:
    """In the order in which they are drawn: what needs attention most lies uppermost."""
    low_first = sorted(opinions, key=lambda opinion: -rank(opinion.verdict))
    return [
        (
            shapely.from_wkb(plot.wkb),
            (
                opinion.norm, opinion.instrument, opinion.article, opinion.title, opinion.verdict,
                opinion.sentence, opinion.measured_shown, opinion.limit, _number(opinion.margin_m2),
                plot.layer, plot.feature, plot.area, float(plot.m2), plot.note,
            ),
        )
        for opinion in low_first
        for plot in opinion.plots
    ]  # fmt: skip


def _judgement_row(opinion: Opinion) -> Cells:
    return (
        opinion.norm,
        opinion.instrument,
        opinion.article,
        opinion.title,
        opinion.quote,
        opinion.verdict,
        opinion.scope_title,
        opinion.sentence,
        opinion.measured_shown,
        opinion.limit,
        opinion.margin_shown,
        _number(opinion.margin_m2),
        "；".join(opinion.missing),
        opinion.role,
        "；".join(f"{used.term}：{used.shown}" for used in opinion.given),
    )


def _number(text: str) -> float | None:
    """What is no area has no margin in m²: NULL, not 0."""
    return float(text) if text else None


def _finding_row(item: Finding) -> tuple[str, ...]:
    place = item.place
    return (
        item.code,
        item.severity.chinese,
        item.message,
        place.file,
        place.layer,
        place.feature,
        place.field,
        item.remedy,
    )


def _layer(name: str, rows: Sequence[Row], epsg: int, style: str) -> OutLayer:
    entry = delivered()[name]
    geometry = np.array([shape for shape, _ in rows], dtype=object)
    columns = list(zip(*(row for _, row in rows), strict=True)) or [()] * len(entry.fields)
    named = {field.official: list(values) for field, values in zip(entry.fields, columns, strict=True)}
    return OutLayer(entry.table, entry.title, geometry, named, out_fields(entry), epsg, style)


def _field(layer: str, name: str) -> str:
    return delivered()[layer].official(name)
