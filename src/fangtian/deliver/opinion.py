"""评判意见。Judgements as they are printed: the article's words, the verdict, the facts with their values.

``findings.json``, ``findings.gpkg`` and the report all print the same opinions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from fangtian.deliver.present import FORMS, Presentation
from fangtian.deliver.wording import addresses_in, fact_term, filled, scope_name
from fangtian.facts.fact import BEFORE, address_of
from fangtian.law.verdict import EvidenceFeature, Judgement
from fangtian.units import Area, half_up

__all__ = [
    "GIVEN",
    "FactUsed",
    "Margin",
    "Opinion",
    "Plot",
    "hectares",
    "margin_of",
    "opinions_of",
    "shown_measure",
    "square_metres",
]

GIVEN = ("statement", "statement_by", "reason")
"""方案的说明。What the planner wrote to a norm: the statement, who answers for it, the reason."""
_WORDS = tuple(f"{key}[" for key in GIVEN)


@dataclass(frozen=True)
class FactUsed:
    """依据事实。A fact that a judgement rests on, as displayed."""

    address: str
    term: str
    shown: str
    unit: str


@dataclass(frozen=True)
class Plot:
    """证据图斑。A feature behind a judgement; ``area`` in 公顷 as displayed, ``m2`` exact in 平方米."""

    layer: str
    feature: str
    area: str
    m2: str
    note: str
    wkb: bytes = field(repr=False, compare=False)


@dataclass(frozen=True)
class Margin:
    """余量。``exact`` in the unit the fact is kept in, ``shown`` in words; ``ha``, ``m2`` of areas only."""

    exact: str = ""
    shown: str = ""
    ha: str = ""
    m2: str = ""


@dataclass(frozen=True)
class Opinion:
    """评判意见。One judgement in words; ``template`` is the sentence with its fact slots still open.

    ``measured`` is the address of the fact that decided, ``measured_shown`` its displayed value, the margins
    are those of :class:`Margin`; ``given`` is what the planner wrote to the norm.
    """

    norm: str
    title: str
    instrument: str
    article: str
    quote: str
    modality: str
    verdict: str
    scope: str
    scope_title: str
    template: str
    sentence: str
    measured: str
    measured_shown: str
    limit: str
    margin: str
    margin_shown: str
    margin_ha: str
    margin_m2: str
    given: tuple[FactUsed, ...]
    facts: tuple[FactUsed, ...]
    missing: tuple[str, ...]
    plots: tuple[Plot, ...]
    role: str
    interpretation: tuple[tuple[str, str, str], ...]


def opinions_of(judgements: Iterable[Judgement], presentation: Presentation) -> tuple[Opinion, ...]:
    """评判意见。In the order of the judgements."""
    return tuple(_opinion(judgement, presentation) for judgement in judgements)


def hectares(area: Area) -> str:
    """公顷文字。An area that is not a fact (a plot of evidence), half-up to 4 decimals.

    >>> hectares(Area(123456789))
    '123.4568'
    """
    return f"{half_up(area.ha, 4):f}"


def square_metres(area: Area) -> str:
    """平方米文字。An area that is not a fact, exact to 0.01 m².

    >>> square_metres(Area(123456789))
    '1234567.89'
    """
    return f"{area.m2:f}"


def margin_of(exact: Fraction | None, form: str) -> Margin:
    """余量。Of an exact margin in the form of the measured fact; negative where a limit is exceeded.

    >>> margin_of(Fraction(-167375), "ha").shown
    '-0.1674公顷（-1673.75平方米）'
    >>> margin_of(Fraction(-1, 100), "percent").shown, margin_of(None, "ha").shown
    ('-1.00个百分点', '')
    """
    if exact is None or form not in FORMS:
        return Margin("" if exact is None else str(exact))
    kind = FORMS[form]
    shown = _decimal(exact * kind.factor, kind.places)
    if kind.unit != "公顷":
        return Margin(str(exact), f"{shown}{'个百分点' if kind.unit == '%' else kind.unit}")
    m2 = _decimal(exact / 100, 2)
    words = f"{shown}公顷（{m2}平方米）"
    if exact and not Fraction(m2):
        words = f"{'大于' if exact > 0 else '小于'}零，不足0.01平方米"
    return Margin(str(exact), words, shown, m2)


def shown_measure(address: str, presentation: Presentation) -> str:
    """实测值文字。The displayed number with its unit; "" for words and where nothing was measured."""
    shown = presentation.find(address)
    return "" if shown is None or shown.value is None else f"{shown.text}{shown.unit}"


def _decimal(value: Fraction, places: int) -> str:
    number = half_up(value, places)
    return f"{number if number else abs(number):f}"  # never "-0.00"


def _opinion(judgement: Judgement, presentation: Presentation) -> Opinion:
    norm = judgement.norm
    shown = presentation.find(judgement.measured)
    margin = margin_of(judgement.margin, shown.form if shown else "")
    return Opinion(
        norm=norm.id,
        title=norm.title,
        instrument=norm.instrument.title,
        article=norm.article,
        quote=norm.quote,
        modality=norm.modality.chinese,
        verdict=str(judgement.verdict),
        scope=judgement.scope,
        scope_title=scope_name(judgement.scope),
        template=judgement.sentence,
        sentence=filled(judgement.sentence, presentation),
        measured=judgement.measured,
        measured_shown=shown_measure(judgement.measured, presentation),
        limit=filled(judgement.limit, presentation),
        margin=margin.exact,
        margin_shown=margin.shown,
        margin_ha=margin.ha,
        margin_m2=margin.m2,
        given=tuple(_given(norm.id, presentation)),
        facts=tuple(_used(judgement, presentation)),
        missing=judgement.missing,
        # Two sets of evidence may name the same plot with the same area; it is told once.
        plots=tuple(dict.fromkeys(_plot(feature) for feature in judgement.evidence)),
        role=judgement.role,
        interpretation=tuple(
            (entry.question, entry.choice, entry.reason) for entry in judgement.interpretation
        ),
    )


def _given(norm: str, presentation: Presentation) -> Iterator[FactUsed]:
    for key in GIVEN:
        address = address_of(key, "project", BEFORE, norm)
        if address in presentation:
            yield FactUsed(address, fact_term(address).partition("[")[0], presentation[address].text, "")


def _used(judgement: Judgement, presentation: Presentation) -> list[FactUsed]:
    needed = [need.address(judgement.scope) for need in (*judgement.norm.needs, *judgement.norm.cites)]
    said = addresses_in(judgement.sentence + judgement.limit)
    addresses = dict.fromkeys([*said, *([judgement.measured] if judgement.measured else []), *needed])
    return [
        FactUsed(address, fact_term(address), presentation[address].text, presentation[address].unit)
        for address in addresses
        if address in presentation and not address.startswith(_WORDS)
    ]


def _plot(feature: EvidenceFeature) -> Plot:
    area = feature.area
    return Plot(
        feature.layer, feature.feature, hectares(area), square_metres(area), feature.note, feature.wkb
    )
