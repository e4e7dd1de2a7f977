"""全域土地综合整治开放系统。fangtian: the open system for whole-area land consolidation.

from datetime import date
import fangtian as ft
dossier = ft.assess(ft.open_plan("demo"), on=date(2026, 3, 1))
ft.build(dossier)
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["assess", "build", "open_plan", "verify"]

_HOMES = {
    "assess": "fangtian.assess",
    "build": "fangtian.deliver.package",
    "open_plan": "fangtian.plan.folder",
    "verify": "fangtian.deliver.verify",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fangtian' has no attribute {name!r}; it offers {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)  # loaded on first use, so importing a part stays quick
