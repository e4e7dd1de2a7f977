"""文件地理数据库与字段字典：与 GeoPackage 同一内容；改动一处，指出图层、行、字段和数值。"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely
from shapely import affinity

from fangtian.assess import Dossier
from fangtian.catalog.code import codes
from fangtian.catalog.finding import Finding
from fangtian.deliver.database import (
    DATABASE_FILE,
    DICTIONARY_FILE,
    GEODATABASE,
    LAYERS_FILE,
    Content,
    database_content,
    write_databases,
)
from fangtian.deliver.database.geodatabase import mirrored, write_geodatabase
from fangtian.deliver.facts_file import FACTS_FILE, write_facts
from fangtian.deliver.origin import origin_of
from fangtian.deliver.present import decide
from fangtian.deliver.verify.geodatabase import check_geodatabase, moved_shapes
from fangtian.deliver.verify.sealed import Sealed, read_sealed
from fangtian.formats.filegdb import geodatabase_files
from fangtian.formats.geopackage import OutLayer


@pytest.fixture(scope="module")
def content(dossier: Dossier) -> Content:
    return database_content(dossier, decide(dossier.book), origin_of(dossier))


@pytest.fixture(scope="module")
def made(dossier: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("databases")
    presentation, origin = decide(dossier.book), origin_of(dossier)
    write_facts(folder / FACTS_FILE, dossier.book, presentation, origin)
    write_databases(folder, dossier, presentation, origin)
    return folder


@pytest.fixture
def build(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "build"))


@pytest.fixture
def sealed(made: Path) -> Sealed:
    return read_sealed(made)[0]


def checked(build: Path, sealed: Sealed) -> list[Finding]:
    return list(check_geodatabase(build / GEODATABASE, GEODATABASE, sealed))


def change(build: Path, old: bytes, new: bytes) -> None:
    """The first place in any table of the geodatabase where the bytes stand, the system's own left out."""
    assert len(old) == len(new)
    for file in geodatabase_files(build / GEODATABASE):
        data = file.read_bytes()
        if file.suffix == ".gdbtable" and int(file.stem[1:], 16) > 8 and old in data:
            file.write_bytes(data.replace(old, new, 1))
            return
    raise AssertionError(f"{old!r} is in no table")


def forged(build: Path, content: Content, spoil: Callable[[OutLayer], OutLayer], name: str) -> None:
    """A geodatabase of another content, with digests that fit it."""
    layers = [spoil(layer) if layer.name == name else layer for layer in content.layers]
    shutil.rmtree(build / GEODATABASE)
    write_geodatabase(build / GEODATABASE, layers, content.tables)


# ── content ──────────────────────────────────────────────────────────────────────────────────────────────


def test_both_databases_hold_the_same_and_agree_with_the_facts(made: Path, sealed: Sealed) -> None:
    assert checked(made, sealed) == []
    with mirrored(made / GEODATABASE) as database:
        names = {name for (name,) in database.execute("SELECT table_name FROM gpkg_contents")}
        assert names >= {
            "DLTB",
            "DLTB_GH",
            "ZZDK",
            "SDQY",
            "ZZQY",
            "指标",
            "字段字典",
            "来源",
            "封印",
            "校验",
        }
        (count,) = database.execute("SELECT COUNT(*) FROM 指标").fetchone()
        assert count == len(sealed.facts.entries)
        places = dict(database.execute("SELECT 位置, 校验码 FROM 校验 WHERE 图层 = 'DLTB' AND 种类 = '列'"))
        assert {"geom", "DLBM", "TBMJ"} <= places.keys()


def test_every_file_is_named_and_two_writings_are_equal(dossier: Dossier, made: Path, tmp_path: Path) -> None:
    names = write_databases(tmp_path, dossier, decide(dossier.book), origin_of(dossier))
    files = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert sorted(names) == files and {DATABASE_FILE, DICTIONARY_FILE, LAYERS_FILE} < set(names)
    assert [name for name in names if (made / name).read_bytes() != (tmp_path / name).read_bytes()] == []


def test_pieces_lie_on_the_grid_are_valid_and_have_an_area(content: Content) -> None:
    pieces = next(layer for layer in content.layers if layer.name == "DLTB")
    assert shapely.is_valid(pieces.geometry).all() and not shapely.is_empty(pieces.geometry).any()
    points = shapely.get_coordinates(pieces.geometry)
    assert (points == np.round(points, 4)).all() and min(pieces.columns["TBMJ"]) > 0


# ── planted faults ───────────────────────────────────────────────────────────────────────────────────────


