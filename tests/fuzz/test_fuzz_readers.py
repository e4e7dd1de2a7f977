"""读取模糊测试：好文件随意改几个字节、截断、挪动，仍然要么读出并检查，要么一句话说清。

``make fuzz`` runs many more; FANGTIAN_FUZZ is the number of damaged files of each format, FANGTIAN_FUZZ_FROM
where to begin, so that another run sees other files. What came of them is told at the end.
"""

from __future__ import annotations

import os
import shutil
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import hostile_files
import numpy as np
import pytest

from fangtian.catalog.finding import Finding
from fangtian.errors import InputError
from fangtian.formats import guard
from fangtian.formats.guard_post import outpost
from fangtian.plan.checking import inspect_files

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

NUMBER = int(os.environ.get("FANGTIAN_FUZZ", "15"))
FIRST = int(os.environ.get("FANGTIAN_FUZZ_FROM", "0"))
KINDS = ("gpkg", "shp", "geojson", "gdb", "kml", "csv", "txt", "vct", "dxf", "xlsx", "zip")
OURS = ("csv", "txt", "vct", "xlsx", "zip")
"""Formats that we read ourselves, or unpack: there nothing of ours may be stopped. GDAL may fail us, and then
one sentence says so: such files are read where a crash can be survived."""
SURVIVED = ("FMT-crash", "FMT-slow", "FMT-memory")
LONGEST_S = 10.0
LARGEST_KB = 2**20
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
_NUMBERS = np.array([0.0, np.nan, np.inf, -np.inf, 1e308, -1e308, 1e-308, 1e150, 4e7, -1.0])
_MARKS = np.frombuffer(b"0123456789.,-+eEJ@\n\t \"'[]{}()<>/:;=&%", dtype=np.uint8)
Damage = Callable[[bytearray, int, int, np.random.Generator], None]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return hostile_files.sound_files(tmp_path_factory.mktemp("sound"))


# -- what is done to them --------------------------------------------------------------------------


def damaged(data: bytes, dice: np.random.Generator) -> bytes:
    """A few bytes changed, a piece cut out, moved, doubled, or replaced by something unexpected."""
    broken = bytearray(data)
    for _ in range(int(dice.choice([1, 1, 1, 2, 3, 4]))):
        at, to = sorted(int(place) for place in dice.integers(0, max(1, len(broken)), 2))
        _DAMAGES[int(dice.integers(len(_DAMAGES)))](broken, at, to, dice)
    return bytes(broken)


def _scratch(broken: bytearray, _at: int, _to: int, dice: np.random.Generator) -> None:
    text = b"\0" not in broken
    for place in dice.integers(0, max(1, len(broken)), int(dice.integers(1, 9))):
        broken[place : place + 1] = _fitting(broken, int(place), dice) if text else dice.bytes(1)


def _fitting(broken: bytearray, place: int, dice: np.random.Generator) -> bytes:
    """In a text mostly what belongs there, or nothing after it would be looked at."""
    old, chance = bytes(broken[place : place + 1]), dice.random()
    if old.isdigit() and chance < 0.9:
        return bytes([int(dice.choice(_MARKS[:14]))])
    if chance < 0.8:
        return old
    return bytes([int(dice.choice(_MARKS))]) if chance < 0.95 else dice.bytes(1)


def _cut(broken: bytearray, at: int, _to: int, _dice: np.random.Generator) -> None:
    del broken[at:]


def _cut_out(broken: bytearray, at: int, to: int, _dice: np.random.Generator) -> None:
    del broken[at : min(to, at + 200)]


def _double(broken: bytearray, at: int, to: int, _dice: np.random.Generator) -> None:
    broken[at:at] = broken[at : min(to, at + 400)]


def _count(broken: bytearray, at: int, _to: int, dice: np.random.Generator) -> None:
    broken[at : at + 4] = dice.choice([0, 1, 2**31 - 1, 2**31, 2**32 - 1]).astype("<u4").tobytes()


