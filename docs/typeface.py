"""图表字体。Make the two files of "Fangtian Sans" from Noto Sans CJK SC; run it only to renew them.

    python docs/typeface.py NotoSansCJK-Regular.ttc NotoSansCJK-Bold.ttc

The two arguments come with Debian's `fonts-noto-cjk` (/usr/share/fonts/opentype/noto) or from
github.com/notofonts/noto-cjk, release 2.004. Regular keeps the two-byte characters of GB 18030 and those of
通用规范汉字表, Bold the characters of GB 2312; both keep ASCII, Latin-1 and the signs of maps and charts.
Cubic outlines become TrueType ones, because matplotlib keeps text as text in PDF best for TrueType. Same
sources and fontTools, same bytes.

Noto Sans CJK is under the SIL Open Font License 1.1, and so is what this writes; the licence allows it to be
subset, converted and bundled under another name. It reserves no font name; "Noto" is a trademark, so the
family is called otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable

OUT = Path(__file__).parents[1] / "src/fangtian/catalog/typefaces"
FAMILY = "Fangtian Sans"
SOURCE = "Noto Sans CJK SC"
MADE = 3_786_912_000  # 2024-01-01 in seconds since 1904, the epoch of font files: a fixed date, not a clock
SIGNS = "○●◎△▲▽▼□■◇◆☆★→←↑↓↔↗↘×÷±≤≥≠≈≡∞√∑∠⊥°′″‰㎡㎞㎜㎝㎏㏄№℃¥€–—―‘’“”…·•"
# 通用规范汉字表 (2013), level three: characters of names and places that two bytes of GB 18030 cannot write.
NAMES = (
    "𬣙𨙸𬇕𬣞𬘓𫭟𫭢㧑𫇭𫐄㕮𫵷𣲘𣲗𬇙㳇𬣡𫸩䢺𨚕𫘜𬘘𫘝䢼𦭜𬨂𬀩𬀪㟃𬬩㑊𫍣𬣳𬩽𬮿𬯀𫰛𬳵𬳶䌹𫠊㛃𬍛鿍𬜬𦰡㭕𪾢𪨰𫓧𬬮𬬱𬬭䏡𦙶㶲㳚㳘𬘡𬳽𬘩𫄧𪟝𬍤𫭼𬜯𬂩𫠆𨐈𬌗𫑡𪨶𬬸𬬻𬬹𬬿𬭁𫢸𫗧𬊈"
    "𬒈𨺙㛚𬳿𫄨𬘫䂮𫮃㙍䓫䓬䓨䓛鿎㫰𬱖𬟽䎃𫓯𫟹𫟼㿠䝙䏲𠅤𬇹𬍡㥄𬤇𫍯𬤊𫍲𬯎𬘬𬘭𬴂𫘦𫟅𬘯𫘧㙘𪣻𡎚𬃊𬷕𫐐𬹼𧿹𫶇𫖮鿏𬭊𨱇𫓶𬭎𫖯䐃𬱟𫛭㺄𫷷𬮱𬊤𣸣㴔㛹𬴃𫘨𤧛𬪩𬒔䃅𬨎𫐓䣘𫫇㬊𫓹𬭚𬭛"
    "𬕂𬶋𬶍𦝼𫔶𫌀𫖳𫘪𫘬𫞩𡐓𪤗𣗋𬸘䃎𬒗𥔲𫚖㬎𨱏𬭤㙦𫚕𬶐𬶏𩽾𬸚㽏㮾𬤝𬙂㻬䗖㠇𬭩𩾃㵐𬸣𫍽𬴊𬞟𥕢𫟦𬺈𫠜㬚䗛㠓𪩘𬭬𨱑𬭯𫗴𬸦𫄷𬭳𬭶𫔍𬭸𨱔𬭼𫔎𬸪𬶟𬶠䗪𬶨𦈡𫄸𬟁𥖨䗴𦒍䎖𬙊㰀𬶭𩾌𨟠𬶮"
    "𨭉㸌𬙋𤫉𬺓𫚭㸆㺢䘵䘏䩄䯅䲁"
)
OUTLINE_ERROR = 1.0  # of 1000 units to the em: 0.003 mm in type of 9 points
LATIN = {*range(0x20, 0x7F), *range(0xA0, 0x100)}
CIRCLED = {*range(0x2460, 0x249C), *range(0x2160, 0x216C), *range(0x2170, 0x217A)}
CJK_SIGNS = {*range(0x3000, 0x3030), *range(0xFF01, 0xFF5F), *range(0xFFE0, 0xFFE7)}


def main() -> None:
    """生成字体。Write both files beside the licence."""
    for path, style, encoding in zip(sys.argv[1:3], ("Regular", "Bold"), ("gb18030", "gb2312"), strict=True):
        font = typeface(Path(path), style, encoding)
        font.save(OUT / f"{FAMILY.replace(' ', '')}-{style}.ttf", reorderTables=True)


def typeface(source: Path, style: str, encoding: str) -> TTFont:
    """一种字重。One weight: subset, made quadratic, stripped, renamed."""
    font = next(
        face for face in TTCollection(source).fonts if (face["name"].getDebugName(1) or "").startswith(SOURCE)
    )
    reduce(font, encoding, NAMES if style == "Regular" else "")
    to_truetype(font)
    rename(font, style)
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = MADE
    return font


def reduce(font: TTFont, encoding: str, extra: str) -> None:
    """取子集。Keep the characters of an encoding and ours; drop hints, layout and vertical setting."""
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, glyph_names=False)
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx", "DSIG"]
    options.name_IDs = ["*"]
    options.name_languages = ["*"]
    cutter = subset.Subsetter(options)
    cutter.populate(
        unicodes=LATIN | CIRCLED | CJK_SIGNS | set(map(ord, SIGNS + extra)) | set(encoded(encoding))
    )
    cutter.subset(font)


def encoded(encoding: str) -> Iterator[int]:
    """编码字符。Code points of a two-byte encoding."""
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            try:
                yield ord(bytes((lead, trail)).decode(encoding))
            except (UnicodeDecodeError, TypeError):
                continue


def to_truetype(font: TTFont) -> None:
    """转为二次曲线。Replace cubic outlines by quadratic ones."""
    glyphs, order = font.getGlyphSet(), font.getGlyphOrder()
    drawn = {}
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, OUTLINE_ERROR, reverse_direction=True))
        drawn[name] = pen.glyph()
    del font["CFF "]
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, drawn
    for glyph in drawn.values():
        glyph.recalcBounds(glyf)
    font["hmtx"].metrics = {
        name: (advance, getattr(drawn[name], "xMin", 0))
        for name, (advance, _) in font["hmtx"].metrics.items()
    }
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"
    profile(font)


def profile(font: TTFont) -> None:
    """字体概况。The limits that TrueType wants written; counts are computed when the file is saved."""
    font["maxp"] = maxp = newTable("maxp")
    maxp.tableVersion = 0x00010000
    for name in ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs"):
        setattr(maxp, name, 0)
    for name in ("maxStackElements", "maxSizeOfInstructions", "maxComponentElements"):
        setattr(maxp, name, 0)
    maxp.maxZones = 1
    maxp.numGlyphs = len(font.getGlyphOrder())
    font["head"].glyphDataFormat = 0


def rename(font: TTFont, style: str) -> None:
    """更名。Our family name; copyright, trademark, designers and licence stay as they were."""
    table = font["name"]
    version = table.getDebugName(5)
    changed = {
        1: FAMILY,
        2: style,
        3: f"{FAMILY.replace(' ', '')}-{style}; {version}",
        4: f"{FAMILY} {style}".removesuffix(" Regular"),
        6: f"{FAMILY.replace(' ', '')}-{style}",
        10: f"Subset of {SOURCE} {style} with TrueType outlines, made for maps and charts of fangtian.",
    }
    table.names = [
        record for record in table.names if record.langID == 0x409 and record.nameID not in (16, 17, *changed)
    ]
    for name, text in changed.items():
        table.setName(text, name, 3, 1, 0x409)


if __name__ == "__main__":
    main()
