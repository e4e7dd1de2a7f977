"""图层字典。What each layer of a plan is called officially and which fields it brings, with units."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["FieldSpec", "LayerSpec", "layer_specs"]


@dataclass(frozen=True)
class FieldSpec:
    """字段。``official`` lists the accepted spellings, the first is the one we write."""

    name: str
    official: tuple[str, ...]
    term: str
    type: str
    length: int
    decimals: int = 0
    unit: str = ""
    required: bool = False
    domain: str = ""


@dataclass(frozen=True)
class LayerSpec:
    """图层。One role in plan.toml: official code, accepted layer names, fields."""

    role: str
    title: str
    official: str
    layer_names: tuple[str, ...]
    required: bool
    id_field: str
    source: str
    trust: str
    fields: tuple[FieldSpec, ...]
    note: str = ""

    def field(self, name: str) -> FieldSpec:
        """字段。By our own name."""
        return next(spec for spec in self.fields if spec.name == name)


@cache
def layer_specs() -> Mapping[str, LayerSpec]:
    """全部图层。By role, in the order of the folder."""
    folder = files("fangtian.catalog").joinpath("layers")
    entries = sorted((e for e in folder.iterdir() if e.name.endswith(".toml")), key=lambda e: e.name)
    return {e.name[:-5]: _spec(e.name[:-5], tomllib.loads(e.read_text(encoding="utf-8"))) for e in entries}


def _spec(role: str, data: dict[str, Any]) -> LayerSpec:
    fields = tuple(
        FieldSpec(**{**entry, "official": tuple(entry["official"])}) for entry in data.pop("field")
    )
    return LayerSpec(role=role, fields=fields, **{**data, "layer_names": tuple(data["layer_names"])})