def test_a_changed_word_is_named_with_layer_row_and_field(build: Path, sealed: Sealed) -> None:
    change(build, "上庄村".encode(), "上庄屯".encode())
    (found, *more) = checked(build, sealed)
    assert found.code == "DEL-row-changed" and "上庄屯" in found.message and not more
    assert (found.place.layer, found.place.field) == ("CJDCQ", "ZLDWMC")


def test_a_changed_area_is_named_and_no_longer_adds_up(build: Path, sealed: Sealed, content: Content) -> None:
    pieces = next(layer for layer in content.layers if layer.name == "DLTB")
    area = float(pieces.columns["TBMJ"][0])
    change(build, struct.pack("<d", area), struct.pack("<d", area + 1000))
    found = checked(build, sealed)
    assert {"DEL-row-changed", "DEL-sum-differs"} <= {item.code for item in found}
    (row,) = (item for item in found if item.code == "DEL-row-changed")
    assert row.place.layer == "DLTB" and row.place.feature == "1" and "TBMJ" in row.message


def test_a_changed_fact_is_named_with_its_address(build: Path, sealed: Sealed) -> None:
    assert sealed.presentation is not None
    shown = sealed.presentation["total_area@pilot_area.before"].text
    change(build, shown.encode(), ("8" + shown[1:]).encode())
    (found, *_) = checked(build, sealed)
    assert found.code == "DEL-number-differs" and "指标 第" in found.message and "显示值" in found.message
    assert f"“8{shown[1:]}”" in found.message and f"“{shown}”" in found.message


def test_a_changed_seal_is_named(build: Path, sealed: Sealed) -> None:
    change(build, sealed.seal.encode(), (sealed.seal[:-1] + "x").encode())
    assert [item.code for item in checked(build, sealed)] == ["DEL-seal-differs"]


def test_a_digest_that_was_changed_is_told_from_changed_content(build: Path, sealed: Sealed) -> None:
    with mirrored(build / GEODATABASE) as database:
        query = "SELECT 校验码 FROM 校验 WHERE 图层 = 'ZZDK' AND 种类 = '行'"
        (digest, *_) = database.execute(query).fetchone()
    change(build, digest.encode(), digest[::-1].encode())
    (found,) = checked(build, sealed)
    assert found.code == "DEL-check-changed" and "ZZDK" in found.message


def with_column(layer: OutLayer, name: str, row: int, value: Any) -> OutLayer:
    values = list(layer.columns[name])
    values[row] = value
    return replace(layer, columns={**layer.columns, name: values})


def test_whoever_renews_the_digests_is_betrayed_by_the_other_database(
    build: Path, sealed: Sealed, content: Content
) -> None:
    forged(build, content, lambda layer: with_column(layer, "DKLX", 1, "提质改造"), "ZZDK")
    (found,) = checked(build, sealed)
    assert found.code == "GDB-value-differs"
    assert (found.place.layer, found.place.feature, found.place.field) == ("ZZDK", "2", "DKLX")
    assert "提质改造" in found.message and "拆旧复垦" in found.message


def test_a_shape_moved_by_a_hand_is_betrayed_and_one_moved_by_a_hair_is_not(
    build: Path, sealed: Sealed, content: Content
) -> None:
    def moved(metres: float) -> Callable[[OutLayer], OutLayer]:
        def spoil(layer: OutLayer) -> OutLayer:
            geometry = layer.geometry.copy()
            geometry[2] = affinity.translate(geometry[2], metres, 0)
            return replace(layer, geometry=geometry)

        return spoil

    forged(build, content, moved(0.0005), "ZZDK")
    assert checked(build, sealed) == []
    forged(build, content, moved(0.1), "ZZDK")
    (found,) = checked(build, sealed)
    assert found.code == "GDB-shape-differs" and found.place.feature == "3" and "0.1" in found.message


def test_a_missing_plot_a_missing_layer_and_another_system_are_named(
    build: Path, sealed: Sealed, content: Content
) -> None:
    def shorter(layer: OutLayer) -> OutLayer:
        columns = {name: list(values)[:-1] for name, values in layer.columns.items()}
        return replace(layer, geometry=layer.geometry[:-1], columns=columns)

    forged(build, content, shorter, "ZZDK")
    (found,) = checked(build, sealed)
    assert found.code == "GDB-differs" and "行数" in found.message and "ZZDK" in found.message
    forged(build, content, lambda layer: replace(layer, epsg=4524), "STBHHX")
    assert any("坐标系" in item.message and "STBHHX" in item.message for item in checked(build, sealed))
    forged(build, replace(content, layers=content.layers[:-1]), lambda layer: layer, "")
    (found,) = checked(build, sealed)
    assert found.code == "GDB-differs" and content.layers[-1].name in found.message


