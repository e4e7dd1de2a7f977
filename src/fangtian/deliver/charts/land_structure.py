"""土地利用结构图。First-level classes before and after, in the official colours."""

from __future__ import annotations

from fangtian.catalog.land_class import land_classes
from fangtian.deliver.charts.palette import GREY, WHITE, tinted
from fangtian.deliver.charts.plate import WIDTH, DrawnChart, Look, Plate, wrapped
from fangtian.deliver.present import Presentation
from fangtian.facts.fact import BEFORE, PLANNED, address_of

__all__ = ["land_structure"]

_SCOPES = {"pilot_area": "试点区域", "consolidation_area": "整治区域"}
_LABELS, _ROW, _BAR, _HEAD = 24.0, 8.4, 2.9, 13.5
_NUMBER = Look(7)
_HATCH = "////////"


def land_structure(presentation: Presentation) -> DrawnChart | None:
    """土地利用结构对比图。Two bars a class, with their values; each area has a scale of its own."""
    scopes = [scope for scope in _SCOPES if f"total_area@{scope}.before" in presentation]
    codes = [code for code in _level1() if any(_value(presentation, code, scope) for scope in scopes)]
    if not codes:
        return None
    plate = Plate(presentation, _HEAD + len(codes) * _ROW + 1.5)
    _legend(plate)
    for number, code in enumerate(codes):
        top = _HEAD + number * _ROW
        if number % 2 == 0:
            plate.band((0, top), (WIDTH, _ROW))
        plate.lines(0.8, top + _ROW / 2, wrapped(land_classes()[code].name, _LABELS - 1.5, 7.5), Look(7.5))
    share = (WIDTH - _LABELS) / len(scopes)
    for number, scope in enumerate(scopes):
        _panel(plate, scope, codes, (_LABELS + number * share, share))
    return plate.finish("land_structure", "整治前后土地利用结构对比图")


def _panel(plate: Plate, scope: str, codes: list[str], place: tuple[float, float]) -> None:
    left, width = place
    plate.words(left + width / 2, 9.6, _SCOPES[scope], Look(8, "center", "bold"))
    longest = max(_value(plate.presentation, code, scope) for code in codes)
    room = width - 19.0  # beside the longest bar stands its value
    for number, code in enumerate(codes):
        middle = _HEAD + number * _ROW + _ROW / 2
        colour = land_classes()[code].rgb
        for phase, top, hatch in ((BEFORE, middle - _BAR - 0.2, _HATCH), (PLANNED, middle + 0.2, "")):
            address = address_of("level1_area", scope, phase, code)
            shown = plate.presentation.find(address)
            if shown is None or shown.value is None:
                continue
            length = float(shown.value) / longest * room if longest else 0.0
            plate.box((left, top), (length, _BAR), tinted(colour, 0.45) if hatch else colour, hatch)
            plate.fact(left + length + 1.0, top + _BAR / 2, address, _NUMBER)
    bottom = _HEAD + len(codes) * _ROW
    plate.line((left, left), (_HEAD - 0.8, bottom), 0.6, GREY)


def _legend(plate: Plate) -> None:
    for left, word, hatch in ((_LABELS, "整治前", _HATCH), (_LABELS + 22, "整治后", "")):
        plate.box((left, 2.2), (6, 2.9), WHITE if hatch else (200, 200, 200), hatch)
        plate.words(left + 7.2, 3.65, word, Look(7.5))
    plate.words(WIDTH - 0.8, 3.65, "单位：公顷", Look(7.5, "right"))


def _level1() -> list[str]:
    return [code for code, entry in land_classes().items() if entry.level == 1]


def _value(presentation: Presentation, code: str, scope: str) -> float:
    """The longer of the two bars."""
    found = (presentation.find(address_of("level1_area", scope, phase, code)) for phase in (BEFORE, PLANNED))
    return max((float(shown.value) for shown in found if shown and shown.value is not None), default=0.0)
