"""[attachments]: what the planner brings is found, typed and fingerprinted; what is wrong is said by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_plan import Draft, tiny_plan

from fangtian.catalog.finding import Finding
from fangtian.catalog.submission import submission_items
from fangtian.errors import InputError
from fangtian.plan.folder import open_plan
from fangtian.plan.survey import digests

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "submission.md"
RESOLUTION, OPINIONS = "attachments/村集体决议.pdf", "attachments/农业农村局意见.pdf"


def put(*names: str) -> Callable[[Path], None]:
    def step(root: Path) -> None:
        for name in names:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(f"%PDF {name}".encode())

    return step


def plan_with(root: Path, lines: str, *files: str) -> Path:
    def change(draft: Draft) -> None:
        draft.toml += f"\n[attachments]\n{lines}\n"
        draft.extra.append(put(*files))

    return tiny_plan(root, change)


def refused(root: Path, lines: str, *files: str) -> Finding:
    with pytest.raises(InputError) as error:
        open_plan(plan_with(root, lines, *files))
    (found,) = error.value.findings
    assert found.place.file == "plan.toml" and "attachments" in found.message
    return found


def test_one_file_and_several_files_are_read(tmp_path: Path) -> None:
    lines = f'village_resolution = "{RESOLUTION}"\ndepartment_opinions = ["{OPINIONS}", "{RESOLUTION}"]'
    plan = open_plan(plan_with(tmp_path, lines, RESOLUTION, OPINIONS))
    assert plan.attachments == {
        "village_resolution": (tmp_path / RESOLUTION,),
        "department_opinions": (tmp_path / OPINIONS, tmp_path / RESOLUTION),
    }


def test_a_plan_without_the_table_has_none(tmp_path: Path) -> None:
    assert open_plan(tiny_plan(tmp_path)).attachments == {}


def test_attachments_are_inputs_with_a_fingerprint(tmp_path: Path) -> None:
    plan = open_plan(plan_with(tmp_path, f'village_resolution = "{RESOLUTION}"', RESOLUTION))
    first = digests(plan)
    (tmp_path / RESOLUTION).write_bytes(b"another decision")
    second = digests(plan)
    assert {name for name in first if first[name] != second[name]} == {RESOLUTION}


def test_a_misspelt_item_names_the_nearest(tmp_path: Path) -> None:
    found = refused(tmp_path, f'village_resolutoin = "{RESOLUTION}"', RESOLUTION)
    assert found.code == "PLN-key-misspelt" and found.values["near"] == "village_resolution"


def test_an_item_that_nobody_asks_for_lists_those_there_are(tmp_path: Path) -> None:
    found = refused(tmp_path, f'xyz = "{RESOLUTION}"', RESOLUTION)
    assert found.code == "PLN-key-unknown" and "demolition_consents" in found.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    found = refused(tmp_path, f'village_resolution = "{RESOLUTION}"')
    assert found.code == "PLN-path-absent"
    assert "village_resolution" in found.message and RESOLUTION in found.message


def test_of_several_files_the_missing_one_is_named(tmp_path: Path) -> None:
    found = refused(tmp_path, f'department_opinions = ["{RESOLUTION}", "{OPINIONS}"]', RESOLUTION)
    assert found.code == "PLN-path-absent"
    assert "第2项" in found.message and OPINIONS in found.message and RESOLUTION not in found.message


@pytest.mark.parametrize("path", ["../elsewhere.pdf", "/etc/hostname", "C:/决议.pdf"])
def test_a_file_outside_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "elsewhere.pdf").write_bytes(b"%PDF")
    assert refused(tmp_path / "plan", f'village_resolution = "{path}"').code == "PLN-path-outside"


@pytest.mark.parametrize(
    ("value", "files"),
    [
        ('"attachments"', (RESOLUTION,)),  # a folder
        ('"build/决议.pdf"', ("build/决议.pdf",)),  # the next build would sweep it away
        ("[]", ()),
        (f'["{RESOLUTION}", "{RESOLUTION}"]', (RESOLUTION,)),
        ("7", ()),
        ('""', ()),
        ("{}", ()),
    ],
)
def test_what_is_no_file_is_refused(tmp_path: Path, value: str, files: tuple[str, ...]) -> None:
    found = refused(tmp_path, f"village_resolution = {value}", *files)
    assert found.code == "PLN-value" and "相对路径" in found.message, found.message


def test_the_example_of_the_guide_is_understood(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    files = re.findall(r'"(attachments/[^"]+)"', example)
    plan = open_plan(plan_with(tmp_path, example.removeprefix("[attachments]\n"), *files))
    assert [path for paths in plan.attachments.values() for path in paths] == [tmp_path / f for f in files]


def test_the_guide_names_every_item() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    rows = dict(re.findall(r"(?m)^\| `(\w+)` \| ([^|]+) \|", text))
    proofs = {item.id: item.title for item in submission_items().values() if item.kind != "generated"}
    assert rows == proofs
    assert all(f"`{name}`" in text for name in submission_items())
