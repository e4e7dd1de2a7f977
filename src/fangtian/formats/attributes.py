"""属性。Field values in two plain forms: text and float64."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.formats.encoding import codec_of, decode_values, encoding_of

__all__ = ["plain_columns", "require_encoding"]

_EXACT_FLOAT = 2**53
_KNOWN = "GBK、GB18030、GB2312、UTF-8、BIG5、936、65001"


def plain_columns(
    names: Sequence[str], columns: Sequence[NDArray[Any]], declared: str, raw_bytes: bool, place: Place
) -> tuple[dict[str, NDArray[Any]], str, list[Finding]]:
    """字段值。Columns by name, the encoding used, and remarks.

    ``raw_bytes`` says that names and text are bytes dressed up as Latin-1 letters (shapefiles), to be
    decoded as ``declared`` says or as they prove to be. Raises :class:`InputError` if nothing decodes them.
    """
    plain = [_plain(column) for column in columns]
    if not raw_bytes:
        return dict(zip(map(str, names), plain, strict=True)), "utf-8", []
    texts = {str(value) for column in plain if column.dtype == object for value in column if value}
    foreign = [text.encode("latin-1") for text in sorted(texts | set(map(str, names))) if not text.isascii()]
    codec = encoding_of(foreign, declared)
    if not codec:
        raise InputError([finding("FMT-encoding", place, file=place.file)])
    lying = foreign and declared and codec_of(declared) != codec
    remarks = [finding("FMT-encoding-lie", place, declared=declared, taken=codec)] if lying else []
    return _decoded(names, plain, codec), codec, remarks


def require_encoding(name: str, place: Place) -> None:
    """核对编码名。Raises :class:`InputError` for the name of an encoding that means nothing."""
    if name and not codec_of(name):
        raise InputError([finding("FMT-encoding-unknown", place, name=name, known=_KNOWN)])


def _decoded(names: Sequence[str], columns: Sequence[NDArray[Any]], codec: str) -> dict[str, NDArray[Any]]:
    seen: dict[str, str] = {}

    def text(letters: str) -> str:
        if letters.isascii():
            return letters
        if letters not in seen:
            (seen[letters],) = decode_values([letters.encode("latin-1")], codec)
        return seen[letters]

    decoded: dict[str, NDArray[Any]] = {}
    for name, column in zip(names, columns, strict=True):
        shown = text(str(name))
        while shown in decoded:  # names of ten bytes may differ in half a character alone
            shown += "_"
        is_text = column.dtype == object
        decoded[shown] = np.array([text(v) for v in column], dtype=object) if is_text else column
    return decoded


def _plain(column: NDArray[Any]) -> NDArray[Any]:
    if column.dtype == np.float32:
        # The shortest decimal that is this float32: 0.1234 stays 0.1234 instead of 0.12340000271797.
        return column.astype(str).astype(np.float64)
    if column.dtype.kind in "iu" and len(column) and np.abs(column.astype(np.float64)).max() > _EXACT_FLOAT:
        return np.array([str(value) for value in column.tolist()], dtype=object)
    if column.dtype.kind in "iufb":
        return column.astype(np.float64)
    return np.array(["" if value is None else str(value) for value in column], dtype=object)
