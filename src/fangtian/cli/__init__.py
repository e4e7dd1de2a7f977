"""命令行。fangtian on the command line: parse, call, present; nothing is computed here."""

from __future__ import annotations

import sys

from fangtian.cli.app import app, run

__all__ = ["app", "main", "run"]


def main() -> None:
    """程序入口。Exit codes: 0 fine, 1 findings that block, 2 cannot run."""
    sys.exit(run(sys.argv[1:]))
