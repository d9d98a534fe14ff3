"""Turns a report's candidates into frames: one frame an attack that the report tells of, with all that it says of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from extract.candidates import Candidate
from extract.dates import DateHit, ResolvedDate
from extract.lexicon import word_set
from extract.methods import choose_method, is_exact, is_same_family
from extract.places import Place, PlaceChoice
from extract.places.geometry import kilometres
from extract.toll import TollHit, combine_tolls

NEAR_KM = 12.0  # two names of one spot
FULL = 60  # candidates of one frame; a bound for hostile texts
CROWD = 25  # frames that a candidate is compared with, the first and the latest; real reports tell fewer than ten


_REFERENCES = word_set("references")


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
        """Whether its only spots bear a governorate's name too ("in Kirkuk"), without a word that says which is meant."""
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
        return bool(words & {"الحرب", "النزاع", "العدوان"} and words & {"منذ", "بدء", "اندلاع"})

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
        return choose_method([hit for fact in self.facts for hit in fact.candidate.real])[0]

    @property
    def is_exact(self) -> bool:
        return any(fact.exact for fact in self.facts)

    @property
    def spots(self) -> list[Place]:
        exact = [place for fact in self.facts if not fact.is_vague for place in fact.spots]
        return narrow_down(exact or [place for fact in self.facts for place in fact.spots])

    @property
    def admin1(self) -> set[str]:
        return set().union(*(fact.admin1 for fact in self.facts))

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


def read_facts(candidate: Candidate, date_hit: DateHit | None, resolved: ResolvedDate | None, *, said: bool) -> Facts:
    """Gather what a candidate says for itself; its day is resolved by the caller."""
    tolls = [toll for clause in candidate.clauses for toll in clause.tolls if not toll.aggregate]
    toll = combine_tolls(tolls)
    method, _ = choose_method(candidate.real)
    return Facts(
        candidate=candidate,
        method=method,
        exact=any(is_exact(hit) for hit in candidate.real),
        places=[place for clause in candidate.clauses for place in clause.places if is_there(place, candidate)],
        day=resolved.date if resolved else None,
        precision=resolved.precision if resolved else None,
        date_hit=date_hit,
        said=said,
        tolls=tolls,
        killed=toll.killed,
        wounded=toll.wounded,
    )


_NOT_THERE = word_set("not_there")
_ELSEWHERE = word_set("elsewhere")
_STILL_THERE = word_set("still_there")


def is_there(choice: PlaceChoice, candidate: Candidate) -> bool:
    """Whether a place is told as a scene, not as an origin, a destination or a neighbour."""
    start = choice.hit.phrase_start if choice.hit.phrase_start is not None else choice.hit.start
    before = [word.text for word in candidate.sentence.words if word.end <= start][-3:]
    wider = [word.text for word in candidate.sentence.words if word.end <= start][-6:]
    if any(word in _ELSEWHERE for word in wider):
        return False
    if len(before) > 1 and before[-2] == "مع":  # at the same time as the attack of …
        return False
    if not before or before[-1] not in _NOT_THERE:
        return True
    if before[-1] == "من":
        return len(before) > 1 and (before[-2] in _STILL_THERE or before[-2].startswith(("مقرب", "قريب", "بالقرب")))
    return False


