"""图层定义。A QGIS layer definition (.qlr): dragged into QGIS, it brings the layers of a database and styles.

A GeoPackage keeps its styles inside. A FileGDB cannot, and QGIS looks for one .qml beside the whole folder,
not for one per layer; so the styles come in the file that names the layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from fangtian.formats.geopackage import OutLayer

__all__ = ["layer_definition"]

_HEAD = "<!DOCTYPE qgis-layer-definition>\n"


def layer_definition(title: str, database: str, layers: Sequence[OutLayer]) -> str:
    """图层定义。XML of a group ``title`` with every layer of ``database``, a path relative to the .qlr.

    The first of ``layers`` lies at the bottom of the map. Of several layers filled by category, which hide
    each other, only the first is switched on.
    """
    root = ElementTree.Element("qlr")
    tree = ElementTree.SubElement(root, "layer-tree-group")
    shown = {"checked": "Qt::Checked", "expanded": "1"}
    group = ElementTree.SubElement(tree, "layer-tree-group", {"name": title, **shown})
    maps = ElementTree.SubElement(root, "maplayers")
    filled = [layer.name for layer in layers if "categorizedSymbol" in layer.style]
    for layer in reversed(layers):
        source = f"./{database}|layername={layer.name}"
        name = f"{layer.title} {layer.name}"
        listed = {
            "id": f"fangtian_{layer.name}",
            "name": name,
            "source": source,
            "providerKey": "ogr",
            "checked": "Qt::Unchecked" if layer.name in filled[1:] else "Qt::Checked",
            "expanded": "0",
        }
        ElementTree.SubElement(group, "layer-tree-layer", listed)
        maps.append(_map_layer(layer, listed["id"], name, source))
    ElementTree.indent(root)
    return _HEAD + ElementTree.tostring(root, encoding="unicode") + "\n"


def _map_layer(layer: OutLayer, identity: str, name: str, source: str) -> ElementTree.Element:
    kind = {"type": "vector", "geometry": "Polygon", "wkbType": "MultiPolygon"}
    element = ElementTree.Element("maplayer", kind)
    for tag, text in (("id", identity), ("datasource", source), ("layername", name)):
        ElementTree.SubElement(element, tag).text = text
    system = ElementTree.SubElement(ElementTree.SubElement(element, "srs"), "spatialrefsys")
    ElementTree.SubElement(system, "authid").text = f"EPSG:{layer.epsg}"
    ElementTree.SubElement(element, "provider", {"encoding": "UTF-8"}).text = "ogr"
    if layer.style:
        # Only our own style text is parsed here.
        style = ElementTree.fromstring(layer.style[layer.style.index("<qgis") :])  # noqa: S314
        element.extend(style.findall("renderer-v2"))
    ElementTree.SubElement(element, "layerGeometryType").text = "2"
    return element
