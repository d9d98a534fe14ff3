"""Turns the dates that an event's sentence names into its day, at the place's time zone."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo

from extract.dates import DateHit, ResolvedDate, find_report_day, resolve_date
from extract.events.candidates import Candidate
from extract.events.openers import RANKED
from extract.lexicon import word_set
from store.records import Report

_HOME = "Asia/Baghdad"
BURIED = timedelta(days=2)  # victims are buried so long after, about
_SAYING = word_set("saying")
_FINDING = word_set("finding")
_STATEMENTS = word_set("statements")
_RITES = word_set("rites")
_PRAYERS = word_set("prayers")
_AT_PRAYER = word_set("at_prayer")
_RELATIVES = word_set("relatives")


@lru_cache(maxsize=1)
def _time_zones() -> dict[str, str]:
    text = files("extract").joinpath("data", "time_zones.csv").read_text(encoding="utf-8")
    return {row["country"]: row["time_zone"] for row in csv.DictReader(text.splitlines())}


def zone_of(country: str | None) -> ZoneInfo:
    """The time zone of a country's capital; Baghdad's where the country is not known."""
    return ZoneInfo(_time_zones().get(country or "", _HOME))


class Calendar:
    """The days of one report, counted from its own day."""

    def __init__(self, report: Report, country: str | None, hits: Sequence[DateHit]) -> None:
        self._report = report
        self._zone = zone_of(country)
        self._years = [(hit.start, hit.year) for hit in hits if hit.year is not None and hit.calendar == "gregorian"]
        self.today: date | None = find_report_day(
            hits, report.published, tz=self._zone, precision=report.published_precision
        )

    def resolve(self, hit: DateHit) -> ResolvedDate:
        if hit.side == "same" and hit.year is None and hit.kind in ("absolute", "month"):
            told = [year for start, year in self._years if start < hit.start]
            hit = replace(hit, year=told[-1] if told else None)  # "in June of the same year": of the year told last
        return resolve_date(
            hit, self._report.published, tz=self._zone, precision=self._report.published_precision, base=self.today
        )

    def day_of(self, candidate: Candidate, folded: str) -> tuple[DateHit | None, ResolvedDate | None, bool]:
        """The day of a candidate's event by its own words, the most exact and nearest to its triggers.

        The third value says whether that day is only the day on which somebody spoke of it.
        """
        best: tuple[float, DateHit, ResolvedDate, bool] | None = None
        triggers = [hit.start for hit in candidate.real if hit.row["kind"] != "act"]
        claims = any(hit.row["sign"] == "claim" for clause in candidate.clauses for hit in clause.claims)
        anchors = triggers or [candidate.start]
        spoken: date | None = None  # when the statement was made whose words follow
        for clause in candidate.clauses:
            for hit in clause.dates:
                if not (can_date_event(hit) or is_of_prayer(candidate, hit) or _goes_back_to(candidate, hit)):
                    continue
                if is_span_of_rank(candidate, hit) or is_of_greenwich(hit, folded) or is_of_other_news(candidate, hit):
                    continue
                resolved = self.resolve(hit)
                if resolved.date and resolved.precision == "day" and is_day_of_rite(candidate, hit):
                    resolved = ResolvedDate(date=resolved.date - BURIED, precision="week")
                if resolved.date is None or (self.today and resolved.date > self.today):
                    continue
                weight = {"day": 3.0, "week": 2.0, "month": 1.5, "year": 1.0}.get(resolved.precision, 0.0)
                weight -= 1.2 if is_day_of_rite(candidate, hit) else 0.0
                weight -= min(abs(hit.start - anchor) for anchor in anchors) / 200
                said = is_day_of_speaking(
                    candidate, hit, min(triggers, default=candidate.end if claims else candidate.start), folded
                )
                if stands_before_saying(candidate, hit):
                    weight -= 1.2  # "days ago a court sentenced him for an attack in 2014"
                if hit.kind != "day" and (said or stands_before_saying(candidate, hit)):
                    spoken = resolved.date
                elif spoken and hit.kind == "day" and hit.weekday is None and is_quoted(candidate, hit, folded):
                    day = spoken + timedelta(days=hit.offset or 0)  # "today" in words spoken on Tuesday is that Tuesday
                    resolved = replace(resolved, date=day)
                weight -= 1.7 if said else 0.0
                weight -= 0.8 if _is_of_what_followed(candidate, hit, anchors) else 0.0
                bygone = resolved.precision == "year" and is_year_of_attack(candidate, hit)
                weight += 0.5 if bygone or is_of_told_attack(candidate, hit) else 0.0
                weight -= 2.5 if "anaphoric" in hit.flags else 0.0  # "on the same day" is the day of something else
                if best is None or weight > best[0]:
                    best = (weight, hit, resolved, said)
        return (best[1], best[2], best[3]) if best else (None, None, False)


def can_date_event(hit: DateHit) -> bool:
    """Whether a date may be an event's day: no stretch of time, no anniversary, nothing to come, no name."""
    flags = hit.flags
    if "name" in flags and hit.kind == "weekday" and (hit.side or hit.part or hit.unit):
        flags = flags - {"name"}  # "Syria last Thursday" is no newspaper's name
    if hit.kind in ("span", "anniversary") or flags & {"name", "future", "anniversary", "since", "until"}:
        return False
    return not (hit.kind == "period" and "during" in flags)