def gather_frames(facts: list[Facts]) -> list[Frame]:
    """Join candidates into frames in the order of reading; those that speak of series or of nothing real open none."""
    frames: list[Frame] = []
    for fact in facts:
        candidate = fact.candidate
        near = frames if len(frames) <= CROWD else [frames[0], *frames[1 - CROWD :]]
        ranked = sorted(
            (
                (score_fit(fact, frame, near), index)
                for index, frame in enumerate(frames)
                if (not index or index > len(frames) - CROWD)
                and not (
                    candidate.recalled and any(other.candidate.sentence is candidate.sentence for other in frame.facts)
                )
            ),
            reverse=True,
        )
        best, at = ranked[0] if ranked else (-99.0, -1)
        if candidate.recalled and candidate.strength < 3 and not (fact.spots or fact.tolls):
            continue  # "a day after the hotels were targeted": nothing to code
        if candidate.strength < 2 or (candidate.is_series and "denial" not in candidate.covers) or candidate.is_count:
            if best >= 0 and _is_continuation(fact, frames[at], frames):
                frames[at].take(fact)
            continue
        if (
            best < 1.0
            and "same" in candidate.signs
            and candidate.is_definite
            and not candidate.has_new_trigger
            and frames
        ):
            continue  # "this attack coincided with …": told already
        if best >= 1.0 and _recalls_first(fact, frames[at]):
            frames.append(Frame(facts=[fact]))
        elif best >= 1.0:
            frames[at].take(fact)
        elif (
            candidate.is_definite
            and not candidate.is_factive
            and not (fact.spots or fact.admin1 or (fact.day and not fact.said))
        ):
            if best > -3:
                frames[at].take(fact)
            elif not frames:
                frames.append(Frame(facts=[fact]))
        else:
            frames.append(Frame(facts=[fact]))
    _add_waves(frames, facts)
    _add_lists(frames, facts)
    _part_lists(frames)
    return frames or _gather_wave(facts)


def _add_waves(frames: list[Frame], facts: list[Facts]) -> None:
    """Add attacks told in the plural with one place, day and toll, where no single attack of that place and day is told."""
    for fact in facts:
        candidate = fact.candidate
        whole = (
            bool(fact.spots)
            and fact.day is not None
            and not fact.said
            and bool(fact.killed)
            and candidate.source == "text"
        )
        if (
            not (candidate.is_series and candidate.strength >= 2 and whole)
            or candidate.is_count
            or fact.precision != "day"
        ):
            continue
        if not any(_tells_there(frame, fact) for frame in frames):
            frames.append(Frame(facts=[fact]))


_BASES = frozenset({"airbase", "base", "airport", "embassy", "consulate", "camp"})


def _add_lists(frames: list[Frame], facts: list[Facts]) -> None:
    """Add one attack for each site of a list: "attacks that struck Ain al-Asad, Victory base and Harir"."""
    for fact in facts:
        candidate = fact.candidate
        if (
            not candidate.is_series
            or candidate.is_count
            or candidate.strength < 2
            or candidate.covers
            or candidate.is_definite
        ):
            continue
        listed = fact.spots
        run = [choice.place for choice in find_run(fact) if choice.place]
        if len(run) >= 2 and (candidate.order <= 1 or (fact.precision == "day" and not fact.said)):
            listed = run
        elif sum(place.kind in _BASES for place in listed) < 2 or not any(
            hit.row["method"] == "unknown" for hit in candidate.real
        ):
            continue
        bases = {place.admin1 for place in listed if place.kind != "city"}
        for place in listed:
            if place.kind == "city" and place.admin1 in bases:
                continue  # "Harir in the city of Erbil"
            if not any(is_one_spot(place, other) for frame in frames for other in frame.spots):
                choices = [choice for choice in fact.places if choice.place is place]
                frames.append(
                    Frame(facts=[replace(fact, places=choices, tolls=[], killed=None, wounded=None, listed=True)])
                )


def _part_lists(frames: list[Frame]) -> None:
    """Part an attack on "the villages of X and Y" into one for each place; the toll is that of all, so of none."""
    for frame in list(frames):
        fact = next((fact for fact in frame.facts if fact.spots), frame.lead)
        run = find_run(fact)
        if len(run) < 2 or fact.candidate.source == "title" or fact.candidate.covers:
            continue
        others = [spot for other in frames if other is not frame for spot in other.spots]
        if any(is_one_spot(choice.place, other) for choice in run for other in others if choice.place):
            continue
        for choice in run[1:]:
            frames.append(
                Frame(facts=[replace(fact, places=[choice], tolls=[], killed=None, wounded=None, listed=True)])
            )
        frame.facts[frame.facts.index(fact)] = replace(fact, places=run[:1], tolls=[], killed=None, wounded=None)


