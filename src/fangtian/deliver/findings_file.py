"""结论文件。``findings.json``: every judgement and every data finding, each record with its check digest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fangtian.catalog.finding import Finding, blocking
from fangtian.deliver.facts_file import digest_of, leaf_digests, origin_json
from fangtian.deliver.json_text import write_json
from fangtian.deliver.opinion import Opinion
from fangtian.deliver.origin import Origin
from fangtian.law.verdict import Verdict

__all__ = ["FINDINGS_FILE", "finding_json", "findings_document", "opinion_json", "write_findings"]

FINDINGS_FILE = "findings.json"


def write_findings(
    path: Path, opinions: Iterable[Opinion], findings: Iterable[Finding], origin: Origin
) -> None:
    """写结论文件。In the shape of the command line's JSON."""
    write_json(path, findings_document(opinions, findings, origin))


def findings_document(
    opinions: Iterable[Opinion], findings: Iterable[Finding], origin: Origin
) -> dict[str, Any]:
    """结论文件内容。``ok`` is false where an error or a verdict 不符合 stands."""
    opinions, findings = tuple(opinions), tuple(findings)
    head = {
        "ok": not blocking(findings) and all(opinion.verdict != Verdict.NOT_MET for opinion in opinions),
        "command": "build",
        **origin_json(origin),
    }
    return {
        **head,
        "digests": leaf_digests(head),
        "judgements": [_sealed(opinion_json(opinion)) for opinion in opinions],
        "findings": [_sealed(finding_json(finding)) for finding in findings],
    }


def opinion_json(opinion: Opinion) -> dict[str, Any]:
    """评判记录。Without geometry, which findings.gpkg holds."""
    content = asdict(opinion)
    plots = [{name: value for name, value in plot.items() if name != "wkb"} for plot in content.pop("plots")]
    content["interpretation"] = [
        {"question": question, "choice": choice, "reason": reason}
        for question, choice, reason in opinion.interpretation
    ]
    lists = {name: list(content[name]) for name in ("given", "facts", "missing")}
    return {**content, **lists, "evidence": plots}


def finding_json(finding: Finding) -> dict[str, Any]:
    """发现记录。Code, severity, sentence, place and remedy."""
    place = finding.place
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "place": {"file": place.file, "layer": place.layer, "feature": place.feature, "field": place.field},
    }


def _sealed(record: Mapping[str, Any]) -> dict[str, Any]:
    return {**record, "digest": digest_of(record)}
