"""成果字典。Layers and tables of the delivered databases: names, fields, where each field is defined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from fangtian.catalog.layer import FieldSpec, LayerSpec, layer_specs
from fangtian.catalog.resource import toml_table

__all__ = ["DeliveredField", "DeliveredLayer", "delivered", "taken_over"]

OWN = "本项目自定（未见公开标准）"


@dataclass(frozen=True)
class DeliveredField:
    """成果字段。A field with the standard that defines it and how far that is to be trusted (A…C)."""

    spec: FieldSpec
    source: str
    trust: str

    @property
    def name(self) -> str:
        """字段名。Our own name."""
        return self.spec.name

    @property
    def official(self) -> str:
        """官方字段名。The name written to the file."""
        return self.spec.official[0]


@dataclass(frozen=True)
class DeliveredLayer:
    """成果图层。``table`` is its name in the file."""

    name: str
    table: str
    title: str
    fields: tuple[DeliveredField, ...]

    def official(self, name: str) -> str:
        """官方字段名。Of our own field name."""
        return next(field.official for field in self.fields if field.name == name)


@cache
def delivered() -> Mapping[str, DeliveredLayer]:
    """全部成果表。Layers and tables that fangtian composes itself, by our own name.

    >>> delivered()["pieces_after"].official("class_before")
    'XZDLBM'
    """
    entries = toml_table("delivered.toml")
    return MappingProxyType({name: _layer(name, entry, entries) for name, entry in entries.items()})


def taken_over(spec: LayerSpec, columns: Iterable[str]) -> DeliveredLayer:
    """照录图层。An input layer that is delivered as it came, with the fields that it has."""
    present = set(columns)
    fields = [_taken(spec, field) for field in spec.fields if field.name in present]
    return DeliveredLayer(spec.role, spec.official, spec.title, tuple(fields))


def _layer(name: str, entry: Mapping[str, Any], entries: Mapping[str, Any]) -> DeliveredLayer:
    fields = entries[entry["same_as"]]["fields"] if "same_as" in entry else entry["fields"]
    return DeliveredLayer(name, entry["table"], entry["title"], tuple(_field(field) for field in fields))


def _field(entry: str | Mapping[str, Any]) -> DeliveredField:
    if isinstance(entry, str):
        role, name = entry.split(".")
        spec = layer_specs()[role]
        return _taken(spec, spec.field(name))
    return DeliveredField(FieldSpec(**{**entry, "official": tuple(entry["official"])}), OWN, "C")


def _taken(spec: LayerSpec, field: FieldSpec) -> DeliveredField:
    # A layer's note names the fields that its standard does not have.
    own = field.official[0] in spec.note
    return DeliveredField(field, OWN if own else spec.source, "C" if own else spec.trust)
