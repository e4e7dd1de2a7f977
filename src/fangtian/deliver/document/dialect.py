"""行文语法。The Markdown that narrative files are written in: CommonMark, tables, footnotes, slots.

Chinese habits decide the differences: lines indented by four spaces are paragraphs and not code, a row of
dashes makes no heading, and ``**特点。**正文`` is bold although no space follows it.
"""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from mdit_py_plugins.footnote import footnote_plugin

__all__ = ["NOTE", "dialect"]

NOTE = re.compile(r"(注|资料来源|数据来源|说明)\s*[：:]")
"""表注。How a line under a table or picture begins that belongs to it."""

_SLOT_LENGTH = 300
_MARKERS = frozenset("*_")


@cache
def dialect() -> MarkdownIt:
    """语法。The parser, made once; it keeps nothing between two texts."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    parser.enable("table").disable(["code", "lheading", "html_block", "html_inline"])
    parser.use(footnote_plugin, inline=False)
    parser.inline.ruler.before("escape", "slot", _slot)
    parser.inline.ruler.before("escape", "comment", _comment)
    parser.inline.ruler.before("escape", "line_break", _line_break)
    parser.inline.ruler.at("emphasis", _emphasis)
    parser.block.ruler.before("paragraph", "note", _note, {"alt": ["blockquote"]})
    return parser


def _slot(state: StateInline, silent: bool) -> bool:
    """``{{ … }}`` on one line, before anything else reads its brackets; single pairs are broken slots."""
    pair = state.src[state.pos : state.pos + 2]
    if pair not in ("{{", "}}"):
        return False
    start = state.pos + 2
    end = state.src.find("}}", start, start + _SLOT_LENGTH) if pair == "{{" else -1
    words = state.src[start:end] if end >= 0 else ""
    whole = end >= 0 and "\n" not in words and "{{" not in words
    if not silent:
        token = state.push("slot" if whole else "broken_slot", "", 0)
        token.content = words if whole else state.src[state.pos : state.pos + 40].partition("\n")[0]
    state.pos = end + 2 if whole else start
    return True


def _comment(state: StateInline, silent: bool) -> bool:
    """``<!-- … -->`` is a remark among planners and is not printed."""
    if not state.src.startswith("<!--", state.pos):
        return False
    if state.html_terminator_last("-->") < state.pos + 4:  # asked once per text, however often "<!--" stands
        return False
    end = state.src.find("-->", state.pos + 4)
    if not silent:
        state.push("comment", "", 0).content = state.src[state.pos : end]
    state.pos = end + 3
    return True


def _line_break(state: StateInline, silent: bool) -> bool:
    """``<br>`` is how people break a line within a cell of a table."""
    match = re.compile(r"<br\s*/?>", re.IGNORECASE).match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("hardbreak", "br", 0).hidden = True  # no line of the file ends here
    state.pos = match.end()
    return True


def _emphasis(state: StateInline, silent: bool) -> bool:
    """As CommonMark, but beside a Chinese character a run of markers opens and closes as beside a space."""
    marker = state.src[state.pos]
    if silent or marker not in _MARKERS:
        return False
    scanned = state.scanDelims(state.pos, marker == "*")
    end = state.pos + scanned.length
    left = state.src[state.pos - 1 : state.pos]
    right = state.src[end : end + 1]
    chinese = marker == "*" and (_is_chinese(left) or _is_chinese(right))
    for _ in range(scanned.length):
        state.push("text", "", 0).content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=scanned.can_open or (chinese and not (right.isspace() or not right)),
                close=scanned.can_close or (chinese and not (left.isspace() or not left)),
            )
        )
    state.pos = end
    return True


def _is_chinese(char: str) -> bool:
    return char >= "\u2e80" or char in ("“", "”", "‘", "’", "…", "—")


def _note(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:
    """Ends a table where a note begins directly below it; the note itself is read as a paragraph."""
    start = state.bMarks[line] + state.tShift[line]
    return silent and bool(NOTE.match(state.src, start, state.eMarks[line]))
