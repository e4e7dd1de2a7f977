"""What drafts may ask of the facts, and how their templates are read."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from busy_plan import busy
from jinja2 import DictLoader, UndefinedError
from tiny_plan import tiny_plan

from fangtian.assess import assess
from fangtian.deliver.document.desk import CHARTS, MAPS, Desk
from fangtian.deliver.document.drafting import draft_names, drafted
from fangtian.deliver.opinion import opinions_of
from fangtian.deliver.present import decide
from fangtian.errors import DeliverError
from fangtian.plan.folder import open_plan

CULTIVATED = "cultivated_area@{}.{}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    dossier = assess(open_plan(tiny_plan(tmp_path_factory.mktemp("tiny") / "plan")), date(2026, 3, 1))
    presentation = decide(dossier.book)
    return Desk(dossier, presentation, opinions_of(dossier.judgements, presentation))


def test_facts_are_known_or_not_zero_or_not(desk: Desk) -> None:
    assert desk.known("cultivated@pilot_area.before")
    assert not desk.known("cultivated@pilot_area")
    assert not desk.known("cultivated@moon.before")
    assert desk.has("period_years@project")
    zero = next(a for a in desk.presentation if desk.presentation[a].value == 0)
    assert desk.known(zero)
    assert not desk.has(zero)
    assert desk.sign(zero) == 0
    assert desk.sign("nothing@x.y") == 0


def test_more_same_and_sign_agree_with_what_is_printed(desk: Desk) -> None:
    before, after = CULTIVATED.format("pilot_area", "before"), CULTIVATED.format("pilot_area", "planned")
    assert desk.same(before, before)
    assert not desk.more(before, before)
    assert desk.more(after, before) != desk.more(before, after)
    value = desk.presentation.value
    assert desk.more(after, before) == (value(after) > value(before))  # type: ignore[operator]
    assert not desk.more(after, "nothing@x.y")
    assert not desk.same("nothing@x.y", "nothing@x.y")


def test_limits_and_sums_are_compared_as_facts_stand(desk: Desk) -> None:
    before, after = CULTIVATED.format("pilot_area", "before"), CULTIVATED.format("pilot_area", "planned")
    assert desk.at_least("period_years@project", 3)
    assert not desk.at_least("period_years@project", 4)
    assert not desk.at_least("nothing@x.y", 0)
    assert not desk.at_least("project_name@project", 0)
    assert desk.outweighs([before, after], [before])
    assert not desk.outweighs([before], [before])
    assert not desk.outweighs(["nothing@x.y"], [before])


def test_stand_ins_and_findings_are_known_by_name(desk: Desk) -> None:
    plan = desk.dossier.plan
    layers = {**plan.layers, "eco_redline": replace(plan.layers["eco_redline"], standin="推导")}
    survey = replace(desk.dossier.survey, plan=replace(plan, layers=layers))
    other = replace(desk, dossier=replace(desk.dossier, survey=survey))
    assert other.stands_in("eco_redline")
    assert not desk.stands_in("eco_redline")
    assert not desk.stands_in("nothing")
    assert all(desk.warned(item.code) for item in desk.dossier.findings)
    assert not desk.warned("NO-such")


def test_an_opinion_in_a_text_prints_areas_in_mu_too(desk: Desk) -> None:
    opinion = next(o for o in desk.opinions if o.norm.endswith("13.3-cultivated-area"))
    assert "}}公顷" in desk.opinion_text(opinion)
    text = desk.opinion_text(opinion, True)
    assert ":ha_mu }}，" in text
    assert "}}公顷" not in text
    assert text.count("{{") == opinion.template.count("{")


def test_the_ground_names_villages_plots_and_kinds(tmp_path: Path) -> None:
    dossier = assess(open_plan(tiny_plan(tmp_path / "plan", busy)), date(2026, 3, 1))
    ground, ledger = Desk(dossier, decide(dossier.book)).ground, dossier.ledger
    here = ledger.in_pilot & ledger.in_consolidation
    assert set(ground.villages) == {str(v) for v in ledger.village[here]}
    for code, whole in ground.villages.items():
        own = ledger.village == code
        assert whole is bool(here[own & ledger.in_pilot].all())
    red = ledger.in_pilot & (ledger.in_redline | ledger.in_redline_after) & (ledger.plot != "")
    assert set(ground.in_redline) == {str(plot) for plot in ledger.plot[red]}
    assert set(ground.kinds("construction_removed")) <= {"拆旧复垦"}
    assert "建新" in ground.kinds("construction_added")
    assert set(ground.moved_in_from) <= {"耕地", "整治"}
    with pytest.raises(KeyError):
        ground.kinds("nothing")


def test_words_are_words_and_numbers_are_slots(desk: Desk) -> None:
    assert desk.word("project_name@project") == "上庄镇全域土地综合整治项目"
    assert desk.word("nothing@x.y") == ""
    with pytest.raises(DeliverError, match="插槽"):
        desk.word("period_years@project")


def test_ids_and_members_in_order(desk: Desk) -> None:
    assert desk.ids("new_cultivated_area", "plot") == ["P01", "P03"]
    assert desk.ids("plot_area", "plot") == ["P01", "P02", "P03"]
    members = desk.members("class_area", "pilot_area", "before")
    assert members == sorted(members, key=members.index)
    assert "" not in members
    assert set(members) >= {"0103", "0404", "0702"}
    largest = desk.largest("class_area", "pilot_area", "before", 2)
    areas = [desk.presentation.value(f"class_area[{m}]@pilot_area.before") for m in members]
    assert (
        [desk.presentation.value(f"class_area[{m}]@pilot_area.before") for m in largest]
        == sorted(
            areas,
            reverse=True,  # type: ignore[type-var]
        )[:2]
    )
    assert desk.largest("class_area", "moon", "before") == []


def test_names_years_and_titles(desk: Desk) -> None:
    assert desk.years() == [2026, 2027, 2028]
    assert (desk.class_name("0103"), desk.level1_name("0103")) == ("旱地", "耕地")
    assert (desk.class_name("社会资本"), desk.level1_name("社会资本")) == ("社会资本", "社会资本")
    assert desk.regime_titles()[0] == "甘肃省全域土地综合整治工作管理办法"
    assert desk.plan.county_name == "甘谷县"
    assert desk.plan.township_names == ("上庄镇",)


@pytest.mark.parametrize(
    ("name", "township"),
    [
        ("清水县白沙镇全域土地综合整治项目", ("白沙镇",)),
        ("张家川回族自治县马关镇全域土地综合整治", ("马关镇",)),
        ("清水县乡村全域土地综合整治项目", ()),
        ("清水县全域土地综合整治项目", ()),
    ],
)
def test_a_township_is_named_only_where_the_plan_says_it(
    desk: Desk, name: str, township: tuple[str, ...]
) -> None:
    survey = replace(desk.dossier.survey, plan=replace(desk.dossier.plan, name=name))
    assert replace(desk, dossier=replace(desk.dossier, survey=survey)).plan.township_names == township


def test_opinions_become_text_with_slots(desk: Desk) -> None:
    for opinion in desk.opinions:
        text = desk.opinion_text(opinion)
        assert text.count("{{") == text.count("}}") == opinion.template.count("{")


def test_figures_are_those_at_hand_or_those_that_the_facts_allow(desk: Desk) -> None:
    assert all(desk.drawn(anchor) for anchor in CHARTS)
    assert desk.drawn("map:位置图")
    assert not desk.drawn("map:永久基本农田调整后图")
    assert not desk.drawn("chart:nothing")
    given = replace(desk, figures=("map:永久基本农田调整后图",))
    assert given.drawn("map:永久基本农田调整后图")
    assert not given.drawn("map:位置图")
    assert set(MAPS) > {"map:位置图"}


def test_annexes_are_those_given_or_those_that_the_facts_call_for(desk: Desk) -> None:
    assert replace(desk, annexes=("甲",)).annexed("甲")
    assert not replace(desk, annexes=()).annexed("城乡建设用地增减挂钩方案")
    assert not desk.annexed("没有这个专章")


def test_templates_decide_and_leave_slots_open(desk: Desk) -> None:
    template = (
        '<# 说明 #>\n<% if has("cultivated@pilot_area.before") %>\n耕地{{ cultivated@pilot_area.before }}。\n'
        "<% endif %>\n\n\n\n<% for y in years() %>\n- << y >>年{{ investment@project.year:<< y >> }}\n"
        "<% endfor %>\n"
    )
    text = drafted("x", desk, DictLoader({"x.md": template}))
    assert text == (
        "耕地{{ cultivated@pilot_area.before }}。\n\n"
        + "".join(f"- {y}年{{{{ investment@project.year:{y} }}}}\n" for y in (2026, 2027, 2028))
    )
    assert drafted("y", desk, DictLoader({})) == ""
    with pytest.raises(UndefinedError):
        drafted("x", desk, DictLoader({"x.md": "<< nothing >>"}))


def test_every_chapter_has_a_template() -> None:
    assert {f"{n:02d}" for n in range(9)} <= set(draft_names())
