"""数据检查成果。What ``fangtian check`` leaves behind: a page to read and a layer to open in QGIS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from fangtian.deliver.inspection.page import write_page
from fangtian.deliver.inspection.places import write_places
from fangtian.deliver.inspection.workbook import write_workbook
from fangtian.plan.arrivals import LIST_FILE, PLACES_FILE, REPORT_FILE
from fangtian.plan.inspected import Inspection

__all__ = ["LIST_FILE", "PLACES_FILE", "REPORT_FILE", "write_inspection"]


def write_inspection(folder: Path, inspection: Inspection, on: date, *, fix: bool = False) -> Iterator[Path]:
    """写数据检查成果。检查报告.html, 问题清单.xlsx, and findings.gpkg where a finding has a place.

    ``fix``: a corrected copy was asked for, so the page says what became of it.
    Raises OSError where the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    placed = write_places(folder / PLACES_FILE, inspection)
    if not placed:
        (folder / PLACES_FILE).unlink(missing_ok=True)
    write_page(folder / REPORT_FILE, inspection, on, PLACES_FILE if placed else "", fix=fix)
    write_workbook(folder / LIST_FILE, inspection)
    yield folder / REPORT_FILE
    yield folder / LIST_FILE
    if placed:
        yield folder / PLACES_FILE
