"""写到位：来源的部件从不改写，旧的附属文件不留给新文件，打开着的数据库不覆盖也不改动。"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from any_dataset import moved

from fangtian.errors import InputError
from fangtian.formats.reading import read_dataset
from fangtian.formats.vector import read_layer
from fangtian.formats.writing import write_layers

DRIVERS = {".shp": "ESRI Shapefile", ".gpkg": "GPKG", ".gdb": "OpenFileGDB"}


def written(path: Path, count: int = 2, crs: str | None = "EPSG:4523") -> Path:
    shapes = [moved(shapely.box(100 * n, 0, 100 * n + 90, 90)) for n in range(count)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some have no system on purpose
        pyogrio.raw.write(
            path, shapely.to_wkb(shapes), [np.arange(count)], ["n"], driver=DRIVERS[path.suffix],
            geometry_type="Polygon", crs=crs, layer=path.stem,
        )  # fmt: skip
    return path


def content(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def refused(target: Path, source: Path) -> str:
    with pytest.raises(InputError) as error:
        write_layers(target, read_dataset(source), overwrite=True)
    return str(error.value.findings[0].code)


# ── parts of the source ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("target", ["", "dltb.SHP", "DLTB.shp"])
def test_no_part_of_the_source_is_replaced(target: str, tmp_path: Path) -> None:
    source = written(tmp_path / "d/DLTB.shp")
    before = content(tmp_path)
    assert refused(tmp_path / "d" / target, source) == "CNV-target-source"
    assert content(tmp_path) == before


def test_a_lone_table_and_a_shapefile_of_its_name_do_not_meet(tmp_path: Path) -> None:
    source = written(tmp_path / "表.shp")
    for part in (".shp", ".shx", ".prj"):
        source.with_suffix(part).unlink()
    before = content(tmp_path)
    assert refused(tmp_path / "表.shp", tmp_path / "表.dbf") == "CNV-target-source"
    assert content(tmp_path) == before


def test_another_format_beside_the_source_is_no_part_of_it(tmp_path: Path) -> None:
    source = written(tmp_path / "a.shp")
    before = content(tmp_path)
    for name in ("a.gpkg", "a.geojson", "a.vct", "a.gdb", "b.shp"):
        write_layers(tmp_path / name, read_dataset(source), overwrite=True)
    assert {name: digest for name, digest in content(tmp_path).items() if name in before} == before


# ── what an old file leaves behind ───────────────────────────────────────────────────────────────────────


def test_parts_of_an_old_shapefile_do_not_stay_for_the_new_one(tmp_path: Path) -> None:
    target = tmp_path / "out/x.shp"
    write_layers(target, read_dataset(written(tmp_path / "with.gpkg")))
    for name in ("x.qix", "x.sbn", "X.SBX", "x.qpj", "x.shp.xml", "x.n.atx", "x.qml", "xy.prj", "x.txt"):
        (tmp_path / "out" / name).write_bytes(b"stale")
    write_layers(target, read_dataset(written(tmp_path / "without.gpkg", 3, None)), overwrite=True)
    left = {file.name for file in target.parent.iterdir()}
    assert left == {"x.shp", "x.shx", "x.dbf", "x.cpg", "x.qml", "xy.prj", "x.txt"}
    again = read_layer(target)
    assert (len(again), again.epsg, again.crs_name) == (3, None, "")


def test_a_part_alone_is_not_taken_into_a_new_shapefile(tmp_path: Path) -> None:
    source = read_dataset(written(tmp_path / "without.gpkg", 3, None))
    (tmp_path / "x.prj").write_text("left over", encoding="ascii")
    with pytest.raises(InputError, match=r"x\.prj"):
        write_layers(tmp_path / "x.shp", source)
    assert (tmp_path / "x.prj").read_text(encoding="ascii") == "left over"
    assert not (tmp_path / "x.shp").exists()


# ── databases that are open ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def open_database(tmp_path: Path) -> Iterator[Path]:
    """A GeoPackage that another program has changed and not closed: with a table in its -wal."""
    path = written(tmp_path / "qgis/w.gpkg")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE remarks (x)")
    connection.execute("INSERT INTO remarks VALUES (1)")
    connection.commit()
    yield path
    connection.close()


def left_behind(database: Path, folder: Path) -> Path:
    """What a program that crashed leaves: the same files, and nobody who has them open."""
    folder.mkdir()
    for file in database.parent.iterdir():
        shutil.copy(file, folder / file.name)
    return folder / database.name


def test_reading_leaves_an_open_database_as_it_is(open_database: Path, tmp_path: Path) -> None:
    for path in (open_database, left_behind(open_database, tmp_path / "crashed")):
        before = content(path.parent)
        dataset = read_dataset(path)
        assert {layer.name for layer in dataset.layers} == {"w", "remarks"}  # with what is in the -wal
        assert [item.code for item in dataset.findings] == ["FMT-wal"]
        assert len(read_layer(path)) == 2
        assert {name: digest for name, digest in content(path.parent).items() if "shm" not in name} == {
            name: digest for name, digest in before.items() if "shm" not in name
        }


def test_an_open_database_is_not_replaced(open_database: Path, tmp_path: Path) -> None:
    source = written(tmp_path / "a.shp")
    before = open_database.read_bytes()
    assert refused(open_database, source) == "CNV-target-open"
    assert open_database.read_bytes() == before
    assert open_database.with_name("w.gpkg-wal").stat().st_size


def test_what_a_crashed_program_left_goes_with_the_old_database(open_database: Path, tmp_path: Path) -> None:
    target = left_behind(open_database, tmp_path / "crashed")
    write_layers(target, read_dataset(written(tmp_path / "a.shp", 5)), overwrite=True)
    assert [file.name for file in target.parent.iterdir()] == ["w.gpkg"]
    assert len(read_layer(target)) == 5


def test_leftovers_beside_no_database_are_set_aside(tmp_path: Path) -> None:
    source = read_dataset(written(tmp_path / "a.shp", 5))
    target = tmp_path / "b.gpkg"
    for end in ("-wal", "-shm", "-journal"):
        target.with_name(target.name + end).write_bytes(b"stale")
    with pytest.raises(InputError, match=r"b\.gpkg-wal"):
        write_layers(target, source)
    write_layers(target, source, overwrite=True)
    assert len(read_layer(target)) == 5
    assert not list(tmp_path.glob("b.gpkg-*"))
