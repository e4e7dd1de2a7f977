"""评判意见。Judgements as they are printed: the article's words, the verdict, the facts with their values.

``findings.json``, ``findings.gpkg`` and the report all print the same opinions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fangtian.deliver.present import Presentation
from fangtian.deliver.wording import addresses_in, fact_term, filled, scope_name
from fangtian.law.verdict import EvidenceFeature, Judgement
from fangtian.units import Area, half_up

__all__ = ["FactUsed", "Opinion", "Plot", "hectares", "opinions_of"]


@dataclass(frozen=True)
class FactUsed:
    """依据事实。A fact that a judgement rests on, as displayed."""

    address: str
    term: str
    shown: str
    unit: str


@dataclass(frozen=True)
class Plot:
    """证据图斑。A feature behind a judgement; ``area`` in 公顷 as displayed."""

    layer: str
    feature: str
    area: str
    note: str
    wkb: bytes = field(repr=False, compare=False)


@dataclass(frozen=True)
class Opinion:
    """评判意见。One judgement in words; ``template`` is the sentence with its fact slots still open."""

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
    limit: str
    margin: str
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


def _opinion(judgement: Judgement, presentation: Presentation) -> Opinion:
    norm = judgement.norm
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
        limit=filled(judgement.limit, presentation),
        margin="" if judgement.margin is None else str(judgement.margin),
        facts=tuple(_used(judgement, presentation)),
        missing=judgement.missing,
        # Two sets of evidence may name the same plot with the same area; it is told once.
        plots=tuple(dict.fromkeys(_plot(feature) for feature in judgement.evidence)),
        role=judgement.role,
        interpretation=tuple(
            (entry.question, entry.choice, entry.reason) for entry in judgement.interpretation
        ),
    )


def _used(judgement: Judgement, presentation: Presentation) -> list[FactUsed]:
    needed = [need.address(judgement.scope) for need in (*judgement.norm.needs, *judgement.norm.cites)]
    said = addresses_in(judgement.sentence + judgement.limit)
    addresses = dict.fromkeys([*said, *([judgement.measured] if judgement.measured else []), *needed])
    return [
        FactUsed(address, fact_term(address), presentation[address].text, presentation[address].unit)
        for address in addresses
        if address in presentation
    ]


def _plot(feature: EvidenceFeature) -> Plot:
    return Plot(feature.layer, feature.feature, hectares(feature.area), feature.note, feature.wkb)
