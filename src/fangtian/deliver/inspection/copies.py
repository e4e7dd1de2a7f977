"""修补文件夹。Which of the files among the corrected copies are ours: a new run replaces these and no others.

``修补清单.json`` lists what the last run wrote. It may have come with somebody's data, so it is believed only
where it names files inside its own folder.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from fangtian.deliver.inspection.page import write_whole
from fangtian.plan.arrivals import COPIES

__all__ = ["COPIES", "COPIES_LIST", "clear_copies", "list_copies"]

COPIES_LIST = "修补清单.json"


def clear_copies(folder: Path, sources: Sequence[Path]) -> None:
    """清除上次的修补结果。Remove what the last run wrote below ``folder``, but none of ``sources``.

    What people put there stays, and so does a copy that is being inspected itself. Raises OSError.
    """
    root = folder / COPIES
    used = {(source.resolve().parent, source.stem) for source in sources}  # a shapefile with its parts
    for path in _listed(root):
        if (path.parent, path.stem) in used:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        for above in path.parents:
            if above == root.resolve():
                break
            with suppress(OSError):  # something else lies there
                above.rmdir()
    (root / COPIES_LIST).unlink(missing_ok=True)
    with suppress(OSError):  # something is left, or nothing ever was
        root.rmdir()


def list_copies(folder: Path, files: Iterable[Path]) -> None:
    """列出修补结果。Set down what this run has written; nothing where it has written nothing."""
    root = folder / COPIES
    names = sorted(path.relative_to(root).as_posix() for path in files)
    if names:
        write_whole(root / COPIES_LIST, json.dumps(names, ensure_ascii=False, indent=1).encode())


def _listed(root: Path) -> Iterator[Path]:
    """Files and geodatabases of the list that lie in the folder itself, whatever the list says."""
    try:
        names = json.loads((root / COPIES_LIST).read_bytes())
    except (OSError, ValueError):
        return
    home = root.resolve()
    for name in names if isinstance(names, list) else ():
        with suppress(OSError, ValueError):  # no name at all
            path = (home / str(name)).resolve()
            whole = path.is_file() or (path.is_dir() and path.suffix.lower() == ".gdb")
            if whole and home in path.parents:
                yield path
