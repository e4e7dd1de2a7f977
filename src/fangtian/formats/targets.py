"""目标格式。What each format that ``fangtian convert`` writes can hold, as data.

Writers ask this table before they change anything, the guide prints it, and a test holds the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["TARGETS", "Target", "plain_name", "target_of"]

_ALL = ("polygon", "line", "point", "table")
_NOT_FIRST = "`~!@#$%^&*()+-={}|[]\\:\";'<>?,./ "
_ODD = re.compile(r"\W+")
_WIDE = re.compile("[\U00010000-\U0010ffff]+")
"""Letters of more than two bytes, of which GDAL makes others in the names of a geodatabase."""


@dataclass(frozen=True)
class Target:
    """目标格式。``name`` as people call it, ``kinds`` of layers it holds (of :data:`dataset.KINDS`).

    ``one_file`` holds all layers together; without it every layer gets a file. ``name_bytes`` and
    ``text_bytes`` are the longest field name and text, 0 for no limit; ``taken`` are field names that the
    format keeps for itself. ``dates`` is how a date field is kept: date, moment (with 00:00:00) or text.
    ``aliases``: of fields; ``widths``: text, all or none of the declared widths; ``places``: decimals that
    coordinates are printed or stored with in metres and in degrees, None for every bit.
    """

    name: str
    suffix: str
    kinds: tuple[str, ...] = _ALL
    one_file: bool = True
    name_bytes: int = 0
    text_bytes: int = 0
    taken: tuple[str, ...] = ()
    dates: str = "date"
    aliases: bool = False
    widths: str = "none"
    longest_integer: int = 0
    places: tuple[int, int] | None = None
    codec: str = "utf-8"


TARGETS = {
    ".gdb": Target(
        "FileGDB", ".gdb", name_bytes=60, aliases=True, widths="text", dates="moment", places=(4, 9),
        taken=("objectid", "shape", "fid", "ogc_fid"), longest_integer=15,
    ),
    ".gpkg": Target(
        "GeoPackage", ".gpkg", (*_ALL, "mixed"), aliases=True, widths="text", taken=("fid", "geom"),
        longest_integer=18,
    ),
    ".shp": Target(
        "Shapefile", ".shp", one_file=False, name_bytes=10, text_bytes=254, widths="all",
        longest_integer=18, codec="gbk",
    ),
    ".geojson": Target(
        "GeoJSON", ".geojson", (*_ALL, "mixed"), one_file=False, dates="text", longest_integer=15,
        taken=("id",),
    ),
    ".vct": Target(
        "VCT", ".vct", (*_ALL, "annotation"), widths="all", longest_integer=18, places=(4, 9), codec="gbk",
    ),
    ".txt": Target(
        "界址点坐标 TXT", ".txt", ("polygon",), one_file=False, dates="text", places=(3, 3), codec="gbk",
    ),
}  # fmt: skip
"""目标格式表。By suffix; a zip, or a folder, holds shapefiles."""


def target_of(path: Path) -> Target | None:
    """按名取格式。The format that the name of a target asks for, None if it is none of them.

    >>> target_of(Path("成果.vct")).name, target_of(Path("成果.zip")).name, target_of(Path("成果.dwg"))
    ('VCT', 'Shapefile', None)
    """
    suffix = path.suffix.lower()
    if suffix in ("", ".zip"):
        suffix = ".shp"
    return TARGETS.get(".geojson" if suffix == ".json" else suffix)


def plain_name(name: str, suffix: str) -> str:
    """规范名称。A layer's or field's name without what a format cannot have in names.

    >>> plain_name("地类 图斑", ".gdb"), plain_name("地类 图斑", ".gpkg"), plain_name("2024年", ".gdb")
    ('地类_图斑', '地类 图斑', '_2024年')
    """
    name = "".join(letter for letter in name if letter.isprintable()).strip()
    if suffix in (".gdb", ".shp", ".vct"):
        name = _ODD.sub("_", name)
    if suffix == ".gdb":
        name = _WIDE.sub("_", name)
    if suffix == ".gdb" and (name[:1].isdigit() or name.lower().startswith(("gdb_", "sde_"))):
        name = f"_{name}"
    if suffix == ".gdb" and name.lower() in _RESERVED:
        name = f"{name}_"
    if suffix == ".gpkg":
        name = name.lstrip(_NOT_FIRST)
    if suffix == ".gpkg" and name.lower().startswith(("gpkg_", "sqlite_", "rtree_", "layer_styles")):
        name = f"_{name}"
    return name


_RESERVED = frozenset(
    "add alter and as asc between by column create date delete desc drop exists for from in insert into is "
    "like not null or order select set table update values where".split()
)
