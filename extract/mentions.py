"""Turns one frame of a report into a coded mention, or into the reason why it is no incident."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from extract.actors import ActorHit
from extract.attribution import Attribution, Attributions
from extract.confidence import describe_mention, load_models, rate
from extract.dates import DateHit
from extract.days import Calendar
from extract.frames import Facts, Frame
from extract.layout import Document
from extract.lexicon import Hit
from extract.methods import choose_method, count_munitions, is_same_family
from extract.numbers import find_numbers
from extract.reality import Status, judge_status
from extract.spots import Spot, choose_spot
from extract.targets import TargetChoice, TargetContext, choose_target
from extract.text import fold
from extract.toll import combine_tolls
from extract.twins import SAID
from store.records import Evidence, Mention, Report

NEWS_DAYS = 3  # an event on the day of publication or the three days before is news
REVEALED_DAYS = 21  # an event that a report reveals as its news may be so old
LANDMARK_DAYS = 3 * 366  # an older event that is recalled is a landmark, not background


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The choices that made a mention, each with the candidates that lost."""

    status: Status
    spot: Spot
    method_hit: Hit | None
    date_hit: DateHit | None
    target: TargetChoice
    attribution: Attribution


@dataclass(slots=True, kw_only=True)
class Reading:
    """What the coder knows of a whole report when it codes one frame."""

    report: Report
    document: Document
    calendar: Calendar
    country: str | None
    actors: dict[int, list[ActorHit]]
    frames: list[Frame]
    facts: list[Facts] = field(default_factory=list)
    attributions: Attributions = field(default_factory=lambda: Attributions({}))
    features: list[dict[str, float]] = field(default_factory=list)  # of each mention weighed, for fitting the models
    decisions: dict[int, Decision] = field(default_factory=dict)  # what made each mention, by the identity of the frame
    attacks: int = 0  # how many sentences of the report speak of an attack or a weapon
    crime: bool = False  # the headline tells of a feud or a crime
    sport: int = 0  # how many different words of sport the report has
    explained: str | None = None  # the report traces the noise to an accident or a drill


@dataclass(slots=True)
class _Quotes:
    """Collects evidence: spans of folded text turned into quotes of the original."""

    document: Document
    found: list[Evidence] = field(default_factory=list)

    def add(self, name: str, source: str, start: int, end: int, rule: str | None = None) -> None:
        text = self.document.folded_text(source)
        first, last = text.to_original(start, end)
        self.found.append(
            Evidence(field=name, source=source, quote=text.original[first:last], start=first, end=last, rule=rule)
        )


# Sentences of these kinds tell of no incident unless a means is named in them.
_EMPTY = ("combat", "arrest", "crime")
_VOID = ("drill", "accident", "sighting")


def make_mention(frame: Frame, reading: Reading) -> Mention | str:
    """Code `frame`; a string is the reason why it is no incident."""
    candidates = frame.candidates
    status = judge_status(candidates)
    if status.status is None:
        return status.reason
    reason = find_objection(frame, reading)
    if reason:
        return reason
    spot = choose_spot(frame, reading)
    method, method_hit = choose_method([hit for candidate in candidates for hit in candidate.real])
    if status.status == "disputed":
        denied = [hit for candidate in candidates for hit in candidate.triggers if candidate.cover_of(hit) == "denial"]
        method, method_hit = choose_method(denied) if denied else (method, method_hit)
    if status.status in ("foiled", "disputed", "intercepted") and method == "unknown":
        method, method_hit = choose_method([hit for candidate in candidates for hit in candidate.triggers])
    day, precision, date_hit = choose_day(frame, reading)
    role = choose_role(frame, day, precision, reading)
    objection = check_background(role, day, precision, spot, reading)
    if objection:
        return objection
    if spot.country is None:
        return "no place"
    if method == "mine" and not (frame.killed or frame.wounded):
        return "a mine or remnant without victims"
    if is_recall_without_day(frame, reading, day_named=date_hit is not None):
        return "recalled without a date"
    if is_too_vague(frame, spot, day_named=date_hit is not None, reading=reading):
        return "too vague"
    attribution = reading.attributions.of(frame)
    target = choose_target(candidates, make_context(reading, spot, method, frame))
    method = refine_method(method, method_hit, attribution, spot, frame, reading)
    target = default_target(target, method, attribution, frame)
    reading.decisions[id(frame)] = Decision(
        status=status, spot=spot, method_hit=method_hit, date_hit=date_hit, target=target, attribution=attribution
    )
    return build_mention(frame, reading, status, spot, method, method_hit, (day, precision, date_hit), role, target, attribution)


