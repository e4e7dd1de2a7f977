"""图片。Pictures of the planner, read from the plan folder and made fit for a Word file."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from PIL import Image, ImageOps

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.plan.narrative import picture_path

__all__ = ["Picture", "PictureShelf", "share_of"]

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 40_000_000
PRINT_WIDTH, WIDE_WIDTH = 1843, 2657
"""印刷宽度。Pixels of the text width (156 mm) and of a page on its side (225 mm) at 300 dpi."""
SCREEN_WIDTH = 590
"""屏显宽度。Pixels of the text width at 96 dpi: a smaller picture is not blown up."""
TALLEST = 1.25
"""最高。Height of a printed picture as a share of the text width, so that its caption stays on the page."""

_KEPT = {"PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"), "JPEG": ("L", "RGB")}
_READ = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
_JPEG_END = b"\xff\xd9"
_ORIENTATION = 0x0112


@dataclass(frozen=True)
class Picture:
    """图片。PNG or JPEG bytes with their size in pixels."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True)
class PictureShelf:
    """图片目录。Reads pictures by the name that a text gives them; ``root`` is the plan folder."""

    root: Path

    def read(self, source: str, wide: bool, place: Place) -> tuple[Picture | None, list[Finding]]:
        """读图片。The picture, scaled down where it is huge; None with a finding where it cannot be used."""
        name = unquote(source)
        path, trouble = picture_path(self.root, source)
        if path is None:
            return None, [finding(trouble, place, name=name[:120])]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Pillow remarks on size; the limit here is its own finding
                return _fit(path.read_bytes(), wide, name, place)
        except Image.DecompressionBombError:
            return None, [finding("NAR-picture-bomb", place, name=name)]
        except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
            return None, [finding("NAR-picture-unreadable", place, name=name)]


def _fit(data: bytes, wide: bool, name: str, place: Place) -> tuple[Picture, list[Finding]]:
    image = Image.open(io.BytesIO(data), formats=_READ)
    size = image.size
    huge = size[0] * size[1] > MOST_PIXELS or len(data) > MOST_BYTES
    width = WIDE_WIDTH if wide else PRINT_WIDTH
    if huge:
        image.draft("RGB", (width, round(size[1] * width / size[0])))  # JPEG decodes at a fraction
    image.load()
    turned = image.getexif().get(_ORIENTATION, 1) != 1
    whole = image.format != "JPEG" or _JPEG_END in data[-64:]  # a phone hangs a film on it
    if not huge and not turned and whole and image.mode in _KEPT.get(image.format or "", ()):
        return Picture(data, *size), []
    kind = "JPEG" if image.format == "JPEG" else "PNG"
    found = []
    made: Image.Image = ImageOps.exif_transpose(image)
    if huge:
        mode = "RGB" if kind == "JPEG" or made.mode in ("CMYK", "YCbCr", "LAB", "HSV") else made.mode
        made = made.convert("RGBA" if mode in ("P", "LA", "PA") else mode)
        made.thumbnail((width, round(width * TALLEST)), Image.Resampling.LANCZOS)
        values = {"size": f"{size[0]}×{size[1]}", "fitted": f"{made.width}×{made.height}"}
        found.append(finding("NAR-picture-scaled", place, name=name, **values))
    return Picture(_encoded(made, kind), *made.size), found


def _encoded(image: Image.Image, kind: str) -> bytes:
    if image.mode not in _KEPT[kind]:
        image = image.convert("RGB" if kind == "JPEG" or image.mode in ("CMYK", "YCbCr", "LAB") else "RGBA")
    buffer = io.BytesIO()
    image.info = {}  # no camera, no place, no time
    options = {"quality": 90} if kind == "JPEG" else {"optimize": False}
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def share_of(picture: Picture) -> float:
    """占版心。The share of the text width at which a picture is printed: not blurred, not over a page.

    >>> share_of(Picture(b"", 2000, 1000)), share_of(Picture(b"", 295, 100))
    (1.0, 0.5)
    """
    tall = TALLEST * picture.width / max(picture.height, 1)
    return round(max(0.1, min(1.0, picture.width / SCREEN_WIDTH, tall)), 4)
