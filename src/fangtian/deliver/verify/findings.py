"""核对结论文件。``findings.json``: each record against its digest, each number against its fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from fangtian.catalog.finding import Finding
from fangtian.deliver.facts_file import broken_head, broken_record, digest_of
from fangtian.deliver.json_text import JsonText, read_json
from fangtian.deliver.opinion import margin_of, shown_measure
from fangtian.deliver.verify.sealed import Sealed, number_differs, seal_differs, text_differs
from fangtian.deliver.wording import addresses_in, filled

__all__ = ["check_findings", "head_differs", "sound_judgements"]

RECORDS = ("judgements", "findings")


def check_findings(path: Path, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对结论文件。Named by JSON path and line; a broken file is its own finding."""
    text = read_json(path)
    if text.finding:
        yield text.finding
        return
    document = text.value if isinstance(text.value, dict) else {}
    yield from head_differs(text, document, name, sealed)
    for table in RECORDS:
        records = document.get(table)
        for index, record in enumerate(records if isinstance(records, list) else []):
            yield from _record(text, f"{table}[{index}]", record, name, sealed)


def head_differs(text: JsonText, document: Mapping[str, Any], name: str, sealed: Sealed) -> Iterator[Finding]:
    """文件头不符。Another seal than that of the facts, or a value that does not agree with its digest."""
    where = f"第{text.lines.get('seal', 0)}行 seal"
    seal = list(seal_differs(name, where, str(document.get("seal")), sealed.seal))
    yield from seal or broken_head(name, text.lines, document)


def sound_judgements(path: Path) -> Mapping[str, Any] | None:
    """可信的评判记录。By ``norm@scope``; None unless every record of findings.json agrees with its digest."""
    value = read_json(path).value if path.is_file() else None
    records = value.get("judgements") if isinstance(value, dict) else None
    if not isinstance(records, list) or not all(_stands(record) for record in records):
        return None
    return {f"{record.get('norm')}@{record.get('scope')}": record for record in records}


def _stands(record: object) -> bool:
    if not isinstance(record, dict):
        return False
    return digest_of({key: value for key, value in record.items() if key != "digest"}) == record.get("digest")


def _record(text: JsonText, path: str, record: object, name: str, sealed: Sealed) -> Iterator[Finding]:
    if not isinstance(record, dict):
        yield broken_record(name, path, text.lines)
        return
    precise = list(_numbers(text, path, record, name, sealed))
    yield from precise
    if not precise and not _stands(record):
        yield broken_record(name, path, text.lines)


def _numbers(
    text: JsonText, path: str, record: Mapping[str, Any], name: str, sealed: Sealed
) -> Iterator[Finding]:
    """Facts of a judgement, and its sentence, which must be its template filled with them."""
    presentation = sealed.presentation
    template = record.get("template")
    if presentation is None or not isinstance(template, str):
        return
    for here, used in _used(path, record):
        address = str(used.get("address", ""))
        if address in presentation and used.get("shown") != presentation[address].text:
            where = f"第{text.lines.get(here, 0)}行 {here}"
            yield number_differs(name, where, address, str(used.get("shown")), presentation[address].text)
    yield from _measure(text, path, record, name, sealed)
    sentence, expected = str(record.get("sentence")), filled(template, presentation)
    if sentence != expected:
        yield from _sentence(text, f"{path}.sentence", (template, sentence, expected), name, sealed)


def _used(path: str, record: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The facts that a record prints, with the path of what they show."""
    for table in ("facts", "given"):
        listed = record.get(table)
        for index, used in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(used, dict):
                yield f"{path}.{table}[{index}].shown", used


def _measure(
    text: JsonText, path: str, record: Mapping[str, Any], name: str, sealed: Sealed
) -> Iterator[Finding]:
    """The measured value is that of its fact; the margin in words, 公顷 and m² follows from the exact one."""
    address, presentation = str(record.get("measured", "")), sealed.presentation
    if presentation is None or address not in presentation:
        return
    exact = str(record.get("margin", ""))
    margin = margin_of(Fraction(exact) if exact else None, presentation[address].form)
    expected = {
        "measured_shown": shown_measure(address, presentation),
        "margin_shown": margin.shown,
        "margin_ha": margin.ha,
        "margin_m2": margin.m2,
    }
    for field, words in expected.items():
        if str(record.get(field)) != words:
            where = f"第{text.lines.get(f'{path}.{field}', 0)}行 {path}.{field}"
            yield number_differs(name, where, address, str(record.get(field)), words)


def _sentence(
    text: JsonText, path: str, words: tuple[str, str, str], name: str, sealed: Sealed
) -> Iterator[Finding]:
    template, sentence, expected = words
    where = f"第{text.lines.get(path, 0)}行 {path}"
    presentation = sealed.presentation
    known = [] if presentation is None else [a for a in addresses_in(template) if a in presentation]
    lost = [address for address in known if presentation and presentation[address].text not in sentence]
    for address in dict.fromkeys(lost):
        yield number_differs(name, where, address, sentence, expected)
    if not lost:
        yield text_differs(name, where, sentence, expected)
