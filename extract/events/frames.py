"""Turns candidates into facts and frames: what each says for itself, and what those of one attack say together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from operator import is_

from extract.dates import DateHit, ResolvedDate
from extract.events.candidates import Candidate
from extract.events.scenes import is_there
from extract.fields.methods import choose_method, is_exact
from extract.lexicon import word_set
from extract.places import Place, PlaceChoice
from extract.places.nearness import distance, narrow_down
from extract.tolls.find import TollHit, combine_tolls

SEPARATE_KM = 40.0  # two scenes, however large
FULL = 60  # candidates of one frame; a bound for hostile texts

_REFERENCES = word_set("references")
_WAR = word_set("war")
_ONSET = word_set("onset")


@dataclass(slots=True, kw_only=True)
class Facts:
    """What one candidate says for itself: its places, day, toll and means, resolved."""

    candidate: Candidate
    method: str
    exact: bool
    places: list[PlaceChoice]
    day: date | None
    precision: str | None
    date_hit: DateHit | None
    said: bool  # the day is that of a statement on the event
    tolls: list[TollHit]
    killed: int | None
    wounded: int | None
    listed: bool = False  # one site of a list of sites that were struck
    is_old: bool = False  # its day lies more than ten days before the report's
    is_past: bool = False  # … more than a month
    _spots: list[Place] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def spots(self) -> list[Place]:
        """Named places narrower than a governorate; "north of the capital" is one only where no other is named."""
        if self._spots is None:
            self._spots = self._find_spots()
        return self._spots

    def _find_spots(self) -> list[Place]:
        named = [c for c in self.places if c.place and c.hit.manner == "plain" and not is_wide(c)]
        exact = [c.place for c in named if c.hit.bearing is None and c.place]
        measured = [c.place for c in named if c.hit.distance_km is not None and c.place]
        return narrow_down(exact or measured) or [c.place for c in named if c.place]

    @property
    def is_of_thousands(self) -> bool:
        """Whether its toll is a war's: a thousand dead and more, on no day named."""
        counts = [
            toll.count or 0 for clause in self.candidate.clauses for toll in clause.tolls if toll.kind == "killed"
        ]
        return max(counts, default=0) >= 1000 and (self.day is None or self.precision != "day")

    @property
    def is_loose(self) -> bool:
        """Whether its only spots bear a governorate's name too ("in Kirkuk"), and no word says which is meant."""
        named = [c for c in self.places if c.place and c.hit.manner == "plain" and not is_wide(c)]
        return bool(named) and all(
            c.hit.cue is None and any(other.precision == "governorate" for other in c.hit.candidates) for c in named
        )

    @property
    def is_of_war(self) -> bool:
        """Whether its toll is that of a whole war ("since the war began")."""
        words = {
            word.text for clause in self.candidate.clauses for word in clause.sentence.words[clause.first : clause.last]
        }
        return bool(words & _WAR and words & _ONSET)

    @property
    def refers_back(self) -> bool:
        """Whether it speaks of the incident, the dead or the scene without a word of attack."""
        return any(
            word.text in _REFERENCES
            for clause in self.candidate.clauses
            for word in clause.sentence.words[clause.first : clause.last]
        )

    @property
    def is_vague(self) -> bool:
        """Whether its only spot is a direction from somewhere ("west of Baghdad")."""
        named = [c for c in self.places if c.place and c.hit.manner == "plain" and not is_wide(c)]
        return bool(named) and all(c.hit.bearing is not None and c.hit.distance_km is None for c in named)

    @property
    def is_headline_of_many(self) -> bool:
        """Whether a headline names two places that are far from one another, so that it tells of two attacks."""
        if self.candidate.source != "title":
            return False
        return any(distance(a, b) > SEPARATE_KM for a in self.spots for b in self.spots)

    @property
    def admin1(self) -> set[str]:
        return {
            c.place.admin1
            for c in self.places
            if c.place and c.place.admin1 and c.hit.manner == "plain" and (c.hit.bearing is None or self.is_vague)
        }

    @property
    def countries(self) -> set[str]:
        return {c.place.country for c in self.places if c.place and c.place.country and c.hit.manner == "plain"}


