"""图斑椭球面积。Official ellipsoidal area of polygons on CGCS2000 (国土调查办发〔2008〕32号).

The rule sums trapezoids between each edge and a meridian on the ellipsoid. That sum is exactly the plane
shoelace area in the coordinates (L, q(B)), q = b²(A sin B − B sin 3B + C sin 5B − D sin 7B + E sin 9B), the
cylindrical equal-area projection; so an edge is a straight line *there*, and a straight Gauss–Krüger edge
must be densified first. The acceptance rules of the third survey fix every rounding on the way:
X and Y to 0.1 mm; edges over 70 m get int(length / 70) points, evenly spaced; B and L in arc seconds to six
decimals; the result to 0.01 m², half up. Constants carry the digits of the rule, not those of PROJ: the
inverse projection differs from PROJ by 0.12 mm, which moves whole parcels but not their areas.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.geo.crs import Crs

__all__ = ["MAX_EDGE_M", "ellipsoidal_areas", "inverse_gauss_kruger", "official_areas"]

Floats = NDArray[np.float64]

MAX_EDGE_M = 70.0
"""Longest edge that is taken as straight in both planes."""

# 国土调查办发〔2008〕32号: CGCS2000 and the inverse Gauss–Krüger constants, to its last digit.
_B = 6356752.31414036
_E2 = 0.0066943800229
_EP2 = 0.00673949677548
_C = 6399593.62586
_SECONDS = 206264.8062471
_K = (
    1.57048761144159e-07,
    5.05250178820567e-03,
    2.98472900956587e-05,
    2.41626669230084e-07,
    2.22241238938534e-09,
)
_SERIES = (
    1 + 3 / 6 * _E2 + 30 / 80 * _E2**2 + 35 / 112 * _E2**3 + 630 / 2304 * _E2**4,
    1 / 6 * _E2 + 15 / 80 * _E2**2 + 21 / 112 * _E2**3 + 420 / 2304 * _E2**4,
    3 / 80 * _E2**2 + 7 / 112 * _E2**3 + 180 / 2304 * _E2**4,
    1 / 112 * _E2**3 + 45 / 2304 * _E2**4,
    5 / 2304 * _E2**4,
)


class _Rings(NamedTuple):
    """Rings of an array of polygons: points (m, 2), ring -> first point, ring -> polygon, hole or not."""

    points: Floats
    offsets: NDArray[np.int64]
    owner: NDArray[np.int64]
    hole: NDArray[np.bool_]


def ellipsoidal_areas(geometry: NDArray[Any], crs: Crs) -> Floats:
    """图斑椭球面积（未取位）。Ellipsoidal area in m² of each polygon, before the final rounding.

    ``geometry`` (n,) shapely polygons or multipolygons, or None (area 0), in (east, north) or (lon, lat);
    returns (n,) float64. Holes are subtracted; direction and starting point of a ring do not matter. Shapes
    must be valid: where a ring crosses itself its parts cancel out, so ``topology.repair`` comes first. On
    geographic coordinates there is no plane edge to densify: vertices are used as they are, which is the
    rule for map sheets (图幅理论面积). Clause: 国土调查办发〔2008〕32号 附件.

    >>> import shapely
    >>> from fangtian.geo.crs import crs_of
    >>> square = shapely.box([35_500_000], [3_900_000], [35_500_100], [3_900_100])
    >>> ellipsoidal_areas(square, crs_of(4523)).round(2)
    array([10000.])
    """
    rings = _rings(geometry)
    if not len(rings.points):
        return np.zeros(len(geometry))
    if crs.geographic:
        longitude, latitude = rings.points[:, 0] * 3600, rings.points[:, 1] * 3600
        offsets = rings.offsets
    else:
        # From the meridian before rounding: prefixed and plain eastings then go through the same numbers.
        local = np.round(rings.points - np.array([crs.false_easting, 0.0]), 4)
        points, offsets = _densified(local, rings.offsets)
        latitude, longitude = inverse_gauss_kruger(points[:, 1], points[:, 0])
    signed = _shoelace(np.round(longitude, 6), np.round(latitude, 6), offsets)
    area = np.abs(signed) * np.where(rings.hole, -1.0, 1.0)
    total: Floats = np.bincount(rings.owner, weights=area, minlength=len(geometry)).astype(np.float64)
    return total


def official_areas(geometry: NDArray[Any], crs: Crs) -> NDArray[np.int64]:
    """图斑面积。Official area of each polygon as (n,) int64 counts of 0.01 m², rounded half up.

    >>> import shapely
    >>> from fangtian.geo.crs import crs_of
    >>> official_areas(shapely.box([500_000], [3_900_000], [500_100], [3_900_100]), crs_of(4544))
    array([1000000])
    """
    return np.floor(ellipsoidal_areas(geometry, crs) * 100 + 0.5).astype(np.int64)


def inverse_gauss_kruger(north: Floats, east: Floats) -> tuple[Floats, Floats]:
    """高斯投影反解。Latitude B and longitude difference l from the central meridian, both in arc seconds.

    ``north`` X from the equator, ``east`` Y from the central meridian (false easting removed), metres.
    Clause: 国土调查办发〔2008〕32号 附件.

    >>> b, l = inverse_gauss_kruger(np.array([3_900_000.0]), np.array([0.0]))
    >>> (b / 3600).round(6), l
    (array([35.229011]), array([0.]))
    """
    arc = _K[0] * north
    sine, cosine = np.sin(arc), np.cos(arc)
    s2 = sine * sine
    foot = arc + cosine * sine * (_K[1] - s2 * (_K[2] - s2 * (_K[3] - s2 * _K[4])))
    t = np.tan(foot)
    t2 = t * t
    cos_foot = np.cos(foot)
    eta2 = _EP2 * cos_foot * cos_foot
    v2 = 1 + eta2
    n = east * np.sqrt(v2) / _C
    n2 = n * n
    latitude = foot - 0.5 * v2 * t * n2 * (
        1 - n2 / 12 * (5 + 3 * t2 + eta2 - 9 * eta2 * t2) + n2 * n2 / 360 * (61 + t2 * (90 + 45 * t2))
    )
    longitude = (
        n
        / cos_foot
        * (1 - n2 / 6 * (1 + 2 * t2 + eta2) + n2 * n2 / 120 * (5 + t2 * (28 + 24 * t2) + eta2 * (6 + 8 * t2)))
    )
    return latitude * _SECONDS, longitude * _SECONDS


def _rings(geometry: NDArray[Any]) -> _Rings:
    parts, part_owner = shapely.get_parts(np.asarray(geometry, dtype=object), return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, point_ring = shapely.get_coordinates(rings, return_index=True)
    offsets = np.concatenate(([0], np.cumsum(np.bincount(point_ring, minlength=len(rings)))))
    hole = np.ones(len(rings), dtype=bool)
    hole[np.unique(ring_part, return_index=True)[1]] = False  # the first ring of a polygon is its shell
    return _Rings(points, offsets.astype(np.int64), part_owner[ring_part], hole)


def _densified(points: Floats, offsets: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
    """Points with int(length / 70) more on every edge over 70 m, and the ring offsets that go with them."""
    step = np.diff(points, axis=0, append=points[-1:])
    step[offsets[1:] - 1] = 0.0  # no edge leads from one ring to the next
    length = np.hypot(step[:, 0], step[:, 1])
    extra = np.where(length > MAX_EDGE_M, length // MAX_EDGE_M, 0).astype(np.int64)
    if not extra.any():
        return points, offsets
    count = extra + 1
    start = np.concatenate(([0], np.cumsum(count)))
    edge = np.repeat(np.arange(len(points)), count)
    fraction = (np.arange(start[-1]) - start[edge]) / count[edge]
    dense = np.round(points[edge] + step[edge] * fraction[:, None], 6)
    return dense, start[offsets]


def _shoelace(longitude: Floats, latitude: Floats, offsets: NDArray[np.int64]) -> Floats:
    """Signed area of each ring in the plane (L, q(B)), arc seconds in, m² out."""
    x = longitude / _SECONDS
    y = _equal_area_ordinate(latitude / _SECONDS)
    first = offsets[:-1]
    size = np.diff(offsets)
    # A ring-local origin keeps the products small: without it, 1e-6 m² are lost to cancellation.
    x = x - np.repeat(x[first], size)
    y = y - np.repeat(y[first], size)
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    cross = np.append(cross, 0.0)
    cross[offsets[1:] - 1] = 0.0  # the last point of a ring repeats its first
    return np.add.reduceat(cross, first) / 2


def _equal_area_ordinate(latitude: Floats) -> Floats:
    """q(B) in m² per radian of longitude (the rule's 2·sin(ΔB/2)·cos Bm is sin B2 − sin B1)."""
    a, b, c, d, e = _SERIES
    total = a * np.sin(latitude) - b * np.sin(3 * latitude) + c * np.sin(5 * latitude)
    total -= d * np.sin(7 * latitude) - e * np.sin(9 * latitude)
    ordinate: Floats = _B * _B * total
    return ordinate
