"""新建规则包。A pack of one's own to begin with: a folder that passes its own tests once it is installed."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from fangtian.errors import LawError
from fangtian.law.pack import own_packs

__all__ = ["write_pack"]

_CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}")
_PLACE = "CODE"
_AS_TEXT = ".txt"
"""Python files of the template are kept as text: here they are neither tests nor modules."""


def write_pack(code: str, root: Path) -> tuple[Path, ...]:
    """写出规则包。Into ``root``, which must be empty or not there; all files or none.

    ``code`` 行政区划代码 of 2, 4, 6 or 9 digits. Raises LawError for another code and for a folder in use.
    """
    if not _CODE.fullmatch(code):
        raise LawError(f"“{code}”不是行政区划代码；应为2、4、6或9位数字，如 620525。")
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise LawError(f"{root} 已有内容，没有改动；请换一个空文件夹。")
    if code in {pack.name for pack in own_packs()}:
        raise LawError(f"已有名为 {code} 的规则包；请换一个代码。")
    root.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=".fangtian-", dir=root.parent))
    try:
        names = [_write(stage, name, text, code) for name, text in _texts(files("fangtian.law"), "template")]
        if root.exists():
            root.rmdir()
        stage.rename(root)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return tuple(root / name for name in names)


def _texts(folder: Traversable, name: str, under: str = "") -> Iterator[tuple[str, str]]:
    for item in sorted(folder.joinpath(name).iterdir(), key=lambda item: item.name):
        if item.is_dir() and item.name[0] != "_":
            yield from _texts(folder.joinpath(name), item.name, f"{under}{item.name}/")
        elif item.is_file():
            yield f"{under}{item.name}", item.read_text(encoding="utf-8")


def _write(stage: Path, name: str, text: str, code: str) -> str:
    name = re.sub(r"^module\b", f"fangtian_pack_{code}", name).replace(_PLACE, code).removesuffix(_AS_TEXT)
    path = stage / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(_PLACE, code), encoding="utf-8", newline="\n")
    return name
