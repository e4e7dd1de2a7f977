"""真实数据的面积真值：地类清单逐镇逐类的个数和面积，德国地籍用地与地块区的闭合。

``truth_RO_by_comune_class.csv`` was computed from the source, before it was set down as a survey layer:
number, area in the plane of UTM 32N, and geodesic area on GRS80 by municipality and source class. It was
moved by +93° of longitude, which changes no area on the ellipsoid, and its coordinates are rounded to 0.1 mm.
CGCS2000's ellipsoid differs from GRS80 by 1.1e-11 in its flattening, so the areas are the same.
The truth names 29 classes of the source; every one became one official class, except ``water`` which became
two. No other assignment gives the counts of all 43 municipalities, so the table below is not a guess.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray

from fangtian.formats.vector import RawLayer, read_layer
from fangtian.geo.area import ellipsoidal_areas, inverse_gauss_kruger
from fangtian.geo.crs import crs_of
from fangtian.geo.topology import outside, repair

DATA = Path(__file__).parents[3] / "shared/data"
pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="../shared/data is not here: nothing to compare with"
)

OFFICIAL = {
    "0102": ("farmland_irrigated",),
    "0103": ("farmland",),
    "0201": ("orchard",),
    "0204": ("plant_nursery", "vineyard"),
    "0301": ("forest",),
    "0305": ("scrub",),
    "0401": ("meadow",),
    "0404": ("grass",),
    "05H1": ("retail",),
    "0601": ("construction", "industrial"),
    "0602": ("quarry",),
    "0702": ("residential",),
    "0810": ("garden", "park", "sports_centre"),
    "08H2": ("education",),
    "09": ("cemetery", "religious"),
    "1001": ("railway",),
    "1005": ("parking",),
    "1101+1104": ("water",),
    "1106": ("wetland",),
    "1202": ("farmyard", "greenhouse_horticulture"),
    "1205": ("beach",),
    "1206": ("other", "riverbed"),
}
"""Official class -> classes of the source."""
MOVED_DEG, MERIDIAN_DEG = 93.0, 105.0
Place = tuple[str, str]


@pytest.fixture(scope="module")
def parcels() -> RawLayer:
    return read_layer(DATA / "dltb_real/ro.gpkg.zip", "DLTB")


@pytest.fixture(scope="module")
def places(parcels: RawLayer) -> list[Place]:
    """Municipality and official class of each parcel, the two kinds of water together."""
    water = {"1101": "1101+1104", "1104": "1101+1104"}
    codes = [water.get(code, code) for code in parcels.fields["DLBM"]]
    return list(zip(parcels.fields["ZLDWMC"].tolist(), codes, strict=True))


@pytest.fixture(scope="module")
def truth() -> dict[Place, NDArray[np.float64]]:
    """Count, invalid ones, plane and geodesic area by municipality and official class."""
    official = {name: code for code, names in OFFICIAL.items() for name in names}
    sums: dict[Place, NDArray[np.float64]] = defaultdict(lambda: np.zeros(4))
    with (DATA / "dltb_real/truth_RO_by_comune_class.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            columns = ("n", "n_invalid", "area_utm32_m2", "area_grs80_geodesic_m2")
            sums[row["comune"], official[row["cls"]]] += [float(row[name]) for name in columns]
    return dict(sums)


def summed(places: list[Place], values: NDArray[Any]) -> dict[Place, float]:
    sums: dict[Place, float] = defaultdict(float)
    for place, value in zip(places, values.tolist(), strict=True):
        sums[place] += value
    return dict(sums)


def rounding(parcels: RawLayer, places: list[Place]) -> dict[Place, float]:
    """What coordinates rounded to 0.1 mm are worth: 0.02 mm along the outlines, as errors even out."""
    return summed(places, 0.01 + 2e-5 * shapely.length(parcels.geometry))


def test_every_municipality_has_as_many_parcels_of_every_class_as_the_source(
    places: list[Place], truth: dict[Place, NDArray[np.float64]]
) -> None:
    counted = summed(places, np.ones(len(places), np.int64))
    assert counted == {place: row[0] for place, row in truth.items()}
    assert (len(places), len({town for town, _ in truth}), len(truth)) == (15_731, 43, 714)


def test_official_areas_agree_with_the_geodesic_areas_of_the_source(
    parcels: RawLayer, places: list[Place], truth: dict[Place, NDArray[np.float64]]
) -> None:
    area = ellipsoidal_areas(parcels.geometry, crs_of(4523))
    found = summed(places, area)
    spare = rounding(parcels, places)
    for place, value in found.items():
        assert value == pytest.approx(truth[place][3], abs=spare[place]), place
    total = sum(row[3] for row in truth.values())
    assert sum(found.values()) == pytest.approx(total, abs=2.0)  # of 95 904 公顷


def test_plane_areas_come_back_in_the_zone_of_the_source(
    parcels: RawLayer, places: list[Place], truth: dict[Place, NDArray[np.float64]]
) -> None:
    """Our inverse projection, the way back by 93°, and UTM 32N by PROJ: the published plane areas."""
    false_easting = crs_of(4523).false_easting
    to_utm = pyproj.Transformer.from_crs("EPSG:4258", "EPSG:25832", always_xy=True)

    def back(points: NDArray[np.float64]) -> NDArray[np.float64]:
        latitude, longitude = inverse_gauss_kruger(points[:, 1], points[:, 0] - false_easting)
        return np.stack(
            to_utm.transform(MERIDIAN_DEG - MOVED_DEG + longitude / 3600, latitude / 3600), axis=1
        )

    area = shapely.area(shapely.transform(parcels.geometry, back))
    found, spare = summed(places, area), rounding(parcels, places)
    for place, value in found.items():
        assert value == pytest.approx(truth[place][2], abs=spare[place]), place
    assert sum(found.values()) == pytest.approx(959_324_845, abs=2.0)


def test_the_layer_keeps_the_faults_of_the_source(
    parcels: RawLayer, truth: dict[Place, NDArray[np.float64]]
) -> None:
    """324 invalid shapes in the source, ten more as set down on the 0.1 mm grid."""
    assert sum(row[1] for row in truth.values()) == 324
    assert len(repair(parcels.geometry).rows) == 334


@pytest.fixture(scope="module")
def cadastre() -> tuple[RawLayer, RawLayer]:
    folder = DATA / "alkis/10_fluren"
    return read_layer(folder / "landnutzung.shp"), read_layer(folder / "fluren.shp")


def test_a_cadastre_without_attributes_is_read_and_says_so(cadastre: tuple[RawLayer, RawLayer]) -> None:
    land, districts = cadastre
    assert (len(land), len(districts)) == (2075, 10)
    assert land.epsg == districts.epsg == 25832
    assert (dict(land.fields), "FMT-dbf-missing") == ({}, land.findings[0].code)
    assert districts.findings == () and set(districts.fields["gemeinde"]) == {"Lichtenau"}


def test_cadastral_land_use_closes_on_its_districts(cadastre: tuple[RawLayer, RawLayer]) -> None:
    land, districts = cadastre
    total = 13_159_414.638
    assert shapely.area(districts.geometry).sum() == pytest.approx(total, abs=1e-3)
    fixed = repair(land.geometry)
    moved = np.abs(fixed.area_after_m2 - fixed.area_before_m2).sum()
    assert moved < 0.01  # a silent repair would open what closes
    used, ground = shapely.union_all(fixed.geometry), shapely.union_all(districts.geometry)
    assert shapely.area(used) == pytest.approx(total, abs=0.1)
    assert outside(fixed.geometry, districts.geometry, 0.01).area_m2.sum() < 0.1
    assert shapely.area(shapely.difference(ground, used)) < 0.1
