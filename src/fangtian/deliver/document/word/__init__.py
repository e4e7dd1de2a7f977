"""Word 文件。A document of blocks written as a docx that an office would file (GB/T 9704-2012)."""

from __future__ import annotations

from fangtian.deliver.document.word.writer import write_word

__all__ = ["write_word"]
