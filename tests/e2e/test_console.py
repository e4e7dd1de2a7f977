"""What the console leaves out it counts, and it names only what every command has to offer."""

from __future__ import annotations

import pytest

from fangtian.catalog.finding import Place, finding
from fangtian.cli.console import MOST_ALIKE, Output


def test_every_finding_that_is_not_shown_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        finding("DEL-file-extra", Place(file=name, feature=str(row)), file=name)
        for name in map(str, range(MOST_ALIKE + 2))
        for row in range(3)
    ]
    Output().findings(rows)
    said = capsys.readouterr().out
    assert said.count("（另有 2 处相同）") == MOST_ALIKE
    assert "另有 6 处，--json 列出全部" in said
