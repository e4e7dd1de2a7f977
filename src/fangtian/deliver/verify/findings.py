"""核对结论文件。``findings.json``: each record against its digest, each number against its fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fangtian.catalog.finding import Finding
from fangtian.deliver.facts_file import broken_head, broken_record, digest_of
from fangtian.deliver.json_text import JsonText, read_json
from fangtian.deliver.verify.sealed import Sealed, number_differs, seal_differs, text_differs
from fangtian.deliver.wording import addresses_in, filled

__all__ = ["check_findings", "head_differs"]

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


def _record(text: JsonText, path: str, record: object, name: str, sealed: Sealed) -> Iterator[Finding]:
    if not isinstance(record, dict):
        yield broken_record(name, path, text.lines)
        return
    precise = list(_numbers(text, path, record, name, sealed))
    yield from precise
    content = {key: value for key, value in record.items() if key != "digest"}
    if not precise and digest_of(content) != record.get("digest"):
        yield broken_record(name, path, text.lines)


def _numbers(
    text: JsonText, path: str, record: Mapping[str, Any], name: str, sealed: Sealed
) -> Iterator[Finding]:
    """Facts of a judgement, and its sentence, which must be its template filled with them."""
    presentation = sealed.presentation
    facts, template = record.get("facts"), record.get("template")
    if presentation is None or not isinstance(facts, list) or not isinstance(template, str):
        return
    for index, used in enumerate(facts):
        here = f"{path}.facts[{index}].shown"
        address = str(used.get("address", "")) if isinstance(used, dict) else ""
        if address in presentation and used.get("shown") != presentation[address].text:
            where = f"第{text.lines.get(here, 0)}行 {here}"
            yield number_differs(name, where, address, str(used.get("shown")), presentation[address].text)
    sentence, expected = str(record.get("sentence")), filled(template, presentation)
    if sentence != expected:
        yield from _sentence(text, f"{path}.sentence", (template, sentence, expected), name, sealed)


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
