"""残缺和恶意的 VCT：逐处说清、每处一条，绝不崩溃、不久等、不占内存。"""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vct_text import (
    CODES,
    EDGES,
    HEAD,
    SQUARE,
    body,
    codes,
    read,
)

from fangtian.errors import InputError
from fangtian.formats.vct_reading import read_vct

# ── hostile files ────────────────────────────────────────────────────────────────────────────────────────

LINE = "1\nL\nU\n1\n1\n11\n2\n0,0\n1,1\n0\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("LineBegin\n" + LINE, ["unended"]),
        ("LineBegin\n1\nL\nU\n1\n1\n11\n2\n0,0\n", ["count", "unended", "shape-short"]),
        ("LineBegin\n2\nL\nU\n1\n1\n11\n999999999999\n0,0\n1,1\n0\n" + LINE + "LineEnd\n", ["count"]),
        ("LineBegin\n1\nL\nU\n1\n999999999\n11\n2\n0,0\n1,1\n0\nLineEnd\n", ["count"]),
        ("LineBegin\n1\nL\nU\n1\n1\n11\n1\n0,0\n1,1\n0\nLineEnd\n", ["count"]),
        ("LineBegin\n1\nL\nU\n1\n1\n11\n-3\n0,0\n1,1\n0\nLineEnd\n", ["count"]),
        ("LineBegin\n1\nL\nU\n1\n1\n11\n2\n0,0\nnan,1\n0\nLineEnd\n", ["number"]),
        ("LineBegin\n1\nL\nU\n1\n1\n11\n2\n0,0\n1_0,1e999\n0\nLineEnd\n", ["number"]),
        ("LineBegin\n1\nL\nU\n1\n1\n12\n3\n0,0\n1,1\n2,0\n0\nLineEnd\n", ["curve"]),
        ("LineBegin\nx\nL\nU\n1\n1\n11\n2\n0,0\n1,1\n0\n" + LINE + "LineEnd\n", ["line"]),
        ("LineBegin\n-5\nL\nU\n1\n0\n" + LINE + "LineEnd\n", ["line"]),
        ("LineBegin\n" + LINE + LINE + "LineEnd\n", ["id-twice"]),
        ("LineBegin\n1\nL\nU\n100\n2\n1,-1\n0\nLineEnd\n", ["circle"]),
        ("LineBegin\n1\nL\nU\n100\n1\n2\n0\n2\nL\nU\n100\n1\n1\n0\nLineEnd\n", ["circle", "circle"]),
        ("LineBegin\n1\nL\nU\n100\n1\n7\n0\nLineEnd\n", ["line-unknown"]),
        ("LineBegin\n1\nQ\nU\n1\n1\n11\n2\n0,0\n1,1\n0\nLineEnd\n", ["code-unknown", "table-unknown"]),
        ("PolygonBegin\n1\n2001010100\nU\n100\n1,1\n21\n2\n7,8\n0\nPolygonEnd\n", ["line-unknown"]),
        ("PolygonBegin\n1\n2001010100\nU\n100\n1,1\n22\n1\n1\n0\nPolygonEnd\n", ["circle"]),
        ("PolygonBegin\n1\n2001010100\nU\n100\n1,1\n22\n1\n2\n0\nPolygonEnd\n", ["polygon-unknown"]),
        ("PolygonBegin\n1\n2001010100\nU\n100\n1,1\n33\n1\n2\n0\nPolygonEnd\n", ["line"]),
        ("PolygonBegin\n1\n2001010100\nU\n100\n1,1\n21\n2\n3,x\n0\nPolygonEnd\n", ["line"]),
        (EDGES + "PolygonBegin\n1\n2001010100\nU\n100\n1,1\n21\n1\n1\n0\nPolygonEnd\n", ["ring-open"]),
        ("PolygonBegin\n1\n2001010100\nU\n1\n1,1\n1\n11\n3\n0,0\n1,0\n1,1\n0\nPolygonEnd\n", ["unclosed"]),
        ("PolygonBegin\n1\n2001010100\nU\n1\n1,1\n1\n11\n2\n0,0\n0,0\n0\nPolygonEnd\n", ["shape-short"]),
        ("PolygonBegin\n1\n2001010100\nU\n1\n1,1\n0\n0\nPolygonEnd\n", ["shape-short"]),
        ("AttributeBegin\nPT\n1,a,b,c\n1\nTableEnd\nAttributeEnd\n", ["attribute", "attribute"]),
        ("AttributeBegin\nNO\n1,a\nTableEnd\nAttributeEnd\n", ["table-unknown"]),
        ("AttributeBegin\nLT\n1,abc\nTableEnd\nAttributeEnd\n", ["value", "attribute-orphan"]),
        ("AttributeBegin\nPT\n1,甲\nLT\n1,2\nTableEnd\nAttributeEnd\n",
         ["unended", "attribute-orphan", "attribute-orphan"]),
        ("AttributeBegin\nPT\n1,甲\nVarcharBegin\n1\n长文\n,\nVarcharEnd\nLT\n1,2\nTableEnd\nAttributeEnd\n",
         ["skipped", "attribute-orphan", "attribute-orphan"]),
        ("胡言乱语\n再来一行\nPointBegin\nPointEnd\n", ["line"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_once_with_its_line(tmp_path: Path, text: str, told: list[str]) -> None:
    file = body(tmp_path, text)
    found = [code for code in codes(file) if code != "attribute-missing"]
    assert found == told
    assert all(item.message.endswith(("。", "）。")) for item in file.findings)
    places = [str(item.place) for item in file.findings if item.values.get("line", "0") != "0"]
    assert all("第" in place for place in places)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not"),
        (b"\x00\xff" * 5000, "not"),
        (b"\n" * 100_000, "not"),
        ("没有段标志\n".encode() * 500, "not"),
        (b"HeadBegin\n" + b"x" * 5_000_000, "line-long"),
        (b"HeadBegin\nDataMark:CNSDTF-VCT\nVersion:1.0\nUnit:M\nTopo:0\nHeadEnd\n", "edition"),
        (b"HeadBegin\nXYUnit:K\nHeadEnd\n", "unit"),
    ],
)
def test_what_cannot_be_read_at_all_is_refused_in_one_sentence(
    tmp_path: Path, data: bytes, code: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, data)
    (found,) = caught.value.findings
    assert found.code == f"FMT-vct-{code}" and found.message.endswith("。") and found.remedy


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="找不到"):
        read_vct(tmp_path / "none.vct")