@dataclass(slots=True, kw_only=True)
class Frame:
    """One attack of a report: the candidates that tell of it, the leading one first."""

    facts: list[Facts] = field(default_factory=list)
    _read: tuple[list[Facts], str] = field(default=([], ""), repr=False)  # the facts of which the method was last read

    def take(self, fact: Facts) -> None:
        """Add what one more candidate says; a frame that is FULL learns nothing more."""
        if len(self.facts) < FULL:
            self.facts.append(fact)

    @property
    def candidates(self) -> list[Candidate]:
        return [fact.candidate for fact in self.facts]

    @property
    def lead(self) -> Facts:
        return self.facts[0]

    @property
    def last_sentence(self) -> int:
        return max(fact.candidate.order for fact in self.facts)

    @property
    def strength(self) -> int:
        return max(fact.candidate.strength for fact in self.facts)

    @property
    def method(self) -> str:
        known, method = self._read
        if len(known) != len(self.facts) or not all(map(is_, known, self.facts)):
            method = choose_method([hit for fact in self.facts for hit in fact.candidate.real])[0]
            self._read = (list(self.facts), method)
        return method

    @property
    def is_exact(self) -> bool:
        return any(fact.exact for fact in self.facts)

    @property
    def spots(self) -> list[Place]:
        told = [fact for fact in self.facts if not (fact.is_headline_of_many and self.is_placed_in_text)]
        exact = [place for fact in told if not fact.is_vague for place in fact.spots]
        return narrow_down(exact or [place for fact in told for place in fact.spots])

    @property
    def is_placed_in_text(self) -> bool:
        """Whether a sentence of the text names its spot, or its governorate."""
        return any(fact.spots or fact.admin1 for fact in self.facts if fact.candidate.source == "text")

    @property
    def admin1(self) -> set[str]:
        in_text = any(fact.admin1 for fact in self.facts if fact.candidate.source == "text")
        told = [fact for fact in self.facts if not (in_text and fact.is_headline_of_many)]
        return set().union(*(fact.admin1 for fact in told))

    @property
    def countries(self) -> set[str]:
        return set().union(*(fact.countries for fact in self.facts))

    @property
    def day(self) -> date | None:
        """The first day named for the event itself; else the day of the first statement on it."""
        days = [fact for fact in self.facts if fact.day and fact.precision == "day"]
        return next((fact.day for fact in days if not fact.said), days[0].day if days else None)

    @property
    def is_day_said(self) -> bool:
        """Whether all days named for it are days of statements."""
        return all(fact.said for fact in self.facts if fact.day and fact.precision == "day")

    @property
    def killed(self) -> set[int]:
        return {fact.killed for fact in self.facts if fact.killed is not None}

    @property
    def wounded(self) -> set[int]:
        return {fact.wounded for fact in self.facts if fact.wounded is not None}

    @property
    def in_headline(self) -> bool:
        return any(fact.candidate.source == "title" for fact in self.facts)


def is_wide(choice: PlaceChoice) -> bool:
    """Whether a place is a governorate or wider, by its row or by the word before it ("the governorate of …")."""
    return choice.place is None or choice.place.rank >= 5 or choice.hit.cue in ("governorate", "countryside")


OLD_DAYS, PAST_DAYS = 10, 31


def read_facts(
    candidate: Candidate,
    date_hit: DateHit | None,
    resolved: ResolvedDate | None,
    *,
    said: bool,
    today: date | None = None,
) -> Facts:
    """Gather what a candidate says for itself; its day is resolved by the caller."""
    tolls = [toll for clause in candidate.clauses for toll in clause.tolls if not toll.aggregate]
    if not candidate.strength and _finds_body(candidate):
        tolls = []
    toll = combine_tolls(tolls)
    method, _ = choose_method(candidate.real)
    day = resolved.date if resolved else None
    return Facts(
        is_old=bool(day and today and (today - day).days > OLD_DAYS),
        is_past=bool(day and today and not said and (today - day).days > PAST_DAYS),
        candidate=candidate,
        method=method,
        exact=any(is_exact(hit) for hit in candidate.real),
        places=[place for clause in candidate.clauses for place in clause.places if is_there(place, candidate)],
        day=day,
        precision=resolved.precision if resolved else None,
        date_hit=date_hit,
        said=said,
        tolls=tolls,
        killed=toll.killed,
        wounded=toll.wounded,
    )


_FOUND = frozenset("عثر وعثر عثرت وعثرت العثور عثروا".split())  # was found, found
_DEAD = frozenset("مقتولا مقتوله مقتولين جثه هامده".split())  # murdered; a body


def _finds_body(candidate: Candidate) -> bool:
    """Whether a sentence that names no attack tells whom somebody found dead: no victim of the attack told before."""
    words = {word.text for word in candidate.sentence.words}
    return bool(words & _FOUND) and bool(words & _DEAD)
