"""图幅。A map sheet: laid out, opened for drawing in ground metres at exact scale, furnished, written."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from matplotlib.patheffects import Stroke
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from fangtian.deliver.drawing.typeface import POINT_MM, font, printable, text_width, use_typeface
from fangtian.deliver.maps.frame import draw_bar, draw_frame, draw_north
from fangtian.deliver.maps.furniture import (
    Furniture,
    Inset,
    InsetRow,
    LegendGroup,
    LegendItem,
    Neighbour,
    Rgb,
    Tag,
)
from fangtian.deliver.maps.graticule import draw_crosses, draw_graticule
from fangtian.deliver.maps.inset import draw_inset, measure_inset
from fangtian.deliver.maps.layout import Layout, lay_out
from fangtian.deliver.maps.legend import arrange, draw_legend
from fangtian.deliver.maps.margins import draw_foot, draw_title, margins_of
from fangtian.deliver.maps.paper import PAPERS, SCALES, Box, overlap
from fangtian.deliver.maps.pen import Pen, dashes, ink
from fangtian.geo.crs import Crs

__all__ = [
    "PAPERS",
    "SCALES",
    "Box",
    "Canvas",
    "Furniture",
    "Inset",
    "InsetRow",
    "Layout",
    "LegendGroup",
    "LegendItem",
    "Neighbour",
    "Rgb",
    "Tag",
    "dashes",
    "furnish",
    "ink",
    "lay_out",
    "open_sheet",
    "to_pdf",
    "to_png",
]

SEAL_KEY = "fangtian-seal"
"""封印键。Name of the text chunk of a PNG that holds the seal."""

_INCH_MM = 25.4
_NEIGHBOUR = (90, 90, 90)
_CROSSES, _NAMES = 20.0, 50.0  # zorder in the frame: over the theme's lines, under its labels; over all


@dataclass(frozen=True)
class Canvas:
    """画布。``axes`` cover the frame, data in ground metres; ``sheet`` covers the paper, data in millimetres.

    Themes draw on ``axes`` with a zorder below 50.
    """

    figure: Figure
    axes: Axes
    sheet: Axes


def open_sheet(layout: Layout) -> Canvas:
    """展开图纸。An empty sheet; a metre on ``axes`` is 1000 / scale millimetres on paper both ways."""
    with use_typeface():
        width, height = layout.width_mm, layout.height_mm
        figure = Figure(figsize=(width / _INCH_MM, height / _INCH_MM), facecolor="white")
        x0, y0, x1, y1 = layout.frame_mm
        axes = figure.add_axes((x0 / width, y0 / height, (x1 - x0) / width, (y1 - y0) / height))
        sheet = figure.add_axes((0.0, 0.0, 1.0, 1.0), facecolor="none", zorder=10)
        _bare(axes, layout.ground)
        _bare(sheet, (0.0, 0.0, width, height))
    return Canvas(figure, axes, sheet)


def _bare(axes: Axes, extent: Box) -> None:
    axes.set_xlim(extent[0], extent[2])
    axes.set_ylim(extent[1], extent[3])
    axes.set_autoscale_on(False)
    axes.set_axis_off()


def furnish(canvas: Canvas, layout: Layout, furniture: Furniture, crs: Crs) -> tuple[Tag, ...]:
    """布置图面。Draw everything around and over the map; every fact that was printed."""
    margins = margins_of(furniture, layout.paper, (layout.width_mm, layout.height_mm))
    pen = Pen(canvas.sheet)
    with use_typeface():
        draw_crosses(canvas.axes, layout, _CROSSES)
        _draw_neighbours(canvas, layout, furniture)
        draw_graticule(pen, layout, crs)
        draw_frame(pen, layout)
        if layout.legend_mm:
            legend = arrange(furniture.legend, layout.legend_columns, margins.k, whole=layout.legend_whole)
            draw_legend(pen, legend, layout.legend_mm, framed=layout.panel_mm is None)
        if layout.inset_mm and furniture.inset:
            draw_inset(pen, measure_inset(furniture.inset, margins.k), layout.inset_mm)
        draw_north(pen, layout.north_mm)
        draw_title(pen, furniture, margins)
        draw_foot(pen, furniture, margins, crs)
        draw_bar(pen, layout, margins)
    return tuple(furniture.tags())


def _draw_neighbours(canvas: Canvas, layout: Layout, furniture: Furniture) -> None:
    """Twice each: a white rim drawn as outline, then the name itself, which has to stay text in PDF.

    A name that the legend, the table or the frame would cut is left out.
    """
    k = layout.enlargement
    for neighbour in furniture.neighbours:
        if not _shows(neighbour, layout):
            continue
        rim = Stroke(linewidth=0.8 / POINT_MM * k, foreground="white")
        for effects, colour in (([rim], "white"), ([], ink(_NEIGHBOUR))):
            canvas.axes.text(
                neighbour.x,
                neighbour.y,
                printable(neighbour.text),
                fontproperties=font("regular", neighbour.size * k),
                ha="center",
                va="center",
                color=colour,
                clip_on=True,
                zorder=_NAMES,
                path_effects=effects,
            )


def _shows(neighbour: Neighbour, layout: Layout) -> bool:
    k = layout.enlargement
    across = layout.metres(text_width(neighbour.text, neighbour.size * k)) / 2
    up = layout.metres(neighbour.size * k * POINT_MM) / 2
    x, y = neighbour.x, neighbour.y
    west, south, east, north = layout.ground
    box = (x - across, y - up, x + across, y + up)
    inside = west <= box[0] and south <= box[1] and box[2] <= east and box[3] <= north
    return inside and not any(overlap(box, block) for block in layout.reserved)


def to_pdf(canvas: Canvas, title: str, author: str, seal: str) -> bytes:
    """写成 PDF。Vector, text as text, the seal among the keywords; the same bytes for the same drawing."""
    about = {
        "Title": title,
        "Author": author,
        "Keywords": seal,
        "Creator": "fangtian",
        "Producer": "fangtian",
        "CreationDate": None,
    }
    stream = BytesIO()
    with use_typeface():
        FigureCanvasPdf(canvas.figure)
        canvas.figure.savefig(stream, format="pdf", dpi=300, metadata=about)
    return stream.getvalue()


def to_png(canvas: Canvas, dpi: int = 300, seal: str = "") -> bytes:
    """写成 PNG。At a resolution in dots per inch, the seal in the text chunk ``fangtian-seal``."""
    usual = canvas.figure.get_dpi()
    with use_typeface():
        canvas.figure.set_dpi(dpi)
        agg: Any = FigureCanvasAgg(canvas.figure)  # its methods have no types
        agg.draw()
        size = agg.get_width_height()
        picture = Image.frombuffer("RGBA", size, agg.buffer_rgba(), "raw", "RGBA", 0, 1).convert("RGB")
        canvas.figure.set_dpi(usual)
    about = PngInfo()
    if seal:
        about.add_text(SEAL_KEY, seal)
    stream = BytesIO()
    picture.save(stream, "PNG", dpi=(dpi, dpi), pnginfo=about, compress_level=6)
    return stream.getvalue()