def test_broken_letters_are_told(tmp_path: Path) -> None:
    file = read(tmp_path, (HEAD + CODES).encode("gbk").replace("控制点".encode("gbk"), b"\xff\xff"))
    assert codes(file)[0] == "encoding"


def _doubling() -> str:
    lines = "1\nL\nU\n1\n1\n11\n2\n0,0\n1,1\n0\n"
    return "LineBegin\n" + lines + "".join(
        f"{n}\nL\nU\n100\n2\n{n - 1},{n - 1}\n0\n" for n in range(2, 200)
    ) + "LineEnd\n"  # fmt: skip


_BOMBS = {
    "doubling": _doubling,
    "lying counts": lambda: "LineBegin\n" + "".join(
        f"{n}\nL\nU\n1\n1\n11\n60000\n0,0\n1,1\n0\n" for n in range(1, 20_000)) + "LineEnd\n",
    "one ring a thousand times": lambda: (
        "PolygonBegin\n1\n2001010100\nU\n1\n1,1\n3000\n" + 3000 * SQUARE + "0\nPolygonEnd\n"),
    "long chain": lambda: "PolygonBegin\n" + "".join(
        f"{n}\n2001010100\nU\n100\n1,1\n22\n1\n{n + 1}\n0\n" for n in range(1, 20_000)) + "PolygonEnd\n",
    "one line for all": lambda: "LineBegin\n1\nQ\nU\n1\n1\n11\n5000\n" + "".join(
        f"{n},{n * n % 7}\n" for n in range(5000)) + "0\nLineEnd\nPolygonBegin\n" + "".join(
        f"{n}\n2001010100\nU\n100\n1,1\n21\n400\n" + ",".join(["1,-1"] * 200) + "\n0\n" for n in range(1, 200)
        ) + "PolygonEnd\n",
    "sections without end": lambda: "PointBegin\nLineBegin\n" * 5000,
    "names all the same": lambda: (
        "TableStructureBegin\nX,9\n" + "A,Char,1\n" * 50_000 + "0\nTableStructureEnd\n"),
    "references one by one": lambda: (
        "PolygonBegin\n1\n2001010100\nU\n100\n1,1\n21\n100000\n" + "7\n0\n" * 50_000 + "0\nPolygonEnd\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", _BOMBS)
def test_no_file_takes_time_or_memory_beyond_its_size(tmp_path: Path, name: str) -> None:
    text = HEAD + CODES + _BOMBS[name]()
    started = time.monotonic()
    file = read(tmp_path, text)
    elapsed = time.monotonic() - started
    tracemalloc.start()
    if len(text) < 200_000:  # what multiplies is small; tracing is slow
        read_vct(tmp_path / "a.vct")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert file.findings
    assert elapsed < 10 and peak < 300_000_000
    assert len(file.findings) < 21 * 8


_PIECES = st.sampled_from([
    *"0 1 -1 2 3 11 21 22 100 999999999 x L P Z Q Unknown 1,1 0,0 nan,1 5,x 1,-2 4,4 , ,,".split(),
    "2001010100", "DLTB",
    "HeadBegin", "HeadEnd", "PointBegin", "PointEnd", "LineBegin", "LineEnd", "PolygonBegin", "PolygonEnd",
    "AnnotationBegin", "AnnotationEnd", "AttributeBegin", "TableEnd", "AttributeEnd", "StyleBegin", "PT", "",
    "VarcharBegin", "VarcharEnd", "CommentBegin", "FeatureCodeBegin", "TableStructureBegin", "Separator:0",
    "X,5", "A,Char", "A,Float,9,2", "XAxisDirection:N", "Dim:3", "上庄",
])  # fmt: skip


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(_PIECES, max_size=60))
def test_any_rows_in_any_order_are_read_or_explained(tmp_path: Path, rows: list[str]) -> None:
    file = body(tmp_path, "\n".join(rows))
    for one in file.layers:
        assert len(one) == len(one.ids) and all(len(column) == len(one) for column in one.columns.values())


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_good_file_with_bytes_cut_or_changed_is_read_or_explained(
    tmp_path: Path, data: st.DataObject
) -> None:
    whole = (HEAD + CODES + EDGES +
             "PolygonBegin\n5\n2001010100\nU\n100\n1,1\n21\n4\n1,-2,0,4\n0\nPolygonEnd\n"
             "AttributeBegin\nDLTB\n5,620524,12.50\nTableEnd\nAttributeEnd\n").encode("gbk")  # fmt: skip
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, min(len(whole), start + 40)))
    broken = whole[:start] + data.draw(st.binary(max_size=8)) + whole[stop:]
    try:
        file = read(tmp_path, broken)
    except InputError as error:
        assert len(error.findings) == 1
        return
    for one in file.layers:
        assert all(len(column) == len(one) for column in one.columns.values())
