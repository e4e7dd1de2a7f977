"""VCT 要素代码。Feature codes for layers whose source has none.

In this order: the one that all features state in their attribute for it, the one that the standards give the
layer by its name, the layer's own name where that can be a code, a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from fangtian.catalog.code import codes
from fangtian.catalog.layer import layer_specs
from fangtian.catalog.official import official_layers
from fangtian.formats.dataset import DataLayer
from fangtian.formats.losses import Losses
from fangtian.formats.outgoing import Outgoing
from fangtian.formats.vct import BOUNDARY_CODE

__all__ = ["feature_codes"]

_FIELD = "YSDM"
_OFFICIAL = re.compile(r"[0-9]{10}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,29}")


def feature_codes(items: Sequence[Outgoing], losses: Losses) -> list[str]:
    """要素代码。One per layer; those that had to be found are told. Tables have none and get their name."""
    taken = {BOUNDARY_CODE, *(item.layer.code for item in items if item.layer.code)}
    found = []
    for number, item in enumerate(items, start=1):
        layer = item.layer
        if layer.code or layer.kind == "table":
            found.append(layer.code or layer.name)
            continue
        choices = (*_candidates(layer, item.source), (f"LAYER{number}", "顺序号"))
        code, basis = next(choice for choice in choices if choice[0] not in taken)
        taken.add(code)
        found.append(code)
        losses.add("code-given", item.source, new=code, basis=basis)
    return found


def _candidates(layer: DataLayer, source: str) -> Iterator[tuple[str, str]]:
    stated = _stated(layer)
    if stated:
        yield stated, f"属性项 {_FIELD}"
    for name in dict.fromkeys((source, layer.name)):
        official = _official_codes().get((name.casefold(), layer.kind))
        if official:
            yield official, "标准的要素代码表"
    for name in dict.fromkeys((source, layer.name)):
        if _NAME.fullmatch(name):
            yield name, "图层名"


def _stated(layer: DataLayer) -> str:
    """The code that every feature states, "" where they differ or some do not."""
    name = next((field.name for field in layer.fields if field.name.upper() == _FIELD), "")
    values = {str(value) for value in layer.columns[name].tolist()} if name else set()
    (value,) = values if len(values) == 1 else ("",)
    return value if _OFFICIAL.fullmatch(value) else ""


@cache
def _official_codes() -> dict[tuple[str, str], str]:
    """Codes of the standards by the layer's name or its abbreviation, and its kind."""
    by_title = {title: code for code, title in codes(_FIELD).items()}
    found: dict[tuple[str, str], str] = {}
    for title, code in by_title.items():
        kind = "annotation" if title.endswith("注记") else "line" if title.endswith("线") else "polygon"
        found[title.casefold(), kind] = code
    for layer in official_layers().values():
        known = found.get((layer.name.casefold(), layer.geometry.casefold()))
        if known:
            found.setdefault((layer.code.casefold(), layer.geometry.casefold()), known)
    for spec in layer_specs().values():
        known = found.get((spec.official.casefold(), "polygon"))
        for name in spec.layer_names if known else ():
            found.setdefault((name.casefold(), "polygon"), known or "")
    return found
