"""数据检查成果。What ``fangtian check`` leaves behind: a page to read and a layer to open in QGIS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from fangtian.deliver.inspection.page import write_page
from fangtian.deliver.inspection.places import write_places
from fangtian.plan.arrivals import PLACES_FILE, REPORT_FILE
from fangtian.plan.inspected import Inspection

__all__ = ["PLACES_FILE", "REPORT_FILE", "write_inspection"]


def write_inspection(folder: Path, inspection: Inspection, on: date) -> Iterator[Path]:
    """写数据检查成果。检查报告.html, and findings.gpkg where a finding has a place on the ground.

    Raises OSError where the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    placed = write_places(folder / PLACES_FILE, inspection)
    if not placed:
        (folder / PLACES_FILE).unlink(missing_ok=True)
    write_page(folder / REPORT_FILE, inspection, on, PLACES_FILE if placed else "")
    yield folder / REPORT_FILE
    if placed:
        yield folder / PLACES_FILE
