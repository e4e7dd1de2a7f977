"""附图。The maps of a plan, drawn from its sealed facts and layers (D-057 to D-059)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fangtian.deliver.maps.crew import Crew
from fangtian.deliver.maps.draw import DrawnMap
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.themes import THEMES
from fangtian.deliver.origin import Origin
from fangtian.deliver.present import Presentation

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["TITLES", "Crew", "DrawnMap", "crew_for", "sidecar"]

TITLES = tuple(THEMES)
"""图名。All maps that a plan can have, in the order in which they are bound."""


def crew_for(dossier: Dossier, presentation: Presentation, origin: Origin, paper: str = "A3") -> Crew:
    """制图班。Draws every map for which the plan has something to show, on ``paper`` (A0 to A4).

    Nothing is computed: what is printed are facts as ``presentation`` shows them. The same dossier gives the
    same bytes. Drawing raises InputError (MAP-extent) where the area fits the paper at no scale.
    """
    return Crew(Scene(dossier, presentation, origin), TITLES, paper)


def sidecar(drawn: DrawnMap) -> dict[str, Any]:
    """附图说明。What lies beside a map as JSON: its sheet, and every fact as it is printed on it."""
    layout = drawn.layout
    return {
        "title": drawn.title,
        "paper": layout.paper,
        "scale": layout.scale,
        "crs": f"EPSG:{drawn.epsg}",
        "extent": [round(side, 3) for side in layout.ground],
        "printed": [{"address": tag.address, "form": tag.form, "text": tag.text} for tag in drawn.printed],
        "seal": drawn.seal,
    }
