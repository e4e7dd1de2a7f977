"""Packs hold together, and a pack that does not is refused with one clear sentence."""

import ast
import inspect
import re
import textwrap
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangtian.catalog.quantity import quantities
from fangtian.errors import LawError
from fangtian.law.kinds import Modality, Served
from fangtian.law.listing import norm_rows
from fangtian.law.need import SLOT, limit_value
from fangtian.law.norm import Status, load_packs, norms, packs_folder, read_packs, read_toml
from fangtian.law.rules import THEMES, rule, rule_of, rules
from fangtian.law.schema import Validity

EVIDENCE_SETS = {
    "redline_removed",
    "cultivated_lost",
    "construction_added",
    "redline_construction",
    "redline_ecological_lost",
    "pbf_out",
    "pbf_in",
    "urban_boundary_changed",
    "grade_missing",
    "unused_reclaimed",
    "cultivated_grade_down",
    "class_changed",
    "ecological_lost",
    "existing_overlap",
    "grass_built",
    "illegal_use_unhandled",
    "landscape_on_cultivated",
    "new_cultivated_redline",
    "new_cultivated_steep",
    "new_cultivated_unsurveyed_ridges",
    "new_cultivated_urban",
    "new_cultivated_water",
    "new_cultivated_wetland",
    "new_cultivated_wood",
    "pbf_built",
    "pbf_in_apart",
    "pbf_in_redline",
    "pbf_in_steep",
    "pbf_in_uncultivated",
    "pbf_in_unstable",
    "pbf_in_urban",
    "pbf_out_sound",
    "pbf_out_unreasoned",
    "pbf_out_urban",
    "slope_missing",
    "space_changed",
    "unused_unproven",
    "water_built",
    "water_surface_lost",
    "wetland_built",
    "wetland_lost",
    "wood_built",
    "wood_lost",
}
UNITS = {
    "ha": ("公顷",),
    "ha_mean": ("公顷",),
    "grade": ("等",),
    "level": ("级",),
    "wan": ("万元",),
    "percent": ("%",),
    "year": ("年",),
    "years": ("年",),
    "count": ("年", "个", "块", "处", "宗", "条", "项", "户", "人"),
}
COMPUTED = [norm for norm in norms() if norm.served is Served.COMPUTED]


