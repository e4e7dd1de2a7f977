"""写数据集。A dataset in the format that the target's name asks for, whole or not at all, with its losses.

What the format cannot hold is told as findings ``CNV-…`` (those of a VCT's own grammar as ``FMT-vct-…``,
of a boundary TXT's as ``BND-…``). Coordinates stay in the system they are in; the same dataset gives the
same bytes.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
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
    if _is_source(path, dataset.path):
        raise InputError([finding("CNV-target-source", place, file=path.name)])
    losses = Losses(path.name, target.name)
    items = outgoing_layers(dataset, target, losses, decimals)
    if not items:
        raise InputError([finding("CNV-nothing", place, target=target.name), *losses.finished()])
    folder = path if path.suffix == "" else path.parent
    folder_is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=".fangtian-", dir=folder))
    try:
        layers = _staged(stage, path, items, target, losses)
        files = _published(stage, folder, overwrite)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if folder_is_new:
            with suppress(OSError):  # it is not empty where all went well
                folder.rmdir()
    return Written(tuple(layers), tuple(files), losses.finished())


def _is_source(path: Path, source: Path) -> bool:
    one, other = path.resolve(), source.resolve()
    return one == other or (other.is_dir() and other in one.parents)


def _staged(
    stage: Path, path: Path, items: Sequence[Outgoing], target: Target, losses: Losses
) -> list[WrittenLayer]:
    """Write all files into ``stage`` under the names that they are to have."""
    if target.one_file:
        file = stage / f"{path.stem}{target.suffix}"
        if target.suffix == ".vct":
            write_exchange(file, items, losses)
        else:
            write_database(file, items)
        names = [path.name] * len(items)
    else:
        names = _per_layer(stage, path, items, target, losses)
    return [
        WrittenLayer(
            item.layer.name, item.source, item.layer.kind, len(item.layer), len(item.layer.fields), name
        )
        for item, name in zip(items, names, strict=True)
    ]


def _per_layer(
    stage: Path, path: Path, items: Sequence[Outgoing], target: Target, losses: Losses
) -> list[str]:
    together = path.suffix.lower() in ("", ".zip")
    suffix = target.suffix if together or path.suffix.lower() != ".json" else ".json"
    files = [stage / f"{stem}{suffix}" for stem in _stems(path, items, together)]
    if len(files) > 1 and not together:
        pairs = zip(items, files, strict=True)
        losses.add("files", names=listed([f"{item.source}→{file.name}" for item, file in pairs]))
    elif target.suffix != ".geojson" and items[0].source != files[0].stem and not together:
        losses.add("layer-file", items[0].source, name=files[0].name)
    if target.suffix == ".shp":
        _shapefiles(stage, path, list(zip(items, files, strict=True)), losses)
    else:
        write: Callable[[Path, Outgoing, Losses], None]
        write = write_geojson if target.suffix == ".geojson" else write_boundary
        for item, file in zip(items, files, strict=True):
            write(file, item, losses)
    return [path.name if path.suffix.lower() == ".zip" else file.name for file in files]


def _stems(path: Path, items: Sequence[Outgoing], together: bool) -> list[str]:
    names = [_UNSAFE.sub("_", item.layer.name).strip("._")[:_LONGEST_NAME] for item in items]
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


def _published(stage: Path, folder: Path, overwrite: bool) -> list[Path]:
    """Move what was written to its place: all of it, or, where that fails, nothing."""
    new = sorted(stage.iterdir(), key=lambda file: file.name)
    there = [folder / file.name for file in new if (folder / file.name).exists()]
    foreign = [file for file in there if file.is_dir() and not _is_geodatabase(file)]
    if there and (not overwrite or foreign):
        names = listed([file.name for file in there])
        place = Place(file=there[0].name)
        raise InputError([finding("CNV-target-exists", place, file=names)])
    old = stage / ".old"
    old.mkdir()
    moved: list[tuple[Path, Path]] = []
    try:
        for file in there:
            file.rename(old / file.name)
            moved.append((file, old / file.name))
        for file in new:
            file.rename(folder / file.name)
            moved.append((file, folder / file.name))
    except OSError:
        for before, after in reversed(moved):
            with suppress(OSError):
                after.rename(before)
        raise
    return [folder / file.name for file in new]


def _is_geodatabase(folder: Path) -> bool:
    return folder.suffix.lower() == ".gdb" and (folder / "a00000001.gdbtable").exists()
