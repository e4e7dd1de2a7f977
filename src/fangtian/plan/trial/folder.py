"""试算方案写出。plan.toml, derived layers and illustrative tables of a trial."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from fangtian.catalog.layer import layer_specs
from fangtian.formats.geopackage import OutField, OutLayer, write_geopackage
from fangtian.plan.trial.region import IN_CONSOLIDATION, Region
from fangtian.plan.trial.standins import YEARS, Standin

__all__ = ["write_folder"]

SUBPROJECTS = (
    ("Z01", "试算宜耕土地整理", "农用地整理", "自然资源主管部门", "宜耕地块整理、田块平整", 260),
    ("Z02", "试算耕地提质改造", "农用地整理", "农业农村主管部门", "灌溉配套、土壤改良", 380),
    ("Z03", "试算拆旧复垦", "建设用地整理", "自然资源主管部门", "房屋拆除、土地复垦", 120),
    ("Z04", "试算产业用地盘活", "产业布局和引入", "乡镇人民政府", "存量厂房改造、安置建房", 450),
    ("Z05", "试算生态修复", "乡村生态保护修复", "林业和草原主管部门", "裸地植树种草", 90),
)

SUBPROJECT_HEADER = (
    *("子项目编号", "项目名称", "项目类型", "主管部门", "申请立项部门", "批复部门"),
    *("项目位置", "主要内容", "计划开工年度", "计划验收年度", "计划投资（万元）", "备注"),
)


def write_folder(root: Path, file: Path, region: Region, standins: Sequence[Standin]) -> None:
    """写出方案文件夹。Layers into one GeoPackage, tables as CSV, and the plan that names them all."""
    write_geopackage(root / "data" / "standins.gpkg", [_layer(item, region) for item in standins])
    worked = region.villages.column("village_name")[:IN_CONSOLIDATION]
    _tables(root / "data", "、".join(str(name) for name in worked))
    (root / "plan.toml").write_text(_toml(file, region, standins), encoding="utf-8")


def _layer(item: Standin, region: Region) -> OutLayer:
    spec = layer_specs()[item.role]
    chosen = [field for field in spec.fields if field.name in item.columns]
    fields = tuple(OutField(f.official[0], f.term, f.type, f.length, f.decimals) for f in chosen)
    columns = {field.official[0]: item.columns[field.name] for field in chosen}
    return OutLayer(spec.official, spec.title, item.geometry, columns, fields, region.crs.epsg)


def _tables(data: Path, location: str) -> None:
    header = ",".join(SUBPROJECT_HEADER)
    rows = [
        (
            code,
            name,
            kind,
            body,
            "县级主管部门",
            "县级主管部门",
            location,
            works,
            YEARS[0],
            YEARS[-1],
            money,
            "试算示意",
        )
        for code, name, kind, body, works, money in SUBPROJECTS
    ]
    _csv(data / "subprojects.csv", header, rows)
    sources = ("涉农资金整合", "社会资本")
    funds = [
        (code, year, source, f"{money / len(YEARS) / len(sources):.2f}")
        for code, *_, money in SUBPROJECTS
        for year in YEARS
        for source in sources
    ]
    _csv(data / "funds.csv", "子项目编号,年度,资金来源,金额（万元）", _closed(funds))


def _closed(funds: Sequence[tuple[str, int, str, str]]) -> Iterable[Sequence[object]]:
    """The last row of each sub-project takes the cents that equal shares leave over."""
    totals = {code: round(money * 100) for code, *_, money in SUBPROJECTS}
    for place, (code, year, source, amount) in enumerate(funds):
        cents = round(float(amount) * 100)
        last = place + 1 == len(funds) or funds[place + 1][0] != code
        cents = totals[code] if last else cents
        totals[code] -= cents
        yield code, year, source, f"{cents / 100:.2f}"


def _csv(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as sheet:
        writer = csv.writer(sheet, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def _toml(file: Path, region: Region, standins: Sequence[Standin]) -> str:
    county = str(region.villages.ids[0])[:6]
    township = str(region.villages.ids[0])[:9]
    blocks = [
        "# 试算方案：图斑来自真实文件，其余图层、地块、子项目和资金均由程序推导，只用于试运行。",
        "[plan]",
        f'name = "{file.name} 试算方案（推导数据，仅供试运行）"',
        'unit = "方田试算"',
        'regime = ["gansu-measures-2025"]',
        'outline = "outline-2021"',
        f"base_year = {region.year}",
        f"period = [{YEARS[0]}, {YEARS[-1]}]",
        f'crs = "EPSG:{region.crs.epsg}"',
        f'county = "{county}"',
        f'townships = ["{township}"]',
        _layer_block("parcels", f"data/{file.name}", region.parcels_layer, ""),
    ]
    for item in standins:
        official = layer_specs()[item.role].official
        blocks.append(_layer_block(item.role, "data/standins.gpkg", official, item.origin))
    blocks += [
        '[tables.subprojects]\npath = "data/subprojects.csv"',
        '[tables.funds]\npath = "data/funds.csv"',
    ]
    return "\n\n".join(["\n".join(blocks[:11]), *blocks[11:]]) + "\n"


def _layer_block(role: str, path: str, layer: str, standin: str) -> str:
    lines = [f"[layers.{role}]", f'path = "{path}"', f'layer = "{layer}"']
    return "\n".join([*lines, f'standin = "{standin}"'] if standin else lines)
