"""模糊测试小结。What came of the damaged files, format by format, at the end of the run."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed"):
        for name, line in report.user_properties:
            if name == "fuzz":
                terminalreporter.write_line(f"fuzz  {line}")
