"""地理数据库残缺：GDAL 一声不响读成空图层的，要说出来。"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_files import write_sound

from fangtian.errors import InputError
from fangtian.formats.reading_gdal import layer_infos

TABLE = "a00000009.gdbtable"


def test_a_sound_geodatabase_has_lost_nothing(tmp_path: Path) -> None:
    source = write_sound(tmp_path / "a.gdb", "OpenFileGDB")
    assert "DLTB" in {info.name for info in layer_infos(source, source)}


@pytest.mark.parametrize(
    ("part", "damage", "rows"),
    [
        (TABLE, lambda data: data[: len(data) // 2], "3"),
        (TABLE, lambda data: data[:40] + b"\xff" * (len(data) - 40), "3"),
        (TABLE, lambda data: bytes(len(data)), "?"),
        (TABLE, lambda data: b"", "?"),
        (TABLE.replace("table", "tablx"), lambda data: data[:20], "3"),
    ],
)
def test_a_layer_that_gives_fewer_rows_than_its_table_has_is_named(
    tmp_path: Path, part: str, damage: Callable[[bytes], bytes], rows: str
) -> None:
    source = write_sound(tmp_path / "a.gdb", "OpenFileGDB")
    (source / part).write_bytes(damage((source / part).read_bytes()))
    with pytest.raises(InputError) as caught:
        layer_infos(source, source)
    (found,) = caught.value.findings
    assert found.code == "FMT-gdb-rows" and found.place.layer == "DLTB"
    assert (found.values["told"], found.values["count"]) == (rows, "0")
