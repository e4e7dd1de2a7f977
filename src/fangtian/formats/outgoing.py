"""待写图层。Layers made fit for a target format: one kind of shapes, names and values that it can hold.

Whatever is changed on the way is told in :class:`~fangtian.formats.losses.Losses`; nothing is dropped
without a word. The writers behind this take what they are given as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from fangtian.formats.dataset import DataField, DataLayer, Dataset
from fangtian.formats.losses import Losses, listed
from fangtian.formats.outgoing_shapes import layers_by_kind, rounded
from fangtian.formats.outgoing_values import fitted, not_in
from fangtian.formats.targets import Target, plain_name

__all__ = ["Outgoing", "is_degrees", "outgoing_layers", "unique_names"]

_CAPTION, _ANGLE = "注记内容", "注记角度"
_MADE = re.compile(rf"{_CAPTION}(_\d+)?\n{_ANGLE}(_\d+)?")
_DEGREES = 360.0


@dataclass(frozen=True)
class Outgoing:
    """待写图层。``layer`` as it will be written, ``source`` its name in the source.

    ``renamed`` are the fields' names in the source by those they get. ``codec`` is that of the file.
    """

    layer: DataLayer
    source: str
    renamed: Mapping[str, str]
    codec: str = "utf-8"


def outgoing_layers(dataset: Dataset, target: Target, losses: Losses, decimals: int | None) -> list[Outgoing]:
    """待写图层。All layers that ``target`` can hold, made fit for it.

    ``decimals`` of coordinates, None for as many as the source prints or the target keeps.
    """
    split = [
        (layer, part)
        for layer in dataset.layers
        for part in layers_by_kind(_captioned(layer, target, losses), target, losses)
    ]
    names = unique_names([part.name for _, part in split], target.suffix)
    ready = []
    for (layer, part), name in zip(split, names, strict=True):
        if name != part.name:
            losses.add("layer-renamed", layer.name, new=name)
        places = _places(dataset.layers, part, target, decimals)
        part = rounded(replace(part, name=name), places, losses, layer.name)
        _tell_structure(part, layer.name, target, losses)
        ready.append(_with_values(part, layer.name, target, losses))
    blank = sum(_blanks(item.layer) for item in ready)
    if blank and target.suffix in (".gdb", ".gpkg", ".geojson"):
        losses.add("null-blank", count=blank)
    return ready


def is_degrees(layer: DataLayer) -> bool:
    """经纬度。Whether a layer's coordinates are degrees: by its system, else by their size."""
    if layer.epsg is not None:
        return layer.epsg in (4490, 4326, 4610, 4214, 4555)
    bounds = np.abs(shapely.total_bounds(layer.geometry)) if len(layer) else np.array([np.nan])
    return bool(np.isfinite(bounds).all() and bounds.max() <= _DEGREES)


def unique_names(names: Sequence[str], suffix: str, most_bytes: int = 0, codec: str = "gbk") -> list[str]:
    """唯一名称。Names that the format of ``suffix`` accepts, of at most ``most_bytes``, no two the same.

    Letters of either case count as the same.

    >>> unique_names(["权属单位名称代码", "权属单位名称"], ".shp", 10)
    ['权属单位名', '权属单位_1']
    """
    given: list[str] = []
    taken: set[str] = set()
    for name in names:
        plain = plain_name(name, suffix) or "未命名"
        wanted = _cut(plain, most_bytes, codec)
        number = 0
        while wanted.casefold() in taken:
            number += 1
            wanted = _cut(plain, most_bytes and most_bytes - len(f"_{number}"), codec) + f"_{number}"
        taken.add(wanted.casefold())
        given.append(wanted)
    return given


def _cut(name: str, most_bytes: int, codec: str) -> str:
    return name.encode(codec, "replace")[:most_bytes].decode(codec, "ignore") if most_bytes else name


def _captioned(layer: DataLayer, target: Target, losses: Losses) -> DataLayer:
    """Annotations as points with their text and angle in fields, where the target has no annotations."""
    if "annotation" in target.kinds:
        return _annotated(layer, losses)
    if layer.kind != "annotation":
        return layer
    taken = [field.name for field in layer.fields]
    caption, angle = unique_names([*taken, _CAPTION, _ANGLE], "")[-2:]
    texts = layer.texts if layer.texts is not None else np.full(len(layer), "", dtype=object)
    angles = layer.angles if layer.angles is not None else np.full(len(layer), np.nan)
    if "point" in target.kinds:
        losses.add("annotation", layer.name, caption=caption, angle=angle)
    return replace(
        layer,
        kind="point",
        fields=(*layer.fields, DataField(caption), DataField(angle, "number")),
        columns={**layer.columns, caption: texts, angle: angles},
        texts=None,
        angles=None,
    )


