"""The list of the submission tells what is there and what lacks; the package proves itself to a stranger."""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from tiny_plan import Draft, tiny_plan

from fangtian.assess import Dossier, assess
from fangtian.catalog.finding import Finding
from fangtian.catalog.quantity import quantities
from fangtian.catalog.submission import submission_items
from fangtian.deliver.manifest import MANIFEST_FILE, origin_head, write_manifest
from fangtian.deliver.origin import Origin, origin_of
from fangtian.deliver.package import build
from fangtian.deliver.submission import (
    CHECKLIST_FILE,
    NOTE_FILE,
    SUBMISSION_FILE,
    SUMS_FILE,
    ChecklistItem,
    Status,
    attachment_members,
    checklist,
    lacking,
    write_checklist,
    write_submission,
)
from fangtian.deliver.verify.sealed import read_sealed
from fangtian.deliver.verify.submission import check_checklist, check_submission
from fangtian.errors import DeliverError
from fangtian.facts.book import FactBook
from fangtian.facts.switches import SPECIAL_CHAPTERS
from fangtian.plan.folder import open_plan
from fangtian.units import Area

ON = date(2026, 3, 1)
GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "submission.md"
WRITTEN = (
    "实施方案.docx", "附表.xlsx",
    "附图/土地利用现状图.pdf", "附图/土地利用规划图.pdf", "附图/项目建设规划总图.pdf",
    "数据库/方案数据库.gpkg", "坐标/整治区域.txt", "检查报告.html", "专章/永久基本农田调整方案.docx",
    "专章/三区三线局部优化方案.docx", "专章/城乡建设用地增减挂钩方案.docx",
)  # fmt: skip
ATTACHMENTS = """
[attachments]
village_resolution = "attachments/村集体决议.pdf"
department_opinions = ["attachments/农业/意见.pdf", "attachments/水务/意见.PDF"]
hearing = "attachments/empty.pdf"
"""


def attach(root: Path) -> None:
    for name in ("村集体决议.pdf", "农业/意见.pdf", "水务/意见.PDF"):
        (root / "attachments" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "attachments" / name).write_bytes(name.encode() * 50)
    (root / "attachments/empty.pdf").write_bytes(b"")


def pilot(draft: Draft) -> None:
    """Under the pilot rules, which ask for a hearing too."""
    draft.toml = draft.toml.replace("gansu-measures-2025", "pilot-2021") + ATTACHMENTS
    draft.extra.append(attach)


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    return assess(open_plan(tiny_plan(tmp_path_factory.mktemp("plan"), pilot)), ON)