_STATES_WITH_MISSILES = frozenset({"iran", "us", "israel", "russia", "turkey", "saudi_arabia", "india", "pakistan"})
_BEYOND_ROCKETS = frozenset({"KW", "JO", "SA", "AE", "QA", "BH", "IL"})  # out of reach of a militia's rockets from Iraq
_ROCKETS = tuple(fold(word) for word in ("كاتيوشا", "غراد", "قذيفة", "قذائف", "راجمة", "107", "من غزة", "القطاع", "هجوم صاروخي على سيار"))
_IRANIAN_PARTIES = tuple(fold(word) for word in ("المعارضة الإيرانية", "المعارضة الكردية", "كومله", "الحزب الديمقراطي الكردستاني الإيراني"))


def refine_method(
    method: str, hit: Hit | None, attribution: Attribution, spot: Spot, frame: Frame, reading: Reading
) -> str:
    """Tell missiles from rockets by who fired and how far, where the report only says "صاروخ" (either)."""
    if method != "rocket":
        return method
    if attribution.actor in _AIR_POWERS and any(
        hit.row["method"] == "drone" for other in reading.frames for c in other.candidates for hit in c.real
    ):
        return "drone"
    text = " ".join(reading.document.folded(c.source)[c.start : c.end] for c in frame.candidates)
    if any(word in text for word in _ROCKETS):
        return method
    if attribution.actor in _STATES_WITH_MISSILES or any(word in text for word in _IRANIAN_PARTIES):
        return "missile"
    return "missile" if spot.country in _BEYOND_ROCKETS - {"IL"} else method


_AIR_POWERS = frozenset({"us", "coalition", "turkey", "israel", "russia", "saudi_coalition", "iraqi_forces", "jordan", "egypt"})


_MASS_CASUALTY = 20  # a bomb that kills so many struck a crowd, where no force is named


def default_target(target: TargetChoice, method: str, attribution: Attribution, frame: Frame) -> TargetChoice:
    """What is taken for the target where nothing firm is said: an air power's strike on militants, a bomb in a crowd."""
    vague = target.target in ("unknown", "civilians", "government")
    if vague and method in ("drone", "airstrike") and attribution.actor in _AIR_POWERS:
        tolls = [toll for fact in frame.facts for toll in fact.tolls if not toll.negated]
        militants = any(toll.group == "militants" for toll in tolls) or "armed_group" in target.losers
        harmed = any(toll.group in ("civilians", "children", "women") for toll in tolls)
        if target.target == "unknown" or (militants and not harmed):
            return TargetChoice(target="armed_group", hit=None, source=None, losers=target.losers)
    if target.target == "unknown" and method in ("ied", "suicide", "vehicle_bomb") and max(frame.killed, default=0) >= _MASS_CASUALTY:
        return TargetChoice(target="civilians", hit=None, source=None, losers=target.losers)
    return target


def find_objection(frame: Frame, reading: Reading) -> str | None:
    """Why a frame whose words tell of an attack is none all the same."""
    lead = frame.lead.candidate
    modalities = set().union(*(c.clause_modality for c in frame.candidates if c.strength >= 2))
    if reading.sport >= 5 or (reading.sport >= 2 and not any(fact.tolls for fact in frame.facts)):
        return "sport"
    for name in _VOID:
        if name in modalities and not frame.is_exact:
            return name
    if any("crime" in c.clause_modality for c in frame.candidates) or (reading.crime and _is_first(frame, reading)):
        return "crime"
    if "drill" in lead.clause_modality and not any(fact.tolls for fact in frame.facts) and not any(c.has_sign_of_attack for c in frame.candidates):
        return "drill"
    if any(name in lead.clause_modality for name in _EMPTY) and not (frame.is_exact or "intercepted" in lead.covers):
        return next(name for name in _EMPTY if name in lead.clause_modality)
    if lead.is_definite and frame.lead.is_of_thousands:
        return "the toll of a war"
    if lead.is_series and not frame.lead.listed and len(reading.report.text) > 1000 and not (frame.spots and frame.killed):
        return "series"
    if not reading.attacks and all(hit.row["kind"] in ("blast", "act") for c in frame.candidates for hit in c.real):
        return "an explosion that nobody calls an attack"
    if reading.explained and not (frame.killed or frame.wounded) and not any("denial" in c.covers for c in frame.candidates):
        return reading.explained
    if reading.explained and not any(hit.row["kind"] == "attack" for c in frame.candidates for hit in c.real):
        return reading.explained
    if any(hit.row["modality"] == "anniversary" for c in frame.candidates[:2] for hit in c.modality):
        today = reading.calendar.today
        if today is None or frame.day is None or (today - frame.day).days < 25:
            return "anniversary"
    return None