def is_of_told_attack(candidate: Candidate, hit: DateHit) -> bool:
    """Whether a date stands in a relative clause of the attack: "that began on", "the mosque that they attacked on"."""
    first = min((trigger.first for trigger in candidate.real if trigger.row["kind"] != "act"), default=None)
    if first is None:
        return False
    words = [word for word in candidate.sentence.words[max(0, first - 1) :] if word.end <= hit.start]
    return any(word.text in _RELATIVES for word in words)


_YEAR_REACH = 4  # words from "the bombing of the marathon of Boston" to its year


def is_year_of_attack(candidate: Candidate, hit: DateHit) -> bool:
    """Whether a year stands right behind the attack ("the Boston bombing of 2013"), and not behind "since"."""
    words = candidate.sentence.words
    at = next((i for i, word in enumerate(words) if word.start >= hit.start), len(words))
    near = [trigger.last for trigger in candidate.real if 0 <= at - trigger.last <= _YEAR_REACH]
    return any(all(word.text != _SINCE for word in words[last:at]) for last in near)


_BACKGROUND, _SINCE = "خلفيه", "منذ"  # (against the) background (of); since


def is_of_other_news(candidate: Candidate, hit: DateHit) -> bool:
    """Whether a date stands before "had been", "against the background of", "since", behind which the attack is told.

    "He died yesterday; he had survived a bombing"; "they met on Monday against the background of the attacks".
    """
    words = candidate.sentence.words
    had = had_been(candidate)
    if had is not None and hit.end <= words[had].start:
        return True
    first = min((trigger.start for trigger in candidate.real if trigger.row["kind"] != "act"), default=0)
    between = [word.text for word in words if hit.end <= word.start <= first]
    hurt = any(toll.start < first for clause in candidate.clauses for toll in clause.tolls)
    return (_BACKGROUND in between and not hurt) or between[-2:-1] == [_SINCE]


def had_been(candidate: Candidate) -> int | None:
    """Where "had (been)" stands before the first word of attack, behind other news of the sentence."""
    first = min((trigger.first for trigger in candidate.real if trigger.row["kind"] != "act"), default=0)
    words = candidate.sentence.words[:first]
    pairs = enumerate(pairwise(words))
    return next((at for at, (word, after) in pairs if at and word.text in _HAD and after.text == "قد"), None)


_HAD = frozenset({"كان", "كانت", "كانا", "كانوا", "وكان", "وكانت"})  # had


def _goes_back_to(candidate: Candidate, hit: DateHit) -> bool:
    """Whether "the last attack goes back to 19 April" names the day by the word that elsewhere means "until"."""
    opener = candidate.clauses[0].opener.removeprefix("و")
    return "until" in hit.flags and hit.kind == "absolute" and opener in ("يعود", "تعود", "يرجع")


_RANK_REACH = 8  # words between "the second" and "this week"
_THAT = frozenset("ان انه انها انهم بان بانه بانها".split())  # that, that he …


