"""Turns a candidate and a frame into a score: how well the one goes on with what the other tells."""

from __future__ import annotations

from extract.events.agreement import TELLERS, score_day, score_toll
from extract.events.candidates import Candidate
from extract.events.definite import WAS_WORDS
from extract.events.frames import Facts, Frame, is_wide
from extract.fields.methods import is_same_family
from extract.lexicon import read_rows, word_set
from extract.places import Place
from extract.places.nearness import are_in_other_parts, distance, is_one_spot, lies_that_way, nests

_ARTICLES = ("ال", "وال", "بال", "لل")  # the; and the; with the; to the
_NEW = word_set("new")
# Stems of attack nouns, each with the methods that "the …" can refer back to.
_NOUNS = {row["stem"]: frozenset(row["methods"].split()) for row in read_rows("attack_nouns.tsv")}

_THE_AIRCRAFT = ("الطاير", "المقاتلات", "المروحي", "المسير")
FITS = 1.0  # a candidate that scores so high joins the frame


def score_fit(fact: Facts, frame: Frame, frames: list[Frame]) -> float:
    """How well a candidate fits a frame; at FITS and above it joins it."""
    candidate = fact.candidate
    score = 0.0
    if not candidate.is_definite:
        another = candidate.opens_another and not _is_left_over(fact)
        score -= 4 if another or candidate.turns_elsewhere else 3 if candidate.turns and not candidate.recalled else 0
    if candidate.recalled and frame.lead.candidate.recalled and fact.method == frame.method:
        score += 1.5  # "… after shots from there", told twice
    if (_is_foiled(fact) and any(frame.killed)) or (fact.killed and any(_is_foiled(other) for other in frame.facts)):
        score -= 4  # what was stopped killed nobody
    if candidate.turns and ("intercepted" in candidate.covers) != _is_downed(frame):
        score -= 3  # "later two drones fell on the oil field", behind one that was shot down
    if candidate.order >= 3 and not candidate.is_definite and _is_called_new(candidate):
        score -= 3
    if _is_last_before(candidate):
        score -= 4
    if frame.is_exact and _answers(candidate) and not any(_answers(other.candidate) for other in frame.facts):
        score -= 6
    score += _score_method(fact, frame)
    score += _score_place(fact, frame)
    score += score_day(fact, frame, frames)
    score += score_toll(fact, frame)
    if candidate.is_definite:
        score += 2 + _score_noun(candidate, frame)
    if frame.lead.candidate.source == "title" and len(frame.facts) == 1:
        score += 1  # the headline's attack is told again in the text
    sentences = candidate.order - frame.last_sentence
    score += 1.0 if sentences <= 1 else 0.5 if sentences <= 2 else 0.0
    if frame is frames[0]:
        score += 0.5
    if frame.last_sentence == max(other.last_sentence for other in frames):
        score += 0.6
    return score


def _is_called_new(candidate: Candidate) -> bool:
    """Whether "new" stands behind its word of attack."""
    words = candidate.sentence.words
    return any(
        hit.last < len(words) and words[hit.last].text in _NEW for hit in candidate.real if hit.row["kind"] == "attack"
    )


def _answers(candidate: Candidate) -> bool:
    """Whether it tells nothing but how the attacked side struck back: "the army answered by shelling …"."""
    own = [hit for hit in candidate.real if hit.row["kind"] == "attack"]
    return bool(own) and all(hit.row["gloss"].startswith("answered") for hit in own)


_GOES_BACK = frozenset({"يعود", "ويعود", "تعود", "وتعود", "يرجع", "ويرجع", "وقع", "ووقع"})  # goes back (to), occurred
_LAST = frozenset({"اخر", "احدث", "ابرز", "اعنف"})


def _is_last_before(candidate: Candidate) -> bool:
    """Whether it opens with "the last attack was …": one before those that the report is about."""
    words = candidate.sentence.words[candidate.clauses[0].first :]
    opens = len(words) > 2 and (words[0].text in WAS_WORDS or words[0].text in _GOES_BACK)
    if not opens or words[1].text not in _LAST:
        return False
    return any(hit.row["kind"] in ("attack", "blast") and hit.start == words[2].start for hit in candidate.real)


_STOPPED = frozenset({"foiled", "seized", "cleared", "purpose"})
_SALVOES = ("rocket", "mortar", "missile")


def _is_left_over(fact: Facts) -> bool:
    """Whether "other rockets ready for launch" were found, at no place or day of their own: the rest of the salvo."""
    covers = fact.candidate.covers
    own = fact.spots or fact.admin1 or fact.candidate.dates
    return bool(covers) and covers <= _STOPPED and fact.method in _SALVOES and not own


def _is_downed(frame: Frame) -> bool:
    """Whether what it tells in the text was shot down."""
    return any("intercepted" in fact.candidate.covers for fact in frame.facts)


