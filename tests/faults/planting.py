"""Plants one fault in one finished file: a wrong digit, a wrong unit or a missing plot.

Each planter works on the bytes of the file with tools other than ours, as a careless editor would, and says
what it did; None where the file has nothing of the kind.
"""

from __future__ import annotations

import io
import random
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pyogrio
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ContentStream, NameObject

Planter = Callable[[Path, random.Random], str | None]

UNITS = {"公顷": "亩", "万元": "公顷", "亩": "公顷"}
XML_TEXT = re.compile(r"(?<=>)([^<>]+)(?=</(?:w:t|t|v)>)")


def other_digit(digit: str, rng: random.Random) -> str:
    return rng.choice([mark for mark in "0123456789" if mark != digit])


def change_digit(text: str, rng: random.Random) -> str | None:
    places = [match.start() for match in re.finditer("[0-9]", text)]
    if not places:
        return None
    place = rng.choice(places)
    return text[:place] + other_digit(text[place], rng) + text[place + 1 :]


def change_unit(text: str, rng: random.Random) -> str | None:
    found = list(re.finditer("公顷|万元|亩", text))
    if not found:
        return None
    match = rng.choice(found)
    return text[: match.start()] + UNITS[match.group()] + text[match.end() :]


def in_text_file(change: Callable[[str, random.Random], str | None], encoding: str = "utf-8") -> Planter:
    def plant(path: Path, rng: random.Random) -> str | None:
        lines = path.read_bytes().decode(encoding).split("\n")
        order = rng.sample(range(len(lines)), len(lines))
        for number in order:
            visible = re.sub(r"<[^>]*>|\"[^\"]*\":", "", lines[number])
            changed = change(lines[number], rng) if visible.strip() else None
            if changed and changed != lines[number]:
                said = f"第{number + 1}行 {lines[number].strip()[:60]} → {changed.strip()[:60]}"
                lines[number] = changed
                path.write_bytes("\n".join(lines).encode(encoding))
                return said
        return None

    return plant


def drop_line(path: Path, rng: random.Random, encoding: str = "gb18030") -> str | None:
    """A boundary point or a whole plot's head goes missing."""
    lines = path.read_bytes().decode(encoding).split("\r\n")
    rows = [n for n, line in enumerate(lines) if line.count(",") >= 3 and "=" not in line]
    if not rows:
        return None
    number = rng.choice(rows)
    dropped = lines.pop(number)
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return f"少了第{number + 1}行 {dropped}"


def rewrite_zip(path: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for info, old in members:
            archive.writestr(info, content if info.filename == name else old)
    path.write_bytes(buffer.getvalue())


def in_xml(pattern: str, change: Callable[[str, random.Random], str | None]) -> Planter:
    """A text node of a member of an Office file."""

    def plant(path: Path, rng: random.Random) -> str | None:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if re.fullmatch(pattern, name)]
            name = rng.choice(names)
            xml = archive.read(name).decode()
        nodes = list(XML_TEXT.finditer(xml))
        for match in rng.sample(nodes, min(len(nodes), 200)):
            changed = change(match.group(), rng)
            if changed and changed != match.group():
                rewrite_zip(path, name, (xml[: match.start()] + changed + xml[match.end() :]).encode())
                return f"{name}: {match.group()[:40]} → {changed[:40]}"
        return None

    return plant


def drop_table_row(path: Path, rng: random.Random) -> str | None:
    """A row of a Word table, as when somebody deletes a plot."""
    name = "word/document.xml"
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(name).decode()
    rows = [m for m in re.finditer(r"<w:tr[ >].*?</w:tr>", xml, re.S) if re.search("[0-9]", words(m.group()))]
    if not rows:
        return None
    match = rng.choice(rows)
    rewrite_zip(path, name, (xml[: match.start()] + xml[match.end() :]).encode())
    return f"少了一行 {words(match.group())[:60]}"


def words(xml: str) -> str:
    return re.sub(r"<[^>]*>", "", xml)


def drop_sheet_row(path: Path, rng: random.Random) -> str | None:
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        name = rng.choice(sheets)
        xml = archive.read(name).decode()
    rows = list(re.finditer(r"<row [^>]*>.*?</row>", xml, re.S))
    match = rng.choice(rows)
    rewrite_zip(path, name, (xml[: match.start()] + xml[match.end() :]).encode())
    return f"{name} 少了一行"


def in_geopackage(path: Path, rng: random.Random) -> str | None:
    """One cell that shows a digit."""
    with closing(sqlite3.connect(path)) as database, database:
        tables = [name for (name,) in database.execute("SELECT table_name FROM gpkg_contents")]
        for table in rng.sample(tables, len(tables)):
            rows = database.execute(f'SELECT rowid, * FROM "{table}"').fetchall()
            names = [entry[1] for entry in database.execute(f'PRAGMA table_info("{table}")')]
            for row, *values in rng.sample(rows, min(len(rows), 20)):
                cells = [(n, v) for n, v in zip(names, values, strict=True) if isinstance(v, str | float)]
                for name, value in rng.sample(cells, len(cells)):
                    changed = change_digit(str(value), rng)
                    if changed is None or (isinstance(value, float) and float(changed) == value):
                        continue
                    new = float(changed) if isinstance(value, float) else changed
                    without_triggers(database, table)
                    database.execute(f'UPDATE "{table}" SET "{name}" = ? WHERE rowid = ?', (new, row))
                    return f"{table} 第{row}行 {name}: {value} → {new}"
    return None


def without_triggers(database: sqlite3.Connection, table: str) -> None:
    """They need functions that only a GIS brings."""
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
    for (name,) in database.execute(query, (table,)).fetchall():
        database.execute(f'DROP TRIGGER "{name}"')


