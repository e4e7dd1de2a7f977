"""以模块运行。python -m fangtian."""

from fangtian.cli import main

main()
