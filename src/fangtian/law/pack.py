"""规则包。Where norms come from: the packs of fangtian, and packs that are installed beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable

from fangtian.errors import LawError

__all__ = ["GROUP", "Pack", "entries_of", "installed_packs", "own_packs", "packs", "packs_folder"]

GROUP = "fangtian.packs"
"""入口组。The entry-point group by which an installed package offers a pack: name = its top module."""


@dataclass(frozen=True)
class Pack:
    """规则包。A folder with ``norms``, ``cases`` and perhaps ``instruments.toml``."""

    name: str
    folder: Traversable


def packs() -> tuple[Pack, ...]:
    """全部规则包。Our own first, then the installed ones, each sorted by name.

    Raises LawError where an installed pack cannot be opened or has the name of another.
    """
    found = (*own_packs(), *installed_packs(entry_points(group=GROUP)))
    names = [pack.name for pack in found]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise LawError(f"规则包重名：{'、'.join(repeated)}；请卸载其中一个，或给它改名。")
    return found


def own_packs() -> tuple[Pack, ...]:
    """自带规则包。Those that come with fangtian.

    >>> [pack.name for pack in own_packs()]
    ['gansu', 'national']
    """
    return tuple(Pack(item.name, item) for item in entries_of(packs_folder()))


def packs_folder() -> Traversable:
    """自带规则包目录。Where the packs that come with fangtian live."""
    return files("fangtian.law").joinpath("packs")


def installed_packs(points: Iterable[EntryPoint]) -> tuple[Pack, ...]:
    """另装规则包。One for each entry point; its module is a package that holds the files."""
    found = []
    for point in sorted(points, key=lambda point: point.name):
        try:
            found.append(Pack(point.name, files(point.module)))
        except (ImportError, TypeError) as error:
            raise LawError(f"规则包 {point.name} 已安装却打不开（{error}）；请重新安装或卸载它。") from error
    return tuple(found)


def entries_of(folder: Traversable, ending: str = "") -> list[Traversable]:
    """目录内容。Whatever of that ending is in a folder, by name; nothing where there is no folder."""
    if not folder.is_dir():
        return []
    held = (item for item in folder.iterdir() if item.name.endswith(ending) and item.name[0] not in "_.")
    return sorted(held, key=lambda item: item.name)