def _is_one_downed(fact: Facts, frame: Frame) -> bool:
    """Whether only one of both was shot down."""
    return ("intercepted" in fact.candidate.covers) != _is_downed(frame)


def _is_foiled(fact: Facts) -> bool:
    """Whether all that it tells of was stopped in time."""
    return bool(fact.candidate.covers) and fact.candidate.covers <= {"foiled", "seized"} and not fact.killed


def _score_noun(candidate: Candidate, frame: Frame) -> float:
    """Less where the noun that refers back does not go with the means told so far."""
    words = candidate.sentence.words
    for hit in candidate.real:
        text = words[hit.first].text
        if hit.row["kind"] in ("attack", "blast"):
            for stem, methods in _NOUNS.items():
                if stem in text and text.startswith(_ARTICLES):
                    return 0.0 if frame.method in methods else -2.5
    return 0.0


def _score_method(fact: Facts, frame: Frame) -> float:
    if not fact.candidate.real:
        return 0.0
    if fact.exact and frame.is_exact:
        if fact.method == frame.method:
            return 1.0
        if {fact.method, frame.method} == {"drone", "airstrike"} and _is_one_downed(fact, frame):
            return -3.0  # drones that the defences shot down are not the raids that aircraft flew
        if is_same_family(fact.method, frame.method) or _fires_from_the_air(fact, frame):
            return 0.2
        if _counts_missiles(fact, frame):
            return 0.2
        if fact.killed and fact.killed >= 10 and fact.killed in frame.killed:
            return -1.5  # so many dead in both: one attack by two means
        return -1.5 if fact.candidate.is_definite else -4.0
    if fact.candidate.kinds() <= {"blast", "act"} and not fact.candidate.turns and not fact.candidate.opens_another:
        return -0.5  # "an explosion", as another source puts it
    return 0.5 if is_same_family(fact.method, frame.method) else -2.0


def _fires_from_the_air(fact: Facts, frame: Frame) -> bool:
    """Whether "the aircraft fired two rockets" goes on with a strike by aircraft."""
    if fact.method not in ("rocket", "missile") or frame.method not in ("drone", "airstrike"):
        return False
    return any(word.text.lstrip("و").startswith(_THE_AIRCRAFT) for word in fact.candidate.sentence.words)


_MISSILES = (
    "صاروخ",
    "صواريخ",
)


def _counts_missiles(fact: Facts, frame: Frame) -> bool:
    """Whether "six missiles hit the depot", said by another source, goes on with the air strike told right before."""
    candidate = fact.candidate
    words = candidate.sentence.words
    if fact.method not in ("rocket", "missile") or frame.method not in ("drone", "airstrike"):
        return False
    if not words or words[0].text not in TELLERS or candidate.turns or candidate.opens_another:
        return False
    return candidate.order - frame.last_sentence <= 1 and any(word.text in _MISSILES for word in words)


def _score_place(fact: Facts, frame: Frame) -> float:
    """How the places of both agree, by the narrowest level that both name."""
    own, theirs = fact.spots, frame.spots
    if own and theirs:
        return _score_spots(fact, frame, [(a, b) for a in own for b in theirs])
    if bool(own) != bool(theirs) and _name_two_villages(fact, frame):
        return -2.5
    if not own and not theirs and _name_two_unknown(fact, frame):
        return -2.5
    if theirs and not own and not fact.candidate.is_definite and _is_off(fact, frame):
        return -3.0
    if not own and not theirs and _are_in_other_parts(fact, frame):
        return -5.0
    if fact.admin1 and frame.admin1:
        return 0.8 if fact.admin1 & frame.admin1 else -5.0
    if fact.countries and frame.countries and not fact.countries & frame.countries:
        return -4.0
    return 0.0


def _are_in_other_parts(fact: Facts, frame: Frame) -> bool:
    """Whether one was in the south of the land, and the other, told anew, in its east."""
    if fact.candidate.is_definite or not fact.candidate.has_new_trigger or fact.admin1 or frame.admin1:
        return False
    return are_in_other_parts(fact.places, [choice for one in frame.facts for choice in one.places])


def _is_off(fact: Facts, frame: Frame) -> bool:
    """Whether it names the countryside of a town that lies far from where the frame is."""
    towns = [c.place for c in fact.places if c.place and c.place.rank < _TOWN and c.hit.cue == "countryside"]
    return bool(towns) and all(distance(a, b) > OFF_KM for a in towns for b in frame.spots)


_QUARTER = 2.0  # quarters and villages
_TOWN = 4.0
OFF_KM = 25.0  # farther than a town's own villages


