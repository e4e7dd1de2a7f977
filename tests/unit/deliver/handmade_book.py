"""手工事实簿。A small but complete book, written by hand: every table has rows, gaps and odd cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from fangtian.catalog.land_class import level1_of
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED, Fact, Value, year_phase
from fangtian.units import Area, Money

YEARS = (2026, 2027, 2028)
VILLAGES = {"620525102201": "上磨村", "620525102202": "李家[南]村"}
CLASSES_BEFORE = {
    "0304": 31_234_567,
    "1106": 2_100_033,
    "0102": 812_345_651,
    "0103": 4_998_765_433,
    "0201": 120_000_049,
    "0201K": 15_432_101,
    "0301": 2_345_678_949,
    "0305": 310_049_951,
    "0404": 876_543_211,
    "0602": 44_444_444,
    "0702": 498_765_432,
    "08H2": 33_333_333,
    "09": 5_000_001,
    "1003": 71_111_117,
    "1006": 62_222_229,
    "1101": 95_000_000,
    "1104A": 4_400_017,
    "1107": 12_345_678,
    "1203": 402_345_611,
    "1206": 61_000_051,
}
MOVES = {
    "0404": -123_450_017,
    "0702": -88_123_456,
    "0602": -44_444_444,
    "1203": -20_111_111,
    "1206": -41_000_051,
    "0102": 260_000_063,
    "0103": -30_000_007,
    "0101": 55_128_994,
    "0301": 32_000_029,
}


class Writer:
    """Writes facts into a book with a source nobody reads."""

    def __init__(self) -> None:
        self.book = FactBook()

    def put(self, key: str, scope: str, phase: str, value: Value, member: str = "") -> Fact:
        return self.book.measure((key, scope, phase, member), value, "手工", "手工")

    def total(self, key: str, scope: str, phase: str, parts: Sequence[Fact], member: str = "") -> Fact:
        return self.book.derive("sum", (key, scope, phase, member), parts)


def rich_book() -> FactBook:
    """A whole project."""
    writer = Writer()
    _words(writer)
    _structure(writer, "pilot_area", 1)
    _structure(writer, "consolidation_area", 3)
    _county(writer)
    _goals(writer)
    _existing(writer)
    _subprojects(writer)
    _new_cultivated(writer)
    _basic_farmland(writer)
    _construction(writer)
    return writer.book


def _words(writer: Writer) -> None:
    words = {
        "project_name": "甘肃省张家川县龙山镇全域土地综合整治项目",
        "center_coordinates": "东经106°12′33″，北纬34°59′40″",
        "pbf_adjusted": "是",
        "ownership_adjusted": "否",
        "eco_redline_adjusted": "否",
        "distinctive_features": "以流域为单元统筹农用地整理与生态修复。" * 12,
        "expected_benefits": "新增耕地提高粮食产能；腾退建设用地保障产业发展。\n群众满意度达到95%以上。",
        "negative_list_statement": "经逐项自查，不存在负面清单所列情形。",
    }
    for key, value in words.items():
        writer.put(key, "project", BEFORE, value)
    numbers = {"period_start": 2026, "period_end": 2028, "period_years": 3, "base_year": 2024}
    for key, number in numbers.items():
        writer.put(key, "project", BEFORE, number)
    writer.put("village_planning_approved", "project", BEFORE, "2021-12-20", "已有")
    writer.put("village_names", "pilot_area", BEFORE, "、".join(VILLAGES.values()))
    writer.put("village_types", "pilot_area", BEFORE, "集聚提升（1个）、特色保护（1个）")
    writer.put("households", "pilot_area", BEFORE, 1234)
    writer.put("population", "pilot_area", BEFORE, 5021)
    for code, name in VILLAGES.items():
        writer.put("village_names", f"village:{code}", BEFORE, name)


def _structure(writer: Writer, scope: str, divisor: int) -> None:
    before = {code: value // divisor for code, value in CLASSES_BEFORE.items()}
    moves = {code: value // 3 if divisor > 1 else value for code, value in MOVES.items()}
    moves["0404"] -= sum(moves.values())
    codes = sorted({*before, *moves}, key=lambda code: (level1_of(code), code))
    for phase, values in (
        (BEFORE, before),
        (PLANNED, {c: before.get(c, 0) + moves.get(c, 0) for c in codes}),
    ):
        _phase(writer, scope, phase, {code: values.get(code, 0) for code in codes})
    book = writer.book
    for kind, members in (
        ("class", codes),
        ("level1", sorted({level1_of(c) for c in codes})),
        ("total", [""]),
    ):
        for member in members:
            _changes(book, scope, kind, member)


def _phase(writer: Writer, scope: str, phase: str, areas: Mapping[str, int]) -> None:
    leaves: dict[str, list[Fact]] = {}
    for code, value in areas.items():
        leaves.setdefault(level1_of(code), []).append(
            writer.put("class_area", scope, phase, Area(value), code)
        )
    heads = [writer.total("level1_area", scope, phase, parts, head) for head, parts in leaves.items()]
    total = writer.total("total_area", scope, phase, heads)
    writer.book.apportion(total, heads)
    for head, parts in zip(heads, leaves.values(), strict=True):
        writer.book.apportion(head, parts)


def _changes(book: FactBook, scope: str, kind: str, member: str) -> None:
    total = {phase: book[f"total_area@{scope}.{phase}"] for phase in (BEFORE, PLANNED)}
    suffix = f"[{member}]" if member else ""
    area = {phase: book[f"{kind}_area{suffix}@{scope}.{phase}"] for phase in (BEFORE, PLANNED)}
    shares = {
        phase: book.derive("ratio", (f"{kind}_share", scope, phase, member), [area[phase], total[phase]])
        for phase in (BEFORE, PLANNED)
    }
    for name, pair in (("area", area), ("share", shares)):
        operands = [pair[PLANNED], pair[BEFORE]]
        book.derive("difference", (f"{kind}_{name}_change", scope, PLANNED, member), operands)


def _county(writer: Writer) -> None:
    for key, hectares in {
        "total_area": "131150.12",
        "agricultural_area": "118000.5",
        "cultivated_area": "49000.33",
        "pbf_area": "40123.4567",
        "construction_area": "7012.0001",
        "unused_area": "6137.6199",
    }.items():
        writer.put(key, "county", BEFORE, Area.of_ha(hectares))


def _goals(writer: Writer) -> None:
    for scope, divisor in (("pilot_area", 1), ("consolidation_area", 3)):
        for key, value in {
            "agricultural_area": 9_000_000_000,
            "cultivated_area": 5_811_111_084,
            "pbf_area": 4_012_345_678,
            "construction_area": 652_654_327,
            "unused_area": 200_000_051,
            "eco_redline_area": 1_000_000_049,
        }.items():
            writer.put(key, scope, BEFORE, Area(value // divisor))
        writer.put("cultivated_grade_mean", scope, BEFORE, Fraction(1113, 100))
        for key, (before, planned) in {
            "cultivated_patch_count": (412, 301),
            "pbf_patch_count": (288, 240),
        }.items():
            writer.put(key, scope, BEFORE, before)
            writer.put(key, scope, PLANNED, planned)
        for key, value in {
            "agricultural_consolidation_area": 800_000_000,
            "construction_consolidation_area": 132_567_900,
            "unused_consolidation_area": 41_000_051,
            "ecological_restoration_area": 300_000_000,
            "new_ecological_area": 12_000_000,
            "quality_improved_area": 500_000_049,
            "net_new_cultivated_area": 300_129_050,
            "pbf_increase_area": 11_000_000,
        }.items():
            writer.put(key, scope, PLANNED, Area(value // divisor))
        writer.put("pbf_increase_ratio", scope, PLANNED, Fraction(11, 120))
        writer.put("new_cultivated_ratio", scope, PLANNED, Fraction(523, 10000))
        writer.put("quality_grade_gain", scope, PLANNED, Fraction(3, 10))
    parts = [
        writer.book[f"{kind}_consolidation_area@consolidation_area.planned"]
        for kind in ("agricultural", "construction", "unused")
    ]
    writer.total("consolidation_scale_area", "consolidation_area", PLANNED, parts)


def _existing(writer: Writer) -> None:
    rows = [
        ("龙山镇高标准农田建设项目", "县农业农村局", "验收", "210.5", "315.755", 2021),
        ("上磨村增减挂钩项目", "县自然资源局", "在建", "12.33335", "80", 2023),
    ]
    for number, (name, department, status, hectares, wan, year) in enumerate(rows, 1):
        scope = f"existing:{number}"
        for key, value in {
            "name": name,
            "department": department,
            "applicant": department,
            "approver": "市发展改革委",
            "location": "上磨村",
            "plots": f"JY-{number}",
            "status": status,
        }.items():
            writer.put(f"existing_{key}", scope, BEFORE, value)
        writer.put("existing_scale", scope, BEFORE, Area.of_ha(hectares))
        writer.put("existing_year", scope, BEFORE, year)
        fiscal = writer.put("existing_fiscal", scope, BEFORE, Money.of_wan(wan))
        social = writer.put("existing_social", scope, BEFORE, Money.of_wan("10.005"))
        total = writer.total("existing_investment", scope, BEFORE, [fiscal, social])
        writer.book.apportion(total, [fiscal, social])
    for name in ("scale", "investment", "fiscal", "social"):
        facts = [writer.book[f"existing_{name}@existing:{number}.before"] for number in (1, 2)]
        writer.total(f"existing_{name}", "project", BEFORE, facts)


def _subprojects(writer: Writer) -> None:
    for number, (kind, hectares) in enumerate(
        (("农用地整理", "800.00004"), ("建设用地整理", "132.5"), ("乡村生态保护修复", "300")), 1
    ):
        scope = f"subproject:ZXM{number * 5}"
        words = {
            "name": f"龙山镇{kind}子项目",
            "kind": kind,
            "department": "县自然资源局",
            "applicant": "龙山镇人民政府",
            "approver": "县发展改革局",
            "location": "上磨村、李家村",
            "content": "土地平整、灌溉与排水、田间道路、农田防护与生态环境保持工程",
            "plots": "、".join(f"DK{n}" for n in range(1, 3 + 8 * number)),
        }
        for key, value in words.items():
            writer.put(f"subproject_{key}", scope, PLANNED, value)
        writer.put("subproject_scale", scope, PLANNED, Area.of_ha(hectares))
        writer.put("subproject_start", scope, PLANNED, 2026)
        writer.put("subproject_acceptance", scope, PLANNED, 2028)
        parts = [
            writer.put("investment_fiscal", scope, PLANNED, Money.of_wan("1200.125")),
            writer.put("investment_social", scope, PLANNED, Money.of_wan("333.33")),
        ]
        writer.total("investment", scope, PLANNED, parts)
    scopes = ("subproject:ZXM5", "subproject:ZXM10", "subproject:ZXM15")
    for key in ("subproject_scale", "investment_fiscal", "investment_social", "investment"):
        writer.total(key, "project", PLANNED, [writer.book[f"{key}@{scope}.planned"] for scope in scopes])


def _new_cultivated(writer: Writer) -> None:
    rows = []
    for plot, value in (("DK10", 101_234_549), ("DK2", 88_123_456), ("DK1", 140_882_162), ("DK3", 0)):
        rows.append(writer.put("new_cultivated_area", f"plot:{plot}", PLANNED, Area(value)))
        writer.put("plot_location", f"plot:{plot}", PLANNED, "上磨村")
        writer.put("plot_source", f"plot:{plot}", PLANNED, "其他草地、农村宅基地")
        writer.put("plot_subproject", f"plot:{plot}", PLANNED, "龙山镇农用地整理子项目")
        if plot != "DK2":
            writer.put("plot_grade", f"plot:{plot}", PLANNED, 10)
    total = writer.total("new_cultivated_area", "pilot_area", PLANNED, rows)
    writer.book.apportion(total, rows)
    writer.total("new_cultivated_area", "consolidation_area", PLANNED, [total])


def _basic_farmland(writer: Writer) -> None:
    blocks = {
        "新增": ("pbf_added_area", {"YR1": 11_000_000}),
        "新划定": ("pbf_newly_designated_area", {"YR2": 60_000_033, "YR10": 59_999_967}),
        "调整": ("pbf_out_area", {"YC1": 70_000_049, "YC2": 49_999_951}),
    }
    for block, (key, plots) in blocks.items():
        rows, classes = [], {}
        kind = "pbf_out" if block == "调整" else "pbf_in"
        for plot, value in plots.items():
            rows.append(writer.put(key, f"{kind}:{plot}", PLANNED, Area(value)))
            for phase in (BEFORE, PLANNED):
                for code, share in (("0101", 0), ("0102", value // 3), ("0103", value - value // 3)):
                    fact = writer.put("pbf_class_area", f"{kind}:{plot}", phase, Area(share), code)
                    classes.setdefault((phase, code), []).append(fact)
        writer.total(key, "pilot_area", PLANNED, rows)
        for (phase, code), facts in classes.items():
            writer.total("pbf_class_area", "pilot_area", phase, facts, f"{block}:{code}")
    book = writer.book
    book.derive(
        "ratio",
        ("pbf_added_ratio", "pilot_area", PLANNED),
        [book["pbf_added_area@pilot_area.planned"], book["pbf_out_area@pilot_area.planned"]],
    )
    writer.put("plot_note", "pbf_out:YC1", PLANNED, "零星")


AREAS = {
    ("demolition_area", ""): 132_567_900,
    ("reclaimed_cultivated_area", ""): 88_123_456,
    ("reclaimed_class_area", "0101"): 0,
    ("reclaimed_class_area", "0102"): 0,
    ("reclaimed_class_area", "0103"): 88_123_456,
    ("reclaimed_ecological_area", ""): 40_000_000,
    ("reclaimed_other_area", ""): 4_444_444,
    ("new_construction_area", ""): 20_000_051,
    ("new_construction_use_area", "农民建房"): 12_000_051,
    ("new_construction_use_area", "基础设施"): 0,
    ("new_construction_use_area", "产业发展"): 8_000_000,
    ("new_construction_occupied_cultivated_area", ""): 1_234_567,
    ("new_construction_occupied_pbf_area", ""): 0,
    ("construction_added_area", ""): 20_000_051,
    ("construction_removed_area", ""): 132_567_900,
    ("reused_construction_area", ""): 9_000_000,
    ("reused_new_industry_area", ""): 3_333_333,
}
COUNTS = {"demolished_houses": 37, "moved_households": 35, "moved_people": 121}


def _construction(writer: Writer) -> None:
    items: dict[tuple[str, str], Value] = {key: Area(value) for key, value in AREAS.items()}
    items |= {(key, ""): value for key, value in COUNTS.items()}
    for (key, member), whole in items.items():
        _spread(writer, key, member, whole)
    for scope, divisor in (("pilot_area", 1), *((f"village:{code}", 2) for code in VILLAGES)):
        before = writer.book.find("construction_area", scope, BEFORE)
        before = before or writer.put("construction_area", scope, BEFORE, Area(652_654_327 // divisor))
        after = writer.put(
            "construction_area", scope, PLANNED, Area(int(before.value) - 112_567_849 // divisor)
        )
        writer.book.derive("difference", ("construction_area_change", scope, PLANNED), [after, before])
        writer.total("construction_area", scope, year_phase(2028), [after])
    writer.put("construction_area", "consolidation_area", PLANNED, Area(105_000_000))


def _spread(writer: Writer, key: str, member: str, whole: Value) -> None:
    """Equal thirds by year, halves by village; the odd rest goes to the first."""
    kind, number = type(whole), int(whole)
    cells: dict[tuple[str, int], Fact] = {}
    for v, code in enumerate(VILLAGES):
        for y, year in enumerate(YEARS):
            value = number // 6 + (number % 6 if v == y == 0 else 0)
            cells[code, year] = writer.put(key, f"village:{code}", year_phase(year), kind(value), member)
    for code in VILLAGES:
        writer.total(
            key, f"village:{code}", PLANNED, [fact for (c, _), fact in cells.items() if c == code], member
        )
    for year in YEARS:
        writer.total(
            key, "pilot_area", year_phase(year), [fact for (_, y), fact in cells.items() if y == year], member
        )
    writer.total(key, "pilot_area", PLANNED, list(cells.values()), member)
