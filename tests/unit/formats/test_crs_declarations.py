"""坐标系声明：ArcGIS 的写法、带高程的写法都归到同一个 EPSG 代码。"""

import re

import pyproj
import pytest

from fangtian.formats.reference import declared_crs, named_crs

PLAIN_SIX_DEGREE = range(4502, 4513)  # share their meridians with plain 3° zones


@pytest.mark.parametrize("epsg", [4490, *range(4491, 4555)])
def test_the_arcgis_text_of_every_system_resolves_to_its_code(epsg: int) -> None:
    assert declared_crs(pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI"))[0] == epsg


@pytest.mark.parametrize(
    "epsg", [code for code in (4490, *range(4491, 4555)) if code not in PLAIN_SIX_DEGREE]
)
def test_a_renamed_system_is_known_by_its_numbers(epsg: int) -> None:
    text = pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI")
    renamed = re.sub(r'^(PROJCS|GEOGCS)\["[^"]*"', r'\1["县坐标系"', text)
    assert declared_crs(renamed) == (epsg, "县坐标系")


def test_heights_on_top_are_left_out() -> None:
    assert declared_crs("EPSG:4523+5737")[0] == 4523
    assert declared_crs("EPSG:4480")[0] == 4490


@pytest.mark.parametrize(("epsg", "name"), [(2359, "Xian 1980"), (4326, "WGS 84"), (32648, "UTM")])
def test_foreign_systems_keep_their_code_and_name(epsg: int, name: str) -> None:
    code, found = declared_crs(f"EPSG:{epsg}")
    assert code == epsg
    assert name in found


@pytest.mark.parametrize(
    ("epsg", "word"), [(2359, "Xian"), (4610, "Xian"), (2411, "Beijing"), (4214, "Beijing")]
)
def test_old_datums_are_known_from_the_text_of_arcgis(epsg: int, word: str) -> None:
    found, name = declared_crs(pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI"))
    assert found == epsg and word in name


@pytest.mark.parametrize(("epsg", "datum"), [(2359, "1980西安坐标系"), (2411, "1954年北京坐标系")])
def test_a_local_system_on_an_old_datum_names_the_datum(epsg: int, datum: str) -> None:
    text = pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI")
    number = re.search(r'"Central_Meridian",([\d.]+)', text)
    assert number is not None
    moved = text.replace(number[0], f'"Central_Meridian",{float(number[1]) + 0.5}')
    local = re.sub(r'^PROJCS\["[^"]*"', 'PROJCS["县城建坐标系"', moved)
    assert declared_crs(local) == (None, f"{datum}（县城建坐标系）")


@pytest.mark.parametrize(
    ("text", "epsg"),
    [
        *(("4523", 4523), ("4523.0", 4523), ("EPSG：4523", 4523), ("epsg:4490", 4490), ("EPSG 2359", 2359)),
        *(("CGCS2000_3_Degree_GK_Zone_35", 4523), ("CGCS2000 / 3-degree Gauss-Kruger CM 105E", 4544)),
        *(("2000国家大地坐标系", None), ("1980西安坐标系", None), ("999999", None), ("", None)),
    ],
)
def test_people_name_systems_in_many_ways(text: str, epsg: int | None) -> None:
    assert named_crs(text)[0] == epsg


def test_another_meridian_or_scale_is_not_a_zone() -> None:
    text = pyproj.CRS.from_epsg(4544).to_wkt("WKT1_ESRI")
    local = re.sub(r'^PROJCS\["[^"]*"', 'PROJCS["本地"', text.replace("105.0", "105.5"))
    assert declared_crs(local) == (None, "本地")
    scaled = re.sub(
        r'^PROJCS\["[^"]*"', 'PROJCS["本地"', text.replace('"Scale_Factor",1.0', '"Scale_Factor",0.9996')
    )
    assert declared_crs(scaled) == (None, "本地")


def test_nothing_and_nonsense_declare_nothing() -> None:
    assert declared_crs(None) == declared_crs("") == (None, "")
    assert declared_crs("nonsense") == (None, "nonsense")
