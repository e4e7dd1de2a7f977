"""The generated plan folder: exact coverage, lawful fields, plots that fit, sums that agree, same bytes."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from numpy.typing import NDArray

from fangtian.catalog.code import codes
from fangtian.catalog.finding import blocking
from fangtian.geo.area import official_areas
from fangtian.geo.crs import crs_of
from fangtian.plan.folder import open_plan
from fangtian.plan.model import Survey
from fangtian.plan.sample import write_sample
from fangtian.plan.survey import read_survey

CENT = Decimal("0.01")
Layer = tuple[NDArray[Any], dict[str, NDArray[Any]]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def survey(folder: Path) -> Survey:
    return read_survey(open_plan(folder))


def layer(folder: Path, file: str, name: str) -> Layer:
    meta, _, wkb, columns = pyogrio.raw.read(folder / "data" / file, layer=name)
    return shapely.from_wkb(wkb), dict(zip(meta["fields"].tolist(), columns, strict=True))


@pytest.fixture(scope="module")
def parcels(folder: Path) -> Layer:
    return layer(folder, "base.gpkg", "DLTB")


@pytest.fixture(scope="module")
def plots(folder: Path) -> Layer:
    return layer(folder, "plan.gpkg", "ZZDK")


def exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def union(shapes: NDArray[Any]) -> shapely.Geometry:
    return shapely.union_all(shapes)


def test_the_engine_reads_the_folder_without_any_error(survey: Survey) -> None:
    assert not blocking(survey.findings)
    assert len(survey.subprojects) >= 12
    assert {item.kind for item in survey.subprojects} == set(codes("subproject_kind"))
    assert {item.status for item in survey.existing} == set(codes("project_status"))
    assert len(survey.existing) >= 6 and min(item.year for item in survey.existing) >= 2018


def test_parcels_cover_the_township_without_gap_or_overlap(folder: Path, parcels: Layer) -> None:
    shapes = shapely.get_parts(parcels[0])
    assert 3000 <= len(shapes) <= 4500 and len(shapes) == len(parcels[0])
    assert shapely.coverage_is_valid(shapes) and shapely.is_valid(shapes).all()
    pilot, _ = layer(folder, "plan.gpkg", "SDQY")
    assert 35e6 < pilot[0].area < 45e6
    assert abs(shapely.area(shapes).sum() - pilot[0].area) < 0.1
    assert len(shapely.get_parts(pilot)) == 1 and not shapely.get_parts(pilot)[0].interiors


def test_areas_are_the_official_ones_and_ridges_add_up(parcels: Layer) -> None:
    shapes, fields = parcels
    assert np.array_equal(np.rint(fields["TBMJ"] * 100), official_areas(shapes, crs_of(4523)))
    for row in range(0, len(shapes), 7):
        area, share = exact(fields["TBMJ"][row]), exact(fields["KCXS"][row])
        ridge = (area * share).quantize(CENT, ROUND_HALF_UP)
        assert exact(fields["KCMJ"][row]) == ridge
        assert exact(fields["TBDLMJ"][row]) == area - ridge


def test_ridges_slope_and_grade_belong_to_cultivated_land_only(parcels: Layer) -> None:
    _, fields = parcels
    cultivated = np.char.startswith(fields["DLBM"].astype(str), "01")
    for name in ("KCXS", "KCMJ"):
        assert (fields[name][~cultivated] == 0).all()
    slope = np.array([value or "" for value in fields["GDPDJB"]])
    assert (slope[~cultivated] == "").all() and set(slope[cultivated]) <= set("12345")
    assert (fields["KCXS"][slope == "1"] == 0).all() and (
        fields["KCXS"][cultivated & (slope != "1")] > 0
    ).all()
    assert np.isnan(fields["GDDB"][~cultivated]).all()
    assert np.nanmin(fields["GDDB"]) >= 10 and np.nanmax(fields["GDDB"]) <= 14


def test_codes_are_official_and_identifiers_unique(parcels: Layer) -> None:
    _, fields = parcels
    assert {len(value) for value in fields["BSM"]} == {18} and len(set(fields["BSM"])) == len(fields["BSM"])
    assert {len(value) for value in fields["ZLDWDM"]} == {19}
    assert len(set(zip(fields["ZLDWDM"], fields["TBBH"], strict=True))) == len(fields["BSM"])
    for name, domain in (("DLBM", "land_class"), ("QSXZ", "QSXZ"), ("GDLX", "GDLX"), ("CZCSXM", "CZCSXM")):
        assert {value for value in fields[name] if value} <= set(codes(domain)), name
    expected = {
        "0101",
        "0102",
        "0103",
        "0201",
        "0301",
        "0305",
        "0307",
        "0404",
        "0601",
        "0602",
        "0702",
        "08H1",
    }
    expected |= {"08H2", "1003", "1006", "1101", "1104", "1107", "1201", "1202", "1206"}
    assert expected <= set(fields["DLBM"])


def test_villages_are_unions_of_their_parcels(folder: Path, parcels: Layer) -> None:
    shapes, fields = layer(folder, "base.gpkg", "CJDCQ")
    assert len(shapes) == 9 and all(len(shapely.get_parts(shape)) == 1 for shape in shapes)
    assert {"集聚提升", "城郊融合", "特色保护", "搬迁撤并"} <= set(fields["CZLX"])
    for code, shape in zip(fields["ZLDWDM"], shapes, strict=True):
        own = parcels[0][parcels[1]["ZLDWDM"] == code]
        assert abs(shapely.area(own).sum() - shape.area) < 0.01


def test_plots_lie_apart_inside_the_consolidation_area(folder: Path, plots: Layer) -> None:
    shapes, fields = plots
    assert len(shapes) >= 60 and set(fields["DKLX"]) == set(codes("plot_kind"))
    assert all(re.fullmatch(r"[A-Z]{2}-\d{3}", name) for name in fields["DKBH"])
    assert len(set(fields["DKBH"])) == len(shapes) and shapely.is_valid(shapes).all()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = left < right
    assert (
        shapely.area(shapely.intersection(shapes[left[pairs]], shapes[right[pairs]])).max(initial=0.0) < 0.005
    )
    area, _ = layer(folder, "plan.gpkg", "ZZQY")
    assert shapely.area(shapely.difference(shapes, union(area))).max() < 0.005


def test_some_plots_cut_parcels(parcels: Layer, plots: Layer) -> None:
    plot, parcel = shapely.STRtree(parcels[0]).query(plots[0], predicate="intersects")
    shared = shapely.area(shapely.intersection(plots[0][plot], parcels[0][parcel]))
    whole = shapely.area(parcels[0][parcel])
    assert ((shared > 50.0) & (shared < whole - 50.0)).sum() > 30


def test_every_year_and_every_subproject_has_plots(survey: Survey, plots: Layer) -> None:
    assert set(plots[1]["SSND"]) == {2026, 2027, 2028}
    assert set(plots[1]["ZXMBH"]) == {item.id for item in survey.subprojects}
    cleared = plots[1]["DKLX"] == "拆旧复垦"
    assert plots[1]["CQFW"][cleared].sum() > plots[1]["DQHS"][cleared].sum() > 0
    assert all(plots[1]["DKYT"][np.isin(plots[1]["DKLX"], ("建新", "存量盘活"))])
    assert any("旱改水" in str(note) for note in plots[1]["BZ"])


def test_moved_out_farmland_is_a_little_over_five_percent_and_replaced(folder: Path, parcels: Layer) -> None:
    held, fields = layer(folder, "base.gpkg", "YJJBNTTB")
    out, _ = layer(folder, "plan.gpkg", "YJJBNTTC")
    into, _ = layer(folder, "plan.gpkg", "YJJBNTTR")
    net = parcels[1]["TBDLMJ"]
    inside = shapely.contains(union(out).buffer(0.01), parcels[0])
    assert 0.05 < net[inside].sum() / fields["YJJBNTMJ"].sum() < 0.058
    assert shapely.area(shapely.intersection(union(held), into)).sum() < 1.0
    assert shapely.area(into).sum() > 0.95 * shapely.area(out).sum()
    cultivated = np.char.startswith(parcels[1]["DLBM"].astype(str), "01")
    assert 0.70 < shapely.area(held).sum() / shapely.area(parcels[0][cultivated]).sum() < 0.80


def test_one_new_building_plot_strays_into_the_red_line(folder: Path, plots: Layer) -> None:
    redline, _ = layer(folder, "base.gpkg", "STBHHX")
    built = plots[0][plots[1]["DKLX"] == "建新"]
    assert (shapely.area(shapely.intersection(built, union(redline))) > 100.0).sum() == 1


def test_the_town_trades_one_corner_for_another(folder: Path) -> None:
    before, _ = layer(folder, "base.gpkg", "CZKFBJ")
    after, _ = layer(folder, "plan.gpkg", "CZKFBJ_TZH")
    assert after[0].area <= before[0].area < after[0].area * 1.01
    assert 1_000 < shapely.symmetric_difference(before[0], after[0]).area < 0.3 * before[0].area


def test_ungraded_fields_lie_outside_the_consolidation_area(folder: Path, parcels: Layer) -> None:
    area, _ = layer(folder, "plan.gpkg", "ZZQY")
    shapes, fields = parcels
    blank = np.char.startswith(fields["DLBM"].astype(str), "01") & np.isnan(fields["GDDB"])
    assert blank.any() and shapely.area(shapely.intersection(shapes[blank], union(area))).max() < 0.005


def test_funds_add_up_to_the_investment_of_every_subproject(folder: Path, survey: Survey) -> None:
    investment = {item.id: item.investment.wan for item in survey.subprojects if item.investment is not None}
    with (folder / "data" / "funds.csv").open(encoding="utf-8-sig", newline="") as text:
        funds = list(csv.DictReader(text))
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for row in funds:
        paid[row["子项目编号"]] += Decimal(row["金额（万元）"])
    assert paid == investment
    assert {item.category for item in survey.funds} == {"财政", "社会"}
    for year in survey.plan.years:
        outflow = sum(
            item.amount for item in survey.cash if item.year == year and item.title == "项目建设投资"
        )
        assert outflow == sum(item.amount for item in survey.funds if item.year == year)


def test_cash_comes_back_by_2035(survey: Survey) -> None:
    cash = survey.cash
    assert {item.year for item in cash} == set(range(2026, 2036))
    assert sum(item.amount if item.inflow else -item.amount for item in cash) > 0


def test_the_plan_says_that_it_is_made_up(folder: Path) -> None:
    text = (folder / "plan.toml").read_text(encoding="utf-8")
    assert "虚构" in text and "示例" in open_plan(folder).name


def test_generated_twice_the_bytes_are_the_same(folder: Path, tmp_path: Path) -> None:
    again = write_sample(tmp_path)

    def digests(root: Path) -> dict[str, str]:
        files = sorted(path for path in root.rglob("*") if path.is_file())
        return {
            path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
        }

    assert digests(again) == digests(folder)


def test_the_planners_words_are_there_and_type_no_number(folder: Path, survey: Survey) -> None:
    assert {item.part for item in survey.narratives} == {1, 2, 4, 5, 7}
    for item in survey.narratives:
        words = re.sub(r"\{\{.*?\}\}|\[\^\d+\]|(?m:^\s*(#+ )?\d\.)", "", item.text)
        assert "示例" in words and not re.search(r"\d|@@", words), item.file
    assert not [item for item in survey.findings if item.code.startswith("NAR")]
    assert (folder / "narrative" / "pictures" / "profile.png").read_bytes()[:4] == b"\x89PNG"


def test_rights_change_hands_over_whole_plots(survey: Survey, plots: Layer) -> None:
    areas = {str(name): int(area) for name, area in zip(
        plots[1]["DKBH"], official_areas(plots[0], crs_of(4523)), strict=True
    )}  # fmt: skip
    assert {change.type for change in survey.rights} < set(codes("rights_type"))
    assert len(survey.rights) > 10
    for change in survey.rights:
        assert abs(int(change.area) - areas[change.plots]) <= 50  # half of the last printed digit
        assert change.holder_before != change.holder_after
    assert not [item for item in survey.findings if item.code.startswith("PLN-rights")]


def test_the_elevation_model_is_the_ground_that_slopes_were_taken_from(survey: Survey, folder: Path) -> None:
    """Cells of 15 m over the whole township; its own slopes agree with the classes of the slope layer."""
    relief = survey.relief
    assert relief is not None and relief.cell == 15.0 and np.isfinite(relief.heights).mean() > 0.4
    assert 1400 < np.nanmin(relief.heights) < np.nanmax(relief.heights) < 2000
    layer = survey.layers["slope"]
    steep = layer.geometry[layer.column("slope_class") == "5"]
    level = layer.geometry[layer.column("slope_class") == "1"]
    rise = np.hypot(*np.gradient(relief.heights.astype(float), relief.cell))
    x, y = np.meshgrid(relief.x, relief.y)
    means = []
    for shapes in (level, steep):
        inside = shapely.contains_xy(shapely.union_all(shapes), x, y)
        means.append(np.degrees(np.arctan(np.nanmean(rise[inside]))))
    assert means[0] < 5 < 20 < means[1]
    assert (folder / "data/dem.tif").stat().st_size < 1_000_000
