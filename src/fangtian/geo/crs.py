"""坐标系统。CGCS2000 as surveys use it: geographic 4490 and the Gauss–Krüger zones 4491–4554.

Only CGCS2000 is accepted. The official area (``geo.area``) is defined on its ellipsoid and depends on the
zone, and a shift from Xi'an 80 or Beijing 54 needs classified parameters, so nothing is converted silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError

__all__ = ["CGCS2000", "Crs", "crs_of", "detect"]

CGCS2000 = 4490
"""EPSG code of the geographic system."""

# Half a zone is at most 1.5° (3°) of longitude, widest in the south of China.
_REACH_KM = {3: 167, 6: 334}


class _Family(NamedTuple):
    """One block of EPSG codes: zone = code - offset."""

    first: int
    last: int
    offset: int
    width: int
    prefixed: bool


_FAMILIES = (
    _Family(4491, 4501, 4478, 6, True),
    _Family(4502, 4512, 4489, 6, False),
    _Family(4513, 4533, 4488, 3, True),
    _Family(4534, 4554, 4509, 3, False),
)


class _Foreign(NamedTuple):
    """A system that is not CGCS2000: its name, how it is written, its codes, whether its datum is old."""

    name: str
    written: re.Pattern[str]
    codes: tuple[tuple[int, int], ...]
    old: bool


_FOREIGN = (
    _Foreign(
        "1980西安坐标系",
        re.compile(r"xi'?an|西安|iag.?(19)?75|(19|国家)80.{0,4}坐标|80.?西安"),
        ((4610, 4610), (2327, 2390)),
        old=True,
    ),
    _Foreign(
        "1954年北京坐标系",
        re.compile(r"beijing|北京.{0,6}54|54.{0,3}北京|krass?ov|克拉索夫斯基|(?<!\d)54.{0,2}坐标"),
        (
            *((4214, 4214), (2401, 2442), (21413, 21423), (21453, 21463), (21473, 21483)),
            *((4555, 4555), (4568, 4589), (4652, 4656), (4766, 4800), (4812, 4812), (4822, 4822)),
        ),
        old=True,
    ),
    _Foreign(
        "WGS 84",
        re.compile(r"wgs"),
        ((4326, 4326), (4979, 4979), (3857, 3857), (32601, 32660), (32701, 32760)),
        old=False,
    ),
)


@dataclass(frozen=True)
class Crs:
    """坐标系。One CGCS2000 system: geographic, or a Gauss–Krüger zone with or without its prefix.

    >>> crs_of(4523)
    Crs(epsg=4523, zone=35, central_meridian=105.0, width=3, prefixed=True, geographic=False)
    """

    epsg: int
    zone: int | None = None
    central_meridian: float | None = None
    width: int | None = None
    prefixed: bool = False
    geographic: bool = False

    @property
    def name(self) -> str:
        """名称。As printed on maps and in reports.

        >>> crs_of(4544).name
        'CGCS2000 3度带 35带（无带号前缀，中央经线105°）'
        """
        if self.geographic:
            return "CGCS2000 地理坐标系（经纬度）"
        prefix = "带号前缀" if self.prefixed else "无带号前缀"
        return f"CGCS2000 {self.width}度带 {self.zone}带（{prefix}，中央经线{self.central_meridian:g}°）"

    @property
    def false_easting(self) -> float:
        """东偏。Metres added to eastings: 500 km, and the zone number in millions where prefixed."""
        return 500_000.0 + (1_000_000.0 * (self.zone or 0) if self.prefixed else 0.0)

    def with_prefix(self, prefixed: bool) -> Crs:
        """同带换前缀。The same zone with or without the zone number in its eastings."""
        if self.geographic or prefixed == self.prefixed:
            return self
        family = next(f for f in _FAMILIES if (f.width, f.prefixed) == (self.width, prefixed))
        return crs_of((self.zone or 0) + family.offset)


def crs_of(epsg: int, place: Place | None = None) -> Crs:
    """由代码定坐标系。The CGCS2000 system of an EPSG code; anything else raises :class:`InputError`.

    >>> crs_of(4490).geographic
    True
    >>> crs_of(4326)
    Traceback (most recent call last):
    fangtian.errors.InputError: 坐标系为“WGS 84（EPSG:4326）”，只接受 2000国家大地坐标系（CGCS2000）。
    """
    if epsg == CGCS2000:
        return Crs(epsg, geographic=True)
    for family in _FAMILIES:
        if family.first <= epsg <= family.last:
            zone = epsg - family.offset
            meridian = 3.0 * zone if family.width == 3 else 6.0 * zone - 3.0
            return Crs(epsg, zone, meridian, family.width, family.prefixed)
    raise InputError([finding("CRS-foreign", place, name=_foreign_name(epsg))])


def detect(
    geometry: NDArray[Any], epsg: int | None, name: str = "", place: Place | None = None
) -> tuple[Crs | None, tuple[Finding, ...]]:
    """判定坐标系。What the coordinates say against what the file declares.

    ``geometry`` (n,) shapely objects or None in (east, north) order; ``epsg`` the declared code, None where
    the file has none (``name`` then says what it calls itself). Eastings of eight digits carry their zone:
    a missing declaration is filled from it, a contradicting one is a finding, and a mere difference of
    prefix is taken as the coordinates have it. Returns ``(None, findings)`` where the zone stays unknown.
    """
    box = _bounds(geometry)
    try:
        declared = _declared(epsg, name, place)
    except InputError as error:
        return None, error.findings
    if box is None:
        return declared, () if declared else (finding("CRS-unknown", place),)
    west, south, east, north = box
    if _is_easting(south) and _is_easting(north) and not _is_easting(west):
        return None, (finding("CRS-axes-swapped", place, x=f"{west:.0f}", y=f"{south:.0f}"),)
    seen = _seen(west, south, east, north)
    if seen is None and (_is_easting(west) or _is_easting(east)):
        return None, (finding("CRS-mixed-zones", place, west=f"{west:.0f}", east=f"{east:.0f}"),)
    if declared is None:
        remark = finding("CRS-assumed", place, name=seen.name) if seen else finding("CRS-unknown", place)
        return seen, (remark,)
    return _agree(declared, seen, box, place)


def _agree(
    declared: Crs, seen: Crs | None, box: tuple[float, float, float, float], place: Place | None
) -> tuple[Crs | None, tuple[Finding, ...]]:
    """Settle a declaration against coordinates; ``seen`` is None for eastings without a zone number."""
    shown = f"{box[0]:.6g}" if seen and seen.geographic else f"{box[0]:.0f}"
    if (seen is not None and seen.geographic) != declared.geographic or (
        seen is not None and (seen.zone, seen.width) != (declared.zone, declared.width)
    ):
        return None, (finding("CRS-contradiction", place, declared=declared.name, x=shown),)
    settled = declared.with_prefix(seen is not None)
    remarks = list(_far(settled, box, place))
    if settled != declared:
        remarks.insert(0, finding("CRS-prefix", place, declared=declared.name, x=shown, taken=settled.name))
    return settled, tuple(remarks)


def _far(crs: Crs, box: tuple[float, float, float, float], place: Place | None) -> Iterator[Finding]:
    if crs.geographic:
        return
    distance = max(abs(box[0] - crs.false_easting), abs(box[2] - crs.false_easting)) / 1000
    if distance > _REACH_KM[crs.width or 3]:
        yield finding("CRS-far", place, name=crs.name, distance=f"{distance:.0f}")


def _declared(epsg: int | None, name: str, place: Place | None) -> Crs | None:
    if epsg is not None:
        return crs_of(epsg, place)
    lowered = name.lower()
    for system in _FOREIGN:
        if system.written.search(lowered):
            shown = name.removeprefix(system.name).strip("（）")
            raise InputError([finding("CRS-foreign", place, name=_refused(system, shown))])
    # A name without "2000" that is neither blank nor the "unknown" of GDAL is a system we do not know.
    if name and "2000" not in name and not lowered.startswith(("unknown", "unnamed", "undefined")):
        raise InputError([finding("CRS-foreign", place, name=name)])
    return None


def _seen(west: float, south: float, east: float, north: float) -> Crs | None:
    """What coordinates alone tell: degrees, or a zone from the leading digits of every easting."""
    if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
        return crs_of(CGCS2000)
    zone = int(west // 1e6)
    if not (_is_easting(west) and _is_easting(east) and zone == int(east // 1e6)):
        return None
    for family in _FAMILIES:
        if family.prefixed and family.first <= zone + family.offset <= family.last:
            return crs_of(zone + family.offset)
    return None


def _is_easting(value: float) -> bool:
    # Zones run from 13 to 45, northings in China stay under 6 million: eight digits are always an easting.
    return 13e6 <= value < 46e6


def _bounds(geometry: NDArray[Any]) -> tuple[float, float, float, float] | None:
    if not len(geometry):
        return None
    box = shapely.total_bounds(geometry)
    return None if np.isnan(box).any() else (float(box[0]), float(box[1]), float(box[2]), float(box[3]))


def _foreign_name(epsg: int) -> str:
    for system in _FOREIGN:
        if any(first <= epsg <= last for first, last in system.codes):
            return _refused(system, f"EPSG:{epsg}")
    return f"EPSG:{epsg}"


def _refused(system: _Foreign, written: str) -> str:
    """The system as a refusal names it: how the file writes it, and why it cannot be converted here."""
    reason = "大地基准不同，转换须有法定参数" if system.old else ""
    return f"{system.name}（{'，'.join(part for part in (written, reason) if part)}）".removesuffix("（）")
