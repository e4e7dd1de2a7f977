"""dBASE 表。The attribute table of a shapefile, byte by byte: widths, decimals and letters as wanted.

GDAL writes these tables too, but with the day's date in the head and without saying which text it cut.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.formats.dataset import DataField
from fangtian.formats.outgoing import Outgoing

__all__ = ["MOST_DIGITS", "number_column", "write_dbf"]

MOST_DIGITS = 20
"""数值最大宽度。Characters of a number that every reader of dBASE tables accepts."""
_LEAST_TEXT, _MOST_TEXT, _USUAL_NUMBER, _MOST_DECIMALS = 20, 254, 10, 15
_STAMP = (100, 1, 1)  # 2000-01-01 in place of the day of writing
_LANGUAGE = {"gbk": 0x4D, "utf-8": 0}
_LETTER = {"text": b"C", "number": b"N", "integer": b"N", "date": b"D"}
_BLOCK = 20_000


def write_dbf(path: Path, item: Outgoing) -> list[tuple[DataField, int]]:
    """写 dBASE 表。One row per feature in ``item.codec``; returns how many numbers of each field are rounded.

    Null is blank. The field of a returned pair has the width and decimals that were written.
    """
    layer, codec = item.layer, item.codec
    parts: list[tuple[DataField, NDArray[np.bytes_], int]] = []
    for field in layer.fields:
        parts.append(_column(field, layer.columns[field.name], codec))
    if not parts:  # a table must have a column: GDAL makes the same
        numbers = np.arange(len(layer), dtype=np.float64)
        parts.append(_column(DataField("FID", "integer", 11), numbers, codec))
    row = 1 + sum(values.dtype.itemsize for _, values, _ in parts)
    with path.open("wb") as file:
        head = 33 + 32 * len(parts)
        mark = struct.pack("<B3BIHH17xBxx", 3, *_STAMP, len(layer), head, row, _LANGUAGE[codec])
        file.write(mark + b"".join(_descriptor(field, values, codec) for field, values, _ in parts) + b"\r")
        for start in range(0, len(layer), _BLOCK):
            file.write(_rows([values[start : start + _BLOCK] for _, values, _ in parts]))
        file.write(b"\x1a")
    return [(field, rounded) for field, _, rounded in parts][: len(layer.fields)]


def number_column(field: DataField, values: NDArray[Any]) -> tuple[list[str], int, int]:
    """数值列。Texts of the numbers ("" for null), their decimals, and how many had to be rounded.

    A field that declares its width keeps its decimals; one that does not gets as many as its values need.

    >>> number_column(DataField("MJ", "number", 15, 2), np.array([1.25, 1.005, np.nan]))
    (['1.25', '1.00', ''], 2, 1)
    """
    if values.dtype == object:
        return values.tolist(), 0, 0
    known = values[np.isfinite(values)]
    declared = field.type == "integer" or bool(field.length and field.decimals)
    # Without a decimal it would be read as an integer.
    decimals = field.decimals if declared else max(field.decimals, _decimals_needed(known), 1)
    whole = len(f"{np.abs(known).max(initial=0.0):.0f}") + 2  # sign and point
    decimals = max(0, min(decimals, _MOST_DECIMALS, MOST_DIGITS - whole))
    numbers: list[float] = values.tolist()
    texts = [_number_text(value, decimals, declared) if value == value else "" for value in numbers]
    pairs = zip(texts, numbers, strict=True)
    return texts, decimals, sum(bool(text) and float(text) != value for text, value in pairs)


def _number_text(value: float, decimals: int, declared: bool) -> str:
    """With its decimals; as a power of ten where that loses less, as ArcGIS writes them too."""
    fixed = f"{value:.{decimals}f}"
    if len(fixed) <= MOST_DIGITS and (declared or float(fixed) == value):
        return fixed
    shortest = repr(value)
    if len(shortest) <= MOST_DIGITS:
        return shortest
    return fixed if len(fixed) <= MOST_DIGITS else f"{value:.12e}"


def _decimals_needed(known: NDArray[np.float64]) -> int:
    with np.errstate(over="ignore"):  # what is that large is printed as a power of ten
        for decimals in range(_MOST_DECIMALS):
            if (np.round(known, decimals) == known).all():
                return decimals
    return _MOST_DECIMALS


def _column(field: DataField, values: NDArray[Any], codec: str) -> tuple[DataField, NDArray[np.bytes_], int]:
    decimals = rounded = 0
    if field.type in ("number", "integer"):
        texts, decimals, rounded = number_column(field, values)
        if field.type == "number":
            decimals = max(decimals, 1)  # or powers of ten would be read as integers
        usual = min(field.length or _USUAL_NUMBER, MOST_DIGITS)
        width = max(usual, decimals + 2, *map(len, texts), 0)
        texts = [text.rjust(width) for text in texts]
    elif field.type == "date":
        width = 8
        texts = [text.replace("-", "") for text in values.tolist()]
    else:
        texts = values.tolist()
        width = 0
    encoded = [text.encode(codec) for text in texts]
    if not width:
        longest = max(map(len, encoded), default=0)
        width = min(max(longest, field.length or _LEAST_TEXT, 1), _MOST_TEXT)
    array = np.array([text.ljust(width) for text in encoded], dtype=f"S{width}")
    return DataField(field.name, field.type, width, decimals, field.alias), array, rounded


def _descriptor(field: DataField, values: NDArray[np.bytes_], codec: str) -> bytes:
    name = field.name.encode(codec)
    sizes = values.dtype.itemsize, field.decimals
    return struct.pack("<11sc4xBB14x", name, _LETTER[field.type], *sizes)


def _rows(columns: Sequence[NDArray[np.bytes_]]) -> bytes:
    """Rows of fixed width: a blank, which says that the row is not deleted, then every value."""
    names = ["mark", *map(str, range(len(columns)))]
    formats = ["S1", *(column.dtype.str for column in columns)]
    rows: Any = np.empty(len(columns[0]), dtype=list(zip(names, formats, strict=True)))
    rows["mark"] = b" "
    for number, column in enumerate(columns):
        rows[str(number)] = column
    return bytes(rows.tobytes())
