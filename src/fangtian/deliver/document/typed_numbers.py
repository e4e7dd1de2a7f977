"""手工键入的数字。Numbers in the planner's words that are facts all the same, and so could drift apart.

A number counts as typed fact where its unit and value are those of a displayed fact. Short numbers (5%, 3 块)
say little by themselves: they count only beside the fact's own term, so that clauses of law are left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.land_class import land_classes
from fangtian.catalog.quantity import quantities
from fangtian.deliver.document.reading import Passage
from fangtian.deliver.present import Presentation, Shown, mu_of
from fangtian.law.need import SCOPE_TERMS

__all__ = ["NumberBook", "typed_numbers"]

MOST_NAMED = 50
"""Findings per file; who typed more will meet the rest after mending these."""
CANDIDATES = 3
ROUNDED_DIGITS, TELLING_DIGITS, LONG_DIGITS = 3, 4, 6
"""有效位数。From so many digits on, a number (or one cut short of its decimals) needs no term beside it."""
WHOLE = Decimal(100)
SENTENCE = 80
"""语境。Characters on either side of a number that may say what it is."""

_UNITS: Mapping[str, tuple[str, Decimal]] = {
    "平方公里": ("ha", Decimal(100)),
    "平方米": ("ha", Decimal("0.0001")),
    "公顷": ("ha", Decimal(1)),
    "万亩": ("mu", Decimal(10000)),
    "亩": ("mu", Decimal(1)),
    "亿元": ("wan", Decimal(10000)),
    "万元": ("wan", Decimal(1)),
    "元": ("wan", Decimal("0.0001")),
    "%": ("percent", Decimal(1)),
    "％": ("percent", Decimal(1)),
    "等": ("grade", Decimal(1)),
    "级": ("level", Decimal(1)),
    **{unit: ("count", Decimal(1)) for unit in ("户", "人", "幢", "栋", "个", "块", "片", "宗")},
}
_KINDS = {"公顷": "ha", "万元": "wan", "%": "percent", "等": "grade", "级": "level", "": "count"}
_COUNTED = {
    "户": ("户", "居民"), "人": ("人",), "幢": ("房",), "栋": ("房",),
    "个": ("个数",), "块": ("块数", "地块"), "片": ("块数",), "宗": ("地块",),
}  # fmt: skip
_PLACES = {"公顷": 4, "亩": 2, "万元": 2}
_NUMBER = re.compile(
    r"(?<![\d.,A-Za-z_\-])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*"
    rf"(?P<unit>{'|'.join(_UNITS)})(?![A-Za-z])(?P<pair>\s*[（(]\s*[\d,.]+\s*亩\s*[）)])?"
)
_BARE = re.compile(r"\s*[-−]?(\d[\d,]*(?:\.\d+)?)\s*")
_BOUND_BEFORE = re.compile(
    r"(不少于|不低于|不超过|不小于|不大于|不高于|少于|大于|小于|超过|达到|每|[≥≤<>/／])\s*$"
)
_BOUND_AFTER = re.compile(r"(、\d+(公顷|亩|万元))*\s*(及?以[上下内]|左右|[/／]|每)")
_SENTENCE = re.compile(r"[。；;！？\n]")
_STEM = re.compile(r"(面积|比例|个数|数|投资)$")
_PHASES = {"before": ("整治前", "现状", "基期", "实施前"), "planned": ("整治后", "规划", "实施后", "调整后")}


@dataclass(frozen=True)
class _Typed:
    """A number as typed: its value in the unit of the facts, half a unit of its last digit, its sentence."""

    text: str
    unit: str
    number: str
    sentence: str
    pair: bool = False
    bounded: bool = False

    @property
    def value(self) -> Decimal:
        return Decimal(self.number.replace(",", "")) * _UNITS[self.unit][1]

    @property
    def places(self) -> int:
        return len(self.number.partition(".")[2])

    @property
    def slack(self) -> Decimal:
        return Decimal(1).scaleb(-self.places) * _UNITS[self.unit][1] / 2

    @property
    def telling(self) -> bool:
        return self.digits >= TELLING_DIGITS

    @property
    def digits(self) -> int:
        return len(self.number.replace(",", "").replace(".", "").lstrip("0"))

    @property
    def roundable(self) -> bool:
        """Whether it may be a fact written shorter; 2000亩 is rather a round number of its own."""
        round_number = not self.places and self.number.endswith("0")
        return (
            self.digits >= ROUNDED_DIGITS
            and not self.bounded
            and not round_number
            and self.unit not in _COUNTED
        )


@dataclass(frozen=True)
class NumberBook:
    """数字簿。Displayed numbers by kind, in order of value, with the addresses that print them."""

    values: Mapping[str, Sequence[Decimal]]
    addresses: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, presentation: Presentation) -> NumberBook:
        """编成数字簿。Every number but zero; areas in 亩 as well."""
        found: dict[str, list[tuple[Decimal, str]]] = {}
        for address in presentation:
            for kind, value in _kinds(presentation[address]):
                found.setdefault(kind, []).append((abs(value), address))
        for entries in found.values():
            entries.sort()
        return cls(
            {kind: [value for value, _ in entries] for kind, entries in found.items()},
            {kind: [address for _, address in entries] for kind, entries in found.items()},
        )

    def between(self, kind: str, low: Decimal, high: Decimal) -> list[tuple[Decimal, str]]:
        """区间。Values from ``low`` up to but not including ``high``; ``low`` itself where both are one."""
        values = self.values.get(kind, ())
        start, found = bisect_left(values, low), []
        for index in range(start, len(values)):
            if values[index] > high or (values[index] == high and high != low):
                break
            found.append((values[index], self.addresses[kind][index]))
        return found


def typed_numbers(passages: Iterable[Passage], book: NumberBook, file: str) -> list[Finding]:
    """查手工键入的数字。NAR-typed-number for facts, NAR-number-format for decimals that D-051 asks for."""
    found: list[Finding] = []
    over = 0
    for passage in passages:
        for typed in _numbers(passage):
            item = _judged(typed, book, Place(file=file, field=f"第{passage.line}行"))
            if item is not None and len(found) < MOST_NAMED:
                found.append(item)
            elif item is not None:
                over += 1
    if over:
        found.append(finding("NAR-typed-many", Place(file=file), count=over))
    return found


def _judged(typed: _Typed, book: NumberBook, place: Place) -> Finding | None:
    candidates = _candidates(typed, book)
    if candidates:
        slots = "、".join(_slot(address, typed) for address in candidates)
        return finding("NAR-typed-number", place, number=typed.text, slots=slots)
    places = _PLACES.get(typed.unit)
    if places is None or typed.bounded or typed.places == places:
        return None
    return finding("NAR-number-format", place, number=typed.text, places=places)


def _numbers(passage: Passage) -> Iterator[_Typed]:
    text = passage.text
    bare = _BARE.fullmatch(text) if passage.unit in _UNITS else None
    if bare:
        yield _Typed(text.strip(), passage.unit, bare[1], text)
        return
    for match in _NUMBER.finditer(text):
        unit, number = match["unit"], match["number"]
        if unit in ("等", "级") and "." not in number:
            continue  # 附表4、5等 is a list, not a grade; a class has no decimals, a mean has
        before = text[max(match.start() - SENTENCE, 0) : match.start()]
        after = text[match.end() : match.end() + SENTENCE]
        sentence = _SENTENCE.split(before)[-1] + match[0] + _SENTENCE.split(after)[0]
        bounded = bool(_BOUND_BEFORE.search(before) or _BOUND_AFTER.match(after))
        whole = match[0].strip()
        yield _Typed(whole, unit, number, sentence, pair=bool(match["pair"]), bounded=bounded)


def _candidates(typed: _Typed, book: NumberBook) -> list[str]:
    kind = _UNITS[typed.unit][0]
    if typed.unit in "%％" and typed.value == WHOLE:
        return []
    slack = typed.slack if typed.roundable else Decimal(0)
    near = book.between(kind, typed.value - slack, typed.value + slack)
    exact = [address for value, address in near if value == typed.value]
    rounded = [a for _, a in near if typed.digits >= LONG_DIGITS or _said(a, typed.sentence)]
    ranked = sorted(
        (-_affinity(address, typed.sentence), address)
        for address in exact or rounded
        if _plausible(address, typed)
    )
    return [address for _, address in ranked[:CANDIDATES]]


def _plausible(address: str, typed: _Typed) -> bool:
    term = _term(address)
    if typed.unit in _COUNTED:
        counted = any(words in term for words in _COUNTED[typed.unit])
        people = typed.unit in "户人幢栋"
        return counted and (typed.value >= 10 if people else _said(address, typed.sentence) > 0)
    return typed.telling or _said(address, typed.sentence) > 0


def _affinity(address: str, sentence: str) -> float:
    """How well a sentence speaks of a fact: its term, its member, its scope, its phase."""
    scope, _, phase = address.partition("@")[2].rpartition(".")
    kind, _, name = scope.partition(":")
    score = float(_said(address, sentence))
    if name:
        score += 3.0 if name in sentence else -0.5
    elif SCOPE_TERMS.get(kind, "\0") in sentence:
        score += 1.5
    score += any(word in sentence for word in _PHASES.get(phase, ()))
    return score


def _said(address: str, sentence: str) -> int:
    """How many characters of the fact's own words stand in the sentence; 0 where none do."""
    term, member = _term(address), _member_name(address)
    named = member in sentence if member and not member.isdecimal() else None
    if named is False:
        return 0
    stem = _STEM.sub("", term)
    said = len(term) if term in sentence else len(stem) if len(stem) > 1 and stem in sentence else 0
    return said + (len(member) if named else 0)


def _slot(address: str, typed: _Typed) -> str:
    if typed.pair:
        return f"{{{{ {address}:ha_mu }}}}"
    if _UNITS[typed.unit][0] == "mu":
        return f"{{{{ {address}:mu }}}}亩"
    return f"{{{{ {address} }}}}{typed.unit}" if typed.unit in _COUNTED else f"{{{{ {address}:unit }}}}"


def _kinds(shown: Shown) -> Iterator[tuple[str, Decimal]]:
    kind = _KINDS.get(shown.unit)
    if not shown.value or kind is None:
        return
    yield kind, shown.value
    if kind == "ha":
        yield "mu", mu_of(shown.value)


@cache
def _term(address: str) -> str:
    quantity = quantities().get(address.partition("@")[0].partition("[")[0])
    return quantity.term if quantity else ""


@cache
def _member_name(address: str) -> str:
    key = address.partition("@")[0]
    member = key.partition("[")[2].removesuffix("]")
    return land_classes()[member].name if member in land_classes() else member
