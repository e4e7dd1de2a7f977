"""属性质检。Everything that the fields of one layer say about themselves, in one call.

What the plan needs to be read at all (required fields, their types and domains) is told by ``plan.fields``,
and what needs areas of polygons or two layers by ``plan.inspection.control``: no check stands in two places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from fangtian.catalog.finding import Finding, Place
from fangtian.catalog.layer import LayerSpec
from fangtian.formats.vector import RawLayer
from fangtian.plan.balance import CENT_M2, RIDGE_M2
from fangtian.plan.inspection.domains import domain_findings
from fangtian.plan.inspection.logic import logic_findings
from fangtian.plan.inspection.schema import inspect_structure, schema_findings
from fangtian.plan.inspection.subject import Subject, subject_of

__all__ = ["inspect_attributes"]


def inspect_attributes(
    raw: RawLayer, spec: LayerSpec, county: str, place: Place, mapped: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    """属性质检。Structure, domains and logic of a layer's own fields; ``county`` is "" where unknown.

    ``mapped`` is what plan.toml says of the fields (our name -> the file's). An empty layer has no findings.
    """
    if not len(raw):
        return ()
    subject = subject_of(raw, spec, county, place, mapped or {})
    found = [*inspect_structure(raw.declared, spec, place, mapped), *schema_findings(subject)]
    found += [*domain_findings(subject), *logic_findings(subject), *_designated(subject)]
    return tuple(found)


def _designated(subject: Subject) -> Iterator[Finding]:
    """Areas of a designated patch among themselves; those of parcels are balanced with their geometry."""
    if subject.spec.role != "basic_farmland":
        return
    area, ridge, net = (subject.number(role) for role in ("area", "ridge_area", "net_area"))
    apart = np.abs(area - ridge - net) > CENT_M2
    yield from subject.told("BAL-designated-net", apart, "net_area")
    product = area * subject.number("ridge_coefficient")
    spread = np.abs(ridge - product) > np.maximum(RIDGE_M2, 0.00006 * area)
    yield from subject.told("BAL-ridge-product", spread, "ridge_area")
