"""方案文件。plan.toml of the sample, with a word on every entry."""

from __future__ import annotations

from fangtian.plan.sample.attributes import EPSG
from fangtian.plan.sample.names import COUNTY, PERIOD, TITLE, TOWNSHIP

__all__ = ["plan_toml"]

_HEAD = f"""# 全域土地综合整治项目实施方案（示例）
#
# 本方案由程序生成：方田镇并不存在，地名、人口、面积、资金均为虚构，仅供学习和演示，不得用于任何申报。
# 注释以“#”开头；文字和代码都写在引号里；数据文件都放在 data/ 下，程序只读不改。

[plan]
name = "{TITLE}"
unit = "方田规划设计室（示例）"
regime = ["gansu-measures-2025"]   # 适用的管理规定
outline = "outline-2021"           # 编制大纲
base_year = 2024                   # 基期：2024年度国土变更调查（示例数据）
period = [{PERIOD[0]}, {PERIOD[1]}]              # 实施期
crs = "EPSG:{EPSG}"                 # CGCS2000 / 3度带第35带，东坐标带带号
county = "{COUNTY}"                  # 县级行政区代码
townships = ["{TOWNSHIP}"]         # 所涉乡镇代码（900 为虚构乡镇）
discount_rate = "5%"               # 现金流折现率

# 附表1中图层算不出来的文字
[basics]
center = "东经106°03′，北纬35°03′（示例）"
ownership_adjusted = true          # 涉及权属调整
features = "黄土梁峁沟壑区，一川两梁，川区水浇地连片、山区梯田层叠；以苹果、马铃薯和民宿为特色产业。（示例）"
benefits = "耕地集中连片程度提高，田坎归并，零散宅基地腾退，沟坡植被恢复，村集体收入增加。（示例）"
negative_list = "经逐项核对，不存在负面清单所列情形。（示例）"

[[basics.planning]]
status = "已有"
approved = 2022-11-18

[[basics.planning]]
status = "调整"
approved = 2025-06-30

# 县域土地利用现状，照录；虚构值
[county_land]
source = "示例数据（虚构），非任何县的调查成果"
total_ha = "131200.0000"
agricultural_ha = "112840.5600"
cultivated_ha = "48210.3200"
basic_farmland_ha = "37655.1800"
construction_ha = "6120.8800"
unused_ha = "12238.5600"
eco_redline_ha = "20415.7000"
cultivated_grade = "12.06"
"""

_STATEMENTS = """
# “原则上”的条文不成立时的理由，须由人判定的条文由责任主体作的说明（条文编号见 fangtian norms）
[reasons]
"gansu-measures-2025/13.4-pbf-adjustment" = "塬边零星破碎地块较多，集中调出后成片补划，见专章。（示例）"

[statements."gansu-measures-2025/13.2-use-control"]
text = "各子项目地块均与村庄规划的用途分区一致，城镇开发边界的局部调整已在专章中说明。（示例）"
by = "县自然资源局（示例）"

[statements."gansu-measures-2025/13.8-heritage"]
text = "整治区域内没有传统村落和不可移动文物，新建民居沿用当地土坯墙、青瓦的风貌。（示例）"
by = "县文物局（示例）"

[statements."gansu-measures-2025/13.9-planning"]
text = "方案的目标、范围和布局已与县、乡镇国土空间规划和村庄规划逐项对照，村庄规划的调整同步报批。（示例）"
by = "县自然资源局（示例）"

[statements."gansu-measures-2025/13-guide"]
text = "内容和格式参照实施指南，章节和附表沿用编制大纲。（示例）"
by = "编制单位（示例）"

[statements."pilot-points-2020/1-wishes"]
text = "不搞合村并居；涉及搬迁的农户都已签字同意。（示例）"
by = "方田镇人民政府（示例）"

[statements."pilot-points-2020/4-quota-trade"]
text = "节余建设用地优先用于本镇农民安置和基础设施，不以指标交易为目的。（示例）"
by = "县自然资源局（示例）"

[statements."pilot-points-2020/5-heritage"]
text = "不涉及需要重点保护的传统村落。（示例）"
by = "县文物局（示例）"

[statements."pilot-points-2020/8-real-estate"]
text = "新建用地用于农民建房、基础设施、公共服务和农产品加工，没有房地产开发。（示例）"
by = "方田镇人民政府（示例）"

[statements."pilot-points-2020/9-planning"]
text = "开垦未利用地符合土地利用规划，论证材料见证明材料。（示例）"
by = "县自然资源局（示例）"

[statements."pilot-points-2020/10-unsuited"]
text = "经综合判断，没有不适合开展的其他情形。（示例）"
by = "县人民政府（示例）"
"""
_BASE = ("parcels", "villages", "basic_farmland", "eco_redline", "urban_boundary", "slope")
_PLANNED = (
    "pilot_area",
    "consolidation_area",
    "plots",
    "basic_farmland_out",
    "basic_farmland_in",
    "urban_boundary_after",
)
_TABLES = (
    ("subprojects", "data/subprojects.xlsx", "子项目"),
    ("existing_projects", "data/subprojects.xlsx", "既有项目"),
    ("cash_flow", "data/subprojects.xlsx", "现金流"),
    ("funds", "data/funds.csv", ""),
    ("rights", "data/rights.csv", ""),
)


def plan_toml(layers: dict[str, tuple[str, str]]) -> str:
    """方案文件内容。``layers`` role -> (official layer name, Chinese title)."""
    parts = [_HEAD, "\n# 图层：现状数据\n"]
    parts += [_layer(role, "data/base.gpkg", layers[role]) for role in _BASE]
    parts.append(_RELIEF)
    parts.append("\n# 图层：规划内容\n")
    parts += [_layer(role, "data/plan.gpkg", layers[role]) for role in _PLANNED]
    parts.append("\n# 表格\n")
    for name, path, sheet in _TABLES:
        parts.append(f'[tables.{name}]\npath = "{path}"\n' + (f'sheet = "{sheet}"\n' if sheet else "") + "\n")
    parts.append(_STATEMENTS)
    return "".join(parts).rstrip() + "\n"


_RELIEF = """[layers.dem]          # 数字高程模型，只用于绘图
path = "data/dem.tif"

"""

FICTION = "由程序生成的虚构乡镇（示例数据），仅供演示"


def _layer(role: str, path: str, named: tuple[str, str]) -> str:
    fiction = f'standin = "{FICTION}"\n' if role == "parcels" else ""
    return f'[layers.{role}]          # {named[1]}\npath = "{path}"\nlayer = "{named[0]}"\n{fiction}\n'