def find_run(fact: Facts) -> list[PlaceChoice]:
    """Places that stand side by side with "and" between them, three kilometres apart or more."""
    words = fact.candidate.sentence.words
    run: list[PlaceChoice] = []
    for choice in fact.places:
        place = choice.place
        plain = (
            choice.hit.manner == "plain" and choice.hit.bearing is None and place is not None and not is_wide(choice)
        )
        if not plain or place is None:
            continue
        joined = any(word.start < choice.hit.start <= word.start + 1 and word.text.startswith("و") for word in words)
        far = all(distance(place, other.place) > 3 for other in run if other.place)
        if run and joined and far and choice.hit.start - run[-1].hit.end <= 3:
            run.append(choice)
        elif len(run) < 2:
            before = [word.text for word in words if word.end <= choice.hit.start + 1][-2:]
            run = [] if "بين" in before else [choice]
    return run


def _tells_there(frame: Frame, fact: Facts) -> bool:
    """Whether a frame is of the same town and day as a fact, as far as told."""
    if frame.day is not None and frame.day != fact.day:
        return False
    if not frame.spots and fact.killed and frame.killed and fact.killed not in frame.killed:
        return False
    return not frame.spots or any(
        is_one_spot(a, b) or nests(a, b) or nests(b, a) for a in frame.spots for b in fact.spots
    )


def _gather_wave(facts: list[Facts]) -> list[Frame]:
    """The one frame of a report that tells of a wave of attacks and of none by itself: the first with a day or a toll."""
    for fact in facts:
        candidate = fact.candidate
        dated = fact.day is not None and fact.precision == "day" and not fact.said
        if candidate.is_series and candidate.strength >= 2 and not candidate.is_count and (dated or fact.tolls):
            return [Frame(facts=[fact])]
    return []


def _recalls_first(fact: Facts, frame: Frame) -> bool:
    """Whether a report on "the second attack within hours" turns to the first one, in the pluperfect and anew."""
    candidate = fact.candidate
    return (
        any(other.candidate.says_again for other in frame.facts)
        and "earlier" in candidate.signs
        and candidate.strength >= 3
        and (bool(candidate.dates) or fact.day is not None)
        and candidate.has_new_weapon
    )


def _is_continuation(fact: Facts, frame: Frame, frames: list[Frame]) -> bool:
    """Whether a sentence without an attack of its own goes on with the last told one (a toll, a place, a claim)."""
    candidate = fact.candidate
    if candidate.is_series or candidate.is_count:
        return False
    if candidate.opens_another or candidate.turns or fact.is_of_war:
        return False
    if not (candidate.triggers or fact.tolls or fact.refers_back):
        return False
    return candidate.order - frame.last_sentence <= 1 or (frame is frames[0] and not fact.tolls)


def score_fit(fact: Facts, frame: Frame, frames: list[Frame]) -> float:
    """How well a candidate fits a frame; at 1.0 and above it joins it."""
    candidate = fact.candidate
    score = 0.0
    if not candidate.is_definite:
        score -= 4 if candidate.opens_another else 3 if candidate.turns else 0
    if (_is_foiled(fact) and frame.killed) or (fact.killed and any(_is_foiled(other) for other in frame.facts)):
        score -= 4  # what was stopped killed nobody
    if candidate.order >= 3 and not candidate.is_definite and _is_called_new(candidate):
        score -= 3
    score += _score_method(fact, frame)
    score += _score_place(fact, frame)
    score += _score_day(fact, frame)
    score += _score_toll(fact, frame)
    if candidate.is_definite:
        score += 2 + _score_noun(candidate, frame)
    if frame.lead.candidate.source == "title" and len(frame.facts) == 1:
        score += 1  # the headline's attack is told again in the text
    distance = candidate.order - frame.last_sentence
    score += 1.0 if distance <= 1 else 0.5 if distance <= 2 else 0.0
    if frame is frames[0]:
        score += 0.5
    if frame.last_sentence == max(other.last_sentence for other in frames):
        score += 0.6
    return score


_NEW = word_set("new")


def _is_called_new(candidate: Candidate) -> bool:
    words = candidate.sentence.words
    return any(
        hit.last < len(words) and words[hit.last].text in _NEW for hit in candidate.real if hit.row["kind"] == "attack"
    )


def _is_foiled(fact: Facts) -> bool:
    return bool(fact.candidate.covers) and fact.candidate.covers <= {"foiled", "seized"} and not fact.killed


