"""报部坐标 TXT：严格地写，宽容地读，来回不差一毫米；写法上的各种出入都能读懂并指明行号。"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely import affinity

from fangtian.errors import InputError
from fangtian.formats.boundary_reading import read_boundary_txt
from fangtian.formats.boundary_rings import nested, rings_of, settled
from fangtian.formats.boundary_txt import (
    BoundaryFile,
    BoundaryHeader,
    BoundaryPlot,
    boundary_remarks,
    plot_name,
    write_boundary_txt,
)

EAST, NORTH = 35_450_000.0, 3_990_000.0
HEADER = BoundaryHeader("某县自然资源局", "2026-3-1", 35, 3, 3)
SAMPLES = Path(__file__).parents[3].parent / "shared"


def square(x: float, y: float, size: float) -> Any:
    return shapely.box(EAST + x, NORTH + y, EAST + x + size, NORTH + y + size)


HOLED = shapely.MultiPolygon([square(0, 0, 400).difference(square(100, 100, 100)), square(600, 0, 100)])


def plot(geometry: Any = HOLED, decimals: int = 3, **values: Any) -> BoundaryPlot:
    values = {"id": "DK001", "name": "上庄村地块", "area": Decimal("16"), "use": "新增耕地", **values}
    return BoundaryPlot(geometry=settled(geometry, decimals), **values)


def written(tmp_path: Path, *plots: BoundaryPlot, header: BoundaryHeader = HEADER) -> str:
    write_boundary_txt(tmp_path / "a.txt", header, plots)
    return (tmp_path / "a.txt").read_bytes().decode("gbk")


def read(tmp_path: Path, text: str | bytes, codec: str = "gbk") -> BoundaryFile:
    path = tmp_path / "b.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(codec))
    return read_boundary_txt(path)


def codes(file: BoundaryFile) -> list[str]:
    return [item.code for item in file.findings]


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_file_is_what_the_grammar_says_row_by_row(tmp_path: Path) -> None:
    text = written(tmp_path, plot(land_class="0103", sheet="I48H001001"))
    assert text.endswith("\r\n") and text.count("\n") == text.count("\r\n")
    lines = text.split("\r\n")[:-1]
    assert lines[:12] == [
        "[属性描述]",
        "格式版本号=1.01版本",
        "数据产生单位=某县自然资源局",
        "数据产生日期=2026-3-1",
        "坐标系=2000国家大地坐标系",
        "几度分带=3",
        "投影类型=高斯克吕格",
        "计量单位=米",
        "带号=35",
        "精度=0.001",
        "转换参数=,,,,,,",
        "[地块坐标]",
    ]
    assert lines[12] == "15,16.0000,DK001,上庄村地块,面,I48H001001,新增耕地,0103,@"
    assert lines[13:] == [
        "J1,1,3990400.000,35450000.000",
        "J2,1,3990400.000,35450400.000",
        "J3,1,3990000.000,35450400.000",
        "J4,1,3990000.000,35450000.000",
        "J1,1,3990400.000,35450000.000",
        "J5,2,3990200.000,35450100.000",
        "J6,2,3990100.000,35450100.000",
        "J7,2,3990100.000,35450200.000",
        "J8,2,3990200.000,35450200.000",
        "J5,2,3990200.000,35450100.000",
        "J9,3,3990100.000,35450600.000",
        "J10,3,3990100.000,35450700.000",
        "J11,3,3990000.000,35450700.000",
        "J12,3,3990000.000,35450600.000",
        "J9,3,3990100.000,35450600.000",
    ]


def test_four_decimals_are_printed_where_asked_for(tmp_path: Path) -> None:
    header = BoundaryHeader("某局", "2026-3-1", 35, 3, 4)
    text = written(tmp_path, plot(square(0.00005, 0, 10), 4), header=header)
    assert "精度=0.0001\r\n" in text and re.search(r"J1,1,3990010\.0000,35450000\.000[01]\r\n", text)


def test_names_cannot_break_the_rows(tmp_path: Path) -> None:
    text = written(tmp_path, plot(id="A,1", name="东,西\r\n南@北"))
    back = read(tmp_path, text)
    assert [(item.id, item.name) for item in back.plots] == [("A，1", "东，西  南＠北")]
    assert plot_name("a,b") == "a，b" and not back.findings


def test_a_character_beyond_gbk_makes_it_gb18030_and_is_told(tmp_path: Path) -> None:
    rare = plot(name="𠮷庄")
    write_boundary_txt(tmp_path / "a.txt", HEADER, [rare])
    assert "𠮷庄" in (tmp_path / "a.txt").read_bytes().decode("gb18030")
    (found,) = boundary_remarks(HEADER, [rare], "坐标/整治地块.txt")
    assert found.code == "BND-rare-character" and "𠮷" in found.message
    assert not list(boundary_remarks(HEADER, [plot()], "x"))


def test_a_plot_thinner_than_the_last_decimal_is_left_out_and_told(tmp_path: Path) -> None:
    thin = plot(shapely.box(EAST, NORTH, EAST + 0.0002, NORTH + 50), id="薄")
    assert thin.geometry.is_empty
    assert "薄" not in written(tmp_path, plot(), thin)
    assert [item.code for item in boundary_remarks(HEADER, [thin], "a.txt")] == ["BND-too-small"]


def test_without_a_zone_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="zone"):
        write_boundary_txt(tmp_path / "a.txt", BoundaryHeader(), [plot()])


def test_a_border_that_rounding_makes_cross_itself_is_redrawn() -> None:
    """A slit half a millimetre wide, slanting: its sides change places when they are rounded."""
    outline = [(0, 0), (50, 0), (50, 100), (25.0008, 100), (25.0006, 0.5), (25.0004, 100), (0, 100)]
    shape = affinity.translate(shapely.Polygon(outline), EAST, NORTH)
    assert shape.is_valid and settled(shape).is_valid
    assert abs(settled(shape).area - shape.area) < 0.2


# ── round trip ───────────────────────────────────────────────────────────────────────────────────────────

numbers = st.integers(0, 400).map(lambda n: n / 8)


@st.composite
def shapes(draw: st.DrawFn) -> Any:
    """Polygons with holes, islands in holes and several parts, at odd fractions of a millimetre."""
    kept = shapely.MultiPolygon()
    for _ in range(draw(st.integers(1, 4))):
        corners = draw(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=8, unique=True))
        blob = shapely.MultiPoint(corners).convex_hull
        if blob.geom_type == "Polygon":
            kept = kept.symmetric_difference(blob.buffer(draw(st.sampled_from([0.3, 1.7, 5.0])), quad_segs=2))
    shift = draw(st.floats(0, 0.001)), draw(st.floats(0, 0.001))
    moved = affinity.translate(kept, EAST + shift[0], NORTH + shift[1])
    assume(moved.geom_type in ("Polygon", "MultiPolygon") and moved.area > 1 and moved.is_valid)
    return moved


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(shapes(), min_size=1, max_size=3), st.sampled_from([3, 4]))
def test_any_polygons_come_back_within_a_millimetre(tmp_path: Path, drawn: list[Any], decimals: int) -> None:
    header = BoundaryHeader("某局", "2026-3-1", 35, 3, decimals)
    plots = [plot(shape, decimals, id=str(number)) for number, shape in enumerate(drawn)]
    back = read(tmp_path, written(tmp_path, *plots, header=header))
    assert not back.findings and back.header.decimals == decimals and back.header.zone == 35
    kept = [item for item in plots if not item.geometry.is_empty]
    assert [item.id for item in back.plots] == [item.id for item in kept]
    for item, before in zip(back.plots, kept, strict=True):
        assert item.geometry.is_valid
        assert shapely.equals_exact(shapely.normalize(item.geometry), shapely.normalize(before.geometry), 0)
        assert item.count == shapely.get_num_coordinates(item.geometry)
        original = drawn[int(item.id)]
        assert item.geometry.symmetric_difference(original).buffer(-0.001).is_empty


@settings(max_examples=150, deadline=None)
@given(shapes(), st.sampled_from([3, 4]))
def test_settling_twice_changes_nothing_and_rings_turn_the_right_way(drawn: Any, decimals: int) -> None:
    once = settled(drawn, decimals)
    assert once.is_valid and shapely.equals_exact(settled(once, decimals), once, 0)
    for part in shapely.get_parts(once):
        if part.is_empty:
            continue
        assert not part.exterior.is_ccw and all(hole.is_ccw for hole in part.interiors)
        corner = np.array(part.exterior.coords[0])
        west, _, _, north = part.bounds
        reach = abs(corner - (west, north)).sum()
        assert all(abs(np.array(xy) - (west, north)).sum() >= reach - 1e-6 for xy in part.exterior.coords)


@settings(max_examples=80, deadline=None)
@given(shapes(), st.randoms())
def test_rings_find_their_places_in_any_order(drawn: Any, random: Any) -> None:
    rings = list(rings_of(settled(drawn)))
    random.shuffle(rings)
    rings = [ring[::-1] if random.random() < 0.5 else ring for ring in rings]
    geometry, crossing = nested(rings)
    assert geometry.is_valid and not crossing
    assert geometry.symmetric_difference(settled(drawn)).area < 1e-6


# ── reading what others write ────────────────────────────────────────────────────────────────────────────


def rows(text: str, change: Callable[[str], str]) -> str:
    """Every point row changed."""
    return re.sub(r"(?m)^J.*$", lambda match: change(match[0]), text)


def points(text: str, pattern: str) -> str:
    return rows(text, lambda row: pattern.format(*row.rstrip("\r").split(",")))


VARIANTS: dict[str, tuple[Callable[[str], str | bytes], list[str]]] = {
    "UTF-8": (lambda text: text.encode("utf-8"), []),
    "UTF-8 with mark": (lambda text: text.encode("utf-8-sig"), []),
    "UTF-16": (lambda text: text.encode("utf-16"), []),
    "UTF-16 without mark": (lambda text: text.encode("utf-16-le"), []),
    "UTF-16 big-endian": (lambda text: text.encode("utf-16-be"), []),
    "LF alone": (lambda text: text.replace("\r\n", "\n"), []),
    "CR alone": (lambda text: text.replace("\r\n", "\r"), []),
    "blank lines": (lambda text: text.replace("\r\n", "\r\n\r\n"), []),
    "full-width commas": (lambda text: points(text, "{0}，{1}，{2}，{3}"), []),
    "mixed commas": (lambda text: points(text, "{0}，{1},{2}，{3}"), []),
    "tabs": (lambda text: points(text, "{0}\t{1}\t{2}\t{3}"), []),
    "blanks": (lambda text: points(text, " {0} , {1} ,  {2} , {3} "), []),
    "blanks alone": (lambda text: points(text, "{0}   {1} {2}  {3}"), []),
    "full-width digits": (
        lambda text: points(text, "{0},{1},{2},{3}").replace("3990400", "３９９０４００"),
        [],
    ),
    "numbers without J": (lambda text: text.replace("\nJ", "\n"), []),
    "a comma too many": (lambda text: points(text, "{0},{1},{2},{3},"), []),
    "full-width brackets": (lambda text: text.replace("[", "【").replace("]", "】"), []),
    "3度带": (lambda text: text.replace("几度分带=3", "几度分带=3度带"), []),
    "full-width equals": (lambda text: text.replace("=", "＝"), []),
    "公顷": (lambda text: text.replace(",16.0000,", ",16.0000公顷,"), []),
    "亩": (lambda text: text.replace(",16.0000,", ",240亩,"), ["BND-area-unit"]),
    "13 fields": (lambda text: text.replace("0103,@", "0103,,1,B,C,备注,@"), []),
    "fewer commas": (lambda text: text.replace("面,,新增耕地,0103,@", "面,@"), []),
    "no @": (lambda text: text.replace(",@", ""), []),
    "@ without comma": (lambda text: text.replace("0103,@", "0103@"), []),
    "zeros": (lambda text: text.replace("面,,新增耕地,0103,@", "面,0,0,0,@"), []),
    "north and east exchanged": (lambda text: points(text, "{0},{1},{3},{2}"), ["BND-axes-swapped"]),
    "no header": (lambda text: text[text.index("[地块坐标]") :], ["BND-header-missing"]),
    "no sections": (
        lambda text: text[text.index("15,16") :],
        ["BND-header-missing"],
    ),
    "project section": (
        lambda text: text.replace(
            "[地块坐标]", "[项目信息]\r\n项目名称=某项目\r\n总用地面积=16\r\n[地块坐标]"
        ),
        [],
    ),
    "wrong count": (lambda text: text.replace("15,16", "14,16"), ["BND-count"]),
    "no plot row": (
        lambda text: re.sub(r"(?m)^15,16.*\r\n", "", text),
        ["BND-no-plot-row"],
    ),
    "rings restart their numbers": (lambda text: text.replace("J9,", "J1,").replace("J5,", "J1,"), []),
    "all rings numbered 1": (lambda text: re.sub(r"(?m)^(J\d+),[23],", r"\1,1,", text), []),
    "no ring numbers": (lambda text: points(text, "{0},{2},{3}"), []),
    "eastings without zone": (
        lambda text: text.replace(",354", ",4").replace(",355", ",5"),
        ["BND-unprefixed"],
    ),
    "another zone in the header": (lambda text: text.replace("带号=35", "带号=36"), ["BND-zone-differs"]),
    "six degrees": (lambda text: text.replace("几度分带=3", "几度分带=6"), ["BND-width-differs"]),
    "an old datum": (lambda text: text.replace("2000国家大地坐标系", "1980西安坐标系"), ["BND-datum"]),
    "a line of chatter": (
        lambda text: text.replace("[地块坐标]", "[地块坐标]\r\n以下坐标仅供参考"),
        ["BND-line"],
    ),
    "unclosed rings": (
        lambda text: re.sub(r"(?m)^J(1|5|9),(\d),(.*)\r\n(?=J5|J9|\Z)", "", text),
        ["BND-count", "BND-unclosed", "BND-unclosed", "BND-unclosed"],
    ),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_usual_liberties_are_understood(tmp_path: Path, name: str) -> None:
    change, remarks = VARIANTS[name]
    changed = change(written(tmp_path, plot(land_class="0103")))
    back = read(tmp_path, changed)
    assert codes(back) == remarks, [item.message for item in back.findings]
    (item,) = back.plots
    assert shapely.equals_exact(shapely.normalize(item.geometry), shapely.normalize(settled(HOLED)), 0)
    assert back.header.zone == 35
    if name != "no plot row":
        assert (item.id, item.name, item.area) == ("DK001", "上庄村地块", Decimal("16"))
        assert (item.use, item.land_class) in (("新增耕地", "0103"), ("", ""))
    if name == "13 fields":
        assert item.extra == ("", "1", "B", "C", "备注")


def test_remarks_carry_line_numbers(tmp_path: Path) -> None:
    text = written(tmp_path, plot()).replace("J3,1,3990000.000", "J3,1,399O000.000")
    back = read(tmp_path, text)
    first, count, *_ = back.findings
    assert (first.code, first.place.field) == ("BND-line", "第16行") and "399O000" in first.message
    assert (count.code, count.place.field) == ("BND-count", "第13行")


def test_a_digit_too_many_is_named_with_its_line(tmp_path: Path) -> None:
    text = written(tmp_path, plot()).replace("J3,1,3990000.000,35450400", "J3,1,3990000.000,36450400")
    (found, *_) = read(tmp_path, text).findings
    assert (found.code, found.place.field) == ("BND-coordinate-odd", "第16行")


def test_rings_that_cross_and_rings_that_are_none_are_told(tmp_path: Path) -> None:
    crossing = written(tmp_path, plot(square(0, 0, 100)))
    crossing += "J5,2,3990050.000,35450050.000\r\nJ6,2,3990050.000,35450150.000\r\n"
    crossing += "J7,2,3989950.000,35450050.000\r\nJ5,2,3990050.000,35450050.000\r\n"
    crossing += (
        "J8,3,3990050.000,35450050.000\r\nJ9,3,3990051.000,35450050.000\r\nJ8,3,3990050.000,35450050.000\r\n"
    )
    back = read(tmp_path, crossing)
    assert codes(back) == ["BND-count", "BND-ring-short", "BND-invalid"]
    assert "相交" in back.findings[-1].message and len(back.plots) == 1


def test_lines_and_points_are_left_out(tmp_path: Path) -> None:
    text = written(tmp_path, plot(), plot(id="DK002")).replace("DK002,上庄村地块,面", "DK002,上庄村地块,线")
    back = read(tmp_path, text)
    assert [item.id for item in back.plots] == ["DK001"] and codes(back) == ["BND-not-polygon"]


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xff\xff\xfe\x81", b"PK\x03\x04" + bytes(range(256)) * 4, b"\x00" * 500]
)
def test_what_is_no_boundary_file_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    try:
        back = read(tmp_path, data)
    except InputError as error:
        assert [item.code for item in error.findings] == ["BND-encoding"]
    else:
        assert not back.plots and "BND-empty" in codes(back)


def test_an_absent_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_boundary_txt(tmp_path / "none.txt")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 900), st.binary(max_size=6), st.integers(0, 40))
def test_no_damage_ends_in_a_traceback(tmp_path: Path, at: int, junk: bytes, cut: int) -> None:
    data = written(tmp_path, plot(), plot(square(900, 900, 10), id="DK002")).encode("gbk")
    try:
        back = read(tmp_path, data[:at] + junk + data[at + cut :])
    except InputError as error:
        assert all(item.message for item in error.findings)
    else:
        assert all(item.message and item.remedy for item in back.findings)


def test_remarks_of_one_kind_are_not_repeated_without_end(tmp_path: Path) -> None:
    back = read(tmp_path, written(tmp_path, plot()) + "闲话\r\n" * 500)
    assert codes(back).count("BND-line") == 20


# ── real files ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="shared data is not here")
@pytest.mark.parametrize(
    ("name", "zone", "areas"),
    [
        ("standards/samples/txt_zone40_one_ring_66rows.gbk.txt", 40, ["5.7089"]),
        ("standards/samples/txt_zone40_one_ring_66rows.utf8.txt", 40, ["5.7089"]),
        ("standards/samples/txt_zone36_three_plots_badcounts.utf8.txt", 36, ["0.7493", "0.0566", "0.8247"]),
        ("standards/samples/txt_synthetic_hole_multipart_zone35.gbk.txt", 35, ["16.0000"]),
        ("data/boundary_txt_cn/44120000105.txt", 38, ["8.7423"]),
        ("data/boundary_txt_cn/44120000120.txt", 38, ["2.6708"]),
        ("data/boundary_txt_cn/44120000957.txt", 38, ["0.7749"]),
        ("data/boundary_txt_cn/44120001111.txt", 38, ["6.0254"]),
    ],
)
def test_real_files_enclose_what_they_say(name: str, zone: int, areas: list[str]) -> None:
    back = read_boundary_txt(SAMPLES / name)
    assert back.header.zone == zone and [str(item.area) for item in back.plots] == areas
    assert all(item.code in ("BND-count", "BND-header-missing") for item in back.findings)
    for item in back.plots:
        assert item.area is not None and abs(item.geometry.area / 10_000 - float(item.area)) < 2e-4
