"""What the maps show: their legend, their labels, their facts, their text."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader
from tiny_plan import EAST, EPSG, NORTH, cell

from fangtian.assess import Dossier
from fangtian.catalog.land_class import land_classes
from fangtian.deliver.maps import TITLES, DrawnMap, sidecar
from fangtian.deliver.maps.board import Board
from fangtian.deliver.maps.crew import Crew, draw_titles
from fangtian.deliver.maps.labels import LabelRequest
from fangtian.deliver.maps.neighbours import neighbours
from fangtian.deliver.maps.placing import place_labels
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.sheet import Furniture, Layout, LegendGroup, LegendItem, lay_out, open_sheet
from fangtian.deliver.maps.strata import Content, legend_of
from fangtian.deliver.maps.themes import THEMES
from fangtian.deliver.origin import origin_of
from fangtian.deliver.present import decide


@pytest.fixture(scope="module")
def drawn(scene: Scene) -> dict[str, DrawnMap]:
    return {item.title: item for item in draw_titles(scene, TITLES, "A4")}


def content(scene: Scene, title: str) -> Content:
    made = THEMES[title](scene)
    assert made is not None
    return made


def words(drawn: DrawnMap) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(drawn.pdf)).pages)


@pytest.mark.requirement("D-047")
def test_every_map_of_the_plan_is_drawn_once_and_in_order(drawn: dict[str, DrawnMap]) -> None:
    assert tuple(drawn) == TITLES
    assert [item.anchor for item in drawn.values()] == [f"map:{title}" for title in TITLES]


def test_a_plan_without_plots_has_no_maps_of_plots(dossier: Dossier) -> None:
    layers = {
        role: layer
        for role, layer in dossier.survey.layers.items()
        if role not in ("plots", "basic_farmland_out", "basic_farmland_in")
    }
    bare = replace(dossier, survey=replace(dossier.survey, layers=layers, relief=None), judgements=())
    ledger = replace(
        bare.ledger, **{name: np.full(len(bare.ledger), "", object) for name in ("pbf_out", "pbf_in", "plot")}
    )
    scene = Scene(replace(bare, ledger=ledger), decide(bare.book), origin_of(bare))
    assert [title for title in TITLES if THEMES[title](scene) is not None] == list(TITLES[:3])


def test_very_many_subprojects_are_keyed_by_kind(scene: Scene) -> None:
    """A hundred of them would leave no room for the map; table 7 names each by its number."""
    survey = scene.dossier.survey
    many = tuple(replace(survey.subprojects[0], id=f"Z{n:03d}") for n in range(100))
    crowded = replace(scene, dossier=replace(scene.dossier, survey=replace(survey, subprojects=many)))
    groups = {group.title: group.items for group in legend_of(content(crowded, "项目建设规划总图"))}
    items = groups["子项目（编号对应的项目见附表7）"]
    assert [item.label for item in items] == [survey.subprojects[0].kind]
    assert lay_out(
        scene.pilot, Furniture("总图", legend=tuple(LegendGroup(*g) for g in groups.items())), "A4"
    )


def test_a_neighbour_that_laps_into_the_pilot_area_along_its_border_is_named(scene: Scene) -> None:
    """What is left of it outside is a surface and a line; only the surface has room for a name."""
    west, south, east, north = shapely.bounds(scene.outline).tolist()
    beside, lap = (
        shapely.box(east + 500, south, east + 3_000, north),
        shapely.box(east - 3, south, east, south + 10),
    )
    layer = scene.dossier.survey.layers["villages"]
    columns = {name: np.append(values, values[:1]) for name, values in layer.columns.items()}
    shapes = np.append(layer.geometry, shapely.union_all([beside, lap]))
    villages = replace(layer, geometry=shapes, ids=np.append(layer.ids, "X"), columns=columns)
    layers = {**scene.dossier.survey.layers, "villages": villages}
    survey = replace(scene.dossier.survey, layers=layers)
    wide = Scene(replace(scene.dossier, survey=survey), scene.presentation, scene.origin)
    layout = lay_out(shapely.box(west, south, east + 3_000, north), Furniture("图"))
    assert [item.x > east for item in neighbours(wide, layout)] == [True]


@pytest.mark.requirement("D-058")
def test_the_present_map_shows_areas_terrain_red_line_and_farmland(scene: Scene) -> None:
    legend = {
        group.title: [item.label for item in group.items] for group in legend_of(content(scene, TITLES[1]))
    }
    assert {"旱地", "水浇地", "农村宅基地"} <= set(legend["土地利用现状"])
    assert legend["规划控制线"] == ["永久基本农田", "生态保护红线"]
    assert legend["界线"] == ["村界", "试点区域", "整治区域"]


@pytest.mark.requirement("D-059")
def test_the_planned_map_shows_zones_new_farmland_and_works(scene: Scene) -> None:
    made = content(scene, TITLES[2])
    legend = {group.title: [item.label for item in group.items] for group in legend_of(made)}
    assert {"新增耕地", "子项目范围"} <= set(legend["整治工程"])
    assert "永久基本农田" in legend["规划控制线"]
    numbers = {line for label in made.labels for line in label.lines}
    assert {"Z01", "Z02"} <= numbers


@pytest.mark.parametrize("title", TITLES)
def test_what_the_legend_names_is_on_the_map_and_what_is_on_the_map_is_named(
    scene: Scene, title: str
) -> None:
    made = content(scene, title)
    titles = set(made.groups)
    for stratum in made.strata:
        assert not stratum.group or stratum.group in titles
        assert bool(stratum.item.label) == bool(stratum.group), stratum.item
    shown = [item for group in legend_of(made) for item in group.items]
    extra = [item for items in made.extra.values() for item in items]
    drawn = [s.item for s in made.strata if len(s.geometry) and not shapely.is_empty(s.geometry).all()]
    assert all(item in drawn or item in extra for item in shown)
    assert all(item in shown for item in drawn if item.label)


@pytest.mark.parametrize(("title", "phase"), [(TITLES[1], "before"), (TITLES[2], "planned")])
def test_classes_have_their_official_colour_and_cover_the_area_once(
    scene: Scene, title: str, phase: str
) -> None:
    made = content(scene, title)
    strata = [s for s in made.strata if s.item.text in land_classes() and s.group == made.groups[0]]
    assert all(s.item.face == land_classes()[s.item.text].rgb for s in strata)
    covered = sum(shapely.area(s.geometry).sum() for s in strata)
    assert covered == pytest.approx(scene.pilot.area, rel=1e-9)
    for stratum in strata:
        tag = stratum.item.area
        assert tag is not None and tag.address == f"class_area[{stratum.item.text}]@pilot_area.{phase}"


@pytest.mark.requirement("D-057")
def test_printed_facts_are_the_displayed_values_and_stand_on_the_page(
    scene: Scene, drawn: dict[str, DrawnMap]
) -> None:
    for item in drawn.values():
        text = words(item)
        assert item.printed
        for tag in item.printed:
            assert tag.text == scene.presentation.text(tag.address, tag.form)
            assert tag.text in text, (item.title, tag)
        assert item.seal == scene.dossier.receipt.seal and item.seal in text


def test_names_and_numbers_can_be_searched_for(drawn: dict[str, DrawnMap]) -> None:
    for item in drawn.values():
        text = words(item)
        assert {name for name in ("上庄村", "下庄村") if name in text} == {"上庄村", "下庄村"}, item.title
    assert all(plot in words(drawn["项目建设规划总图"]) for plot in ("P01", "P02", "P03", "Z01", "Z02"))
    assert all(plot in words(drawn["新增耕地分布图"]) for plot in ("P01", "P03"))
    assert "TC-1" in words(drawn["永久基本农田调整前图"])
    assert "TR-1" in words(drawn["永久基本农田调整后图"])
    assert "等高线" in words(drawn["土地利用现状图"])


@pytest.fixture
def two_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fangtian.deliver.maps.crew.WORTH", 1)


def test_two_processes_draw_the_same_bytes_in_order_and_say_what_is_being_drawn(
    dossier: Dossier, drawn: dict[str, DrawnMap], two_hands: None
) -> None:
    told: list[str] = []
    titles = TITLES[-4:]
    scene = Scene(dossier, decide(dossier.book), origin_of(dossier))
    made = list(Crew(scene, titles, "A4").draw(told.append))
    assert [item.title for item in made] == list(titles)
    assert told[0] == f"绘制{titles[0]}"
    for item in made:
        same = drawn[item.title]
        assert (item.pdf, item.png, item.picture) == (same.pdf, same.png, same.picture)
        assert sidecar(item) == sidecar(same)


def test_the_second_process_draws_while_the_first_does_something_else(scene: Scene, two_hands: None) -> None:
    crew = Crew(scene, TITLES, "A4")
    deadline = time.monotonic() + 60
    while not crew.ready and time.monotonic() < deadline:
        time.sleep(0.1)
    crew.dismiss()
    assert TITLES[-1] in crew.ready


@pytest.mark.parametrize("command", [["/no/such/interpreter"], [sys.executable, "-c", "print('no map')"]])
def test_a_broken_second_process_is_made_up_for(scene: Scene, two_hands: None, command: list[str]) -> None:
    crew = Crew(scene, TITLES[:1], "A4", command)
    assert [item.title for item in crew.draw()] == list(TITLES[:1])


def test_pictures_for_word_are_small_and_keep_their_colours(scene: Scene, drawn: dict[str, DrawnMap]) -> None:
    for item in (*drawn.values(), *draw_titles(scene, ["土地利用现状图"], "A3")):
        with Image.open(io.BytesIO(item.picture)) as picture:
            assert picture.mode == "P" and 1700 <= picture.width <= 2500
            assert len(item.picture) < 1.2 * 2**20
            colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24)}
        assert {(255, 255, 255), (168, 0, 0)} <= colours, item.title


def test_the_sidecar_is_plain_json(drawn: dict[str, DrawnMap]) -> None:
    said = json.loads(json.dumps(sidecar(drawn["土地利用现状图"]), ensure_ascii=False))
    assert said["paper"] == "A4" and said["crs"] == f"EPSG:{EPSG}" and said["scale"] >= 500
    west, south, east, north = said["extent"]
    assert west < EAST < EAST + 400 < east and south < NORTH < NORTH + 300 < north
    assert {"address", "form", "text"} == set(said["printed"][0])


LEGEND = (LegendGroup("", (LegendItem("旱地", "fill", face=(255, 251, 177)),)),)
SHEET = lay_out(cell(0, 0, 4000, 3000), Furniture("图", legend=LEGEND), "A4")
BOARD = Board(open_sheet(SHEET), SHEET)


@st.composite
def requests(draw: st.DrawFn) -> list[LabelRequest]:
    """Parcels, villages and plots of any size, many in one spot."""
    made = []
    for number in range(draw(st.integers(1, 60))):
        x, y = draw(st.integers(0, 3900)), draw(st.integers(0, 2900))
        wide, high = draw(st.integers(5, 900)), draw(st.integers(5, 700))
        where = draw(st.sampled_from(["inside", "region", "plot"]))
        lines = draw(st.sampled_from([("XZ-001",), ("123", "0103"), ("方田村",), ("XZ-012", "0.3401")]))
        size = draw(st.sampled_from([4.2, 5.6, 11.0]))
        made.append(LabelRequest(lines, cell(x, y, x + wide, y + high), size, where, number % 4))
    return made


def overlapping(boxes: list[Any]) -> Iterator[tuple[Any, Any]]:
    for one, other in combinations(boxes, 2):
        if min(one[2], other[2]) - max(one[0], other[0]) > 1e-6:
            if min(one[3], other[3]) - max(one[1], other[1]) > 1e-6:
                yield one, other


def on_paper(layout: Layout, box: Any) -> tuple[float, float, float, float]:
    return (*layout.to_paper(box[0], box[1]), *layout.to_paper(box[2], box[3]))


@given(requests())
@settings(max_examples=20)
def test_no_label_covers_another_or_leaves_the_frame_or_hides_under_the_legend(
    wanted: list[LabelRequest],
) -> None:
    shapes = np.array([request.shape for request in wanted], dtype=object)
    result, _ = place_labels(BOARD, wanted, shapes)
    boxes = [label.box for label in result.placed]
    assert not list(overlapping(boxes))
    x0, y0, x1, y1 = SHEET.frame_mm
    assert all(
        b[0] >= x0 - 1e-6 and b[1] >= y0 - 1e-6 and b[2] <= x1 + 1e-6 and b[3] <= y1 + 1e-6 for b in boxes
    )
    furniture = [on_paper(SHEET, box) for box in SHEET.reserved]
    assert furniture and not [1 for box in boxes for other in furniture if list(overlapping([box, other]))]
    for label in result.placed:
        if label.request.where == "inside":
            ground = shapely.box(*SHEET.to_ground(*label.box[:2]), *SHEET.to_ground(*label.box[2:]))
            assert shapely.buffer(label.request.shape, SHEET.metres(0.3)).covers(ground)
    plots = sum(request.where == "plot" for request in wanted)
    assert sum(label.request.where == "plot" for label in result.placed) == plots, "every plot has its number"


def test_two_hundred_plots_in_a_heap_all_get_their_numbers() -> None:
    shapes = [cell(2000 + 3 * i, 1500 + 2 * (i % 7), 2004 + 3 * i, 1504 + 2 * (i % 7)) for i in range(200)]
    wanted = [LabelRequest((f"XZ-{i:03d}",), shape, 5.6, "plot", 2) for i, shape in enumerate(shapes)]
    result, _ = place_labels(BOARD, wanted, np.array(shapes, dtype=object))
    assert not result.missing and not list(overlapping([label.box for label in result.placed]))
