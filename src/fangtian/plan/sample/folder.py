"""示例方案文件夹。Writes the generated township and its plan as a folder like any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.land_class import land_classes
from fangtian.catalog.layer import layer_specs
from fangtian.catalog.official import official_fields
from fangtian.formats.geopackage import OutField, OutLayer, write_geopackage
from fangtian.formats.qgis_style import polygon_style
from fangtian.geo.area import official_areas
from fangtian.geo.crs import crs_of
from fangtian.plan.sample.attributes import EPSG, Survey, placed, survey
from fangtian.plan.sample.country import Country, country, generator
from fangtian.plan.sample.drawing import Plot
from fangtian.plan.sample.elevation import write_relief
from fangtian.plan.sample.field_plots import Shift
from fangtian.plan.sample.names import COUNTY, TOWNSHIP, VILLAGES
from fangtian.plan.sample.narrative import write_narrative
from fangtian.plan.sample.plan_file import plan_toml
from fangtian.plan.sample.plots import Proposal, proposal
from fangtian.plan.sample.rights import write_rights
from fangtian.plan.sample.tables import write_tables
from fangtian.plan.sample.zones import Zones, zones
from fangtian.units import Area

__all__ = ["write_sample"]

Columns = Mapping[str, Sequence[Any] | NDArray[Any]]


def write_sample(root: Path, progress: Callable[[str], None] | None = None) -> Path:
    """写示例方案。Generate the sample township and write its plan folder; returns ``root``.

    ``root`` is made if need be; files of an earlier sample in it are replaced, others stay. The same bytes
    every time. ``progress`` is told, in Chinese, what is being done.
    """
    tell = progress or (lambda message: None)
    tell("正在生成示例乡镇的地形、道路和图斑…")
    here = country()
    tell("正在划定分区和永久基本农田…")
    zoned = zones(here, generator(9))
    surveyed = survey(here.parcels, zoned, generator(10))
    tell("正在布置整治地块…")
    planned = proposal(here, zoned, surveyed, generator(11))
    tell("正在写出方案文件夹…")
    data = root / "data"
    data.mkdir(parents=True, exist_ok=True)
    base = _base_layers(here, zoned, surveyed)
    plan = _plan_layers(here, zoned, planned)
    write_geopackage(data / "base.gpkg", list(base.values()))
    write_geopackage(data / "plan.gpkg", list(plan.values()))
    write_relief(data / "dem.tif", here.land.relief)
    write_tables(data, _places(here, {plot.id: plot.subproject for plot in planned.plots}, planned.plots))
    _rights(data, here, planned.plots)
    write_narrative(root, here.land.relief)
    named = {role: (layer.name, layer.title) for role, layer in (base | plan).items()}
    (root / "plan.toml").write_text(plan_toml(named), encoding="utf-8", newline="\n")
    return root


def _rights(data: Path, here: Country, plots: list[Plot]) -> None:
    shapes = np.empty(len(plots), dtype=object)
    shapes[:] = [plot.geometry for plot in plots]
    found = official_areas(placed(shapes), crs_of(EPSG)).tolist()
    areas = {plot.id: Area(int(area)) for plot, area in zip(plots, found, strict=True)}
    write_rights(data, plots, _places(here, {plot.id: plot.id for plot in plots}, plots), areas)


def _places(here: Country, group: Mapping[str, str], plots: list[Plot]) -> dict[str, str]:
    """Names of the villages that the plots of each group lie in, from north to south."""
    tree = shapely.STRtree(here.parcels.geometry)
    villages: dict[str, set[int]] = {}
    for plot in plots:
        rows = tree.query(shapely.buffer(plot.geometry, -1.0), predicate="intersects")
        villages.setdefault(group[plot.id], set()).update(here.parcels.village[rows].tolist())
    return {
        key: "、".join(VILLAGES[number].name for number in sorted(found)) for key, found in villages.items()
    }


def _base_layers(here: Country, zoned: Zones, surveyed: Survey) -> dict[str, OutLayer]:
    """Surveyed and delimited: parcels, villages, basic farmland, red line, town boundary, slope."""
    parcels = here.parcels
    by_village = [parcels.geometry[parcels.village == number] for number in range(len(VILLAGES))]
    villages = [shapely.coverage_union_all(members) for members in by_village]
    population = [np.nan if village.population is None else float(village.population) for village in VILLAGES]
    style = polygon_style(
        [
            (code, entry.name, entry.rgb)
            for code, entry in land_classes().items()
            if code in set(parcels.land_class.tolist())
        ],
        layer_specs()["parcels"].field("land_class").official[0],
    )
    return {
        "parcels": _layer("parcels", parcels.geometry, surveyed.columns, style),
        "villages": _layer(
            "villages",
            villages,
            {
                "village_code": [village.code for village in VILLAGES],
                "village_name": [village.name for village in VILLAGES],
                "village_kind": [village.kind for village in VILLAGES],
                **_control(here, surveyed, villages),
                "households": [village.households for village in VILLAGES],
                "population": population,
            },
        ),
        "basic_farmland": _farmland(zoned, surveyed),
        "eco_redline": _layer(
            "eco_redline", [zoned.redline], {"name": ["方田北山水土保持生态保护红线（示例）"]}
        ),
        "urban_boundary": _layer("urban_boundary", [zoned.town], {"name": ["方田镇城镇开发边界（示例）"]}),
        "slope": _layer(
            "slope",
            zoned.slopes,
            {"slope_class": zoned.slope_codes, "identifier": _serial(1002, len(zoned.slopes))},
        ),
    }


def _control(here: Country, surveyed: Survey, villages: Sequence[Any]) -> Columns:
    """Control areas: the parcels of a village, as the survey levelled them, and its border as computed."""
    shapes = np.array(villages, dtype=object)
    control = np.bincount(here.parcels.village, surveyed.area, len(VILLAGES)) / 100.0
    return {
        "identifier": _serial(1003, len(VILLAGES)),
        "control_area": control,
        "computed_area": official_areas(placed(shapes), crs_of(EPSG)) / 100.0,
        "island_code": ["00"] * len(VILLAGES),
    }


def _serial(layer: int, count: int) -> list[str]:
    """标识码: county, layer, serial number."""
    return [f"{COUNTY}{layer}{number:08d}" for number in range(1, count + 1)]


def _farmland(zoned: Zones, surveyed: Survey) -> OutLayer:
    farmland = zoned.farmland
    area = official_areas(placed(farmland.geometry), crs_of(EPSG))
    held = farmland.patch >= 0
    ridge = np.zeros(len(area), dtype=np.int64)
    np.add.at(ridge, farmland.patch[held], (surveyed.area - surveyed.net)[held])
    serial = [
        f"{COUNTY}{TOWNSHIP[6:]}{200 + VILLAGES[v].number}{number:06d}"
        for number, v in enumerate(farmland.village, start=1)
    ]
    return _layer(
        "basic_farmland",
        farmland.geometry,
        {
            "patch_id": serial,
            "land_class": farmland.land_class,
            "area": area / 100.0,
            "net_area": (area - ridge) / 100.0,
        },
    )


def _plan_layers(here: Country, zoned: Zones, planned: Proposal) -> dict[str, OutLayer]:
    """What the plan says: its areas, plots, and what changes in basic farmland and the town boundary."""
    pilot = shapely.coverage_union_all(here.parcels.geometry)
    return {
        "pilot_area": _layer("pilot_area", [pilot], {"name": ["方田镇（示例）"]}),
        "consolidation_area": _layer(
            "consolidation_area", [zoned.consolidation], {"name": ["方田川整治区域（示例）"]}
        ),
        "plots": _plots(planned.plots),
        "basic_farmland_out": _shifts("basic_farmland_out", planned.out),
        "basic_farmland_in": _shifts("basic_farmland_in", planned.into),
        "urban_boundary_after": _layer(
            "urban_boundary_after", [zoned.town_after], {"name": ["方田镇城镇开发边界（示例，调整后）"]}
        ),
    }


def _plots(plots: list[Plot]) -> OutLayer:
    def numbers(values: list[Any]) -> NDArray[np.float64]:
        return np.array([np.nan if value is None else float(value) for value in values])

    return _layer(
        "plots",
        [plot.geometry for plot in plots],
        {
            "plot_id": [plot.id for plot in plots],
            "subproject_id": [plot.subproject for plot in plots],
            "plot_kind": [plot.kind for plot in plots],
            "planned_class": [plot.planned_class for plot in plots],
            "year": [plot.year for plot in plots],
            "quality_grade": numbers([plot.grade for plot in plots]),
            "ridge_coefficient": numbers([plot.ridge for plot in plots]),
            "ridges_surveyed": [plot.surveyed for plot in plots],
            "plot_use": [plot.use for plot in plots],
            "houses": numbers([plot.houses for plot in plots]),
            "households": numbers([plot.households for plot in plots]),
            "people": numbers([plot.people for plot in plots]),
            "proof": [plot.proof for plot in plots],
            "note": [plot.note for plot in plots],
        },
    )


def _shifts(role: str, shifts: list[Shift]) -> OutLayer:
    columns: dict[str, list[str]] = {
        "plot_id": [shift.id for shift in shifts],
        "note": [shift.note for shift in shifts],
    }
    kinds = [shift.kind for shift in shifts]
    if role == "basic_farmland_out":
        columns |= {"reason": kinds, "use_after": [shift.use for shift in shifts]}
    else:
        columns |= {"block": kinds}
    return _layer(role, [shift.geometry for shift in shifts], columns)


def _layer(role: str, geometry: Sequence[Any] | NDArray[Any], columns: Columns, style: str = "") -> OutLayer:
    """A layer under its official name: the fields that we read, then others that its standard demands."""
    spec = layer_specs()[role]
    shapes = np.empty(len(geometry), dtype=object)
    shapes[:] = list(geometry)
    present = [field for field in spec.fields if field.name in columns]
    known = {field.name for field in spec.fields}
    formal = [field for field in official_fields(spec) if field.role in columns and field.role not in known]
    fields = tuple(
        OutField(field.official[0], field.term, field.type, field.length, field.decimals) for field in present
    ) + tuple(OutField(field.name, field.alias, "text", field.length or 0) for field in formal)
    values = {field.official[0]: columns[field.name] for field in present}
    values |= {field.name: columns[field.role] for field in formal}
    return OutLayer(spec.official, spec.title, placed(shapes), values, fields, EPSG, style)
