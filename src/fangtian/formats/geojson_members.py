"""GeoJSON 的成员。Whether a GeoJSON says its coordinate system itself, wherever in the file it does so.

GDAL takes a file without one for WGS 84, and does not tell which of the two it was. The file is gone through
without being loaded: only strings, braces and brackets outside of coordinates are looked at.
"""

from __future__ import annotations

import mmap
import re
from pathlib import Path

__all__ = ["declares_system"]

_MEMBERS = (b'"crs"', b'"spatialReference"')
"""Of GeoJSON as it was up to 2008, which all GIS programs write, and of Esri's JSON."""
_TOKEN = re.compile(rb'(?:\s*\[[^][{}"]*\]\s*,?)+|"(?:[^"\\]|\\.)*"|[][{}]', re.DOTALL)
_NAMED = re.compile(rb"\s*:\s*+(?!null\b)")


def declares_system(path: Path) -> bool:
    """声明了坐标系。Whether the outermost object has a member ``crs`` that is not null."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        if all(text.find(member) < 0 for member in _MEMBERS):
            return False
        depth = 0
        for token in _TOKEN.finditer(text):
            first = text[token.start()]
            if first in b"{[" and token.end() - token.start() == 1:
                depth += 1
            elif first in b"}]":
                depth -= 1
            elif depth == 1 and token[0] in _MEMBERS and _NAMED.match(text, token.end()):
                return True
    return False
