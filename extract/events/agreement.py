"""Turns the day and the toll of a candidate and of a frame into scores: how well they agree."""

from __future__ import annotations

from extract.events.candidates import Candidate
from extract.events.definite import WAS_WORDS
from extract.events.frames import Facts, Frame
from extract.fields.methods import is_same_family
from extract.lexicon import word_set
from extract.places.nearness import is_one_spot

TELLERS = word_set("tellers")
SPOKEN_DAYS = 14  # so long after an attack somebody may still announce it


def score_day(fact: Facts, frame: Frame, frames: list[Frame]) -> float:
    """How the days of both agree, as far as either names one."""
    if frame.day is None:
        return _score_first_day(fact, frame, frames)
    day, candidate = frame.day, fact.candidate
    if fact.is_past and _is_told_as_news(frame) and candidate.has_new_trigger and not candidate.is_definite:
        return -5.0  # "in June 2006 a bomb killed …", behind the report's own news
    if fact.day is None or (candidate.strength < 2 and any(toll.total for toll in fact.tolls)):
        return 0.0  # nor on what day a toll rose, behind the attack
    apart = abs((fact.day - day).days)
    if fact.precision == "week" and candidate.strength >= 2:
        return -3.0 if apart > 4 else 0.0
    if fact.precision != "day":
        other_month = fact.precision == "month" and fact.day.month != day.month
        other_year = fact.precision == "year" and fact.day.year != day.year
        return -5.0 if (other_month or other_year) and candidate.has_new_trigger else 0.0
    if fact.day == day:
        return 0.7
    if fact.said or frame.is_day_said:
        fresh = candidate.has_new_trigger and not candidate.is_definite and not fact.said
        if _was_announced_before(fact, frame):
            return -3.0
        denied = any("denial" in other.candidate.covers | other.candidate.clause_modality for other in frame.facts)
        earlier = denied or (_turns_back(candidate) and fact.day < day)
        return -5.0 if fresh and (apart > SPOKEN_DAYS or earlier) else 0.0
    if apart == 1 and fact.killed and fact.killed >= 10 and fact.killed in frame.killed:
        return -1.0  # so many dead in both: one of the two days is wrong
    return -6.0 if apart > 1 and not candidate.is_definite else -5.0


def _was_announced_before(fact: Facts, frame: Frame) -> bool:
    """Whether somebody "had announced two days before" an attack by other means than those told."""
    candidate = fact.candidate
    if not (fact.said and fact.day and frame.day and fact.day < frame.day and _turns_back(candidate)):
        return False
    other_means = fact.exact and frame.is_exact and not is_same_family(fact.method, frame.method)
    return other_means and candidate.has_new_trigger and not candidate.is_definite


def _turns_back(candidate: Candidate) -> bool:
    """Whether it opens with "had": an attack before the one told."""
    return candidate.source == "text" and candidate.clauses[0].opener in WAS_WORDS


def _score_first_day(fact: Facts, frame: Frame, frames: list[Frame]) -> float:
    """How a day of its own agrees with a frame that names none: the news has no day but the report's own."""
    candidate = fact.candidate
    fresh = candidate.has_new_trigger and not candidate.is_definite and candidate.source == "text"
    vague = fact.precision == "week" or (fact.precision == "month" and not candidate.is_definite)
    if vague and "earlier" in candidate.signs and candidate.has_new_trigger:
        return -5.0  # "had fallen two weeks ago"
    if fact.day is None or fact.precision != "day" or fact.said:
        return 0.0
    if candidate.recalled and fact.killed and frame.killed and fact.killed not in frame.killed:
        return -4.0  # "this comes after an attack on Saturday that killed 80", beside one without a day
    if fact.is_old and fresh:
        return -5.0
    told = [other for other in frames if other.day and not other.is_day_said and _is_told_before(other, frame)]
    if told and fresh and fact.killed and frame.killed and told[-1].day != fact.day:
        return -5.0  # it is of the day told before it: "on Wednesday …, a third in a like attack; on Sunday …"
    others = (fact.killed is not None and fact.killed not in frame.killed) or (
        fact.wounded is not None and fact.wounded not in frame.wounded
    )
    if fact.tolls and others and (frame.killed or frame.wounded):
        before = next((other.day for other in frames if other.day and not other.is_day_said), None)
        dead = bool(fact.killed and frame.killed) and (fresh or candidate.is_factive)
        if (_turns_back(candidate) and fresh) or (dead and before is not None and fact.day < before):
            return -3.0  # its victims are others
    far = candidate.order - frame.last_sentence > 2
    return -2.0 if far and fresh else 0.0


