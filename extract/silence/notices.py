"""Turns what a report tells beside its incidents into notices: threat, warning, unexplained blast, drill, sighting.

A notice is silent and searchable; an explosion's notice joins an incident when a later report calls it an attack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from extract.events.candidates import Candidate
from extract.events.frames import Facts, Frame
from extract.fields.spots import Spot, choose_spot
from extract.silence.reasons import NO_EXPLOSION, SPORTING
from store.records import Mention, Notice

if TYPE_CHECKING:
    from extract.fields.mentions import Reading

# Which notice the modality over a word of attack makes.
_KINDS = {"threat": "threat", "warning": "warning", "feared": "warning", "possible": "warning", "exercise": "drill"}
_ABOUT = ("drill", "sighting")  # what a clause is about, and a notice's kind
_LONG_PAST = frozenset({"anniversary", "trial", "analysis"})
_KNOWN = frozenset({"accident", "crime", "drill"})  # causes of an explosion that is none of an attack
_INTENDED = frozenset({"planned", "purpose", "halt", "conditional"})  # an attack that somebody means to make, or not to
_ERROR = "thought at first"  # the gloss of the words for an error that the report corrects
_FIRE = frozenset("حريق الحريق حرايق نيران النيران بحريق".split())  # fire, the flames


def find_notices(
    reading: Reading, kept: Sequence[Frame], refused: Mapping[int, str], mentions: Iterable[Mention]
) -> list[Notice]:
    """The notices of a report in order of reading, one a kind and place, of explosions one a day too.

    `kept` frames gave the `mentions`; `refused` holds why a frame gave none, by its identity.
    """
    if reading.sport >= SPORTING:
        return []
    told = {id(fact) for frame in kept for fact in frame.facts}
    why = {id(fact): refused[id(frame)] for frame in reading.frames if id(frame) in refused for fact in frame.facts}
    incidents = [mention for mention in mentions if mention.role == "news"]
    notices: dict[tuple[str, date | None, str | None, str | None], Notice] = {}
    for fact in reading.facts:
        kind = None if id(fact) in told else judge_kind(fact, why.get(id(fact)), reading)
        notice = make_notice(kind, fact, reading) if kind else None
        if notice is None or (kind == "explosion" and any(_may_be(notice, mention) for mention in incidents)):
            continue
        key = (notice.kind, notice.date if kind == "explosion" else None, notice.admin1, notice.place)
        if key not in notices or (notices[key].date is None and notice.date is not None):
            notices[key] = notice
    return _drop_placeless(notices.values())


def judge_kind(fact: Facts, refusal: str | None, reading: Reading) -> str | None:
    """Which kind of notice a candidate makes, if any; `refusal` is why its frame is no incident."""
    candidate = fact.candidate
    about = candidate.clause_modality
    for name, kind in _KINDS.items():
        if _is_covered(candidate, name) or (name == "threat" and name in about and _has_object(candidate)):
            return kind
    named = {hit.row["kind"] for hit in candidate.triggers}
    if not named & {"attack", "weapon", "blast"} or about & _LONG_PAST or candidate.covers & _INTENDED:
        return None
    for kind in _ABOUT:
        if refusal == kind or (kind in about and candidate.strength < 2 and not fact.tolls):
            return kind
    blast = "blast" in candidate.kinds() and (candidate.strength == 1 or refusal == NO_EXPLOSION)
    settled = about & _KNOWN or candidate.is_count or candidate.is_series or reading.explained in _KNOWN
    burns = any(word.text in _FIRE for word in candidate.sentence.words)
    return "explosion" if blast and not settled and not burns and refusal in (None, NO_EXPLOSION) else None


def _is_covered(candidate: Candidate, modality: str) -> bool:
    """Whether a threat, warning or fear covers an attack; what is only possible is one where an attack is named."""
    if modality not in candidate.covers or any(hit.row["gloss"] == _ERROR for hit in candidate.modality):
        return False
    covered = {hit.row["kind"] for hit in candidate.triggers if candidate.cover_of(hit) == modality}
    return bool(covered & ({"attack", "blast"} if modality == "possible" else {"attack", "blast", "weapon"}))


def _has_object(candidate: Candidate) -> bool:
    """Whether a threat says at least against whom, or with what."""
    return bool(candidate.triggers) or any(clause.targets for clause in candidate.clauses)


def make_notice(kind: str, fact: Facts, reading: Reading) -> Notice | None:
    """The notice of a candidate with the place and day that it names; an explosion without a place is none.

    An explosion that names no day is of the report's own, as an incident is; a threat or a warning then has no date.
    """
    frame = next((frame for frame in reading.frames if fact in frame.facts), None) or Frame(facts=[fact])
    spot = choose_spot(frame, reading)
    if kind == "explosion" and not (spot.admin1 or spot.lat is not None):
        return None
    named = fact.day if fact.precision == "day" else None
    day = named or frame.day or reading.calendar.today if kind in ("explosion", "sighting") else named
    candidate = fact.candidate
    text = reading.document.folded_text(candidate.source)
    start, end = text.to_original(candidate.start, candidate.end)
    spot = spot if spot.source is not None else Spot(country=None)  # the report's country is no place that it tells
    return Notice(
        kind=kind, quote=text.original[start:end], source=candidate.source, start=start, end=end, date=day,
        country=spot.country, admin1=spot.admin1, place=spot.place, lat=spot.lat, lon=spot.lon,
    )  # fmt: skip


def _may_be(notice: Notice, mention: Mention) -> bool:
    """Whether the noise is of an attack that the same report tells."""
    if notice.admin1 and mention.admin1 and notice.admin1 != mention.admin1:
        return False
    return notice.date is None or mention.date is None or abs((notice.date - mention.date).days) <= 1


def _drop_placeless(notices: Iterable[Notice]) -> list[Notice]:
    """Leave out a notice without a place where the report tells one of its kind with a place."""
    rows = list(notices)
    placed = {notice.kind for notice in rows if notice.admin1 or notice.place}
    return [notice for notice in rows if notice.admin1 or notice.place or notice.kind not in placed]


__all__ = ["find_notices", "judge_kind", "make_notice"]
