"""坐标系声明。What a file says about its coordinate system, as an EPSG code and a name."""

from __future__ import annotations

import re
import unicodedata

import pyproj
from pyproj.exceptions import CRSError

__all__ = ["declared_crs", "named_crs"]

_GEOGRAPHIC = 4490
_TWO_WIDTHS = range(4534, 4555)  # plain 3° zones: 6° zones share meridians with them, the name decides
_CGCS2000_DATUM = (
    "china_2000",
    "china 2000",
    "cgcs2000",
    "cgcs_2000",
    "china geodetic coordinate system 2000",
)
_OLD_DATUMS = {
    "1980西安坐标系": ("xian", "xi'an", "西安"),
    "1954年北京坐标系": ("beijing", "北京"),
}
_OFFSETS = {(6, True): 4478, (6, False): 4489, (3, True): 4488, (3, False): 4509}
_ZONES = {6: range(13, 24), 3: range(25, 46)}


def declared_crs(definition: str | None) -> tuple[int | None, str]:
    """声明的坐标系。``(EPSG code or None, name)`` of an authority code or WKT; ``(None, "")`` of nothing.

    ArcGIS writes CGCS2000 zones under names of its own and 1985 heights on top; both resolve to the plain
    horizontal EPSG code from datum, central meridian and false easting. Heights are left out.

    >>> declared_crs("EPSG:4523")
    (4523, 'CGCS2000 / 3-degree Gauss-Kruger zone 35')
    >>> declared_crs(None)
    (None, '')
    """
    if not definition:
        return None, ""
    try:
        crs = pyproj.CRS.from_user_input(definition)
    except CRSError:
        return None, definition[:60]
    while crs.is_compound or crs.is_bound:
        crs = crs.sub_crs_list[0] if crs.is_compound else crs.source_crs  # type: ignore[assignment]
    resolved = _cgcs2000_code(crs)
    if resolved is None or resolved in _TWO_WIDTHS:  # asking the registry for unknown names takes 0.5 s
        resolved = crs.to_epsg() or resolved
    return resolved, crs.name if resolved else _with_datum(crs)


def named_crs(text: str) -> tuple[int | None, str]:
    """指名的坐标系。As :func:`declared_crs` of what people write into a cell: a code, a name, WKT.

    >>> named_crs("4523")[0], named_crs("EPSG：4523")[0], named_crs("2000国家大地坐标系")
    (4523, 4523, (None, '2000国家大地坐标系'))
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    code = re.fullmatch(r"(?:EPSG\s*:*\s*)?(\d{4,6})(?:\.0*)?", plain, re.IGNORECASE)
    return declared_crs(f"EPSG:{code[1]}" if code else plain)


def _with_datum(crs: pyproj.CRS) -> str:
    """The name of a system without a code; with its datum where that is one of the old ones."""
    datum = crs.datum.name.lower() if crs.datum else ""
    old = next((name for name, words in _OLD_DATUMS.items() if any(word in datum for word in words)), "")
    return f"{old}（{crs.name}）" if old else crs.name


def _cgcs2000_code(crs: pyproj.CRS) -> int | None:
    """Resolve a CGCS2000 system written in words that the EPSG registry does not know."""
    datum = crs.datum.name.lower() if crs.datum else ""
    if not any(word in datum.replace("d_", "") for word in _CGCS2000_DATUM):
        return None
    if crs.is_geographic:
        return _GEOGRAPHIC
    operation = crs.coordinate_operation
    if operation is None or operation.method_code not in {
        "9807",
        "9808",
    }:  # Transverse Mercator, Gauss–Krüger
        return None
    value = {parameter.name: float(parameter.value) for parameter in operation.params}
    easting, meridian = value.get("False easting", 0.0), value.get("Longitude of natural origin", 0.0)
    scale = value.get("Scale factor at natural origin", 1.0)
    return _zone_code(easting, meridian) if scale == 1.0 else None


def _zone_code(easting: float, meridian: float) -> int | None:
    """Read zone and width from the two numbers; an unprefixed meridian of both widths counts as 3°."""
    prefix, rest = divmod(easting, 1_000_000)
    for width in (3, 6):
        zone = meridian / 3 if width == 3 else (meridian + 3) / 6
        if rest == 500_000 and zone in _ZONES[width] and prefix in (0, zone):
            return int(zone) + _OFFSETS[width, prefix > 0]
    return None
