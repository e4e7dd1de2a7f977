"""真实 VCT 转 GeoPackage 再转回：个数、属性、坐标都在。"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from fangtian.formats.reading import read_dataset
from fangtian.formats.writing import write_dataset

SHARED = Path(__file__).parents[3] / "shared"
FILES = sorted((SHARED / "data/vct_cngiss_400w").glob("*.vct"))
NOTES = SHARED / "standards/samples/vct2007_annotation.vct"
PLOTS = sorted((SHARED / "data/boundary_txt_cn").glob("*.txt"))


@pytest.mark.skipif(not FILES, reason="../shared has no real VCT files here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_vct_to_geopackage_and_back(path: Path, tmp_path: Path) -> None:
    source = read_dataset(path)
    write_dataset(tmp_path / "b.gpkg", source)
    write_dataset(tmp_path / "c.vct", read_dataset(tmp_path / "b.gpkg"), decimals=source.layers[0].decimals)
    back = read_dataset(tmp_path / "c.vct")
    assert [layer.name for layer in back.layers] == [layer.name for layer in source.layers]
    for layer, again in zip(source.layers, back.layers, strict=True):
        assert (len(again), again.kind, again.epsg) == (len(layer), layer.kind, layer.epsg)
        once = layer.geometry
        if layer.kind == "polygon":
            once = shapely.remove_repeated_points(once)
        pairs = zip(shapely.normalize(once), shapely.normalize(again.geometry), strict=True)
        assert all(shapely.to_wkb(one) == shapely.to_wkb(other) for one, other in pairs)
        for name, column in layer.columns.items():
            np.testing.assert_array_equal(column, again.columns[name])


@pytest.mark.skipif(not FILES, reason="../shared has no real VCT files here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_head_goes_along_or_is_told(path: Path, tmp_path: Path) -> None:
    source = read_dataset(path)
    assert source.head["MapScale"] == "4000000" and source.head["Date"] == "20170213"
    write_dataset(tmp_path / "a.vct", source)
    back = read_dataset(tmp_path / "a.vct").head
    assert {key: back[key] for key in source.head if not key.startswith("Extent")} == {
        key: value for key, value in source.head.items() if not key.startswith("Extent")
    }
    told = [item.message for item in write_dataset(tmp_path / "a.gpkg", source) if item.code == "CNV-head"]
    assert len(told) == 1 and "MapScale：4000000" in told[0] and "Date：20170213" in told[0]


@pytest.mark.skipif(not PLOTS, reason="../shared has no real boundary files here")
@pytest.mark.parametrize("path", PLOTS, ids=lambda path: path.name)
def test_boundary_txt_to_vct_and_back(path: Path, tmp_path: Path) -> None:
    source = read_dataset(path)
    write_dataset(tmp_path / "b.vct", source)
    write_dataset(tmp_path / "c.txt", read_dataset(tmp_path / "b.vct"))
    (layer,), (again,) = source.layers, read_dataset(tmp_path / "c.txt").layers
    pairs = zip(shapely.normalize(layer.geometry), shapely.normalize(again.geometry), strict=True)
    assert all(shapely.equals_exact(one, other, 0) for one, other in pairs)
    for name in ("地块编号", "地块名称"):
        assert again.columns[name].tolist() == layer.columns[name].tolist()


@pytest.mark.skipif(not NOTES.exists(), reason="../shared has no real annotations here")
def test_annotations_to_geopackage_and_back(tmp_path: Path) -> None:
    (source,) = read_dataset(NOTES).layers
    write_dataset(tmp_path / "b.gpkg", read_dataset(NOTES))
    write_dataset(tmp_path / "c.vct", read_dataset(tmp_path / "b.gpkg"), decimals=source.decimals)
    (back,) = read_dataset(tmp_path / "c.vct").layers
    assert (
        (back.kind, len(back)) == ("annotation", 28) and source.texts is not None and back.texts is not None
    )
    assert back.texts.tolist() == source.texts.tolist() and back.texts[0] == "拉萨"
    np.testing.assert_array_equal(back.angles, source.angles)
    assert shapely.equals_exact(source.geometry, back.geometry, 0).all()
