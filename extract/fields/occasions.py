"""Turns what a frame and its report say of time into its day and its role: news, or background long known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from extract.dates import DateHit
from extract.events.frames import Facts, Frame
from extract.fields.days import is_year_of_attack
from extract.fields.spots import Spot
from extract.lexicon import word_set

if TYPE_CHECKING:
    from extract.fields.mentions import Reading

NEWS_DAYS = 3  # an event on the day of publication or the three days before is news
REVEALED_DAYS = 21  # an event that a report reveals as its news may be so old
LANDMARK_DAYS = 3 * 366  # an older event that is recalled is a landmark, not background
_CONDEMNING = word_set("condemning")
_RITES = word_set("rites")
_JUDGING = word_set("judging")
_EARLY = 2  # sentences, the headline's and those of a page's head included
_OTHERS = frozenset({"اخرون", "اخرين", "اخران"})  # others


def is_first(frame: Frame, reading: Reading) -> bool:
    return bool(reading.frames) and frame is reading.frames[0]


def choose_day(frame: Frame, reading: Reading) -> tuple[date | None, str, DateHit | None]:
    """The frame's day: the first that its sentences name to the day; else the vaguer one; else the report's own day."""
    named = [
        fact
        for fact in frame.facts
        if fact.day is not None
        and (
            fact.candidate.strength
            or fact.refers_back
            or fact is frame.lead
            or (fact.killed and fact.killed == frame.lead.killed)
        )
    ]
    exact = [fact for fact in named if fact.precision == "day"]
    for fact in exact:
        if not fact.said:
            return fact.day, "day", fact.date_hit
    own = bool(named) and named[0] is frame.lead and named[0].date_hit is not None and not named[0].said
    told = None if own else _series_day(frame, reading)
    if told is not None:
        return told, "day", None
    vague = [fact for fact in named if not fact.said and fact.precision in ("month", "year")]
    if reading.trial and vague:
        return vague[0].day, vague[0].precision or "unknown", vague[0].date_hit  # the other day is the verdict's
    today = reading.calendar.today
    ruling = named if is_first(frame, reading) else []  # what comes later is not taken for today's
    bygone = next((fact for fact in ruling if today and _is_bygone(fact, today)), None)
    if bygone is not None:
        return bygone.day, bygone.precision or "unknown", bygone.date_hit
    undated = not named or (bool(exact) and exact[0].day == today)
    if today is not None and undated and not vague and is_first(frame, reading) and _is_judged(frame):
        return today - timedelta(days=1), "week", None  # who condemns an attack does it some day after
    for fact in exact:
        return fact.day, "day", fact.date_hit
    if named and (named[0] is frame.lead or not is_first(frame, reading)):
        return named[0].day, named[0].precision or "unknown", named[0].date_hit
    weeks = [fact for fact in named if fact.precision == "week"]
    if weeks:
        return weeks[0].day, "week", weeks[0].date_hit
    years = [fact for fact in named if fact.precision == "year" and fact.tolls and not frame.lead.tolls]
    if years:
        return years[0].day, "year", years[0].date_hit  # its victims are told with a year: no attack of today
    if today is None or _opens_before_that(frame):
        return None, "unknown", None
    if not is_first(frame, reading) and not frame.in_headline:
        previous = _previous_day(frame, reading)
        if previous is not None:
            return previous[0], previous[1], None
    return today, "day", None


def _is_bygone(fact: Facts, today: date) -> bool:
    """Whether a year or month before the report's stands right with the attack: the undated is of then."""
    if fact.day is None or fact.date_hit is None or fact.precision not in ("month", "year"):
        return False
    began = date(today.year, today.month if fact.precision == "month" else 1, 1)
    return fact.day < began and is_year_of_attack(fact.candidate, fact.date_hit)


def _is_judged(frame: Frame) -> bool:
    """Whether an early sentence condemns, regrets or denounces the attack before it names it."""
    for fact in frame.facts:
        candidate = fact.candidate
        if candidate.order > _EARLY:
            return False
        first = min((hit.first for hit in candidate.triggers if hit.row["kind"] != "act"), default=0)
        if any(word.text.removeprefix("و") in _JUDGING for word in candidate.sentence.words[:first]):
            return True
    return False


def _opens_before_that(frame: Frame) -> bool:
    """Whether it is told with "before that": some day, but not the report's own."""
    words = [word.text.removeprefix("و") for word in frame.lead.candidate.sentence.words[:3]]
    if words[-1:] and words[-1] in _SHORTLY:
        return False
    return frame.lead.candidate.clauses[0].first == 0 and words[:2] in (["قبل", "ذلك"], ["قبل", "هذا"])


# By hours, by an hour, by two hours, by minutes, by a little: on the same day.
_SHORTLY = frozenset("بساعات بساعه بساعتين بدقايق بقليل".split())


