"""报送材料。The list of what a submission holds and lacks, and the package that is handed in."""

from __future__ import annotations

from fangtian.deliver.submission.archive import (
    NOTE_FILE,
    SUBMISSION_FILE,
    SUMS_FILE,
    note_text,
    write_submission,
)
from fangtian.deliver.submission.checklist import (
    ChecklistItem,
    Status,
    attachment_members,
    checklist,
    lacking,
)
from fangtian.deliver.submission.workbook import CHECKLIST_FILE, write_checklist

__all__ = [
    "CHECKLIST_FILE",
    "NOTE_FILE",
    "SUBMISSION_FILE",
    "SUMS_FILE",
    "ChecklistItem",
    "Status",
    "attachment_members",
    "checklist",
    "lacking",
    "note_text",
    "write_checklist",
    "write_submission",
]
