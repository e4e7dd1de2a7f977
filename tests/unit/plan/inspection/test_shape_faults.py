"""Shapes with one planted fault of every kind: that fault is told, with its rows, and no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import shapely

from fangtian.catalog.finding import Finding, Place
from fangtian.catalog.layer import layer_specs
from fangtian.geo.crs import crs_of
from fangtian.geo.layer import Layer
from fangtian.plan.coverage import within_layer
from fangtian.plan.inspection.shapes import inspect_fit, inspect_shapes
from fangtian.plan.soundness import sound_shapes

EAST, NORTH, SIZE = 35_450_000.0, 3_950_000.0, 50.0


def cell(x0: float, y0: float, x1: float, y1: float) -> Any:
    return shapely.box(EAST + x0, NORTH + y0, EAST + x1, NORTH + y1)


def ring(*points: tuple[float, float]) -> Any:
    return shapely.polygons([(EAST + x, NORTH + y) for x, y in points])


def grid() -> list[Any]:
    """Nine parcels of 50 m, which meet corner to corner."""
    return [cell(x, y, x + SIZE, y + SIZE) for y in (0.0, 50.0, 100.0) for x in (0.0, 50.0, 100.0)]


def layer(shapes: Sequence[Any], role: str = "parcels", ids: Sequence[str] = (), epsg: int = 4523) -> Layer:
    names = np.array(ids or [f"T{row}" for row in range(len(shapes))], dtype=object)
    return Layer(role, "图斑", crs_of(epsg), np.array(shapes, dtype=object), {}, names, "a.gpkg")


def told(shapes: Sequence[Any], role: str = "parcels") -> list[Finding]:
    made = layer(shapes, role)
    return [*within_layer(made, Place("a.gpkg")), *inspect_shapes(made, Place("a.gpkg"))]


def gap(shapes: list[Any]) -> None:
    del shapes[4]


def contained(shapes: list[Any]) -> None:
    shapes.append(cell(60, 60, 90, 90))


def sliver(shapes: list[Any]) -> None:
    shapes.append(cell(150, 0, 150.3, 50))


def parts(shapes: list[Any]) -> None:
    shapes[0] = shapely.multipolygons([shapes[0], cell(-90, 0, -60, 20)])


def spike(shapes: list[Any]) -> None:
    shapes[2] = ring((100, 0), (150, 0), (150, 20), (180, 20.01), (150, 20.02), (150, 50), (100, 50))


def short_edge(shapes: list[Any]) -> None:
    shapes[2] = ring((100, 0), (150, 0), (150.05, 0.02), (150, 50), (100, 50))


def repeated(shapes: list[Any]) -> None:
    shapes[2] = ring((100, 0), (150, 0), (150, 0), (150, 50), (100, 50))


def near_miss(shapes: list[Any]) -> None:
    shapes[0] = ring((0, 0), (50, 0), (50, 50.0004), (0, 50))


def overlap(shapes: list[Any]) -> None:
    shapes[8] = cell(95, 100, 150, 150)


def duplicate(shapes: list[Any]) -> None:
    shapes.append(shapely.reverse(shapes[3]))


FAULTS: dict[str, Callable[[list[Any]], None]] = {
    "TOP-gap": gap,
    "TOP-contained": contained,
    "TOP-sliver": sliver,
    "TOP-multipart": parts,
    "TOP-spike": spike,
    "TOP-short-edge": short_edge,
    "TOP-repeated-point": repeated,
    "TOP-near-miss": near_miss,
    "TOP-overlap": overlap,
    "TOP-duplicate": duplicate,
}


def test_sound_parcels_have_no_findings() -> None:
    assert told(grid()) == [] and told([]) == []


@pytest.mark.parametrize("code", FAULTS)
def test_a_planted_fault_is_told_and_no_other(code: str) -> None:
    shapes = grid()
    FAULTS[code](shapes)
    found = {item.code: item for item in told(shapes)}
    # What lies wholly on another overlaps it too, and both are said.
    assert set(found) - ({"TOP-overlap"} if code == "TOP-contained" else set()) == {code}
    assert found[code].place.wkb is not None and found[code].place.feature
    assert found[code].message and found[code].remedy


def test_all_faults_of_outlines_are_told_of_degrees_too() -> None:
    shapes = grid()
    spike(shapes)
    sliver(shapes)
    origin = np.array([EAST, NORTH])
    scale = np.array([1 / (111_320.0 * np.cos(np.radians(35.0))), 1 / 111_320.0])
    degrees = [shapely.transform(shape, lambda xy: (xy - origin) * scale + [105.0, 35.0]) for shape in shapes]
    made = layer(degrees, "", epsg=4490)
    found = {item.code: item for item in inspect_shapes(made, Place("a.gpkg"))}
    assert {"TOP-spike", "TOP-sliver"} <= set(found)
    west, south, east, north = shapely.bounds(shapely.from_wkb(found["TOP-sliver"].place.wkb))
    assert 104 < west < east < 106 and 34 < south < north < 36


def test_enclosed_ground_is_a_gap_only_where_a_layer_must_fill_it() -> None:
    shapes = grid()
    gap(shapes)
    assert [item.code for item in told(shapes, "villages")] == ["TOP-gap"]
    assert told(shapes, "plots") == []
    assert told(shapes, "") == []
    shapes.append(cell(50, 50, 99.8, 100))  # a strip of 20 cm is left
    assert [item.code for item in told(shapes, "plots")] == ["TOP-gap"]


def test_a_parcel_that_leaves_its_village_is_told_with_what_sticks_out() -> None:
    villages = layer(
        [cell(0, 0, 100, 150), cell(100, 0, 150, 150)], "villages", ["620523102201", "620523102202"]
    )
    parcels = layer(grid())
    home = ["620523102201" if row % 3 < 2 else "620523102202" for row in range(9)]
    parcels.columns["location_code"] = np.array([f"{code}0000000" for code in home], dtype=object)  # type: ignore[index]
    places = {"parcels": Place("a.gpkg"), "villages": Place("a.gpkg")}
    layers = {"parcels": parcels, "villages": villages}
    assert list(inspect_fit(layers, places)) == []
    parcels.geometry[4] = cell(50, 50, 104, 100)
    (found,) = inspect_fit(layers, places)
    assert found.code == "TOP-leaves-village" and found.values["area"] == "200.00"
    assert shapely.area(shapely.from_wkb(found.place.wkb)) == pytest.approx(200.0)


def test_crossing_rings_and_shapes_of_nothing_are_told_when_a_layer_is_read() -> None:
    bow = ring((0, 0), (50, 50), (50, 0), (0, 50))
    flat = ring((0, 0), (50, 0), (0, 0))
    ids = np.array(["A", "B", "C"], dtype=object)
    shapes = np.array([bow, flat, cell(60, 0, 90, 30)], dtype=object)
    found = sound_shapes(shapes, ids, layer_specs()["parcels"], Place("a.gpkg")).findings
    assert {item.code for item in found} == {"TOP-crossing-refused", "TOP-no-area"}
