"""What each rule asks, said a second time in plain lines, so that a rule that is broken is noticed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from fangtian.law.need import JUDGED_YEAR
from fangtian.law.norm import norms
from fangtian.law.rules import rules
from fangtian.law.rules.registry import Measure

TABLE = """
gansu-measures-2025/5-period: period_years.before <= limits.years_max
gansu-measures-2025/6-one-township: township_count.before <= limits.townships_max
gansu-measures-2025/12-base-map: base_year_following.before >= limits.judged_year
gansu-measures-2025/13.1-ridges-surveyed: new_cultivated_unsurveyed_ridges_area.planned <= 0
    if new_cultivated_from_ridges_area.planned
gansu-measures-2025/13.3-layout: class_changed_area.planned <= 0
gansu-measures-2025/13.3-cultivated-area: cultivated_area.planned >= cultivated_area.before
gansu-measures-2025/13.3-cultivated-quality: cultivated_grade_mean.planned < cultivated_grade_mean.before
gansu-measures-2025/13.3-construction-area: construction_area.planned <= construction_area.before
gansu-measures-2025/13.3-urban-boundary: urban_boundary_changed_area.planned <= 0
gansu-measures-2025/13.3-eco-redline: eco_redline_area.planned >= eco_redline_area.before
    ; eco_redline_ecological_area.planned >= eco_redline_ecological_area.before
    ; eco_redline_construction_area.planned <= eco_redline_construction_area.before
    if eco_redline_area.before or eco_redline_area.planned
gansu-measures-2025/13.3-new-steep: new_cultivated_steep_area.planned <= 0 if new_cultivated_area.planned
gansu-measures-2025/13.3-new-natural: new_cultivated_wood_area.planned <= 0
    ; new_cultivated_wetland_area.planned <= 0 ; new_cultivated_water_area.planned <= 0
    if new_cultivated_area.planned
gansu-measures-2025/13.3-new-redline: new_cultivated_redline_area.planned <= 0 if new_cultivated_area.planned
gansu-measures-2025/13.3-nature-built: wood_built_area.planned <= 0 ; grass_built_area.planned <= 0
    ; wetland_built_area.planned <= 0 ; water_built_area.planned <= 0
gansu-measures-2025/13.4-pbf-adjustment: pbf_out_area.planned <= limits.share_max * pbf_designated_area.before
    if pbf_out_area.planned
gansu-measures-2025/13.4-pbf-reason: pbf_out_unreasoned_area.planned <= 0 if pbf_out_area.planned
gansu-measures-2025/13.4-pbf-out-fit: pbf_out_sound_area.planned <= 0 if pbf_out_area.planned
gansu-measures-2025/13.5-chapters: special_chapter_written_count.planned >= special_chapter_count.planned
    if special_chapter_count.planned
gansu-measures-2025/13.6-fund-paths: unfunded_subproject_count.planned <= 0 ; funding_gap.planned <= 0
gansu-measures-2025/13.6-balance: cash_income.planned >= cash_expense.planned
gansu-measures-2025/13.7-cultivated: new_cultivated_area.planned >= lost_cultivated_area.planned
    if lost_cultivated_area.planned
gansu-measures-2025/13.7-pbf: pbf_in_area.planned >= pbf_out_area.planned if pbf_out_area.planned
gansu-measures-2025/13.9-new-urban: new_cultivated_urban_area.planned <= 0 if new_cultivated_area.planned
gansu-measures-2025/20-direction: change_direction_shifted.planned <= 0
gansu-measures-2025/20-targets: change_targets_lowered.planned <= 0
gansu-measures-2025/20-bottom-lines: change_bottom_lines_broken.planned <= 0
gansu-measures-2025/20.1-route: change_three_lines_area.planned <= 0 ; change_scope_area.planned <= 0
    ; change_years.planned <= 0 ; change_subprojects_dropped.planned <= 0
gansu-measures-2025/20.2-route: change_three_lines_area.planned <= 0
gansu-measures-2025/20.3-route: change_scope_area.planned <= 0 ; change_years.planned <= 0
    ; change_subprojects_dropped.planned <= 0
