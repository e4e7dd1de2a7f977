"""转换命令。convert: any data file into another format, with everything that was lost on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from fangtian.catalog.finding import Place, finding
from fangtian.cli.app import common_options
from fangtian.cli.console import Output
from fangtian.errors import InputError
from fangtian.formats.dataset import Dataset
from fangtian.formats.guard import read_dataset
from fangtian.formats.writing import Written, write_layers

__all__ = ["convert"]


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--layer", "layers", multiple=True, help="只转换这个图层（可多次给出）")
@click.option("--encoding", default="", help="Shapefile 属性表的编码（.cpg 缺失或不对时）")
@click.option("--decimals", type=click.IntRange(0, 12), default=None, help="坐标保留的小数位")
@click.option("--overwrite", is_flag=True, help="覆盖已有的目标")
@common_options
def convert(  # noqa: PLR0913 - one argument per option
    *,
    source: Path,
    target: Path,
    layers: tuple[str, ...],
    encoding: str,
    decimals: int | None,
    overwrite: bool,
    as_json: bool,
    lang: str,
) -> int:
    """转换数据格式，并列出转换中的每一处损失。"""
    output = Output(lang, as_json)
    dataset = _chosen(read_dataset(source, encoding), layers)
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