def _number(broken: bytearray, at: int, _to: int, dice: np.random.Generator) -> None:
    """A coordinate that is none, where coordinates may lie."""
    at -= at % 4
    broken[at : at + 8] = dice.choice(_NUMBERS).astype("<f8").tobytes()


def _say(broken: bytearray, at: int, _to: int, dice: np.random.Generator) -> None:
    broken[at:at] = _SAYINGS[int(dice.integers(len(_SAYINGS)))]


_DAMAGES: tuple[Damage, ...] = (_scratch, _scratch, _cut, _cut_out, _double, _count, _number, _say)


def damage(path: Path, folder: Path, dice: np.random.Generator) -> Path:
    """A copy of a file with all its parts, one of them damaged; of a zip also one within it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if path.is_dir():
        copy = folder / path.name
        shutil.copytree(path, copy)
        parts = sorted(part for part in copy.iterdir() if part.suffix in (".gdbtable", ".gdbtablx"))
    else:
        for part in path.parent.glob(f"{path.stem}.*" if path.suffix == ".shp" else path.name):
            if part.is_file() and (
                path.suffix != ".shp" or part.suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg")
            ):
                shutil.copyfile(part, folder / part.name)
        copy, parts = folder / path.name, sorted(folder.iterdir())
    victim = parts[int(dice.integers(len(parts)))]
    if path.suffix in (".zip", ".xlsx") and dice.random() < 0.8:
        _damage_within(victim, dice)
    else:
        victim.write_bytes(damaged(victim.read_bytes(), dice))
    return copy


def _damage_within(path: Path, dice: np.random.Generator) -> None:
    """Otherwise the checksums of an archive would keep its content from being looked at."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = list(members)[int(dice.integers(len(members)))]
    hostile_files.zipped(path, members | {name: damaged(members[name], dice)})


# -- what comes of it ------------------------------------------------------------------------------


def answered(path: Path, said: str) -> str:
    """What became of a file: "read", or the code of the first thing that is wrong with it."""
    try:
        dataset = guard.read_dataset(path)
    except InputError as error:
        clear(error.findings, said)
        return error.findings[0].code
    for layer in dataset.layers:
        assert {len(column) for column in layer.columns.values()} <= {len(layer)}, said
        assert not layer.columns or set(layer.columns) == {field.name for field in layer.fields}, said
    clear(dataset.findings, said)
    return "read"


def clear(findings: Iterable[Finding], said: str) -> None:
    for problem in findings:
        assert problem.code != "FMT-fault", f"{said}: {problem.message}"
        assert problem.message.endswith(("。", "？", "）")) and "\n" not in problem.message, said
        assert problem.remedy or problem.severity.value != "error", said


@pytest.fixture(autouse=True)
def _small() -> Iterator[None]:
    """Neither this interpreter nor the one that reads grows beyond 1 GiB."""
    yield
    outpost().end()
    if resource:
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
            assert resource.getrusage(who).ru_maxrss <= LARGEST_KB


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_and_inspected_or_explained(
    kind: str, sound: dict[str, Path], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    tally: Counter[str] = Counter()
    stopped: list[str] = []
    slowest = 0.0
    for turn in range(FIRST, FIRST + NUMBER):
        dice = np.random.default_rng([zlib.crc32(kind.encode()), turn])
        path = damage(sound[kind], tmp_path / "damaged", dice)
        said = f"{kind}, turn {turn}: FANGTIAN_FUZZ_FROM={turn} FANGTIAN_FUZZ=1"
        start = time.monotonic()
        code = answered(path, said)
        clear(inspect_files([path]).findings, said)
        slowest = max(slowest, time.monotonic() - start)
        assert slowest <= LONGEST_S, said
        assert kind not in OURS or code not in SURVIVED, f"{said}: {code}"
        stopped += [f"{code}@{turn}"] if code in SURVIVED else []
        tally["read" if code == "read" else "stopped" if code in SURVIVED else "refused"] += 1
    counts = "，".join(f"{name} {tally[name]}" for name in ("read", "refused", "stopped"))
    record_property("fuzz", f"{kind:8} {counts}，slowest {slowest:.1f} s  {' '.join(stopped)}")
