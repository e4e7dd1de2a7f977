"""方案文件结构。The tables and keys of plan.toml, typed; each description is what the user is told.

``starter`` prints the same descriptions as comments, so that what is explained and what is checked are one.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from fangtian.catalog.code import codes
from fangtian.errors import InputError
from fangtian.formats.encoding import codec_of
from fangtian.geo.crs import Crs, crs_of
from fangtian.units import Area

__all__ = [
    "BasicsTable",
    "CountyLandTable",
    "LayerTable",
    "PlanFile",
    "PlanTable",
    "PlanningTable",
    "TableTable",
]

YEARS = range(2000, 2101)
ONE_ZONE = '一个 CGCS2000 投影带的代码，如 "EPSG:4524"（3度带36带）'


def _refused(reason: str, **values: str) -> PydanticCustomError:
    """An error whose ``type`` tells ``explain`` which kind of finding it becomes."""
    return PydanticCustomError(reason, "{reason}", {"reason": reason, **values})


LARGEST = 10**9
"""No area in hectares, rate or distance of a plan comes near it."""


def _exact(value: object) -> Decimal:
    if isinstance(value, float):
        raise _refused("inexact")
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise _refused("unfit")
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise _refused("unfit") from None
    if not number.is_finite() or not 0 <= number < LARGEST:
        raise _refused("unfit")
    return number


def _hectares(value: object) -> Area:
    return Area.of_ha(_exact(value))


def _fraction(value: object) -> Fraction:
    return Fraction(_exact(value))


def _rate(value: object) -> Fraction:
    text = value.strip().removesuffix("％").removesuffix("%") if isinstance(value, str) else value
    share = Fraction(_exact(text)) / (100 if text != value else 1)
    if share >= 1:
        raise _refused("unfit")
    return share


def _gap(value: object) -> Fraction:
    gap = _fraction(value)
    if gap > 1000:
        raise _refused("unfit")
    return gap


def _day(value: object) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise _refused("unfit") from None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _refused("unfit")
    return value.strip()


def _words(value: object) -> str:
    """Text that may be left blank."""
    if not isinstance(value, str):
        raise _refused("unfit")
    return value.strip()


def _system(value: object) -> Crs:
    match = (
        re.fullmatch(r"(?:EPSG:)?(\d{4,5})", value.strip(), re.IGNORECASE) if isinstance(value, str) else None
    )
    if match is None:
        raise _refused("unfit")
    try:
        crs = crs_of(int(match[1]))
    except InputError as error:
        raise _refused("foreign", message=error.findings[0].values["name"]) from None
    if crs.geographic:
        raise _refused("unfit")
    return crs


def _digits(count: int) -> PlainValidator:
    def check(value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(rf"[0-9]{{{count}}}", value):
            raise _refused("unfit")
        return value

    return PlainValidator(check)


def _listed(domain: str) -> PlainValidator:
    def check(value: object) -> str:
        if not isinstance(value, str):
            raise _refused("unfit")
        if value not in codes(domain):
            raise _refused("unlisted", known="、".join(codes(domain)))
        return value

    return PlainValidator(check)


def _period(value: object) -> tuple[int, int]:
    whole = isinstance(value, list) and len(value) == 2 and all(type(year) is int for year in value)
    if not isinstance(value, list) or not whole:
        raise _refused("unfit")
    first, last = value
    if first > last or first not in YEARS or last not in YEARS:
        raise _refused("unfit")
    return first, last


def _blocks(value: object) -> tuple[int, ...]:
    sizes = value if isinstance(value, list) else []
    if not sizes or any(type(size) is not int or size <= 0 for size in sizes) or sorted({*sizes}) != sizes:
        raise _refused("unfit")
    return tuple(sizes)


def _encoding(value: object) -> str:
    if not isinstance(value, str) or (value and not codec_of(value)):
        raise _refused("unfit")
    return value


def _inside(value: object, info: ValidationInfo) -> Path:
    """An existing file within the plan folder; the folder comes with the validation context."""
    root: Path = (info.context or {})["root"]
    relative = Path(_text(value).replace("\\", "/"))
    drive = re.match(r"[A-Za-z]:", str(relative))
    if relative.is_absolute() or drive or not (root / relative).resolve().is_relative_to(root.resolve()):
        raise _refused("outside")
    if not (root / relative).exists():
        raise _refused("absent")
    return root / relative


def _kept(value: object, info: ValidationInfo) -> Path:
    """A file that a build does not sweep away."""
    path, root = _inside(value, info), (info.context or {})["root"]
    if not path.is_file() or path.resolve().is_relative_to((root / "build").resolve()):
        raise _refused("unfit")
    return path


def _one_or_many(value: object, many: ValidatorFunctionWrapHandler, info: ValidationInfo) -> list[Path]:
    if not isinstance(value, list):
        return [_kept(value, info)]
    found: list[Path] = many(value)
    if not found or len({*found}) < len(found):
        raise _refused("unfit")
    return found


Text = Annotated[str, PlainValidator(_text)]
Words = Annotated[str, PlainValidator(_words)]
Hectares = Annotated[Area, PlainValidator(_hectares)]
DataPath = Annotated[Path, PlainValidator(_inside)]
Attached = Annotated[list[Annotated[Path, PlainValidator(_kept)]], WrapValidator(_one_or_many)]


class _Table(BaseModel):
    """配置表。A bounded table: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PlanTable(_Table):
    """方案。``[plan]``."""

    name: Text = Field(description="项目名称，带引号的文字")
    unit: Text = Field(description="编制单位，带引号的文字")
    regime: Annotated[list[Annotated[str, _listed("regime")]], Field(min_length=1)] = Field(
        description='适用的管理规定（可多个），如 ["gansu-measures-2025"]'
    )
    outline: Annotated[str, _listed("outline")] = Field(
        default="outline-2021", description='编制大纲，如 "outline-2021"'
    )
    base_year: Annotated[int, Field(ge=YEARS[0], le=YEARS[-1])] = Field(
        description="基期年（现状数据年份），四位整数，不晚于实施期第一年，如 2024"
    )
    period: Annotated[tuple[int, int], PlainValidator(_period)] = Field(
        description="实施期 [首年, 末年]，两个四位整数且首年不晚于末年，如 [2026, 2028]"
    )
    crs: Annotated[Crs, PlainValidator(_system)] = Field(description=f"全项目统一的坐标系：{ONE_ZONE}")
    county: Annotated[str, _digits(6)] = Field(description='县级行政区代码，带引号的6位数字，如 "620525"')
    townships: Annotated[list[Annotated[str, _digits(9)]], Field(min_length=1)] = Field(
        description='所涉乡镇代码（可多个），带引号的9位数字，如 ["620525102"]'
    )
    pbf_designated_ha: Hectares | None = Field(
        default=None,
        description='所涉乡镇永久基本农田划定总面积（公顷），带引号的数，如 "1234.5678"；图层已全覆盖时不填',
    )
    discount_rate: Annotated[Fraction, PlainValidator(_rate)] | None = Field(
        default=None, description='现金流折现率，写成带引号的百分数，如 "5%"'
    )
    join_gap_m: Annotated[Fraction, PlainValidator(_gap)] = Field(
        default=Fraction(12), description='集中连片判定距离（米），0 至 1000，写成带引号的数，如 "12"'
    )
    block_sizes_mu: Annotated[tuple[int, ...], PlainValidator(_blocks)] = Field(
        default=(5, 15, 50, 100, 1000, 10000),
        description="连片规模分级（亩），由小到大的整数，如 [5, 15, 50, 100, 1000, 10000]",
    )
    boundary_area: Annotated[str, _listed("boundary_area")] = Field(
        default="ellipsoidal",
        description='坐标文件中的地块面积："ellipsoidal"（椭球面积）或 "planar"（投影平面面积）',
    )
    boundary_decimals: Annotated[int, Field(ge=3, le=4)] = Field(
        default=3, description="坐标文件的坐标小数位数（米），3 或 4"
    )

    @model_validator(mode="after")
    def _base_before_period(self) -> PlanTable:
        if self.base_year > self.period[0]:
            raise _refused("base_after_period", base=str(self.base_year), first=str(self.period[0]))
        return self


