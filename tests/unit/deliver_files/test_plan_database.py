"""The databases as a GIS user meets them: layers, official fields, sums, styles, dictionary, seal."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyogrio
import pytest

from fangtian.assess import Dossier
from fangtian.catalog.land_class import land_classes
from fangtian.deliver.present import decide

DATABASE, LAYER = "数据库/方案数据库.gpkg", "findings.gpkg"


def rows(path: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query, values).fetchall()


@pytest.mark.requirement("D-048", "D-060")
def test_official_layers_open_with_their_titles_and_crs(finished: Path) -> None:
    layers = dict(pyogrio.list_layers(finished / DATABASE).tolist())
    assert layers.keys() >= {"DLTB", "DLTB_GH", "ZZDK", "SDQY", "ZZQY", "CJDCQ", "YJJBNTTB", "STBHHX"}
    assert layers.keys() >= {"指标", "字段字典", "来源", "封印", "校验"}
    assert layers["DLTB"] == "MultiPolygon" and layers["指标"] is None
    assert pyogrio.read_info(finished / DATABASE, layer="DLTB")["crs"] == "EPSG:4523"
    titles = dict(rows(finished / DATABASE, "SELECT table_name, identifier FROM gpkg_contents"))
    assert titles["DLTB"] == "图斑现状" and titles["DLTB_GH"] == "图斑规划"


@pytest.mark.parametrize(("table", "phase"), [("DLTB", "before"), ("DLTB_GH", "planned")])
@pytest.mark.requirement("D-011", "D-060")
def test_layer_areas_add_up_to_the_facts_of_both_scopes(
    finished: Path, dossier: Dossier, table: str, phase: str
) -> None:
    for scope, where in (("pilot_area", ""), ("consolidation_area", "WHERE ZZQN = 1")):
        query = (
            f'SELECT DLBM, SUM(ROUND(TBDLMJ * 100)), SUM(ROUND(KCMJ * 100)) FROM "{table}" {where} GROUP BY 1'
        )
        found = rows(finished / DATABASE, query)
        ridges = sum(int(ridge) for *_, ridge in found)
        for code, net, _ in found:
            fact = dossier.book[f"class_area[{code}]@{scope}.{phase}"]
            assert int(net) + (ridges if code == "1203" else 0) == int(fact.value), (scope, code)
        assert ridges == int(dossier.book[f"class_area[1203]@{scope}.{phase}"].value)


def test_the_source_class_of_every_changed_piece_is_kept(finished: Path) -> None:
    changed = rows(finished / DATABASE, "SELECT XZDLBM, DLBM, DKBH FROM DLTB_GH WHERE XZDLBM <> DLBM")
    assert {("1206", "0103", "P01"), ("0404", "0103", "P01")} & set(changed)
    assert all(plot for *_, plot in changed)


def test_every_fact_is_in_the_database_with_exact_and_displayed_value(
    finished: Path, dossier: Dossier
) -> None:
    shown = decide(dossier.book)
    found = rows(finished / DATABASE, "SELECT 地址, 精确值, 显示值, 单位, 校验码 FROM 指标")
    expected = [
        (f.address, f.exact, shown[f.address].text, shown[f.address].unit, f.digest) for f in dossier.book
    ]
    assert [tuple("" if v is None else v for v in row) for row in found] == expected


def test_the_dictionary_describes_every_field_of_every_layer(finished: Path) -> None:
    path = finished / DATABASE
    listed = set(rows(path, "SELECT 图层, 字段 FROM 字段字典"))
    skipped = {"layer_styles"}
    tables = [t for (t,) in rows(path, "SELECT table_name FROM gpkg_contents") if t not in skipped]
    real = {(t, c) for t in tables for c in pyogrio.read_info(path, layer=t)["fields"].tolist()}
    assert real == listed
    empty = "SELECT COUNT(*) FROM 字段字典 WHERE 别名 = '' OR 依据 = '' OR 可信度 = ''"
    assert rows(path, empty) == [(0,)]


def test_styles_of_the_pieces_carry_the_official_colours(finished: Path) -> None:
    (style,) = rows(finished / DATABASE, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'DLTB'")
    text = str(style[0])
    ElementTree.fromstring(text[text.index("<qgis") :])
    red, green, blue = land_classes()["0103"].rgb
    assert f"{red},{green},{blue}" in text and "0103 旱地" in text
    assert 'attr="DLBM"' in text


def test_inputs_and_standins_are_listed_as_sources(finished: Path, dossier: Dossier) -> None:
    found = rows(finished / DATABASE, "SELECT 类别, 名称, 内容 FROM 来源")
    for name, digest in dossier.receipt.inputs.items():
        assert ("输入文件", name, digest) in found
    assert any(kind == "替代数据" and "15°" in str(words) for kind, _, words in found)


def test_judgements_and_findings_can_be_looked_at_on_the_map(finished: Path, dossier: Dossier) -> None:
    path = finished / LAYER
    first = dossier.judgements[0]
    plots = rows(path, "SELECT 规则, 结论, 图层, 要素, 面积公顷, 面积平方米 FROM 证据图斑")
    mine = [row for row in plots if row[0] == first.norm.id]
    assert mine == [(first.norm.id, str(first.verdict), "整治地块", "P01", "1.0500", 10_500.0)]
    assert len(plots) == sum(len(set(item.evidence)) for item in dossier.judgements)
    assert rows(path, "SELECT COUNT(*) FROM 评判结论") == [(len(dossier.judgements),)]
    drawn = rows(path, "SELECT 代码, 图层 FROM 检查发现图形")
    assert drawn == [("SCH-layer-missing", "DLTB"), ("SCH-layer-missing", "ZZDK")]
    assert rows(path, "SELECT 文件 FROM 检查发现 WHERE 代码 = 'SCH-layer-missing'") == [("plan.toml",)]
    info = pyogrio.read_info(path, layer="检查发现图形", force_total_bounds=True)
    assert info["features"] == 2 and info["total_bounds"][0] > 35_000_000
