"""恶意和破损的文件：交给检查命令，每一个要么查完，要么一句话说清；不崩溃、不久等、不吃光内存、不越界写、不上网。"""

from __future__ import annotations

import http.server
import io
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from pathlib import Path

import hostile_files
import pytest

from fangtian.cli import run
from fangtian.errors import InputError
from fangtian.formats import guard
from fangtian.formats.guard_post import outpost
from fangtian.formats.source import SUFFIXES

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

SHARED = Path(__file__).parents[3] / "shared/data/hostile"
LONGEST_S = 10.0
LARGEST_KB = 2**20
BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN) if resource else ()
HEAVY = bool(os.environ.get("FANGTIAN_HEAVY"))
REPORTS = {"检查报告.html", "findings.gpkg", "问题清单.xlsx"}
COPIES = {"修改记录.csv", "修补后", "修补清单.json"}


def outcome(path: Path, out: Path) -> list[str]:
    """What becomes of a file in the inspection, and for a conversion: read, or the code of what is wrong."""
    found = [checked(path, out), converted(path)]
    if HEAVY:
        checked(path, out, "--fix")
        command("area", path)
        command("convert", path, out / "out.gpkg", "--overwrite")
    return found


def checked(path: Path, out: Path, *options: str) -> str:
    """The command itself. It ends with findings, in time, and has written its report and nothing else."""
    folder = out / "检查" if not options else out / "修补"
    code, findings = command("check", path, "--out", folder, *options)
    assert code in (0, 1), path
    written = {entry.name for entry in folder.iterdir()}
    assert "检查报告.html" in written and written <= (REPORTS | COPIES if options else REPORTS), path
    grave = [item["code"] for item in findings if item["severity"] == "error"]
    nothing = "FMT-nothing-inspected"  # such as a file of points
    return next((code for code in grave if code.startswith("FMT-") and code != nothing), "read")


def command(name: str, path: Path, *options: object) -> tuple[int, list[dict[str, str]]]:
    """A command as it is typed, and what it says."""
    said, start = io.StringIO(), time.monotonic()
    with redirect_stdout(said):
        code = run([name, str(path), *map(str, options), "--json"])
    assert time.monotonic() - start <= LONGEST_S, path
    answer = json.loads(said.getvalue())
    assert "message" not in answer, f"{path}: {answer['message']}"  # a failure of the program itself
    for problem in answer["findings"]:
        clear(problem["code"], problem["message"], problem["remedy"], problem["severity"], path)
    return code, answer["findings"]


def converted(path: Path) -> str:
    try:
        guard.read_dataset(path)
    except InputError as error:
        assert error.findings, path
        for problem in error.findings:
            clear(problem.code, problem.message, problem.remedy, problem.severity.value, path)
        return error.findings[0].code
    return "read"


def clear(code: str, message: str, remedy: str, severity: str, path: Path) -> None:
    """One sentence of the user's language, with a remedy; the file is named by sentence or by place."""
    assert message.endswith(("。", "？", "）")) and "\n" not in message, f"{path}: {message}"
    assert remedy or severity != "error", f"{path}: {code}"
    assert "Traceback" not in message and len(message) < 500, path
    assert code != "FMT-fault", f"{path}: {message}"


def everything(folder: Path) -> dict[Path, tuple[int, int]]:
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


def judged(paths: Iterable[Path], folder: Path, out: Path) -> dict[str, list[str]]:
    """Outcomes by name of the file; nothing in the folder has been touched by then, nor beside it."""
    listed = list(paths)
    before = everything(folder)
    outcomes = {path.name: outcome(path, out) for path in listed}
    assert everything(folder) == before
    return outcomes