class PlanningTable(_Table):
    """村庄规划情况。``[[basics.planning]]``."""

    status: Annotated[str, _listed("planning_status")] = Field(
        description='村庄规划情况："已有"、"调整"或"新编"'
    )
    approved: Annotated[date, PlainValidator(_day)] = Field(description="审批日期，如 2025-06-30")


class BasicsTable(_Table):
    """基本信息。``[basics]``."""

    center: Words = Field(default="", description="乡镇中心点坐标，带引号的文字")
    ownership_adjusted: bool | None = Field(default=None, description="是否涉及权属调整：true 或 false")
    planning: list[PlanningTable] = Field(
        default_factory=list, description="村庄规划情况，[[basics.planning]] 逐项列出"
    )
    features: Words = Field(default="", description="特点特色，带引号的文字")
    benefits: Words = Field(default="", description="预期效益，带引号的文字")
    negative_list: Words = Field(default="", description="试点负面清单情形说明，带引号的文字")


def _filed(title: str) -> Any:
    return Field(default=None, description=f'{title}（公顷），带引号的数，如 "1234.5678"')


class CountyLandTable(_Table):
    """县域土地利用现状。``[county_land]``."""

    source: Text = Field(description='数据来源，如 "2024年度国土变更调查"')
    total_ha: Hectares | None = _filed("总面积")
    agricultural_ha: Hectares | None = _filed("农用地面积")
    cultivated_ha: Hectares | None = _filed("耕地面积")
    basic_farmland_ha: Hectares | None = _filed("永久基本农田面积")
    construction_ha: Hectares | None = _filed("建设用地面积")
    unused_ha: Hectares | None = _filed("未利用地面积")
    eco_redline_ha: Hectares | None = _filed("生态保护红线划定面积")
    cultivated_grade: Annotated[Fraction, PlainValidator(_fraction)] | None = Field(
        default=None, description='耕地质量平均等别，带引号的数，如 "11.52"'
    )


