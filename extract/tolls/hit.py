"""What the finder says of one telling of killed and wounded, and how several tellings make one toll."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_AMONG_REACH = 140  # characters between a toll and "among them"


@dataclass(frozen=True, slots=True, kw_only=True)
class TollHit:
    """One telling of a toll in folded text.

    kind: killed · wounded · pooled (killed and wounded together) · victims (not said which) · missing · abducted.
    `count` is None where no number is told. `group` is who was hit, as counted_nouns.csv names it: soldiers, police,
    fighters, members, civilians, children, women, officials, contractors, people, militants, attackers …; `items` are
    an enumeration's parts. `subset`: a part of the toll before it ("among them"). `total`: told as a toll's new state.
    `negated`: said to be none. `aggregate`: over a time, a war or many attacks. `preliminary`: a first, former figure.
    `named`: one person told by name or by a pronoun. `active`: told of who did it ("a bomber kills seven").
    `further`: to be added to what another sentence told ("three civilians were also killed in the attack").
    """

    start: int
    end: int
    kind: str
    count: int | None
    group: str | None = None
    high: int | None = None
    modifier: str | None = None
    subset: bool = False
    total: bool = False
    negated: bool = False
    aggregate: bool = False
    preliminary: bool = False
    named: bool = False
    active: bool = False
    further: bool = False
    items: tuple[tuple[str | None, int | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """The toll of one incident and the tellings that it rests on."""

    killed: int | None
    wounded: int | None
    killed_from: TollHit | None
    wounded_from: TollHit | None


def combine_tolls(hits: Iterable[TollHit], *, militants_count: bool = False) -> Toll:
    """One incident's toll from the tellings in its sentences.

    Attackers never count; militants only where they are the attacked side (`militants_count`), a group's men (`foes`)
    there and where nobody else is told. Parts of a toll and aggregates are left out; of several figures a newer state
    goes before others, then the one told most often, then the highest, which is the fuller one.
    """
    hits = list(hits)
    usable = [
        hit for hit in hits
        if not hit.subset and not hit.aggregate and hit.group != "attackers"
        and (militants_count or hit.group != "militants")
    ]  # fmt: skip
    others = [hit for hit in usable if hit.group != "foes"]
    if not militants_count and any(hit.count for hit in others):
        usable = others
    killed, wounded = _choose(usable, "killed"), _choose(usable, "wounded")
    return Toll(
        killed=None if killed is None else _add_further(killed, usable, _without_attackers(killed, hits)),
        wounded=None if wounded is None else _add_further(wounded, usable, wounded.count),
        killed_from=killed,
        wounded_from=wounded,
    )


def _add_further(chosen: TollHit, hits: Sequence[TollHit], count: int | None) -> int | None:
    """The figure with those told as fallen besides, unless a figure told elsewhere has them in it."""
    more = {hit.count for hit in hits if hit.further and hit.kind == chosen.kind and hit.count}
    if chosen.further or chosen.total or not count or len(more) != 1:
        return count
    others = {hit.count for hit in hits if hit.kind == chosen.kind and not hit.further}
    return count if count - max(more) in others else count + max(more)


def _without_attackers(killed: TollHit, hits: Sequence[TollHit]) -> int | None:
    """The dead without the attackers that stand among them ("twelve dead, among them four of the attackers")."""
    if not killed.count:
        return killed.count
    among = [
        count for hit in hits
        if hit.subset and hit.kind == "killed" and (hit.total or 0 < hit.start - killed.start <= _AMONG_REACH)
        for count in [_count_attackers(hit)] if count
    ]  # fmt: skip
    return killed.count - among[0] if among and among[0] < killed.count else killed.count


def _is_part_of_sum(hit: TollHit, hits: Sequence[TollHit]) -> bool:
    """Whether a figure is one item of a fuller sum: "six soldiers" where "six soldiers and ten civilians" is told."""
    return any(
        len(other.items) > 1 and other.count is not None and hit.count is not None and other.count > hit.count
        and len(hit.items) < 2 and (hit.group, hit.count) in other.items
        for other in hits
    )  # fmt: skip


def _count_attackers(hit: TollHit) -> int:
    """How many of those told are attackers: "among them the bomber", "eight policemen and four attackers"."""
    if hit.group == "attackers":
        return hit.count or 0
    return sum(count or 0 for group, count in hit.items if group == "attackers")


def _choose(hits: Sequence[TollHit], kind: str) -> TollHit | None:
    told = [hit for hit in hits if hit.kind == kind and hit.count is not None]
    positive = [hit for hit in told if hit.count]
    if not positive:
        return told[0] if told else None
    own = [hit for hit in positive if not hit.further] or positive
    final = [hit for hit in own if not hit.preliminary] or own
    certain = [hit for hit in final if not hit.named] or final
    certain = [hit for hit in certain if not _is_part_of_sum(hit, certain)] or certain
    totals = [hit for hit in certain if hit.total]
    if totals:
        return totals[-1]
    told_times = Counter(hit.count for hit in certain)
    return max(certain, key=lambda hit: (told_times[hit.count], hit.count or 0))
