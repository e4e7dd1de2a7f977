"""压缩包：中文名可读，越界、链接、炸弹拒绝，打包逐字节可重复。"""

import stat
import zipfile
from pathlib import Path

import pytest

from fangtian.errors import InputError
from fangtian.formats import archive
from fangtian.formats.archive import pack, unpacked


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught, unpacked(path):
        pass
    (problem,) = caught.value.findings
    return problem.code


def test_files_and_folders_come_out_as_they_went_in(tmp_path: Path) -> None:
    with unpacked(zipped(tmp_path / "a.zip", {"数据/地类图斑.shp": b"abc", "b.txt": b""})) as folder:
        assert (folder / "数据/地类图斑.shp").read_bytes() == b"abc"
        assert (folder / "b.txt").read_bytes() == b""
    assert not folder.exists()


@pytest.mark.parametrize("codec", ["gbk", "utf-8"])
def test_names_without_the_utf_8_flag_are_read_as_utf_8_or_gb18030(tmp_path: Path, codec: str) -> None:
    name = "图斑".encode(codec)
    stand_in = b"x" * len(name)  # plain ASCII sets no flag; the real bytes are put in its place
    path = zipped(tmp_path / "a.zip", {stand_in.decode(): b"1"})
    path.write_bytes(path.read_bytes().replace(stand_in, name))
    with unpacked(path) as folder:
        assert [entry.name for entry in folder.iterdir()] == ["图斑"]


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/etc/evil", "a/../../evil", "..\\evil", "C:/evil", "a\\..\\..\\evil"]
)
def test_names_that_lead_out_of_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    target = tmp_path / "in/a.zip"
    target.parent.mkdir()
    assert refused(zipped(target, {name: b"x"})) == "FMT-zip-unsafe"
    assert not list(tmp_path.rglob("evil*"))


def test_links_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(link, "/etc/passwd")
    assert refused(path) == "FMT-zip-unsafe"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # deflate reaches 1000:1 on zeros
    assert refused(zipped(tmp_path / "bomb.zip", {"zeros": bytes(40 * 2**20)})) == "FMT-zip-bomb"
    monkeypatch.setattr(archive, "MAX_MEMBERS", 2)
    assert refused(zipped(tmp_path / "many.zip", {str(n): b"" for n in range(3)})) == "FMT-zip-bomb"


@pytest.mark.parametrize("damage", ["truncated", "not a zip", "corrupt"])
def test_a_damaged_archive_is_a_finding(tmp_path: Path, damage: str) -> None:
    path = zipped(tmp_path / "a.zip", {"a": bytes(range(256)) * 40})
    data = bytearray(path.read_bytes())
    if damage == "truncated":
        data = data[:200]
    elif damage == "corrupt":
        data[60:90] = b"\xff" * 30
    else:
        data = bytearray(b"PK not really")
    path.write_bytes(bytes(data))
    assert refused(path) == "FMT-zip-broken"


def test_packing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for number, name in enumerate(("乙.txt", "甲.txt")):
        (tmp_path / name).write_bytes(b"%d" % number)
    members = {name: tmp_path / name for name in ("乙.txt", "甲.txt")}
    pack(tmp_path / "1.zip", members)
    (tmp_path / "甲.txt").touch()
    pack(tmp_path / "2.zip", dict(reversed(members.items())))
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()
    with unpacked(tmp_path / "1.zip") as folder:
        assert sorted(entry.name for entry in folder.iterdir()) == sorted(members)