class LayerTable(_Table):
    """图层。``[layers.<角色>]``."""

    path: DataPath = Field(description='方案文件夹内的数据文件，用相对路径，如 "data/base.gpkg"')
    layer: Words = Field(default="", description="文件中的图层名称，带引号的文字")
    fields: dict[str, Text] = Field(
        default_factory=dict, description='字段对照：本系统字段名 = "文件中的字段名"'
    )
    encoding: Annotated[str, PlainValidator(_encoding)] = Field(
        default="", description='文字编码，如 "GBK" 或 "UTF-8"'
    )
    standin: Words = Field(default="", description="替代数据的来历说明，会印在每件成果上")


class TableTable(_Table):
    """表格。``[tables.<名称>]``."""

    path: DataPath = Field(description='方案文件夹内的 xlsx 或 csv 文件，用相对路径，如 "data/funds.xlsx"')
    sheet: Words = Field(default="", description="工作表名称，带引号的文字")


class StatementTable(_Table):
    """书面说明。``[statements."<条文编号>"]``."""

    text: Text = Field(description="说明的内容，带引号的文字")
    by: Words = Field(default="", description="责任主体：作出说明并对其负责的单位和职务，带引号的文字")
    evidence: Attached = Field(
        default_factory=list, description='证明材料，方案文件夹内的文件，如 "attachments/核查表.pdf"'
    )


class PlanFile(_Table):
    """方案文件。The whole of plan.toml."""

    plan: PlanTable = Field(description="[plan] 表：项目名称、实施期、坐标系等")
    basics: BasicsTable = Field(default_factory=BasicsTable, description="[basics] 表：附表1 的文字信息")
    county_land: CountyLandTable | None = Field(
        default=None, description="[county_land] 表：县域土地利用现状"
    )
    layers: dict[str, LayerTable] = Field(description="[layers.<图层>] 表：各图层的数据来源")
    tables: dict[str, TableTable] = Field(
        default_factory=dict, description="[tables.<表格>] 表：各表格的数据来源"
    )
    attachments: dict[str, Attached] = Field(
        default_factory=dict,
        description='方案文件夹内（build 之外）的文件，用相对路径，可有多个，如 "attachments/决议.pdf"',
    )
    statements: dict[str, StatementTable] = Field(
        default_factory=dict, description='[statements."<条文编号>"] 表：对须由人判定的条文所作的书面说明'
    )
    reasons: dict[str, Text] = Field(
        default_factory=dict, description='对“原则上”条文说明的理由，写成 "<条文编号>" = "理由"'
    )


Document = dict[str, Any]
"""方案文件内容。plan.toml as tomllib gives it."""
