"""Turns attacks told of together into frames: waves with one place and day, lists of sites, towns side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.events.frames import Facts, Frame, is_wide
from extract.places import Place, PlaceChoice
from extract.places.nearness import distance, is_one_spot, nests, overlap
from extract.text import Token

# What may stand between two places of a list: and in, and the area of, the town, the gas field …
_AREAS = "منطقه مدينه بلده قريه حي محيط ناحيه قضاء مطار قاعده حقل مخيم معسكر مصفاه غاز نفط في علي".split()
_LINKS = frozenset([*_AREAS, *("و" + word for word in _AREAS)])
_IN = frozenset({"في", "ضمن", "داخل"})
_BASES = frozenset({"airbase", "base", "airport", "embassy", "consulate", "camp"})


def is_dated(fact: Facts) -> bool:
    """Whether a day is named for the event itself."""
    return fact.day is not None and fact.precision == "day" and not fact.said


def add_waves(frames: list[Frame], facts: list[Facts]) -> None:
    """Add attacks told in the plural with one place, day and toll, unless a single one of there and then is told."""
    for fact in facts:
        candidate = fact.candidate
        if not candidate.is_series or candidate.strength < 2 or candidate.is_count or candidate.source != "text":
            continue
        whole = fact.spots and (fact.killed or fact.wounded) and (is_dated(fact) or fact.day is None)
        if whole and not any(tells_there(frame, fact) for frame in frames) and not _sums_up(fact, frames):
            frames.append(Frame(facts=[fact]))


def _sums_up(fact: Facts, frames: list[Frame]) -> bool:
    """Whether "fifty dead in three attacks" sums up attacks that the report tells one by one."""
    parts = [
        frame
        for frame in frames
        if (not frame.admin1 or frame.admin1 & fact.admin1)
        and (frame.day is None or (fact.day is not None and abs((frame.day - fact.day).days) <= 1))
        and frame.strength >= 2
    ]
    elsewhere = bool(fact.spots) and all(part.spots and not _touches(part, fact.spots) for part in parts)
    return len(parts) >= 2 and not elsewhere


def _touches(frame: Frame, spots: list[Place]) -> bool:
    """Whether a frame is at, in or around one of the spots."""
    return any(overlap(a, b) for a in frame.spots for b in spots)


def is_sum(frame: Frame, frames: list[Frame]) -> bool:
    """Whether it only sums up attacks that the text tells one by one: "two dead in two attacks in Kirkuk"."""
    return _is_sum_at_head(frame, frames) or _is_total(frame, frames)


def _is_sum_at_head(frame: Frame, frames: list[Frame]) -> bool:
    """Whether a headline, or a lead on two attacks, names the land in which the text then tells two attacks or more."""
    if not all(fact.candidate.source == "title" or _counts_two(fact) for fact in frame.facts):
        return False
    if not any(fact.candidate.is_dual or fact.candidate.is_series for fact in frame.facts):
        return False
    if frame.lead.listed and frame.spots and all(place.kind not in ("city", "capital") for place in frame.spots):
        return False  # "two bombings in the quarters of X and Y", one of them
    lands = frame.admin1 or frame.countries
    parts = [other for other in frames if other is not frame and lands & (other.admin1 | other.countries)]
    return len(parts) >= 2 or _are_the_two(frame, frames)


def _are_the_two(frame: Frame, frames: list[Frame]) -> bool:
    """Whether just two attacks with victims of their own are told behind "two attacks" in the same land."""
    if not any(fact.candidate.is_dual for fact in frame.facts):
        return False
    lead = frame.lead.candidate.order
    rest = [other for other in frames if other is not frame and not other.lead.candidate.recalled]
    rest = [other for other in rest if (other.killed or other.wounded) and other.lead.candidate.order > lead]
    lands = [other.countries & frame.countries for other in rest]
    return len(rest) == 2 and (all(lands) or not frame.countries) and all(not other.facts[0].is_old for other in rest)


def _counts_two(fact: Facts) -> bool:
    """Whether a report's first sentence tells of two attacks together."""
    candidate = fact.candidate
    return candidate.is_dual and not candidate.is_definite and candidate.order <= 1 and not candidate.clauses[0].slot


def _is_total(frame: Frame, frames: list[Frame]) -> bool:
    """Whether its dead, or its wounded, are as many as those of the attacks told after it together."""
    lead = frame.lead.candidate
    rest = [other for other in frames if other is not frame and other.lead.candidate.order >= lead.order]
    rest = [other for other in rest if not other.lead.candidate.recalled]
    if len(rest) < 2 or (frame.spots and not frame.lead.is_loose and len({place.name for place in frame.spots}) == 1):
        return False
    dead, hurt = [other.killed for other in rest], [other.wounded for other in rest]
    for whole, parts in ((frame.killed, dead), (frame.wounded, hurt)):
        if len(whole) == 1 and max(whole) > 2 and sum(bool(part) for part in parts) >= 2:
            return sum(max(part, default=0) for part in parts) == max(whole)
    return False


