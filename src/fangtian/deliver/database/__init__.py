"""数据库成果。The plan database and the layer of findings, as GeoPackages with styles inside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fangtian.deliver.database.checks import stamp
from fangtian.deliver.database.findings import FINDINGS_LAYER, write_findings_layer
from fangtian.deliver.database.layers import database_layers
from fangtian.deliver.database.tables import database_tables
from fangtian.deliver.origin import Origin
from fangtian.deliver.present import Presentation
from fangtian.formats.geopackage import write_geopackage

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["DATABASE_FILE", "FINDINGS_LAYER", "write_database", "write_findings_layer"]

DATABASE_FILE = "数据库/方案数据库.gpkg"


def write_database(path: Path, dossier: Dossier, presentation: Presentation, origin: Origin) -> None:
    """写方案数据库。Official layers, every fact, field dictionary, sources, seal and check digests."""
    entries, layers = zip(*database_layers(dossier), strict=True)
    tables = database_tables(entries, dossier.book, presentation, origin)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_geopackage(path, layers, tables)
    stamp(path)
