"""编制人员文字。The planner's own words: ``narrative/NN-*.md``, one file per chapter of the outline, and
``narrative/专章-*.md``, one for each special chapter.

Only what is on the disk is judged here (names, encodings, readability); what the words say is read when the
document is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.outline import outline
from fangtian.formats.encoding import decode_text

__all__ = [
    "FOLDER",
    "Narrative",
    "chapter_file",
    "chapters_of",
    "narrative_inputs",
    "picture_path",
    "read_narratives",
    "special_file",
]

FOLDER = "narrative"
"""文字目录。Of the plan folder; pictures stand in its ``pictures`` or anywhere else in the plan folder."""

MOST_BYTES = 20 * 1024 * 1024
_LINES_NAMED = 5
_NUMBERED = re.compile(r"(?P<chapter>\d\d)(?!\d).*\.md", re.IGNORECASE | re.DOTALL)
_SPECIAL = re.compile(r"专章\s*[-－—_]\s*(?P<name>.+)\.md", re.IGNORECASE | re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # no XML file may hold them
_ENCODINGS = {"gb18030": "GBK（GB18030）", "utf-16": "UTF-16"}
_PASSING = ("~$", ".")
_IGNORED = frozenset({"readme.md", "thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Narrative:
    """章节文字。``file`` as the user knows it, ``text`` its words, ``part`` the chapter of the outline (0 for
    the summary) or the name of the special chapter.
    """

    file: str
    part: int | str
    text: str


def chapters_of(name: str) -> Mapping[int, str]:
    """章。Number and title of every chapter of an outline.

    >>> chapters_of("outline-2021")[3]
    '可行性分析及评估'
    """
    return {int(entry.id): entry.title for entry in outline(name).headings if entry.level == 1}


def chapter_file(chapter: int, title: str) -> str:
    """章节文件名。Relative to the plan folder.

    >>> chapter_file(6, "投资估算及资金筹措")
    'narrative/06-投资估算及资金筹措.md'
    """
    return f"{FOLDER}/{chapter:02d}-{title}.md"


def special_file(name: str) -> str:
    """专章文件名。Relative to the plan folder.

    >>> special_file("拆迁汇总表")
    'narrative/专章-拆迁汇总表.md'
    """
    return f"{FOLDER}/专章-{name}.md"


def read_narratives(root: Path, outline_name: str) -> tuple[tuple[Narrative, ...], list[Finding]]:
    """读取章节文字。Chapters in their order, then special chapters; files that cannot be read are
    findings and left out.

    UTF-8 with or without a byte-order mark; line ends of any system; control characters are taken out.
    """
    chapters = chapters_of(outline_name)
    found: dict[int | str, list[Narrative]] = {}
    findings: list[Finding] = []
    for path in _files(root):
        name = f"{FOLDER}/{path.name}"
        part = _part(path.name)
        if path.suffix.lower() != ".md":
            findings.append(finding("NAR-file-other", Place(file=name), name=path.name))
        elif part is None or (isinstance(part, int) and part not in chapters):
            known = f"00 至 {max(chapters):02d}"
            findings.append(finding("NAR-file-name", Place(file=name), name=path.name, known=known))
        else:
            text, remarks = _text(path, name)
            findings += remarks
            found.setdefault(part, []).append(Narrative(name, part, text))
    findings += _doubled(found)
    ordered = sorted(found, key=lambda part: (isinstance(part, str), part))
    return tuple(found[part][0] for part in ordered), findings


def narrative_inputs(root: Path) -> list[Path]:
    """文字输入文件。Chapter files and the pictures that they show, wherever in the plan folder these lie."""
    chapters = [path for path in _files(root) if _part(path.name) is not None]
    pictures = {
        picture
        for path in chapters
        for name in _pictures(path)
        if (picture := picture_path(root, name)[0]) is not None
    }
    return [*chapters, *sorted(pictures)]


def picture_path(root: Path, name: str) -> tuple[Path | None, str]:
    """图片路径。The file that a text's picture name means, or None and the code of the finding.

    A name is looked for beside the chapter files first, then from the plan folder. What lies outside is
    refused: a plan folder must be whole wherever it is copied.
    """
    if "://" in name or name.startswith(("data:", "//")):
        return None, "NAR-picture-outside"
    words = unquote(name).replace("\\", "/")
    inside, whole = False, root.resolve()
    for folder in (root / FOLDER, root):
        try:
            path = (folder / words).resolve()
            if path.is_relative_to(whole):
                inside = True
                if path.is_file():
                    return root / path.relative_to(whole), ""
        except (OSError, ValueError):  # a name that no file system takes
            return None, "NAR-picture-missing"
    return None, "NAR-picture-missing" if inside else "NAR-picture-outside"


def _part(name: str) -> int | str | None:
    """What a file's words are: a chapter, a special chapter, or nothing that its name tells."""
    if special := _SPECIAL.fullmatch(name):
        return special["name"].strip()
    numbered = _NUMBERED.fullmatch(name)
    return int(numbered["chapter"]) if numbered else None


def _files(root: Path) -> list[Path]:
    folder = root / FOLDER
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(_PASSING) and path.name.lower() not in _IGNORED
    )


def _pictures(path: Path) -> Iterator[str]:
    try:
        text = path.read_bytes()[:MOST_BYTES].decode("utf-8", "replace")
    except OSError:
        return
    if "](" not in text and "]:" not in text:
        return  # no picture is whole, and half ones are slow to parse
    for block in MarkdownIt("commonmark").enable("table").parse(text):
        for token in block.children or ():
            if token.type == "image":
                yield str(token.attrs["src"])


def _text(path: Path, name: str) -> tuple[str, list[Finding]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            reason = f"超过 {MOST_BYTES // 1024 // 1024} MB"
            return "", [finding("NAR-unreadable", Place(file=name), name=path.name, reason=reason)]
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        return "", [finding("NAR-unreadable", Place(file=name), name=path.name, reason=reason)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        codec = decode_text(data)[1]
        words = _ENCODINGS.get(codec, "未知编码")
        return "", [finding("NAR-encoding", Place(file=name), name=path.name, found=words)]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [number for number, line in enumerate(text.split("\n"), 1) if _CONTROL.search(line)]
    places = (Place(file=name, field=f"第{number}行") for number in lines[:_LINES_NAMED])
    return _CONTROL.sub("", text), [finding("NAR-control-character", place) for place in places]


def _doubled(found: Mapping[int | str, Sequence[Narrative]]) -> Iterator[Finding]:
    for part, files in found.items():
        if len(files) > 1:
            names = "、".join(item.file.removeprefix(f"{FOLDER}/") for item in files)
            words = f"专章“{part}”" if isinstance(part, str) else f"第{part:02d}章"
            yield finding("NAR-chapter-twice", Place(file=files[-1].file), chapter=words, names=names)
