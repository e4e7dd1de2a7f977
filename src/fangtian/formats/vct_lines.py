"""VCT 逐行。Lines of a large text with their numbers, in blocks, and remarks that name them.

A file is decoded block by block: what is in memory is one block and what has been made of the earlier ones.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError

__all__ = ["Remarks", "VctLines", "codec_of_file", "section_mark"]

_BLOCK = 1 << 20
_LONGEST = 1 << 20
"""Letters of the longest line that a VCT file can reasonably have."""
_OF_A_KIND = 20
_BLANKS = " \r\0\x1a\ufeff"
_MARK = re.compile(r"\s*([A-Za-z]{3,20})(Begin|End)\s*", re.IGNORECASE)
_LAST_OF_MARK = frozenset("nNdD\t")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Remarks:
    """说明。Findings with line numbers, at most ``most`` of a kind and then how many more there are."""

    def __init__(self, place: Place, most: int = _OF_A_KIND) -> None:
        self._place = place
        self._most = most
        self._findings: list[Finding] = []
        self._seen: Counter[str] = Counter()

    def add(self, code: str, line: int, **values: Any) -> None:
        """登记。One finding at a line, 0 for the file as a whole."""
        self._seen[code] += 1
        if self._seen[code] <= self._most:
            place = replace(self._place, field=f"第{line}行" if line else "")
            self._findings.append(finding(code, place, line=line, **values))

    def refusal(self, code: str, **values: Any) -> InputError:
        """拒收。The error to raise where nothing can be read, with the one finding that says why."""
        return InputError([finding(code, self._place, file=self._place.file, **values)])

    def finished(self) -> tuple[Finding, ...]:
        """全部说明。What was found, with a last word on the kinds that were too many to list."""
        more = [
            finding("FMT-vct-more", self._place, kind=code, count=count - self._most)
            for code, count in self._seen.items()
            if count > self._most
        ]
        return (*self._findings, *more)


def codec_of_file(path: Path) -> str:
    """文件编码。UTF-8 if all of it is that, else GB18030; a byte-order mark decides.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile(suffix=".vct") as file:
    ...     _ = file.write("水田".encode("gbk")), file.flush()
    ...     codec_of_file(Path(file.name))
    'gb18030'
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        block = file.read(_BLOCK)
        if block.startswith(codecs.BOM_UTF8) or block.startswith(_UTF_16):
            return "utf-8-sig" if block.startswith(codecs.BOM_UTF8) else "utf-16"
        try:
            while block:
                decoder.decode(block)
                block = file.read(_BLOCK)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8"


def section_mark(row: str) -> tuple[str, str] | None:
    """段标记。``("line", "begin")`` of ``LineBegin``, None for any other row.

    >>> section_mark("LineEnd"), section_mark("0")
    (('line', 'end'), None)
    """
    found = _MARK.fullmatch(row) if row[-1:] in _LAST_OF_MARK and len(row) < 40 else None
    return (found[1].lower(), found[2].lower()) if found else None


class VctLines:
    """行。The lines of a file that are not blank, one by one or many at once, with a look ahead."""

    def __init__(self, path: Path, codec: str, remarks: Remarks) -> None:
        self._blocks = self._read(path, codec)
        self._remarks = remarks
        self._rows: list[str] = []
        self._numbers: list[int] = []
        self._at = 0
        self._last = 0

    @property
    def number(self) -> int:
        """行号。Number of the line that was given out last."""
        return self._numbers[self._at - 1] if self._at else self._last

    @property
    def coming(self) -> int:
        """下一行号。Number of the line that a look ahead has just shown."""
        return self._numbers[self._at]

    def next(self) -> str | None:
        """下一行。The next line, None at the end."""
        while self._at >= len(self._rows):  # a block may be blank
            if not self._more():
                return None
        self._at += 1
        return self._rows[self._at - 1]

    def peek(self, ahead: int = 0) -> str:
        """前瞻。The line that comes next or ``ahead`` of it, "" where the file ends before."""
        while self._at + ahead >= len(self._rows):
            if not self._more():
                return ""
        return self._rows[self._at + ahead]

    def take(self, count: int) -> list[str]:
        """取多行。The next ``count`` lines, fewer at the end of the file."""
        while self._at + count > len(self._rows):
            if not self._more():
                break
        rows = self._rows[self._at : self._at + count]
        self._at += len(rows)
        return rows

    def ahead(self, count: int) -> list[str]:
        """前瞻多行。The next ``count`` lines, fewer at the end of the file, which are still to come."""
        self.peek(count - 1)
        return self._rows[self._at : self._at + count]

    def back(self, count: int) -> None:
        """放回。The last ``count`` lines of what was taken at once are to come again."""
        self._at -= count

    def _more(self) -> bool:
        block = next(self._blocks, None)
        if block is None:
            return False
        if self._at:
            self._last = self._numbers[self._at - 1]
        rows, numbers = block
        self._rows = self._rows[self._at :] + rows
        self._numbers = self._numbers[self._at :] + numbers
        self._at = 0
        return True

    def _read(self, path: Path, codec: str) -> Iterator[tuple[list[str], list[int]]]:
        inner = codecs.getincrementaldecoder(codec)(errors="replace")
        decoder = io.IncrementalNewlineDecoder(inner, translate=True)
        tail, number = "", 1
        with path.open("rb") as file:
            while True:
                data = file.read(_BLOCK)
                text = tail + decoder.decode(data, final=not data)
                lines = text.split("\n")
                tail = lines.pop() if data else ""
                if len(tail) > _LONGEST:
                    raise self._remarks.refusal("FMT-vct-line-long", line=number + len(lines))
                if "\ufffd" in text:
                    self._unreadable(lines, number)
                stripped = [line.strip(_BLANKS) for line in lines]
                yield (
                    [line for line in stripped if line],
                    [at for at, line in enumerate(stripped, start=number) if line],
                )
                if not data:
                    return
                number += len(lines)

    def _unreadable(self, lines: list[str], number: int) -> None:
        for at, line in enumerate(lines, start=number):
            if "\ufffd" in line:
                self._remarks.add("FMT-vct-encoding", at)