def tells_there(frame: Frame, fact: Facts) -> bool:
    """Whether a frame is of the same town and day as a fact, as far as told."""
    if frame.day is not None and frame.day != fact.day:
        return False
    if not frame.spots and fact.killed and frame.killed and fact.killed not in frame.killed:
        return False
    return not frame.spots or any(overlap(a, b) for a in frame.spots for b in fact.spots)


def add_lists(frames: list[Frame], facts: list[Facts]) -> None:
    """Add one attack for each site of a list: "attacks that struck Ain al-Asad, Victory base and Harir"."""
    for fact in facts:
        candidate = fact.candidate
        if not candidate.is_series or candidate.is_count or candidate.strength < 2:
            continue
        if candidate.covers or candidate.is_definite:
            continue
        listed = _find_sites(fact)
        bases = {place.admin1 for place in listed if place.kind != "city"}
        for place in listed:
            if place.kind == "city" and place.admin1 in bases:
                continue  # "Harir in the city of Erbil"
            if not any(is_one_spot(place, other) for frame in frames for other in frame.spots):
                frames.append(_frame_at([choice for choice in fact.places if choice.place is place], fact))
        unnamed = _find_unnamed_base(fact, listed)
        if unnamed is not None:
            frames.append(_frame_at(unnamed, fact))


def _find_unnamed_base(fact: Facts, listed: list[Place]) -> list[PlaceChoice] | None:
    """The wider places of "…, and a base in Syria" at a list's end; None where the list has no such end."""
    ends = [choice.hit.end for choice in fact.places if choice.place in listed]
    base = next(
        (word for word in fact.candidate.sentence.words if word.text == "وقاعده" and word.start > max(ends, default=0)),
        None,
    )
    if len(listed) < 2 or base is None:
        return None
    behind = [choice for choice in fact.places if choice.hit.start > base.end]
    return behind if all(choice.place is not None and is_wide(choice) for choice in behind) else None


def _find_sites(fact: Facts) -> list[Place]:
    """The sites of a list: towns side by side in a report's lead or on a day named, or two bases and more."""
    run = [choice.place for choice in find_run(fact) if choice.place]
    if len(run) >= 2 and (fact.candidate.order <= 1 or (fact.precision == "day" and not fact.said)):
        return run
    bases = sum(place.kind in _BASES for place in fact.spots) >= 2
    return fact.spots if bases and any(hit.row["method"] == "unknown" for hit in fact.candidate.real) else []


def _frame_at(places: list[PlaceChoice], fact: Facts, shared: Sequence[Facts] = ()) -> Frame:
    """A frame of what a fact says of one site of its list; the toll is that of all sites, so of none.

    `shared` are the facts that tell the attacks together, without a place.
    """
    return Frame(facts=[*map(_without_toll, shared), replace(_without_toll(fact, places), listed=True)])


def _without_toll(fact: Facts, places: list[PlaceChoice] | None = None) -> Facts:
    """What it says but for its toll, which is that of all; that nobody was hurt holds for each."""
    denials = [toll for toll in fact.tolls if toll.negated]
    own = fact.places if places is None else places
    return replace(fact, places=own, tolls=denials, killed=None, wounded=None)


def part_lists(frames: list[Frame]) -> None:
    """Part an attack on "the villages of X and Y" into one for each place; the toll is that of all, so of none."""
    for frame in list(frames):
        fact = next((fact for fact in frame.facts if fact.spots and fact.candidate.source == "text"), frame.lead)
        run = find_run(fact)
        run = run if len(run) > 1 else _find_two_scenes(fact)
        if not run or fact.candidate.source == "title" or fact.candidate.covers:
            continue
        others = [spot for other in frames if other is not frame and not _is_stopped(other) for spot in other.spots]
        untold = [choice for choice in run if not _is_told(choice, others)]
        if len(untold) < len(run) and (not untold or len(frame.facts) > 1):
            continue
        first, *rest = untold
        around = [other for other in frame.facts if other is not fact]
        shared = [] if any(other.spots or other.admin1 for other in around) else around
        parts = [_frame_at([choice], fact, shared) for choice in rest]
        frame.facts[:] = [_without_toll(other) if other in shared else other for other in frame.facts]
        frame.facts[frame.facts.index(fact)] = replace(_without_toll(fact, [first]), listed=True)
        _hand_over(frame, first, parts)
        frames.extend(parts)
        town = first.place
        wide = town is not None and town.kind in ("city", "capital") and any(nests(town, spot) for spot in others)
        if fact.candidate.is_dual and wide and len(frame.facts) == 1:
            frames.remove(frame)  # "two bombings in Baghdad and Kirkuk", the first of them told in its quarter


def _is_stopped(frame: Frame) -> bool:
    """Whether it tells only of what was shot down or foiled, which is not what struck the places of a list."""
    return all(fact.candidate.covers for fact in frame.facts)


