"""插槽。``{{ key[member]@scope.phase:form }}`` in a text: which fact it names, and what it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.order import natural_key
from fangtian.catalog.quantity import quantities
from fangtian.deliver.present import Presentation
from fangtian.errors import DeliverError

__all__ = ["FORM_TERMS", "Slot", "SlotBook"]

FORM_TERMS: Mapping[str, str] = {
    "": "只有数字",
    "unit": "数字带单位",
    "mu": "折合亩的数字",
    "ha_mu": "公顷（亩）",
}
"""插槽形式。What may stand after the colon of a slot; ``mu`` and ``ha_mu`` only for areas."""

_GRAMMAR = re.compile(r"(?P<key>\w+)(?:\[(?P<member>[^\]]*)\])?@(?P<scope>[^\s@]+)")
_AREA = "_area"
_NAMED = 8
"""How many known names a finding lists before it stops."""


@dataclass(frozen=True)
class Slot:
    """已填插槽。The fact that a slot names, in which form, and the words that it prints."""

    address: str
    form: str
    text: str


@dataclass
class SlotBook:
    """插槽簿。Every address that a slot may name, in full or without its phase."""

    presentation: Presentation
    _phases: dict[str, list[str]] = field(default_factory=dict)
    _keys: dict[str, list[str]] = field(default_factory=dict)
    _met: dict[str, Slot | Finding] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for address in self.presentation:
            base, _, phase = address.rpartition(".")
            self._phases.setdefault(base, []).append(phase)
            self._keys.setdefault(_key(address), []).append(address)

    def address(self, words: str) -> str:
        """地址。The full address that words without form name; "" where they name none or several.

        The phase may be left out where there is only one, ``_area`` where the key is not catalogued itself.
        """
        found = self._addresses(words.strip())
        return found[0] if len(found) == 1 else ""

    def resolve(self, words: str, place: Place) -> Slot | Finding:
        """填插槽。What stands between the braces; a finding that names the nearest known where it fails."""
        asked = words.strip()
        if asked not in self._met:
            self._met[asked] = self._read(asked, place)
        met = self._met[asked]
        return replace(met, place=place) if isinstance(met, Finding) else met

    def _read(self, asked: str, place: Place) -> Slot | Finding:
        for base, form in _readings(asked):
            found = self._addresses(base)
            if len(found) == 1:
                return self._formed(found[0], form, asked, place)
            if found:
                phases = "、".join(address.rpartition(".")[2] for address in found[:_NAMED])
                return finding("NAR-slot-phase", place, slot=asked, phases=phases)
        return self._unknown(asked, place)

    def _addresses(self, base: str) -> list[str]:
        for words in (base, _with_area(base)):
            if words in self.presentation:
                return [words]
            if words in self._phases:
                return [f"{words}.{phase}" for phase in self._phases[words]]
        return []

    def _formed(self, address: str, form: str, asked: str, place: Place) -> Slot | Finding:
        if form in FORM_TERMS:
            try:
                return Slot(address, form, self.presentation.text(address, form))
            except DeliverError:
                pass
        allowed = [name for name in FORM_TERMS if name and self._can(address, name)]
        forms = "、".join(f"{name}（{FORM_TERMS[name]}）" for name in allowed)
        return finding("NAR-slot-form", place, slot=asked, form=form, forms=forms)

    def _can(self, address: str, form: str) -> bool:
        unit = self.presentation[address].unit
        return unit == "公顷" if form in ("mu", "ha_mu") else form == "unit"

    def _unknown(self, asked: str, place: Place) -> Finding:
        match = _GRAMMAR.match(_with_area(asked))
        if match is None:
            return finding("NAR-slot-grammar", place, slot=asked)
        key, member = match["key"], match["member"]
        found = self._keys.get(key, [])
        scopes = sorted({_scope(address) for address in found}, key=lambda scope: (":" in scope, scope))
        if not scopes:
            return self._strange_key(asked, key, place)
        if not any(match["scope"].startswith(scope) for scope in scopes):
            near = get_close_matches(match["scope"].rpartition(".")[0] or match["scope"], scopes, 3, 0.3)
            return finding("NAR-slot-scope", place, slot=asked, known=_listed([*near, *scopes]))
        scope = max((name for name in scopes if match["scope"].startswith(name)), key=len)
        here = [address for address in found if _scope(address) == scope]
        members = sorted({_member(address) for address in here}, key=natural_key)
        if (member or "") not in members:
            named = [name or "（不带方括号）" for name in members]
            return finding("NAR-slot-member", place, slot=asked, known=_listed(named))
        phases = [address.rpartition(".")[2] for address in here if _member(address) == (member or "")]
        return finding("NAR-slot-phase", place, slot=asked, phases=_listed(phases))

    def _strange_key(self, asked: str, key: str, place: Place) -> Finding:
        if key in quantities():
            return finding("NAR-slot-absent", place, slot=asked, term=quantities()[key].term)
        near = get_close_matches(key, sorted(self._keys), 3, 0.5) or get_close_matches(
            key, sorted(quantities()), 3, 0.4
        )
        known = "、".join(f"{name}（{quantities()[name].term}）" for name in near) or "无"
        return finding("NAR-slot-unknown", place, slot=asked, key=key, known=known)


def _readings(asked: str) -> Iterator[tuple[str, str]]:
    """A colon also stands in scopes and phases (plot:XZ-001, year:2026): without a form first."""
    yield asked, ""
    base, colon, form = asked.rpartition(":")
    if colon:
        yield base.rstrip(), form.strip()


def _with_area(words: str) -> str:
    key = re.match(r"\w*", words)[0]  # type: ignore[index]  # always matches
    wanted = key not in quantities() and f"{key}{_AREA}" in quantities()
    return f"{key}{_AREA}{words[len(key) :]}" if wanted else words


def _key(address: str) -> str:
    return address.partition("@")[0].partition("[")[0]


def _scope(address: str) -> str:
    return address.partition("@")[2].rpartition(".")[0]


def _member(address: str) -> str:
    return address.partition("[")[2].partition("]")[0] if "[" in address.partition("@")[0] else ""


def _listed(names: list[str]) -> str:
    once = list(dict.fromkeys(names))
    return "、".join(once[:_NAMED]) + ("……" if len(once) > _NAMED else "")
