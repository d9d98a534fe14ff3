"""Turns mentions of one report that nothing tells apart into one: the same attack, told twice."""

from __future__ import annotations

from dataclasses import replace

from extract.events.frames import Frame
from extract.fields.methods import is_same_family
from extract.places import kilometres
from extract.places.records import PRECISIONS
from store.records import Mention

_MANY_DEAD = 5  # so many dead on two days: one of the days is wrong
SAID = "the day on which it was spoken of"


def merge_twins(mentions: list[Mention], frames: list[Frame]) -> list[Mention]:
    """Join each mention to an earlier one of the report that it repeats; the earlier keeps what it knows."""
    kept: list[tuple[Mention, Frame]] = []
    for mention, frame in zip(mentions, frames, strict=True):
        for index, (other, other_frame) in enumerate(kept):
            if is_twin(other, mention, frame):
                kept[index] = (_fill(other, mention), other_frame)
                break
        else:
            kept.append((mention, frame))
    return [mention for mention, _ in kept]


def is_twin(first: Mention, second: Mention, frame: Frame) -> bool:
    """Whether `second` may be `first` told again: no fact of theirs differs, and nothing says "another"."""
    lead = frame.lead.candidate
    if (
        lead.opens_another
        or lead.recalled
        or lead.clauses[0].slot > 1
        or not is_same_family(first.method, second.method)
    ):
        return False
    bare = second.killed is None and second.wounded is None
    if (lead.turns_elsewhere or (lead.turns and not bare)) and not (
        second.killed and second.killed > 1 and first.killed == second.killed
    ):
        return False
    if not _may_equal(first.killed, second.killed) or not _may_equal(first.wounded, second.wounded):
        return False
    same_toll = bool(first.killed) and first.killed == second.killed
    if _is_dated(first) and _is_dated(second) and first.date != second.date and _are_days(first, second):
        return same_toll and (first.killed or 0) >= _MANY_DEAD and _may_be_one_place(first, second)
    if (
        _is_dated(second)
        and first.date
        and second.date
        and abs((first.date - second.date).days) > (1 if second.date_precision == "day" else 7)
        and not _is_in_month(first, second)
    ):
        return False
    if first.status != second.status and (first.second_attack or second.second_attack):
        return False
    if first.status != second.status and "occurred" not in (first.status, second.status):
        return False
    if _tells_countryside(frame) and _lie_far_apart(first, second):
        return False
    return _may_be_one_place(first, second)


def _tells_countryside(frame: Frame) -> bool:
    """Whether it was in the countryside of a town, which is no wider than what lies around the town."""
    return any(c.hit.cue == "countryside" and c.place and c.place.rank < 4 for c in frame.lead.places)


def _is_dated(mention: Mention) -> bool:
    """Whether the report names a day for the event itself."""
    return any(evidence.field == "date" and evidence.rule != SAID for evidence in mention.evidence)


def _are_days(first: Mention, second: Mention) -> bool:
    return first.date_precision == "day" == second.date_precision


def _is_in_month(first: Mention, second: Mention) -> bool:
    """Whether one is told by its month alone and the other by a day of that month."""
    if first.date is None or second.date is None or "month" not in (first.date_precision, second.date_precision):
        return False
    return (first.date.year, first.date.month) == (second.date.year, second.date.month)


def _may_equal(a: int | None, b: int | None) -> bool:
    return a is None or b is None or a == b


def _may_be_one_place(first: Mention, second: Mention) -> bool:
    if second.country != first.country:
        return False
    if second.admin1 is None:
        return True
    if first.admin1 != second.admin1:
        return False
    if first.killed and first.killed == second.killed:
        return True
    wide = ("governorate", "region", "country")
    if first.place_precision in wide or second.place_precision in wide or first.place == second.place:
        return True
    if first.lat is None or first.lon is None or second.lat is None or second.lon is None:
        return False
    return kilometres(first.lat, first.lon, second.lat, second.lon) <= 3


_FAR_KM = 25.0


def _lie_far_apart(first: Mention, second: Mention) -> bool:
    if first.lat is None or first.lon is None or second.lat is None or second.lon is None:
        return False
    return kilometres(first.lat, first.lon, second.lat, second.lon) > _FAR_KM


def _fill(first: Mention, second: Mention) -> Mention:
    """The first with what only the second knows; an exact means wins over an unknown one."""
    narrower = _rank(second.place_precision) < _rank(first.place_precision) and second.lat is not None
    if narrower:
        first = replace(
            first, place=second.place, lat=second.lat, lon=second.lon, admin1=second.admin1, raw_place=second.raw_place,
            place_precision=second.place_precision,
        )  # fmt: skip
    sharper = first.date_precision == "month" and second.date_precision == "day" and _is_in_month(first, second)
    if _is_dated(second) and (sharper or not _is_dated(first)):
        first = replace(first, date=second.date, date_precision=second.date_precision)
    return replace(
        first,
        method=second.method if first.method == "unknown" else first.method,
        target=second.target if first.target == "unknown" else first.target,
        munitions=second.munitions if first.munitions is None else first.munitions,
        killed=second.killed if first.killed is None else first.killed,
        wounded=second.wounded if first.wounded is None else first.wounded,
        actor=first.actor or second.actor,
        claim=first.claim if first.actor else second.claim,
        evidence=first.evidence + second.evidence,
    )


def _rank(precision: str | None) -> int:
    """Smaller is the narrower place; no place is the widest."""
    return PRECISIONS.index(precision) if precision in PRECISIONS else len(PRECISIONS)