def _is_told(choice: PlaceChoice, others: list[Place]) -> bool:
    """Whether another attack is told at a place of a list."""
    return choice.place is not None and any(is_one_spot(choice.place, other) for other in others)


def _hand_over(frame: Frame, first: PlaceChoice, parts: list[Frame]) -> None:
    """Give each part of a list what was told of its own place behind the list ("in Douma seven were killed")."""
    home = [first.place] if first.place else []
    for fact in list(frame.facts):
        if fact.listed or not fact.spots or _touches(frame=Frame(facts=[fact]), spots=home):
            continue
        for part in parts:
            known = any(fact.candidate.sentence is other.candidate.sentence for other in part.facts)
            if not known and _touches(part, fact.spots):
                frame.facts.remove(fact)
                part.take(fact)
                break


def _find_two_scenes(fact: Facts) -> list[PlaceChoice]:
    """The scenes of "two bombings struck the church of X in Tanta and that of Y in Alexandria"; none but for two."""
    if not fact.candidate.is_dual or fact.candidate.is_definite:
        return []
    named = [choice for choice in fact.places if choice.place and choice.hit.manner == "plain" and not is_wide(choice)]
    towns = [choice for choice in named if choice.hit.bearing is None and choice.place and choice.place.admin1]
    if len(towns) != 2 or len({choice.place.admin1 for choice in towns if choice.place}) < 2:
        return []
    first, second = (choice.hit for choice in towns)
    between = [word for word in fact.candidate.sentence.words if first.end < word.start and word.end < second.start]
    return towns if any(word.text.startswith("و") for word in between) else []


def find_run(fact: Facts) -> list[PlaceChoice]:
    """Places that stand side by side with "and" between them, three kilometres apart or more.

    What only says where the one before lies is passed over: "the base of X in Anbar, and the base of Y in Erbil". Where
    nothing narrower is named, governorates stand for themselves.
    """
    words = fact.candidate.sentence.words
    plain = [choice for choice in fact.places if choice.place and choice.hit.manner == "plain" and not _points(choice)]
    narrow = [choice for choice in plain if not is_wide(choice)]
    named = narrow or [choice for choice in plain if choice.place and choice.place.rank == 5]
    run: list[PlaceChoice] = []
    passed: list[PlaceChoice] = [choice for choice in fact.places if choice not in named]
    for choice in named:
        if run and _is_and_between(run[-1], choice, passed, words):
            if all(distance(choice.place, other.place) > 3 for other in run if other.place and choice.place):
                run.append(choice)
        elif run and _says_where(choice, run[-1], words):
            passed.append(choice)
        elif len(run) < 2:
            before = [word.text for word in words if word.end <= choice.hit.start + 1][-2:]
            run = [] if "بين" in before else [choice]
    return run


def _points(choice: PlaceChoice) -> bool:
    """Whether "west of" stands before a place."""
    return choice.hit.bearing is not None


def _says_where(choice: PlaceChoice, before: PlaceChoice, words: Sequence[Token]) -> bool:
    """Whether "in Erbil" only says where the place right before it lies."""
    if choice.place is None or before.place is None or choice.place.rank <= before.place.rank:
        return False
    between = [word.text for word in words if before.hit.end < word.end and word.start < choice.hit.start]
    return len(between) <= 2 and all(text in _IN or text.startswith("ب") for text in between)


def _is_and_between(
    before: PlaceChoice, after: PlaceChoice, passed: Sequence[PlaceChoice], words: Sequence[Token]
) -> bool:
    """Whether nothing but "and", "and the town of" and what says where the first lies stands between two places."""
    joined = any(word.start < after.hit.start <= word.start + 1 and word.text.startswith("و") for word in words)
    between = [
        word.text
        for word in words
        if before.hit.end < word.end
        and word.end <= after.hit.start
        and not any(_span_start(other) < word.end and word.start < other.hit.end for other in passed)
    ]
    if between and between[0].startswith("ال"):
        between = between[1:]  # "the border region of Qaim and …": an epithet
    first = next((index for index, text in enumerate(between) if text.startswith("و")), len(between))
    if not set(between[:first]) <= _IN:
        return False
    return set(between[first:]) <= _LINKS if between[first:] else joined


def _span_start(choice: PlaceChoice) -> int:
    return choice.hit.phrase_start if choice.hit.phrase_start is not None else choice.hit.start


def gather_wave(facts: list[Facts]) -> list[Frame]:
    """The one frame of a report that tells of attacks in the plural alone: the first with a day or a toll."""
    for fact in facts:
        candidate = fact.candidate
        wave = candidate.is_series and candidate.strength >= 2 and not candidate.is_count
        known = candidate.is_definite and not (fact.spots and fact.day)  # "the (latest) attacks", wherever or whenever
        if wave and not known and (is_dated(fact) or fact.tolls):
            return [Frame(facts=[fact])]
    return []