def _is_first(frame: Frame, reading: Reading) -> bool:
    return bool(reading.frames) and frame is reading.frames[0]


def is_recall_without_day(frame: Frame, reading: Reading, *, day_named: bool) -> bool:
    """Whether a later part of the report only refers to an attack known from before, and does not say when it was."""
    lead = frame.lead.candidate
    if day_named or _is_first(frame, reading) or frame.in_headline or any(fact.day for fact in frame.facts):
        return False
    if "recall" in lead.signs and lead.clauses[0].first == 0 and not lead.has_toll and not lead.is_definite:
        return True
    if lead.answered:
        return False  # "shelled them after shots from there": the same day
    return lead.recalled or (lead.is_definite and lead.is_factive) or "trial" in lead.clause_modality


def is_too_vague(frame: Frame, spot: Spot, *, day_named: bool, reading: Reading) -> bool:
    """Whether an attack is spoken of without particulars: no spot, no day, no toll; beside the lead, no governorate."""
    if spot.admin1 is not None or (frame.lead.listed and frame.lead.countries):
        return False
    leads = _is_first(frame, reading) or frame.in_headline
    has_toll = bool(frame.killed or frame.wounded)
    countries = frame.lead.countries
    if len(countries) > 1 and not (spot.precision == "region"):
        return True  # attacks in several countries told as one
    if not leads:
        return not has_toll
    if spot.precision == "region":
        return False
    if spot.source is None and len(reading.report.text) > 350:
        return not (has_toll and day_named)
    if day_named or any(fact.tolls for fact in frame.facts):
        return False
    return not (frame.is_exact and len(reading.report.text) < 350)


def choose_day(frame: Frame, reading: Reading) -> tuple[date | None, str, DateHit | None]:
    """The frame's day: the first that its sentences name to the day; else the vaguer one; else the report's own day."""
    named = [
        fact
        for fact in frame.facts
        if fact.day is not None
        and (fact.candidate.strength or fact.refers_back or fact is frame.lead or (fact.killed and fact.killed == frame.lead.killed))
    ]
    exact = [fact for fact in named if fact.precision == "day"]
    for fact in exact:
        if not fact.said:
            return fact.day, "day", fact.date_hit
    told = _series_day(frame, reading)
    if told is not None:
        return told, "day", None
    for fact in exact:
        return fact.day, "day", fact.date_hit
    if named and (named[0] is frame.lead or not _is_first(frame, reading)):
        return named[0].day, named[0].precision or "unknown", named[0].date_hit
    weeks = [fact for fact in named if fact.precision == "week"]
    if weeks:
        return weeks[0].day, "week", weeks[0].date_hit
    today = reading.calendar.today
    if today is None:
        return None, "unknown", None
    if not _is_first(frame, reading) and not frame.in_headline:
        previous = _previous_day(frame, reading)
        if previous is not None:
            return previous, "day", None
    return today, "day", None


def _series_day(frame: Frame, reading: Reading) -> date | None:
    """The day of the wave of attacks of which this frame's is one, told just before it."""
    order = frame.lead.candidate.order
    days = [
        fact.day
        for fact in reading.facts
        if (fact.candidate.is_series or (fact.candidate.strength == 0 and fact.tolls))
        and fact.day and fact.precision == "day" and not fact.said
        and 0 <= order - fact.candidate.order <= 12
    ]
    return days[-1] if days else None


def _previous_day(frame: Frame, reading: Reading) -> date | None:
    """The day that the sentences before this frame were about."""
    order = frame.lead.candidate.order
    days = [
        (fact.candidate.order, fact.day)
        for other in reading.frames
        for fact in other.facts
        if fact.day and fact.precision == "day" and fact.candidate.order < order and not fact.candidate.recalled
    ]
    return max(days)[1] if days else None


