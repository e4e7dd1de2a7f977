"""命令入口。The command group, its options for all commands, and how failures are told."""

from __future__ import annotations

import difflib
import logging
import tempfile
import traceback
import warnings
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import click

from fangtian.cli.console import Output
from fangtian.errors import FangtianError, InputError
from fangtian.formats.failures import system_reason

__all__ = ["CANNOT_RUN", "COMMANDS", "app", "common_options", "day", "run"]

Command = TypeVar("Command", bound=Callable[..., Any])
CANNOT_RUN = 2
COMMANDS = {
    "demo": "写出示例方案并完成全部成果。",
    "init": "新建方案文件夹。",
    "check": "检查方案或任意数据文件，写出检查报告。",
    "draft": "为还没有文字的章写出草稿文件。",
    "build": "评估方案并写出全部成果。",
    "verify": "读回成品文件，逐处与封印核对。",
    "convert": "转换数据格式，并列出转换中的每一处损失。",
    "area": "计算任意面文件的图斑椭球面积。",
    "diff": "比对批准方案与调整方案，判定适用的调整程序。",
    "accept": "对照批准方案与竣工数据，写出整体验收报告。",
    "account": "按年度核算新增耕地和补划永久基本农田。",
    "norms": "列出规则、条款和原文。",
    "new-pack": "新建一个规则包。",
    "doctor": "检查安装了什么、缺什么。",
}
"""命令。Name and summary; a command's module is imported only when it is called."""


class _Commands(click.Group):
    """Each command lives in the module of its name; the list of commands needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"fangtian.cli.{module}"), module)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="fangtian", prog_name="fangtian")
def app() -> None:
    """方田：全域土地综合整治开放系统。

    先试：fangtian demo；自己的方案：fangtian init 文件夹。
    """


def common_options(command: Command) -> Command:
    """共用选项。--json and --lang on every command that reports."""
    command = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="界面语言")(command)
    return click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")(command)


def day(output: Output, text: str | None) -> date:
    """日期。The date whose law applies; today unless given. The only clock of the program."""
    if text is None:
        return date.today()  # noqa: DTZ011 - the office's own calendar day
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(output.word("bad_date", text=text)) from None


def run(arguments: Sequence[str]) -> int:
    """运行。Parse and call; every failure becomes one clear sentence and an exit code."""
    output = _asked(arguments)
    logging.getLogger("pyogrio").setLevel(logging.ERROR)  # the findings say it in the user's words
    warnings.simplefilter("ignore")  # and so with what libraries remark about odd shapes
    try:
        result = app.main(args=list(arguments), prog_name="fangtian", standalone_mode=False)
        return int(result or 0)
    except InputError as error:
        output.findings(error.findings)
        output.document(next(iter(arguments), ""), False, error.findings)
        return CANNOT_RUN
    except FangtianError as error:
        output.fail(str(error))
    except click.exceptions.NoArgsIsHelpError as error:
        output.say(error.ctx.get_help() if error.ctx else "")
    except click.UsageError as error:
        output.fail(_usage(output, error))
    except (click.Abort, KeyboardInterrupt):
        output.fail(output.word("interrupted"))
    except OSError as error:
        output.fail(
            output.word("cannot_write", path=error.filename or "", reason=system_reason(error, output.lang))
        )
    except Exception as error:
        output.fail(output.word("bug", kind=type(error).__name__, text=str(error)[:200], log=_log()))
    return CANNOT_RUN


def _asked(arguments: Sequence[str]) -> Output:
    """How to speak of a failure, read from the raw arguments because parsing them may be what failed."""
    english = ("--lang", "en") in pairwise(arguments) or "--lang=en" in arguments
    return Output("en" if english else "zh", "--json" in arguments)


def _usage(output: Output, error: click.UsageError) -> str:
    command = error.ctx.info_name if error.ctx and error.ctx.parent else ""
    if isinstance(error, click.NoSuchOption):
        hint = _hint(output, error.possibilities or ())
        return output.word("unknown_option", name=error.option_name, hint=hint, command=command or "")
    if isinstance(error, click.MissingParameter):
        name = error.param.human_readable_name if error.param else ""
        return output.word("missing_argument", name=name, command=command)
    if error.message.startswith("No such command"):
        name = error.message.split("'")[1]
        close = difflib.get_close_matches(name, COMMANDS, 1)
        return output.word("unknown_command", name=name, hint=_hint(output, close))
    if isinstance(error, click.BadParameter) and error.param:
        return output.word("bad_value", name=error.param.opts[0], command=command)
    if error.message.startswith("Got unexpected extra argument"):
        return output.word("extra_argument", command=command)
    return output.word("bad_usage", message=error.message.rstrip("。"), command=command)


def _hint(output: Output, names: Sequence[str]) -> str:
    return output.word("did_you_mean", name=names[0]) if names else ""


def _log() -> Path:
    with tempfile.NamedTemporaryFile(
        "w", prefix="fangtian-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(traceback.format_exc())
    return Path(log.name)