# Which attacks a noun with the article can refer back to: "the bombardment" to no car bomb, "the explosion" to no raid.
_NOUNS = {
    "قصف": {"airstrike", "mortar", "rocket", "missile", "drone", "unknown"},
    "غار": {"airstrike", "drone"}, "ضربات": {"airstrike", "drone", "missile"},
    "انفجار": {"ied", "vehicle_bomb", "suicide", "mine", "rocket", "missile", "drone", "grenade", "mortar", "unknown"},
    "تفجير": {"ied", "vehicle_bomb", "suicide", "mine", "unknown", "grenade"},
    "هجوم": {"ied", "vehicle_bomb", "suicide", "gunfire", "rocket", "missile", "drone", "mortar", "grenade", "arson", "stabbing", "unknown"},
}  # fmt: skip


def _score_noun(candidate: Candidate, frame: Frame) -> float:
    """Less where the noun that refers back does not go with the means told so far."""
    words = candidate.sentence.words
    for hit in candidate.real:
        text = words[hit.first].text
        if hit.row["kind"] in ("attack", "blast"):
            for stem, methods in _NOUNS.items():
                if stem in text and text.startswith(("ال", "وال", "بال", "لل")):
                    return 0.0 if frame.method in methods else -2.5
    return 0.0


def _score_method(fact: Facts, frame: Frame) -> float:
    if not fact.candidate.real:
        return 0.0
    if fact.exact and frame.is_exact:
        if fact.method == frame.method:
            return 1.0
        if is_same_family(fact.method, frame.method):
            return 0.2
        return -1.5 if fact.candidate.is_definite else -4.0
    return 0.5 if is_same_family(fact.method, frame.method) else -2.0


def _score_place(fact: Facts, frame: Frame) -> float:
    own, theirs = fact.spots, frame.spots
    if own and theirs and (fact.is_vague or all(other.is_vague for other in frame.facts if other.spots)):
        if fact.countries and frame.countries and not fact.countries & frame.countries:
            return -5.0
        apart = min((distance(a, b) for a in own for b in theirs), default=0.0)
        return 0.5 if apart < 120 else -5.0
    if own and theirs and (fact.is_loose or all(other.is_loose for other in frame.facts if other.spots)):
        if not any(is_one_spot(a, b) for a in own for b in theirs) and fact.admin1 & frame.admin1:
            return 0.3  # "in Basra" may be the governorate
    if (
        own
        and theirs
        and fact.admin1 & frame.admin1
        and fact.killed is None
        and (_means_governorate(frame) or _retells(fact, frame))
    ):
        return 0.3
    if own and theirs:
        if any(is_one_spot(a, b) for a in own for b in theirs):
            return 2.0
        if any(nests(a, b) or nests(b, a) for a in own for b in theirs):
            return 0.7
        if fact.candidate.is_definite and not fact.candidate.has_new_trigger and fact.admin1 & frame.admin1:
            apart = min(distance(a, b) for a in own for b in theirs)
            return 0.0 if apart < 60 and not all(p.rank <= 1 for p in own + theirs) else -5.0
        return -5.0
    if fact.admin1 and frame.admin1:
        return 0.8 if fact.admin1 & frame.admin1 else -5.0
    if fact.countries and frame.countries and not fact.countries & frame.countries:
        return -4.0
    return 0.0


_TELLERS = word_set("tellers")


def _retells(fact: Facts, frame: Frame) -> bool:
    """Whether "the governor's office said that a car bomb went off in Lice" tells the last attack again, with its spot."""
    candidate = fact.candidate
    words = candidate.sentence.words
    if not words or words[0].text not in _TELLERS or candidate.turns or candidate.opens_another or candidate.dates:
        return False
    near = candidate.order - frame.last_sentence <= 1 and len(frame.facts) > 1
    wide = all(place.rank >= 3.5 for place in frame.spots)
    return near and wide and fact.exact and fact.method == frame.method and not fact.tolls and bool(frame.killed)


def _means_governorate(frame: Frame) -> bool:
    """Whether the city that a frame names is also called "the governorate of" that name in it."""
    wide = {choice.place.name for fact in frame.facts for choice in fact.places if choice.place and is_wide(choice)}
    return all(place.name in wide for place in frame.spots)


