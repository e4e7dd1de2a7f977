"""隔离读取：崩溃、死循环、吃光内存、程序出错，都只是一条检查发现；结果与直接读取一模一样。"""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from fangtian.catalog.finding import Place, finding
from fangtian.errors import InputError
from fangtian.formats import guard, guard_post, vector
from fangtian.formats.dataset import DataField, DataLayer, Dataset
from fangtian.formats.guard_parcel import packed, unpacked
from fangtian.formats.guard_post import Outpost, outpost
from fangtian.formats.guard_task import Answer, Order

MISBEHAVIOUR = """
import ctypes, os, sys, time
def crash(path): ctypes.string_at(0)
def abort(path): print("chatter", flush=True); os.abort()
def starve(path): os.write(2, b"terminate called: std::bad_alloc"); os.abort()
def sleep(path): time.sleep(60)
def spin(path):
    while True: pass
def greedy(path): return len(bytearray(1 << 34))
def buggy(path): return {}["missing"]
def barred(path): raise PermissionError(13, "Permission denied")
def chatty(path):
    print("to standard output"); os.write(1, b"more"); os.write(2, b"noise"); sys.stdin.read(); return "said"
def scratch(path):
    import tempfile
    from pathlib import Path
    return str(Path(tempfile.mkdtemp()).parent)
def who(path): return os.getpid()
"""
START = """
import sys
sys.path.insert(0, sys.argv[1])
import misbehaviour
from fangtian.formats import guard_task, guard_worker
guard_task.READERS.update(dict.fromkeys(dir(misbehaviour), "misbehaviour"))
guard_worker.main()
"""
SMALL = 512 * 2**20
LINUX = Path("/proc/self/statm").exists()


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outpost]:
    folder = tmp_path_factory.mktemp("readers")
    (folder / "misbehaviour.py").write_text(MISBEHAVIOUR, encoding="utf-8")
    made = Outpost((sys.executable, "-P", "-c", START, str(folder)))
    yield made
    made.end()


def asked(post: Outpost, reader: str, seconds: float = 20.0) -> Answer:
    answer = post.ask(Order(reader, (Path("图斑.gpkg"),), seconds, SMALL))
    assert answer is not None
    return answer


# -- what can happen to a reader ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reader", "outcome"), [("crash", "crash"), ("abort", "crash"), ("starve", "memory"), ("buggy", "fault")]
)
def test_whatever_ends_the_reader_is_an_answer_and_the_next_file_is_read(
    post: Outpost, reader: str, outcome: str
) -> None:
    assert asked(post, reader).outcome == outcome
    assert asked(post, "who").outcome == "read"


@pytest.mark.parametrize("reader", ["sleep", "spin"])
def test_a_reader_that_does_not_come_back_is_ended_in_time(post: Outpost, reader: str) -> None:
    asked(post, "who")
    start = time.monotonic()
    assert asked(post, reader, seconds=0.3).outcome == "slow"
    assert time.monotonic() - start < 5
    assert asked(post, "who").outcome == "read"


@pytest.mark.skipif(not LINUX, reason="only Linux limits the memory of a process")
def test_memory_beyond_the_limit_is_refused(post: Outpost) -> None:
    assert asked(post, "greedy").outcome == "memory"
    assert asked(post, "who").outcome == "read"


def test_a_bug_names_its_line_and_a_barred_file_its_reason(post: Outpost) -> None:
    assert str(asked(post, "buggy").value).startswith("KeyError")
    (problem,) = asked(post, "barred").value
    assert problem.code == "FMT-unreadable" and "没有权限" in problem.message


def test_what_a_reader_prints_does_not_reach_the_user(
    post: Outpost, capfd: pytest.CaptureFixture[str]
) -> None:
    assert asked(post, "chatty").value == "said"
    asked(post, "abort")
    assert capfd.readouterr() == ("", "")


