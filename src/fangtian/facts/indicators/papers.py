"""报送材料和书面说明。What is called for and what is there; statements and reasons in the planner's words."""

from __future__ import annotations

import hashlib

from fangtian.catalog.submission import submission_items
from fangtian.facts.called import called_for
from fangtian.facts.fact import BEFORE
from fangtian.facts.scene import PROJECT, Scene
from fangtian.plan.place import within

__all__ = ["held_files", "papers"]

_NOTHING = hashlib.sha256(b"").hexdigest()
FILE = "plan.toml"


def papers(scene: Scene) -> None:
    """材料事实。Read last: what is called for follows from all other facts.

    A file with nothing in it proves nothing. No fact is written where nobody can tell whether an item is
    called for, nor a count where no file is: missing is not 0.
    """
    for item in submission_items().values():
        called = called_for(item, scene.book)
        if called is not None:
            _write(scene, "document_called", item.id, int(called))
        if count := held_files(scene, item.id):
            _write(scene, "document_files", item.id, count)
    for norm, statement in scene.survey.plan.statements.items():
        _write(scene, "statement", norm, statement.text)
        if statement.by:
            _write(scene, "statement_by", norm, statement.by)
    for norm, reason in scene.survey.plan.reasons.items():
        _write(scene, "reason", norm, reason)


def held_files(scene: Scene, item: str) -> int:
    """已附文件数。Files with something in them that plan.toml attaches for an item."""
    plan, digests = scene.survey.plan, scene.survey.digests
    names = [within(path, plan.root) for path in plan.attachments.get(item, ())]
    return sum(digests.get(name, _NOTHING) != _NOTHING for name in names)


def _write(scene: Scene, key: str, member: str, value: int | str) -> None:
    scene.book.measure((key, PROJECT, BEFORE, member), value, FILE, "照录")
