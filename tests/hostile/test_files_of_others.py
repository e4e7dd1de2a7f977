"""恶意和破损的文件：每一个要么读出，要么一句话说清；不崩溃、不久等、不吃光内存、不越界写、不上网。"""

from __future__ import annotations

import http.server
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import hostile_files
import pytest

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
READERS = (guard.list_layers, guard.read_dataset, guard.read_layer)


def outcome(path: Path) -> list[str]:
    """What becomes of a file with each reader: read, or the codes of its findings."""
    found = []
    for read in READERS:
        start = time.monotonic()
        try:
            read(path)
        except InputError as error:
            assert error.findings, path
            for problem in error.findings:
                assert problem.message.endswith("。") and "\n" not in problem.message, path
                assert problem.remedy or problem.severity.value != "error", path
                assert "Traceback" not in problem.message and len(problem.message) < 500, path
                assert problem.code != "FMT-fault", f"{path}: {problem.message}"
            found.append(error.findings[0].code)
        else:
            found.append("read")
        assert time.monotonic() - start <= LONGEST_S, path
    return found


def everything(folder: Path) -> dict[Path, tuple[int, int]]:
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


def judged(paths: Iterable[Path], folder: Path) -> dict[str, list[str]]:
    """Outcomes by name of the file; nothing in the folder has been touched by then, nor beside it."""
    listed = list(paths)
    before = everything(folder)
    outcomes = {path.name: outcome(path) for path in listed}
    assert everything(folder) == before
    return outcomes


@pytest.fixture(autouse=True)
def _quiet_and_small(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    outpost().end()
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if resource else 0
    yield
    outpost().end()
    if resource:
        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(used, LARGEST_KB)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data/hostile is not here")
def test_every_file_of_public_test_suites_is_read_or_explained() -> None:
    paths = [path for path in sorted(SHARED.rglob("*")) if path.suffix.lower() in SUFFIXES and path.is_file()]
    assert len(paths) > 150
    tally = Counter(codes[1] for codes in judged(paths, SHARED).values())
    assert tally["read"] > 120
    assert not set(tally) & {"FMT-crash", "FMT-slow", "FMT-memory"}


def test_archives_are_read_or_refused_for_what_is_wrong_with_them(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    expected = dict(hostile_files.archives(tmp_path / "inbox"))
    outcomes = judged(expected, tmp_path)
    assert {name: codes[1] for name, codes in outcomes.items()} == {
        path.name: code or "read" for path, code in expected.items()
    }
    assert not list(Path("/").glob("evil*"))


def test_geopackages_that_bite_are_read_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "LEAST_SECONDS", 2.0)  # the endless ones would take all of the eight
    outcomes = judged(list(hostile_files.geopackages(tmp_path)), tmp_path)
    assert {name.removesuffix(".gpkg") for name, codes in outcomes.items() if "FMT-slow" in codes} == {
        "endless view",
        "crossed view",
    }
    assert outcomes["vast text.gpkg"][2] in ("FMT-memory", "FMT-unreadable")
    for name in ("loads", "writes", "reads", "asks the net"):
        assert set(outcomes[f"view that {name}.gpkg"]) == {"FMT-unreadable"}
    assert outcomes["trigger.gpkg"] == ["read"] * 3
    assert not (tmp_path / "written").exists()


def test_damaged_geodatabases_are_read_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "LEAST_SECONDS", 4.0)  # views without end are waited for
    outcomes = judged(list(hostile_files.geodatabases(tmp_path)), tmp_path)
    assert len(outcomes) > 100
    assert any("FMT-unreadable" in codes for codes in outcomes.values())
    assert outcomes["a00000002.gdbtable missing.gdb"] == ["read"] * 3


def test_marked_up_files_neither_swell_nor_sink_nor_fetch(tmp_path: Path) -> None:
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
        outcomes = judged(list(hostile_files.marked_files(tmp_path, url)), tmp_path)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert asked == []
    for name in ("laughs", "laughs later", "laughs 16", "entity file", "entity page"):
        assert outcomes[f"{name}.kml"][1] in ("FMT-xml-entities", "FMT-unreadable", "FMT-lying"), name
    assert outcomes["style.kml"][1] == "read"


def test_sound_files_are_read(tmp_path: Path) -> None:
    outcomes = judged(hostile_files.sound_files(tmp_path).values(), tmp_path)
    assert {name: codes[1] for name, codes in outcomes.items()} == dict.fromkeys(outcomes, "read")
