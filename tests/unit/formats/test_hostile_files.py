"""破损与撒谎的文件：公开测试集里的每一个，要么读出来，要么说清楚，绝不崩溃。"""

from pathlib import Path

import pytest

from fangtian.errors import InputError
from fangtian.formats.reading import read_dataset
from fangtian.formats.source import SUFFIXES
from fangtian.formats.vector import list_layers, read_layer

HOSTILE = Path(__file__).parents[3] / "../shared/data/hostile"
_SMALL = 200_000
FILES = sorted(
    path
    for path in (HOSTILE.rglob("*") if HOSTILE.exists() else ())
    if path.suffix.lower() in SUFFIXES and path.is_file() and path.stat().st_size < _SMALL
)


@pytest.mark.skipif(not FILES, reason="../shared/data/hostile is not here: no hostile files to read")
def test_every_hostile_file_is_read_or_explained(capfd: pytest.CaptureFixture[str]) -> None:
    assert len(FILES) > 100
    read = 0
    for path in FILES:
        try:
            infos = list_layers(path)
            data = read_dataset(path)
            assert [len(layer) for layer in data.layers] == [info.count for info in infos], path
            layer = read_layer(path)
        except InputError as error:
            assert error.findings, path
            for problem in error.findings:
                assert problem.message.endswith("。"), path
                assert problem.remedy, path
        else:
            read += 1
            assert all(len(column) == len(layer) for column in layer.fields.values()), path
    assert read > 40
    assert capfd.readouterr().err == ""
