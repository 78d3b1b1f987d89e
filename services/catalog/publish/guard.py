"""Looks at what a publication would take away: what looks like a mistake waits for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.catalog.publish.diff import Loss

EMPTIED = "slice-emptied"
"""A slice loses all its rows."""

SHRUNK = "slice-shrunk"
"""A slice loses more of its rows than a correction does."""


@dataclass(frozen=True, slots=True)
class Guards:
    """From which share of a slice's rows (0 to 1, exclusive) their loss is held, and from which it is told."""

    held_share: float = 0.5
    warned_share: float = 0.2


@dataclass(frozen=True, slots=True)
class Judgement:
    """Mappings `code`, `count` (rows lost), `slice`, `of` (rows before): what a person confirms, and is told."""

    reasons: tuple[Mapping[str, object], ...]
    warnings: tuple[Mapping[str, object], ...]


def judge(losses: Sequence[Loss], guards: Guards, *, confirmed: Sequence[Mapping[str, object]] = ()) -> Judgement:
    """`confirmed`: reasons that a person has seen and confirmed: those very figures are let through, as warnings."""
    seen = {(one.get("code"), one.get("slice"), one.get("count"), one.get("of")) for one in confirmed}
    reasons, warnings = [], []
    for loss in losses:
        told = _told(loss)
        is_seen = (told["code"], told["slice"], told["count"], told["of"]) in seen
        if (loss.after == 0 or loss.share > guards.held_share) and not is_seen:
            reasons.append(told)
        elif loss.share > guards.warned_share:
            warnings.append(told)
    return Judgement(tuple(reasons), tuple(warnings))


def _told(loss: Loss) -> Mapping[str, object]:
    code = EMPTIED if loss.after == 0 else SHRUNK
    return {"code": code, "count": loss.lost, "slice": loss.slice, "of": loss.before}