@pytest.fixture(scope="module")
def finished(dossier: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with the list and the package; read only."""
    out, origin = tmp_path_factory.mktemp("finished") / "build", origin_of(dossier)
    build(dossier, out)
    names = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    names.remove(MANIFEST_FILE)
    for name in (CHECKLIST_FILE, SUBMISSION_FILE):
        if name in names:
            names.remove(name)
    items = checklist(dossier, names)
    write_checklist(out / CHECKLIST_FILE, items, origin)
    names.append(CHECKLIST_FILE)
    write_submission(out / SUBMISSION_FILE, out, names, attachment_members(items), origin)
    write_manifest(out, [*names, SUBMISSION_FILE], {**origin_head(origin), "complete": True})
    return out


@pytest.fixture
def copied(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "build"))


def entry(items: Sequence[ChecklistItem], name: str) -> ChecklistItem:
    return next(item for item in items if item.item.id == name)


SCOPES = {
    "ownership_adjusted": "project.before", "pbf_adjusted": "project.before",
    "eco_redline_adjusted": "project.before", "village_types": "pilot_area.before",
}  # fmt: skip


def stated(dossier: Dossier, **facts: str | int | None) -> Dossier:
    """Under the measures of 2025, with some facts as given: words, counts, areas; None leaves a fact out."""
    addresses = {f"{key}@{SCOPES.get(key, 'pilot_area.planned')}": value for key, value in facts.items()}
    book = FactBook()
    for fact in dossier.book:
        if fact.address not in addresses:
            book.add(replace(fact, derivation=None))
    for address, value in addresses.items():
        if value is not None:
            key, _, where = address.partition("@")
            scope, _, phase = where.partition(".")
            kind = Area if quantities()[key].value_type == "area" else type(value)
            book.measure((key, scope, phase), kind(value), "手工", "手工")
    plan = replace(dossier.plan, regimes=("gansu-measures-2025",))
    return replace(dossier, survey=replace(dossier.survey, plan=plan), book=book)


# ── 清单 ────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_written_attached_and_lacking_is_told(dossier: Dossier) -> None:
    items = checklist(dossier, WRITTEN)
    assert [item.number for item in items] == list(range(1, len(items) + 1))
    assert entry(items, "plan_text").status is Status.WRITTEN
    assert entry(items, "plan_text").files == ("01_文本/实施方案.docx",)
    assert entry(items, "village_resolution").status is Status.ATTACHED
    assert entry(items, "villager_opinions").status is Status.LACKING
    assert entry(items, "villager_opinions").note == entry(items, "villager_opinions").item.remedy
    assert entry(items, "review_opinions").status is Status.LATER


def test_an_empty_file_is_not_evidence(dossier: Dossier) -> None:
    items = checklist(dossier, WRITTEN)
    assert entry(items, "hearing").status is Status.LACKING
    assert "attachments/empty.pdf" in entry(items, "hearing").note
    found = [item for item in lacking(items) if item.code == "PKG-empty"]
    assert [item.place.file for item in found] == ["attachments/empty.pdf"]


def test_only_what_binds_the_plan_is_asked(dossier: Dossier) -> None:
    ids = {item.item.id for item in checklist(dossier, ())}
    assert {"hearing", "planning_or_commitment"} <= ids
    assert not {"city_review", "stakeholder_opinions", "construction_map"} & ids
    plan = replace(dossier.plan, regimes=("gansu-measures-2025",))
    measured = replace(dossier, survey=replace(dossier.survey, plan=plan))
    ids = {item.item.id for item in checklist(measured, ())}
    assert {"city_review", "stakeholder_opinions", "construction_map"} <= ids
    assert not {"hearing", "planning_or_commitment"} & ids
    for item in checklist(measured, ()):
        assert all(basis.instrument.regime != "pilot-2021" for basis in item.basis)


NO_PEOPLE = {"demolished_houses": 0, "moved_households": 0}
OFF, NEEDED = Status.NOT_NEEDED, Status.LACKING


@pytest.mark.parametrize(
    ("facts", "name", "status"),
    [
        ({"ownership_adjusted": "否"}, "rights_approval", OFF),
        ({"ownership_adjusted": "是"}, "rights_approval", NEEDED),
        ({"demolition_area": 1000000, **NO_PEOPLE}, "demolition_consents", OFF),
        (
            {"demolition_area": 1000000, **NO_PEOPLE, "moved_households": 1},
            "demolition_consents",
            NEEDED,
        ),
        (
            {"demolition_area": 1000000, **NO_PEOPLE, "demolished_houses": 2},
            "demolition_consents",
            NEEDED,
        ),
        ({"demolition_area": 1000000, "demolished_houses": None}, "demolition_consents", NEEDED),
        ({"village_types": "集聚提升（2个）"}, "relocation_arrangement", OFF),
        ({"village_types": "集聚提升（1个）、搬迁撤并（1个）"}, "relocation_arrangement", NEEDED),
        ({"unused_reclaimed_area": 0}, "unused_land_proof", OFF),
        ({"unused_reclaimed_area": 1000000}, "unused_land_proof", NEEDED),
        ({"demolition_area": 1000000, "new_construction_area": 0}, "linked_chapter", OFF),
        ({"demolition_area": 1000000, "new_construction_area": 1000000}, "linked_chapter", NEEDED),
    ],
)
def test_facts_switch_items_on_and_off(dossier: Dossier, facts: dict, name: str, status: Status) -> None:
    found = entry(checklist(stated(dossier, **facts), ()), name)
    assert found.status is status
    assert (found.note == found.item.condition.absent) is (status is OFF)


def test_planning_is_in_doubt_while_the_layout_changes(dossier: Dossier) -> None:
    """No change of the village plan is filed: not needed where nothing moves, else to be confirmed."""
    moved = {"pbf_adjusted": "是", "eco_redline_adjusted": "否"}
    still = {"pbf_adjusted": "否", "eco_redline_adjusted": "否"}
    nothing = {"urban_boundary_changed_area": 0, "new_construction_area": 0}
    found = entry(checklist(stated(dossier, **moved, **nothing), ()), "planning_approval")
    assert found.status is NEEDED and "是否需要修改规划待确认" in found.note
    found = entry(checklist(stated(dossier, **still, **nothing), ()), "planning_approval")
    assert found.status is OFF and found.note == found.item.condition.absent


def test_a_remedy_names_only_the_matters_that_hold(dossier: Dossier) -> None:
    facts = {"pbf_adjusted": "是", "eco_redline_adjusted": "否", "ownership_adjusted": "是"}
    facts |= {"urban_boundary_changed_area": 1000000, "new_construction_area": 0}
    found = entry(checklist(stated(dossier, **facts), ()), "adjustment_proofs")
    assert found.status is NEEDED
    assert "附永久基本农田布局优化、城镇开发边界优化、土地权属调整的报批文件" in found.note
    nothing = dict.fromkeys(("pbf_adjusted", "eco_redline_adjusted"), "否")
    nothing |= {"urban_boundary_changed_area": 0, "new_construction_area": 0, "ownership_adjusted": None}
    found = entry(checklist(stated(dossier, **nothing), ()), "adjustment_proofs")
    assert found.status is NEEDED and found.note.startswith(
        "没有填写或者没有提供数据，不能判定是否涉及土地权属调整；"
    )
    assert "{" not in found.note


@pytest.mark.parametrize("fact", ["ownership_adjusted", "village_types"])
def test_a_fact_that_is_missing_is_not_a_no(dossier: Dossier, fact: str) -> None:
    name = {"ownership_adjusted": "rights_approval", "village_types": "relocation_arrangement"}[fact]
    found = entry(checklist(stated(dossier, **{fact: None}), ()), name)
    assert found.status is Status.LACKING and "未填写" in found.note


def test_chapters_are_those_that_the_build_writes() -> None:
    chapters = {item.condition.chapter for item in submission_items().values() if item.condition} - {""}
    assert chapters == set(SPECIAL_CHAPTERS)
    for chapter in chapters:
        items = [item for item in submission_items().values() if item.matches(f"专章/{chapter}.docx")]
        assert [item.condition.chapter for item in items] == [chapter]


def test_a_chapter_that_is_there_counts_whatever_the_facts_say(dossier: Dossier) -> None:
    items = checklist(stated(dossier, ownership_adjusted="否"), ("专章/土地权属调整方案.docx",))
    assert entry(items, "rights_chapter").status is Status.WRITTEN


def test_each_required_proof_that_lacks_is_a_warning(dossier: Dossier) -> None:
    items = checklist(dossier, WRITTEN)
    found = [item for item in lacking(items) if item.code == "PKG-missing"]
    named = {item.place.field.removeprefix("[attachments] ") for item in found}
    wanted = {i.item.id for i in items if i.status is Status.LACKING and i.item.required}
    assert named == {name for name in wanted if submission_items()[name].kind == "attachment"}
    assert "villager_opinions" in named and "village_resolution" not in named
    for item in found:
        assert item.severity.value == "warning" and item.place.file == "plan.toml"
        assert item.values["item"] in item.remedy and "《" in item.message and "。。" not in item.message


def test_what_the_build_did_not_write_is_one_warning(dossier: Dossier) -> None:
    found = [item for item in lacking(checklist(dossier, ())) if item.code == "PKG-not-built"]
    assert len(found) == 1 and "实施方案文本" in found[0].message
    full = [
        *WRITTEN,
        *(f"专章/{n}.docx" for n in ("零星分散低效用地整合方案", "土地权属调整方案", "拆迁汇总表")),
    ]
    assert "PKG-not-built" not in {item.code for item in lacking(checklist(dossier, full))}


def test_names_in_the_package_fit_every_system(dossier: Dossier) -> None:
    root = dossier.plan.root
    names = ['意见:"一"?.pdf', "résolution.pdf", "Résolution.PDF", "同名/意见.pdf", "意见.pdf"]
    paths = []
    for name in names:
        path = root / "attachments" / "odd" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
        paths.append(path)
    plan = replace(dossier.plan, attachments={"department_opinions": tuple(paths)})
    odd = replace(dossier, survey=replace(dossier.survey, plan=plan))
    members = attachment_members(checklist(odd, ()))
    last = [member.rsplit("/", 1)[1] for member in members]
    assert last == [
        "意见__一__.pdf",
        "r\u00e9solution.pdf",
        "R\u00e9solution（2）.PDF",
        "意见.pdf",
        "意见（2）.pdf",
    ]
    assert list(members.values()) == paths
    folders = {member.rsplit("/", 1)[0] for member in members}
    number = entry(checklist(odd, ()), "department_opinions").number
    assert folders == {f"07_证明材料/{number:02d}_县级有关部门意见和证明文件"}


# ── 报送清单.xlsx ───────────────────────────────────────────────────────────────────────────────────────


def test_the_list_prints_every_item_once(finished: Path, dossier: Dossier) -> None:
    sheet = openpyxl.load_workbook(finished / CHECKLIST_FILE).active
    rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    header = next(n for n, row in enumerate(rows) if row[0] == "序号")
    assert rows[header] == ["序号", "材料名称", "依据", "是否必需", "状态", "文件", "备注（补办说明）"]
    numbered = [row for row in rows if row[0].isdigit()]
    items = checklist(dossier, ())
    assert [row[1] for row in numbered] == [item.item.title for item in items]
    assert {row[4] for row in numbered} <= {str(status) for status in Status}
    assert any(row[0].startswith("报送单位（盖章）") for row in rows)
    assert any("尚缺" in row[0] for row in rows)


def test_the_list_reads_like_an_official_paper(finished: Path) -> None:
    """Dates in words, no line that begins with a closing sign, nothing that only machines read."""
    sheet = openpyxl.load_workbook(finished / CHECKLIST_FILE).active
    texts = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert any("评判日期：2026年3月1日" in text for text in texts)
    assert not [text for text in texts if re.search(r"\n[，。、；：）》”]|[（《“]\n", text)]
    assert not [text for text in texts if ".json" in text]


def test_the_list_is_the_same_each_time(dossier: Dossier, tmp_path: Path) -> None:
    items, origin = checklist(dossier, WRITTEN), origin_of(dossier)
    for name in ("a.xlsx", "b.xlsx"):
        write_checklist(tmp_path / name, items, origin)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_another_seal_on_the_list_is_noticed(finished: Path, dossier: Dossier, tmp_path: Path) -> None:
    sealed, _ = read_sealed(finished)
    assert list(check_checklist(finished / CHECKLIST_FILE, CHECKLIST_FILE, sealed)) == []
    write_checklist(tmp_path / "x.xlsx", (), replace(origin_of(dossier), seal="0" * 64))
    found = list(check_checklist(tmp_path / "x.xlsx", CHECKLIST_FILE, sealed))
    assert [item.code for item in found] == ["DEL-seal-differs"] * 2


# ── 备案包.zip ──────────────────────────────────────────────────────────────────────────────────────────


def package_of(build: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(build / SUBMISSION_FILE)


def test_the_package_holds_everything_in_its_folder(finished: Path) -> None:
    with package_of(finished) as archive:
        members = archive.namelist()
        assert members[:-1] == sorted(members[:-1]) and members[-1] == SUMS_FILE
        assert {CHECKLIST_FILE, NOTE_FILE, "02_附表/附表.xlsx", "08_检查/facts.json"} <= {*members}
        assert f"08_检查/{MANIFEST_FILE}" not in members
        proofs = [name for name in members if name.startswith("07_证明材料/")]
        assert len(proofs) == 3 and not [name for name in proofs if "empty" in name]
        assert archive.read("02_附表/附表.xlsx") == (finished / "附表.xlsx").read_bytes()
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.filename.isascii() or info.flag_bits & 0x800, "the name says that it is UTF-8"
            packed = info.filename.lower().endswith((".xlsx", ".pdf", ".docx", ".png"))
            assert info.compress_type == (zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)


def test_the_package_is_the_same_each_time(finished: Path, dossier: Dossier, tmp_path: Path) -> None:
    names = [p.relative_to(finished).as_posix() for p in finished.rglob("*") if p.is_file()]
    names = [name for name in names if name not in (MANIFEST_FILE, SUBMISSION_FILE)]
    attached = attachment_members(checklist(dossier, names))
    backwards = dict(reversed(attached.items()))
    write_submission(tmp_path / "x.zip", finished, names[::-1], backwards, origin_of(dossier))
    assert (tmp_path / "x.zip").read_bytes() == (finished / SUBMISSION_FILE).read_bytes()


def test_a_folder_is_packed_file_by_file(finished: Path, dossier: Dossier, tmp_path: Path) -> None:
    database = tmp_path / "build" / "数据库" / "方案.gdb"
    database.mkdir(parents=True)
    for name in ("a00000001.gdbtable", "gdb", "x.lock"):
        (database / name).write_bytes(name.encode())
    write_submission(tmp_path / "x.zip", tmp_path / "build", ["数据库/方案.gdb"], {}, origin_of(dossier))
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.namelist() == [
            "04_数据库/方案.gdb/a00000001.gdbtable", "04_数据库/方案.gdb/gdb", NOTE_FILE, SUMS_FILE
        ]  # fmt: skip


def test_two_files_for_one_place_are_refused(dossier: Dossier, tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_bytes(b"{}")
    with pytest.raises(DeliverError, match=r"facts\.json"):
        clash = {"08_检查/facts.json": tmp_path / "facts.json"}
        write_submission(tmp_path / "x.zip", tmp_path, ["facts.json"], clash, origin_of(dossier))


def test_big_files_are_streamed(dossier: Dossier, tmp_path: Path) -> None:
    with (tmp_path / "big.gdb").open("wb") as file:
        file.truncate(200 * 2**20)
    tracemalloc.start()
    write_submission(tmp_path / "x.zip", tmp_path, ["big.gdb"], {}, origin_of(dossier))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 2**20


# ── 十行核对 ────────────────────────────────────────────────────────────────────────────────────────────


def ten_lines(build: Path, folder: Path) -> Path:
    """What a stranger copies out of the note, between its two rules."""
    with package_of(build) as archive:
        text = archive.read(NOTE_FILE).decode("utf-8-sig")
    code = text.replace("\r\n", "\n").split("-" * 64 + "\n")[1]
    assert len(code.splitlines()) == 10
    script = folder / "核对.py"
    script.write_text(code, encoding="utf-8")
    return script


def run(script: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(script), str(target)]
    environment = {"PYTHONUTF8": "1", **os.environ}
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)


@pytest.fixture
def unzipped(finished: Path, tmp_path: Path) -> Path:
    with package_of(finished) as archive:
        archive.extractall(tmp_path / "unzipped")
    return tmp_path / "unzipped"


def test_ten_lines_verify_package_and_folder(finished: Path, unzipped: Path, tmp_path: Path) -> None:
    script = ten_lines(finished, tmp_path)
    for target in (finished / SUBMISSION_FILE, unzipped):
        outcome = run(script, target)
        assert (outcome.returncode, outcome.stderr) == (0, "") and "核对无误" in outcome.stdout


@pytest.mark.parametrize("change", ["byte", "removed", "added", "sums"])
def test_ten_lines_name_what_changed_in_the_folder(
    finished: Path, unzipped: Path, tmp_path: Path, change: str
) -> None:
    script, victim = ten_lines(finished, tmp_path), unzipped / "08_检查" / "facts.json"
    name = "08_检查/facts.json"
    if change == "byte":
        victim.write_bytes(victim.read_bytes()[:-2] + b"}\r")
    elif change == "removed":
        victim.unlink()
    elif change == "added":
        name = "07_证明材料/塞进来的.pdf"
        (unzipped / name).write_bytes(b"")
    else:
        sums = (unzipped / SUMS_FILE).read_text(encoding="utf-8").splitlines(keepends=True)
        (unzipped / SUMS_FILE).write_text(
            "".join(line for line in sums if name not in line), encoding="utf-8"
        )
    outcome = run(script, unzipped)
    assert outcome.returncode == 1 and name in outcome.stderr and len(outcome.stderr.splitlines()) == 1


def test_ten_lines_catch_any_changed_byte_of_contents(finished: Path, tmp_path: Path) -> None:
    """In the zip itself: at random places of the stored contents."""
    script, good = ten_lines(finished, tmp_path), (finished / SUBMISSION_FILE).read_bytes()
    with package_of(finished) as archive:
        spans = [(i.header_offset + 30 + len(i.filename.encode()), i) for i in archive.infolist()]
    chance = random.Random(7)
    for _ in range(6):
        start, info = chance.choice([s for s in spans if s[1].filename != SUMS_FILE])
        spoilt = bytearray(good)
        spoilt[start + chance.randrange(info.compress_size)] ^= 1 << chance.randrange(8)
        (tmp_path / "x.zip").write_bytes(spoilt)
        outcome = run(script, tmp_path / "x.zip")
        assert outcome.returncode == 1 and info.filename in outcome.stderr, info.filename


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_sha256sum_reads_the_sums(unzipped: Path) -> None:
    command = ["sha256sum", "-c", "--strict", SUMS_FILE]
    outcome = subprocess.run(command, cwd=unzipped, capture_output=True, encoding="utf-8", check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


# ── verify ──────────────────────────────────────────────────────────────────────────────────────────────


def checked(folder: Path) -> list[Finding]:
    sealed, _ = read_sealed(folder)
    return list(check_submission(folder / SUBMISSION_FILE, SUBMISSION_FILE, sealed))


def rewritten(folder: Path, change: dict[str, bytes | None], fresh_sums: bool = False) -> list[Finding]:
    """The findings after some members were replaced, added or (None) left out."""
    with package_of(folder) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents = {name: data for name, data in {**contents, **change}.items() if data is not None}
    if fresh_sums:
        lines = (f"{hashlib.sha256(d).hexdigest()}  {n}\n" for n, d in contents.items() if n != SUMS_FILE)
        contents[SUMS_FILE] = "".join(lines).encode()
    with zipfile.ZipFile(folder / SUBMISSION_FILE, "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return checked(folder)


def test_a_finished_package_agrees_with_its_build(finished: Path, copied: Path) -> None:
    assert checked(finished) == []
    (copied / MANIFEST_FILE).unlink()
    assert checked(copied) == [], "also without the manifest, against the files themselves"


@pytest.mark.parametrize("fresh", [False, True])
def test_a_member_that_is_not_the_file_is_named(copied: Path, fresh: bool) -> None:
    (found,) = rewritten(copied, {"02_附表/附表.xlsx": b"PK another"}, fresh)
    assert (found.code, found.place.file, found.place.layer) == (
        "PKG-differs", SUBMISSION_FILE, "02_附表/附表.xlsx"
    )  # fmt: skip


@pytest.mark.parametrize("fresh", [False, True])
def test_a_member_that_is_missing_is_named(copied: Path, fresh: bool) -> None:
    (found,) = rewritten(copied, {"08_检查/facts.json": None}, fresh)
    assert found.code == "PKG-absent" and "facts.json" in found.message


@pytest.mark.parametrize("member", ["07_证明材料/99_伪造/决议.pdf", "09_别的/a.txt", "08_检查/b.txt"])
def test_a_member_that_nobody_knows_is_named(copied: Path, member: str) -> None:
    (found,) = rewritten(copied, {member: b"forged"}, fresh_sums=True)
    assert found.code == "PKG-extra" and member in found.message


def test_a_proof_is_the_one_that_was_sealed(copied: Path) -> None:
    with package_of(copied) as archive:
        member = next(name for name in archive.namelist() if "决议" in name)
    (found,) = rewritten(copied, {member: b"another decision"}, fresh_sums=True)
    assert found.code == "PKG-extra" and member in found.message


def test_a_wrong_sum_and_missing_sums_are_named(copied: Path, finished: Path) -> None:
    with package_of(copied) as archive:
        sums = archive.read(SUMS_FILE).decode()
    line = next(line for line in sums.splitlines() if line.endswith("facts.json"))
    (found,) = rewritten(copied, {SUMS_FILE: sums.replace(line, "0" * 64 + line[64:]).encode()})
    assert found.code == "PKG-sum-differs" and "facts.json" in found.message
    (found,) = rewritten(copied, {SUMS_FILE: (sums + "0" * 64 + "  08_检查/x.json\n").encode()})
    assert found.code == "PKG-absent" and "x.json" in found.message
    (found,) = rewritten(copied, {SUMS_FILE: None})
    assert found.code == "PKG-sums-missing"


def test_another_note_is_noticed(copied: Path) -> None:
    (found,) = rewritten(copied, {NOTE_FILE: b"print('all is well')"}, fresh_sums=True)
    assert found.code == "PKG-differs" and found.place.layer == NOTE_FILE


def test_damage_is_one_finding_for_the_member(copied: Path) -> None:
    with package_of(copied) as archive:
        info = archive.getinfo("08_检查/facts.json")
    data = bytearray((copied / SUBMISSION_FILE).read_bytes())
    data[info.header_offset + 30 + len(info.filename.encode()) + 9] ^= 0xFF
    (copied / SUBMISSION_FILE).write_bytes(data)
    found = checked(copied)
    assert [(item.code, item.place.layer) for item in found] == [("PKG-broken", "08_检查/facts.json")]


def test_a_file_changed_in_the_build_is_not_reported_twice(copied: Path) -> None:
    (copied / "附表.xlsx").write_bytes(b"PK saved by somebody")
    assert checked(copied) == []


def test_the_note_says_whose_package_it_is(finished: Path, dossier: Dossier) -> None:
    origin: Origin = origin_of(dossier)
    with package_of(finished) as archive:
        raw = archive.read(NOTE_FILE)
    assert raw.startswith(b"\xef\xbb\xbf") and b"\r\n" in raw and b"\n" not in raw.replace(b"\r\n", b"")
    text = raw.decode("utf-8-sig")
    assert all(word in text for word in (origin.plan, origin.unit, origin.seal, "2026年3月1日"))


@pytest.mark.skipif(not all(map(shutil.which, ("unzip", "sha256sum", "sh"))), reason="no unzip or sha256sum")
def test_the_commands_of_the_guide_work(finished: Path, tmp_path: Path) -> None:
    (commands,) = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    shutil.copy(finished / SUBMISSION_FILE, tmp_path)
    locale = {**os.environ, "LC_ALL": "C.UTF-8"}
    outcome = subprocess.run(
        ["sh", "-ec", commands], cwd=tmp_path, env=locale, capture_output=True, check=False
    )
    assert outcome.returncode == 0, outcome.stderr.decode()


def test_the_guide_names_every_state_and_folder(finished: Path) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    with package_of(finished) as archive:
        folders = {name.split("/")[0] for name in archive.namelist() if "/" in name}
    assert all(f"| {word} |" in text for word in (*map(str, Status), *folders))
