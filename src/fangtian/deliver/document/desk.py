"""写字台。What a draft may ask of the facts: whether, which way, which ones, in what order; not how much.

Numbers reach a draft as slots only (``{{ … }}``), so that every printed number keeps its fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fangtian.catalog.division import division_name
from fangtian.catalog.finding import Finding, Severity
from fangtian.catalog.land_class import land_classes, level1_of
from fangtian.catalog.order import id_list, natural_key
from fangtian.deliver.document.ground import Ground
from fangtian.deliver.document.slots import SlotBook
from fangtian.deliver.opinion import Opinion
from fangtian.deliver.present import Presentation
from fangtian.errors import DeliverError
from fangtian.facts.fact import PLANNED, address_of
from fangtian.facts.switches import switched_on
from fangtian.law.screen import NEGATIVE_LIST, Screened, item_words, items_of
from fangtian.law.verdict import Verdict

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["CHARTS", "MAPS", "Desk", "PlanWords"]

CHARTS: Mapping[str, str] = {
    "chart:land_structure": "level1_area@pilot_area",
    "chart:investment_sources": "investment_source@project",
    "chart:investment_years": "investment@project",
    "chart:schedule": "subproject_start@subproject",
    "chart:cash_flow": "cash_net@project",
}
"""图表。Each chart with the facts that it needs: where they are missing it cannot be drawn."""
MAPS: Mapping[str, tuple[str, ...]] = {
    "map:位置图": (),
    "map:土地利用现状图": (),
    "map:土地利用规划图": (),
    "map:项目建设规划总图": ("plot_count@project.before",),
    "map:永久基本农田调整前图": ("pbf_area@pilot_area.before", "pbf_out_area@pilot_area.planned"),
    "map:永久基本农田调整后图": ("pbf_out_area@pilot_area.planned", "pbf_in_area@pilot_area.planned"),
    "map:新增耕地分布图": ("new_cultivated_area@pilot_area.planned",),
}
"""附图。Each map with the facts of which one at least must not be zero; none for those of every plan."""

_OPINION_SLOT = re.compile(r"\{([^{}|]+)(?:\|(\w+))?\}")
_OPINION_HECTARES = re.compile(r"\{([^{}|]+)\}公顷")
_TOWNSHIP = re.compile(r"(?:^|[县区市])(?P<name>[^县区市]{1,8}?(?:街道|镇(?!域|区)|乡(?!村)))")


@dataclass(frozen=True)
class PlanWords:
    """方案用语。The words of plan.toml that a draft prints; ``township_names`` only where they are known."""

    name: str
    unit: str
    base_year: int
    period: tuple[int, int]
    county_name: str
    township_names: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    """写字台。One plan's facts as the drafts see them.

    Addresses may leave out the phase and ``_area`` like slots do. ``figures`` are the anchors of maps and
    charts at hand, ``annexes`` the special chapters switched on (None: those that the facts call for).
    """

    dossier: Dossier
    presentation: Presentation
    opinions: tuple[Opinion, ...] = ()
    figures: Collection[str] | None = None
    annexes: Collection[str] | None = None
    slots: SlotBook = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "slots", SlotBook(self.presentation))

    @cached_property
    def plan(self) -> PlanWords:
        """方案用语。Names and years of plan.toml."""
        plan = self.dossier.plan
        match = _TOWNSHIP.search(plan.name) if len(plan.townships) == 1 else None
        names = (match["name"],) if match else ()
        return PlanWords(plan.name, plan.unit, plan.base_year, plan.period, division_name(plan.county), names)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """检查发现。Those that do not block, as the dossier holds them."""
        return tuple(item for item in self.dossier.findings if item.severity is not Severity.ERROR)

    @cached_property
    def ground(self) -> Ground:
        """实地。Which villages, plots and classes stand behind the figures."""
        return Ground(self.dossier.survey, self.dossier.ledger)

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str, str], tuple[str, ...]]:
        """Members by key, scope and phase, in the order of the catalogue."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for fact in self.dossier.book:
            found.setdefault((fact.key, fact.scope, fact.phase), []).append(fact.member)
        return {place: tuple(sorted(members, key=_catalogue_order)) for place, members in found.items()}

    def known(self, address: str) -> bool:
        """有此事实。Whether the fact exists, be it zero."""
        return bool(self.slots.address(address))

    def has(self, address: str) -> bool:
        """有且不为零。Whether the fact exists and prints something other than zero or nothing."""
        shown = self.presentation.find(self.slots.address(address))
        return shown is not None and bool(shown.text if shown.value is None else shown.value)

    def sign(self, address: str) -> int:
        """正负。−1, 0 or 1 of the printed number; 0 for a missing fact and for words."""
        shown = self.presentation.find(self.slots.address(address))
        value = shown.value if shown is not None and shown.value is not None else 0
        return (value > 0) - (value < 0)

    def more(self, first: str, second: str) -> bool:
        """更多。Whether the first fact is greater, exactly and as printed; False where either is missing."""
        if not (self.known(first) and self.known(second)) or self.same(first, second):
            return False
        return bool(self._exact(first) > self._exact(second))

    def same(self, first: str, second: str) -> bool:
        """相同。Whether both facts print the same; False where either is missing."""
        a, b = (self.presentation.find(self.slots.address(words)) for words in (first, second))
        return a is not None and b is not None and (a.text, a.unit) == (b.text, b.unit)

    def at_least(self, address: str, limit: int) -> bool:
        """不低于。Whether the printed number comes up to a limit; False for a missing fact."""
        shown = self.presentation.find(self.slots.address(address))
        return shown is not None and shown.value is not None and shown.value >= limit

    def outweighs(self, first: Sequence[str], second: Sequence[str]) -> bool:
        """合计更多。Whether facts together come to more than others; those that are missing count nothing."""
        found = [[self._exact(words) for words in side if self.known(words)] for side in (first, second)]
        return bool(sum(found[0]) > sum(found[1]))

    def warned(self, code: str) -> bool:
        """有此发现。Whether the checks found something of this code."""
        return any(item.code == code for item in self.dossier.findings)

    def stands_in(self, role: str) -> bool:
        """替代图层。Whether a layer is a stand-in for the official one."""
        source = self.dossier.plan.layers.get(role)
        return source is not None and bool(source.standin)

    def word(self, address: str) -> str:
        """词。The words of a text fact, "" where it is missing; a number must be a slot.

        Raises DeliverError for a number.
        """
        shown = self.presentation.find(self.slots.address(address))
        if shown is not None and shown.value is not None:
            raise DeliverError(f"{address} 是数字；文稿中的数字只能写成插槽 {{{{ {address} }}}}。")
        return shown.text if shown is not None else ""

    def ids(self, key: str, kind: str, phase: str = PLANNED) -> list[str]:
        """编号。Ids of plots, villages, sub-projects … whose fact of ``key`` is not zero, as people count."""
        found = {
            scope.partition(":")[2]
            for (name, scope, at), members in self._by_place.items()
            if name == key and at == phase and scope.startswith(f"{kind}:")
            if any(self.has(address_of(key, scope, phase, member)) for member in members)
        }
        return sorted(found, key=natural_key)

    def members(self, key: str, scope: str, phase: str) -> list[str]:
        """成员。Members of a key whose value is not zero, in the order of the catalogue."""
        all_members = self._by_place.get((key, scope, phase), ())
        return [m for m in all_members if m and self.has(address_of(key, scope, phase, m))]

    def largest(self, key: str, scope: str, phase: str, n: int = 3) -> list[str]:
        """最大者。The ``n`` members of greatest value, the greatest first."""
        found = self.members(key, scope, phase)
        return sorted(found, key=lambda m: -self._exact(address_of(key, scope, phase, m)))[:n]

    def years(self) -> list[int]:
        """年度。The years of implementation."""
        return list(self.dossier.plan.years)

    def class_name(self, code: str) -> str:
        """地类名称。Of a class code; the code itself where it is not catalogued."""
        return land_classes()[code].name if code in land_classes() else code

    def level1_name(self, code: str) -> str:
        """一级类名称。Of the group that a class counts to."""
        return land_classes()[level1_of(code)].name if code in land_classes() else code

    def opinion_text(self, opinion: Opinion, in_mu: bool = False) -> str:
        """评判句。The sentence of an opinion with its facts as slots; ``in_mu`` adds 亩 to areas."""
        words = _OPINION_HECTARES.sub(r"{\1|ha_mu}", opinion.template) if in_mu else opinion.template
        return _OPINION_SLOT.sub(_open_slot, words)

    def regime_titles(self) -> list[str]:
        """依据文件。Full titles of the instruments that concern the plan, each once, without 《》."""
        concerned = (item.instrument for item in self.ruled if item.verdict != Verdict.NOT_APPLICABLE)
        return list(dict.fromkeys(concerned))

    @cached_property
    def ruled(self) -> tuple[Opinion, ...]:
        """对照管理规定的评判。Without the negative list, which has a table of its own."""
        return tuple(item for item in self.opinions if item.norm.partition("/")[0] != NEGATIVE_LIST)

    def screened(self, item: int) -> str:
        """负面清单结论。What the judgements say of an item of the list; "" where it was not looked at."""
        mine = [o for o in self.opinions if o.norm.partition("/")[0] == NEGATIVE_LIST and o.scope]
        entries = [Screened(o.article, o.title, Verdict(o.verdict), o.role) for o in mine]
        found = items_of(entries).get(f"负面清单第{item}项", ())
        return item_words(found) if found else ""

    def annexed(self, name: str) -> bool:
        """有此专章。Whether a special chapter is switched on."""
        return name in (switched_on(self.dossier.book) if self.annexes is None else self.annexes)

    def drawn(self, anchor: str) -> bool:
        """有此图。Whether a map or chart (``map:位置图``, ``chart:cash_flow``) can be placed."""
        if self.figures is not None:
            return anchor in self.figures
        if anchor in MAPS:
            return not MAPS[anchor] or any(self.has(address) for address in MAPS[anchor])
        key, _, scope = CHARTS.get(anchor, "").partition("@")
        places = (place for place in self._by_place if place[0] == key)
        return any(place[1].partition(":")[0] == scope for place in places)

    @property
    def words(self) -> Mapping[str, Any]:
        """模板用语。All that stands in scope of a draft, by name."""
        asked: Sequence[Callable[..., Any]] = (
            self.has, self.known, self.sign, self.more, self.same, self.at_least, self.outweighs, self.word,
            self.ids, self.members, self.largest, self.years, self.class_name, self.level1_name,
            self.opinion_text, self.regime_titles, self.screened, self.annexed, self.drawn, self.warned,
            self.stands_in, id_list,
        )  # fmt: skip
        named = {function.__name__: function for function in asked}
        told = {"plan": self.plan, "opinions": self.ruled, "findings": self.findings}
        return {**named, **told, "ground": self.ground}

    def _exact(self, address: str) -> Any:
        value = self.dossier.book[self.slots.address(address)].value
        if isinstance(value, str):
            raise DeliverError(f"{address} 是文字，不能比较大小。")
        return value


def _open_slot(match: re.Match[str]) -> str:
    form = f":{match[2]}" if match[2] else ""
    return f"{{{{ {match[1]}{form} }}}}"


def _catalogue_order(member: str) -> tuple[int, Any]:
    if member in land_classes():
        return 0, tuple(land_classes()).index(member)
    return 1, natural_key(member)
