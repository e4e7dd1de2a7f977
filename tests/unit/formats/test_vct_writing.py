"""写 VCT：共用边界只写一次，来回一位小数不差，改动了什么都说清。"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vct_text import (
    EAST,
    NORTH,
    back,
    polygon,
    same,
    written,
)

from fangtian.formats.vct import (
    BOUNDARY_CODE,
    VctField,
    VctHead,
    VctLayer,
    land_use_head,
)
from fangtian.formats.vct_edges import shared_edges

# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_common_boundary_is_written_once(tmp_path: Path) -> None:
    text, findings = written(tmp_path, polygon(shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)))
    assert not findings and text.count("\r\n") == text.count("\n")
    assert text.count(f"\r\n{BOUNDARY_CODE}\r\n") == 3
    assert (
        "\r\n3\r\n1099000000\r\nUnknown\r\n1\r\n1\r\n11\r\n2\r\n1.000,0.000\r\n1.000,1.000\r\n0\r\n" in text
    )
    assert "\r\n2\r\n2001010100\r\nUnknown\r\n100\r\n1.500,0.500\r\n21\r\n2\r\n-3,5\r\n0\r\n" in text
    assert "ExtentMin:0.000,0.000\r\nExtentMax:2.000,1.000\r\n" in text


def test_an_island_and_its_hole_share_their_ring_and_layers_share_too(tmp_path: Path) -> None:
    hole = shapely.box(2, 2, 4, 4)
    outer = shapely.box(0, 0, 9, 9).difference(hole)
    village = VctLayer(
        "1000600900", "村", "polygon", (), np.array([shapely.box(0, 0, 9, 9)]), {}, np.array([9])
    )
    text, _ = written(tmp_path, polygon(outer, hole), village)
    assert text.count(BOUNDARY_CODE) == 2
    same(back(tmp_path).layers[0].geometry, [outer, hole])
    same(back(tmp_path).layers[1].geometry, village.geometry)


def test_letters_separators_and_decimals_are_told(tmp_path: Path) -> None:
    fields = (VctField("MC", "Char", 4), VctField("MJ", "Float", 15, 2), VctField("N", "Int4"))
    columns = {
        "MC": np.array(["东,西", "𠮷\n庄村委会"], dtype=object),
        "MJ": np.array([1.005, np.nan]),
        "N": np.array([3.0, 4.5]),
    }
    shapes = (shapely.box(0, 0, 1, 1), None)
    _, findings = written(tmp_path, polygon(*shapes, fields=fields, **columns))
    assert {item.code.removeprefix("FMT-vct-") for item in findings} == {
        "shapeless", "rare", "text-changed", "text-long", "value-cut",
    }  # fmt: skip
    assert any("𠮷" in item.message for item in findings)
    found = back(tmp_path).layers[0]
    assert found.columns["MC"].tolist() == ["东，西", "𠮷 庄村委会"] and found.fields == fields


def test_bad_numbers_are_replaced_and_slivers_told(tmp_path: Path) -> None:
    sliver = shapely.Polygon([(0, 0), (1e-5, 0), (0, 1e-5)])
    one = polygon(shapely.box(0, 0, 1, 1), sliver)
    _, findings = written(
        tmp_path, one, VctLayer("X", "线", "line", (), np.array([sliver]), {}, np.array([1]))
    )
    told = [item.code.removeprefix("FMT-vct-") for item in findings]
    assert told == ["coordinates-cut", "shapeless", "numbered", "collapsed", "gone", "gone"]
    _, again = written(tmp_path, one, one)
    assert "FMT-vct-code-new" in {item.code for item in again}
    assert [layer.code for layer in back(tmp_path).layers] == ["2001010100", "2001010100_2"]


def test_direct_polygons_points_lines_annotations_and_tables_come_back(tmp_path: Path) -> None:
    fields = (VctField("MC", "Char", 20),)
    layers = []
    shapes: dict[str, Any] = {
        "point": [shapely.Point(1, 2), shapely.MultiPoint([(1, 2), (3, 4)])],
        "line": shapely.from_wkt(["LINESTRING (0 0, 1 1)", "MULTILINESTRING ((0 0, 1 0), (5 5, 6 6))"]),
        "polygon": [shapely.box(0, 0, 1, 1), shapely.box(3, 0, 4, 1) | shapely.box(6, 0, 7, 1)],
        "annotation": [shapely.Point(1, 2), shapely.MultiPoint([(1, 2), (3, 4)])],
        "table": [None, None],
    }  # fmt: skip
    for at, (kind, geometry) in enumerate(shapes.items()):
        texts = angles = None
        if kind == "annotation":
            texts = np.array(["LineEnd", "渭,河"], dtype=object)
            angles = np.empty(2, dtype=object)
            angles[0], angles[1] = (30.0,), (0.0, 45.0)
        values = {"MC": np.array(["甲", f"乙{at}"], dtype=object)}
        ids = np.array([2 * at + 1, 2 * at + 2])
        array = np.array(geometry, dtype=object)
        code = kind.upper()
        layers.append(
            VctLayer(
                code, kind, kind, fields, array, values, ids, f"T{at}" if at < 4 else code, texts, angles
            )
        )
    for head in (land_use_head(35, decimals=3), VctHead({"DataMark": "CNSDTF-VCT", "Separator": ";"}, 3)):
        _, findings = written(tmp_path, *layers, head=head, indirect=False)
        assert [item.code for item in findings] == ["FMT-vct-text-changed"]
        file = back(tmp_path)
        assert not file.findings and [one.kind for one in file.layers] == list(shapes)
        for one, other in zip(layers, file.layers, strict=True):
            assert (one.code, one.fields, one.ids.tolist()) == (other.code, other.fields, other.ids.tolist())
            assert one.columns["MC"].tolist() == other.columns["MC"].tolist()
            same(
                one.geometry[[g is not None for g in one.geometry]],
                [g for g in other.geometry if g is not None],
            )
        assert file.layers[3].texts.tolist()[1] == "渭,河" and file.layers[3].angles.tolist() == angles_of(
            layers
        )


def angles_of(layers: list[VctLayer]) -> list[Any]:
    (found,) = [one.angles for one in layers if one.angles is not None]
    return found.tolist()


def test_an_empty_file_is_written_and_read(tmp_path: Path) -> None:
    _, findings = written(tmp_path, polygon())
    (found,) = back(tmp_path).layers
    assert not findings and len(found) == 0 and found.kind == "polygon"


# ── round trips ──────────────────────────────────────────────────────────────────────────────────────────

_NAMES = st.text(
    st.characters(codec="gbk", exclude_categories=("C", "Z"), exclude_characters=","), max_size=6
)


@st.composite
def coverages(draw: st.DrawFn) -> tuple[list[Any], int]:
    """Cells of a jittered grid, merged at will: common boundaries, holes, parts, corners that only touch."""
    decimals = draw(st.sampled_from([0, 2, 3, 4]))
    size = draw(st.integers(1, 5))
    jitter = draw(st.lists(st.integers(-30, 30), min_size=2 * (size + 1) ** 2, max_size=2 * (size + 1) ** 2))
    owners = draw(st.lists(st.integers(0, 4), min_size=size * size, max_size=size * size))
    unit = 10.0**-decimals
    corner = [
        [
            (
                EAST + (100 * i + jitter[2 * (i * (size + 1) + j)]) * unit,
                NORTH + (100 * j + jitter[2 * (i * (size + 1) + j) + 1]) * unit,
            )
            for j in range(size + 1)
        ]
        for i in range(size + 1)
    ]
    cells: dict[int, list[Any]] = {}
    for at, owner in enumerate(owners):
        i, j = divmod(at, size)
        ring = [corner[i][j], corner[i + 1][j], corner[i + 1][j + 1], corner[i][j + 1]]
        cells.setdefault(owner, []).append(shapely.Polygon(np.round(ring, decimals)))
    return [shapely.union_all(parts) for parts in cells.values()], decimals


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(coverage=coverages(), names=st.lists(_NAMES, min_size=5, max_size=5), indirect=st.booleans())
def test_coverages_survive_to_the_last_decimal(
    tmp_path: Path, coverage: tuple[list[Any], int], names: list[str], indirect: bool
) -> None:
    shapes, decimals = coverage
    fields = (VctField("MC", "Char", 20), VctField("MJ", "Float", 15, 2))
    values = {
        "MC": np.array(names[: len(shapes)], dtype=object),
        "MJ": np.round([g.area for g in shapes], 2),
    }
    one = polygon(*shapes, fields=fields, **values)
    text, findings = written(tmp_path, one, head=land_use_head(35, decimals=decimals), indirect=indirect)
    assert not findings
    file = back(tmp_path)
    assert not file.findings
    same(file.layers[0].geometry, one.geometry)
    for name in values:
        np.testing.assert_array_equal(file.layers[0].columns[name], values[name])
    again, _ = written(tmp_path, *file.layers, head=land_use_head(35, decimals=decimals), indirect=indirect)
    if indirect:  # where a ring begins is the first corner as read: the same lines, the same bytes
        assert len(again) == len(text)


@settings(max_examples=100)
@given(coverage=coverages())
def test_no_segment_is_written_twice(coverage: tuple[list[Any], int]) -> None:
    shapes, decimals = coverage
    edges = shared_edges(np.array(shapes, dtype=object), decimals)
    segments = [
        tuple(sorted((tuple(a), tuple(b))))
        for start, stop in zip(edges.start, edges.stop, strict=True)
        for a, b in zip(edges.points[start : stop - 1], edges.points[start + 1 : stop], strict=True)
    ]
    assert len(segments) == len(set(segments))
    assert set(np.abs(edges.refs)) - {0} == set(range(1, len(edges.start) + 1))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rings=st.lists(
        st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=9),
        min_size=1,
        max_size=4,
    )
)
def test_even_rings_that_run_back_on_themselves_keep_their_points(
    tmp_path: Path, rings: list[list[tuple[int, int]]]
) -> None:
    shapes = [shapely.Polygon(ring) for ring in rings]
    one = polygon(*shapes, fields=(VctField("MC"),))
    written(tmp_path, one, head=land_use_head(35, decimals=0))
    for shape, found in zip(shapes, back(tmp_path).layers[0].geometry, strict=True):
        corners = np.array(shape.exterior.coords)
        distinct = corners[np.append(True, (corners[1:] != corners[:-1]).any(axis=1))]
        if len(distinct) > 3:
            assert shapely.symmetric_difference(
                shapely.make_valid(shape), shapely.make_valid(found)
            ).area == pytest.approx(0)
            assert len(found.exterior.coords) == len(distinct)


def test_the_same_layers_give_the_same_bytes(tmp_path: Path) -> None:
    shapes = [shapely.box(i, j, i + 1, j + 1) for i in range(5) for j in range(5)]
    first, _ = written(tmp_path, polygon(*shapes))
    second, _ = written(tmp_path, polygon(*shapes))
    assert first == second
