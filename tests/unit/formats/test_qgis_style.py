"""QGIS 样式：每类一个符号，未列出的类也画出来，边界线带宽度和虚线。"""

from xml.etree import ElementTree

from fangtian.formats.qgis_style import outline_style, polygon_style


def parsed(style: str) -> ElementTree.Element:
    assert style.startswith("<!DOCTYPE qgis")
    return ElementTree.fromstring(style)


def test_every_category_has_a_symbol_of_its_colour_and_a_chinese_label() -> None:
    root = parsed(
        polygon_style([("0103", "旱地", (255, 240, 180)), ("0301", "乔木林地", (50, 140, 50))], "DLBM")
    )
    renderer = root.find("renderer-v2")
    assert (renderer.get("type"), renderer.get("attr")) == ("categorizedSymbol", "DLBM")
    listed = [(c.get("value"), c.get("label"), c.get("symbol")) for c in renderer.iter("category")]
    assert listed == [("0103", "0103 旱地", "0"), ("0301", "0301 乔木林地", "1"), ("", "其他", "2")]
    colours = {
        s.get("name"): s.find("layer/Option/Option[@name='color']").get("value")
        for s in renderer.iter("symbol")
    }
    assert colours["0"] == "255,240,180,255"
    assert colours["1"] == "50,140,50,255"


def test_old_and_new_spelling_of_properties_agree() -> None:
    root = parsed(outline_style((255, 0, 0), 0.6))
    layer = root.find(".//layer")
    new = {option.get("name"): option.get("value") for option in layer.findall("Option/Option")}
    old = {prop.get("k"): prop.get("v") for prop in layer.findall("prop")}
    assert new == old
    assert (new["line_width"], new["line_width_unit"], new["use_custom_dash"]) == ("0.6", "MM", "0")


def test_a_dashed_outline_gives_strokes_and_gaps_in_millimetres() -> None:
    root = parsed(outline_style((0, 0, 0), 0.3, (4, 1.5)))
    assert root.find(".//Option[@name='customdash']").get("value") == "4;1.5"
    assert root.find(".//Option[@name='use_custom_dash']").get("value") == "1"


def test_labels_are_escaped() -> None:
    root = parsed(polygon_style([("a", '<耕地 & "其他">', (0, 0, 0))], "kind"))
    assert root.find(".//category").get("label") == 'a <耕地 & "其他">'
