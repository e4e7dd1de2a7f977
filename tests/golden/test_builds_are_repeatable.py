"""The same plan on the same day gives the same bytes, in this process and in a fresh one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
from tiny_plan import tiny_plan

SCRIPT = """
import sys
from datetime import date
from pathlib import Path
from fangtian.assess import assess
from fangtian.deliver.package import build
from fangtian.plan.folder import open_plan
build(assess(open_plan(Path(sys.argv[1])), date(2026, 3, 1)))
"""


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, bytes]]:
    """Two builds in processes with different hash seeds, in folders with different names."""
    plan = tiny_plan(tmp_path_factory.mktemp("original") / "plan")
    made = []
    for seed in ("1", "2"):
        copy = Path(shutil.copytree(plan, tmp_path_factory.mktemp(f"somewhere{seed}") / "plan"))
        command = [sys.executable, "-c", SCRIPT, str(copy)]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}"}, timeout=120)
        made.append(files(copy / "build"))
    return made


def test_building_twice_gives_the_same_bytes(builds: list[dict[str, bytes]]) -> None:
    first, second = builds
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_no_file_tells_where_it_was_made(builds: list[dict[str, bytes]]) -> None:
    for name, content in builds[0].items():
        assert b"somewhere1" not in content, name
