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
from fangtian.plan.coverage import across_layers, within_layer
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


def in_degrees(shapes: Sequence[Any]) -> list[Any]:
    """The same shapes near 35.7° north, as surveys are usually delivered."""
    origin, scale = np.array([EAST, NORTH]), np.array([90_525.4, 110_953.1])
    return [shapely.transform(shape, lambda xy: (xy - origin) / scale + [104.45, 35.68]) for shape in shapes]


def told(shapes: Sequence[Any], role: str = "parcels", epsg: int = 4523) -> list[Finding]:
    made = layer(in_degrees(shapes) if epsg == 4490 else shapes, role, epsg=epsg)
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
    shapes[0] = ring((0, 0), (50, 0), (50, 50.0003), (0, 50))


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


@pytest.mark.parametrize("epsg", [4523, 4490])
@pytest.mark.parametrize("code", FAULTS)
def test_a_planted_fault_is_told_and_no_other(code: str, epsg: int) -> None:
    shapes = grid()
    FAULTS[code](shapes)
    found = {item.code: item for item in told(shapes, epsg=epsg)}
    # What lies wholly on another overlaps it too, and both are said.
    assert set(found) - ({"TOP-overlap"} if code == "TOP-contained" else set()) == {code}
    assert found[code].place.wkb is not None and found[code].place.feature
    assert found[code].message and found[code].remedy
    west, south, east, north = shapely.bounds(shapely.from_wkb(found[code].place.wkb))
    assert (104 < west <= east < 105 and 35 < south <= north < 36) == (epsg == 4490)


def test_areas_of_degrees_are_told_in_square_metres() -> None:
    shapes = grid()
    overlap(shapes)
    gap(shapes)
    areas = {item.code: float(item.values["area"]) for item in told(shapes, epsg=4490)}
    assert areas == {
        "TOP-overlap": pytest.approx(250, rel=0.001),
        "TOP-gap": pytest.approx(2_500, rel=0.001),
    }


def test_every_place_is_drawn_however_many_there_are() -> None:
    count = 1_200
    shapes = [cell(x, y, x + 10.5, y + 9) for x in (0.0, 10.0) for y in 10.0 * np.arange(count)]
    (found,) = told(shapes, "plots")
    parts = shapely.get_parts(shapely.from_wkb(found.place.wkb))
    assert found.code == "TOP-overlap" and len(parts) == count == int(found.values["count"])
    assert shapely.covers(shapely.union_all(shapely.box(*shapely.bounds(np.array(shapes)).T)), parts).all()


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


def at_the_edge(epsg: int, strips: Sequence[Any]) -> list[Finding]:
    """Nine parcels, the last of which leaves a strip of its village open, and villages around them."""
    shapes = [*grid()[:8], *strips]
    villages = [cell(0, 0, 150, 150), cell(150, 0, 300, 150)]
    both = [in_degrees(group) if epsg == 4490 else group for group in (shapes, villages)]
    layers = {"parcels": layer(both[0], epsg=epsg), "villages": layer(both[1], "villages", epsg=epsg)}
    return list(inspect_fit(layers, {"parcels": Place("a.gpkg"), "villages": Place("a.gpkg")}))


@pytest.mark.parametrize("epsg", [4523, 4490])
def test_ground_of_a_village_at_its_edge_is_a_gap_too_and_an_empty_village_is_none(epsg: int) -> None:
    assert at_the_edge(epsg, [cell(100, 100, 150, 150)]) == []
    (found,) = at_the_edge(epsg, [cell(100, 100, 150, 145)])
    assert found.code == "TOP-gap" and found.place.feature == "T8"
    assert float(found.values["area"]) == pytest.approx(250, rel=0.001)


def test_a_gap_that_parcels_enclose_is_told_once_and_by_the_layer_itself() -> None:
    shapes = grid()
    gap(shapes)
    villages = {
        "parcels": layer(shapes),
        "villages": layer([cell(0, 0, 75, 150), cell(75, 0, 150, 150)], "villages"),
    }
    assert list(inspect_fit(villages, {"parcels": Place("a.gpkg")})) == []
    assert [item.code for item in told(shapes)] == ["TOP-gap"]


def test_a_parcel_drawn_twice_hides_no_open_ground_of_the_pilot_area() -> None:
    pilot = layer([cell(0, 0, 200, 50)], "pilot_area")
    row = [cell(x, 0, x + 50, 50) for x in (0.0, 50.0, 100.0)]
    places = {"parcels": Place("a.gpkg"), "pilot_area": Place("a.gpkg")}
    (found,) = across_layers({"pilot_area": pilot, "parcels": layer([*row, row[0]])}, places)
    assert found.code == "BAL-parcels-gap" and found.values["area"] == "2500.00"
    assert shapely.from_wkb(found.place.wkb).bounds == cell(150, 0, 200, 50).bounds


def test_crossing_rings_and_shapes_of_nothing_are_told_when_a_layer_is_read() -> None:
    bow = ring((0, 0), (50, 50), (50, 0), (0, 50))
    flat = ring((0, 0), (50, 0), (0, 0))
    ids = np.array(["A", "B", "C"], dtype=object)
    shapes = np.array([bow, flat, cell(60, 0, 90, 30)], dtype=object)
    found = sound_shapes(shapes, ids, layer_specs()["parcels"], Place("a.gpkg")).findings
    assert {item.code for item in found} == {"TOP-crossing-refused", "TOP-no-area"}
