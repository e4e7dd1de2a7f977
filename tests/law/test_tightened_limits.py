"""A lower pack may be as strict as the one above it or stricter, by every limit and by its modality."""

from __future__ import annotations

import pytest

from fangtian.errors import NormConflict
from fangtian.law.kinds import Modality
from fangtian.law.need import Need
from fangtian.law.norm import norms
from fangtian.law.tightening import INHERITED, inherited, require_stricter

NORMS = {norm.id: norm for norm in norms()}
MOST = NORMS["gansu-measures-2025/13.4-pbf-adjustment"]  # share_max, presumptive
LEAST = NORMS["outline-2021/4.1-new-cultivated"]  # share_min, presumptive


def below(parent, **changes):
    own = {"id": "city/1", "article": "第一条", "tightens": parent.id, **changes}
    return parent.model_copy(update=own)


def conflict(parent, child) -> str:
    with pytest.raises(NormConflict) as error:
        require_stricter([parent, child])
    assert parent.quote in str(error.value)
    assert str(error.value).endswith("。下位规定只能从严，不能放宽；请改正规则包。")
    return str(error.value)


@pytest.mark.parametrize(
    ("parent", "name", "stricter", "looser"),
    [
        (MOST, "share_max", ("0%", "4.999%", "5%"), "5.001%"),
        (LEAST, "share_min", ("5%", "5.001%", "6%"), "4.999%"),
    ],
    ids=["at most", "at least"],
)
def test_a_limit_may_be_the_same_or_stricter_and_not_looser_by_the_least(parent, name, stricter, looser):
    for value in stricter:
        require_stricter([parent, below(parent, limits={name: value})])
    said = conflict(parent, below(parent, limits={name: looser}))
    assert f"{name} 由 {parent.limits[name]} 放宽为 {looser}" in said


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({}, "限值应为 share_max，写的是 空"),
        ({"share_max": "5%", "years_max": "3"}, "限值应为 share_max，写的是 share_max、years_max"),
        ({"share_min": "5%"}, "限值应为 share_max，写的是 share_min"),
    ],
)
def test_the_limits_are_those_of_the_norm_above(limits, said):
    assert said in conflict(MOST, below(MOST, limits=limits))


def test_a_norm_without_limits_is_named_as_such():
    parent = NORMS["gansu-measures-2025/13.3-cultivated-area"]
    require_stricter([parent, below(parent)])
    said = conflict(parent, below(parent, limits={"share_min": "1%"}))
    assert "限值应为 空，写的是 share_min" in said


@pytest.mark.parametrize("parent", [Modality.JUDGEMENT, Modality.PRESUMPTIVE, Modality.MANDATORY])
@pytest.mark.parametrize("child", [Modality.JUDGEMENT, Modality.PRESUMPTIVE, Modality.MANDATORY])
def test_a_modality_binds_as_much_or_more(parent, child):
    order = [Modality.JUDGEMENT, Modality.PRESUMPTIVE, Modality.MANDATORY]
    above = MOST.model_copy(update={"modality": parent})
    under = below(above, modality=child)
    if order.index(child) >= order.index(parent):
        require_stricter([above, under])
    else:
        assert f"约束力由“{parent.chinese}”降为“{child.chinese}”" in conflict(above, under)


def test_what_tightens_nothing_known_is_a_conflict_and_what_tightens_nothing_is_none():
    require_stricter([MOST, LEAST])
    with pytest.raises(NormConflict, match=r"所从严的条文 outline-2021/99 不存在"):
        require_stricter([below(MOST, tightens="outline-2021/99")])


def test_every_conflict_is_named_at_once():
    children = [below(MOST, id=f"city/{n}", limits={"share_max": f"{n}%"}) for n in (6, 7)]
    with pytest.raises(NormConflict) as error:
        require_stricter([MOST, *children])
    assert "放宽为 6%" in str(error.value)
    assert "放宽为 7%" in str(error.value)


class TestInherited:
    def test_what_is_not_said_is_taken_over_with_the_function_of_the_norm_above(self):
        taken = inherited({"tightens": MOST.id}, NORMS)
        assert {name: taken[name] for name in INHERITED} == {name: getattr(MOST, name) for name in INHERITED}
        assert taken["rule"] == MOST.id
        assert taken["limits"] == MOST.limits

    def test_own_limits_take_the_place_of_those_above(self):
        assert inherited({"tightens": MOST.id, "limits": {"share_max": "4%"}}, NORMS)["limits"] == {
            "share_max": "4%"
        }
        assert inherited({"tightens": MOST.id, "limits": {}}, NORMS)["limits"] == MOST.limits

    def test_the_function_is_that_of_the_first_norm_of_a_line(self):
        middle = below(MOST, rule=MOST.id)
        assert inherited({"tightens": "city/1"}, {"city/1": middle})["rule"] == MOST.id

    def test_where_it_becomes_mandatory_nobody_decides_any_more(self):
        assert inherited({"tightens": MOST.id, "modality": "mandatory"}, NORMS)["role"] == ""
        assert inherited({"tightens": MOST.id, "modality": "presumptive"}, NORMS)["role"] == MOST.role != ""

    def test_a_norm_of_its_own_takes_nothing(self):
        assert inherited({}, NORMS) == {}
        assert inherited({"tightens": "none"}, NORMS) == {}


class TestNeed:
    def test_is_read_in_its_parts(self):
        assert Need.of("class_area[0103]@pilot_area.before") == Need(
            "class_area", "before", "pilot_area", "0103"
        )
        assert Need.of("pbf_area.planned") == Need("pbf_area", "planned", "", "")

    def test_is_called_without_its_place_and_found_at_the_place_that_is_judged(self):
        need = Need.of("class_area[0103].before")
        assert (need.name, need.address("county")) == (
            "class_area[0103].before",
            "class_area[0103]@county.before",
        )
        fixed = Need.of("pbf_area@pilot_area.planned")
        assert (fixed.name, fixed.address("county")) == ("pbf_area.planned", "pbf_area@pilot_area.planned")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("pbf_area", "不是事实地址"),
            ("pbf_aera.before", "不在 quantities.toml"),
            ("village_names.before", "是文字"),
            ("pbf_area@village.before", "范围或阶段"),
            ("pbf_area.after", "范围或阶段"),
        ],
    )
    def test_what_is_no_need_is_refused(self, text, words):
        with pytest.raises(ValueError, match=words):
            Need.of(text)

    def test_cannot_be_changed(self):
        with pytest.raises(AttributeError):
            Need.of("pbf_area.planned").phase = "before"
