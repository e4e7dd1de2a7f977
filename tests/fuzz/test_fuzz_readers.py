"""读取模糊测试：好文件随意改几个字节、截断、挪动，仍然要么读出，要么一句话说清。

``make fuzz`` runs many more; FANGTIAN_FUZZ is the number of damaged files of each format, FANGTIAN_FUZZ_FROM
where to begin, so that another run sees other files.
"""

from __future__ import annotations

import os
import shutil
import zlib
from pathlib import Path

import hostile_files
import numpy as np
import pytest

from fangtian.errors import InputError
from fangtian.formats import guard

NUMBER = int(os.environ.get("FANGTIAN_FUZZ", "30"))
FIRST = int(os.environ.get("FANGTIAN_FUZZ_FROM", "0"))
KINDS = ("gpkg", "shp", "geojson", "gdb", "kml", "csv", "txt", "vct")
_SAYINGS = (
    b"-1",
    b"9" * 40,
    b"1e999",
    b"nan",
    b"\0",
    b"\xff\xfe",
    "，".encode(),
    b"<",
    b"[[",
    b'"',
    b"\r\n\r\n",
    b",",
)
_MARKS = np.frombuffer(b"0123456789.,-+eEJ@\n\t \"'[]{}()<>/:;=&%", dtype=np.uint8)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return hostile_files.sound_files(tmp_path_factory.mktemp("sound"))


def damaged(data: bytes, dice: np.random.Generator) -> bytes:
    """A few bytes changed, a piece cut out, moved, doubled, or replaced by something unexpected."""
    broken, text = bytearray(data), b"\0" not in data
    for _ in range(int(dice.integers(1, 5))):
        at, to = sorted(int(place) for place in dice.integers(0, max(1, len(broken)), 2))
        match int(dice.integers(7)):
            case 0 | 1:
                for place in dice.integers(0, max(1, len(broken)), int(dice.integers(1, 9))):
                    broken[place : place + 1] = _byte(text, dice)
            case 2:
                del broken[at:]
            case 3:
                del broken[at : min(to, at + 200)]
            case 4:
                broken[at:at] = broken[at : min(to, at + 400)]
            case 5:
                broken[at : at + 4] = dice.choice([0, 1, 2**31 - 1, 2**31, 2**32 - 1]).astype("<u4").tobytes()
            case 6:
                broken[at:at] = _SAYINGS[int(dice.integers(len(_SAYINGS)))]
    return bytes(broken)


def _byte(text: bool, dice: np.random.Generator) -> bytes:
    """Any byte; in a text mostly one that belongs there, or nothing after it would be looked at."""
    return bytes([int(dice.choice(_MARKS))]) if text and dice.random() < 0.9 else dice.bytes(1)


def damage(path: Path, folder: Path, dice: np.random.Generator) -> Path:
    """A copy of a file with all its parts, one of them damaged."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if path.is_dir():
        copy = folder / path.name
        shutil.copytree(path, copy)
        parts = sorted(part for part in copy.iterdir() if part.suffix in (".gdbtable", ".gdbtablx"))
    else:
        for part in path.parent.glob(f"{path.stem}.*" if path.suffix == ".shp" else path.name):
            if part.is_file() and (path.suffix != ".shp" or part.suffix in (".shp", ".shx", ".dbf", ".cpg")):
                shutil.copyfile(part, folder / part.name)
        copy, parts = folder / path.name, sorted(folder.iterdir())
    victim = parts[int(dice.integers(len(parts)))]
    victim.write_bytes(damaged(victim.read_bytes(), dice))
    return copy


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_explained(kind: str, sound: dict[str, Path], tmp_path: Path) -> None:
    for turn in range(FIRST, FIRST + NUMBER):
        dice = np.random.default_rng([zlib.crc32(kind.encode()), turn])
        path = damage(sound[kind], tmp_path / "damaged", dice)
        said = f"{kind}, turn {turn}: FANGTIAN_FUZZ_FROM={turn} FANGTIAN_FUZZ=1"
        try:
            dataset = guard.read_dataset(path)
        except InputError as error:
            for problem in error.findings:
                assert problem.code != "FMT-fault", f"{said}: {problem.message}"
                assert problem.message.endswith("。") and "\n" not in problem.message, said
        else:
            for layer in dataset.layers:
                assert {len(column) for column in layer.columns.values()} <= {len(layer)}, said
                assert not layer.columns or set(layer.columns) == {field.name for field in layer.fields}, said
        if turn % 3 == 0:
            try:
                guard.read_layer(path)
            except InputError as error:
                assert "FMT-fault" not in {problem.code for problem in error.findings}, f"{said}: {error}"
