"""修补成果。The corrected copy and its table of changes, beside the report: the data stay as they came."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from math import isnan
from pathlib import Path

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.inspection.copies import COPIES
from fangtian.deliver.inspection.page import write_whole
from fangtian.errors import InputError
from fangtian.formats.targets import target_of
from fangtian.formats.writing import Written, write_layers
from fangtian.plan.arrivals import CHANGES_FILE
from fangtian.plan.mended import ChangeRow, Correction

__all__ = ["CHANGES_FILE", "plain_text", "write_changes", "write_copy"]

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
HEADER = ("文件", "图层", "要素", "修改", "修改前面积（m²）", "修改后面积（m²）", "变化（m²）", "X（北）",
          "Y（东）", "相邻要素")  # fmt: skip


def write_copy(folder: Path, file: str, correction: Correction) -> Written:
    """写修补后的数据。In the format of the original where we write it, else as GeoPackage.

    Raises OSError and InputError as :func:`fangtian.formats.writing.write_layers` does; what is there already
    is not ours (see ``copies``) and stays.
    """
    wanted = folder / COPIES / file
    same = wanted.suffix.lower() not in ("", ".zip") and target_of(wanted) is not None
    path = wanted if same else wanted.with_name(f"{wanted.name}.gpkg")  # a.zip and a.kml are two copies
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return write_layers(path, correction.dataset)
    except InputError as error:
        raise InputError([_in_the_way(item, file) for item in error.findings]) from error


def _in_the_way(item: Finding, file: str) -> Finding:
    if item.code != "CNV-target-exists":
        return item
    return finding("CNV-copy-exists", Place(file=file), file=file, name=f"{COPIES}/{item.values['file']}")


def write_changes(folder: Path, changes: Sequence[tuple[str, ChangeRow]]) -> Path:
    """写修改记录。A table that Excel opens: every change of every feature with its areas and its place."""
    path = folder / CHANGES_FILE
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(_cells(file, row) for file, row in changes)
    write_whole(path, text.getvalue().encode("utf-8-sig"))
    return path


def _cells(file: str, row: ChangeRow) -> Iterator[str]:
    yield from (plain_text(name) for name in (file, row.layer, row.feature, row.action))
    yield from (f"{row.before_m2:.4f}", f"{row.after_m2:.4f}", f"{row.after_m2 - row.before_m2:+.4f}")
    yield from ("" if isnan(value) else f"{value:.4f}" for value in (row.north, row.east))
    yield plain_text(row.beside)


def plain_text(name: str) -> str:
    """按文字写出。A name that came with the data, written so that no spreadsheet computes it.

    >>> plain_text("=1+1"), plain_text("A1")
    ("'=1+1", 'A1')
    """
    return f"'{name}" if name.startswith(FORMULA) else name
