"""问题图层。``findings.gpkg`` of an inspection: every place that is wrong, to be looked at in QGIS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fangtian.catalog.finding import Finding
from fangtian.deliver.database.findings import placed_findings, placeless_findings, pointed_findings
from fangtian.formats.geopackage import write_geopackage
from fangtian.plan.inspected import Inspection

__all__ = ["write_places"]


def write_places(path: Path, inspection: Inspection) -> bool:
    """写问题图层。Polygons and dots by severity, per coordinate system, rows of the rest; False for no place.

    Shapes whose system is unknown are among the rows.
    """
    by_system: dict[int, list[Finding]] = {}
    rest: list[Finding] = []
    for item in inspection.findings:
        crs = inspection.system(item.place) if item.place.wkb else None
        if crs is None:
            rest.append(replace(item, place=replace(item.place, wkb=None)))
        else:
            by_system.setdefault(crs.epsg, []).append(item)
    layers = [
        replace(layer, name=f"{layer.name}_{epsg}") if len(by_system) > 1 else layer
        for epsg, found in by_system.items()
        for layer in (placed_findings(found, epsg), pointed_findings(found, epsg))
    ]
    if layers:
        write_geopackage(path, layers, [placeless_findings(rest)])
    return bool(layers)