def drop_feature(path: Path, rng: random.Random) -> str | None:
    with closing(sqlite3.connect(path)) as database, database:
        tables = [name for (name,) in database.execute("SELECT table_name FROM gpkg_contents")]
        for table in rng.sample(tables, len(tables)):
            rows = database.execute(f'SELECT rowid FROM "{table}"').fetchall()
            if rows:
                row = rng.choice(rows)[0]
                without_triggers(database, table)
                database.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (row,))
                return f"{table} 少了第{row}行"
    return None


def in_geodatabase(path: Path, rng: random.Random) -> str | None:
    """A digit of a text cell, in the bytes of the table file; ``path`` is the .gdb folder."""
    files = [file for file in sorted(path.glob("*.gdbtable")) if int(file.stem[1:], 16) > 8]
    for file in rng.sample(files, len(files)):
        content = file.read_bytes()
        texts = list(re.finditer(rb"(?<![0-9A-Za-z])[0-9]{2,}[.][0-9]{2,}(?![0-9A-Za-z])", content))
        if texts:
            match = rng.choice(texts)
            changed = change_digit(match.group().decode(), rng)
            assert changed
            file.write_bytes(content[: match.start()] + changed.encode() + content[match.end() :])
            return f"{file.name}: {match.group().decode()} → {changed}"
    return None


def drop_geodatabase_feature(path: Path, rng: random.Random) -> str | None:
    layers = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
    for name, kind in rng.sample(layers, len(layers)):
        meta, _, shapes, columns = pyogrio.raw.read(path, layer=name)
        count = len(columns[0]) if columns else 0
        if kind is None or count < 2:
            continue
        keep = np.delete(np.arange(count), rng.randrange(count))
        pyogrio.raw.write(
            path, shapes[keep], [column[keep] for column in columns], list(meta["fields"]),
            layer=name, driver="OpenFileGDB", geometry_type=meta["geometry_type"], crs=meta["crs"],
        )  # fmt: skip
        return f"{name} 少了一个图斑"
    return None


def in_pdf(path: Path, rng: random.Random) -> str | None:
    """A glyph of a shown string becomes that of another digit of the same string or page."""
    writer = PdfWriter(clone_from=PdfReader(path))
    page = writer.pages[0]
    content = ContentStream(page["/Contents"].get_object(), writer)
    shown = [(operands, n) for operands, operator in content.operations if operator in (b"Tj", b"TJ")
             for n in range(len(operands))]  # fmt: skip
    changed = _swap_glyphs(shown, rng)
    if changed is None:
        return None
    page[NameObject("/Contents")] = writer._add_object(content)
    with path.open("wb") as stream:
        writer.write(stream)
    return changed


def _swap_glyphs(shown: list[tuple[list, int]], rng: random.Random) -> str | None:
    for operands, n in rng.sample(shown, len(shown)):
        text = operands[n]
        original = getattr(text, "original_bytes", None)
        if isinstance(text, list) or not original or len(original) < 4:
            continue
        pairs = [original[k : k + 2] for k in range(0, len(original), 2)]
        first, second = rng.sample(range(len(pairs)), 2)
        if pairs[first] == pairs[second]:
            continue
        pairs[first], pairs[second] = pairs[second], pairs[first]
        operands[n] = type(text)(b"".join(pairs)) if isinstance(text, bytes) else text
        return f"第{first + 1}字与第{second + 1}字互换"
    return None


def in_archive(path: Path, rng: random.Random) -> str | None:
    """A changed member of the filing package, its checksum in the archive made right again."""
    with zipfile.ZipFile(path) as archive:
        name = rng.choice([info.filename for info in archive.infolist() if info.file_size])
        content = bytearray(archive.read(name))
    place = rng.randrange(len(content))
    content[place] ^= 1
    rewrite_zip(path, name, bytes(content))
    return f"{name} 第{place}字节"


def in_picture(path: Path, rng: random.Random) -> str | None:
    content = bytearray(path.read_bytes())
    content[rng.randrange(len(content))] ^= 1
    path.write_bytes(bytes(content))
    return "一个字节"


BY_KIND: dict[str, tuple[Planter, ...]] = {
    ".json": (in_text_file(change_digit),),
    ".html": (in_text_file(change_digit), in_text_file(change_unit)),
    ".txt": (in_text_file(change_digit, "gb18030"), drop_line),
    ".csv": (in_text_file(change_digit, "utf-8-sig"),),
    ".xlsx": (
        in_xml(r"xl/(worksheets/sheet\d+|sharedStrings)\.xml", change_digit),
        in_xml(r"xl/sharedStrings\.xml", change_unit),
        drop_sheet_row,
    ),
    ".docx": (
        in_xml(r"word/document\.xml", change_digit),
        in_xml(r"word/document\.xml", change_unit),
        drop_table_row,
    ),
    ".gpkg": (in_geopackage, drop_feature),
    ".gdb": (in_geodatabase, drop_geodatabase_feature),
    ".pdf": (in_pdf,),
    ".png": (in_picture,),
    ".zip": (in_archive,),
}


def targets(build: Path) -> Iterator[Path]:
    """Everything that a fault can be planted in: files, and geodatabases as wholes."""
    for path in sorted(build.rglob("*")):
        if path.suffix in BY_KIND and path.parent.suffix != ".gdb":
            yield path


def plant(build: Path, rng: random.Random) -> tuple[str, str]:
    """The file and what was done to it."""
    kinds = sorted({path.suffix for path in targets(build)})
    while True:
        kind = rng.choice(kinds)  # by kind first: seven maps must not crowd out one database
        path = rng.choice([path for path in targets(build) if path.suffix == kind])
        done = rng.choice(BY_KIND[kind])(path, rng)
        if done:
            return path.relative_to(build).as_posix(), done
