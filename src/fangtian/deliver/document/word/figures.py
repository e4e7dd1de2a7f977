"""插图排印。Pictures in line with the text, a share of its width, never too high for the page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from fangtian.deliver.document.blocks import Figure
from fangtian.deliver.document.word.flow import Piece
from fangtian.deliver.document.word.markup import attribute
from fangtian.deliver.document.word.measures import SEPARATOR, TWIPS_PER_MM, Room
from fangtian.deliver.document.word.paragraphs import Place
from fangtian.deliver.document.word.pictures import Raster, raster_of

__all__ = ["Album", "reduction", "set_picture"]

_EMU_PER_TWIP = 635
_LEAST_SHARE = 0.05
_DESCENT = 20
"""下沿。What the tiny letters of the paragraph add below a picture."""
_SPARE = SEPARATOR + 3 * _DESCENT
_MAP = "map:"
_NEARLY = 0.98  # so much of its size is its size


@dataclass
class Album:
    """图片集。Pictures of the file, each stored once; ``drawn`` counts those placed."""

    media: dict[str, bytes] = field(default_factory=dict)
    relations: dict[str, str] = field(default_factory=dict)
    drawn: int = 0

    def add(self, data: bytes, ending: str) -> str:
        """入集。The relation id of the picture."""
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self.relations:
            number = len(self.media) + 1
            self.media[f"media/image{number}.{ending}"] = data
            self.relations[digest] = f"rIdImage{number}"
        self.drawn += 1
        return self.relations[digest]


def set_picture(figure: Figure, album: Album, place: Place, below: int) -> tuple[str, list[Piece]]:
    """排图。``below`` is what caption and notes take under it on the same page.

    Raises DeliverError for a picture that is not a whole PNG or JPEG.
    """
    raster = raster_of(figure.image)
    across, down = _size(figure, raster, place.room, below)
    drawing = _drawing(figure, album.add(figure.image, raster.ending), album.drawn, (across, down))
    keep = "" if below else '<w:keepNext w:val="0"/>'
    xml = f'<w:p><w:pPr><w:pStyle w:val="Figure"/>{keep}{place.opening}</w:pPr><w:r>{drawing}</w:r></w:p>'
    return xml, [Piece(down + _DESCENT, keep=bool(below), fresh=place.fresh, solid=True)]


def reduction(figure: Figure, room: Room, below: int) -> str:
    """缩印说明。What is to be said under a map that is printed smaller than drawn: its scale is that of the
    drawing. "" for any other picture. Raises DeliverError as :func:`set_picture` does.
    """
    if not figure.anchor.startswith(_MAP):
        return ""
    raster = raster_of(figure.image)
    drawn = raster.width / raster.per_metre * 1000 if raster.per_metre else 0.0
    printed = _size(figure, raster, room, below)[0] / TWIPS_PER_MM
    if not drawn or printed >= drawn * _NEARLY:
        return ""
    return f"注：原图宽{drawn:.0f}毫米，本页按{printed / drawn:.0%}缩印，图上数字比例尺以原图为准。"


def _size(figure: Figure, raster: Raster, room: Room, below: int) -> tuple[int, int]:
    """Twips across and down: a share of the text width, lower where the page asks for it."""
    width = room.width * min(max(figure.share, _LEAST_SHARE), 1.0)
    height = width * raster.height / raster.width
    most = max(room.height - below - _SPARE, room.height // 4)
    if height > most:
        width, height = width * most / height, most
    return max(1, round(width)), max(1, round(height))


def _drawing(figure: Figure, relation: str, number: int, size: tuple[int, int]) -> str:
    across, down = size[0] * _EMU_PER_TWIP, size[1] * _EMU_PER_TWIP
    words = attribute(figure.caption, 250)
    return (
        '<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{across}" cy="{down}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:docPr id="{number}" name="图片 {number}" descr="{words}"/><wp:cNvGraphicFramePr>'
        '<a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        f'<pic:pic><pic:nvPicPr><pic:cNvPr id="{number}" name="图片 {number}" descr="{words}"/>'
        f'<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>"
        f'<a:xfrm><a:off x="0" y="0"/><a:ext cx="{across}" cy="{down}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing>"
    )