def choose_role(frame: Frame, day: date | None, precision: str, reading: Reading) -> str:
    """`news` where the report tells it as its news, or it happened within three days of publication."""
    today = reading.calendar.today
    if day is None or today is None:
        return "news" if _is_first(frame, reading) else "background"
    if precision == "day" and today - day <= timedelta(days=NEWS_DAYS):
        return "news"
    if precision == "week" and today - day <= timedelta(days=7) and _is_first(frame, reading):
        return "news"
    lead = frame.lead.candidate
    signs = set().union(*(c.clause_modality for c in frame.candidates[:2]))
    if _is_first(frame, reading) and (lead.order <= 1 or frame.in_headline):
        remembered = any(c.covers & {"anniversary"} for c in frame.candidates) or signs & {"trial", "analysis"}
        remembered = remembered or _is_condemnation(reading)
        if not remembered and today - day <= timedelta(days=REVEALED_DAYS):
            return "news"
    return "background"


_CONDEMNING = frozenset("دان دانت ادان ادانت ندد نددت استنكر استنكرت شجب شجبت اتهم اتهمت تدين يدين تندد تستنكر يستنكر تتهم يتهم تدينان منظمه هيومن رايتس العفو تقرير".split())


def _is_condemnation(reading: Reading) -> bool:
    """Whether the report's news is that somebody condemns or accuses, not the attack itself."""
    first = [s for s in reading.document.sentences if s.source == "title"][:1] + [
        s for s in reading.document.sentences if s.source == "text"
    ][:1]
    return any(word.text.removeprefix("و") in _CONDEMNING for s in first for word in s.words[:12])


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


def make_context(reading: Reading, spot: Spot, method: str, frame: Frame) -> TargetContext:
    """What the whole report says that settles ambiguous targets."""
    sentences = [c.sentence for c in frame.candidates] + reading.document.sentences[:3]
    text = " ".join(reading.document.folded(s.source)[s.start : s.end] for s in sentences)
    coalition = any(word in text for word in _COALITION)
    embassy = any(word in text for word in ("السفاره الامريكيه", "السفاره الاميركيه", "سفاره واشنطن", "السفاره"))
    whole = reading.document.text.folded
    al_qaeda = "تنظيم القاعده" in whole or "القاعده في" in whole or 'تنظيم "القاعده' in whole
    order = frame.lead.candidate.order
    own = {id(fact) for fact in frame.facts}
    around = [
        fact.candidate
        for fact in reading.facts
        if fact.candidate.order <= order + 1
        and (fact.candidate.source == "title" or fact.candidate.is_series)
        and id(fact) not in own
        and is_same_family(fact.method, method)
    ]
    attribution = reading.attributions.of(frame)
    for other in reading.frames:
        if other is not frame and attribution.actor and reading.attributions.of(other) is attribution:
            around += other.candidates  # one run of strikes
    if attribution.actor in ("coalition", "saudi_coalition", "us"):
        coalition = False  # it is they who strike
    return TargetContext(
        country=spot.country, coalition=coalition, embassy=embassy, method=method, document=reading.document,
        al_qaeda=al_qaeda, blamed=reading.attributions.charged, striker=attribution.actor, place=spot.place, around=around,
    )


_COALITION = tuple(
    fold(word)
    for word in ("أمريكي", "أميركي", "التحالف", "للتحالف", "الناتو", "الأطلسي", "إيساف", "قوات دولية", "متعددة الجنسيات", "واشنطن", "احتلال")
)


