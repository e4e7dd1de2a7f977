"""图层样式。QML, the style text that QGIS 3 keeps inside a GeoPackage: fills by class, and outlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

__all__ = ["outline_style", "point_style", "polygon_style"]

Rgb = tuple[int, int, int]
_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_PARCEL_OUTLINE = {"outline_color": "178,178,178,255", "outline_width": "0.12"}  # 地类界 0.12 mm K30


def polygon_style(categories: Sequence[tuple[str, str, Rgb]], attribute: str) -> str:
    """分类填充。QML that fills polygons by the value of ``attribute``.

    ``categories`` are (value, label, colour); features of any other value are drawn grey as 其他, so that
    nothing disappears from the map.

    >>> 'label="0101 水田"' in polygon_style([("0101", "水田", (255, 255, 100))], "DLBM")
    True
    """
    fill = {"style": "solid", "outline_style": "solid", **_PARCEL_OUTLINE}
    return _categories(categories, attribute, fill, "SimpleFill")


def point_style(categories: Sequence[tuple[str, str, Rgb]], attribute: str) -> str:
    """分类点位。QML that draws points as dots by the value of ``attribute``, as :func:`polygon_style` fills.

    >>> '<layerGeometryType>0<' in point_style([("错误", "错误", (179, 38, 30))], "程度")
    True
    """
    dot = {"name": "circle", "size": "2.6", "size_unit": "MM", "outline_color": "255,255,255,255"}
    return _categories(categories, attribute, dot, "SimpleMarker")


def _categories(
    categories: Sequence[tuple[str, str, Rgb]], attribute: str, look: Mapping[str, str], kind: str
) -> str:
    root, renderer = _renderer("categorizedSymbol", attr=attribute)
    listed = ElementTree.SubElement(renderer, "categories")
    symbols = ElementTree.SubElement(renderer, "symbols")
    for number, (value, label, rgb) in enumerate((*categories, ("", "其他", (225, 225, 225)))):
        shown = f"{value} {label}".strip() if value and value != label else label
        entry = {"symbol": str(number), "value": value, "label": shown, "render": "true", "type": "string"}
        ElementTree.SubElement(listed, "category", entry)
        _symbol(symbols, number, {"color": _colour(rgb), **look}, kind)
    return _text(root, "0" if kind == "SimpleMarker" else "2")


def outline_style(rgb: Rgb, width_mm: float, dash: Sequence[float] = ()) -> str:
    """边界线。QML for polygons drawn as an outline; ``dash`` gives strokes and gaps in mm, alternately.

    >>> '0.6' in outline_style((255, 0, 0), 0.6, (3, 1))
    True
    """
    root, renderer = _renderer("singleSymbol")
    line = {
        "line_color": _colour(rgb),
        "line_width": f"{width_mm:g}",
        "line_width_unit": "MM",
        "line_style": "solid",
        "joinstyle": "round",
        "use_custom_dash": "1" if dash else "0",
        "customdash": ";".join(f"{length:g}" for length in dash) or "5;2",
        "customdash_unit": "MM",
    }
    _symbol(ElementTree.SubElement(renderer, "symbols"), 0, line, kind="SimpleLine")
    return _text(root)


def _renderer(kind: str, **attributes: str) -> tuple[ElementTree.Element, ElementTree.Element]:
    root = ElementTree.Element("qgis", {"version": "3.22.0", "styleCategories": "Symbology"})
    settings = {"type": kind, "symbollevels": "0", "enableorderby": "0", "forceraster": "0"}
    return root, ElementTree.SubElement(root, "renderer-v2", {**settings, **attributes})


def _symbol(
    parent: ElementTree.Element, number: int, values: Mapping[str, str], kind: str = "SimpleFill"
) -> None:
    family = "marker" if kind == "SimpleMarker" else "fill"
    outer = {"type": family, "name": str(number), "alpha": "1", "clip_to_extent": "1", "force_rhr": "0"}
    symbol = ElementTree.SubElement(parent, "symbol", outer)
    inner = {"class": kind, "enabled": "1", "locked": "0", "pass": "0"}
    layer = ElementTree.SubElement(symbol, "layer", inner)
    # QGIS reads <Option> since 3.20 and <prop> before; it writes both itself.
    options = ElementTree.SubElement(layer, "Option", {"type": "Map"})
    for key, value in values.items():
        ElementTree.SubElement(options, "Option", {"type": "QString", "name": key, "value": value})
    for key, value in values.items():
        ElementTree.SubElement(layer, "prop", {"k": key, "v": value})


def _colour(rgb: Rgb) -> str:
    return "{},{},{},255".format(*rgb)


def _text(root: ElementTree.Element, geometry_type: str = "2") -> str:
    ElementTree.SubElement(root, "layerGeometryType").text = geometry_type
    ElementTree.indent(root)
    return _HEAD + ElementTree.tostring(root, encoding="unicode") + "\n"
