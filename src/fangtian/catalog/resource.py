"""目录文件。Reading the catalogue's own data files: csv rows and toml tables."""

from __future__ import annotations

import csv
import tomllib
from importlib.resources import files
from typing import Any

__all__ = ["csv_rows", "toml_table"]


def csv_rows(*path: str) -> list[dict[str, str]]:
    """数据行。Rows of a csv file of the catalogue, as text.

    >>> csv_rows("codes", "pbf_block.csv")[0]["code"]
    '新增'
    """
    text = files("fangtian.catalog").joinpath(*path).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(keepends=True)))


def toml_table(*path: str) -> dict[str, Any]:
    """数据表。A toml file of the catalogue.

    >>> toml_table("layers", "parcels.toml")["title"]
    '地类图斑'
    """
    return tomllib.loads(files("fangtian.catalog").joinpath(*path).read_text(encoding="utf-8"))
