"""问题图层。``findings.gpkg`` of an inspection: every place that is wrong, to be looked at in QGIS."""

from __future__ import annotations

from pathlib import Path

from fangtian.deliver.database.findings import placed_findings, placeless_findings, pointed_findings
from fangtian.formats.geopackage import write_geopackage
from fangtian.plan.inspected import Inspection

__all__ = ["write_places"]


def write_places(path: Path, inspection: Inspection) -> bool:
    """写问题图层。Polygons and dots by severity, and rows of the rest; nothing where no zone is known."""
    if inspection.epsg is None or not any(item.place.wkb for item in inspection.findings):
        return False
    found, epsg = inspection.findings, inspection.epsg
    layers = [placed_findings(found, epsg), pointed_findings(found, epsg)]
    write_geopackage(path, layers, [placeless_findings(found)])
    return True
