"""Whoever changes one digit of a finished file is told which fact, which file and which place."""

from __future__ import annotations

import json
import random
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import openpyxl
import pytest

from fangtian.catalog.finding import Finding
from fangtian.deliver.database.checks import table_digests
from fangtian.deliver.verify import verify
from fangtian.deliver.verify.database import check_database, check_findings_layer
from fangtian.deliver.verify.sealed import read_sealed
from fangtian.facts.fact import Derivation, Fact
from fangtian.units import Area

Spoil = Callable[[str, str, str], Path]
WORKBOOK, DATABASE, LAYER = "附表.xlsx", "数据库/方案数据库.gpkg", "findings.gpkg"
REPORT, FACTS, JUDGED, MANIFEST = "检查报告.html", "facts.json", "findings.json", "manifest.json"
FILES = (WORKBOOK, DATABASE, LAYER, REPORT, FACTS, JUDGED, MANIFEST)
AREA = "cultivated_area@pilot_area.before"


def next_digit(text: str) -> str:
    """The text with its last digit raised by one, 9 to 0."""
    place = max(i for i, c in enumerate(text) if c.isdigit() and c.isascii())
    return text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]


def shown(finished: Path, address: str) -> dict[str, str]:
    facts = json.loads((finished / FACTS).read_text(encoding="utf-8"))["facts"]
    return next(fact for fact in facts if fact["address"] == address)


def messages(folder: Path) -> list[str]:
    return [f"{item.place} {item.message}" for item in verify(folder).findings]


@pytest.fixture(scope="module")
def finished(plain: Path) -> Path:
    """Maps and Word files have tests of their own."""
    return plain


def test_every_file_prints_the_seal(finished: Path) -> None:
    seal = verify(finished).seal
    for name in (REPORT, FACTS, JUDGED, MANIFEST):
        assert seal in (finished / name).read_text(encoding="utf-8"), name
    for name in (DATABASE, LAYER):
        with closing(sqlite3.connect(finished / name)) as database:
            assert (seal,) in database.execute('SELECT "内容" FROM "封印"').fetchall(), name
    with zipfile.ZipFile(finished / WORKBOOK) as archive:
        assert seal in archive.read("docProps/custom.xml").decode()


# ── facts.json ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("field", ["value", "digest", "shown", "source", "scope"])
def test_a_changed_fact_is_named_with_its_address_and_line(spoil: Spoil, finished: Path, field: str) -> None:
    fact = shown(finished, AREA)
    old = fact[field]
    new = next_digit(old) if any(c.isdigit() for c in old) else old + "1"
    text = (finished / FACTS).read_text(encoding="utf-8")
    start = text.index(f'"address": "{AREA}"')
    head, record = text[:start], text[start:]
    folder = spoil(
        FACTS, head + record, head + record.replace(f'"{field}": "{old}"', f'"{field}": "{new}"', 1)
    )
    (found,) = verify(folder).findings
    line = head.count("\n") + 1
    assert found.place.file == FACTS
    assert AREA in found.message and "耕地面积" in found.message
    named = [int(number) for number in re.findall(r"第 ?(\d+) ?行", f"{found.place} {found.message}")]
    assert any(line - 1 <= number <= line + 15 for number in named), found.message


def test_a_changed_seal_is_named_in_each_file_that_prints_it(spoil: Spoil, finished: Path) -> None:
    seal = verify(finished).seal
    for name in (REPORT, FACTS, JUDGED, MANIFEST):
        folder = spoil(name, seal, next_digit(seal))
        found = [item for item in verify(folder).findings if item.place.file == name]
        assert [item.code for item in found] == ["DEL-seal-differs"], (name, found)
        shutil.copy(finished / name, folder / name)


def test_facts_that_contradict_each_other_are_refused_even_with_fresh_digests(copied: Path) -> None:
    document = json.loads((copied / FACTS).read_text(encoding="utf-8"))
    entry = next(fact for fact in document["facts"] if fact["address"] == "total_area@pilot_area.before")
    value = Area(int(entry["value"]) + 1)
    entry["value"] = str(int(value))
    derived = entry["derivation"]
    derivation = Derivation(derived["kind"], tuple(derived["operands"])) if derived else None
    printed = None if entry["printed"] is None else Area(int(entry["printed"]))
    origin = entry["source"], entry["method"], derivation, printed
    entry["digest"] = Fact("total_area", "pilot_area", "before", value, "", *origin).digest
    (copied / FACTS).write_text(json.dumps(document, ensure_ascii=False, indent=2), encoding="utf-8")
    codes = {item.code for item in verify(copied).findings if item.place.file == FACTS}
    assert codes == {"DEL-facts-contradict"}


