"""待写文件头。What a file says of itself as a whole: what a target keeps of it, and what it has no place for.

VCT and boundary TXT have heads: map scale, date, producer, datum of heights. Entries that only say how the
file is laid out, or which system it is in, are settled by the writer and are no losses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fangtian.formats.boundary_txt import HEADER_KEYS
from fangtian.formats.dataset import DataLayer, Dataset
from fangtian.formats.heads import LAYOUT
from fangtian.formats.losses import Losses
from fangtian.formats.targets import Target
from fangtian.formats.vct import VctHead, declared_system, land_use_head

__all__ = ["boundary_producer", "exchange_head", "tell_head"]

_SYSTEM = frozenset(
    {"Spheroid", "PrimeMeridian", "Projection", "Parameters", "坐标系", "几度分带", "投影类型", "带号"}
)
_PRODUCER, _DAY = "数据产生单位", "数据产生日期"
_NO_SHIFT = frozenset(",0. ")
_ASSUMED = ("MapScale", "VerticalDatum", "TemporalReferenceSystem")
_SHOWN, _LONGEST = 40, 60


def exchange_head(layers: Sequence[DataLayer], given: Mapping[str, str], fresh: VctHead) -> VctHead:
    """VCT 文件头。The head of the source, if it is of the layers' system; else ``fresh`` with its facts."""
    own = _of_vct(given)
    if not own:
        return fresh
    epsg, name = declared_system(VctHead(own))
    if all((layer.epsg, layer.crs_name or name) == (epsg, name) for layer in layers):
        return VctHead(own, fresh.decimals)
    facts = {key: value for key, value in own.items() if key not in LAYOUT | _SYSTEM}
    return VctHead({**fresh.entries, **facts}, fresh.decimals)


def boundary_producer(head: Mapping[str, str]) -> tuple[str, str]:
    """数据产生单位和日期。What a boundary TXT keeps of a head."""
    return head.get(_PRODUCER, ""), head.get(_DAY, "")


def tell_head(dataset: Dataset, target: Target, losses: Losses) -> None:
    """文件头的损失。Entries that the target has no place for, and those of a VCT that are only customary."""
    vct = _of_vct(dataset.head)
    kept = frozenset(vct) if target.suffix == ".vct" else frozenset()
    if target.suffix == ".txt":
        kept = frozenset({_PRODUCER, _DAY})
    said = all(layer.epsg for layer in dataset.layers if layer.kind != "table")
    settled = LAYOUT | kept | (_SYSTEM if said else frozenset())
    lost = {key: value for key, value in dataset.head.items() if key not in settled and _says(key, value)}
    if lost:
        shown = [f"{key}：{value[:_LONGEST]}" for key, value in list(lost.items())[:_SHOWN]]
        losses.add("head", count=len(lost), entries="；".join(shown))
    if target.suffix == ".vct":
        assumed = {key: value for key, value in land_use_head().entries.items() if key in _ASSUMED}
        assumed = {key: value for key, value in assumed.items() if not vct}
        if assumed:
            told = "；".join(f"{key}：{value}" for key, value in assumed.items())
            losses.add("head-assumed", entries=told)


def _of_vct(head: Mapping[str, str]) -> dict[str, str]:
    """Entries of a VCT's head; the keys of a boundary TXT are Chinese."""
    return {key: value for key, value in head.items() if key.isascii()}


def _says(key: str, value: str) -> bool:
    """Whether an entry says anything: seven zeros for a shift of the datum do not."""
    return bool(value.strip(" ,")) and not (key == HEADER_KEYS[-1] and set(value) <= _NO_SHIFT)
