"""用语。Chinese names of scopes, phases and facts as a reader of the deliverables meets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fangtian.catalog.quantity import quantities
from fangtian.deliver.present import Presentation
from fangtian.law.need import PHASE_TERMS, SCOPE_TERMS

__all__ = [
    "Segment",
    "addresses_in",
    "fact_name",
    "fact_term",
    "filled",
    "phase_name",
    "scope_name",
    "segments",
]

_ADDRESS = re.compile(r"(?P<key>\w+)(?:\[(?P<member>.*)\])?@(?P<scope>.+)\.(?P<phase>[^.]+)")
_SLOT = re.compile(r"\{(?P<address>[^{}|]+)(?:\|(?P<form>\w+))?\}")
_KINDS = {
    "village": "村",
    "plot": "地块",
    "pbf_out": "调出地块",
    "pbf_in": "调入地块",
    "subproject": "子项目",
    "existing": "既有项目",
    "rights": "权属调整",
}
ABSENT = "（缺）"


@dataclass(frozen=True)
class Segment:
    """句段。Plain words, or the displayed value of the fact at ``address``."""

    text: str
    address: str = ""
    form: str = ""


def scope_name(scope: str) -> str:
    """范围名。

    >>> scope_name("pilot_area"), scope_name("plot:DK-01")
    ('试点区域', '地块 DK-01')
    """
    kind, _, name = scope.partition(":")
    return f"{_KINDS[kind]} {name}" if name and kind in _KINDS else SCOPE_TERMS.get(scope, scope)


def phase_name(phase: str) -> str:
    """阶段名。

    >>> phase_name("year:2027")
    '2027年'
    """
    return PHASE_TERMS.get(phase) or f"{phase.removeprefix('year:')}年"


def fact_term(address: str) -> str:
    """指标名。The catalogued term of the fact at an address, with its member; the address if unknown.

    >>> fact_term("class_area[0103]@pilot_area.before")
    '地类面积[0103]'
    """
    match = _ADDRESS.fullmatch(address)
    quantity = quantities().get(match["key"]) if match else None
    if match is None or quantity is None:
        return address
    return f"{quantity.term}[{match['member']}]" if match["member"] else quantity.term


def fact_name(address: str) -> str:
    """事实全名。Term, scope and phase; what holds for the project as a whole has no before and after.

    >>> fact_name("cultivated_area@pilot_area.before")
    '耕地面积（试点区域，整治前）'
    >>> fact_name("period_years@project.before")
    '实施年限（项目）'
    """
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return address
    scope, phase = scope_name(match["scope"]), phase_name(match["phase"])
    timeless = match["scope"] == "project" and match["phase"] in PHASE_TERMS
    return f"{fact_term(address)}（{scope}）" if timeless else f"{fact_term(address)}（{scope}，{phase}）"


def segments(sentence: str, presentation: Presentation) -> Iterator[Segment]:
    """句段。A sentence with ``{address}`` slots, cut at its facts; an absent fact reads （缺）."""
    end = 0
    for match in _SLOT.finditer(sentence):
        if match.start() > end:
            yield Segment(sentence[end : match.start()])
        address, form = match["address"], match["form"] or ""
        known = address in presentation
        yield Segment(presentation.text(address, form), address, form) if known else Segment(ABSENT)
        end = match.end()
    if end < len(sentence):
        yield Segment(sentence[end:])


def filled(sentence: str, presentation: Presentation) -> str:
    """填数。The sentence with every slot replaced by its displayed value."""
    return "".join(segment.text for segment in segments(sentence, presentation))


def addresses_in(sentence: str) -> list[str]:
    """句中事实。Addresses of the slots of a sentence, in order.

    >>> addresses_in("调出 {pbf_out_area@pilot_area.planned}。")
    ['pbf_out_area@pilot_area.planned']
    """
    return [match["address"] for match in _SLOT.finditer(sentence)]
