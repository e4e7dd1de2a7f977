"""界址点坐标文件。Boundary TXT (报部坐标) by its strict grammar: GBK, CRLF, complete header, closed rings.

A file is a header, then for every plot one row of attributes and the rows of its rings: point number, ring
number, X (north), Y (east with the zone's number in front). Point numbers run on through the rings of a plot;
the row that closes a ring repeats its first point with its number. Reading is in ``boundary_reading``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import shapely

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.formats.boundary_rings import rings_of

__all__ = [
    "HEADER_KEYS",
    "BoundaryFile",
    "BoundaryHeader",
    "BoundaryPlot",
    "boundary_lines",
    "boundary_remarks",
    "plot_name",
    "write_boundary_txt",
]

HEADER_KEYS = (
    "格式版本号", "数据产生单位", "数据产生日期", "坐标系", "几度分带", "投影类型", "计量单位", "带号",
    "精度", "转换参数",
)  # fmt: skip
"""属性描述各项。In the order of the file."""

_SEPARATORS = str.maketrans({",": "，", "@": "＠", "\r": " ", "\n": " ", "\t": " "})
_CODEC, _WIDER = "gbk", "gb18030"


@dataclass(frozen=True)
class BoundaryHeader:
    """属性描述。``zone`` of ``width`` degrees, None where a file does not tell; ``entries`` as read."""

    unit: str = ""
    date: str = ""
    zone: int | None = None
    width: int = 3
    decimals: int = 3
    entries: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BoundaryPlot:
    """地块。``geometry`` polygon in (east with zone prefix, north); ``area`` in hectares as the file says.

    To be written, the geometry must be ``settled`` to the decimals of the file.

    ``count`` of coordinate rows, ``line`` of the attribute row and ``extra`` cells are as read.
    """

    id: str
    name: str
    geometry: Any
    area: Decimal | None = None
    use: str = ""
    land_class: str = ""
    sheet: str = ""
    count: int | None = None
    line: int = 0
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class BoundaryFile:
    """界址点坐标文件。What was read, with remarks that carry line numbers."""

    header: BoundaryHeader
    plots: tuple[BoundaryPlot, ...]
    findings: tuple[Finding, ...] = ()
    encoding: str = ""


def write_boundary_txt(path: Path, header: BoundaryHeader, plots: Sequence[BoundaryPlot]) -> None:
    """写界址点坐标文件。In GBK; in GB18030, which contains it, where a name has a character beyond GBK.

    ``header`` needs its zone. Plots whose geometry is empty are left out; both are told by
    :func:`boundary_remarks`.
    """
    text = "".join(f"{line}\r\n" for line in boundary_lines(header, plots))
    path.write_bytes(text.encode(_WIDER if _rare(text) else _CODEC))


def boundary_remarks(header: BoundaryHeader, plots: Sequence[BoundaryPlot], file: str) -> Iterator[Finding]:
    """写前说明。Characters beyond GBK, and plots too small for the coordinates' decimals."""
    words = header.unit + "".join(plot.id + plot.name + plot.use + plot.land_class for plot in plots)
    rare = _rare(words)
    if rare:
        yield finding("BND-rare-character", Place(file=file), file=file, letters="、".join(rare))
    for plot in plots:
        if plot.geometry.is_empty:
            yield finding("BND-too-small", Place(file=file, feature=plot.id), file=file, plot=plot.id)


def boundary_lines(header: BoundaryHeader, plots: Sequence[BoundaryPlot]) -> Iterator[str]:
    """逐行成文。Header, then every plot; lines without their ends."""
    if header.zone is None:
        raise ValueError("a boundary file says its zone: give the header's zone")
    values = (
        "1.01版本", plot_name(header.unit), header.date, "2000国家大地坐标系", str(header.width),
        "高斯克吕格", "米", str(header.zone), f"{10**-header.decimals:.{header.decimals}f}", ",,,,,,",
    )  # fmt: skip
    yield "[属性描述]"
    yield from (f"{key}={value}" for key, value in zip(HEADER_KEYS, values, strict=True))
    yield "[地块坐标]"
    for plot in plots:
        if not plot.geometry.is_empty:
            rows = int(shapely.get_num_coordinates(plot.geometry))
            area = "" if plot.area is None else f"{plot.area:.4f}"
            words = (plot.id, plot.name, "面", plot.sheet, plot.use, plot.land_class)
            yield ",".join((str(rows), area, *(plot_name(word) for word in words), "@"))
            yield from _rows(plot.geometry, header.decimals)


def plot_name(text: str) -> str:
    """规范文字。A name that cannot be taken for two cells: commas and @ in their full width, one line.

    >>> plot_name("上庄, 下庄@东")
    '上庄， 下庄＠东'
    """
    return text.translate(_SEPARATORS).strip()


def _rows(geometry: Any, decimals: int) -> Iterator[str]:
    first = 1
    for number, ring in enumerate(rings_of(geometry), start=1):
        last = len(ring) - 1
        for index, (east, north) in enumerate(ring.tolist()):
            point = first + (index if index < last else 0)
            yield f"J{point},{number},{north:.{decimals}f},{east:.{decimals}f}"
        first += last


def _rare(text: str) -> list[str]:
    return [] if _encodes(text) else [letter for letter in dict.fromkeys(text) if not _encodes(letter)]


def _encodes(text: str) -> bool:
    try:
        text.encode(_CODEC)
    except UnicodeEncodeError:
        return False
    return True
