"""写数据集。A dataset in the format that the target's name asks for, whole or not at all, with its losses.

What the format cannot hold is told as findings ``CNV-…`` (those of a VCT's own grammar as ``FMT-vct-…``,
of a boundary TXT's as ``BND-…``). Coordinates stay in the system they are in; the same dataset gives the
same bytes.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.formats.database_writing import write_database
from fangtian.formats.dataset import Dataset
from fangtian.formats.exchange_writing import write_boundary, write_exchange
from fangtian.formats.geojson_writing import write_geojson
from fangtian.formats.losses import Losses, listed
from fangtian.formats.outgoing import Outgoing, outgoing_layers, unique_names
from fangtian.formats.outgoing_crossing import crossing, tell_areas
from fangtian.formats.outgoing_head import tell_head
from fangtian.formats.publishing import is_source, published, stage
from fangtian.formats.reading import read_dataset
from fangtian.formats.shapefile_writing import FIELD_TABLE, write_shapefile, written_table
from fangtian.formats.targets import TARGETS, Target, target_of

__all__ = ["Written", "WrittenLayer", "write_dataset", "write_layers"]

_UNSAFE = re.compile(r'[\\/:*?"<>|!;\s]+')
_LONGEST_NAME = 60
_ZIP_TIME = (2000, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class WrittenLayer:
    """写出的图层。``source`` its name before; ``file`` where it stands."""

    name: str
    source: str
    kind: str
    features: int
    fields: int
    file: str


@dataclass(frozen=True)
class Written:
    """写出的结果。Layers in their order, the files, and what was lost."""

    layers: tuple[WrittenLayer, ...]
    files: tuple[Path, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Order:
    """What is to be written where: files into ``stage``, named after ``path``."""

    stage: Path
    path: Path
    target: Target
    losses: Losses
    head: Mapping[str, str]


def write_dataset(
    path: Path, dataset: Dataset, *, decimals: int | None = None, overwrite: bool = False
) -> tuple[Finding, ...]:
    """写数据集。The losses of :func:`write_layers`."""
    return write_layers(path, dataset, decimals=decimals, overwrite=overwrite).findings


def write_layers(
    path: Path, dataset: Dataset, *, decimals: int | None = None, overwrite: bool = False
) -> Written:
    """写数据集。Every layer that the format of ``path`` can hold; what was written, and what was lost.

    A format that holds one layer per file gets ``path`` for a single layer, else a file per layer whose name
    says which; a folder or a zip holds shapefiles. ``decimals`` rounds coordinates. Raises InputError for a
    name that is no format, nothing to write, a system that the format cannot say, and an existing target
    without ``overwrite``; OSError where it cannot be written.
    """
    target = target_of(path)
    place = Place(file=path.name)
    if target is None:
        accepted = "、".join((*TARGETS, ".zip"))
        raise InputError([finding("CNV-target-kind", place, file=path.name, accepted=accepted)])
    if is_source(path, dataset.path):
        raise InputError([finding("CNV-target-source", place, file=path.name)])
    losses = Losses(path.name, target.name)
    tell_head(dataset, target, losses)
    items = outgoing_layers(dataset, target, losses, decimals)
    if not items:
        raise InputError([finding("CNV-nothing", place, target=target.name), *losses.finished()])
    with stage(path) as (passing, folder):
        layers = _staged(_Order(passing, path, target, losses, dataset.head), items)
        for item in items:
            _tell_areas(item, target, losses)
        files = published(passing, folder, dataset.path, overwrite)
    return Written(tuple(layers), tuple(files), losses.finished())


def _tell_areas(item: Outgoing, target: Target, losses: Losses) -> None:
    """Polygons whose rings cross, by the areas that they have when they are read back."""
    tried = crossing(item, target, losses)
    if tried is None:
        return
    with tempfile.TemporaryDirectory(prefix="fangtian-") as folder:
        path = Path(folder, f"a{target.suffix}")
        _staged(_Order(Path(folder), path, target, Losses(path.name, target.name), {}), [tried.item])
        tell_areas(tried, read_dataset(path).layers[0], losses)


def _staged(order: _Order, items: Sequence[Outgoing]) -> list[WrittenLayer]:
    """Write all files into the stage under the names that they are to have."""
    path, target = order.path, order.target
    if target.one_file:
        file = order.stage / f"{path.stem}{target.suffix}"
        if target.suffix == ".vct":
            write_exchange(file, items, order.losses, order.head)
        else:
            write_database(file, items)
        written = [(path.name, len(item.layer.fields)) for item in items]
    else:
        written = _per_layer(order, items)
    return [
        WrittenLayer(item.layer.name, item.source, item.layer.kind, len(item.layer), fields, name)
        for item, (name, fields) in zip(items, written, strict=True)
    ]


def _per_layer(order: _Order, items: Sequence[Outgoing]) -> list[tuple[str, int]]:
    """The file of every layer by name, and how many of its fields are in it."""
    path, target, losses = order.path, order.target, order.losses
    together = path.suffix.lower() in ("", ".zip")
    suffix = target.suffix if together or path.suffix.lower() != ".json" else ".json"
    files = [order.stage / f"{stem}{suffix}" for stem in _stems(path, items, together)]
    named = [_as_found(file, item) for file, item in zip(files, items, strict=True)]
    if len(files) > 1 and not together:
        pairs = zip(items, named, strict=True)
        losses.add("files", names=listed([f"{item.source}→{file.name}" for item, file in pairs]))
    elif target.suffix != ".geojson" and items[0].source != files[0].stem and not together:
        losses.add("layer-file", items[0].source, name=named[0].name)
    if target.suffix == ".shp":
        _shapefiles(order.stage, path, list(zip(items, files, strict=True)), losses)
    fields = [len(item.layer.fields) for item in items]
    for at, (item, file) in enumerate(zip(items, files, strict=True)):
        if target.suffix == ".geojson":
            write_geojson(file, item, losses)
        elif target.suffix == ".txt":
            fields[at] = write_boundary(file, item, losses, order.head)
    names = [path.name if path.suffix.lower() == ".zip" else file.name for file in named]
    return list(zip(names, fields, strict=True))


def _as_found(file: Path, item: Outgoing) -> Path:
    """The file to look for: a shapefile's table without shapes is a ``.dbf`` alone."""
    return file.with_suffix(".dbf") if (file.suffix, item.layer.kind) == (".shp", "table") else file


def _stems(path: Path, items: Sequence[Outgoing], together: bool) -> list[str]:
    names = [_UNSAFE.sub("_", item.layer.name).strip(".")[:_LONGEST_NAME] for item in items]
    if not together:
        if len(items) == 1:
            return [path.stem]
        names = [f"{path.stem}_{name}" for name in names]
    return unique_names(names, "")


def _shapefiles(stage: Path, path: Path, pairs: Sequence[tuple[Outgoing, Path]], losses: Losses) -> None:
    written = [(item, file, write_shapefile(file, item, losses)) for item, file in pairs]
    table = written_table(written)
    if table:
        together = path.suffix.lower() in ("", ".zip")
        name = FIELD_TABLE if together else f"{path.stem}_{FIELD_TABLE}"
        (stage / name).write_bytes(table)
        losses.add("field-table", name=name)
    if path.suffix.lower() == ".zip":
        _zipped(stage, path.name)


def _zipped(stage: Path, name: str) -> None:
    """All files of the stage as one archive, in their order of names and without their times."""
    members = sorted(stage.iterdir(), key=lambda file: file.name)
    with zipfile.ZipFile(stage / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            entry = zipfile.ZipInfo(member.name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, member.read_bytes())
            member.unlink()