def code_lines(function) -> int:
    """Lines from ``def`` to the end, without decorators and docstring."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    docstring = tree.body[0].end_lineno - tree.body[0].lineno + 1
    return tree.end_lineno - tree.lineno + 1 - docstring


class TestShippedPacks:
    def test_every_computed_norm_has_one_function_and_every_function_one_norm(self):
        assert set(rules()) == {norm.id for norm in COMPUTED if not norm.tightens}
        assert len(set(rules().values())) == len(rules())

    def test_a_norm_that_tightens_another_is_decided_by_its_function(self):
        for norm in norms():
            if norm.tightens:
                assert norm.id not in rules()
                assert rule_of(norm) is rules()[norm.tightens]

    def test_nothing_but_a_computed_norm_has_a_function(self):
        assert not [norm.id for norm in norms() if rule_of(norm) and norm.served is not Served.COMPUTED]

    @pytest.mark.parametrize("function", list(rules().values()), ids=lambda function: function.__name__)
    def test_a_rule_is_short_and_says_what_it_measures(self, function):
        assert code_lines(function) <= 15
        assert re.match(r"[\u4e00-\u9fff]+", function.__doc__)

    def test_no_limit_is_written_in_a_rule(self):
        for theme in THEMES:
            numbers = [
                node.value
                for node in ast.walk(ast.parse(inspect.getsource(theme)))
                if isinstance(node, ast.Constant) and isinstance(node.value, int | float)
            ]
            assert set(numbers) <= {0}, theme.__name__

    def test_every_fact_a_norm_needs_is_in_the_catalogue(self):
        for norm in norms():
            assert {need.key for need in (*norm.needs, *norm.cites)} <= set(quantities())

    def test_every_evidence_set_is_one_that_the_engine_makes(self):
        assert {name for norm in norms() for name in norm.evidence} <= EVIDENCE_SETS

    def test_no_pack_holds_a_binary_float(self):
        for pack in packs_folder().iterdir():
            files = [pack / "instruments.toml", *(pack / "norms").iterdir(), *(pack / "cases").iterdir()]
            for file in filter(lambda file: file.is_file(), files):
                read_toml(file, "instrument", "continues", "norm", "interpretation", "case")

    def test_numbers_in_the_words_come_from_facts_or_from_the_law(self):
        for norm in COMPUTED:
            tests = [text for test in norm.tested.values() for text in (test.bound, test.fails)]
            for words in (norm.wording.says, norm.wording.holds, norm.wording.absent, *tests):
                without_slots = SLOT.sub("", words).replace("1等最优", "").replace("1 + ", "")
                assert not re.search(r"\d", without_slots), words

    def test_every_number_in_the_words_is_followed_by_its_unit(self):
        for norm in COMPUTED:
            forms = {need.name: quantities()[need.key].form for need in norm.needs}
            tests = [text for test in norm.tested.values() for text in (test.bound, test.fails)]
            for words in (norm.wording.says, norm.wording.holds, *tests):
                for name, after in re.findall(r"\{([^{}]+)\}(..?|$)", words):
                    if name in forms:
                        assert after.startswith(UNITS[forms[name]]), words

    def test_what_the_words_leave_open_is_interpreted_for_every_computed_norm(self):
        for norm in COMPUTED:
            assert [item for item in norm.interpretations if norm.id in item.norms], norm.id

    def test_unheld_instruments_are_known_and_judge_nothing(self):
        unheld = {item.number: item for item in load_packs() if item.status is Status.UNCONFIRMED}
        assert set(unheld) == {
            "自然资发〔2024〕149号",
            "自然资办发〔2024〕57号",
            "自然资源部 农业农村部令第17号",
        }
        assert not [norm for norm in norms() if norm.instrument.status is Status.UNCONFIRMED]

    def test_of_a_secondhand_instrument_a_person_decides_and_nothing_is_refused(self):
        (points,) = [item for item in load_packs() if item.status is Status.SECONDHAND]
        assert (points.number, points.sha256, points.in_force) == ("自然资生态修复函〔2020〕37号", "", None)
        mine = [norm for norm in norms() if norm.instrument == points]
        assert {norm.modality for norm in mine} == {Modality.JUDGEMENT}
        assert all(norm.role for norm in mine)

    def test_a_second_function_for_one_norm_is_refused(self):
        with pytest.raises(LawError, match="已有函数"):
            rule(COMPUTED[0].id)(lambda facts, limits: None)


class TestListing:
    def test_lists_every_norm_and_every_unheld_instrument(self):
        rows = norm_rows()
        assert sorted(row["id"] for row in rows if row["article"]) == sorted(norm.id for norm in norms())
        assert sum(row["status"] == "unconfirmed" for row in rows) == 3

    def test_norms_of_an_instrument_stand_together_in_the_order_of_its_articles(self):
        articles = [row["article"] for row in norm_rows("gansu-measures-2025")]
        shown = [number for number, _ in groupby(re.match("第?[^条]+条?", text)[0] for text in articles)]
        assert len(shown) == len(set(shown)) == 41  # 题头 and forty articles
        assert shown[:4] == ["题头", "第一条", "第二条", "第三条"]
        assert shown[-1] == "第四十条"

    def test_has_the_same_columns_and_only_text_in_every_row(self):
        rows = norm_rows()
        assert len({tuple(row) for row in rows}) == 1
        assert all(isinstance(value, str) for row in rows for value in row.values())

    def test_says_who_sees_to_a_norm_unless_it_is_computed_or_advice(self):
        for row in norm_rows():
            silent = row["served"] in ("", "computed", "advised")
            assert bool(row["served_by"]) is not silent, row["id"]

    def test_an_unheld_instrument_is_a_row_without_words_of_law(self):
        (row,) = norm_rows("guide-2024")
        found = (row["number"], row["status"], row["quote"])
        assert found == ("自然资办发〔2024〕57号", "unconfirmed", "")

    @pytest.mark.parametrize("pack", ["gansu", "national", "pilot-2021", "outline-2021"])
    def test_narrows_to_a_pack_a_regime_or_an_instrument(self, pack):
        known = [item for item in load_packs() if pack in (item.pack, item.regime, item.id)]
        mine = [norm.id for norm in norms() if norm.instrument in known]
        assert sorted(row["id"] for row in norm_rows(pack) if row["article"]) == sorted(mine)
        assert 0 < len(mine) < len(norms())

    def test_an_unknown_pack_is_refused_with_the_known_ones(self):
        with pytest.raises(LawError, match=r"没有规则包“gansuu”.*gansu"):
            norm_rows("gansuu")


@given(st.integers(0, 4000))
def test_validity_is_half_open(days):
    day = date(2022, 1, 1) + timedelta(days=days)
    measures = next(item for item in load_packs() if item.id == "gansu-measures-2025")
    assert measures.in_force.holds_on(day) is (date(2025, 7, 23) <= day <= date(2030, 7, 22))


def test_a_validity_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="必须晚于"):
        Validity.model_validate({"from": date(2025, 7, 23), "until": date(2025, 7, 23)})


@given(st.decimals(0, 1000, allow_nan=False, places=3))
def test_limits_are_read_exactly(number):
    assert limit_value(f"{number}%") * 100 == limit_value(str(number)) == Fraction(number)


@pytest.mark.parametrize("text", ["", "5 %", "百分之五", "-5%", "1/20", "5e-2", "%", "5%%"])
def test_a_limit_that_is_no_plain_number_is_refused(text):
    with pytest.raises(ValueError, match="限值"):
        limit_value(text)


GOOD = """
[instrument]
id = "demo-2025"
title = "示范办法"
issuer = "示范厅"
regime = "demo"
in_force = { from = 2025-01-01 }
source = "demo.txt"
sha256 = "00"

