"""A finished map is held against the sealed facts: what differs is named, what is right is left in peace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fangtian.assess import Dossier
from fangtian.catalog.finding import Finding
from fangtian.deliver.facts_file import FACTS_FILE, write_facts
from fangtian.deliver.json_text import write_json
from fangtian.deliver.maps import DrawnMap, sheet, sidecar
from fangtian.deliver.maps.draw import draw_map
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.themes import THEMES
from fangtian.deliver.pdf_text import pdf_parts, pdf_words
from fangtian.deliver.present import Presentation
from fangtian.deliver.verify.maps import SEAL_KEY, check_map, check_map_picture
from fangtian.deliver.verify.sealed import Sealed, read_sealed

TITLE = "新增耕地分布图"
NAME = f"附图/{TITLE}.pdf"
ADDRESS = "new_cultivated_area@plot:P01.planned"


@pytest.fixture(scope="module")
def sealed(scene: Scene, dossier: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    folder = tmp_path_factory.mktemp("sealed")
    write_facts(folder / FACTS_FILE, dossier.book, scene.presentation, scene.origin)
    result, findings = read_sealed(folder)
    assert not findings
    return result


def drawing(scene: Scene) -> DrawnMap:
    content = THEMES[TITLE](scene)
    assert content is not None
    return draw_map(scene, content, "A4")


@pytest.fixture(scope="module")
def right(scene: Scene) -> DrawnMap:
    return drawing(scene)


def changed(scene: Scene, address: str, text: str) -> Scene:
    shown = {**scene.presentation.shown, address: replace(scene.presentation[address], text=text)}
    return Scene(scene.dossier, Presentation(shown), scene.origin)


def filed(folder: Path, drawn: DrawnMap, beside: DrawnMap | None = None) -> Path:
    path = folder / f"{TITLE}.pdf"
    path.write_bytes(drawn.pdf)
    path.with_suffix(".png").write_bytes(drawn.png)
    write_json(path.with_suffix(".json"), sidecar(beside or drawn))
    return path


def check(path: Path, sealed: Sealed) -> list[Finding]:
    return list(check_map(path, NAME, sealed))


def test_both_sides_know_the_seal_of_a_picture_by_the_same_name() -> None:
    assert SEAL_KEY == sheet.SEAL_KEY


def test_a_map_as_drawn_agrees(tmp_path: Path, right: DrawnMap, sealed: Sealed) -> None:
    path = filed(tmp_path, right)
    assert check(path, sealed) == []
    assert list(check_map_picture(path.with_suffix(".png"), "x.png", sealed)) == []


def test_a_wrong_digit_on_the_page_is_named_with_its_fact_and_both_numbers(
    tmp_path: Path, scene: Scene, right: DrawnMap, sealed: Sealed
) -> None:
    true = scene.presentation.text(ADDRESS)
    wrong = true[:-1] + ("1" if true[-1] != "1" else "2")
    found = check(filed(tmp_path, drawing(changed(scene, ADDRESS, wrong)), right), sealed)
    assert [item.code for item in found] == ["DEL-number-differs"]
    assert found[0].place.feature == ADDRESS and found[0].place.file == NAME
    assert (found[0].values["printed"], found[0].values["sealed"]) == (wrong, true)


def test_a_wrong_digit_in_the_sidecar_is_named_with_its_line(
    tmp_path: Path, scene: Scene, right: DrawnMap, sealed: Sealed
) -> None:
    path = filed(tmp_path, right)
    beside = path.with_suffix(".json")
    true = scene.presentation.text(ADDRESS)
    text = beside.read_text(encoding="utf-8")
    at = text.index(true, text.index(f'"{ADDRESS}"'))
    beside.write_bytes((text[:at] + "9" + text[at + 1 :]).encode())
    found = check(path, sealed)
    assert [item.code for item in found] == ["DEL-number-differs"]
    assert found[0].place.file.endswith(".json") and found[0].place.field.startswith("第")


def test_a_foreign_seal_and_a_missing_sidecar_are_found(
    tmp_path: Path, right: DrawnMap, sealed: Sealed
) -> None:
    path = filed(tmp_path, right)
    other = replace(sealed, seal="0" * 64)
    assert {item.code for item in check(path, other)} == {"DEL-seal-differs"}
    assert [item.code for item in check_map_picture(path.with_suffix(".png"), "x.png", other)] == [
        "DEL-seal-differs"
    ]
    path.with_suffix(".json").unlink()
    assert [item.code for item in check(path, sealed)] == ["DEL-file-missing"]


def test_an_unknown_fact_in_the_sidecar_is_named(tmp_path: Path, right: DrawnMap, sealed: Sealed) -> None:
    path = filed(tmp_path, right)
    beside = path.with_suffix(".json")
    beside.write_text(beside.read_text(encoding="utf-8").replace("plot:P01", "plot:P99"), encoding="utf-8")
    assert [item.code for item in check(path, sealed)] == ["DEL-fact-unknown"]


def test_what_is_no_pdf_raises_for_the_verifier_to_report(tmp_path: Path, sealed: Sealed) -> None:
    path = tmp_path / "x.pdf"
    for content in (b"", b"%PDF-1.4 nothing", b"\x89PNG"):
        path.write_bytes(content)
        with pytest.raises(ValueError):
            pdf_words(path)
        with pytest.raises(ValueError):
            list(check_map_picture(path.rename(tmp_path / "y"), "y", sealed)) or pytest.fail("no png")


def test_parts_name_the_line_that_changed_and_nothing_else(
    tmp_path: Path, scene: Scene, right: DrawnMap
) -> None:
    before = pdf_parts(filed(tmp_path, right))
    (tmp_path / "b").mkdir()
    after = pdf_parts(filed(tmp_path / "b", drawing(changed(scene, "village_names@pilot_area.before", "x"))))
    assert before == after and "第1页图形" in before
    (tmp_path / "c").mkdir()
    other = pdf_parts(filed(tmp_path / "c", drawing(changed(scene, ADDRESS, "9.9999"))))
    different = [name for name in before if before[name] != other.get(name)]
    assert len([name for name in different if name.endswith("行")]) >= 1
    lines = pdf_words(tmp_path / "c" / f"{TITLE}.pdf")[0]
    assert all("9.9999" in lines[int(n.split("第")[2][:-1]) - 1] for n in different if n.endswith("行"))
