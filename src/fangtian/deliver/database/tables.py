"""属性表。Tables of the plan database: every fact, the field dictionary, the input files, the seal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fangtian.catalog.delivered import DeliveredLayer, delivered
from fangtian.catalog.quantity import quantities
from fangtian.deliver.database.dictionary import TYPE_NAMES, UNIT_NAMES
from fangtian.deliver.database.layers import out_fields
from fangtian.deliver.origin import Origin
from fangtian.deliver.present import Presentation
from fangtian.facts.book import FactBook
from fangtian.formats.geopackage import OutTable

__all__ = ["TABLES", "checks_table", "database_tables", "fact_rows", "seal_table", "table_of"]

TABLES = ("facts", "dictionary", "sources", "seal", "checks")
"""属性表。Tables of the plan database, in their order."""

Rows = Iterable[Sequence[str | int | float | None]]


def database_tables(
    layers: Sequence[DeliveredLayer], book: FactBook, presentation: Presentation, origin: Origin
) -> list[OutTable]:
    """数据库属性表。指标, 字段字典, 来源, 封印 and the empty 校验 that ``stamp`` fills."""
    described = [*layers, *(delivered()[name] for name in TABLES)]
    return [
        table_of("facts", fact_rows(book, presentation)),
        table_of("dictionary", _dictionary_rows(described)),
        table_of("sources", _source_rows(origin)),
        seal_table(origin),
        checks_table(),
    ]


def fact_rows(book: FactBook, presentation: Presentation) -> list[tuple[str, ...]]:
    """指标表各行。In the order of the catalogue entry ``facts``; also what the verifier expects to read."""
    return [
        (
            fact.address,
            quantities()[fact.key].term,
            fact.member,
            fact.scope,
            fact.phase,
            fact.value_type,
            fact.exact,
            presentation[fact.address].text,
            presentation[fact.address].unit,
            fact.digest,
        )
        for fact in book
    ]


def seal_table(origin: Origin) -> OutTable:
    """封印表。What the deliverable says about itself."""
    return table_of("seal", origin.rows)


def checks_table() -> OutTable:
    """校验表。Empty; digests are taken of what the file really holds once it is written."""
    return table_of("checks", ())


def table_of(name: str, rows: Rows) -> OutTable:
    """属性表。A delivered table from rows in the order of its fields."""
    entry = delivered()[name]
    columns = list(zip(*rows, strict=True)) or [()] * len(entry.fields)
    named = {field.official: list(values) for field, values in zip(entry.fields, columns, strict=True)}
    return OutTable(entry.table, entry.title, named, out_fields(entry))


def _dictionary_rows(layers: Iterable[DeliveredLayer]) -> list[tuple[str | int, ...]]:
    return [
        (
            layer.table,
            layer.title,
            field.official,
            field.spec.term,
            TYPE_NAMES[field.spec.type],
            field.spec.length,
            field.spec.decimals,
            UNIT_NAMES.get(field.spec.unit, field.spec.unit),
            field.source,
            field.trust,
        )
        for layer in layers
        for field in layer.fields
    ]


def _source_rows(origin: Origin) -> list[tuple[str, str, str]]:
    files = [("输入文件", name, digest) for name, digest in origin.sources.items()]
    return files + [("替代数据", item.layer, item.words) for item in origin.standins]