# ── 附表.xlsx ─────────────────────────────────────────────────────────────────────────────────────────────


def tagged_cells(finished: Path) -> list[tuple[str, str, str, str]]:
    book = openpyxl.load_workbook(finished / WORKBOOK)
    rows = list(book["_事实"].iter_rows(min_row=2, values_only=True))
    return [row for row in rows if isinstance(book[row[0]][row[1]].value, int | float)]


@pytest.mark.parametrize("part", range(6))
def test_a_changed_cell_is_named_with_its_fact(copied: Path, finished: Path, part: int) -> None:
    cells = tagged_cells(finished)
    sheet, cell, address, printed = cells[part * (len(cells) - 1) // 5]
    book = openpyxl.load_workbook(copied / WORKBOOK)
    changed = next_digit(printed)
    book[sheet][cell].value = float(changed)
    book.save(copied / WORKBOOK)
    (found,) = [item for item in verify(copied).findings if item.code == "DEL-number-differs"]
    assert found.place.file == WORKBOOK
    assert found.place.feature == address
    assert f"{sheet}!{cell}" in found.message
    assert printed in found.message and changed in found.message


def test_changed_words_hidden_rows_and_strays_of_the_workbook_are_named(copied: Path) -> None:
    book = openpyxl.load_workbook(copied / WORKBOOK)
    sheet = book.worksheets[0]
    sheet["A1"].value = "附表11"
    sheet["Z99"].value = 5
    book["_事实"]["D3"].value = "0.0001"
    book.save(copied / WORKBOOK)
    found = messages(copied)
    assert any(f"{sheet.title}!A1" in message and "附表11" in message for message in found)
    assert any(f"{sheet.title}!Z99" in message for message in found)
    assert any("_事实!D3" in message and "@" in message for message in found)


def test_a_number_format_that_hides_decimals_is_named(copied: Path, finished: Path) -> None:
    sheet, cell, *_ = next(row for row in tagged_cells(finished) if "." in row[3])
    book = openpyxl.load_workbook(copied / WORKBOOK)
    book[sheet][cell].number_format = "0"
    book.save(copied / WORKBOOK)
    assert any(f"{sheet}!{cell} 数字格式" in message for message in messages(copied))


# ── databases ────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The database for editing, without the triggers that call functions of GDAL."""
    with closing(sqlite3.connect(path)) as database, database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        yield database


def columns_of(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as database:
        tables = [
            name
            for (name,) in database.execute("SELECT table_name FROM gpkg_contents ORDER BY 1")
            if name not in ("校验", "layer_styles")
        ]
        found = []
        for table in tables:
            columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
            found += [(table, column) for column in columns if column not in ("fid", "geom")]
        return found


@pytest.mark.parametrize(("name", "check"), [(DATABASE, check_database), (LAYER, check_findings_layer)])
def test_a_digit_in_any_column_of_any_layer_is_named_with_row_and_field(
    finished: Path, tmp_path: Path, name: str, check: Callable[..., Iterable[Finding]]
) -> None:
    sealed, _ = read_sealed(finished)
    for table, column in columns_of(finished / name):
        path = Path(shutil.copy(finished / name, tmp_path))
        with opened(path) as database:
            rows = database.execute(f'SELECT rowid, "{column}" FROM "{table}"').fetchall()
            row, value = next(((r, v) for r, v in rows if re.search(r"[0-9]", str(v))), rows[-1])
            changed = next_digit(str(value)) if re.search(r"[0-9]", str(value)) else f"{value}7"
            database.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (changed, row))
        found = list(check(path, name, sealed))
        told = [item.message for item in found]
        assert {item.place.file for item in found} == {name}
        where = re.compile(rf"第 ?{row} ?行")
        assert any(table in text and where.search(text) for text in told), (table, column, told)
        assert table == "封印" or any(column in text for text in told), (table, column, told)
        assert len(found) <= 12, told


def test_a_changed_fact_in_the_database_is_named_by_its_address(copied: Path) -> None:
    with opened(copied / DATABASE) as database:
        database.execute('UPDATE "指标" SET "显示值" = ? WHERE "地址" = ?', ("1.2345", AREA))
    (found,) = verify(copied).findings
    assert found.code == "DEL-number-differs"
    assert found.place.feature == AREA
    assert "显示值" in found.message and "1.2345" in found.message and "指标 第" in found.message


def test_an_area_changed_together_with_its_digests_still_misses_the_sealed_sum(copied: Path) -> None:
    with opened(copied / DATABASE) as database:
        database.execute('UPDATE "DLTB" SET "TBDLMJ" = "TBDLMJ" + 0.01 WHERE rowid = 1')
        code = database.execute('SELECT "DLBM" FROM "DLTB" WHERE rowid = 1').fetchone()[0]
        digests = table_digests(database, "DLTB")
        for place, digest in {**digests.rows, **digests.columns}.items():
            database.execute(
                'UPDATE "校验" SET "校验码" = ? WHERE "图层" = ? AND "位置" = ?', (digest, "DLTB", place)
            )
    found = verify(copied).findings
    assert {item.code for item in found} == {"DEL-sum-differs"}
    assert any(f"class_area[{code}]@pilot_area.before" == item.place.feature for item in found)


def test_a_lost_row_a_lost_table_and_a_changed_shape_are_named(copied: Path) -> None:
    with opened(copied / DATABASE) as database:
        database.execute('DROP TABLE "来源"')
        database.execute("DELETE FROM gpkg_contents WHERE table_name = '来源'")
        database.execute('DELETE FROM "字段字典" WHERE rowid = 3')
        database.execute('UPDATE "ZZDK" SET geom = (SELECT geom FROM "ZZDK" WHERE rowid = 2) WHERE rowid = 1')
    found = messages(copied)
    assert any("来源" in message and "整表缺失" in message for message in found)
    assert any("字段字典" in message and "第 3 行" in message for message in found)
    assert any("ZZDK" in message and "geom" in message and "图形" in message for message in found)


def test_a_changed_digest_is_told_from_a_changed_row(copied: Path) -> None:
    with opened(copied / DATABASE) as database:
        database.execute('UPDATE "校验" SET "校验码" = \'0\' WHERE "图层" = \'DLTB\' AND "位置" = \'2\'')
    (found,) = verify(copied).findings
    assert found.code == "DEL-check-changed" and "DLTB" in found.message


# ── 检查报告.html, findings.json, manifest.json ───────────────────────────────────────────────────────────


def test_a_changed_number_of_the_report_is_named_with_fact_and_line(spoil: Spoil, finished: Path) -> None:
    text = shown(finished, AREA)["shown"]
    mark = f'data-fact="{AREA}">'
    page = (finished / REPORT).read_text(encoding="utf-8")
    folder = spoil(REPORT, f"{mark}{text}", f"{mark}{next_digit(text)}")
    (found,) = verify(folder).findings
    assert found.code == "DEL-number-differs" and found.place.feature == AREA
    line = page[: page.index(f"{mark}{text}")].count("\n") + 1
    assert f"第{line}行" in found.message


@pytest.mark.parametrize(
    "pattern", [r'd="M\d+', r"<dd>20\d\d年</dd>", r"<td><code>[0-9a-f]{64}", r"font: 1\d"]
)
def test_any_other_digit_of_the_report_is_named_by_its_line(copied: Path, pattern: str) -> None:
    path = copied / REPORT
    page = path.read_text(encoding="utf-8")
    match = re.search(pattern, page)
    assert match, pattern
    path.write_bytes((page[: match.start()] + next_digit(match.group()) + page[match.end() :]).encode())
    (found,) = verify(copied).findings
    line = page[: match.end()].count("\n") + 1
    assert found.code == "DEL-line-changed" and f"第 {line} 行" in found.message


def test_a_changed_number_in_a_sentence_of_the_findings_is_named(copied: Path) -> None:
    document = json.loads((copied / JUDGED).read_text(encoding="utf-8"))
    index, judged = next((i, j) for i, j in enumerate(document["judgements"]) if j["facts"])
    text, used = (copied / JUDGED).read_text(encoding="utf-8"), judged["facts"][0]
    old = judged["sentence"]
    new = old.replace(used["shown"], next_digit(used["shown"]))
    (copied / JUDGED).write_bytes(text.replace(f'"sentence": "{old}', f'"sentence": "{new}', 1).encode())
    (found,) = verify(copied).findings
    assert found.code == "DEL-number-differs" and found.place.feature == used["address"]
    assert f"judgements[{index}].sentence" in found.message


@pytest.mark.parametrize(
    ("name", "old", "path"),
    [
        (JUDGED, '"base_year": 2024', "base_year"),
        (JUDGED, "62052300000000001", "findings[0]"),
        (JUDGED, '"article": "第五条', "judgements[0]"),
        (FACTS, '"base_year": 2024', "base_year"),
        (FACTS, "2028\n", "period[1]"),
        (MANIFEST, '"fangtian": "0.1.0', "fangtian"),
        (MANIFEST, '"size": ', "files[0]"),
    ],
)
def test_a_changed_record_is_named_by_path_and_line(spoil: Spoil, name: str, old: str, path: str) -> None:
    new = next_digit(old) if re.search(r"\d", old) else old + "1"
    (found,) = verify(spoil(name, old, new)).findings
    assert found.code == "DEL-record-changed", found.message
    assert f"的 {path}" in found.message and "第 0 行" not in found.message


# ── any digit ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", FILES)
def test_any_flipped_digit_anywhere_is_found_in_the_right_file_and_without_a_flood(
    finished: Path, tmp_path: Path, name: str
) -> None:
    chance = random.Random(name)
    for number in range(3):
        folder = Path(shutil.copytree(finished, tmp_path / str(number)))
        flip(folder / name, chance)
        found = verify(folder).findings
        assert found, number
        assert {item.place.file for item in found} == {name}
        assert len(found) <= 12, [item.message for item in found]
        shutil.rmtree(folder)


@pytest.mark.parametrize("other", [b"a00000091.gdbtable", b"a00000002.gdbtable"])
def test_a_file_whose_name_was_changed_in_the_manifest_is_not_called_a_stray(
    copied: Path, other: bytes
) -> None:
    path = copied / MANIFEST
    path.write_bytes(path.read_bytes().replace(b"a00000001.gdbtable", other, 1))
    (found,) = verify(copied).findings
    assert found.code == "DEL-record-changed" and found.place.file == MANIFEST


def flip(path: Path, chance: random.Random) -> None:
    """One ASCII digit changes; in a workbook, inside one of its packed parts."""
    if path.suffix != ".xlsx":
        path.write_bytes(flipped(path.read_bytes(), chance))
        return
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([name for name, content in parts.items() if re.search(rb"[0-9]", content)])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, flipped(content, chance) if part == name else content)


