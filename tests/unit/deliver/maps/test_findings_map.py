"""The map of findings: what needs attention and has a place, numbered as in the legend."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely

from fangtian.deliver.attention import ATTENTION, NOTED, VERDICT_COLOURS
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.strata import legend_of
from fangtian.deliver.maps.themes.findings import findings_map
from fangtian.law.verdict import Verdict


def judged_as(scene: Scene, *verdicts: Verdict) -> Scene:
    """The same evidence behind as many judgements as there are verdicts."""
    one = next(item for item in scene.dossier.judgements if item.evidence)
    made = tuple(replace(one, verdict=verdict) for verdict in verdicts)
    return replace(scene, dossier=replace(scene.dossier, judgements=made))


def test_only_what_needs_attention_and_has_a_place_is_drawn(scene: Scene) -> None:
    fine = judged_as(scene, Verdict.MET, Verdict.NOT_APPLICABLE)
    assert findings_map(fine) is None
    bare = tuple(replace(item, evidence=()) for item in scene.dossier.judgements)
    assert findings_map(replace(scene, dossier=replace(scene.dossier, judgements=bare))) is None


def test_the_legend_goes_by_verdict_and_numbers_the_articles_from_one(scene: Scene) -> None:
    made = findings_map(
        judged_as(scene, Verdict.INSUFFICIENT, Verdict.MET, Verdict.NOT_MET, Verdict.HUMAN_DECISION)
    )
    assert made is not None
    groups = [group for group in legend_of(made) if group.title in ATTENTION]
    assert [group.title for group in groups] == ["不符合", "需人工判定", "依据不足"]
    entries = [item for group in groups for item in group.items]
    assert [item.text for item in entries] == ["1", "2", "3"]
    assert [item.face for item in entries] == [VERDICT_COLOURS[Verdict(group.title)] for group in groups]
    worst, mildest = (next(s for s in made.strata if s.item is item) for item in (entries[0], entries[-1]))
    assert worst.order > mildest.order
    (words,) = {label.lines[0] for label in made.labels if label.lines[0][0].isdigit()}
    assert words == "1、2、3", "one feature, one label, every article that it stands behind"


@pytest.mark.parametrize("number", [NOTED, NOTED + 3])
def test_what_no_legend_can_hold_is_said_under_the_map(scene: Scene, number: int) -> None:
    made = findings_map(judged_as(scene, *[Verdict.HUMAN_DECISION] * number))
    assert made is not None
    assert len([s for s in made.strata if s.group in ATTENTION]) == NOTED
    assert ("另有 3 条" in "".join(made.notes)) is (number > NOTED)


def test_evidence_is_drawn_where_it_is_and_wholly_seen(scene: Scene) -> None:
    made = findings_map(scene)
    assert made is not None
    for stratum in (s for s in made.strata if s.group in ATTENTION):
        assert shapely.covers(shapely.buffer(made.subject, 0.01), stratum.geometry).all()
