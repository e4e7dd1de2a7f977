"""条文的种类。How binding a norm is, when it is asked after, who sees to it, how well its text is held."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

__all__ = ["DECIDED", "Modality", "Served", "Stage", "Status"]


class Modality(StrEnum):
    """约束力。What it means when a norm does not hold: 不符合, 须说明理由, 需人工判定; or what it asks."""

    MANDATORY = "mandatory"
    PRESUMPTIVE = "presumptive"
    JUDGEMENT = "judgement"
    PROCEDURAL = "procedural"
    ENCOURAGED = "encouraged"
    FORMAT = "format"

    @property
    def chinese(self) -> str:
        """中文名。The word shown to the user."""
        return _MODALITIES[self]


_MODALITIES: Mapping[Modality, str] = {
    Modality.MANDATORY: "必须",
    Modality.PRESUMPTIVE: "原则上",
    Modality.JUDGEMENT: "人工判定",
    Modality.PROCEDURAL: "程序",
    Modality.ENCOURAGED: "鼓励",
    Modality.FORMAT: "格式",
}
DECIDED: frozenset[Modality] = frozenset({Modality.PRESUMPTIVE, Modality.JUDGEMENT})
"""须有人判定。The law leaves room: a named role decides."""


class Stage(StrEnum):
    """环节。When a norm is asked after; a plan is judged by those of its own stage."""

    SITING = "siting"
    PLAN = "plan"
    CHANGE = "change"
    WORKS = "works"
    ACCEPTANCE = "acceptance"
    ACCOUNT = "account"
    FUNDS = "funds"
    SUPERVISION = "supervision"
    ARCHIVE = "archive"

    @property
    def chinese(self) -> str:
        """中文名。As the measures call the stages."""
        return _STAGES[self]


_STAGES: Mapping[Stage, str] = {
    Stage.SITING: "选址申报",
    Stage.PLAN: "实施方案编制和审批",
    Stage.CHANGE: "实施方案调整",
    Stage.WORKS: "实施管理",
    Stage.ACCEPTANCE: "竣工验收",
    Stage.ACCOUNT: "年度核算",
    Stage.FUNDS: "资金保障",
    Stage.SUPERVISION: "监督监管",
    Stage.ARCHIVE: "档案管理",
}


class Served(StrEnum):
    """落实方式。How a norm is seen to: it is computed, proved by papers or words, written, done in a room."""

    COMPUTED = "computed"
    DOCUMENTED = "documented"
    STATED = "stated"
    DELIVERED = "delivered"
    PLATFORM = "platform"
    ADVISED = "advised"

    @property
    def chinese(self) -> str:
        """中文名。The word shown to the user."""
        return _SERVED[self]


_SERVED: Mapping[Served, str] = {
    Served.COMPUTED: "计算判定",
    Served.DOCUMENTED: "核对材料",
    Served.STATED: "书面说明",
    Served.DELIVERED: "成果保证",
    Served.PLATFORM: "平台办理",
    Served.ADVISED: "提示",
}


class Status(StrEnum):
    """文本状态。Whether the full text is held; of an unconfirmed instrument nothing is judged.

    Of a secondhand one only what public papers quote is known: a person decides, nothing is refused by it.
    """

    HELD = "held"
    SECONDHAND = "secondhand"
    UNCONFIRMED = "unconfirmed"

    @property
    def chinese(self) -> str:
        """中文名。The word shown to the user."""
        return _STATUSES[self]


_STATUSES: Mapping[Status, str] = {
    Status.HELD: "已持有全文",
    Status.SECONDHAND: "据公开资料转述，未持有全文，只列出供人工判定",
    Status.UNCONFIRMED: "未持有全文，不据以判定",
}