def _series_day(frame: Frame, reading: Reading) -> date | None:
    """The day of the wave of attacks of which this frame's is one, told just before it."""
    order = frame.lead.candidate.order
    framed = {id(fact) for other in reading.frames for fact in other.facts}  # the others are sums of what is told
    days = [
        fact.day
        for fact in reading.facts
        if (fact.candidate.is_series or (fact.tolls and (fact.candidate.strength == 0 or id(fact) not in framed)))
        and fact.day
        and fact.precision == "day"
        and not fact.said
        and not fact.candidate.recalled
        and 0 <= order - fact.candidate.order <= 12
    ]
    if not days and frame.in_headline and all(fact.day is None for fact in frame.facts):
        days = [fact.day for fact in reading.facts if fact.day and _tells_on(fact, frame)]
    return days[-1] if days else None


def _tells_on(fact: Facts, frame: Frame) -> bool:
    """Whether the next sentence, of many rockets, still tells the headline's attack, and names its day."""
    return (
        fact.candidate.is_series
        and fact.precision == "day"
        and fact.exact
        and fact.method == frame.method
        and not fact.said
        and not fact.candidate.recalled
        and "earlier" not in fact.candidate.signs
        and 0 < fact.candidate.order - frame.last_sentence <= 1
    )


def _previous_day(frame: Frame, reading: Reading) -> tuple[date, str] | None:
    """The day that the sentences before this frame were about; or the month, where the one before it recalls an attack.

    "In May two mosques were attacked. Twenty-one died in the first. Four others were killed in …" is all of May.
    """
    lead = frame.lead.candidate
    days = [
        (fact.candidate.order, fact.candidate.start, fact.day, fact.precision or "unknown")
        for other in reading.frames
        for fact in other.facts
        if fact.day and not fact.candidate.recalled
    ]
    before = [told for told in days if told[:2] < (lead.order, lead.start)]
    if before and lead.order - max(before)[0] <= 2 and max(before)[3] == "month" and _goes_on(frame):
        return max(before)[2:]
    exact = [told for told in before if told[3] == "day"]
    return max(exact)[2:] if exact else None


def _goes_on(frame: Frame) -> bool:
    """Whether "other" people or things stand in the frame's first sentence: it goes on with what was told before it."""
    return any(word.text in _OTHERS for word in frame.lead.candidate.sentence.words)


def choose_role(frame: Frame, day: date | None, precision: str, reading: Reading) -> str:
    """`news` where the report tells it as its news, or it happened within three days of publication."""
    today = reading.calendar.today
    if day is None or today is None:
        return "news" if is_first(frame, reading) else "background"
    if precision == "day" and today - day <= timedelta(days=NEWS_DAYS):
        return "news"
    near = today - day <= timedelta(days=NEWS_DAYS)
    week = precision == "week" and not _is_funeral(reading) and (near or not reading.untold)
    if week and today - day <= timedelta(days=7) and is_first(frame, reading):
        return "news"
    lead = frame.lead.candidate
    signs = set().union(*(c.clause_modality for c in frame.candidates[:2]))
    if is_first(frame, reading) and (lead.order <= 1 or frame.in_headline):
        remembered = any("anniversary" in c.covers for c in frame.candidates) or bool(signs & {"trial", "analysis"})
        remembered = remembered or _is_condemnation(reading) or reading.untold or _is_occasion(frame)
        if not remembered and today - day <= timedelta(days=REVEALED_DAYS):
            return "news"
    return "background"


_UPON = word_set("upon")
_UPON_REACH = 3  # words between "after" and the attack: "after the two attacks", "against the background of what the"


def _is_occasion(frame: Frame) -> bool:
    """Whether the sentence that first tells the attack only names it as what its own news came after."""
    candidate = frame.lead.candidate
    first = next((hit.first for hit in candidate.real if hit.row["kind"] != "act"), 0)
    words = candidate.sentence.words
    if any(toll.count and toll.start < words[first].start for toll in frame.lead.tolls):
        return False  # "five died after a car bomb went off"
    return any(word.text.removeprefix("و") in _UPON for word in words[max(0, first - _UPON_REACH) : first])


def _is_condemnation(reading: Reading) -> bool:
    """Whether the report's news is that somebody condemns or accuses, not the attack itself."""
    return _opens_with(reading, _CONDEMNING)


def _is_funeral(reading: Reading) -> bool:
    """Whether the report's news is that victims are buried."""
    return _opens_with(reading, _RITES)


def _opens_with(reading: Reading, words: frozenset[str]) -> bool:
    """Whether one of the words stands early in the headline or the lead."""
    first = [s for s in reading.document.sentences if s.source == "title"][:1] + [
        s for s in reading.document.sentences if s.source == "text"
    ][:1]
    return any(word.text.removeprefix("و") in words for s in first for word in s.words[:12])


def check_background(role: str, day: date | None, precision: str, spot: Spot, reading: Reading) -> str | None:
    """Background is coded only with a place and a date, and not for landmarks."""
    if role != "background":
        return None
    if day is None or precision not in ("day", "week", "month", "year"):
        return "background without a date"
    if precision == "year":
        return "background without a date"
    today = reading.calendar.today
    if today and (today - day).days > LANDMARK_DAYS:
        return "landmark"
    if spot.admin1 is None and spot.lat is None:
        return "background without a place"
    return None