def test_a_missing_row_is_named_by_the_digests_alone(build: Path, sealed: Sealed) -> None:
    (build / DATABASE_FILE).unlink()
    for file in geodatabase_files(build / GEODATABASE):
        data = file.read_bytes()
        if file.suffix == ".gdbtable" and int(file.stem[1:], 16) > 8 and "事实封印".encode() in data:
            file.write_bytes(data[: data.index("事实封印".encode()) - 8])
    assert any("封印" in item.message for item in checked(build, sealed))


def test_a_damaged_table_is_an_os_error(build: Path, sealed: Sealed) -> None:
    table = next(f for f in geodatabase_files(build / GEODATABASE) if f.name == "a00000009.gdbtable")
    table.write_bytes(b"")
    with pytest.raises(OSError, match="DLTB"):
        checked(build, sealed)


def test_shapes_agree_when_nothing_broad_differs() -> None:
    one = shapely.box(0, 0, 10, 10)
    slit = one.difference(shapely.box(5, 5, 5.0004, 10))
    wide = one.difference(shapely.box(5, 5, 5.01, 10))
    ring = shapely.Polygon(one.exterior, [shapely.box(2, 2, 3, 3).exterior])
    left = np.array([one, one, one, one, None, shapely.box(0, 0, 1e-4, 1)], dtype=object)
    right = np.array([one, slit, wide, ring, one, None], dtype=object)
    assert moved_shapes(left, right).tolist()[:2] == [0.0, 0.0]
    assert (moved_shapes(left, right)[2:5] > 0.001).all() and moved_shapes(left, right)[5] == 0.0


# ── 字段字典.xlsx ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_dictionary_lists_every_layer_field_and_code_in_use(made: Path, content: Content) -> None:
    book = openpyxl.load_workbook(made / DICTIONARY_FILE)
    assert book.sheetnames == ["图层", "字段", "值域"]
    layers = [row[1] for row in book["图层"].iter_rows(min_row=3, values_only=True) if row[1]]
    assert layers == [*(layer.name for layer in content.layers), *(table.name for table in content.tables)]
    rows = list(book["字段"].iter_rows(min_row=3, values_only=True))
    fields = [row[1] for row in rows if row[1]]
    described = [*content.layers, *content.tables]
    assert fields == [field.name for item in described for field in item.fields]
    areas = [row for row in rows if row[1] == "TBMJ"]
    assert {row[3:7] for row in areas} == {("小数", "15", "2", "平方米")}
    kinds = {row[0] for row in book["值域"].iter_rows(min_row=3, values_only=True)}
    assert set(codes("plot_kind")) | set(codes("QSXZ")) | {"0103"} <= kinds
    assert "地类编码（用于 DLTB.DLBM、DLTB_GH.DLBM、ZZDK.GHDLBM、YJJBNTTB.DLBM）" in kinds


# ── QGIS ─────────────────────────────────────────────────────────────────────────────────────────────────

QGIS = """
import os, sys
from qgis.core import QgsApplication, QgsLayerDefinition, QgsProject, QgsVectorLayer
app = QgsApplication([], False); app.initQgis()
project = QgsProject.instance()
done, error = QgsLayerDefinition.loadLayerDefinition(sys.argv[1], project, project.layerTreeRoot())
layers = sorted(project.mapLayers().values(), key=lambda layer: layer.source())
for layer in (*layers, QgsVectorLayer(sys.argv[2] + "|layername=DLTB", "DLTB", "ogr")):
    print(layer.source().split("layername=")[1], layer.isValid(), layer.featureCount(), layer.crs().authid(),
          layer.renderer().type(), layer.fields().at(1).alias(), sep="|")
sys.stdout.flush(); os._exit(0)  # QGIS falls over its own layers when it is taken down
"""


def test_qgis_opens_both_databases_with_their_styles(made: Path, content: Content) -> None:
    system = Path("/usr/bin/python3")
    known = (
        system.exists()
        and not subprocess.run([system, "-c", "import qgis.core"], capture_output=True).returncode
    )
    if not known:
        pytest.skip("python3-qgis is not installed")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": "", "LC_ALL": "C.UTF-8"}
    command = [system, "-c", QGIS, made / LAYERS_FILE, made / DATABASE_FILE]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    rows = [line.split("|") for line in run.stdout.splitlines() if line.count("|") == 5]
    assert sorted(row[0] for row in rows[:-1]) == sorted(layer.name for layer in content.layers)
    assert all(row[1] == "True" and row[3] == "EPSG:4523" for row in rows)
    assert all(row[5] for row in rows[:-1]), "aliases"
    renderers = {row[0]: row[4] for row in rows}
    assert renderers["DLTB"] == "categorizedSymbol" and renderers["ZZDK"] == "singleSymbol"
    assert rows[-1][4] == "categorizedSymbol" and int(rows[-1][2]) == len(content.layers[0].geometry)
