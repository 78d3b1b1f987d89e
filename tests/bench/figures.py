"""What a figure looks like."""

from collections.abc import Sequence
from statistics import median, quantiles
from typing import Any

Figure = dict[str, Any]


def latency(name: str, seconds: Sequence[float], **more: Any) -> Figure:
    """p50 and p95 of some durations, in milliseconds."""
    return {
        "figure": name,
        "p50_ms": round(median(seconds) * 1000, 1),
        "p95_ms": round(quantiles(seconds, n=20)[-1] * 1000, 1),
        "samples": len(seconds),
        **more,
    }


def paired(name: str, unit: str, ours: Sequence[float], reference: Sequence[float], **more: Any) -> Figure:
    """Medians of two series measured in turn, and the median of their ratios."""
    ratios = [mine / theirs for mine, theirs in zip(ours, reference, strict=True)]
    return {
        "figure": name,
        "unit": unit,
        "ours": round(median(ours)),
        "reference": round(median(reference)),
        "ratio": round(median(ratios), 2),
        "ratio_min": round(min(ratios), 2),
        "ratio_max": round(max(ratios), 2),
        "rounds": len(ratios),
        **more,
    }
