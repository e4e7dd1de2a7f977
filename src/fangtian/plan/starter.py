"""新建方案。A plan folder to start from: plan.toml with every key explained, tables with headers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel

from fangtian.catalog.code import codes
from fangtian.catalog.finding import Place, finding
from fangtian.catalog.layer import LayerSpec, layer_specs
from fangtian.catalog.submission import submission_items
from fangtian.errors import InputError
from fangtian.formats.spreadsheet import BlankColumn, write_blank
from fangtian.plan import schema
from fangtian.plan.explain import FILE
from fangtian.plan.funds import CASH_COLUMNS, FUND_COLUMNS
from fangtian.plan.rights import RIGHTS_COLUMNS
from fangtian.plan.subprojects import EXISTING_COLUMNS, SUBPROJECT_COLUMNS
from fangtian.plan.table import Column

__all__ = ["write_starter"]

_BASE, _DESIGN = "data/base.gpkg", "data/design.gpkg"
"""Official base data and the planner's own layers are kept in two files."""

_VALUES = {
    "name": '"某县某镇全域土地综合整治项目"',
    "unit": '"某编制单位"',
    "regime": '["gansu-measures-2025"]',
    "outline": '"outline-2021"',
    "base_year": "2024",
    "period": "[2026, 2028]",
    "crs": '"EPSG:4524"',
    "county": '"620525"',
    "townships": '["620525102"]',
    "pbf_designated_ha": '"1234.5678"',
    "discount_rate": '"5%"',
    "join_gap_m": '"12"',
    "block_sizes_mu": "[5, 15, 50, 100, 1000, 10000]",
    "boundary_area": '"ellipsoidal"',
    "boundary_decimals": "3",
    "ownership_adjusted": "false",
    "status": '"已有"',
    "approved": "2025-06-30",
    "source": '"2024年度国土变更调查"',
    "cultivated_grade": '"11.52"',
}
_TABLES: Sequence[tuple[str, str, Sequence[Column], bool]] = (
    ("subprojects", "子项目", SUBPROJECT_COLUMNS, True),
    ("existing_projects", "既有项目", EXISTING_COLUMNS, False),
    ("funds", "资金", FUND_COLUMNS, False),
    ("cash_flow", "现金流", CASH_COLUMNS, False),
    ("rights", "权属调整", RIGHTS_COLUMNS, False),
)
_ANSWERS: Sequence[str] = (
    "# 书面说明（选填）：须由人判定的条文，由责任主体说明，供审查人员判定；编号见 fangtian norms --json",
    '# [statements."gansu-measures-2025/13.8-heritage"]',
    '# text = "整治区域不涉及传统村落、文物和历史建筑，新建农房按当地风貌设计"',
    '# by = "某镇人民政府"',
    '# evidence = ["attachments/文物和历史文化要素核查意见.pdf"]',
    "",
    "# 理由（选填）：“原则上”的条文没有做到的，写明理由，由审查人员认定",
    "# [reasons]",
    '# "gansu-measures-2025/13.4-pbf-adjustment" = "调出的均为零星破碎、不便耕种的地块，调整后更加集中连片"',
    "",
)
_NARRATIVE = """# 文字说明

每章一个文件，文件名为“两位序号-章名.md”，例如 `01-基本情况.md`。写法：

- 直接写正文；标题层次用 `#`、`##`、`###`。
- 引用数字用双花括号，例如 `{{ cultivated_area@pilot_area.before }}`，
  生成时换成同一个事实的数值，不要手抄数字。
- 没有写的章节由系统按事实起草，并在检查报告中标为“待补充”。
"""


