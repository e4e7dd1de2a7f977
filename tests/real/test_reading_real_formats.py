"""真实的界址点坐标文件、VCT 和缺 .dbf 的 Shapefile：都能读，个数、面积与文件自己写的对得上。"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import shapely

from fangtian.errors import InputError
from fangtian.formats.field_sizes import declared_fields
from fangtian.formats.reading import read_dataset
from fangtian.plan.polygon_file import measure_file

SHARED = Path(__file__).parents[3] / "shared"
BOUNDARIES = sorted(
    [*(SHARED / "data/boundary_txt_cn").glob("*.txt"), *(SHARED / "standards/samples").glob("txt_*.txt")]
)
EXCHANGE = sorted((SHARED / "data/vct_cngiss_400w").glob("*.vct"))
CADASTRE = SHARED / "data/alkis/10_fluren"
TEMPLATE = SHARED / "data/cctool_templates/gdb/村庄规划数据库.gdb"


@pytest.mark.skipif(not BOUNDARIES, reason="../shared has no real boundary files here")
@pytest.mark.parametrize("path", BOUNDARIES, ids=lambda path: path.name)
def test_real_boundary_files_show_both_areas_beside_the_declared_one(path: Path) -> None:
    data = read_dataset(path)
    (layer,) = data.layers
    measured = measure_file(path)
    assert len(layer) == len(measured.features) and measured.crs.prefixed
    for feature, hectares in zip(measured.features, layer.columns["地块面积"], strict=True):
        assert feature.plane is not None and feature.declared is not None
        assert feature.declared.ha == Decimal(hectares)
        # What is declared is the plane area, to its four decimals of a hectare; no file here means the other.
        assert abs(int(feature.plane) - int(feature.declared)) <= 51
        assert 0 < feature.plane.m2 - feature.area.m2 < feature.plane.m2 / 2000


@pytest.mark.skipif(not EXCHANGE, reason="../shared/data/vct_cngiss_400w is not here")
@pytest.mark.parametrize("path", EXCHANGE, ids=lambda path: path.name)
def test_real_vct_files_have_the_counts_of_their_own_headers(path: Path) -> None:
    text = path.read_bytes().decode("gb18030").replace("\r\n", "\n")
    structure = text.partition("TableStructureBegin")[2].partition("TableStructureEnd")[0]
    rows = text.partition("AttributeBegin")[2].partition("TableEnd")[0].strip().splitlines()[1:]
    ((name, count),) = re.findall(r"^(\w+),(\d+)$", structure, re.MULTILINE)
    data = read_dataset(path)
    (layer,) = data.layers
    assert (layer.name, len(layer.fields), len(layer)) == (name, int(count), len(rows))
    assert (layer.epsg, layer.decimals, data.encoding, data.findings) == (4490, 6, "gb18030", ())
    low, high = (
        [float(value) for value in re.findall(rf"^{key}:(.*)$", text, re.MULTILINE)[0].split(",")]
        for key in ("ExtentMin", "ExtentMax")
    )
    np.testing.assert_allclose(shapely.total_bounds(layer.geometry), [*low, *high], atol=1e-5)


@pytest.mark.skipif(not CADASTRE.exists(), reason="../shared/data/alkis is not here")
def test_a_cadastre_without_its_dbf_closes_on_the_districts() -> None:
    data = read_dataset(CADASTRE / "landnutzung.shp")
    (layer,) = data.layers
    assert [item.code for item in data.findings] == ["FMT-dbf-missing"]
    assert (len(layer), layer.kind, layer.epsg, layer.fields) == (2075, "polygon", 25832, ())
    assert shapely.area(layer.geometry).sum() == pytest.approx(13_159_414.638, abs=0.001)
    with pytest.raises(InputError) as caught:  # not CGCS2000: no official area
        measure_file(CADASTRE / "landnutzung.shp")
    assert [item.code for item in caught.value.findings] == ["CRS-foreign"]


@pytest.mark.skipif(not TEMPLATE.exists(), reason="../shared/data/cctool_templates is not here")
def test_a_geodatabase_of_arcgis_gives_lengths_and_aliases() -> None:
    fields = {field.name: field for field in declared_fields(TEMPLATE, "CJDCQ", {"BSM": "OFTString"})}
    assert (fields["BSM"].length, fields["BSM"].alias) == (20, "标识码")
    data = read_dataset(TEMPLATE)
    assert len(data.layers) == 8 and {layer.epsg for layer in data.layers if layer.kind != "table"} == {4528}