def _annotated(layer: DataLayer, losses: Losses) -> DataLayer:
    """Points that :func:`_captioned` made of annotations, as annotations again."""
    caption, angle = layer.fields[-2:] if len(layer.fields) > 1 else (DataField(""), DataField(""))
    named = _MADE.fullmatch(f"{caption.name}\n{angle.name}") is not None
    typed = (caption.type, angle.type) == ("text", "number") and layer.columns[angle.name].dtype.kind == "f"
    single = bool((shapely.get_type_id(layer.geometry) == 0).all())
    if not (named and typed and single and layer.kind == "point"):
        return layer
    losses.add("annotation-again", layer.name, caption=caption.name, angle=angle.name)
    kept = layer.fields[:-2]
    return replace(
        layer,
        kind="annotation",
        fields=kept,
        columns={field.name: layer.columns[field.name] for field in kept},
        texts=layer.columns[caption.name],
        angles=layer.columns[angle.name],
    )


def _places(
    layers: Sequence[DataLayer], layer: DataLayer, target: Target, decimals: int | None
) -> int | None:
    """Decimals that coordinates have in the target, None for all their bits."""
    if target.places is None:
        return decimals
    kept = target.places[is_degrees(layer)]
    if target.suffix == ".gdb":
        return kept if decimals is None else min(decimals, kept)
    if decimals is not None:
        return decimals
    # One number of decimals for the whole file, as a VCT has it.
    return max((kept if one.decimals is None else one.decimals for one in layers if len(one)), default=kept)


def _tell_structure(layer: DataLayer, source: str, target: Target, losses: Losses) -> None:
    aliases = [field.alias for field in layer.fields if field.alias not in ("", field.name)]
    if aliases and not target.aliases:
        losses.add("aliases", source, count=len(aliases), names=listed(aliases))
    if layer.code and target.suffix != ".vct":
        losses.add("code", source, feature_code=layer.code)
    wide = [
        field.name
        for field in layer.fields
        if field.length and (target.widths == "none" or (target.widths == "text" and field.type != "text"))
    ]
    if wide and target.kinds != ("polygon",):
        losses.add("widths", source, count=len(wide), names=listed(wide))
    if layer.epsg is None and layer.kind != "table":
        losses.add("system", source, system=layer.crs_name or "未声明")


def _with_values(layer: DataLayer, source: str, target: Target, losses: Losses) -> Outgoing:
    """Fields under their new names, with values that the target can hold."""
    if target.suffix == ".txt":  # its columns are fixed: the writer looks for what fits
        return Outgoing(layer, source, {field.name: field.name for field in layer.fields}, target.codec)
    codec = _codec(layer, source, target, losses)
    reserved = list(target.taken)
    old = [field.name for field in layer.fields]
    new = unique_names([*reserved, *old], target.suffix, target.name_bytes, codec)[len(reserved) :]
    changed = [f"{one}→{other}" for one, other in zip(old, new, strict=True) if one != other]
    if changed:
        losses.add("field-renamed", source, count=len(changed), names="、".join(changed))
    fields, columns = [], {}
    for field, name in zip(layer.fields, new, strict=True):
        fit, column = fitted(field, layer.columns[field.name], target, codec, _Teller(losses, source))
        fields.append(replace(fit, name=name))
        columns[name] = column
    ready = replace(layer, fields=tuple(fields), columns=columns)
    return Outgoing(ready, source, dict(zip(new, old, strict=True)), codec)


@dataclass(frozen=True)
class _Teller:
    """Losses of one layer."""

    losses: Losses
    layer: str

    def __call__(self, code: str, field: str, **values: object) -> None:
        self.losses.add(code, self.layer, field, **values)


def _codec(layer: DataLayer, source: str, target: Target, losses: Losses) -> str:
    """GBK where that is the custom; UTF-8 for a shapefile with letters that GBK lacks."""
    if target.suffix != ".shp":
        return target.codec
    rare = list(dict.fromkeys(letter for word in _words(layer) for letter in not_in(word, target.codec)))
    if rare:
        losses.add("letters", source, letters=listed(rare))
    return "utf-8" if rare else target.codec


def _words(layer: DataLayer) -> Iterator[str]:
    yield from (field.name for field in layer.fields)
    for field in layer.fields:
        column = layer.columns[field.name]
        if column.dtype == object:
            yield from dict.fromkeys(str(value) for value in column.tolist() if value)


def _blanks(layer: DataLayer) -> int:
    columns = (layer.columns[field.name] for field in layer.fields if field.type == "text")
    return sum(int((column == "").sum()) for column in columns)
