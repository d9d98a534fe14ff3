"""Turns a first choice of means and target into the final one, by who struck, from how far, and the report's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extract.actors.attribution import Attribution
from extract.events.frames import Frame
from extract.fields.methods import is_same_family
from extract.fields.spots import Spot
from extract.fields.targets import TargetChoice, TargetContext
from extract.layout import Document
from extract.lexicon import Hit, phrase_set

if TYPE_CHECKING:
    from extract.fields.mentions import Reading

_STATES_WITH_MISSILES = frozenset({"iran", "us", "israel", "russia", "turkey", "saudi_arabia", "india", "pakistan"})
_BEYOND_ROCKETS = frozenset({"KW", "JO", "SA", "AE", "QA", "BH", "IL"})  # out of reach of a militia's rockets from Iraq
_ROCKETS = phrase_set("rocket_signs")
_IRANIAN_PARTIES = phrase_set("iranian_parties")
_AIR_POWERS = frozenset(
    {"us", "coalition", "turkey", "israel", "russia", "saudi_coalition", "iraqi_forces", "jordan", "egypt"}
)
_STRIKE_GROUPS = _AIR_POWERS - {
    "israel",
    "russia",
    "us",
    "coalition",
    "saudi_coalition",
}  # who bomb hardly anything but armed groups
_ALIKE = frozenset({"مماثل", "مماثله", "مشابه", "مشابهه"})  # a like one
_MASS_CASUALTY = 20  # a bomb that kills so many struck a crowd, where no force is named
_COALITION = phrase_set("coalition_signs")


def refine_method(
    method: str, hit: Hit | None, attribution: Attribution, spot: Spot, frame: Frame, reading: Reading
) -> str:
    """Tell missiles from rockets by who fired and how far, where the report only says "صاروخ" (either).

    "The shelling" or "a like attack" has the means of the attacks told before it, where those have one.
    """
    if method == "unknown":
        method = _inherit_method(frame, reading)
    if method == "unknown" and attribution.actor in _AIR_POWERS - {"iraqi_forces"} and _is_strike(frame):
        return "airstrike"
    if method == "unknown" and attribution.actor in _AIR_POWERS and _names_aircraft(frame):
        return "airstrike"
    if method != "rocket":
        return method
    if attribution.actor in _AIR_POWERS and any(
        hit.row["method"] == "drone" for other in reading.frames for c in other.candidates for hit in c.real
    ):
        return "drone"
    if attribution.actor in _AIR_POWERS and _flies_raids(frame, reading, attribution):
        return "airstrike"
    text = " ".join(reading.document.folded(c.source)[c.start : c.end] for c in frame.candidates)
    if any(word in text for word in _ROCKETS):
        return method
    if attribution.actor in _STATES_WITH_MISSILES or any(word in text for word in _IRANIAN_PARTIES):
        return "missile"
    return "missile" if spot.country in _BEYOND_ROCKETS - {"IL"} else method


def _flies_raids(frame: Frame, reading: Reading, attribution: Attribution) -> bool:
    """Whether the same air power flew raids elsewhere that day: its "missile strike" is then one of them."""
    days = {fact.day for fact in frame.facts if fact.precision == "day"}
    return any(
        other is not frame
        and other.method == "airstrike"
        and any(fact.precision == "day" and fact.day in days for fact in other.facts)
        and reading.attributions.of(other).actor == attribution.actor
        for other in reading.frames
    )


_STRIKE = ("ضربه", "ضربات", "ضربتان", "ضربتين")  # strike, strikes


def _is_strike(frame: Frame) -> bool:
    """Whether an air power's attack is only called a strike."""
    words = [c.sentence.words[at].text for c in frame.candidates for hit in c.real for at in range(hit.first, hit.last)]
    return any(word.lstrip("بوال").startswith(_STRIKE) for word in words)


_AIRCRAFT = ("طايرات", "الطايرات", "الطيران", "مقاتلات", "المقاتلات")


