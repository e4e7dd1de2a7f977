"""转换不静默丢失：任意数据集写成任意格式，读回来的每一处不同都有说明。"""

from __future__ import annotations

from pathlib import Path

import pytest
from any_dataset import Comparison, datasets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fangtian.errors import InputError
from fangtian.formats.dataset import Dataset
from fangtian.formats.writing import write_layers

REFUSALS = {"CNV-nothing", "CNV-zone-needed", "CNV-systems"}


def told_of_everything(folder: Path, name: str, dataset: Dataset) -> None:
    try:
        written = write_layers(folder / name, dataset, overwrite=True)
    except InputError as error:
        assert error.findings[0].code in REFUSALS
        return
    assert list(Comparison(dataset, written).differences()) == []


FORMATS = {"a.shp": 20, "a.geojson": 25, "a.vct": 30, "a.txt": 25, "a.gpkg": 8, "a.gdb": 6}


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_lost_silently(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    @settings(max_examples=FORMATS[name], suppress_health_check=list(HealthCheck))
    @given(dataset=datasets())
    def run(dataset: Dataset) -> None:
        told_of_everything(tmp_path_factory.mktemp("w"), name, dataset)

    run()


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(dataset=datasets(), decimals=st.integers(0, 5))
def test_rounding_is_told_with_its_largest_shift(
    dataset: Dataset, decimals: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("r")
    written = write_layers(folder / "a.geojson", dataset, decimals=decimals)
    assert list(Comparison(dataset, written).differences()) == []
