"""条文清单。Rows for ``fangtian norms``: every norm with its article, and what is known but not held."""

from __future__ import annotations

from fangtian.catalog.submission import submission_items
from fangtian.errors import LawError
from fangtian.law.norm import Instrument, Norm, load_packs, norms

__all__ = ["norm_rows"]


def norm_rows(pack: str = "") -> list[dict[str, str]]:
    """清单行。One row per norm in the order of instruments and articles, then one per
    unconfirmed instrument; every row has every column, as text.

    ``modality``, ``served`` and ``status`` are the codes of the packs, ``*_zh`` the words shown to the user;
    ``served_by`` names the papers, the question, the deliverable or the room; ``from`` and ``until`` are ISO
    dates, the second exclusive. ``pack`` is a pack (``gansu``), a regime or an instrument id; empty = all.
    Raises LawError where nothing goes by that name.

    >>> {row["modality_zh"] for row in norm_rows("pilot-points-2020")}
    {'人工判定'}
    """
    instruments = [item for item in load_packs() if pack in ("", item.pack, item.id, item.regime)]
    if not instruments:
        names = sorted({name for item in load_packs() for name in (item.pack, item.regime, item.id) if name})
        raise LawError(f"没有规则包“{pack}”；可用的有 {'、'.join(names)}。")
    held = [norm for norm in norms() if norm.instrument in instruments]
    judged = {norm.instrument.id for norm in held}
    rest = [item for item in instruments if item.id not in judged]
    return [_norm_row(norm) for norm in held] + [_row(item) for item in rest]


def _norm_row(norm: Norm) -> dict[str, str]:
    return _row(norm.instrument) | {
        "id": norm.id,
        "article": norm.article,
        "title": norm.title,
        "quote": norm.quote,
        "modality": norm.modality.value,
        "modality_zh": norm.modality.chinese,
        "stage": norm.stage.value,
        "stage_zh": norm.stage.chinese,
        "served": norm.served.value,
        "served_zh": norm.served.chinese,
        "served_by": _served_by(norm),
        "role": norm.role,
        "scopes": "、".join(norm.scopes),
        "limits": "、".join(norm.limits.values()),
        "requirements": "、".join(norm.requirements),
    }


def _served_by(norm: Norm) -> str:
    titles = "、".join(submission_items()[item].title for item in norm.documents)
    return titles or norm.statement or norm.kept_by or norm.room


def _row(instrument: Instrument) -> dict[str, str]:
    validity = instrument.in_force
    of_norms = (
        "article",
        "title",
        "quote",
        *("modality", "modality_zh", "stage", "stage_zh", "served", "served_zh", "served_by"),
        *("role", "scopes", "limits", "requirements"),
    )
    return {
        "id": instrument.id,
        "pack": instrument.pack,
        "regime": instrument.regime,
        "instrument": instrument.title,
        "number": instrument.number,
        "status": instrument.status.value,
        "status_zh": instrument.status.chinese,
        "from": validity.start.isoformat() if validity else "",
        "until": validity.until.isoformat() if validity and validity.until else "",
        "note": instrument.note,
        **dict.fromkeys(of_norms, ""),
    }
