"""Turns a report's candidates into frames: each joins the frame that it fits best, or opens one of its own."""

from __future__ import annotations

from dataclasses import replace

from extract.events.candidates import Candidate
from extract.events.clauses import is_listed
from extract.events.definite import THIS
from extract.events.fitting import FITS, score_fit
from extract.events.frames import Facts, Frame
from extract.events.grouping import strikes_too
from extract.events.listing import add_lists, add_waves, find_run, gather_wave, is_sum, part_lists
from extract.events.pairs import find_met, is_next_of_pair, part_pairs, part_sites
from extract.fields.methods import is_same_family
from extract.lexicon import word_set
from extract.places.nearness import overlap

BLAST_SENTENCES = 4  # so many sentences after an explosion a report may say what it was
_TELLING_WITHIN = 7  # words of "some two hours after the announcing by …"
CROWD = 25  # frames that a candidate is compared with, the first and the latest; real reports tell fewer than ten


def gather_frames(facts: list[Facts]) -> list[Frame]:
    """Join candidates into frames in the order of reading; those that speak of series or of nothing real open none."""
    frames: list[Frame] = []
    blasts: list[Facts] = []
    for fact in facts:
        known = len(frames)
        _place_fact(fact, frames)
        if len(frames) > known:
            _find_scene(frames[-1], blasts)
        elif fact.candidate.strength == 1 and "blast" in fact.candidate.kinds() and fact.spots:
            blasts.append(fact)
    _drop_sums(frames)
    add_waves(frames, facts)
    add_lists(frames, facts)
    part_lists(frames)
    part_pairs(frames)
    part_sites(frames)
    frames = [frame for frame in frames if not is_sum(frame, frames)]
    return frames or gather_wave(facts)


def _find_scene(frame: Frame, blasts: list[Facts]) -> None:
    """Join "the explosion was caused by a raid" to the explosion told before it, which nobody had called an attack."""
    fact = frame.lead
    if fact.candidate.is_definite and not fact.spots and not fact.admin1:
        for blast in blasts:
            if 0 < fact.candidate.order - blast.candidate.order <= BLAST_SENTENCES:
                frame.take(blast)


def _drop_sums(frames: list[Frame]) -> None:
    """Leave out the toll of two attacks where the report tells how many each of them hurt."""
    for frame in frames:
        parts = [fact for fact in frame.facts if _is_part(fact)]
        if not parts or not any(_is_part(fact) for other in frames if other is not frame for fact in other.facts):
            continue
        frame.facts[:] = [
            replace(fact, tolls=[], killed=None, wounded=None) if fact.candidate.is_dual and fact not in parts else fact
            for fact in frame.facts
        ]


def _is_part(fact: Facts) -> bool:
    """Whether it tells how many "the first" or "the second" of several attacks hurt."""
    return bool(fact.tolls and fact.candidate.is_definite and {"first", "second", "another"} & fact.candidate.signs)


def _place_fact(fact: Facts, frames: list[Frame]) -> None:
    """Join one candidate to the frame that it fits best, open a frame for it, or leave it out."""
    candidate = fact.candidate
    if candidate.is_pooled:
        return  # the sentence tells each of them by itself
    known = _find_unplaced(fact, frames) or _find_claimed(fact, frames) or find_met(fact, frames)
    if known is not None:
        known.take(fact)
        return
    announced = _find_announced(fact, frames)
    if announced is not None:
        announced.take(replace(fact, said=True))
        return
    best, at = _find_best(fact, frames)
    dated = fact.admin1 and fact.day and fact.precision == "day"
    listed = fact.admin1 and candidate.clauses[0].slot
    if candidate.recalled and candidate.strength < 3 and not (fact.spots or fact.tolls or dated or listed):
        return  # "a day after the hotels were targeted": nothing to code
    if candidate.strength < 2 or (candidate.is_series and "denial" not in candidate.covers) or candidate.is_count:
        if best >= 0 and _is_continuation(fact, frames[at], frames):
            frames[at].take(fact)
        return
    if not frames and _is_one_of_wave(fact):
        return  # "one of them hit the gold market": a part of the attacks told in the plural
    if frames and _is_their_launcher(fact):
        return  # where they were fired from, and what had not gone off there
    told = "same" in candidate.signs and candidate.is_definite and not candidate.has_new_trigger
    comes = "recall" in candidate.signs and candidate.is_definite and not candidate.has_new_trigger
    ranked = "rank" in candidate.signs and not fact.spots and (fact.precision != "day" or _counts_from_day(fact))
    if best < FITS and candidate.sentence.heading:
        return  # a section's heading: what it names is told below it, or on another page
    if best < FITS and (told or comes or ranked) and frames:
        return  # "this attack coincided with …", "the bombing comes as …": told already
    if best >= FITS and is_next_of_pair(fact, frames[at]):
        frames.append(Frame(facts=[fact if fact.spots else replace(fact, places=frames[at].lead.places)]))
    elif best >= FITS and not _recalls_first(fact, frames[at]):
        frames[at].take(fact)
    elif best < FITS and _says_nothing_new(fact):
        if best > -3:
            frames[at].take(fact)
        elif not frames and not _points_back(fact):
            frames.append(Frame(facts=[fact]))
    else:
        frames.append(Frame(facts=[fact]))


