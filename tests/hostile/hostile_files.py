"""恶意和破损的文件：由测试自己写出，交给各读取函数。Files that lie, bite or fall apart, written here."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import shapely
from vct_text import polygon

from fangtian.formats.vct import VctField, VctFile, land_use_head
from fangtian.formats.vct_writing import write_vct

EAST, NORTH = 35_500_000.0, 3_900_000.0
_PARTS = (".shp", ".shx", ".dbf", ".prj")

Maker = Callable[[Path], None]


def write_sound(path: Path, driver: str, crs: str = "EPSG:4523") -> Path:
    """A small sound file: three parcels with names and areas."""
    shapes = [shapely.box(EAST + 20 * k, NORTH, EAST + 20 * k + 10, NORTH + 10) for k in range(3)]
    if crs == "EPSG:4326":
        shapes = [shapely.box(105 + k / 100, 35, 105.005 + k / 100, 35.005) for k in range(3)]
    columns = [np.array(["水田", "旱地", "果园"], dtype=object), np.array([100.0, 100.0, 100.0])]
    options = {"encoding": "GBK"} if driver == "ESRI Shapefile" else {}
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(shapes)), columns, ["DLMC", "TBMJ"], layer="DLTB",
        driver=driver, geometry_type="Polygon", crs=crs, **options,
    )  # fmt: skip
    return path


# -- GeoPackage -----------------------------------------------------------------------------------

_ENDLESS = (
    "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n) "
    "SELECT k AS fid, (SELECT geom FROM base LIMIT 1) AS geom, 'x' AS DLMC, 1.0 AS TBMJ FROM n"
)
_VAST = "SELECT a.fid, a.geom, hex(zeroblob(900000000)) AS DLMC, 1.0 AS TBMJ FROM base a"


def _view(body: str) -> str:
    return f"ALTER TABLE DLTB RENAME TO base; CREATE VIEW DLTB AS {body};"


def _calling(function: str) -> str:
    return _view(f"SELECT fid, geom, {function} AS DLMC, TBMJ FROM base")


GEOPACKAGE_SQL = {
    "endless view": _view(_ENDLESS),
    "vast text": _view(_VAST),
    "view of itself": "ALTER TABLE DLTB RENAME TO base; CREATE VIEW DLTB AS SELECT * FROM DLTB;",
    "crossed view": _view(
        "SELECT a.fid, a.geom, a.DLMC, a.TBMJ FROM base a, base b, base c, base d, base e, base f, base g,"
        " base h, base i, base j, base k, base l, base m, base n, base o, base p ORDER BY random()"
    ),
    "view that loads": _calling("load_extension('{folder}/evil.so')"),
    "view that writes": _calling("writefile('{folder}/written', 'x')"),
    "view that reads": _calling("readfile('/etc/passwd')"),
    "view that attaches": _calling("fts3_tokenizer('simple', x'4141414141414141')"),
    "view that opens": _calling("gdal_get_layer_pixel_value('/etc/passwd', 1, 'georef', 0, 0)"),
    "view that asks the net": _calling("ogr_geocode('Lanzhou')"),
    "trigger": "CREATE TRIGGER bite AFTER INSERT ON DLTB"
    " BEGIN SELECT writefile('{folder}/written', 'x'); END;",
    "virtual table": "CREATE VIRTUAL TABLE words USING fts5(a); INSERT INTO words VALUES ('x');"
    "PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql='CREATE VIRTUAL TABLE words USING VirtualOGR"
    "(''/etc/passwd'')' WHERE name='words'; PRAGMA writable_schema=OFF;"
    "INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES ('words', 'attributes', 'words');",
    "schema of nonsense": "PRAGMA writable_schema=ON;"
    "UPDATE sqlite_master SET sql='CREATE TABLE DLTB(fid, geom, geom, x'; PRAGMA writable_schema=OFF;",
    "root page beyond the end": "PRAGMA writable_schema=ON;"
    "UPDATE sqlite_master SET rootpage=99999 WHERE name='DLTB'; PRAGMA writable_schema=OFF;",
    "root page of another": "PRAGMA writable_schema=ON;"
    "UPDATE sqlite_master SET rootpage=1 WHERE name='DLTB'; PRAGMA writable_schema=OFF;",
    "no contents": "DROP TABLE gpkg_contents;",
    "no geometry columns": "DELETE FROM gpkg_geometry_columns;",
    "contents without a table": "UPDATE gpkg_contents SET table_name='nothing';",
    "column that is not there": "UPDATE gpkg_geometry_columns SET column_name='nothing';",
    "odd geometry type": "UPDATE gpkg_geometry_columns SET geometry_type_name='HYPERCUBE', z=99, m=-1;",
    "unknown system": "UPDATE gpkg_geometry_columns SET srs_id=987654;",
    "system of garbage": "UPDATE gpkg_spatial_ref_sys SET definition=printf('%.200000c', '(');",
    "quoted name": "ALTER TABLE DLTB RENAME TO 'x\"; DROP TABLE gpkg_contents; --';"
    "UPDATE gpkg_contents SET table_name='x\"; DROP TABLE gpkg_contents; --';"
    "UPDATE gpkg_geometry_columns SET table_name='x\"; DROP TABLE gpkg_contents; --';",
    "shapes of garbage": "UPDATE DLTB SET geom=randomblob(500);",
    "shape that claims a billion points": "UPDATE DLTB SET geom=x'4750000100000000' || "
    "x'0103000000010000' || x'00FFFFFF3F';",
    "shape nested without end": "UPDATE DLTB SET geom=x'4750000100000000' || "
    "unhex(replace(hex(zeroblob(100000)), '00', '010700000001000000'));",
    "text for a shape": "UPDATE DLTB SET geom='POLYGON((0 0,1 0,1 1,0 0))';",
    "shapes in numbers": "UPDATE DLTB SET TBMJ='一亩三分', DLMC=x'FF00FE';",
    "a thousand layers": "INSERT INTO gpkg_contents(table_name, data_type, identifier, srs_id) "
    "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k+1 FROM n WHERE k<1000) "
    "SELECT 'DLTB' || k, 'features', k, 4523 FROM n;",
    "extension that bites": "CREATE TABLE IF NOT EXISTS gpkg_extensions(table_name, column_name,"
    " extension_name, definition, scope);"
    "INSERT INTO gpkg_extensions VALUES(NULL, NULL, 'evil', 'x', 'read-write');",
}


def geopackages(folder: Path) -> Iterator[Path]:
    """GeoPackages with hostile schemas, views, triggers and shapes; one that waits in write-ahead mode."""
    sound = write_sound(folder / "sound.gpkg", "GPKG")
    for name, script in GEOPACKAGE_SQL.items():
        path = folder / f"{name}.gpkg"
        shutil.copyfile(sound, path)
        with sqlite3.connect(path) as base:
            base.executescript("PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY;")
            triggers = base.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall()
            for (trigger,) in triggers:  # these want functions that plain SQLite has not
                base.execute(f'DROP TRIGGER "{trigger}"')
            base.execute("PRAGMA trusted_schema=ON")
            if sqlite3.sqlite_version_info < (3, 41):
                base.create_function("unhex", 1, bytes.fromhex)
            try:
                base.executescript(script.replace("{folder}", str(folder)))
            except sqlite3.OperationalError as error:
                if "no such function" not in str(error) and "no such module" not in str(error):
                    raise
        base.close()
        yield path


# -- file geodatabase -----------------------------------------------------------------------------


def geodatabases(folder: Path) -> Iterator[Path]:
    """File geodatabases with tables that are missing, cut off, empty, exchanged or scrambled."""
    sound = write_sound(folder / "sound.gdb", "OpenFileGDB")
    parts = sorted(part for part in sound.iterdir() if part.suffix in (".gdbtable", ".gdbtablx", ".spx"))
    dice = np.random.default_rng(4)
    damages: dict[str, Callable[[bytes], bytes | None]] = {
        "missing": lambda data: None,
        "empty": lambda data: b"",
        "cut": lambda data: data[: len(data) // 2],
        "scrambled": lambda data: dice.bytes(len(data)),
        "head": lambda data: data[:4] + b"\xff" * 36 + data[40:],
        "tail": lambda data: data[:40] + b"\xff" * (len(data) - 40),
        "zeros": lambda data: bytes(len(data)),
    }
    for part in parts:
        for kind, damage in damages.items():
            copy = folder / f"{part.name} {kind}.gdb"
            copy.mkdir()
            for other in sound.iterdir():
                data = other.read_bytes()
                changed = damage(data) if other == part else data
                if changed is not None:
                    (copy / other.name).write_bytes(changed)
            yield copy


# -- archives -------------------------------------------------------------------------------------


def shapefile_parts(folder: Path) -> dict[str, bytes]:
    """The parts of a small sound shapefile by suffix."""
    write_sound(folder / "part.shp", "ESRI Shapefile")
    return {part.suffix: part.read_bytes() for part in sorted(folder.glob("part.*"))}


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path


def patched(path: Path, old: bytes, new: bytes, count: int = -1) -> Path:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, count))
    return path


def _lying_sizes(path: Path, size: int) -> None:
    """Make every header state 100 bytes instead of ``size``."""
    patched(path, size.to_bytes(4, "little"), (100).to_bytes(4, "little"))


def _flagged(path: Path, bit: int, method: int | None = None) -> None:
    """Set a flag, or a method of compression, in every header, local and central."""
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            data[start + at] |= bit
            if method is not None:
                data[start + at + 2] = method
            start = data.find(mark, start + 4)
    path.write_bytes(bytes(data))


ESCAPES = (
    "../evil.shp", "/evil.shp", "//evil/x.shp", "a/../../evil.shp", "..\\evil.shp", "C:\\evil.shp",
    "C:evil.shp", "\\\\host\\share\\evil.shp", "a/.../evil.shp", "evil.shp:stream", "\\evil.shp",
)  # fmt: skip


def archives(folder: Path) -> Iterator[tuple[Path, str]]:
    """Archives with the code that each is refused with; "" where it is read."""
    parts = shapefile_parts(folder)
    sound = {f"数据/地类图斑{suffix}": data for suffix, data in parts.items()}
    for number, name in enumerate(ESCAPES):
        yield zipped(folder / f"slip {number}.zip", {name: b"x", **sound}), "FMT-zip-unsafe"
    link = zipfile.ZipInfo("link.shp")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(folder / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    yield folder / "link.zip", "FMT-zip-unsafe"
    for number, name in enumerate(("NUL.shp", "a/con", "line\nbreak.shp", "bell\x07.shp")):
        yield zipped(folder / f"name {number}.zip", {name: b"x"}), "FMT-zip-name"
    for number, (one, other) in enumerate((("a.shp", "a.shp"), ("A.shp", "a.SHP"), ("é.shp", "e\u0301.shp"))):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # zipfile knows that this is wrong
            with zipfile.ZipFile(folder / f"twice {number}.zip", "w") as archive:
                archive.writestr(one, b"1"), archive.writestr(other, b"2")
        yield folder / f"twice {number}.zip", "FMT-zip-twice"
    zeros = bytes(20 * 2**20)
    yield zipped(folder / "bomb.zip", {"zeros.shp": zeros}), "FMT-zip-bomb"
    bomb = zipped(folder / "bomb that lies.zip", {"zeros.shp": zeros})
    _lying_sizes(bomb, len(zeros))
    yield bomb, "FMT-zip-broken"
    yield zipped(folder / "many.zip", {f"{k}.txt": b"" for k in range(20_001)}), "FMT-zip-bomb"
    yield zipped(folder / "deep.zip", {"a/" * 40 + "b.shp": b"x"}), "FMT-zip-broken"
    yield zipped(folder / "file and folder.zip", {"a": b"x", "a/b.shp": b"x"}), "FMT-zip-broken"
    yield zipped(folder / "long.zip", {"长" * 300 + ".shp": b"x"}), "FMT-zip-broken"
    inner = zipped(folder / "inner.zip", sound).read_bytes()
    yield zipped(folder / "nested.zip", {"inner.zip": inner}), "FMT-zip-nothing"
    locked = zipped(folder / "locked.zip", sound)
    _flagged(locked, 0x1)
    yield locked, "FMT-zip-locked"
    method = zipped(folder / "method.zip", sound)
    _flagged(method, 0, method=99)
    yield method, "FMT-zip-broken"
    (folder / "cut.zip").write_bytes(inner[: len(inner) // 2])
    yield folder / "cut.zip", "FMT-zip-broken"
    (folder / "no zip.zip").write_bytes(b"PK not really")
    yield folder / "no zip.zip", "FMT-zip-broken"
    yield zipped(folder / "nothing.zip", {}), "FMT-zip-nothing"
    yield zipped(folder / "sound.zip", {**sound, "__MACOSX/._a.shp": b"x", "说明.txt": "图".encode()}), ""
    stand_in = b"x" * len("图斑".encode("gbk"))
    gbk = zipped(folder / "gbk.zip", {stand_in.decode() + suffix: data for suffix, data in parts.items()})
    yield patched(gbk, stand_in + b".", "图斑".encode("gbk") + b"."), ""


# -- XML and JSON ---------------------------------------------------------------------------------

_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_RING = "<coordinates>105,35 105.1,35 105.1,35.1 105,35</coordinates>"
_KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>{more}<name>{name}</name><Polygon>'
    "<outerBoundaryIs><LinearRing>"
    + _RING
    + "</LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>"
)
_HIDDEN = "<!--<kml >" + "x" * 70_000 + "-->"  # what looks at the first bytes alone sees no DOCTYPE
_LAUGHS = '<!DOCTYPE kml [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + k)} "{f"&{chr(97 + k)};" * 10}">' for k in range(12)
)


def _kml(name: str = "x", more: str = "") -> str:
    return _KML.format(name=name, more=more)


def marked_files(folder: Path, url: str) -> Iterator[Path]:
    """KML and GeoJSON that swell, sink deep, or ask for files and pages (at ``url``) that are not theirs."""
    texts = {
        "laughs.kml": f"{_XML}{_LAUGHS}]>{_kml('&m;')}",
        "laughs later.kml": f"{_XML}{_HIDDEN}{_LAUGHS}]>{_kml('&m;')}",
        "entity file.kml": f'{_XML}{_HIDDEN}<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>{_kml("&x;")}',
        "entity page.kml": f'{_XML}{_HIDDEN}<!DOCTYPE kml [<!ENTITY x SYSTEM "{url}/e">]>{_kml("&x;")}',
        "dtd page.kml": f'{_XML}{_HIDDEN}<!DOCTYPE kml SYSTEM "{url}/d.dtd">{_kml()}',
        "parameter.kml": f'{_XML}{_HIDDEN}<!DOCTYPE kml [<!ENTITY % p SYSTEM "{url}/p"> %p;]>{_kml()}',
        "include.kml": _XML + _kml(f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{url}/i"/>'),
        "link.kml": _XML + _kml(more=f"<NetworkLink><Link><href>{url}/n.kml</href></Link></NetworkLink>"),
        "style.kml": _XML + _kml(more=f"<styleUrl>{url}/s.kml#s</styleUrl>"),
        "deep.kml": _XML + "<kml><Document>" + "<Folder>" * 50_000,
        "deep shapes.kml": _XML + _kml(more="<MultiGeometry>" * 50_000 + "</MultiGeometry>" * 50_000),
        "attributes.kml": f"{_XML}<kml " + " ".join(f'a{k}="x"' for k in range(50_000)) + "/>",
        "deep.geojson": '{"type":"FeatureCollection","features":' + "[" * 100_000,
        "deep shapes.geojson": '{"type":"GeometryCollection","geometries":[' * 20_000 + "]}" * 20_000,
        "deep value.geojson": '{"type":"Feature","geometry":null,"properties":{"a":'
        + "[" * 900
        + "]" * 900
        + "}}",
        "beyond numbers.geojson": '{"type":"Polygon","coordinates":[[[1e400,1],[2,-1e999],[3,3],[1e400,1]]]}',
        "endless number.geojson": '{"type":"Point","coordinates":[' + "9" * 500_000 + ",1]}",
        "link.geojson": '{"type":"FeatureCollection","features":[],"crs":{"type":"link","properties":{"href":'
        f'"{url}/crs"' + "}}}",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        yield folder / name
    (folder / "laughs 16.kml").write_text(
        _XML.replace("8", "16") + _LAUGHS + "]>" + _kml("&m;"), encoding="utf-16"
    )
    yield folder / "laughs 16.kml"


# -- shapes -----------------------------------------------------------------------------------------


def odd_shapes(folder: Path) -> Iterator[Path]:
    """GeoPackages of a sound square and, on the same ground, a shape that geometry libraries do not bear."""
    east, north = f"{EAST:.0f}", f"{NORTH:.0f}"
    ring = f"({east} {north}, {EAST + 9:.0f} {north}, {EAST + 9:.0f} {NORTH + 9:.0f}, {east} {north})"
    corner = f"{east} {north}"
    texts = {
        "ring without points": f"POLYGON ({ring}, EMPTY)",
        "part without points": f"MULTIPOLYGON (EMPTY, ({ring}))",
        "part with such a ring": f"MULTIPOLYGON (({ring}, EMPTY), EMPTY)",
        "collection of nothing": f"GEOMETRYCOLLECTION (POLYGON EMPTY, POLYGON ({ring}, EMPTY))",
        "hole outside": f"POLYGON ({ring}, (0 0, 0 1, 1 1, 0 0))",
        "hole of no width": f"POLYGON ({ring}, ({corner}, {EAST + 1} {north}, {corner}, {corner}))",
        "beyond measure": f"POLYGON (({east} {north}, {EAST + 9} {north}, 9e307 9e307, {east} {north}))",
        "far beyond": f"POLYGON (({east} {north}, {EAST + 9} {north}, {EAST} 1e30, {east} {north}))",
        "too far north": f"POLYGON (({east} {north}, {EAST + 9} {north}, {EAST} 4e7, {east} {north}))",
    }
    shapes = {name: shapely.to_wkb(shapely.from_wkt(text)) for name, text in texts.items()}
    sound = shapely.to_wkb(shapely.box(EAST, NORTH, EAST + 10, NORTH + 10))
    marked = shapely.to_wkb(shapely.box(EAST, NORTH, EAST + 12345, NORTH + 10))
    for name, number in (("no number", np.nan), ("no end", np.inf)):
        old, new = (np.array(value, "<f8").tobytes() for value in (EAST + 12345, number))
        shapes[name] = marked.replace(old, new, 1)
    for name, shape in shapes.items():
        path = folder / f"{name}.gpkg"
        pyogrio.raw.write(
            path, np.array([sound, shape], dtype=object), [np.array(["1", "2"], dtype=object)], ["编号"],
            layer="图形", driver="GPKG", geometry_type="Unknown", crs="EPSG:4523",
        )  # fmt: skip
        yield path


# -- a little of everything -----------------------------------------------------------------------

_PLOTS = """[属性描述]
格式版本号=1.01版本
坐标系=2000国家大地坐标系
几度分带=3
带号=35
计量单位=米
精度=0.001
转换参数=0,0,0,0,0,0,0
[地块坐标]
5,0.0100,1,一号地,面,,耕地,0101,@
J1,1,3900000.000,35500000.000
J2,1,3900000.000,35500010.000
J3,1,3900010.000,35500010.000
J4,1,3900010.000,35500000.000
J1,1,3900000.000,35500000.000
"""


def sound_files(folder: Path) -> dict[str, Path]:
    """One small sound file of each kind that people send."""
    made = {
        "gpkg": write_sound(folder / "a.gpkg", "GPKG"),
        "shp": write_sound(folder / "a.shp", "ESRI Shapefile"),
        "geojson": write_sound(folder / "a.geojson", "GeoJSON", "EPSG:4326"),
        "gdb": write_sound(folder / "a.gdb", "OpenFileGDB"),
        "kml": folder / "a.kml",
        "csv": folder / "a.csv",
        "txt": folder / "a.txt",
        "vct": folder / "a.vct",
        "dxf": folder / "a.dxf",
        "xlsx": folder / "a.xlsx",
        "zip": folder / "a.zip",
    }
    made["kml"].write_text(_XML + _kml("一号地"), encoding="utf-8")
    ring = ", ".join(f"{EAST + x} {NORTH + y}" for x, y in ((0, 0), (10, 0), (10, 10), (0, 10), (0, 0)))
    made["csv"].write_text(
        f'编号,名称,WKT\n1,水田,"POLYGON (({ring}))"\n2,旱地,"POLYGON (({ring}))"\n', encoding="gbk"
    )
    made["txt"].write_bytes(_PLOTS.replace("\n", "\r\n").encode("gbk"))
    names = np.array(["水田", "旱地"], dtype=object)
    boxes = (shapely.box(EAST + x, NORTH, EAST + x + 10, NORTH + 10) for x in (0, 10))
    plots = polygon(*boxes, fields=(VctField("DLMC", "Char", 60),), DLMC=names)
    write_vct(made["vct"], VctFile(land_use_head(35, decimals=3), (plots,)))
    made["dxf"].write_text(_drawing(), encoding="utf-8")
    book = openpyxl.Workbook()
    for row in (("编号", "名称", "WKT"), ("1", "水田", f"POLYGON (({ring}))")):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(made["xlsx"])
    zipped(made["zip"], {f"图斑{part}": made["shp"].with_suffix(part).read_bytes() for part in _PARTS})
    return made


def _drawing() -> str:
    """A drawing of one closed outline."""
    corners = ((0, 0), (10, 0), (10, 10), (0, 10))
    points = "".join(f"10\n{EAST + x}\n20\n{NORTH + y}\n" for x, y in corners)
    return f"0\nSECTION\n2\nENTITIES\n0\nLWPOLYLINE\n8\n地块\n90\n4\n70\n1\n{points}0\nENDSEC\n0\nEOF\n"
