"""转换命令。convert: any data file into another format, with everything that was lost on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.cli.app import common_options
from fangtian.cli.console import Output
from fangtian.errors import InputError
from fangtian.formats.dataset import DataLayer, Dataset
from fangtian.formats.guard import read_dataset
from fangtian.formats.reference import named_crs
from fangtian.formats.writing import Written, write_layers
from fangtian.geo.crs import detect

__all__ = ["convert"]


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--layer", "layers", multiple=True, help="只转换这个图层（可多次给出）")
@click.option("--encoding", default="", help="Shapefile 属性表的编码（.cpg 缺失或不对时）")
@click.option("--crs", default="", help="来源的坐标系，如 EPSG:4523（来源没有声明时）")
@click.option("--decimals", type=click.IntRange(0, 12), default=None, help="坐标保留的小数位")
@click.option("--overwrite", is_flag=True, help="覆盖已有的目标")
@common_options
def convert(  # noqa: PLR0913 - one argument per option
    *,
    source: Path,
    target: Path,
    layers: tuple[str, ...],
    encoding: str,
    crs: str,
    decimals: int | None,
    overwrite: bool,
    as_json: bool,
    lang: str,
) -> int:
    """转换数据格式，并列出转换中的每一处损失。"""
    output = Output(lang, as_json)
    given = _given(crs, source)
    dataset = _located(_chosen(read_dataset(source, encoding), layers), given)
    written = write_layers(target, dataset, decimals=decimals, overwrite=overwrite)
    findings = (*dataset.findings, *written.findings)
    _report(output, dataset, written)
    output.findings(findings)
    told = {"files": len(written.files), "losses": len(written.findings), "path": target}
    output.say(output.word("converted", **told), "green")
    output.document("convert", True, findings, **_document(dataset, written))
    return 0


def _chosen(dataset: Dataset, wanted: Sequence[str]) -> Dataset:
    """The layers that were asked for, all if none were; names in any case of their letters."""
    if not wanted:
        return dataset
    names = {layer.name.casefold(): layer for layer in dataset.layers}
    known = "、".join(layer.name for layer in dataset.layers)
    missing = [name for name in wanted if name.casefold() not in names]
    if missing:
        place = Place(file=dataset.path.name)
        raise InputError([finding("SCH-layer-missing", place, role=name, known=known) for name in missing])
    asked = {name.casefold() for name in wanted}
    kept = tuple(layer for layer in dataset.layers if layer.name.casefold() in asked)
    return replace(dataset, layers=kept)


def _given(crs: str, source: Path) -> tuple[int, str] | None:
    """The system of ``--crs``, None where it is left out. Raises InputError for what the registry lacks."""
    if not crs:
        return None
    epsg, name = named_crs(crs)
    if epsg is None:
        raise InputError([finding("CNV-crs-unknown", Place(file=source.name), name=crs)])
    return epsg, name


def _located(dataset: Dataset, given: tuple[int, str] | None) -> Dataset:
    """Layers with the system that they declare, that is given, or that their coordinates show; as told."""
    layers, remarks = [], list(dataset.findings)
    for layer in dataset.layers:
        place = Place(file=dataset.path.name, layer=layer.name)
        if layer.kind == "table":
            layers.append(layer)
        elif given is not None:
            remarks += _tell_given(layer, given, place)
            layers.append(replace(layer, epsg=given[0], crs_name=given[1]))
        else:
            layers.append(_assumed(layer, place, remarks))
    return replace(dataset, layers=tuple(layers), findings=tuple(remarks))


def _tell_given(layer: DataLayer, given: tuple[int, str], place: Place) -> Iterator[Finding]:
    """What ``--crs`` changes, and what speaks against it. Raises InputError where the coordinates do."""
    taken, told = f"EPSG:{given[0]}（{given[1]}）", {"layer": layer.name}
    if layer.epsg is None and not layer.crs_name:
        yield finding("CNV-crs-given", place, taken=taken, **told)
    elif layer.epsg != given[0]:
        code = f"EPSG:{layer.epsg}" if layer.epsg else layer.crs_name
        yield finding("CNV-crs-overruled", place, declared=code, taken=taken, **told)
    _, doubts = detect(layer.geometry, *given, place)
    against = [item for item in doubts if item.code == "CRS-contradiction"]
    if against:
        raise InputError(against)


def _assumed(layer: DataLayer, place: Place, remarks: list[Finding]) -> DataLayer:
    """A layer that declares nothing, in the system that its coordinates show, as check takes it."""
    if layer.epsg is not None or layer.crs_name or not len(layer):
        return layer
    seen, doubts = detect(layer.geometry, None, "", place)
    if seen is None:
        return layer
    remarks += doubts
    return replace(layer, epsg=seen.epsg, crs_name=seen.name)


def _report(output: Output, dataset: Dataset, written: Written) -> None:
    """A row for every layer that was read, with what became of it."""
    words = ("layer", "kind", "features_in", "features_out", "fields", "written_as", "file")
    header = [output.word(word) for word in words]
    rows = []
    for layer in dataset.layers:
        parts = [part for part in written.layers if part.source == layer.name]
        for number, part in enumerate(parts):
            come = str(len(layer)) if not number else ""
            fields = f"{len(layer.fields)} → {part.fields}"
            kind = output.word(f"kind_{part.kind}")
            rows.append((layer.name, kind, come, str(part.features), fields, part.name, part.file))
        if not parts:
            kind = output.word(f"kind_{layer.kind}")
            rows.append((layer.name, kind, str(len(layer)), "0", f"{len(layer.fields)} → 0", "—", "—"))
    right = {name: {"justify": "right"} for name in header[2:5]}
    title = output.word("conversion", source=dataset.path.name, format=dataset.format)
    output.table(title, header, rows, **right)


def _document(dataset: Dataset, written: Written) -> dict[str, object]:
    layers = [
        {
            "name": layer.name,
            "kind": layer.kind,
            "features": len(layer),
            "fields": [field.name for field in layer.fields],
            "written": [
                {"name": part.name, "kind": part.kind, "features": part.features, "fields": part.fields,
                 "file": part.file}
                for part in written.layers
                if part.source == layer.name
            ],
        }
        for layer in dataset.layers
    ]  # fmt: skip
    return {
        "format": dataset.format,
        "encoding": dataset.encoding,
        "layers": layers,
        "files": [str(path) for path in written.files],
    }