_ONE_OF_WAVE = frozenset("احدها احداها احدهما احداهما".split())  # one of them


def _is_one_of_wave(fact: Facts) -> bool:
    """Whether all that is told of an attack is that it was one of those told before."""
    opening = [word.text for word in fact.candidate.sentence.words[:6]]
    return not _ONE_OF_WAVE.isdisjoint(opening) and not (fact.spots or fact.tolls or fact.day)


_SINCE_REACH = 4  # words between "since" and the day: "since the elections of"


def _counts_from_day(fact: Facts) -> bool:
    """Whether "since" stands before its day: "this is the first attack since the elections of 11 May"."""
    when = fact.date_hit
    before = [word.text for word in fact.candidate.sentence.words if when is not None and word.end <= when.start]
    return "منذ" in before[-_SINCE_REACH:]


_WORD = word_set("saying") | {"اعلان", "الاعلان", "اقرار", "تاكيد"}  # the announcing of, the confirming of


def _find_claimed(fact: Facts, frames: list[Frame]) -> Frame | None:
    """The attack claimed right before: "X claimed …, hours after a source had told that … was struck"."""
    if not fact.candidate.recalled or not _opens_by_telling(fact.candidate):
        return None
    return next((frame for frame in frames if _is_what_was_claimed(fact, frame)), None)


def _is_what_was_claimed(fact: Facts, frame: Frame) -> bool:
    """Whether the frame is a claim in the same sentence, of an attack that the candidate may be."""
    candidate, lead = fact.candidate, frame.lead.candidate
    if candidate.sentence is not lead.sentence or len(frame.facts) > 1:
        return False
    if not any(hit.row["sign"] in ("claim", "avow") for clause in lead.clauses for hit in clause.claims):
        return False
    aims = [
        {hit.row["target"].lstrip("~").rpartition("_")[2] for clause in one.clauses for hit in clause.targets}
        for one in (lead, candidate)
    ]  # a convoy is a convoy, whoever says whose it is
    there = not frame.admin1 or bool(fact.admin1 & frame.admin1)
    return there and is_same_family(fact.method, frame.method) and bool(aims[0] & aims[1])


_AFTER = frozenset({"بعد", "وبعد", "عقب", "قبل"})  # after, before


def _find_announced(fact: Facts, frames: list[Frame]) -> Frame | None:
    """The attack named right before: "X denied its part in the attack, hours after Y announced that …"."""
    candidate = fact.candidate
    opening = candidate.clauses[0]
    after = opening.first > 0 and opening.opener in _AFTER  # and not "in answer to", "in spite of"
    if not candidate.recalled or candidate.is_series or not after:
        return None
    named = [frame for frame in frames if any(one.candidate.sentence is candidate.sentence for one in frame.facts)]
    told = [one for frame in named for one in frame.facts if one.candidate.sentence is candidate.sentence]
    the_attack = all(one.candidate.is_definite and not one.spots for one in told)
    if len(named) != 1 or not the_attack or not _opens_by_telling(candidate):
        return None
    return named[0] if is_same_family(fact.method, named[0].method) else None


def _opens_by_telling(candidate: Candidate) -> bool:
    """Whether its first words are "(some hours) after the announcing by …"."""
    words = candidate.sentence.words[candidate.clauses[0].first : candidate.clauses[-1].last][:_TELLING_WITHIN]
    return any(word.text in _WORD for word in words)


def _find_unplaced(fact: Facts, frames: list[Frame]) -> Frame | None:
    """The attack whose places "the strikes hit X, Y and Z" tells, where none has been told for it so far."""
    candidate = fact.candidate
    if not (candidate.is_series and candidate.is_definite) or candidate.is_count:
        return None
    occurred = candidate.sentence.words[0].text.removeprefix("و") in _OCCURRED and bool(fact.admin1)
    if not occurred and len(find_run(fact)) < 2:
        return None
    for frame in frames:
        placed = frame.spots or frame.admin1 or frame.lead.candidate.recalled
        if not placed and is_same_family(fact.method, frame.method):
            return frame
    return None


