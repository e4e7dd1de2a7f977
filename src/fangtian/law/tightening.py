"""从严。A norm of a lower pack may tighten the one that it carries out, and never loosen it silently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fangtian.errors import NormConflict
from fangtian.law.kinds import Modality

if TYPE_CHECKING:
    from fangtian.law.schema import Norm

__all__ = ["inherited", "require_stricter"]

INHERITED = (
    "subject",
    "stage",
    "scopes",
    "needs",
    "cites",
    "limits",
    "evidence",
    "role",
    "wording",
    "tested",
)
"""承接的内容。What a norm that tightens another takes from it, unless it says otherwise."""
_BINDING = (Modality.JUDGEMENT, Modality.PRESUMPTIVE, Modality.MANDATORY)
"""约束力。From the loosest to the strictest."""


def inherited(entry: Mapping[str, Any], above: Mapping[str, Norm]) -> dict[str, Any]:
    """承接。What an entry that ``tightens`` a known norm need not repeat; limits are filled up one by one."""
    parent = above.get(str(entry.get("tightens", "")))
    if parent is None:
        return {}
    taken = {name: getattr(parent, name) for name in INHERITED}
    if entry.get("modality") == Modality.MANDATORY:
        taken["role"] = ""
    given = entry.get("limits")
    return taken | {"rule": parent.rule or parent.id} | ({"limits": given} if given else {})


def require_stricter(norms: Sequence[Norm]) -> None:
    """核对从严。Raises NormConflict, naming both articles, for every norm that loosens its parent."""
    known = {norm.id: norm for norm in norms}
    faults = [fault for norm in norms if norm.tightens for fault in _faults(norm, known.get(norm.tightens))]
    if faults:
        raise NormConflict("；".join(faults) + "。下位规定只能从严，不能放宽；请改正规则包。")


def _faults(norm: Norm, parent: Norm | None) -> Iterator[str]:
    if parent is None:
        yield f"{norm.citation}所从严的条文 {norm.tightens} 不存在"
        return
    pair = f"{norm.citation}“{norm.quote}”与{parent.citation}“{parent.quote}”相抵触"
    if _BINDING.index(norm.modality) < _BINDING.index(parent.modality):
        yield f"{pair}：约束力由“{parent.modality.chinese}”降为“{norm.modality.chinese}”"
    if {*norm.limits} != {*parent.limits}:
        yield f"{pair}：限值应为 {'、'.join(parent.limits) or '空'}，写的是 {'、'.join(norm.limits) or '空'}"
        return
    for name, value in norm.limit_values.items():
        bound = parent.limit_values[name]
        if not (value <= bound if name.endswith("_max") else value >= bound):
            yield f"{pair}：{name} 由 {parent.limits[name]} 放宽为 {norm.limits[name]}"