def test_one_interpreter_serves_all_files_until_one_breaks_it(post: Outpost) -> None:
    first = asked(post, "who").value
    assert asked(post, "who").value == first != os.getpid()
    asked(post, "crash")
    assert asked(post, "who").value != first


def test_what_is_unpacked_on_the_way_goes_with_the_interpreter(post: Outpost) -> None:
    folder = Path(asked(post, "scratch").value)
    assert folder.exists() and folder.parent == Path(tempfile.gettempdir())
    asked(post, "crash")
    assert not folder.exists()


def test_after_a_large_file_the_interpreter_is_replaced_unless_asked_again_soon(
    post: Outpost, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = Order("who", (Path("a"),), 20.0, 4 * 2**30)
    first, again = post.ask(large), post.ask(large)
    assert first and again and first.value == again.value
    monkeypatch.setattr(guard_post, "IDLE_SECONDS", 0.0)
    post.ask(large)
    time.sleep(0.3)
    assert asked(post, "who").value != first.value


def test_threads_wait_for_one_another(post: Outpost) -> None:
    answers: list[Answer] = []
    threads = [Thread(target=lambda: answers.append(asked(post, "who"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer.value for answer in answers}) == 1


@pytest.mark.parametrize("command", [("",), ("/nowhere/python3",), (sys.executable, "-c", "pass")])
def test_without_a_second_interpreter_nothing_is_answered(command: tuple[str, ...]) -> None:
    assert Outpost(command).ask(Order("list_layers", (Path("a.gpkg"),), 5.0, SMALL)) is None


def test_each_process_has_one_outpost() -> None:
    assert outpost() is outpost()


# -- what the caller sees -------------------------------------------------------------------------


def square(size: float) -> Any:
    return shapely.box(35_500_000, 3_900_000, 35_500_000 + size, 3_900_000 + size)


@pytest.fixture
def parcels(tmp_path: Path) -> Path:
    shapes = np.array([square(10), None, shapely.multipolygons([square(3)])], dtype=object)
    columns = [np.array(["水田", "水田", None], dtype=object), np.array([1.5, np.nan, 3.0])]
    path = tmp_path / "图斑.gpkg"
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes), columns, ["DLMC", "TBMJ"], layer="DLTB",
        driver="GPKG", geometry_type="Unknown", crs="EPSG:4523",
    )  # fmt: skip
    return path


def alike(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray):
        if one.dtype != object:
            return np.array_equal(one, np.asarray(other), equal_nan=True)
        return [str(value) for value in one] == [str(value) for value in np.asarray(other)]
    if isinstance(one, dict):
        return list(one) == list(other) and all(alike(one[key], other[key]) for key in one)  # type: ignore[call-overload,index]
    return one == other


def test_a_guarded_reader_gives_what_the_reader_gives(parcels: Path) -> None:
    assert guard.list_layers(parcels) == vector.list_layers(parcels)
    mine, theirs = guard.read_layer(parcels), vector.read_layer(parcels)
    assert theirs.findings
    for item in fields(theirs):
        assert alike(getattr(mine, item.name), getattr(theirs, item.name)), item.name
    assert mine.geometry[0].equals_exact(theirs.geometry[0], 0) and mine.geometry[1] is None


def test_a_guarded_reader_refuses_as_the_reader_does(tmp_path: Path, parcels: Path) -> None:
    (tmp_path / "假.gpkg").write_bytes(b"hello")
    for path, layer in ((tmp_path / "假.gpkg", ""), (tmp_path / "无.gpkg", ""), (parcels, "CJDCQ")):
        with pytest.raises(InputError) as direct:
            vector.read_layer(path, layer)
        with pytest.raises(InputError) as guarded:
            guard.read_layer(path, layer)
        assert guarded.value.findings == direct.value.findings


def test_paths_may_be_relative_to_a_folder_left_since(
    tmp_path: Path, parcels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard.list_layers(parcels)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert guard.read_layer(Path("../图斑.gpkg")).path == Path("../图斑.gpkg")


@pytest.mark.parametrize("outcome", ["crash", "slow", "memory", "fault"])
def test_the_sentence_names_the_file_and_says_what_to_do(
    outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Order] = []

    class Broken:
        def ask(self, order: Order) -> Answer:
            asked.append(order)
            return Answer(outcome, "KeyError a.py:3")

    monkeypatch.setattr(guard, "outpost", Broken)
    (tmp_path / "图斑.gpkg").write_bytes(b"x")
    with pytest.raises(InputError) as error:
        guard.read_layer(tmp_path / "图斑.gpkg")
    with pytest.raises(InputError):
        guard.list_layers(tmp_path / "图斑.gpkg")
    assert len(asked) == 1  # the other layers of a file that broke its reader are not waited for
    (problem,) = error.value.findings
    assert problem.code == f"FMT-{outcome}" and "图斑.gpkg" in problem.message and problem.remedy
    assert problem.place.file == "图斑.gpkg" and problem.message.endswith("。")


def test_without_an_interpreter_files_are_read_here(parcels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "outpost", lambda: Outpost(("",)))
    assert len(guard.read_layer(parcels)) == 3
    with pytest.raises(InputError):
        guard.list_layers(parcels.with_name("无.gpkg"))


def costs(monkeypatch: pytest.MonkeyPatch, call: Callable[[], object]) -> Order:
    orders: list[Order] = []

    class Clerk:
        def ask(self, order: Order) -> Answer:
            orders.append(order)
            return Answer("read", None)

    monkeypatch.setattr(guard, "outpost", Clerk)
    call()
    return orders[0]


def test_what_a_file_may_cost_grows_with_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def order(name: str, size: int) -> Order:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            file.truncate(size)
        return costs(monkeypatch, lambda: guard.list_layers(path if path.parent == tmp_path else path.parent))

    small = order("小.gpkg", 500_000)
    assert (small.seconds, small.memory) == (6.0, 768 * 2**20)
    county = order("县.gpkg", 300 * 2**20)
    assert county.seconds > 300 and county.memory > 4 * 2**30
    assert order("县.zip", 30 * 2**20).seconds == pytest.approx(county.seconds)
    assert order("县.gdb/a00000009.gdbtable", 300 * 2**20).seconds == county.seconds
    order("县.dbf", 299 * 2**20)
    assert order("县.shp", 2**20).seconds > county.seconds  # all that is called 县.* belongs to it


# -- what travels ---------------------------------------------------------------------------------


def test_layers_of_any_shape_travel_whole() -> None:
    shapes = shapely.from_wkt(["POINT (1 2)", None, "LINESTRING (0 0, 1 1)", "MULTIPOLYGON EMPTY"])
    names = np.array(["甲", "甲".encode().decode(), "", "乙"], dtype=object)
    columns = {"名称": names, "面积": np.array([1.0, np.nan, 0.1, 2.0])}
    layer = DataLayer(
        "层", "mixed", (DataField("名称"),), shapes, columns, 4523, "某带", 3, "1001", names, np.zeros(4)
    )
    remark = finding("FMT-dbf-missing", Place(file="a.shp", wkb=b"\0"), file="a.shp")
    dataset = Dataset(
        Path("/far/a.vct"), "VCT", (layer, replace(layer, name="空", geometry=shapes[:0])), (remark,)
    )
    came = unpacked(pickle.loads(pickle.dumps(packed(dataset))), Path("a.vct"))
    assert came.path == Path("a.vct") and came.findings == (remark,) and came.format == "VCT"
    for item in fields(layer):
        assert alike(getattr(came.layers[0], item.name), getattr(layer, item.name)), item.name
    assert came.layers[1].geometry.shape == (0,)
    texts = came.layers[0].columns["名称"]
    assert texts[0] is texts[1]


def test_an_input_error_survives_the_way_out_of_another_process() -> None:
    error = InputError([finding("FMT-empty-file", Place(file="a.shp"), file="a.shp")])
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, InputError)
    assert again.findings == error.findings and str(again) == str(error)
