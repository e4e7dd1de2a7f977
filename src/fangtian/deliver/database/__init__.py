"""数据库成果。The plan database as GeoPackage and FileGDB, its field dictionary, the layer of findings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fangtian.catalog.delivered import DeliveredLayer, delivered
from fangtian.deliver.database.checks import stamp
from fangtian.deliver.database.dictionary import DICTIONARY_FILE, write_dictionary
from fangtian.deliver.database.findings import FINDINGS_LAYER, write_findings_layer
from fangtian.deliver.database.geodatabase import GEODATABASE, write_geodatabase
from fangtian.deliver.database.layers import database_layers
from fangtian.deliver.database.tables import TABLES, database_tables
from fangtian.deliver.origin import Origin
from fangtian.deliver.present import Presentation
from fangtian.formats.filegdb import geodatabase_files
from fangtian.formats.geopackage import OutLayer, OutTable, write_geopackage
from fangtian.formats.qgis_layers import layer_definition

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = [
    "DATABASE_FILE",
    "DICTIONARY_FILE",
    "FINDINGS_LAYER",
    "GEODATABASE",
    "LAYERS_FILE",
    "Content",
    "database_content",
    "write_database",
    "write_databases",
    "write_findings_layer",
]

DATABASE_FILE = "数据库/方案数据库.gpkg"
LAYERS_FILE = "数据库/方案数据库.qlr"
"""图层定义。Opens the FileGDB in QGIS with the styles that the GeoPackage has inside."""


@dataclass(frozen=True)
class Content:
    """数据库内容。Layers with their catalogue entries, and tables; both databases are written from it."""

    entries: tuple[DeliveredLayer, ...]
    layers: tuple[OutLayer, ...]
    tables: tuple[OutTable, ...]


def database_content(dossier: Dossier, presentation: Presentation, origin: Origin) -> Content:
    """数据库内容。Official layers, every fact, field dictionary, sources, seal, an empty table of digests."""
    entries, layers = zip(*database_layers(dossier), strict=True)
    return Content(entries, layers, tuple(database_tables(entries, dossier.book, presentation, origin)))


def write_database(path: Path, dossier: Dossier, presentation: Presentation, origin: Origin) -> None:
    """写方案数据库。The GeoPackage alone, with its check digests."""
    _write_geopackage(path, database_content(dossier, presentation, origin))


def write_databases(
    folder: Path, dossier: Dossier, presentation: Presentation, origin: Origin
) -> tuple[str, ...]:
    """写全部数据库成果。GeoPackage, FileGDB, its .qlr and 字段字典.xlsx; the names written.

    A FileGDB is a folder: each of its files is named.
    """
    content = database_content(dossier, presentation, origin)
    _write_geopackage(folder / DATABASE_FILE, content)
    write_geodatabase(folder / GEODATABASE, content.layers, content.tables)
    definition = layer_definition("方案数据库", GEODATABASE.rpartition("/")[2], content.layers)
    (folder / LAYERS_FILE).write_bytes(definition.encode())
    tables = [delivered()[name] for name in TABLES]
    write_dictionary(folder / DICTIONARY_FILE, content.entries, tables, origin)
    parts = (f"{GEODATABASE}/{file.name}" for file in geodatabase_files(folder / GEODATABASE))
    return DATABASE_FILE, *parts, LAYERS_FILE, DICTIONARY_FILE


def _write_geopackage(path: Path, content: Content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_geopackage(path, content.layers, content.tables)
    stamp(path)
