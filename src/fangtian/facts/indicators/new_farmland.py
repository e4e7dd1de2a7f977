"""新增耕地的位置。What new farmland lies on and was made of, and whether merged ridges were surveyed."""

from __future__ import annotations

from fangtian.catalog.land_class import RIDGE, UNUSED, level1_of, three_class_of
from fangtian.facts.fact import PLANNED
from fangtian.facts.indicators.cultivated import gains_of
from fangtian.facts.indicators.papers import held_files
from fangtian.facts.indicators.parts import Part, solid, unless, write_parts
from fangtian.facts.scene import Mask, Scene

__all__ = ["GROUPS", "STEEP", "new_farmland", "new_farmland_parts", "turned"]

STEEP = "5"
"""25°以上。The last slope class of the survey."""
SURVEYED = "是"
PROOF = "unused_land_proof"
"""开垦未利用地论证评估和合法合规性证明。The item of the submission that proves it."""
GROUPS = {"wood": "03", "grass": "04", "wetland": "00", "water": "11", "garden": "02"}
"""来源地类。First-level classes of land that is sought for farmland."""


def new_farmland(scene: Scene) -> None:
    """新增耕地位置事实。For both scopes; share of unused land in all new farmland."""
    write_parts(scene, new_farmland_parts(scene))
    for scope in scene.areas:
        pair = [
            scene.book.find(key, scope.name, PLANNED)
            for key in ("new_cultivated_unused_area", "new_cultivated_area")
        ]
        facts = [fact for fact in pair if fact is not None]
        if len(facts) == len(pair) and facts[1].value:
            scene.book.derive("ratio", ("new_cultivated_unused_share", scope.name, PLANNED), facts)


def turned(scene: Scene) -> Mask:
    """新成耕地。Pieces that become farmland and were none; ridges merged in a field are not among them."""
    was, becomes = scene.cultivated
    return becomes & ~was


def new_farmland_parts(scene: Scene) -> tuple[Part, ...]:
    """新增耕地各部分。By where it lies, by what it was, and ridges that nobody says were surveyed."""
    return (*solid(scene, (*_places(scene), *_sources(scene))), _ridges(scene))


def _places(scene: Scene) -> tuple[Part, ...]:
    ledger, layers, new = scene.ledger, scene.survey.layers, turned(scene)
    steep, unknown = ledger.slope_after == STEEP, (ledger.slope_after == "") & (ledger.net_after > 0)
    redline = ledger.in_redline | ledger.in_redline_after
    places = (
        ("new_cultivated_steep", new & steep, new & unknown),
        ("new_cultivated_redline", new & redline, unless("eco_redline" in layers, new)),
        ("new_cultivated_urban", new & ledger.in_urban_after, unless("urban_boundary" in layers, new)),
    )
    return tuple(
        Part(name, pieces, ledger.net_after, ledger.plot, doubtful=doubtful)
        for name, pieces, doubtful in places
    )


def _sources(scene: Scene) -> tuple[Part, ...]:
    ledger, year, new = scene.ledger, scene.survey.plan.base_year, turned(scene)
    masks = {
        f"new_cultivated_{name}": scene.classes(lambda code, group=group: level1_of(code) == group, False)  # type: ignore[misc]
        for name, group in GROUPS.items()
    }
    unused = scene.classes(lambda code: three_class_of(code, year) == UNUSED, False)
    masks["new_cultivated_unused"] = unused
    unproven = new & unused & (held_files(scene, PROOF) == 0)
    parts = [Part(name, new & mask, ledger.net_after, ledger.plot) for name, mask in masks.items()]
    return (*parts, Part("unused_unproven", unproven, ledger.area, ledger.plot))


def _ridges(scene: Scene) -> Part:
    """Merged ridges of plots that do not say that their ridges were surveyed; a blank says nothing."""
    gains = gains_of(scene)
    unsaid = scene.plot_column("ridges_surveyed", "") != SURVEYED
    pieces = (gains.source == RIDGE) & (gains.new != 0) & unsaid
    return Part("new_cultivated_unsurveyed_ridges", pieces, gains.new, scene.ledger.plot)
