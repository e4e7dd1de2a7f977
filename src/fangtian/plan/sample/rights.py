"""权属调整表。Which rights of the sample change hands: invented holders, the land of its plots."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from fangtian.plan.rights import RIGHTS_COLUMNS
from fangtian.plan.sample.drawing import Plot
from fangtian.units import Area

__all__ = ["write_rights"]

_HOMES, _LEASED = "ZXM-07", "ZXM-01"
"""Sub-projects that clear homesteads, and that merge fields which are leased as a whole afterwards."""


def write_rights(
    folder: Path, plots: list[Plot], places: Mapping[str, str], areas: Mapping[str, Area]
) -> None:
    """写权属调整表。rights.csv, the same bytes every time.

    ``places`` and ``areas``: plot id -> names of its villages, official area.
    """
    rows = []
    for plot in plots:
        kind, before, after = _change(plot, places[plot.id])
        if kind:
            area = f"{areas[plot.id].ha:.4f}"
            rows.append((kind, plot.id, places[plot.id], area, before, after, "示例"))
    text = io.StringIO(newline="")
    header = [column.title for column in RIGHTS_COLUMNS]
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows])
    (folder / "rights.csv").write_bytes(text.getvalue().encode("utf-8-sig"))


def _change(plot: Plot, place: str) -> tuple[str, str, str]:
    """Type of right, holder before and after; "" where nothing changes hands."""
    collective = "、".join(f"{village}股份经济合作社" for village in place.split("、"))
    if plot.kind == "拆旧复垦" and plot.subproject == _HOMES:
        return "宅基地使用权", f"{place}腾退农户（名册另附）", collective
    if plot.kind == "建新" and plot.use == "农民建房":
        return "集体建设用地使用权", collective, f"{place}安置农户（名册另附）"
    if plot.kind == "提质改造" and plot.subproject == _LEASED:
        return "土地承包经营权", f"{place}承包农户（名册另附）", f"{place}承包农户（按整治后地块重新确认）"
    return "", "", ""