@pytest.fixture
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where reports go: elsewhere, so that nothing may change in the folder of the files."""
    return tmp_path_factory.mktemp("out")


@pytest.fixture(autouse=True)
def _quiet_and_small(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    outpost().end()
    used = [resource.getrusage(who).ru_maxrss for who in BOTH] if resource else []
    yield
    outpost().end()
    for who, before in zip(BOTH, used, strict=False):
        assert resource.getrusage(who).ru_maxrss <= max(before, LARGEST_KB)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data/hostile is not here")
def test_every_file_of_public_test_suites_is_read_or_explained(out: Path) -> None:
    paths = [path for path in sorted(SHARED.rglob("*")) if path.suffix.lower() in SUFFIXES and path.is_file()]
    assert len(paths) > 150
    outcomes = judged(paths, SHARED, out)
    assert Counter(converted for _, converted in outcomes.values())["read"] > 120
    stopped = {"FMT-crash", "FMT-slow", "FMT-memory"}
    assert {name: codes for name, codes in outcomes.items() if stopped & {*codes}} == {}


def test_archives_are_read_or_refused_for_what_is_wrong_with_them(tmp_path: Path, out: Path) -> None:
    (tmp_path / "inbox").mkdir()
    expected = dict(hostile_files.archives(tmp_path / "inbox"))
    outcomes = judged(expected, tmp_path, out)
    assert {name: codes[1] for name, codes in outcomes.items()} == {
        path.name: code or "read" for path, code in expected.items()
    }
    assert not list(Path("/").glob("evil*"))


def test_geopackages_that_bite_are_read_or_refused(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "LEAST_SECONDS", 2.0)  # the endless ones would take all of the six
    outcomes = judged(list(hostile_files.geopackages(tmp_path)), tmp_path, out)
    assert {name.removesuffix(".gpkg") for name, codes in outcomes.items() if "FMT-slow" in codes} == {
        "endless view",
        "crossed view",
    }
    assert outcomes["vast text.gpkg"][0] in ("FMT-memory", "FMT-unreadable")
    for name in ("loads", "writes", "reads", "asks the net"):
        assert set(outcomes[f"view that {name}.gpkg"]) == {"FMT-unreadable"}
    assert outcomes["trigger.gpkg"] == ["read"] * 2
    assert not (tmp_path / "written").exists()


def test_damaged_geodatabases_are_read_or_refused(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "LEAST_SECONDS", 4.0)  # views without end are waited for
    outcomes = judged(list(hostile_files.geodatabases(tmp_path)), tmp_path, out)
    assert len(outcomes) > 100
    assert any("FMT-unreadable" in codes for codes in outcomes.values())
    assert outcomes["a00000002.gdbtable missing.gdb"] == ["read"] * 2


def test_marked_up_files_neither_swell_nor_sink_nor_fetch(tmp_path: Path, out: Path) -> None:
    asked: list[str] = []

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        outcomes = judged(list(hostile_files.marked_files(tmp_path, url)), tmp_path, out)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert asked == []
    for name in ("laughs", "laughs later", "laughs 16", "entity file", "entity page"):
        assert outcomes[f"{name}.kml"][1] in ("FMT-xml-entities", "FMT-unreadable", "FMT-lying"), name
    assert outcomes["style.kml"][1] == "read"


def test_sound_files_are_read(tmp_path: Path, out: Path) -> None:
    outcomes = judged(hostile_files.sound_files(tmp_path).values(), tmp_path, out)
    assert {name: codes[1] for name, codes in outcomes.items()} == dict.fromkeys(outcomes, "read")


def test_shapes_that_crash_the_geometry_library_are_inspected_or_named(tmp_path: Path, out: Path) -> None:
    paths = list(hostile_files.odd_shapes(tmp_path))
    judged(paths, tmp_path, out)
    lost = {
        **dict.fromkeys(("no number", "no end"), "TOP-broken-ring"),
        **dict.fromkeys(("far beyond", "too far north", "beyond measure"), "TOP-beyond-earth"),
        "collection of nothing": "TOP-not-polygon",
    }
    for path in paths:
        _, findings = command("check", path, "--out", out)
        told = {item["code"] for item in findings}
        assert lost.get(path.stem, "TOP-overlap") in told, path.stem
        code, _ = command("area", path)
        assert code in (0, 1), path.stem
