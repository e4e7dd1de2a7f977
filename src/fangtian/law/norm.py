"""规范。Norms as data: read once from every pack that is there, and checked on the way.

A pack is a folder with ``norms/*.toml`` and, where some instruments are known but not held,
``instruments.toml``. A file heads one instrument, or ``continues`` one that another file of the pack heads.
Every fault of a file is reported at once, with the file, the entry and the nearest known key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources.abc import Traversable

from fangtian.errors import LawError
from fangtian.law.kinds import Modality, Status
from fangtian.law.pack import Pack, entries_of, packs, packs_folder
from fangtian.law.pack_file import NormFile, read_entries, read_entry, read_toml
from fangtian.law.schema import Instrument, Interpretation, Norm
from fangtian.law.tightening import require_stricter

__all__ = [
    "Instrument",
    "Interpretation",
    "Modality",
    "Norm",
    "Status",
    "article_order",
    "load_packs",
    "norms",
    "packs_folder",
    "read_all",
    "read_entry",
    "read_packs",
    "read_toml",
]

_NUMBERS = re.compile(r"/(t?)(\d+(?:\.\d+)*)(?:n(\d*))?-")
Library = tuple[tuple[Instrument, ...], tuple[Norm, ...]]


def load_packs() -> tuple[Instrument, ...]:
    """全部文件。Every instrument of the packs that are there, unconfirmed ones included."""
    return _library()[0]


def norms() -> tuple[Norm, ...]:
    """全部条文。Every norm of the held instruments, in the order of packs and articles."""
    return _library()[1]


def read_packs(root: Traversable) -> Library:
    """读取规则包目录。Of a folder of packs; see :func:`read_all`."""
    return read_all(Pack(item.name, item) for item in entries_of(root))


def read_all(folders: Iterable[Pack]) -> Library:
    """读取规则包。Instruments and norms of every pack; a later one may tighten norms of an earlier one.

    Raises LawError with every fault of a file, or where two instruments or norms share an id; NormConflict
    where a norm loosens the one that it carries out.
    """
    instruments: list[Instrument] = []
    found: list[Norm] = []
    for pack in folders:
        headed, entries = _read_norms(pack, {norm.id: norm for norm in found})
        _once("文件", [instrument.id for instrument in headed])
        instruments += headed
        found += entries
        for file in entries_of(pack.folder, "instruments.toml"):
            instruments.extend(_read_known(file, pack.name))
    _once("文件", [instrument.id for instrument in instruments])
    _once("条文", [norm.id for norm in found])
    require_stricter(found)
    return tuple(instruments), tuple(found)


def article_order(norm_id: str) -> tuple[bool, tuple[int, ...], int]:
    """条款次序。Where the article of a norm stands in its instrument; annexed tables come last.

    >>> ids = ["o/t1n2-a", "o/13.4-b", "o/5-c", "o/t1-d", "o/13-e"]
    >>> [name.rpartition("-")[2] for name in sorted(ids, key=article_order)]
    ['c', 'e', 'b', 'd', 'a']
    """
    found = _NUMBERS.search(norm_id)
    if found is None:
        return (True, (), 0)
    note = 0 if found[3] is None else int(found[3] or 1)
    return (bool(found[1]), tuple(int(number) for number in found[2].split(".")), note)


@cache
def _library() -> Library:
    return read_all(packs())


def _read_norms(pack: Pack, above: Mapping[str, Norm]) -> Library:
    """The held instruments of a pack, and their norms in the order of instruments and articles."""
    keys = ("instrument", "continues", "norm", "interpretation")
    texts = entries_of(pack.folder.joinpath("norms"), ".toml")
    files = [NormFile(file.name, read_toml(file, *keys)) for file in texts]
    heads = [head for file in files if (head := file.head(pack.name)) is not None]
    readings = {
        head.id: [item for file in files if file.of == head.id for item in file.readings] for head in heads
    }
    order = {head.id: number for number, head in enumerate(heads)}
    found = [norm for head in heads for file in files for norm in file.norms(head, readings[head.id], above)]
    for file in files:
        file.refuse({norm.id for norm in found}, {head.id for head in heads})
    found.sort(key=lambda norm: (order[norm.instrument.id], article_order(norm.id)))
    return tuple(heads), tuple(found)


def _read_known(file: Traversable, pack: str) -> list[Instrument]:
    faults: list[str] = []
    raw = [{"pack": pack, **entry} for entry in read_toml(file, "instrument").get("instrument", [])]
    known = read_entries(Instrument, raw, faults, "instrument")
    faults += [f"{item.id}：本文件只登记未持有全文的文件" for item in known if item.status is Status.HELD]
    if faults:
        raise LawError(f"规则文件 {file.name} 有误：{'；'.join(faults)}。")
    return known


def _once(what: str, ids: Sequence[str]) -> None:
    if repeated := sorted({item for item in ids if ids.count(item) > 1}):
        raise LawError(f"{what}编号重复：{'、'.join(repeated)}；每个编号只能用一次。")
