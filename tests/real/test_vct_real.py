"""真实 VCT：读出的个数与文件自己写明的一致，写出再读回一位小数不差。"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import shapely

from fangtian.catalog.finding import Severity
from fangtian.formats.vct_reading import read_vct
from fangtian.formats.vct_writing import write_vct

SHARED = Path(__file__).parents[3] / "shared"
FILES = sorted([
    *(SHARED / "data/vct_cngiss_400w").glob("*.vct"), *(SHARED / "standards/samples").glob("vct2007_*.vct"),
])  # fmt: skip


def _declared(text: str) -> tuple[int, dict[str, int], int]:
    """Features, fields of each table, and points of lines and polygons, as the file's own counts say."""
    body = text.partition("AttributeBegin")[0].partition("TableStructureEnd")[2]
    features = len(re.findall(r"^0\n\n?(?=\d|\w+End)", body, re.MULTILINE))
    structure = text.partition("TableStructureBegin")[2].partition("TableStructureEnd")[0]
    fields = {name: int(count) for name, count in re.findall(r"^(\w+),(\d+)$", structure, re.MULTILINE)}
    return features, fields, sum(map(int, re.findall(r"^11\n(\d+)$", body, re.MULTILINE)))


@pytest.mark.skipif(not FILES, reason="../shared has no real VCT files here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files_are_read_with_their_own_counts_and_come_back(path: Path, tmp_path: Path) -> None:
    file = read_vct(path)
    features, fields, points = _declared(path.read_bytes().decode("gb18030").replace("\r\n", "\n"))
    assert not [item for item in file.findings if item.severity is not Severity.INFO]
    assert features and sum(map(len, file.layers)) == features
    assert {layer.table: len(layer.fields) for layer in file.layers} == fields
    counted = [layer for layer in file.layers if layer.kind in ("line", "polygon")]
    assert sum(int(shapely.get_num_coordinates(layer.geometry).sum()) for layer in counted) == points
    assert not any(shapely.is_missing(layer.geometry).any() for layer in file.layers)
    assert all(shapely.is_valid(layer.geometry).all() for layer in file.layers)
    for indirect in (True, False):
        told = write_vct(tmp_path / "b.vct", file, indirect=indirect)
        assert {item.code for item in told} <= {"FMT-vct-repeated"}
        back = read_vct(tmp_path / "b.vct")
        assert back.findings == ()
        for layer, again in zip(file.layers, back.layers, strict=True):
            assert (layer.code, layer.fields, layer.ids.tolist()) == (
                again.code,
                again.fields,
                again.ids.tolist(),
            )
            once = layer.geometry
            if layer.kind == "polygon":
                once = shapely.remove_repeated_points(once)
            pairs = zip(shapely.normalize(once), shapely.normalize(again.geometry), strict=True)
            assert all(shapely.to_wkb(one) == shapely.to_wkb(other) for one, other in pairs)
            for name, column in layer.columns.items():
                np.testing.assert_array_equal(column, again.columns[name])


@pytest.mark.skipif(not FILES, reason="../shared has no real VCT files here")
def test_the_counts_of_the_map_of_china() -> None:
    counts = {path.name: len(read_vct(path).layers[0]) for path in FILES if "4M" in path.name}
    assert counts["BOU1_4M_S.vct"] == 894 and counts["HYD1_4M_S.vct"] == 550
    assert counts["ROA_4M_L.vct"] == 151 and counts["RES1_4M_P.vct"] == 34