_OCCURRED = frozenset({"وقعت", "حدثت", "هزت"})  # "the explosions occurred in the province of …"


def _find_best(fact: Facts, frames: list[Frame]) -> tuple[float, int]:
    """The score and the index of the frame that a candidate fits best; -99 and -1 where there is none to compare."""
    sentence = fact.candidate.sentence
    listed = is_listed(fact.candidate.clauses[0]) and not _tells_salvo(fact)
    apart = fact.candidate.recalled or (listed and fact.candidate.clauses[0].first > 0)
    apart = apart or _counts_others(fact)
    near = frames if len(frames) <= CROWD else [frames[0], *frames[1 - CROWD :]]
    scores = [
        (score_fit(fact, frame, near), index)
        for index, frame in enumerate(frames)
        if (not index or index > len(frames) - CROWD)
        and not any(
            other.candidate.sentence is sentence and (apart or _are_of_two_days(fact, other)) for other in frame.facts
        )
        and not (
            frame.lead.candidate.recalled
            and (fact.candidate.has_new_weapon or (fact.spots and not fact.candidate.is_definite))
            and not _is_at(fact, frame)
            and fact.candidate.sentence is not frame.lead.candidate.sentence
        )
    ]
    return max(scores, default=(-99.0, -1))


_SALVOES = frozenset("الصاروخ والصاروخ القذيفه والقذيفه الصواريخ القذايف".split())


def _tells_salvo(fact: Facts) -> bool:
    """Whether its sentence tells where "the first rocket", "the second" and "the third" of one salvo fell."""
    return any(word.text in _SALVOES for word in fact.candidate.sentence.words) and not fact.spots


def _counts_others(fact: Facts) -> bool:
    """Whether a clause opens with "while another soldier was killed in …": victims of its own, an attack anew."""
    candidate = fact.candidate
    fresh = candidate.has_new_trigger and not candidate.is_definite
    own = bool(fact.tolls) or strikes_too(candidate.clauses[0])
    return candidate.clauses[0].first > 0 and candidate.clauses[0].opener in word_set("besides") and fresh and own


def _are_of_two_days(fact: Facts, other: Facts) -> bool:
    """Whether each names a day or a time of its own, and not the same."""
    dated = fact.day is not None and other.day is not None and not (fact.said or other.said)
    return dated and (fact.day, fact.precision) != (other.day, other.precision)


def _is_at(fact: Facts, frame: Frame) -> bool:
    """Whether a candidate names the spot of a frame, or one in or around it."""
    return any(overlap(a, b) for a in fact.spots for b in frame.spots)


def _says_nothing_new(fact: Facts) -> bool:
    """Whether "the attack" is named without a place, a day or a relative clause of its own."""
    candidate = fact.candidate
    own = fact.spots or fact.admin1 or (fact.day and not fact.said)
    return candidate.is_definite and not candidate.is_factive and not own


_NOT_FIRED = frozenset({"ينطلقا", "ينطلق", "تنطلق", "ينطلقوا", "تطلق", "المتبقيه", "المتبقي"})  # not fired, left over
_USED = frozenset({"المستخدمه", "المستخدم", "الاطلاق", "اطلاقها"})  # (the vehicle) used, of the launch


def _is_their_launcher(fact: Facts) -> bool:
    """Whether the launcher of the rockets told is found, with those on it that had not been fired."""
    candidate = fact.candidate
    texts = [word.text for word in candidate.sentence.words]
    found = candidate.covers & {"seized", "foiled"} or "seized" in {hit.row["modality"] for hit in candidate.modality}
    launcher = any(word.startswith(("منص", "العجله", "عجله", "راجم", "قاعده")) for word in texts)
    return bool(found) and launcher and bool((_NOT_FIRED | _USED) & set(texts)) and "اخري" not in texts[:4]


def _points_back(fact: Facts) -> bool:
    """Whether its first word of attack is "these (rockets)": of a series that was told before and opened no frame."""
    words = fact.candidate.sentence.words
    named = [hit for hit in fact.candidate.real if hit.row["kind"] in ("attack", "weapon", "blast")]
    return bool(named) and named[0].first > 0 and words[named[0].first - 1].text in THIS


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
    if candidate.is_series or candidate.is_count or candidate.recalled:
        return False
    if candidate.opens_another or candidate.turns or fact.is_of_war:
        return False
    if not (candidate.triggers or fact.tolls or fact.refers_back):
        return False
    if fact.tolls and any("since" in date.flags for date in candidate.dates):
        return False  # "more than a hundred have died since the truce broke down"
    return candidate.order - frame.last_sentence <= 1 or (frame is frames[0] and not fact.tolls)
