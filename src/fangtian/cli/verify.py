"""核验命令。verify: read the finished files back."""

from __future__ import annotations

from pathlib import Path

import click

from fangtian.catalog.finding import blocking
from fangtian.cli.app import CANNOT_RUN, common_options
from fangtian.cli.console import Output
from fangtian.deliver.verify import verify as verify_build

__all__ = ["verify"]


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@common_options
def verify(directory: Path, as_json: bool, lang: str) -> int:
    """读回成品文件，逐处与封印核对。"""
    output = Output(lang, as_json)
    outcome = verify_build(directory)
    output.findings(outcome.findings)
    agrees = not blocking(outcome.findings)  # a file saved again by another program, same content, only warns
    if not agrees and outcome.seal:
        output.say(output.word("not_verified", count=len(outcome.findings)), "bold red")
    elif agrees:
        numbers = {"count": outcome.facts, "files": outcome.files, "seal": outcome.seal[:16]}
        output.say(output.word("verified", **numbers), "green")
    output.document(
        "verify",
        agrees,
        outcome.findings,
        seal=outcome.seal,
        facts=outcome.facts,
        files=outcome.files,
    )
    return CANNOT_RUN if not outcome.seal else int(not agrees)
