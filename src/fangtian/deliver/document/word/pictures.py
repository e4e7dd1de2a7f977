"""图片文件。Size of a PNG or JPEG from its own bytes; a broken one is refused here, not by Word."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, replace

from fangtian.errors import DeliverError

__all__ = ["Raster", "raster_of"]

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # segments that carry the size
_BARE = frozenset({0x01, *range(0xD0, 0xDA)})  # markers without a length


@dataclass(frozen=True)
class Raster:
    """图片。Pixels, the ending of its file name, and the pixels to a metre where the file says so."""

    width: int
    height: int
    ending: str
    per_metre: int = 0


def raster_of(data: bytes) -> Raster:
    """读图片头。Raises DeliverError for anything but a whole PNG or JPEG.

    >>> raster_of(b"GIF89a")
    Traceback (most recent call last):
    fangtian.errors.DeliverError: 图片不是完整的 PNG 或 JPEG 文件：格式无法识别。
    """
    try:
        if data.startswith(_PNG):
            return replace(_checked(*_png_size(data), "png"), per_metre=_png_density(data))
        if data.startswith(_JPEG):
            return _checked(*_jpeg_size(data), "jpeg")
    except (struct.error, IndexError):
        raise _broken("文件不完整") from None
    raise _broken("格式无法识别")


def _broken(reason: str) -> DeliverError:
    return DeliverError(f"图片不是完整的 PNG 或 JPEG 文件：{reason}。")


def _checked(width: int, height: int, ending: str) -> Raster:
    if not width or not height:
        raise _broken("尺寸为零")
    return Raster(width, height, ending)


def _png_size(data: bytes) -> tuple[int, int]:
    """Every chunk is held against its checksum, up to the end chunk."""
    at, size = len(_PNG), (0, 0)
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(data[at + 4 : at + 8 + length]) != checksum:
            raise _broken("校验和不符")
        if kind == b"IHDR":
            size = struct.unpack_from(">II", data, at + 8)
        if kind == b"IEND":
            return size
        at += 12 + length


def _png_density(data: bytes) -> int:
    """Pixels to a metre, 0 where they are not told."""
    at = data.find(b"pHYs", 0, data.find(b"IDAT"))
    if at < 0:
        return 0
    across, _, unit = struct.unpack_from(">IIB", data, at + 4)
    return int(across) if unit == 1 else 0


def _jpeg_size(data: bytes) -> tuple[int, int]:
    if b"\xff\xd9" not in data[-64:]:
        raise _broken("文件不完整")
    at = 2
    while True:
        if data[at] != 0xFF:
            raise _broken("段标记错误")
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker in _BARE:
            at += 2
            continue
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        (length,) = struct.unpack_from(">H", data, at + 2)
        at += 2 + length
