"""检查结果。What an inspection of data has looked at and found, before any number is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fangtian.catalog.finding import Finding, Place
from fangtian.geo.crs import Crs
from fangtian.geo.layer import Layer

__all__ = ["Inspection", "Subject"]


@dataclass(frozen=True)
class Subject:
    """检查对象。A layer that was looked at: its file, its own name, what it was taken for, how many features.

    ``role`` is "" where it was taken for none of the plan's layers; ``crs`` is None where it is unknown;
    ``inspected`` is False for what was only listed; ``fields`` are the roles of the fields that it has.
    """

    file: str
    layer: str
    role: str
    title: str
    count: int
    crs: Crs | None = None
    inspected: bool = True
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Inspection:
    """检查结果。``title`` is what was inspected, ``layers`` what of it could be read as polygons,
    ``digests`` file name -> SHA-256; ``systems`` what layers of several files together are in;
    ``of_a_plan``: a plan folder was inspected, with its tables.
    """

    title: str
    subjects: tuple[Subject, ...]
    layers: tuple[Layer, ...]
    findings: tuple[Finding, ...]
    digests: Mapping[str, str] = field(default_factory=dict)
    systems: Mapping[tuple[str, str], Crs] = field(default_factory=dict)
    of_a_plan: bool = False

    def system(self, place: Place) -> Crs | None:
        """所在坐标系。The one that the shape of a finding is in: that of its layer, None where unknown."""
        key = place.file, place.layer
        found = (item.crs for item in self.subjects if (item.file, item.layer) == key)
        return self.systems.get(key) or next(found, None)
