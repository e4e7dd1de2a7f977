"""坐标系：声明与坐标必须相符，带号前缀可以互换，其他坐标系一律拒绝。"""

import numpy as np
import pyproj
import pytest
import shapely

from fangtian.catalog.finding import Place
from fangtian.errors import InputError
from fangtian.geo.crs import crs_of, detect


def square(east: float, north: float, side: float = 100.0) -> np.ndarray:
    return shapely.box([east], [north], [east + side], [north + side])


def codes(findings: tuple) -> list[str]:
    return [item.code for item in findings]


@pytest.mark.parametrize("epsg", range(4491, 4555))
def test_every_zone_agrees_with_the_epsg_registry(epsg: int) -> None:
    crs = crs_of(epsg)
    projection = {p.name: p.value for p in pyproj.CRS.from_epsg(epsg).coordinate_operation.params}
    assert crs.central_meridian == projection["Longitude of natural origin"]
    assert crs.false_easting == projection["False easting"]


@pytest.mark.parametrize(
    ("epsg", "word"),
    [
        *((epsg, "西安") for epsg in (4610, 2359, 2327, 2390)),
        *((epsg, "北京") for epsg in (4214, 2411, 21413, 21463, 4568, 4800)),
        *((4326, "WGS 84"), (32648, "WGS 84")),
    ],
)
def test_old_and_foreign_systems_are_named_and_refused(epsg: int, word: str) -> None:
    with pytest.raises(InputError, match=word) as caught:
        crs_of(epsg)
    assert ("法定参数" in str(caught.value)) == (word != "WGS 84")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        *((name, "西安") for name in ("1980西安坐标系", "西安80", "GCS_Xian_1980", "国家80坐标系")),
        *((name, "北京") for name in ("北京54坐标系", "1954年北京坐标系", "Beijing_1954_GK_Zone_18")),
        *((name, "北京") for name in ("克拉索夫斯基(1940) 高斯", "Krasovsky 1940", "54坐标系")),
    ],
)
def test_old_datums_are_recognised_however_they_are_written(name: str, word: str) -> None:
    crs, (item,) = detect(square(35_480_000, 3_900_000), None, name)
    assert crs is None and item.code == "CRS-foreign"
    assert word in item.message and "大地基准不同，转换须有法定参数" in item.message


def test_prefixed_and_plain_forms_of_a_zone_lead_to_each_other() -> None:
    assert crs_of(4523).with_prefix(False) == crs_of(4544)
    assert crs_of(4496).with_prefix(False) == crs_of(4507)
    assert crs_of(4544).with_prefix(True) == crs_of(4523)


def test_an_agreeing_declaration_is_taken_without_a_word() -> None:
    assert detect(square(35_480_000, 3_900_000), 4523) == (crs_of(4523), ())
    assert detect(square(480_000, 3_900_000), 4544) == (crs_of(4544), ())
    assert detect(square(105.1, 35.2, 0.01), 4490) == (crs_of(4490), ())


@pytest.mark.parametrize("epsg", range(4491, 4555))
@pytest.mark.parametrize("step", [-80_000, 0, 80_000])
def test_every_zone_is_known_by_its_prefix_and_never_guessed_without_one(epsg: int, step: int) -> None:
    crs = crs_of(epsg)
    place = square(crs.false_easting + step, 3_900_000)
    assert detect(place, epsg) == (crs, ())
    found, findings = detect(place, None)
    if crs.prefixed:
        assert (found, codes(findings)) == (crs, ["CRS-assumed"])
    else:
        assert (found, codes(findings)) == (None, ["CRS-unknown"])


@pytest.mark.parametrize("name", ["", "2000国家大地坐标系", "CGCS2000"])
def test_a_system_without_a_zone_does_not_make_plain_eastings_known(name: str) -> None:
    assert codes(detect(square(480_000, 3_900_000), None, name)[1]) == ["CRS-unknown"]
    assert detect(square(35_480_000, 3_900_000), None, name)[0] == crs_of(4523)
    assert detect(square(105.1, 35.2, 0.01), None, name)[0] == crs_of(4490)


def test_a_zone_number_in_the_eastings_replaces_a_missing_declaration_with_a_warning() -> None:
    crs, findings = detect(square(35_480_000, 3_900_000), None, place=Place(file="a.shp"))
    assert crs == crs_of(4523)
    assert codes(findings) == ["CRS-assumed"]
    assert findings[0].place.file == "a.shp"


def test_a_six_degree_prefix_is_told_from_a_three_degree_one() -> None:
    assert detect(square(18_480_000, 3_900_000), None)[0] == crs_of(4496)


def test_without_declaration_and_prefix_the_zone_is_unknown() -> None:
    crs, findings = detect(square(480_000, 3_900_000), None, "unknown")
    assert crs is None
    assert codes(findings) == ["CRS-unknown"]


@pytest.mark.parametrize(("east", "epsg", "taken"), [(35_480_000, 4544, 4523), (480_000, 4523, 4544)])
def test_a_mere_difference_of_prefix_is_taken_as_the_coordinates_have_it(
    east: float, epsg: int, taken: int
) -> None:
    crs, findings = detect(square(east, 3_900_000), epsg)
    assert crs == crs_of(taken)
    assert codes(findings) == ["CRS-prefix"]


@pytest.mark.parametrize(("east", "epsg"), [(36_480_000, 4523), (35_480_000, 4490), (35_480_000, 4497)])
def test_another_zone_than_declared_is_an_error(east: float, epsg: int) -> None:
    crs, findings = detect(square(east, 3_900_000), epsg)
    assert crs is None
    assert codes(findings) == ["CRS-contradiction"]


def test_degrees_under_a_projected_declaration_are_an_error() -> None:
    assert codes(detect(square(105.1, 35.2, 0.01), 4523)[1]) == ["CRS-contradiction"]


def test_swapped_axes_are_seen_by_the_zone_number_on_the_north_axis() -> None:
    assert codes(detect(square(3_900_000, 35_480_000), 4523)[1]) == ["CRS-axes-swapped"]


def test_two_zones_in_one_layer_are_an_error() -> None:
    both = np.concatenate((square(35_480_000, 3_900_000), square(36_480_000, 3_900_000)))
    assert codes(detect(both, None)[1]) == ["CRS-mixed-zones"]


def test_coordinates_far_from_the_meridian_are_remarked() -> None:
    crs, findings = detect(square(35_700_000, 3_900_000), 4523)
    assert crs == crs_of(4523)
    assert codes(findings) == ["CRS-far"]


@pytest.mark.parametrize("name", ["Xian_1980_3_Degree_GK_Zone_35", "Beijing_1954_GK_Zone_18", "Local grid"])
def test_a_named_system_without_a_code_is_refused(name: str) -> None:
    crs, findings = detect(square(35_480_000, 3_900_000), None, name)
    assert crs is None
    assert codes(findings) == ["CRS-foreign"]


def test_a_layer_without_coordinates_keeps_its_declaration() -> None:
    nothing = np.array([None, None], dtype=object)
    assert detect(nothing, 4523) == (crs_of(4523), ())
    assert codes(detect(np.array([], dtype=object), None)[1]) == ["CRS-unknown"]
