"""``check --fix``：副本里属性、次序、空图形、多部件都照旧，只有修过的图形变了；再查一遍，能修的都没有了。"""

from __future__ import annotations

import csv
import io
import json
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from fangtian.cli import run

EAST, NORTH = 35_450_000.0, 3_950_000.0


def square(column: int, row: int) -> np.ndarray:
    west, south = EAST + 100.0 * column, NORTH + 100.0 * row
    return np.array([(west, south), (west + 100, south), (west + 100, south + 100), (west, south + 100)])


def planted() -> dict[str, shapely.Geometry | None]:
    """One fault of each kind that ``--fix`` mends, beside rows without fault, without shape, of two parts."""
    shapes: dict[str, shapely.Geometry | None] = {
        f"{column}{row}": shapely.Polygon(square(column, row)) for column in range(4) for row in range(4)
    }
    missed, spiked, repeated = square(1, 1), square(3, 3), square(0, 3)
    missed[0] += 0.0006  # beside the corner of three neighbours
    shapes["11"] = shapely.Polygon(missed)
    spike = [spiked[1] + (0, 50), spiked[1] + (8, 50.001), spiked[1] + (0, 50.002)]
    shapes["33"] = shapely.Polygon(np.insert(spiked, 2, spike, axis=0))
    shapes["03"] = shapely.Polygon(np.insert(repeated, 2, repeated[2], axis=0))
    shapes["20"] = shapely.box(*(square(2, 0)[0]), *(square(2, 0)[2] + (0.005, 0)))  # overlaps 30
    shapes["12"] = shapely.box(*(square(1, 2)[0]), *(square(1, 2)[2] - (0.005, 0)))  # leaves a slit to 22
    shapes["无图"] = None
    shapes["两块"] = shapely.MultiPolygon([shapely.Polygon(square(9, 0)), shapely.Polygon(square(9, 3))])
    shapes["又画"] = shapes["00"]
    shapes["另说"] = shapes["两块"]  # drawn twice, and says something else: for a person to decide
    return shapes


def write(path: Path, shapes: dict[str, shapely.Geometry | None]) -> None:
    names = np.array(list(shapes), dtype=object)
    said = ["00" if name == "又画" else name for name in names]  # the repeat differs in its id alone
    columns = [
        np.array([f"注{name}" for name in said], dtype=object),
        names,
        np.array([*map(len, said)]) * 1.5,
    ]
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(list(shapes.values()), dtype=object)),
        columns, np.array(["备注", "BSM", "数"]), driver="GPKG", layer="地块",
        geometry_type="Unknown", crs="EPSG:4523",
    )  # fmt: skip


def read(path: Path) -> tuple[list[str], dict[str, tuple[object, ...]], dict[str, shapely.Geometry]]:
    meta, _, wkb, columns = pyogrio.raw.read(path, layer="地块")
    fields = list(map(str, meta["fields"]))
    rows = {str(row[fields.index("BSM")]): tuple(row) for row in zip(*columns, strict=True)}
    return fields, rows, dict(zip(rows, shapely.from_wkb(wkb), strict=True))


def checked(*arguments: object) -> dict[str, list[dict[str, str]]]:
    said = io.StringIO()
    with redirect_stdout(said):
        run(["check", *map(str, arguments), "--json", "--date", "2026-03-01"])
    return json.loads(said.getvalue())


def codes(said: dict[str, list[dict[str, str]]]) -> set[str]:
    return {item["code"] for item in said["findings"] if item["code"].startswith("TOP-")}


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, set[str]]:
    folder = tmp_path_factory.mktemp("fix")
    source = folder / "来件.gpkg"
    write(source, planted())
    found = codes(checked(source, "--fix", "--out", folder / "查"))
    return source, folder / "查/修补后/来件.gpkg", found


def test_the_copy_has_none_of_the_faults_that_were_there(
    fixed: tuple[Path, Path, set[str]], tmp_path: Path
) -> None:
    _, copy, found = fixed
    mendable = {"TOP-near-miss", "TOP-spike", "TOP-repeated-point", "TOP-overlap", "TOP-gap", "TOP-duplicate"}
    assert mendable <= found
    again = codes(checked(copy, "--fix", "--out", tmp_path / "再查"))
    assert again & (mendable | {"TOP-mended"}) <= {"TOP-duplicate", "TOP-overlap"}  # of 两块 and 另说
    assert not (tmp_path / "再查/修补后").exists() or not any((tmp_path / "再查/修补后").rglob("*.gpkg"))


def test_attributes_rows_without_shape_and_parts_are_as_they_were(fixed: tuple[Path, Path, set[str]]) -> None:
    source, copy, _ = fixed
    fields, rows, shapes = read(source)
    fields_after, rows_after, shapes_after = read(copy)
    assert fields_after == fields == ["备注", "BSM", "数"]
    assert list(rows_after) == [name for name in rows if name != "又画"]
    assert all(rows_after[name] == rows[name] for name in rows_after)
    assert shapes_after["无图"] is None
    assert shapely.get_num_geometries(shapes_after["两块"]) == 2
    untouched = set(shapes_after) - {"无图", "11", "33", "03", "20", "30", "12", "22", "02"}
    for name in untouched:  # a layer with parts is one of multipolygons; the corners are the same to the bit
        before, after = (
            shapely.normalize(shapely.get_parts(found[name])) for found in (shapes, shapes_after)
        )
        assert shapely.equals_identical(before, after).all(), name


def test_the_table_of_changes_tells_every_square_metre(fixed: tuple[Path, Path, set[str]]) -> None:
    source, copy, _ = fixed
    with (copy.parents[1] / "修改记录.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    total = sum(float(row["变化（m²）"]) for row in table)
    before, after = (
        np.nansum(shapely.area(np.array(list(read(path)[2].values()), dtype=object)))
        for path in (source, copy)
    )
    assert total == pytest.approx(after - before, abs=1e-4 * len(table))
    assert {row["修改"] for row in table} >= {
        "删除重复要素",
        "删除尖刺",
        "捕捉到公共点",
        "裁去重叠",
        "填补缝隙",
    }