gansu-measures-2025/26-cultivated-area: cultivated_area.actual >= cultivated_area.before
gansu-measures-2025/26-cultivated-quality: cultivated_grade_mean.actual < cultivated_grade_mean.before
gansu-measures-2025/26-construction-area: construction_area.actual <= construction_area.before
gansu-measures-2025/26-new-cultivated: new_cultivated_area.actual >= new_cultivated_area.planned
gansu-measures-2025/26-pbf: pbf_area.actual >= pbf_area.planned if pbf_area.actual or pbf_area.planned
gansu-pilot-2021/3-period: period_start.before >= limits.year_min ; period_end.before <= limits.year_max
gansu-pilot-2021/3.1.2-village-planning: village_planning_count.before >= village_count.before
    ; village_planning_last_year.before <= limits.year_max
gansu-pilot-2021/3.1.3-pbf-added: pbf_in_area.planned >= pbf_out_area.planned
    + limits.share_min * pbf_out_area.planned if pbf_out_area.planned or pbf_in_area.planned
gansu-pilot-2021/3.2-works: subproject_first_start.planned >= limits.year_min
    ; plot_last_year.planned <= limits.year_max
gansu-pilot-2021/3.3-acceptance-years: subproject_first_acceptance.planned >= limits.year_min
    ; subproject_last_acceptance.planned <= limits.year_max
gansu-pilot-2021/3.3.2.1-targets: new_cultivated_area.actual >= new_cultivated_area.planned
    ; pbf_area.actual >= pbf_area.planned
gansu-pilot-2021/4.1-income-expense: cash_income.planned >= cash_expense.planned
gansu-pilot-2021/4.3-ownership: ownership_moved_area.planned <= 0
gansu-pilot-2021/4.4-unused-land: unused_reclaimed_area.planned <= 0
gansu-pilot-2021/4.4-lakes: water_surface_lost_area.planned <= 0
gansu-pilot-2021/4.4-landscape: landscape_on_cultivated_area.planned <= 0
outline-2021/2.1-village-plans: village_planning_count.before >= village_count.before
outline-2021/2.2-overlap: existing_overlap_area.planned <= 0
outline-2021/3.1-unlawful-open: illegal_use_unhandled_area.planned <= 0 if illegal_use_area.before
outline-2021/3.2.3-ridges: new_cultivated_unsurveyed_ridges_area.planned <= 0
    if new_cultivated_from_ridges_area.planned
outline-2021/3.3-rights-plots: rights_unplotted_count.planned <= 0 if rights_change_count.planned
outline-2021/4-construction: construction_area.planned <= construction_area.before
outline-2021/4-cultivated: cultivated_area.before < cultivated_area.planned
outline-2021/4-layout: class_changed_area.planned <= 0
outline-2021/4-pbf: pbf_area.planned >= pbf_area.before if pbf_area.before or pbf_area.planned
outline-2021/4-quality: cultivated_grade_mean.planned < cultivated_grade_mean.before
outline-2021/4.1-new-cultivated: net_new_cultivated_area.planned >= limits.share_min * cultivated_area.before
outline-2021/4.1-on-plots: plotless_subproject_count.planned <= 0
outline-2021/4.1-pbf-increase: pbf_in_area.planned >= pbf_out_area.planned
    + limits.share_min * pbf_out_area.planned if pbf_out_area.planned or pbf_in_area.planned
outline-2021/5.2.3-lakes: water_surface_lost_area.planned <= 0
outline-2021/5.2.3-trees: wood_lost_area.planned <= 0
outline-2021/6.2-fund-sources: unfunded_subproject_count.planned <= 0 ; funding_gap.planned <= 0
outline-2021/6.3-expense: cash_expense.planned >= investment.planned
outline-2021/6.3-income-expense: cash_income.planned >= cash_expense.planned
outline-2021/9.1.3-newest-survey: base_year_following.before >= limits.judged_year
outline-2021/t3n1-places: existing_unplaced_count.before <= 0
outline-2021/t3n3-in-database: existing_unknown_plot_count.before <= 0
outline-2021/t3n4-since: existing_first_year.before >= limits.year_min
outline-2021/t7n1-places: subproject_unplaced_count.planned <= 0
pilot-points-2020/2-contiguous: pbf_in_apart_area.planned <= 0 if pbf_in_area.planned
pilot-points-2020/2-cultivated: pbf_in_uncultivated_area.planned <= 0
pilot-points-2020/2-grade: pbf_grade_drop.planned <= 0 if pbf_out_area.planned and pbf_in_area.planned
pilot-points-2020/2-occupied: pbf_built_area.planned <= 0
pilot-points-2020/2-patches: pbf_patch_count.planned <= pbf_patch_count.before
    if pbf_out_area.planned or pbf_in_area.planned
