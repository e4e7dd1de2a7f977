"""A new plan folder explains itself and is understood by the program that wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fangtian.catalog.layer import layer_specs
from fangtian.catalog.submission import submission_items
from fangtian.errors import InputError
from fangtian.plan import schema
from fangtian.plan.folder import TABLES, open_plan
from fangtian.plan.starter import write_starter


def test_only_the_data_files_are_missing(tmp_path: Path) -> None:
    write_starter(tmp_path / "new")
    with pytest.raises(InputError) as error:
        open_plan(tmp_path / "new")
    findings = error.value.findings
    assert {item.code for item in findings} == {"PLN-path-absent"}
    assert len(findings) == sum(spec.required for spec in layer_specs().values())


def test_once_the_data_are_there_the_plan_opens(tmp_path: Path) -> None:
    write_starter(tmp_path)
    for name in ("base.gpkg", "design.gpkg"):
        (tmp_path / "data" / name).write_bytes(b"")
    assert open_plan(tmp_path).tables["subprojects"].path.exists()


def test_every_key_is_there_and_explained(tmp_path: Path) -> None:
    write_starter(tmp_path)
    lines = (tmp_path / "plan.toml").read_text(encoding="utf-8").splitlines()
    for table in (schema.PlanTable, schema.BasicsTable, schema.PlanningTable, schema.CountyLandTable):
        for key, info in table.model_fields.items():
            if key != "planning":  # a list of tables, with a comment of its own
                line = next(
                    n for n, text in enumerate(lines) if text.removeprefix("# ").startswith(f"{key} = ")
                )
                assert lines[line - 1] == f"# {info.description}"
    text = "\n".join(lines)
    assert all(f"[layers.{role}]" in text for role in [*layer_specs(), "dem"])
    assert all(f"[tables.{name}]" in text for name in TABLES)


def test_what_is_offered_as_a_comment_works_once_it_is_switched_on(tmp_path: Path) -> None:
    write_starter(tmp_path)
    text = (tmp_path / "plan.toml").read_text(encoding="utf-8")
    switched = re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", text)
    assert switched != text
    (tmp_path / "plan.toml").write_text(switched, encoding="utf-8")
    for name in ("base.gpkg", "design.gpkg", "dem.tif"):
        (tmp_path / "data" / name).write_bytes(b"")
    proofs = {item.id: item.title for item in submission_items().values() if item.kind != "generated"}
    for title in proofs.values():
        (tmp_path / "attachments" / f"{title}.pdf").write_bytes(b"%PDF")
    plan = open_plan(tmp_path)
    assert {item: [path.stem for path in files] for item, files in plan.attachments.items()} == {
        item: [title] for item, title in proofs.items()
    }
    assert set(plan.layers) == {*layer_specs(), "dem"} and set(plan.tables) == set(TABLES)
    assert plan.county_land is not None and plan.discount_rate is not None


def test_a_folder_that_holds_a_plan_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError) as error:
        write_starter(tmp_path)
    assert error.value.findings[0].code == "PLN-exists"
    assert [path.name for path in tmp_path.iterdir()] == ["plan.toml"]


def test_the_users_own_files_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "funds.xlsx").write_bytes(b"mine")
    written = write_starter(tmp_path)
    assert (tmp_path / "data" / "funds.xlsx").read_bytes() == b"mine"
    assert tmp_path / "plan.toml" in written and tmp_path / "data" / "funds.xlsx" not in written
