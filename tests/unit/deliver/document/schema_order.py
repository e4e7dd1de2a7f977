"""Order in which WordprocessingML wants the children of an element; Word refuses files that break it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

PARAGRAPH = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi "
    "adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection "
    "textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
)
RUN = (
    "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof "
    "snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect "
    "bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath"
)
TABLE = (
    "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription"
)
CELL = (
    "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark"
)
SECTION = (
    "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings"
)
CONTROL = "rPr alias tag id lock placeholder temporary showingPlcHdr dataBinding appearance text"
STYLE = (
    "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
    "personal rsid pPr rPr tblPr trPr tcPr tblStylePr"
)
SETTINGS = (
    "writeProtection view zoom removePersonalInformation removeDateAndTime doNotDisplayPageBoundaries "
    "displayBackgroundShape mirrorMargins alignBordersAndEdges bordersDoNotSurroundHeader "
    "bordersDoNotSurroundFooter gutterAtTop defaultTabStop autoHyphenation evenAndOddHeaders "
    "drawingGridHorizontalSpacing characterSpacingControl noLineBreaksAfter noLineBreaksBefore footnotePr "
    "endnotePr compat docVars rsids themeFontLang clrSchemeMapping decimalSymbol listSeparator"
)
COMPAT = "spaceForUL balanceSingleByteDoubleByteWidth ulTrailSpace doNotExpandShiftReturn compatSetting"
FONT = "altName panose1 charset family notTrueType pitch sig"
ORDERS = {
    f"{W}pPr": PARAGRAPH,
    f"{W}rPr": RUN,
    f"{W}tblPr": TABLE,
    f"{W}tcPr": CELL,
    f"{W}sectPr": SECTION,
    f"{W}sdtPr": CONTROL,
    f"{W}style": STYLE,
    f"{W}settings": SETTINGS,
    f"{W}compat": COMPAT,
    f"{W}font": FONT,
    f"{W}sdt": "sdtPr sdtEndPr sdtContent",
    f"{W}tbl": "bookmarkStart tblPr tblGrid tr",
    f"{W}tr": "tblPrEx trPr tc",
    f"{W}tc": "tcPr p",
}
REPEATED = {"headerReference", "footerReference", "compatSetting", "tr", "tc", "p"}


def misplaced(root: etree._Element) -> Iterator[str]:
    """What stands out of order, twice, or where it is not known at all."""
    for element in root.iter(*ORDERS):
        order = ORDERS[element.tag].split()
        names = [etree.QName(child).localname for child in element]
        unknown = [name for name in names if name not in order]
        places = [order.index(name) for name in names if name in order]
        twice = {name for name in names if names.count(name) > 1 and name not in REPEATED}
        if unknown or twice or places != sorted(places):
            yield f"{etree.QName(element).localname}: {names}"
    for cell in root.iter(f"{W}tc"):
        if cell[-1].tag != f"{W}p":
            yield "a cell must end with a paragraph"
    for body in root.iter(f"{W}body"):
        tags = [child.tag for child in body]
        if any(a == b == f"{W}tbl" for a, b in pairwise(tags)):
            yield "two tables touch"
        if tags[-1] != f"{W}sectPr" or (len(tags) > 1 and tags[-2] != f"{W}p"):
            yield "the body must end with a paragraph and its section"