def _names_aircraft(frame: Frame) -> bool:
    """Whether aircraft, and no drones, are named where the attack is told: "the aircraft answered by shelling"."""
    words = [word.text for word in frame.lead.candidate.sentence.words]
    flown = any(word in _AIRCRAFT for word in words)
    return flown and not any(word.startswith(("مسير", "المسير")) or word == "طيار" for word in words)


def _inherit_method(frame: Frame, reading: Reading) -> str:
    lead = frame.lead.candidate
    alike = any(word.text in _ALIKE for word in lead.sentence.words)
    if not (lead.is_definite or alike) or lead.is_factive or (lead.recalled and not alike):
        return "unknown"
    before = {
        fact.method
        for fact in reading.facts
        if fact.exact and fact.candidate.order < lead.order and fact.candidate.strength >= 3
    }
    return before.pop() if len(before) == 1 else "unknown"


def default_target(target: TargetChoice, method: str, attribution: Attribution, frame: Frame) -> TargetChoice:
    """The target where nothing firm is said: an air power's strike is on militants, a deadly bomb in a crowd."""
    vague = target.target in ("unknown", "civilians", "government")
    powerful = attribution.actor in _AIR_POWERS
    if vague and method in ("drone", "airstrike") and (powerful or attribution.actor is None):
        tolls = [toll for fact in frame.facts for toll in fact.tolls if not toll.negated]
        named = powerful and "armed_group" in target.losers
        militants = named or any(toll.group == "militants" for toll in tolls)
        harmed = any(toll.group in ("civilians", "children", "women") for toll in tolls)
        presumed = target.target == "unknown" and attribution.actor in _STRIKE_GROUPS
        if presumed or (militants and not harmed):
            return TargetChoice(target="armed_group", hit=None, source=None, losers=target.losers)
    if (
        target.target == "unknown"
        and method in ("ied", "suicide", "vehicle_bomb")
        and max(frame.killed, default=0) >= _MASS_CASUALTY
    ):
        return TargetChoice(target="civilians", hit=None, source=None, losers=target.losers)
    return target


_SITES = ("مطار", "القاعده", "قاعده", "معسكر", "المطار")  # airport, base, camp
# There are in it, it holds, it hosts, are spread in it, are stationed there.
_HOSTING = tuple("يوجد توجد تضم يضم تستضيف يستضيف ينتشر تنتشر تتمركز يتمركز تتواجد فيها".split())


def _tells_of_guests(folded: str) -> bool:
    """Whether a sentence says that an airport or a base has foreign troops in it."""
    return (
        any(word in folded for word in _HOSTING)
        and any(word in folded for word in _SITES)
        and any(word in folded for word in ("امريكي", "اميركي", "التحالف"))
        and any(word in folded for word in ("قوات", "جنود", "عسكري", "مستشار"))
    )


def _has_guests(document: Document) -> bool:
    """Whether any sentence tells of foreign troops in an airport or a base; most reports name no such troops at all."""
    whole = document.text.folded
    if not any(word in whole for word in ("امريكي", "اميركي", "التحالف")) or not any(word in whole for word in _SITES):
        return False
    return any(_tells_of_guests(document.folded(s.source)[s.start : s.end]) for s in document.sentences)


def make_context(reading: Reading, spot: Spot, method: str, frame: Frame) -> TargetContext:
    """What the whole report says that settles ambiguous targets."""
    sentences = [c.sentence for c in frame.candidates] + reading.document.sentences[:3]
    text = " ".join(reading.document.folded(s.source)[s.start : s.end] for s in sentences)
    coalition = any(word in text for word in _COALITION)
    if not coalition:
        coalition = _has_guests(reading.document)
    embassy = "السفارات" in text and any(word in text for word in ("امريكي", "اميركي"))
    embassy = embassy or any(
        word in text for word in ("السفاره الامريكيه", "السفاره الاميركيه", "سفاره واشنطن", "السفاره")
    )
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
        country=spot.country,
        coalition=coalition,
        embassy=embassy,
        method=method,
        document=reading.document,
        al_qaeda=al_qaeda,
        blamed=reading.attributions.charged,
        striker=attribution.actor,
        place=spot.place,
        around=around,
    )