def flipped(content: bytes, chance: random.Random) -> bytes:
    place = chance.choice([match.start() for match in re.finditer(rb"[0-9]", content)])
    digit = (content[place] - 48 + chance.randint(1, 9)) % 10
    return content[:place] + str(digit).encode() + content[place + 1 :]


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "noise", "folder"])
def test_a_damaged_file_is_a_finding_and_never_a_traceback(copied: Path, name: str, damage: str) -> None:
    path = copied / name
    content = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "missing":
        cut = content[: len(content) // 2]
        path.write_bytes({"empty": b"", "cut": cut, "noise": bytes(range(256)) * 9}[damage])
    found = verify(copied).findings
    assert found and all(item.message and item.remedy for item in found)
    assert any(item.place.file == name for item in found)


@pytest.mark.parametrize(
    "content", ["[]", "{}", "null", '{"facts": 5}', '{"facts": [1, null]}', '{"files": [3]}']
)
@pytest.mark.parametrize("name", [FACTS, JUDGED, MANIFEST])
def test_json_of_another_shape_is_a_finding(copied: Path, name: str, content: str) -> None:
    (copied / name).write_text(content, encoding="utf-8")
    assert any(item.place.file == name for item in verify(copied).findings)


def test_a_file_of_another_build_or_from_elsewhere_is_noticed(copied: Path) -> None:
    (copied / "附图.pdf").write_bytes(b"%PDF")
    found = verify(copied).findings
    assert [(item.code, item.place.file) for item in found] == [("DEL-file-extra", "附图.pdf")]


def test_a_folder_without_a_build_says_so(tmp_path: Path) -> None:
    (found,) = verify(tmp_path).findings
    assert found.code == "DEL-no-build" and "fangtian build" in found.remedy
