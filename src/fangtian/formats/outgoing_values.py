"""待写属性。Columns of a source as a target format can hold them: typed, within width, in its letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.formats.dataset import DataField
from fangtian.formats.shapes import row_list
from fangtian.formats.targets import Target

__all__ = ["fitted", "not_in"]

Tell = Callable[..., None]
_EXACT = 2.0**53
_DAY = re.compile(r"(\d{4})([-/]?)(\d{2})\2(\d{2})")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.000)?(Z|[+]00:00)?")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_MIDNIGHT = "T00:00:00"


def fitted(
    field: DataField, column: NDArray[Any], target: Target, codec: str, tell: Tell
) -> tuple[DataField, NDArray[Any]]:
    """合用的列。The field as the target declares it, and its values: str ("" for null) or float64 (NaN).

    Dates are ``YYYY-MM-DD``, or with ``THH:MM:SS`` where the target keeps moments; whole numbers may be str.
    """
    if column.dtype.kind in "iufb":
        return _number(field, column.astype(np.float64), tell)
    texts = _clean(field, column, target, tell)
    if field.type == "date":
        return _dated(field, texts, target, codec, tell)
    if field.type == "integer":
        if all(not text or _is_integer(text, target.longest_integer) for text in texts):
            return replace(field, decimals=0), _objects(texts)
        tell("integer-text", field.name)
    elif field.type == "number":
        tell("number-text", field.name)
    return _worded(replace(field, type="text", decimals=0), texts, target, codec, tell)


def not_in(text: str, codec: str) -> list[str]:
    """字符集以外的字。Letters of a text that a codec does not have.

    >>> not_in("𠮷庄€", "gbk")
    ['𠮷', '€']
    """
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return [letter for letter in dict.fromkeys(text) if not _encodes(letter, codec)]
    return []


def _encodes(letter: str, codec: str) -> bool:
    try:
        letter.encode(codec)
    except UnicodeEncodeError:
        return _UNWRITABLE.match(letter) is not None  # taken out elsewhere
    return True


def _number(field: DataField, values: NDArray[np.float64], tell: Tell) -> tuple[DataField, NDArray[Any]]:
    endless = np.isinf(values)
    if endless.any():
        tell("number-endless", field.name, count=int(endless.sum()), rows=row_list(np.flatnonzero(endless)))
        values = np.where(endless, np.nan, values)
    if field.type in ("text", "date"):
        tell("text-number", field.name)
        return replace(field, type="number", length=0, decimals=0), values
    known = values[~np.isnan(values)]
    if field.type == "integer" and ((known != np.round(known)) | (np.abs(known) > _EXACT)).any():
        tell("integer-fraction", field.name)
        return replace(field, type="number", length=0, decimals=0), values
    return field, values + 0.0


def _clean(field: DataField, column: NDArray[Any], target: Target, tell: Tell) -> list[str]:
    """Text without what no file can hold, and without what a dBASE table cannot."""
    given = ["" if value is None else str(value) for value in column.tolist()]
    texts = [_UNWRITABLE.sub("", text) if _UNWRITABLE.search(text) else text for text in given]
    if target.suffix == ".shp":  # its readers drop blanks at both ends
        texts = [text.strip(" ") for text in texts]
    elif target.suffix == ".vct":  # nor do blanks at the end of a line come through
        texts = [text.rstrip(" ") for text in texts]
    changed = [row for row, (one, other) in enumerate(zip(given, texts, strict=True)) if one != other]
    if changed:
        tell("text-changed", field.name, count=len(changed), rows=row_list(changed))
    return texts


def _is_integer(text: str, longest: int) -> bool:
    return len(text) <= longest and bool(re.fullmatch(r"-?[1-9][0-9]*|0", text))


def _dated(
    field: DataField, texts: Sequence[str], target: Target, codec: str, tell: Tell
) -> tuple[DataField, NDArray[Any]]:
    plain = [_day(text) or _moment(text) for text in texts]
    if target.dates == "date":
        plain = [text.removesuffix(_MIDNIGHT) for text in plain]
    unread = any(text and not one for text, one in zip(texts, plain, strict=True))
    unread |= target.dates == "date" and any("T" in text for text in plain)
    if target.dates == "text" or unread:
        tell("date-text", field.name)
        return _worded(replace(field, type="text", length=0), list(texts), target, codec, tell)
    if any(len(one) < len(text) and "T" in text for text, one in zip(texts, plain, strict=True)):
        tell("date-form", field.name)
    if target.dates == "moment":
        if any(text and "T" not in text for text in plain):
            tell("date-moment", field.name)
        plain = [text and (text if "T" in text else text + _MIDNIGHT) for text in plain]
    return replace(field, length=0, decimals=0), _objects(plain)


def _day(text: str) -> str:
    found = _DAY.fullmatch(text)
    try:
        return date.fromisoformat(f"{found[1]}-{found[3]}-{found[4]}").isoformat() if found else ""
    except ValueError:
        return ""


def _moment(text: str) -> str:
    found = _MOMENT.fullmatch(text)
    return f"{found[1]}T{found[2]}:{found[3]}:{found[4]}" if found and _day(found[1]) else ""


def _worded(
    field: DataField, texts: list[str], target: Target, codec: str, tell: Tell
) -> tuple[DataField, NDArray[Any]]:
    """Text within its field: the field grows as far as the format lets it, what is longer is cut."""
    most = target.text_bytes
    if most:
        long = [row for row, text in enumerate(texts) if len(text) * 3 > most and _bytes(text, codec) > most]
        for row in long:
            texts[row] = texts[row].encode(codec, "replace")[:most].decode(codec, "ignore").rstrip(" ")
        if long:
            tell("text-cut", field.name, most=most, count=len(long), rows=row_list(long))
    longest = max(map(len, texts), default=0)
    if field.length and longest > field.length:
        tell("text-wider", field.name, declared=field.length, longest=longest)
        field = replace(field, length=longest)
    return field, _objects(texts)


def _bytes(text: str, codec: str) -> int:
    return len(text.encode(codec, "replace"))


def _objects(texts: Sequence[str]) -> NDArray[Any]:
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    return array
