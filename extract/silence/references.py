"""Turns a frame into whether its attack is only referred to: recalled without a day, named in passing, too vague."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extract.events.candidates import Candidate
from extract.events.frames import Facts, Frame
from extract.fields.days import had_been
from extract.fields.occasions import is_first
from extract.fields.spots import Spot
from extract.lexicon import word_readings, word_set

if TYPE_CHECKING:
    from extract.fields.mentions import Reading

_PLURAL_ATTACKS = word_set("plural_attacks")
_LONG_AGO = word_set("long_ago")
_SUPERLATIVES = word_set("superlatives_of_them")
OPENING_WORDS = 4  # of a text, in which an attack that is its news is named


def is_recall_without_day(frame: Frame, reading: Reading, *, day_named: bool) -> bool:
    """Whether a later part of the report only refers to an attack known from before, and does not say when it was."""
    lead = frame.lead.candidate
    if is_first(frame, reading) and not day_named and _is_told_before(frame):
        return True
    if not day_named and not frame.in_headline and _is_of_that_time(frame):
        return True
    if day_named or is_first(frame, reading) or frame.in_headline or any(fact.day for fact in frame.facts):
        return False
    if "recall" in lead.signs and lead.clauses[0].first == 0 and not lead.has_toll and not lead.is_definite:
        return True
    if "recall" in lead.signs and any(word.text in _SUPERLATIVES for word in lead.sentence.words):
        return True  # "it comes in a series of attacks, the latest of which …"
    if lead.answered:
        return False  # "shelled them after shots from there": the same day
    referred = lead.is_definite and lead.is_factive and not _opens_with_victims(frame.lead) and not _rises(lead)
    return lead.recalled or referred or "trial" in lead.clause_modality


def _rises(candidate: Candidate) -> bool:
    """Whether "the toll of the bombing that struck … rose to 14": what is new of an attack is news."""
    risen = any(word.text.removeprefix("و").startswith(("ارتفع", "ارتفاع")) for word in candidate.sentence.words)
    return risen and candidate.has_toll


def _opens_with_victims(fact: Facts) -> bool:
    """Whether "three children died when the bomb that was planted …" opens a sentence: news, told by its victims."""
    candidate = fact.candidate
    words = candidate.sentence.words
    if candidate.clauses[0].first or "earlier" in candidate.signs or not fact.exact or not fact.spots:
        return False
    return any(
        toll.start <= words[min(2, len(words) - 1)].start and toll.count and not toll.total for toll in fact.tolls
    )


def _is_of_that_time(frame: Frame) -> bool:
    """Whether the attack is told with "at that time", which no news of the day is."""
    told = [fact.candidate.sentence for fact in frame.facts if fact.candidate.strength >= 2]
    return any(word.text in _LONG_AGO for sentence in told for word in sentence.words)


def _is_told_before(frame: Frame) -> bool:
    """Whether all that is told of it opens with "had been", behind other news, and without a day."""
    told = [fact.candidate for fact in frame.facts if fact.candidate.strength >= 2]
    if not told or any(fact.day for fact in frame.facts):
        return False
    below = [c for c in told if c.source == "text"]
    if below and all(had_been(c) is not None for c in below):
        return True
    if frame.in_headline:
        return False
    if any(word.text in _TODAY_AT for c in told for word in c.sentence.words):
        return False
    return all(c.order >= 1 and c.clauses[0].first == 0 and _opens_with_had(c) for c in told)


# Worst, most, most noted, greatest, bloodiest, first: of the row of attacks that the report is about.
_WORST = frozenset(
    "اعنف اكثر ابرز اكبر اسوا اشد ادمي اخطر اول اعنفها اكثرها ابرزها اكبرها اسواها اشدها ادماها اولها".split()
)


def _opens_with_had(candidate: Candidate) -> bool:
    """Whether it opens with "had", and not with "the worst of them was"."""
    words = candidate.sentence.words
    return words[0].text in ("وكان", "وكانت") and not (len(words) > 1 and words[1].text in _WORST)


_TODAY_AT = frozenset("صباحا فجرا مساء ظهرا عصرا ليلا".split())  # in the morning, at dawn …: of the report's own day


def is_in_passing(frame: Frame, reading: Reading, *, day_named: bool) -> bool:
    """Whether an attack on no day named is told below a headline on something else, and not as the text's news.

    It is the news where the text opens with it, or where a counted toll stands among several attacks. "The shelling",
    of which nothing is told, is none, whatever day the sentence names.
    """
    lead = frame.lead.candidate
    if _is_mere_name(frame):
        return True
    if day_named:
        return False
    if lead.order <= 1 and any(hit.first <= OPENING_WORDS for hit in lead.real):
        return False
    tolls = [toll for fact in frame.facts for toll in fact.tolls if not toll.aggregate]
    counted = any(toll.count is not None or toll.negated for toll in tolls)
    return not counted or len(reading.frames) == 1


def _is_mere_name(frame: Frame) -> bool:
    """Whether all that is told is "the shelling", "the attacks": known, without means, victims or a relative clause."""
    if any(fact.tolls or fact.exact or (fact.day is not None and not fact.said) for fact in frame.facts):
        return False
    told = [c for c in frame.candidates if c.strength >= 2]
    return all(c.is_definite and not c.is_factive and not c.has_new_trigger for c in told)


def _are_raids_of_no_day(frame: Frame) -> bool:
    """Whether it tells of attacks in the plural, whose only day is that on which somebody spoke of them."""
    words = frame.lead.candidate.sentence.words
    plural = any(
        set(word_readings(word.text)) & _PLURAL_ATTACKS
        for hit in frame.lead.candidate.real
        for word in words[hit.first : hit.last]
    )
    return plural and frame.is_day_said and any(fact.said for fact in frame.facts)


def is_too_vague(frame: Frame, spot: Spot, *, day_named: bool, reading: Reading) -> bool:
    """Whether an attack is spoken of without particulars: no spot, no day, no toll; beside the lead, no governorate."""
    if spot.admin1 is not None or spot.precision == "town" or (frame.lead.listed and frame.lead.countries):
        return False
    leads = is_first(frame, reading) or frame.in_headline
    has_toll = bool(frame.killed or frame.wounded)
    countries = frame.lead.countries
    if len(countries) > 1 and spot.precision != "region":
        return True  # attacks in several countries told as one
    if not leads:
        return not has_toll
    if spot.precision == "region":
        return False
    if not frame.in_headline and _are_raids_of_no_day(frame):
        return True
    if spot.source is None and len(reading.report.text) > 350:
        return not (has_toll and day_named)
    if day_named or any(fact.tolls for fact in frame.facts):
        return False
    return not (frame.is_exact and len(reading.report.text) < 350)
