"""字符编码。Which encoding a text of unknown origin is in: UTF-8 strictly, then GB18030.

Chinese survey files come in GBK without saying so, or say the wrong thing. GB18030 is a superset of GBK and
GB2312. UTF-8 is tried first because GBK text hardly ever happens to be valid UTF-8, while UTF-8 text often
happens to be "valid" GBK.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence

__all__ = ["codec_of", "decode_text", "decode_values", "decodes", "encoding_of"]

_CHINESE = ("utf-8", "gb18030")
_LATIN = frozenset({"iso8859-1", "cp1252", "ascii", "latin_1", "iso8859-15"})
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_FIRST_CJK = "\u2e80"


def codec_of(declared: str) -> str:
    """编码名。The codec of a name as ``.cpg`` files write it; "" where it means nothing.

    >>> codec_of("ANSI 936"), codec_of("65001"), codec_of("GBK"), codec_of("OEM")
    ('gb18030', 'utf-8', 'gb18030', '')
    """
    word = declared.strip().lower().removeprefix("ansi").removeprefix("oem").strip()
    if word.isdigit():
        word = {"65001": "utf-8", "54936": "gb18030"}.get(word, f"cp{word}")
    try:
        "".encode(word)  # refuses what is no encoding of text, such as zlib
        name = codecs.lookup(word).name
    except (LookupError, ValueError):
        return ""
    return "gb18030" if name in {"gbk", "gb2312", "cp936"} else name


def encoding_of(values: Sequence[bytes], declared: str = "") -> str:
    """判定编码。The codec that decodes every value, "" where none does.

    ``declared`` is believed where it works, with two exceptions learnt from real files: a Latin code page
    decodes anything and proves nothing, and text that reads as Chinese in UTF-8 is UTF-8, even if its
    ``.cpg`` says GBK.

    >>> encoding_of(["水田".encode("gbk")]), encoding_of(["水田".encode()], declared="GBK")
    ('gb18030', 'utf-8')
    """
    codec = codec_of(declared)
    believed = [codec] if codec and codec not in _LATIN else []
    if codec != "utf-8" and decodes(values, "utf-8") and _reads_chinese(values):
        return "utf-8"
    last_resort = [codec] if codec in _LATIN else []
    for candidate in (*believed, *_CHINESE, *last_resort):
        if decodes(values, candidate):
            return candidate
    return ""


def decodes(values: Iterable[bytes], codec: str) -> bool:
    """能否解码。Whether every value is valid in ``codec``, not counting a character cut off at the end."""
    try:
        for value in values:
            _decode(value, codec)
    except UnicodeDecodeError:
        return False
    return True


def decode_values(values: Sequence[bytes], codec: str) -> list[str]:
    """解码。Text of each value; half a character at the end, cut off by a field's width, is dropped.

    >>> decode_values(["水田".encode("gbk")[:3]], "gb18030")
    ['水']
    """
    return [_decode(value, codec) for value in values]


def decode_text(data: bytes, declared: str = "") -> tuple[str, str]:
    """解码全文。Text of a whole file and the codec used (a byte-order mark decides); ("", "") if none fits.

    >>> decode_text("地类,面积".encode("gb18030"))
    ('地类,面积', 'gb18030')
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data.decode(codec, errors="replace"), codec
    for candidate in dict.fromkeys(codec for codec in (codec_of(declared), *_CHINESE) if codec):
        try:
            return data.decode(candidate), candidate
        except UnicodeDecodeError:
            continue
    return "", ""


def _decode(value: bytes, codec: str) -> str:
    return codecs.getincrementaldecoder(codec)("strict").decode(value, final=False)


def _reads_chinese(values: Iterable[bytes]) -> bool:
    return any(letter >= _FIRST_CJK for value in values for letter in _decode(value, "utf-8"))
