"""任意数据集。Datasets of every kind of layer, field and shape, and what a conversion did to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from hypothesis import strategies as st

from fangtian.catalog.finding import Finding, Place
from fangtian.formats.attributes import plain_columns
from fangtian.formats.dataset import DataField, DataLayer, Dataset
from fangtian.formats.reading import read_dataset
from fangtian.formats.writing import Written

KEY = "地块编号"
"""Names every row of a source, in every format."""
EAST, NORTH = 35_450_000.0, 3_990_000.0
ZONE, DEGREES = 4523, 4490


def objects(*values: Any) -> Any:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def moved(shape: Any, east: float = EAST, north: float = NORTH) -> Any:
    return shapely.transform(shape, lambda points: points + np.array([east, north]))


def plain_dataset(folder: Path) -> Dataset:
    """Two layers with holes, several parts and Chinese names: what every format can hold."""
    hole = shapely.box(0, 0, 100, 100).difference(shapely.box(20, 20, 40, 40))
    parts = shapely.MultiPolygon([shapely.box(100, 0, 200, 100), shapely.box(300, 0, 320.125, 20)])
    fields = (DataField(KEY, length=18), DataField("名称", length=20), DataField("面积", "number", 15, 2))
    columns = {KEY: objects("1", "2"), "名称": objects("上庄", "下庄"), "面积": np.array([9600.0, np.nan])}
    parcels = DataLayer("地类图斑", "polygon", fields, objects(moved(hole), moved(parts)), columns, ZONE)
    pond = shapely.MultiPolygon([hole, shapely.box(25, 25, 35, 35)])
    one = {KEY: objects("9"), "名称": objects("张家川"), "面积": np.array([0.25])}
    villages = DataLayer("村级调查区", "polygon", fields, objects(moved(pond)), one, ZONE)
    return Dataset(folder / "来源.gdb", "FileGDB", (parcels, villages))


# ── any dataset ──────────────────────────────────────────────────────────────────────────────────────────

LETTERS = st.sampled_from([*"地类图斑甲乙丙 Ab9_-.,，@\t\n'\"&<%", "𠮷", "€", "é", "\0", "０", ";"])
WORDS = st.one_of(
    st.just(""), st.just("0103"), st.text(LETTERS, max_size=12), st.text(LETTERS, min_size=90, max_size=150)
)
NAMES = st.text(st.sampled_from([*"地类图斑权属单位名称代码ABc_ 9,-/", "𠮷"]), min_size=1, max_size=14)
NUMBERS = st.one_of(
    st.just(np.nan), st.just(np.inf), st.floats(-1e12, 1e12), st.integers(-5, 5).map(float), st.floats(0, 1),
    st.sampled_from([1e300, -1e-300, 2.0**53, 0.1 + 0.2]),
)  # fmt: skip
INTEGERS = st.one_of(st.just(np.nan), st.integers(-9, 9).map(float), st.integers(-(2**40), 2**40).map(float))
LONG = st.integers(0, 10**19).map(str)
DATES = st.one_of(st.just(""), st.dates().map(str))
MOMENTS = st.one_of(
    st.just(""), st.just("2024-05-06T00:00:00"), st.just("2024-05-06T07:08:09Z"), st.just("不详")
)
CONTENT = {
    "text": (WORDS, "text"), "number": (NUMBERS, "number"), "integer": (INTEGERS, "integer"),
    "long": (LONG, "integer"), "date": (DATES, "date"), "moment": (MOMENTS, "date"),
}  # fmt: skip
STEP = st.integers(0, 40_000).map(lambda number: number / 1000)
FINE = st.floats(0, 40)
PAIRS = st.one_of(st.tuples(STEP, STEP), st.tuples(FINE, FINE))
BOX = st.tuples(PAIRS, st.floats(0.01, 9)).map(lambda at: shapely.box(*at[0], at[0][0] + at[1], at[0][1] + 9))
RING = BOX.map(lambda box: box.difference(box.centroid.buffer(0.004, quad_segs=2)))
PARTS = st.tuples(BOX, BOX).map(lambda two: shapely.MultiPolygon([two[0], moved(two[1], 60, 60)]))
LINE = st.lists(PAIRS, min_size=2, max_size=5, unique=True).map(shapely.LineString)
LINES = st.tuples(LINE, LINE).map(lambda two: shapely.MultiLineString([two[0], moved(two[1], 50, 0)]))
POINT = PAIRS.map(shapely.Point)
POINTS = st.lists(PAIRS, min_size=2, max_size=3, unique=True).map(shapely.MultiPoint)
ANGLES = st.sampled_from([0.0, 30.5, np.nan])
EMPTY = st.sampled_from([None, None, shapely.Polygon()])
SHAPES = {
    "polygon": st.one_of(BOX, RING, PARTS, EMPTY),
    "line": st.one_of(LINE, LINES, EMPTY),
    "point": st.one_of(POINT, POINTS, EMPTY),
    "annotation": st.one_of(POINT, EMPTY),
    "mixed": st.one_of(BOX, LINE, POINT, EMPTY, st.tuples(BOX, LINE).map(shapely.GeometryCollection)),
    "table": st.none(),
}


@st.composite
def layers(draw: Any, name: str) -> DataLayer:
    kind = draw(st.sampled_from(list(SHAPES)))
    count = draw(st.integers(0, 4))
    epsg = draw(st.sampled_from([ZONE, ZONE, 4544, DEGREES, None]))
    base = (104.0, 35.0) if epsg == DEGREES else (450_000.0 if epsg == 4544 else EAST, NORTH)
    shapes = [draw(SHAPES[kind]) for _ in range(count)]
    if epsg == DEGREES:
        shapes = [shape and shapely.transform(shape, lambda points: points / 1000) for shape in shapes]
    fields = [DataField(KEY)]
    columns = {KEY: objects(*(f"r{row}" for row in range(count)))}
    for field in draw(st.lists(NAMES, max_size=4, unique=True)):
        values, type_ = CONTENT[draw(st.sampled_from(list(CONTENT)))]
        column = [draw(values) for _ in range(count)]
        numeric = all(isinstance(value, float) for value in column) and type_ in ("number", "integer")
        sizes = draw(st.sampled_from([(0, 0), (12, 2 if type_ == "number" else 0)]))
        fields.append(DataField(field, type_, *sizes, draw(st.sampled_from(["", "别名"]))))
        columns[field] = np.array(column, dtype=np.float64) if numeric else objects(*column)
    noted = kind == "annotation"
    return DataLayer(
        name, kind, tuple(fields), objects(*(shape and moved(shape, *base) for shape in shapes)), columns,
        epsg, code=draw(st.sampled_from(["", "2001010100"])),
        texts=objects(*(draw(WORDS) for _ in range(count))) if noted else None,
        angles=np.array([draw(ANGLES) for _ in range(count)]) if noted else None,
    )  # fmt: skip


@st.composite
def datasets(draw: Any) -> Dataset:
    names = draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))
    return Dataset(Path("/nowhere/来源.gdb"), "FileGDB", tuple(draw(layers(name)) for name in names))


# ── what became of it ────────────────────────────────────────────────────────────────────────────────────


class Comparison:
    """Every difference between a source and what is read back, as (layer, field, what)."""

    def __init__(self, source: Dataset, written: Written) -> None:
        self.source = source
        self.written = written
        self.read = {path.name: read_dataset(path) for path in written.files if _has_layers(path)}
        tables = [path for path in written.files if path.suffix == ".dbf"]
        alone = [path for path in tables if not path.with_suffix(".shp").exists()]
        self.read |= {path.name: _table(path) for path in alone}

    def told(self, layer: str, field: str, codes: str) -> bool:
        """Whether some finding of one of the codes names the layer and the field."""
        wanted = {f"CNV-{code}" if not code.startswith(("FMT", "BND")) else code for code in codes.split()}
        called = {"", layer, *(part.name for part in self.written.layers if part.source == layer)}
        return any(item.code in wanted and _names(item, called, field) for item in self.written.findings)

    def differences(self) -> Iterator[tuple[str, str, str]]:
        """Those that no finding tells of: none, if nothing is lost silently."""
        for layer in self.source.layers:
            found: dict[str, list[Any]] = {}
            for part in self.written.layers:
                if part.source == layer.name:
                    back = self._back(part.name, part.file)
                    yield from self._of_part(layer, part.name, back)
                    for row, key in enumerate(_keys(back)):
                        found.setdefault(key, []).append(back.geometry[row])
            for row in range(len(layer)):
                pieces = found.get(f"r{row}")
                if pieces is None:
                    if not self.told(layer.name, "", "layer-left-out row-left-out BND-too-small"):
                        yield layer.name, "", f"row {row} is gone"
                else:
                    yield from self._of_shape(layer, row, pieces)

    def _back(self, name: str, file: str) -> DataLayer:
        dataset = self.read[file]
        if len(dataset.layers) == 1:
            return dataset.layers[0]
        return next(layer for layer in dataset.layers if layer.name == name)

    def _of_part(self, layer: DataLayer, name: str, back: DataLayer) -> Iterator[tuple[str, str, str]]:
        if name != layer.name and not self.told(layer.name, "", "layer-renamed layer-split"):
            yield layer.name, "", f"it is called {name}"
        if back.name != name and not self.told(layer.name, "", "layer-file files table-file"):
            yield layer.name, "", f"it is called {back.name}"
        shaped = not shapely.is_missing(back.geometry).all()
        if shaped and back.epsg != layer.epsg and not self.told(layer.name, "", "system zone-prefix"):
            yield layer.name, "", f"{layer.epsg} became {back.epsg}"
        rows = [int(key.removeprefix("r")) for key in _keys(back)]
        if not self.told(layer.name, "", "field-left-out empty-layer"):
            yield from self._of_fields(layer, back, rows)

    def _of_fields(
        self, layer: DataLayer, back: DataLayer, rows: list[int]
    ) -> Iterator[tuple[str, str, str]]:
        for at, field in enumerate(layer.fields):
            if at >= len(back.fields):
                yield layer.name, field.name, "the field is gone"
                continue
            own = back.fields[at].name
            if own != field.name and not self.told(layer.name, "", "field-renamed"):
                yield layer.name, field.name, f"it is called {own}"
            yield from self._of_column(layer, field, rows, (own, back.columns[own]))

    def _of_column(
        self, layer: DataLayer, field: DataField, rows: list[int], back: tuple[str, Any]
    ) -> Iterator[tuple[str, str, str]]:
        codes = (
            "text-cut text-changed FMT-vct-text-changed number-rounded FMT-vct-value-cut number-endless "
            "date-moment date-form"
        )
        for row, value in zip(rows, back[1].tolist(), strict=True):
            before = layer.columns[field.name][row]
            told = any(self.told(layer.name, name, codes) for name in (field.name, back[0]))
            if not _same_value(before, value) and not told:
                yield layer.name, field.name, f"{before!r} became {value!r}"

    def _of_shape(self, layer: DataLayer, row: int, pieces: list[Any]) -> Iterator[tuple[str, str, str]]:
        before = layer.geometry[row]
        after = [piece for piece in pieces if piece is not None]
        if before is None or not after:
            if (before is None) != (not after) and not self.told(
                layer.name, "", "shape-empty FMT-vct-collapsed table-file"
            ):
                yield layer.name, "", f"shape {row} is gone"
            return
        if len(after) > 1 and not self.told(layer.name, "", "collection"):
            yield layer.name, "", f"shape {row} is in {len(after)} pieces"
        one, other = shapely.get_coordinates(before), shapely.get_coordinates(after)
        if self.told(layer.name, "", "zone-prefix"):
            other = np.round(other - (35e6, 0), 8)  # eight digits more leave no room for the last bits
        largest = self._largest(layer.name)
        near = all(np.abs(other - point).max(axis=1).min() <= largest for point in one)
        redrawn = self.told(layer.name, "", "shape-redrawn FMT-vct-collapsed")
        parts = sorted(len(shapely.get_coordinates(part)) for part in shapely.get_parts(before))
        again = sorted(len(shapely.get_coordinates(part)) for part in shapely.get_parts(after))
        collected = self.told(layer.name, "", "collection")
        near |= collected and self.told(layer.name, "", "layer-left-out")  # of one kind or another
        repeated = self.told("", "", "FMT-vct-repeated")
        if not redrawn and not (near and (parts == again or collected or repeated)):
            yield layer.name, "", f"shape {row} became {after} from {before}"

    def _largest(self, layer: str) -> float:
        told = [float(item.values["largest"]) for item in self.written.findings
                if item.code == "CNV-coordinates" and item.values["layer"] == layer]  # fmt: skip
        return max(told, default=0.0) * 1.06 + 1e-9  # it is told with two digits


def _names(item: Finding, layers: set[str], field: str) -> bool:
    named = item.values.get("layer", ""), item.values.get("field", "")
    return named[0] in layers and (not field or named[1] in ("", field))


def _keys(layer: DataLayer) -> list[str]:
    return layer.columns[layer.fields[0].name].tolist() if layer.fields else []


def _table(path: Path) -> Dataset:
    encoding = path.with_suffix(".cpg").read_text()
    meta, _, _, columns = pyogrio.raw.read(path, encoding=encoding, datetime_as_string=True)
    place = Place(file=path.name)
    values, _, _ = plain_columns(meta["fields"], columns, "", False, place)
    fields = tuple(DataField(name) for name in values)
    shapes = np.full(len(columns[0]), None, dtype=object)
    return Dataset(path, "dBASE", (DataLayer(path.stem, "table", fields, shapes, values),))


def _has_layers(path: Path) -> bool:
    return path.suffix.lower() not in (".dbf", ".shx", ".cpg", ".prj", ".csv")


def _same_value(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (one != one and other != other)
    if isinstance(one, float):
        return other == ("" if one != one else f"{one:.0f}") or (bool(other) and float(other) == one)
    if isinstance(other, float):
        return one == ("" if other != other else f"{other:.0f}")
    return bool(one == other)
