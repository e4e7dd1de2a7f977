"""证据图斑。Which plots and parcels stand behind a judgement, with area and geometry for the map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.land_class import land_classes
from fangtian.facts.evidence_sets import evidence_parts
from fangtian.facts.indicators.other_works import illegal_uses
from fangtian.facts.indicators.parts import Part
from fangtian.facts.pieces import Ledger
from fangtian.facts.scene import Mask, Scene
from fangtian.units import Area

__all__ = ["Evidence", "EvidenceFeature", "evidence_of"]

PILOT = "pilot_area"


@dataclass(frozen=True)
class EvidenceFeature:
    """证据要素。One plot or parcel: layer title, feature id, area concerned, geometry as WKB.

    ``outline`` is the geometry, or what draws it: few of thousands of features are ever looked at.
    """

    layer: str
    feature: str
    area: Area
    outline: bytes | Callable[[], bytes] = field(repr=False, compare=False)
    note: str = ""

    @property
    def wkb(self) -> bytes:
        """图形。As WKB."""
        return self.outline if isinstance(self.outline, bytes) else self.outline()


Evidence = Mapping[str, tuple[EvidenceFeature, ...]]
"""证据集。Name of the set -> its features in the pilot area; ``name@scope`` narrows it to a scope."""


def evidence_of(scene: Scene) -> Evidence:
    """编制证据集。One feature per plot (or parcel where no plot is concerned), largest first.

    Areas are those that the fact beside the evidence sums, so that features add up to it.
    """
    drawing, found = _Drawing(scene.ledger), {}
    pilot, consolidation = scene.areas
    for part in evidence_parts(scene):
        whole = drawing.features(part, pilot.mask, {})
        found[part.name] = tuple(whole.values())
        inside = drawing.features(part, consolidation.mask, whole)
        found[_name(part.name, consolidation.name)] = tuple(inside.values())
    return {**found, **_illegal(scene)}


def _name(name: str, scope: str) -> str:
    return name if scope == PILOT else f"{name}@{scope}"


def _illegal(scene: Scene) -> Evidence:
    """Patches of a layer of their own: what of each lies inside."""
    title = "违法用地图斑"
    found = {}
    for use in illegal_uses(scene):
        rows = np.flatnonzero(use.open)
        shapes = shapely.to_wkb(use.geometry[rows])
        features = [
            EvidenceFeature(title, str(use.ids[row]), Area(int(use.area[row])), wkb, str(use.handling[row]))
            for row, wkb in zip(rows, shapes, strict=True)
        ]
        features.sort(key=lambda feature: (-feature.area, feature.feature))
        found[_name("illegal_use_unhandled", use.scope)] = tuple(features)
    return found


@dataclass
class _Drawing:
    """Sets of pieces as features. The same pieces stand behind many sets and are drawn once."""

    ledger: Ledger
    drawn: dict[bytes, bytes] = field(default_factory=dict)

    def features(
        self, part: Part, scope: Mask, known: Mapping[str, EvidenceFeature]
    ) -> dict[str, EvidenceFeature]:
        """Largest first, by name; one that lies wholly in the scope is the one that is ``known`` already."""
        rows = np.flatnonzero(scope & part.pieces & (self.ledger.area > 0))
        if not len(rows):
            return {}
        names, group = np.unique(part.features[rows].astype(str), return_inverse=True)
        order = np.argsort(group, kind="stable")
        rows, group = rows[order], group[order]
        starts = np.searchsorted(group, np.arange(len(names) + 1)).tolist()
        total = np.add.reduceat(part.values[rows], starts[:-1])
        notes = self._changes(rows, group)
        sums, titles = total.tolist(), names.tolist()
        found = {}
        for row in np.argsort(-total, kind="stable").tolist():
            if not sums[row]:
                continue
            name = titles[row]
            feature = EvidenceFeature(
                part.title,
                name,
                Area(sums[row]),
                partial(self.shape, rows[starts[row] : starts[row + 1]]),
                notes[row],
            )
            twin = known.get(name)
            found[name] = twin if twin == feature else feature
        return found

    def shape(self, rows: NDArray[np.int64]) -> bytes:
        """The pieces as one shape, drawn once."""
        key = rows.tobytes()
        if key not in self.drawn:
            pieces = self.ledger.geometry[rows]
            whole = pieces[0] if len(pieces) == 1 else shapely.union_all(pieces)
            self.drawn[key] = shapely.to_wkb(whole)
        return self.drawn[key]

    def _changes(self, rows: NDArray[np.int64], group: NDArray[np.int64]) -> list[str]:
        """What becomes of each group, by the class that most of it has: 旱地→乔木林地, or just 旱地."""
        pairs, words = self._pairs
        cell, position = np.unique(group * len(words) + pairs[rows], return_inverse=True)
        extent = np.zeros(len(cell), np.int64)
        np.add.at(extent, position, self.ledger.area[rows])
        order = np.lexsort((cell, extent, cell // len(words)))
        owner = (cell // len(words))[order]
        last = np.append(owner[1:] != owner[:-1], True)
        return [words[code] for code in (cell % len(words))[order][last].tolist()]

    @cached_property
    def _pairs(self) -> tuple[NDArray[np.int64], list[str]]:
        """Every change of class as a number, in the order of the codes, and its words."""
        both = np.array(
            [f"{a} {b}" for a, b in zip(self.ledger.class_before, self.ledger.class_after, strict=True)]
        )
        known, number = np.unique(both, return_inverse=True)
        return number.astype(np.int64), [_words(*pair.split()) for pair in known.tolist()]


def _words(before: str, after: str) -> str:
    names = [land_classes()[code].name for code in (before, after)]
    return names[0] if before == after else "→".join(names)
