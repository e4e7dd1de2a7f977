"""VCT 属性值的写法。Table structures and rows: numbers with their decimals, text that cannot break a row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.formats.vct import VctField, VctLayer
from fangtian.formats.vct_lines import Remarks, section_mark

__all__ = ["CellWriter"]

_BATCH = 8192
_FULL_WIDTH = 0xFEE0


class CellWriter:
    """属性行书写。Rows with one separator, and what had to be changed to keep it the only one."""

    def __init__(self, separator: str, remarks: Remarks) -> None:
        self._separator = separator
        self._remarks = remarks
        instead = chr(ord(separator) + _FULL_WIDTH) if "!" <= separator <= "~" else " "
        self._letters = str.maketrans({separator: instead, "\r": None, "\n": " ", "\0": None})

    def word(self, text: str) -> str:
        """规范文字。Text in one cell of one line.

        >>> CellWriter(",", None).word("东,西")
        '东，西'
        """
        return text.translate(self._letters)

    def caption(self, text: str, layer: str) -> str:
        """注记内容。Text on a line of its own, which may hold separators but be no section mark."""
        line = " ".join(text.split("\n")).replace("\r", "").replace("\0", "")
        if section_mark(line):
            line = chr(ord(line.strip()[0]) + _FULL_WIDTH) + line.strip()[1:]
        if line != text:
            self._remarks.add("FMT-vct-text-changed", 0, layer=layer, field="注记内容", count=1)
        return line

    def structure(self, table: str, layer: VctLayer) -> list[str]:
        """表结构。Lines of a table: name and number of fields, then the fields, then 0."""
        head = [table, str(len(layer.fields))] + (["NoneGeometry"] if layer.kind == "table" else [])
        return [self._separator.join(head), *map(self._declared, layer.fields), "0", ""]

    def _declared(self, field: VctField) -> str:
        cells = [self.word(field.name), self.word(field.type)]
        if field.width:
            cells.append(str(field.width))
            if field.decimals:
                cells.append(str(field.decimals))
        return self._separator.join(cells)

    def rows(self, layer: VctLayer, ids: NDArray[np.int64]) -> Iterator[list[str]]:
        """属性行。Rows of a layer in batches: object number and the values of all fields."""
        columns = [layer.columns.get(field.name) for field in layer.fields]
        counts: dict[tuple[str, VctField], int] = {}
        for start in range(0, len(ids), _BATCH):
            numbers = list(map(str, ids[start : start + _BATCH].tolist()))
            cells = [numbers]
            for field, column in zip(layer.fields, columns, strict=True):
                if column is None:
                    cells.append([""] * len(numbers))
                    continue
                texts, changes = self._texts(field, column[start : start + _BATCH])
                cells.append(texts)
                for code, count in changes.items():
                    counts[code, field] = counts.get((code, field), 0) + count
            yield [self._separator.join(row) for row in zip(*cells, strict=True)]
        for (code, field), count in counts.items():
            if count:
                values = {"layer": layer.name, "field": field.name, "count": count}
                self._remarks.add(code, 0, **values, decimals=field.decimals, width=field.width)

    def _texts(self, field: VctField, column: NDArray[Any]) -> tuple[list[str], dict[str, int]]:
        if column.dtype.kind in "iufb":
            texts, cut = _number_texts(field, column)
            return texts, {"FMT-vct-value-cut": cut}
        given = ["" if value is None else str(value) for value in column]
        long = sum(len(text) > field.width for text in given) if field.width and not field.numeric else 0
        whole = "".join(given)
        if whole == whole.translate(self._letters):
            return given, {"FMT-vct-text-long": long}
        texts = [text.translate(self._letters) for text in given]
        changed = sum(old != new for old, new in zip(given, texts, strict=True))
        return texts, {"FMT-vct-text-changed": changed, "FMT-vct-text-long": long}


def _number_texts(field: VctField, column: NDArray[Any]) -> tuple[list[str], int]:
    """Numbers with their field's decimals, all of them where it does not say how many; how many are cut."""
    numbers: Sequence[float] = column.tolist()
    if field.whole or (field.decimals and field.numeric):
        pattern = f"%.{0 if field.whole else field.decimals}f"
        texts = [pattern % value if math.isfinite(value) else "" for value in numbers]
        pairs = zip(texts, numbers, strict=True)
        return texts, sum(bool(text) and float(text) != value for text, value in pairs)
    return [
        str(np.format_float_positional(value, trim="-")) if math.isfinite(value) else "" for value in numbers
    ], 0
