"""项目建设规划总图。Every plot by kind with its number, sub-projects with their key (D-059)."""

from __future__ import annotations

from collections.abc import Iterator

from fangtian.catalog.code import codes
from fangtian.catalog.order import natural_key
from fangtian.deliver.drawing.typeface import printable
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.sheet import LegendItem
from fangtian.deliver.maps.strata import Content, Order, Stratum
from fangtian.deliver.maps.symbols import plot_symbol
from fangtian.deliver.maps.themes.base import (
    BOUNDARIES,
    CONTROL,
    GROUND,
    boundaries,
    control_lines,
    ground,
    inset,
    village_labels,
)
from fangtian.deliver.maps.themes.plots import (
    PURPLE,
    abridged,
    plot_labels,
    subproject_areas,
    subproject_labels,
)
from fangtian.deliver.maps.themes.zoom import zoomed

__all__ = ["works_plan"]

PLOTS = "整治地块"
MOST_NAMED = 20
"""From more sub-projects on, the legend would take the place of the map."""

ROWS = (
    ("子项目", "个", "subproject_count@project.before"),
    ("整治地块", "个", "plot_count@project.before"),
    ("建设规模", "公顷", "subproject_scale@project.planned"),
    ("新增耕地", "公顷", "new_cultivated_area@pilot_area.planned"),
    ("计划总投资", "万元", "investment@project.planned"),
)


def works_plan(scene: Scene) -> Content | None:
    """项目建设规划总图。None where the plan has no plots."""
    layer = scene.layer("plots")
    if layer is None:
        return None
    plots = dict(zip(layer.ids.tolist(), layer.geometry, strict=True))
    keys = dict(_key(scene))
    return Content(
        title="项目建设规划总图",
        subject=zoomed(scene, layer.geometry),
        ground=scene.outline,
        strata=(
            *ground(scene.before),
            *_kinds(scene),
            *subproject_areas(scene, PLOTS),
            *control_lines(scene, after=True),
            *boundaries(scene),
        ),
        labels=(*village_labels(scene, 10.0), *plot_labels(scene, plots), *subproject_labels(scene)),
        groups=(PLOTS, *keys, CONTROL, BOUNDARIES, GROUND),
        extra=keys,
        inset=inset(scene, "建设规模", ("指标", "数量"), [(label, unit, [at]) for label, unit, at in ROWS]),
        shade=0.4,
    )


def _kinds(scene: Scene) -> Iterator[Stratum]:
    for kind in codes("plot_kind"):
        shapes = scene.plots_of(kind)
        if len(shapes):
            area = scene.area(f"plot_kind_area[{kind}]@pilot_area.planned")
            yield Stratum(plot_symbol(kind, area), shapes, Order.PLOT, PLOTS)


def _key(scene: Scene) -> Iterator[tuple[str, tuple[LegendItem, ...]]]:
    """Sub-projects by kind: number, name, plots, area; of very many only the kinds."""
    layer = scene.layer("plots")
    projects = sorted(scene.dossier.survey.subprojects, key=lambda project: natural_key(project.id))
    if len(projects) > MOST_NAMED:
        yield "子项目（编号对应的项目见附表7）", tuple(_kinds_only(scene, {p.kind for p in projects}))
        return
    for kind in codes("subproject_kind"):
        items = []
        for project in (p for p in projects if p.kind == kind):
            own = layer.ids[layer.column("subproject_id") == project.id].tolist() if layer else []
            plots = f"：{abridged([str(name) for name in own])}" if own else ""
            area = scene.area(f"subproject_scale@subproject:{project.id}.planned")
            label = printable(f"{project.name}{plots}")
            items.append(
                LegendItem(label, "fill", edge=PURPLE, width_mm=0.2, area=area, text=printable(project.id))
            )
        if items:
            yield f"子项目·{kind}", tuple(items)


def _kinds_only(scene: Scene, present: set[str]) -> Iterator[LegendItem]:
    for kind in (kind for kind in codes("subproject_kind") if kind in present):
        area = scene.area(f"subproject_scale[{kind}]@project.planned")
        yield LegendItem(kind, "fill", edge=PURPLE, width_mm=0.2, area=area)