def write_starter(folder: Path) -> tuple[Path, ...]:
    """新建方案文件夹。Write plan.toml, blank tables and a note on the narrative; return what was written.

    Files that are there already stay as they are. Raises InputError where the folder holds a plan.toml.
    """
    if (folder / FILE).exists():
        raise InputError([finding("PLN-exists", Place(file=FILE), folder=folder.name or str(folder))])
    for name in ("data", "narrative", "attachments"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    written = [folder / FILE]
    written[0].write_text(_plan_toml(), encoding="utf-8", newline="\n")
    readme = folder / "narrative" / "README.md"
    if not readme.exists():
        readme.write_text(_NARRATIVE, encoding="utf-8", newline="\n")
        written.append(readme)
    for name, title, columns, _ in _TABLES:
        path = folder / "data" / f"{name}.xlsx"
        if not path.exists():
            write_blank(path, title, [_blank(column) for column in columns])
            written.append(path)
    return tuple(written)


def _blank(column: Column) -> BlankColumn:
    choices = tuple(codes(column.domain)) if column.domain else ()
    kinds = {"year": "四位年份", "money": "数，单位万元", "area": "数，单位公顷", "choice": "从清单中选"}
    needed = "必填" if column.required else "选填"
    return BlankColumn(column.title, f"{needed}；{kinds.get(column.kind, '文字')}", choices)


def _plan_toml() -> str:
    parts = [
        "# 全域土地综合整治实施方案。每个键的含义写在它上面；行首带 # 的键是选填的，去掉 # 即启用。",
        "# 数要精确的写成带引号的文字；路径一律相对本文件夹。",
        "",
        *_table("plan", schema.PlanTable),
        "# 附表1 的文字信息",
        *_table("basics", schema.BasicsTable, skip=("planning",)),
        "# 村庄规划情况，每个村庄规划一组",
        *_commented(["[[basics.planning]]", *_keys(schema.PlanningTable)]),
        "",
        "# 县域土地利用现状（附表1 县级一栏）",
        *_commented(["[county_land]", *_keys(schema.CountyLandTable)]),
        "",
    ]
    for spec in sorted(layer_specs().values(), key=lambda spec: not spec.required):
        parts += _layer(spec)
    parts += _elevation()
    for name, title, _, required in _TABLES:
        lines = [f"# {title}表", f"[tables.{name}]", f'path = "data/{name}.xlsx"']
        parts += [*(lines if required else [lines[0], *_commented(lines[1:])]), ""]
    parts += _attachments()
    parts += _ANSWERS
    return "\n".join(parts)


def _table(name: str, model: type[BaseModel], skip: Sequence[str] = ()) -> Iterator[str]:
    yield f"[{name}]"
    yield from _keys(model, skip)
    yield ""


def _keys(model: type[BaseModel], skip: Sequence[str] = ()) -> Iterator[str]:
    for key, info in model.model_fields.items():
        if key not in skip:
            value = _VALUES.get(key, '"1234.5678"' if key.endswith("_ha") else '""')
            yield f"# {info.description}"
            yield f"{key} = {value}" if info.is_required() else f"# {key} = {value}"


def _layer(spec: LayerSpec) -> Iterator[str]:
    needed = "必需" if spec.required else "选填"
    fields = "、".join(f"{field.official[0]} {field.term}" for field in spec.fields if field.required)
    yield f"# {spec.title}（{needed}）。必填字段：{fields or '无'}"
    path = _DESIGN if spec.trust == "C" or spec.role.endswith("_after") else _BASE
    lines = [f"[layers.{spec.role}]", f"path = {json.dumps(path)}", f"layer = {json.dumps(spec.official)}"]
    optional = [
        f'# fields = {{ {spec.fields[0].name} = "文件中的字段名" }}',
        '# encoding = "GBK"',
    ]
    yield from [*lines, *optional] if spec.required else _commented([*lines, *optional])
    yield ""


def _elevation() -> Iterator[str]:
    yield "# 数字高程模型（选填，目前只登记）"
    yield from _commented(["[layers.dem]", 'path = "data/dem.tif"'])
    yield ""


def _attachments() -> Iterator[str]:
    yield '# 报送的证明材料（选填）；一项有多个文件的，写成 ["attachments/甲.pdf", "attachments/乙.pdf"]'
    yield "[attachments]"
    for item in submission_items().values():
        if item.kind != "generated":
            yield f"# {item.title}"
            yield f'# {item.id} = "attachments/{item.title}.pdf"'
    yield ""


def _commented(lines: Sequence[str]) -> list[str]:
    return [line if line.startswith("#") else f"# {line}" for line in lines]