def _score_spots(fact: Facts, frame: Frame, pairs: list[tuple[Place, Place]]) -> float:
    """How the spots of both agree, given each of the one with each of the other."""
    placed = [other for other in frame.facts if other.spots]
    if fact.is_vague or all(other.is_vague for other in placed):
        if fact.countries and frame.countries and not fact.countries & frame.countries:
            return -5.0
        alike = is_same_family(fact.method, frame.method)
        refers = fact.candidate.is_definite and alike and _lies_where_told(fact, frame)
        near = refers or min(distance(a, b) for a, b in pairs) < 120
        return 0.5 if near else -5.0
    shares_admin1 = bool(fact.admin1 & frame.admin1)
    same = any(is_one_spot(a, b) for a, b in pairs)
    loose = fact.is_loose or all(other.is_loose for other in placed)
    if loose and not same and shares_admin1:
        return 0.3  # "in Basra" may be the governorate
    if shares_admin1 and fact.killed is None and (_means_governorate(frame) or _retells(fact, frame)):
        return 0.3
    if same:
        return 2.0
    if any(nests(a, b) or nests(b, a) for a, b in pairs):
        return -2.0 if _are_two_towns(fact, frame, pairs) else 0.7
    if fact.candidate.is_definite and not fact.candidate.has_new_trigger and shares_admin1:
        quarters = all(place.rank <= _QUARTER for pair in pairs for place in pair)
        return 0.0 if min(distance(a, b) for a, b in pairs) < 60 and not quarters else -5.0
    return -5.0


_TWO_TOWNS_KM = 15.0  # a town and the city or the district's chief town near it


def _are_two_towns(fact: Facts, frame: Frame, pairs: list[tuple[Place, Place]]) -> bool:
    """Whether a town and the city near it are told in the text, each of its own new attack."""
    candidate = fact.candidate
    fresh = candidate.has_new_trigger and not candidate.is_definite and bool(fact.tolls)
    shared = frame.killed & {fact.killed} or frame.wounded & {fact.wounded}
    told = frame.lead.candidate.source == "text" and not shared
    towns = all(min(a.rank, b.rank) >= _QUARTER and distance(a, b) > _TWO_TOWNS_KM for a, b in pairs)
    return fresh and told and towns and not any(c.hit.cue == "district" for c in fact.places)


def _lies_where_told(fact: Facts, frame: Frame) -> bool:
    """Whether the town that the one names lies where the other says: "north of the capital", "in Beledweyne"."""
    for vague, exact in [(fact, other) for other in frame.facts] + [(other, fact) for other in frame.facts]:
        for choice in vague.places if vague.is_vague and not exact.is_vague else ():
            if choice.place is None or choice.place.kind not in ("capital", "city") or choice.hit.bearing is None:
                continue
            if any(lies_that_way(choice.place, spot, choice.hit.bearing) for spot in exact.spots):
                return True
    return False


def _name_two_villages(fact: Facts, frame: Frame) -> bool:
    """Whether one names a village that the gazetteer does not know, and the other, told anew, a town that it knows."""
    if fact.candidate.is_definite or not fact.candidate.has_new_trigger:
        return False
    unknown = _unknown_names([fact]) if not fact.spots else _unknown_names(frame.facts)
    known = fact.spots or frame.spots
    return bool(unknown) and all(place.rank <= 3.5 and place.kind != "city" for place in known)


def _name_two_unknown(fact: Facts, frame: Frame) -> bool:
    """Whether both name a village or town that the gazetteer does not know, and not the same."""
    if fact.candidate.is_definite or not fact.candidate.has_new_trigger:
        return False
    first, second = _unknown_names([fact]), _unknown_names(frame.facts)
    return bool(first and second) and not first & second


def _unknown_names(facts: list[Facts]) -> set[str]:
    return {
        choice.hit.name
        for fact in facts
        for choice in fact.places
        if choice.place is None and choice.hit.manner == "plain" and choice.hit.cue in ("village", "town")
    }


def _retells(fact: Facts, frame: Frame) -> bool:
    """Whether "the governor's office said that a car bomb went off in Lice" tells the last attack again."""
    candidate = fact.candidate
    words = candidate.sentence.words
    if not words or words[0].text not in TELLERS or candidate.turns or candidate.opens_another or candidate.dates:
        return False
    near = candidate.order - frame.last_sentence <= 1 and len(frame.facts) > 1
    wide = all(place.rank >= 3.5 for place in frame.spots)
    return near and wide and fact.exact and fact.method == frame.method and not fact.tolls and bool(frame.killed)


def _means_governorate(frame: Frame) -> bool:
    """Whether the city that a frame names is also called "the governorate of" that name in it."""
    wide = {choice.place.name for fact in frame.facts for choice in fact.places if choice.place and is_wide(choice)}
    return all(place.name in wide for place in frame.spots)
