"""试算方案。A plan over several villages of a real parcel file, with derived stand-ins for what is missing.

Real land, invented intentions: zones, plots, sub-projects and money are derived from the parcels by the
simple rules in ``standins`` and say so in every deliverable. It shows what the engine makes of a file; it is
no proposal for the place.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from fangtian.plan.trial.folder import write_folder
from fangtian.plan.trial.region import choose_region
from fangtian.plan.trial.standins import derive

__all__ = ["write_trial"]


def write_trial(root: Path, file: Path, progress: Callable[[str], None] | None = None) -> Path:
    """写出试算方案。Copy the file, choose neighbouring villages, derive stand-ins, write the folder.

    Raises InputError when the file holds no usable parcel layer.
    """
    say = progress or (lambda _: None)
    say(f"读取 {file.name}")
    data = root / "data"
    if data.exists():
        shutil.rmtree(data)
    data.mkdir(parents=True)
    copied = data / file.name
    if file.is_dir():
        shutil.copytree(file, copied)
    else:
        shutil.copyfile(file, copied)
    region = choose_region(root, copied)
    say("推导替代图层")
    write_folder(root, copied, region, derive(region))
    return root
