"""起草。Drafts of chapters: Jinja templates over the facts give Markdown with live slots.

``<< >>`` prints, ``<% %>`` decides, ``<# #>`` remarks; ``{{ }}`` stays as it is, for it names a fact.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from types import CodeType

from jinja2 import BaseLoader, BytecodeCache, Environment, StrictUndefined, TemplateNotFound
from jinja2.bccache import Bucket
from jinja2.loaders import FunctionLoader

from fangtian.deliver.document.desk import Desk

__all__ = ["draft_names", "drafted", "environment"]

_FOLDER = "drafts"


class _Compiled(BytecodeCache):
    """Templates compiled once a process: every chapter imports the same macros."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def draft_names() -> tuple[str, ...]:
    """草稿模板。Names of the templates that come with fangtian, without ``.md``."""
    folder = files("fangtian.deliver.document").joinpath(_FOLDER)
    names = (entry.name for entry in folder.iterdir()) if folder.is_dir() else ()
    return tuple(sorted(name.removesuffix(".md") for name in names if name.endswith(".md")))


def environment(desk: Desk, loader: BaseLoader | None = None) -> Environment:
    """模板环境。Strict: a name that the desk does not know is an error; what the desk offers is global."""
    made = Environment(
        loader=loader or FunctionLoader(_source),
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=_COMPILED,
    )
    made.globals.update(desk.words)
    return made


def drafted(name: str, desk: Desk, loader: BaseLoader | None = None) -> str:
    """草稿。The Markdown of a template for a plan, slots still open; "" where there is no such template."""
    try:
        template = environment(desk, loader).get_template(f"{name}.md")
    except TemplateNotFound:
        return ""
    return re.sub(r"\n{3,}", "\n\n", template.render()).strip() + "\n"


@cache
def _source(name: str) -> tuple[str, str, None] | None:
    path = files("fangtian.deliver.document").joinpath(_FOLDER, name)
    return (path.read_text(encoding="utf-8"), f"{_FOLDER}/{name}", None) if path.is_file() else None