def _is_told_before(other: Frame, frame: Frame) -> bool:
    first, second = other.lead.candidate, frame.lead.candidate
    return (first.order, first.start) < (second.order, second.start) and first.source == second.source


def _is_told_as_news(frame: Frame) -> bool:
    """Whether a sentence of the text tells it, and none dates it long before."""
    in_text = any(fact.candidate.source == "text" for fact in frame.facts)
    return in_text and not any(fact.is_past for fact in frame.facts)


def _is_told_by_another(fact: Facts, frame: Frame) -> bool:
    """Whether the next sentence is a witness's or an official's word on an attack by the same means, nowhere else."""
    candidate = fact.candidate
    words = candidate.sentence.words
    if not words or words[0].text not in TELLERS or candidate.turns or candidate.opens_another:
        return False
    if _tells_more_there(fact, frame):
        return True
    close = candidate.order - frame.last_sentence <= 1
    dated = fact.day is not None and fact.day != frame.day
    return close and fact.exact and fact.method == frame.method and not (fact.spots or fact.admin1 or dated)


def _tells_more_there(fact: Facts, frame: Frame) -> bool:
    """Whether another source counts more dead and more wounded of an attack in the very town of the headline's."""
    if not (frame.in_headline and fact.killed and fact.wounded and frame.killed and frame.wounded):
        return False
    more = fact.killed >= max(frame.killed) and fact.wounded >= max(frame.wounded)
    there = any(is_one_spot(a, b) for a in fact.spots for b in frame.spots)
    return more and there and is_same_family(fact.method, frame.method) and not fact.candidate.dates


def _is_far(fact: Facts, frame: Frame) -> bool:
    """Whether the toll is at least twice, or at most half, of all that the frame was told with."""
    pairs = [(fact.killed, frame.killed), (fact.wounded, frame.wounded)]
    return any(own and theirs and (own >= 2 * max(theirs) or 2 * own <= min(theirs)) for own, theirs in pairs)


def _is_part_of_headline(fact: Facts, frame: Frame) -> bool:
    """Whether a frame is but a headline on two attacks, with more victims than this one of them has."""
    headline = frame.lead.candidate
    if len(frame.facts) > 1 or headline.source != "title" or not headline.is_dual:
        return False
    pairs = [(fact.killed, frame.lead.killed), (fact.wounded, frame.lead.wounded)]
    return all(own is None or whole is None or own < whole for own, whole in pairs)


def _counts_some(fact: Facts, frame: Frame) -> bool:
    """Whether a lone headline counts one kind of those whom the text counts: "five soldiers", two policemen too."""
    if not (frame.in_headline and len(frame.facts) == 1):
        return False
    return any(
        toll.kind == "killed" and len(toll.items) > 1 and count in frame.killed
        for toll in fact.tolls
        for _, count in toll.items
    )


def score_toll(fact: Facts, frame: Frame) -> float:
    claims = [hit.start for clause in fact.candidate.clauses for hit in clause.claims if hit.row["sign"] == "claim"]
    if claims and any(min(claims) < toll.start for toll in fact.tolls):
        return 0.0  # who claims an attack counts its victims in his own way
    if _is_part_of_headline(fact, frame):
        return 0.0  # "five killed by two bombs", and the text tells how many by each
    if _counts_some(fact, frame):
        return 0.5
    told = [(fact.killed, frame.killed), (fact.wounded, frame.wounded)]
    known = [own in theirs for own, theirs in told if own is not None and theirs]
    refers = fact.candidate.is_definite and not (fact.candidate.is_factive and _is_far(fact, frame))
    if known and not any(known) and not refers and "toll" not in fact.candidate.signs:
        fresh = fact.candidate.strength >= 2 and fact.candidate.has_new_trigger
        return -3.0 if fresh and not _is_told_by_another(fact, frame) else -0.8
    score = 0.0
    for own, theirs in ((fact.killed, frame.killed), (fact.wounded, frame.wounded)):
        if own is None or not theirs:
            continue
        score += -0.8 if own not in theirs else 1.0 if own else 0.0  # of many attacks none is hurt in
    if len(known) == 2 and all(known) and (fact.killed or 0) > 1:
        score += 3.0  # both figures the same: hardly another attack
    return score