def build_mention(
    frame: Frame,
    reading: Reading,
    status: Status,
    spot: Spot,
    method: str,
    method_hit: Hit | None,
    when: tuple[date | None, str, DateHit | None],
    role: str,
    target: TargetChoice,
    attribution: Attribution,
) -> Mention | str:
    quotes = _Quotes(reading.document)
    lead = frame.lead.candidate
    day, precision, date_hit = when
    quotes.add("incident", lead.source, lead.start, lead.end)
    if method_hit is not None:
        quotes.add("method", _source_of(frame, method_hit), method_hit.start, method_hit.end)
    if target.hit is not None and target.source:
        quotes.add("target", target.source, target.hit.start, target.hit.end)
    if date_hit is not None:
        said = any(fact.date_hit is date_hit and fact.said for fact in frame.facts)
        quotes.add("date", _source_of_fact(frame, date_hit), date_hit.start, date_hit.end, SAID if said else None)
    if spot.source is not None:
        quotes.add("place", spot.source, spot.start, spot.end)
    if attribution.hit is not None:
        quotes.add("actor", attribution.hit.sentence.source, attribution.hit.start, attribution.hit.end, attribution.rule)
    if status.hit is not None:
        quotes.add("status", status.source, status.hit.start, status.hit.end, status.reason)
    killed, wounded = code_toll(frame, quotes)
    munitions = code_munitions(frame, reading, method, quotes)
    mention = Mention(
        role=role, status=status.status or "occurred", method=method, target=target.target,
        date=day, date_precision=precision if day else "unknown",
        country=spot.country, admin1=spot.admin1, place=spot.place, lat=spot.lat, lon=spot.lon,
        munitions=munitions, killed=killed, wounded=wounded, actor=attribution.actor, claim=attribution.claim,
        confidence=0.5, evidence=tuple(quotes.found), place_precision=spot.precision, raw_place=spot.raw,
        second_attack=any("again" in c.signs for c in frame.candidates),
    )  # fmt: skip
    features = describe_mention(mention, frame, reading)
    reading.features.append(features)
    threshold = load_models()["decision"]["threshold"]
    particular = frame.is_exact and any(place.rank <= 0 for place in frame.spots) and date_hit is not None
    if frame.lead.listed:
        threshold = 0.0
    elif particular or (frame.in_headline and frame.strength >= 3):
        threshold /= 3  # the headline tells of an attack by a named means: little doubt is left
    if rate("incident", features) < threshold:
        return "unlikely"
    return replace(mention, confidence=round(rate("right", features), 3))


def code_toll(frame: Frame, quotes: _Quotes) -> tuple[int | None, int | None]:
    """Killed and wounded over all sentences of the frame."""
    claimed = [fact for fact in frame.facts if _is_claim(fact)]
    told = [toll for fact in frame.facts if fact not in claimed for toll in fact.tolls]
    kinds = {toll.kind for toll in told}  # who claims an attack counts its victims in his own way
    tolls = told + [toll for fact in claimed for toll in fact.tolls if toll.kind not in kinds]
    if not tolls:
        return None, None
    result = combine_tolls(tolls)
    sources = {id(toll): fact.candidate.source for fact in frame.facts for toll in fact.tolls}
    for toll in tolls:
        name = toll.kind if toll.kind in ("killed", "wounded") else "toll"
        quotes.add(name, sources[id(toll)], toll.start, toll.end)
    return result.killed, result.wounded


def _is_claim(fact: Facts) -> bool:
    return any(hit.row["sign"] == "claim" for clause in fact.candidate.clauses for hit in clause.claims)


def code_munitions(frame: Frame, reading: Reading, method: str, quotes: _Quotes) -> int | None:
    """The number of rockets, devices … in the first sentence of the frame that gives one."""
    vague = None
    for candidate in sorted(frame.candidates, key=lambda candidate: candidate.source == "title"):  # the text counts better
        folded = reading.document.folded(candidate.source)
        numbers = find_numbers(folded, candidate.start, candidate.end)
        triggers = [hit for hit in candidate.triggers if candidate.start <= hit.start < candidate.end]
        counted = count_munitions(method, numbers, triggers)
        if counted is None:
            continue
        value, start, end = counted
        if value is not None and value > 1:
            quotes.add("munitions", candidate.source, start, end)
            return count_further(value, frame)
        if value == 1 and vague is None:
            vague = (1, candidate.source, start, end)
        elif value is None and vague is None:
            vague = (None, candidate.source, start, end)
    if vague is None:
        return None
    quotes.add("munitions", vague[1], vague[2], vague[3])
    return vague[0]


_FURTHER = {2: ("ثالث", "ثالثا", "ثالثه"), 3: ("رابع", "رابعا", "رابعه"), 4: ("خامس", "خامسا", "خامسه")}  # third, fourth, fifth


def count_further(value: int, frame: Frame) -> int:
    """The number with one more where the report goes on to "a third one" after two."""
    words = {word.text for candidate in frame.candidates for word in candidate.sentence.words}
    return value + 1 if words & set(_FURTHER.get(value, ())) else value


def _source_of(frame: Frame, hit: Hit) -> str:
    return next((c.source for c in frame.candidates if hit in c.triggers), frame.lead.candidate.source)


def _source_of_fact(frame: Frame, hit: DateHit) -> str:
    return next((fact.candidate.source for fact in frame.facts if fact.date_hit is hit), frame.lead.candidate.source)


__all__ = ["Reading", "make_mention"]