pilot-points-2020/2-redline: pbf_in_redline_area.planned <= 0 if pbf_in_area.planned
pilot-points-2020/2-slope: pbf_slope_rise.planned <= 0 if pbf_out_area.planned and pbf_in_area.planned
pilot-points-2020/2-stable: pbf_in_unstable_area.planned <= 0 if pbf_in_area.planned
pilot-points-2020/2-steep: pbf_in_steep_area.planned <= 0 if pbf_in_area.planned
pilot-points-2020/2-urban: pbf_in_urban_area.planned <= 0 if pbf_in_area.planned
pilot-points-2020/2-window: pbf_out_urban_area.planned <= 0 if pbf_out_area.planned
pilot-points-2020/6-landscape: landscape_on_cultivated_area.planned <= 0
pilot-points-2020/6-nature: wood_lost_area.planned <= 0 ; wetland_lost_area.planned <= 0
    ; water_surface_lost_area.planned <= 0
pilot-points-2020/6-redline: eco_redline_construction_area.planned <= eco_redline_construction_area.before
    ; new_cultivated_redline_area.planned <= 0
pilot-points-2020/7-unlawful-use: illegal_use_unhandled_area.planned <= 0 if illegal_use_area.before
pilot-points-2020/8-construction: construction_area.planned <= construction_area.before
pilot-points-2020/9-unused-land: unused_unproven_area.planned <= 0 if unused_reclaimed_area.planned
"""
"""What each rule asks, said once more: every condition holds, if what follows ``if`` is not zero."""
NORMS = {norm.id: norm for norm in norms()}


@dataclass(frozen=True)
class Condition:
    """A fact, how it compares, and the bound as a sum of products."""

    fact: str
    sign: str
    bound: str

    def value(self, facts, limits) -> Fraction:
        total = Fraction(0)
        for term in self.bound.split(" + "):
            product = Fraction(1)
            for factor in term.split(" * "):
                limit = limits.get(factor.removeprefix("limits."))
                product *= Fraction(0) if factor == "0" else limit if limit is not None else facts[factor]
            total += product
        return total

    def beyond(self, bound: Fraction, by: int) -> Fraction:
        """The fact when it lies beyond the bound by so many units."""
        return bound - by if self.sign == ">=" else bound + by


@dataclass(frozen=True)
class Asked:
    """A line of the table."""

    norm: str
    conditions: tuple[Condition, ...]
    concern: tuple[str, ...]
    together: bool

    @property
    def limits(self):
        return {**NORMS[self.norm].limit_values, JUDGED_YEAR: Fraction(2026)}

    def measure(self, facts) -> Measure:
        return rules()[self.norm](facts, self.limits)

    def held(self):
        """Facts with which every condition holds, none of them by accident equal to another."""
        names = [need.name for need in NORMS[self.norm].needs]
        facts = {name: Fraction(1000 + 37 * i) for i, name in enumerate(names)}
        for condition in self.conditions:
            bound = condition.value(facts, self.limits)
            facts[condition.fact] = condition.beyond(bound, -3) if bound else Fraction(0)
        return facts

    def at(self, condition: Condition, by: int):
        facts = self.held()
        facts[condition.fact] = condition.beyond(condition.value(facts, self.limits), by)
        return facts


def asked() -> list[Asked]:
    """Every line of the table."""
    lines = re.sub(r"\n {4}", " ", TABLE).strip().splitlines()
    return [_asked(*line.split(": ")) for line in lines]


def _asked(norm: str, text: str) -> Asked:
    conditions, _, concern = text.partition(" if ")
    parsed = [re.fullmatch(r"(\S+) (<=|>=|<) (.+)", part.strip()) for part in conditions.split(";")]
    return Asked(
        norm,
        tuple(Condition(*found.groups()) for found in parsed),
        tuple(re.split(" and | or ", concern)) if concern else (),
        " and " in concern,
    )
