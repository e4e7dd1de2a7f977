"""图幅与比例尺。Paper sizes, the standard series of scales, and how large type grows with the paper."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["PAPERS", "SCALES", "SCALES_BETWEEN", "Box", "enlargement", "grown", "nice_step", "overlap"]

Box = tuple[float, float, float, float]
"""矩形。x0, y0, x1, y1: millimetres on paper from the lower left corner, or metres on the ground."""

PAPERS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "A0": (1189.0, 841.0),
        "A1": (841.0, 594.0),
        "A2": (594.0, 420.0),
        "A3": (420.0, 297.0),
        "A4": (297.0, 210.0),
    }
)
"""图纸幅面。Long and short side in millimetres (GB/T 14689)."""

SCALES = (
    *(500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000),
    *(2_500_000, 5_000_000),
)
"""标准比例尺。The national basic series 1:500 to 1:1 000 000 (GB/T 13989), two more for provinces."""

SCALES_BETWEEN = (
    *(1_500, 3_000, 4_000, 6_000, 7_500, 15_000, 20_000, 30_000, 40_000, 60_000, 75_000),
    *(150_000, 200_000, 300_000, 400_000, 600_000, 750_000),
)
"""中间比例尺。Round scales of planning atlases, where a standard step leaves the area small."""

_ENLARGED = MappingProxyType({"A0": 2.2, "A1": 1.7, "A2": 1.3, "A3": 1.0, "A4": 0.8})


def enlargement(paper: str) -> float:
    """幅面系数。What type, swatches and gaps are multiplied by: 1 on A3, more where one reads from afar.

    >>> enlargement("A0")
    2.2
    """
    return _ENLARGED[paper]


def nice_step(least: float) -> float:
    """整步长。The smallest of 1, 2, 5 times a power of ten that is not less than ``least``.

    >>> nice_step(400), nice_step(501), nice_step(0.03)
    (500.0, 1000.0, 0.05)
    """
    power = 10.0**-6
    while power * 10 < least:
        power *= 10
    step = next((factor * power for factor in (1, 2, 5) if factor * power >= least), 10 * power)
    return float(f"{step:.6g}")


def grown(box: Box, by: float) -> Box:
    """外扩。The box with ``by`` added on every side (taken off where negative)."""
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def overlap(one: Box, other: Box) -> bool:
    """是否相交。Whether two boxes share more than an edge."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