[[norm]]
id = "demo-2025/1-area"
article = "第一条"
title = "耕地"
quote = "原则上不少于5%"
modality = "presumptive"
subject = "方案"
scopes = ["pilot_area"]
needs = ["cultivated_area.before"]
limits = { share_min = "5%" }
role = "县级"
requirements = ["X-001"]
[norm.wording]
says = "{scope}耕地{cultivated_area.before}公顷"
holds = "不少于{limits.share_min}"
[norm.tested."cultivated_area.before"]
bound = "≥ {limits.share_min}"
fails = "太少"
"""


def write_pack(root, text, name="demo.toml"):
    folder = root / "demo" / "norms"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return root


class TestHostilePacks:
    def test_a_good_pack_is_read(self, tmp_path):
        (instrument,), (norm,) = read_packs(write_pack(tmp_path, GOOD))
        assert (instrument.pack, norm.citation) == ("demo", "《示范办法》第一条")
        assert norm.limit_values == {"share_min": Fraction(1, 20)}

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("modality =", "modalty =", r"norm 第1条 modalty：不认识的键，最接近的是 modality"),
            ("[instrument]", "[instruments]", r"instruments：不认识的键，最接近的是 instrument"),
            ('{ share_min = "5%" }', "{ share_min = 0.05 }", r"norm\.1\.limits\.share_min：数值须写成字符串"),
            ('{ share_min = "5%" }', '{ share_min = "5 %" }', r"限值“5 %”不是数"),
            ('{ share_min = "5%" }', "{ share_min = 5 }", r"值 5 不合要求"),
            ('"presumptive"', '"原则上"', r"modality：值 '原则上' 不合要求"),
            ('["cultivated_area.before"]', '["cultivated_aera.before"]', r"指标不在 quantities.toml 中"),
            ('["cultivated_area.before"]', '["cultivated_area.after"]', r"范围或阶段不认识"),
            ('["cultivated_area.before"]', '["village_names.before"]', r"是文字，不能比较"),
            ('["cultivated_area.before"]', '["cultivated_area"]', r"不是事实地址"),
            ('["pilot_area"]', '["pilot"]', r"scopes 不认识：pilot"),
            ('["pilot_area"]', "[]", r"scopes：值"),
            ("{scope}", "{place}", r"措辞中的插槽没有来历：place"),
            ('tested."cultivated_area.before"', 'tested."pbf_area.before"', r"tested 的事实不在 needs 中"),
            ('role = "县级"\n', "", r"须写明 role"),
            ('id = "demo-2025/1-area"', 'id = "other/1-area"', r"id 应以“demo-2025/”开头"),
            ('quote = "原则上不少于5%"\n', "", r"quote：缺少此键"),
            ("in_force = { from = 2025-01-01 }\n", "", r"须写明 regime、in_force、source 和 sha256"),
            ("from = 2025-01-01", 'from = "2025-01-01"', r"in_force.from：值"),
            ("[[norm]]", "[[norm]", r"无法读取"),
        ],
    )
    def test_a_fault_is_named_with_file_place_and_remedy(self, tmp_path, old, new, words):
        assert old in GOOD
        with pytest.raises(LawError, match=words) as error:
            read_packs(write_pack(tmp_path, GOOD.replace(old, new, 1)))
        assert "demo.toml" in str(error.value)

    def test_all_faults_are_named_at_once(self, tmp_path):
        broken = GOOD.replace('title = "示范办法"\n', "").replace("article =", "artikle =")
        broken += '[[interpretation]]\nquestion = "？"\nchoice = "是"\n'
        with pytest.raises(LawError) as error:
            read_packs(write_pack(tmp_path, broken))
        assert all(word in str(error.value) for word in ("instrument title", "interpretation 第1条 reason"))

    def test_an_interpretation_of_no_norm_is_refused(self, tmp_path):
        text = (
            GOOD
            + '[[interpretation]]\nnorms = ["demo-2025/2"]\nquestion = "？"\nchoice = "是"\nreason = "因"\n'
        )
        with pytest.raises(LawError, match="没有条文 demo-2025/2"):
            read_packs(write_pack(tmp_path, text))

    def test_two_instruments_of_one_name_are_refused(self, tmp_path):
        write_pack(tmp_path, GOOD)
        with pytest.raises(LawError, match="文件编号重复：demo-2025"):
            read_packs(write_pack(tmp_path, GOOD, "second.toml"))

    def test_a_file_in_another_encoding_is_refused(self, tmp_path):
        write_pack(tmp_path, "")
        (tmp_path / "demo/norms/demo.toml").write_bytes(GOOD.encode("gb18030"))
        with pytest.raises(LawError, match="UTF-8"):
            read_packs(tmp_path)

    def test_a_held_instrument_is_not_listed_as_known_only(self, tmp_path):
        (tmp_path / "demo").mkdir()
        held = GOOD.split("[[norm]]", maxsplit=1)[0].replace("[instrument]", "[[instrument]]")
        (tmp_path / "demo/instruments.toml").write_text(held, encoding="utf-8")
        with pytest.raises(LawError, match="只登记未持有全文的文件"):
            read_packs(tmp_path)