def is_one_spot(a: Place, b: Place) -> bool:
    if a.id == b.id:
        return True
    if nests(a, b) or nests(b, a):
        return False
    if None in (a.lat, a.lon, b.lat, b.lon):
        return False
    limit = 3.0 if a.rank <= 1 and b.rank <= 1 else NEAR_KM
    return kilometres(a.lat, a.lon, b.lat, b.lon) <= limit and not (a.rank <= 1 and b.rank <= 1 and a.kind == b.kind)  # type: ignore[arg-type]


def distance(a: Place, b: Place) -> float:
    """Kilometres between two places; 0 where either has no point."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return 0.0
    return kilometres(a.lat, a.lon, b.lat, b.lon)


def narrow_down(places: list[Place]) -> list[Place]:
    """Leave out places that lie around another of the list: the city, where its quarter is named too."""
    distinct = list({place.id: place for place in places}.values())
    wider = {place.id for place in distinct if any(nests(place, other) for other in distinct)}
    return [place for place in places if place.id not in wider]


# How far a place reaches around its point, by kind and then by precision, in kilometres.
_REACH = {"city": 35.0, "capital": 35.0}
_REACH_OF = {"district": 40.0, "town": 6.0, "village": 3.0, "quarter": 2.0, "site": 0.0}


def nests(outer: Place, inner: Place) -> bool:
    """Whether `outer` is the wider place around `inner`: a city around its quarter, a district around its town."""
    wider = outer.rank > inner.rank or (outer.rank == inner.rank and outer.kind == "city" != inner.kind)
    if not wider or outer.admin1 != inner.admin1 or None in (outer.lat, outer.lon, inner.lat, inner.lon):
        return False
    return distance(outer, inner) <= _REACH.get(outer.kind, _REACH_OF.get(outer.precision, 0.0))


def _score_day(fact: Facts, frame: Frame) -> float:
    day = frame.day
    candidate = fact.candidate
    if (
        day is None
        and fact.day
        and fact.precision == "day"
        and not fact.said
        and candidate.order - frame.last_sentence > 2
    ):
        return -2.0 if candidate.has_new_trigger and not candidate.is_definite and candidate.source == "text" else 0.0
    if fact.day is None or day is None:
        return 0.0
    if fact.precision == "week" and fact.candidate.strength >= 2:
        return -3.0 if abs((fact.day - day).days) > 4 else 0.0
    if fact.precision != "day":
        return (
            -3.0
            if fact.precision == "month" and fact.candidate.has_new_trigger and fact.day.month != day.month
            else 0.0
        )
    if fact.day != day and (fact.said or frame.is_day_said):
        return 0.0
    if (
        fact.day != day
        and abs((fact.day - day).days) == 1
        and fact.killed
        and fact.killed >= 10
        and fact.killed in frame.killed
    ):
        return -1.0  # so many dead in both: one of the two days is wrong
    return 0.7 if fact.day == day else -5.0


def _is_far(fact: Facts, frame: Frame) -> bool:
    """Whether the toll is at least twice, or at most half, of all that the frame was told with."""
    pairs = [(fact.killed, frame.killed), (fact.wounded, frame.wounded)]
    return any(own and theirs and (own >= 2 * max(theirs) or 2 * own <= min(theirs)) for own, theirs in pairs)


def _score_toll(fact: Facts, frame: Frame) -> float:
    if any(hit.row["sign"] == "claim" for clause in fact.candidate.clauses for hit in clause.claims):
        return 0.0  # who claims an attack counts its victims in his own way
    told = [(fact.killed, frame.killed), (fact.wounded, frame.wounded)]
    known = [own in theirs for own, theirs in told if own is not None and theirs]
    refers = fact.candidate.is_definite and not (fact.candidate.is_factive and _is_far(fact, frame))
    if known and not any(known) and not refers and "toll" not in fact.candidate.signs:
        return -3.0 if fact.candidate.strength >= 2 and fact.candidate.has_new_trigger else -0.8
    score = 0.0
    for own, theirs in ((fact.killed, frame.killed), (fact.wounded, frame.wounded)):
        if own is None or not theirs:
            continue
        score += 1.0 if own in theirs else -0.8
    if len(known) == 2 and all(known) and (fact.killed or 0) > 1:
        score += 3.0  # both figures the same: hardly another attack
    return score