def is_day_of_speaking(candidate: Candidate, hit: DateHit, first_trigger: int, folded: str) -> bool:
    """Whether a date stands by a word of finding, or behind a verb of saying and before the attack, unquoted."""
    words = candidate.sentence.words
    index = next((i for i, word in enumerate(words) if word.start >= hit.start), len(words))
    before = [word.text.removeprefix("و") for word in words[max(0, index - 10) : index]]
    if hit.start > first_trigger:
        if any(word in _FINDING for word in before[-2:]) or any(word in _STATEMENTS for word in before[-3:]):
            return True
        return _is_quoting([word.text for word in words[max(0, index - _QUOTED) : index]])
    said = next((at for at in range(len(before) - 1, -1, -1) if before[at] in _SAYING), None)
    if said is None or _THAT & set(before[said + 1 :]):
        return False  # "said that the forces had destroyed on Sunday …": the day of what is told
    return not is_quoted(candidate, hit, folded)


_IN_ITS_WAKE = frozenset({"اثر", "عقب", "بعد", "غداه", "جراء"})  # following, after


def _is_of_what_followed(candidate: Candidate, hit: DateHit, anchors: Sequence[int]) -> bool:
    """Whether "the army moved in on Monday after a mine exploded (on Sunday)" tells the day of the moving in.

    "On Monday the court charged him with trying to blow up an aircraft on Friday" tells that of the charge.
    """
    first = min(anchors)
    between = (told for told in candidate.modality if hit.end <= told.start < first)
    if any(told.row["modality"] == "trial" for told in between):
        return True
    return any(word.text in _IN_ITS_WAKE for word in candidate.sentence.words if hit.end <= word.start < first)


_QUOTED = 14  # words from "as the force announced" to the day on which it did
_AS = frozenset("حسبما كما ما حسب وفق".split())  # as, according to what


def _is_quoting(words: Sequence[str]) -> bool:
    """Whether "as the police said" stands there, so that the day behind it is the day of speaking."""
    return any(word in _AS and after in _SAYING for word, after in pairwise(words))


def stands_before_saying(candidate: Candidate, hit: DateHit) -> bool:
    """Whether a sentence opens with a date and then a verb of saying ("on Monday the spokesman said …")."""
    words = candidate.sentence.words
    index = next((i for i, word in enumerate(words) if word.start >= hit.end), len(words))
    return 0 < index <= 6 and index < len(words) and words[index].text in _SAYING


def is_span_of_rank(candidate: Candidate, hit: DateHit) -> bool:
    """Whether a period is the one in which the attack is the second, the third …: "the second this week"."""
    if hit.kind != "period":
        return False
    before = [word.text for word in candidate.sentence.words if word.end <= hit.start][-_RANK_REACH:]
    return any(word in RANKED for word in before)


def is_of_greenwich(hit: DateHit, folded: str) -> bool:
    """Whether a date stands in brackets with the Greenwich time: the day there, not at the place."""
    opened = folded.rfind("(", max(0, hit.start - 30), hit.start)
    return opened >= 0 and ")" not in folded[opened : hit.start] and "ت غ" in folded[opened : hit.start]


def is_quoted(candidate: Candidate, hit: DateHit, folded: str) -> bool:
    """Whether a date stands within quotation marks: said by who is quoted, of what he tells."""
    return folded.count('"', candidate.sentence.start, hit.start) % 2 == 1


def is_day_of_rite(candidate: Candidate, hit: DateHit) -> bool:
    """Whether a date stands beside a funeral, which buries the victims on a later day."""
    words = candidate.sentence.words
    index = next((i for i, word in enumerate(words) if word.start >= hit.start), len(words))
    after = next((i for i in range(index, len(words)) if words[i].start >= hit.end), len(words))
    near = [word.text for word in (*words[max(0, index - 5) : index], *words[after : after + 3])]
    return any(word.removeprefix("و") in _RITES for word in near)


def is_of_prayer(candidate: Candidate, hit: DateHit) -> bool:
    """Whether an event is told to have been during, before or after the Friday prayer."""
    words = candidate.sentence.words
    index = next((i for i, word in enumerate(words) if word.start >= hit.start), 0)
    return (
        hit.kind == "weekday"
        and index > 1
        and words[index - 1].text in _PRAYERS
        and words[index - 2].text.removeprefix("و") in _AT_PRAYER
    )
