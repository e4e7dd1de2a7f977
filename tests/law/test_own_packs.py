"""自己的规则包：模板通过自己的测试，装上即读入；下位规定只能从严。"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from fangtian.cli import run
from fangtian.errors import LawError, NormConflict
from fangtian.law.new_pack import write_pack
from fangtian.law.norm import read_all
from fangtian.law.pack import Pack, installed_packs, own_packs

CODE = "620525"
PARENT = "gansu-measures-2025/13.4-pbf-adjustment"


def installed(folder: Path, code: str = CODE) -> Path:
    """As pip leaves it: the module, and the metadata that name the entry point."""
    metadata = folder / f"fangtian_pack_{code}-0.1.0.dist-info"
    metadata.mkdir()
    points = f"[fangtian.packs]\n{code} = fangtian_pack_{code}\n"
    (metadata / "entry_points.txt").write_text(points, encoding="utf-8")
    head = f"Metadata-Version: 2.1\nName: fangtian-pack-{code}\nVersion: 0.1.0\n"
    (metadata / "METADATA").write_text(head, encoding="utf-8")
    return folder


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    search = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, *arguments]
    environment = {**os.environ, "PYTHONPATH": search, "PYTHONUTF8": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )


def local(folder: Path, *changes: tuple[str, str]) -> tuple[Pack, ...]:
    """Our own packs and the template with some words changed."""
    write_pack(CODE, folder)
    path = folder / f"fangtian_pack_{CODE}/norms/local-{CODE}.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return (*own_packs(), Pack(CODE, path.parents[1]))


class TestTemplate:
    def test_passes_its_own_tests_once_it_is_installed(self, tmp_path: Path) -> None:
        write_pack(CODE, tmp_path / "包")
        found = python(installed(tmp_path / "包"), "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")
        assert found.returncode == 0, found.stdout + found.stderr
        assert "5 passed" in found.stdout

    def test_its_norms_are_listed_with_the_others(self, tmp_path: Path) -> None:
        write_pack(CODE, tmp_path / "包")
        listed = python(installed(tmp_path / "包"), "-m", "fangtian", "norms", "--json", "--pack", CODE)
        assert f'"local-{CODE}/3-pbf-adjustment"' in listed.stdout, listed.stderr

    def test_the_command_names_what_it_wrote(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["new-pack", CODE, str(tmp_path / "包")]) == 0
        assert "README.md" in capsys.readouterr().out

    @pytest.mark.parametrize("code", ["6205", "62", "620525102"])
    def test_any_level_of_the_administrative_code_will_do(self, tmp_path: Path, code: str) -> None:
        assert all(path.is_file() for path in write_pack(code, tmp_path / code))

    @pytest.mark.parametrize("code", ["", "甘肃", "620", "6205251", "../x"])
    def test_what_is_no_code_is_refused(self, tmp_path: Path, code: str) -> None:
        with pytest.raises(LawError, match="不是行政区划代码"):
            write_pack(code, tmp_path / "包")
        assert not list(tmp_path.iterdir())

    def test_a_folder_in_use_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "我的.txt").write_text("在用", encoding="utf-8")
        with pytest.raises(LawError, match="已有内容"):
            write_pack(CODE, tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["我的.txt"]


class TestTightening:
    def test_a_norm_takes_over_what_it_does_not_say(self, tmp_path: Path) -> None:
        norms = {norm.id: norm for norm in read_all(local(tmp_path / "包"))[1]}
        parent, child = norms[PARENT], norms[f"local-{CODE}/3-pbf-adjustment"]
        assert (child.needs, child.wording, child.tested, child.rule) == (
            parent.needs,
            parent.wording,
            parent.tested,
            PARENT,
        )
        assert child.limits == {"share_max": "4%"} and child.instrument.territory == CODE

    def test_the_same_limit_does_not_loosen(self, tmp_path: Path) -> None:
        assert read_all(local(tmp_path / "包", ("4%", "5%")))

    def test_a_looser_limit_is_a_conflict_that_names_both_articles(self, tmp_path: Path) -> None:
        with pytest.raises(NormConflict) as error:
            read_all(local(tmp_path / "包", ("4%", "6%")))
        words = str(error.value)
        assert "第三条" in words and "《甘肃省全域土地综合整治工作管理办法》第十三条第4项" in words
        assert "由 5% 放宽为 6%" in words

    def test_a_weaker_modality_is_one_too(self, tmp_path: Path) -> None:
        weaker = ('modality = "presumptive"', 'modality = "judgement"')
        with pytest.raises(NormConflict, match="约束力由“原则上”降为“人工判定”"):
            read_all(local(tmp_path / "包", weaker, ("原则上不得", "不宜")))

    def test_a_stricter_modality_is_none(self, tmp_path: Path) -> None:
        stricter = ('modality = "presumptive"', 'modality = "mandatory"')
        norms = {
            norm.id: norm for norm in read_all(local(tmp_path / "包", stricter, ("原则上不得", "不得")))[1]
        }
        assert norms[f"local-{CODE}/3-pbf-adjustment"].role == ""

    def test_another_limit_than_that_of_the_norm_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(LawError, match=r"local-620525.toml 有误：.*没有来历：limits.share_max"):
            read_all(local(tmp_path / "包", ("share_max", "years_max")))


class TestInstalled:
    def test_a_pack_that_does_not_open_is_told_in_one_sentence(self) -> None:
        point = EntryPoint("浙江", "no_such_module_anywhere", "fangtian.packs")
        with pytest.raises(LawError, match="规则包 浙江 已安装却打不开"):
            installed_packs([point])
