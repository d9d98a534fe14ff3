"""Turns a sentence that names an actor into charges: it did it, it claims it, it is accused, or nobody claims it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extract.actors.accusations import Verdict, find_allegiance, find_blame
from extract.actors.aircraft import owns_aircraft
from extract.actors.claims import find_claim, find_unknown_blame, find_unknown_claim, speaks_on
from extract.actors.grammar import is_agent
from extract.actors.line import Line, find_verb
from extract.actors.table import ActorHit, role_words
from extract.lexicon import Hit, load_lexicon, word_set

# What a claim or a blame points at: an ordinal, a plural or dual of attacks, or nothing in particular.
_FIRST = re.compile(r"(?:العمليه|[ال]لهجوم|[ال]لتفجير|[ال]لقصف|[ال]لانفجار|الحادث|هجوم|الضربه)\s+(?:الاول|الاولي)\b")
_SECOND = re.compile(
    r"(?:العمليه|[ال]لهجوم|[ال]لتفجير|[ال]لقصف|[ال]لانفجار|الحادث|الضربه)\s+(?:الثاني|الثانيه|الاخير|الاخيره|الجديد)\b"
)
_ALL = re.compile(
    r"\b[وبلف]?(?:ال|لل)(?:هجمات|تفجيرات|عمليات|عمليتين|عمليتان|هجومين|هجومان|تفجيرين|تفجيران|ضربات|غارات|اعتداءات|اعتداءين|انفجارات|انفجارين)\b|"
    r"كلا الهجومين|كلتا العمليتين"
)


_NO_NAME = 2.0  # so much less weighs a claim by factions of no name, where a group claims it by its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One statement of who did it; `actor` is None where nobody claims it, or a group unknown to the table does."""

    actor: str | None
    kind: str
    claim: str
    weight: float
    rule: str
    hit: ActorHit | None
    at: int  # the word by which it is tied to an event
    pointer: str = ""  # first | second | all


def read_charges(line: Line, folded: str, hits: Sequence[ActorHit]) -> list[Charge]:
    """All charges of one sentence."""
    signs = load_lexicon("claims.tsv").find(line.sentence.words)
    charges = [
        Charge(
            actor=None,
            kind="",
            claim="none",
            weight=5.0,
            rule="nobody claimed",
            hit=None,
            at=sign.first,
            pointer=_pointer_at(line, folded, sign.first),
        )
        for sign in signs
        if sign.row["sign"] == "none"
    ]
    for hit in hits:
        charge = _judge(line, hit, hits, signs, folded)
        if charge is not None:
            weight, claim, rule, at = charge
            if hit.kind == "umbrella" and claim == "claimed":
                weight -= _NO_NAME
            aimed = _pointer_at(line, folded, at) if rule != "attacker" else ""
            charges.append(
                Charge(
                    actor=hit.id, kind=hit.kind, claim=claim, weight=weight, rule=rule, hit=hit, at=at, pointer=aimed
                )
            )
    unknown = None if any(charge.claim == "claimed" for charge in charges) else find_unknown_claim(line, signs, hits)
    if unknown is not None:
        charges.append(_of_unknown(line, folded, unknown, claim="claimed"))
    charges += _claims_taken_up(line, folded, hits, signs)
    accused = None if any(charge.actor for charge in charges) else find_unknown_blame(line, signs, hits)
    if accused is not None:
        charges.append(_of_unknown(line, folded, accused, claim="attributed"))
    return charges


_UNKNOWN = {"claimed": (8.0, "claimed by an unknown group"), "attributed": (7.0, "an unknown group accused")}


def _of_unknown(line: Line, folded: str, sign: Hit, *, claim: str) -> Charge:
    """The charge that a group without an id claimed an attack or is accused of it."""
    weight, rule = _UNKNOWN[claim]
    return Charge(
        actor=None, kind="facade", claim=claim, weight=weight, rule=rule, hit=None,
        at=sign.first, pointer=_pointer_at(line, folded, sign.first),
    )  # fmt: skip


_WHICH = frozenset({"الذي", "التي", "اللذين", "اللتين"})
_CLAIMED_IT = frozenset("تبناه تبناها تبنته تبنتها تبناهما تبنتهما".split())


def _claims_taken_up(line: Line, folded: str, hits: Sequence[ActorHit], signs: Sequence[Hit]) -> list[Charge]:
    """Claims of another attack by the group named before: "… the bombing of X, which it claimed too"."""
    found = []
    for sign in signs:
        before = [hit for hit in hits if hit.last <= sign.first and hit.kind != "state"]
        after = [hit for hit in hits if 0 <= hit.first - sign.last <= 3]
        if line.word(sign.first) in _CLAIMED_IT and line.word(sign.first - 1) in _WHICH and before and not after:
            found.append(
                Charge(
                    actor=before[-1].id, kind=before[-1].kind, claim="claimed", weight=9.5,
                    rule="claimed responsibility", hit=before[-1], at=sign.first,
                    pointer=_pointer_at(line, folded, sign.first),
                )
            )  # fmt: skip
    return found


def find_pointer(text: str) -> str:
    """Which of several attacks a sentence on its authors means."""
    if _FIRST.search(text) and not _SECOND.search(text):
        return "first"
    if _SECOND.search(text) and not _FIRST.search(text):
        return "second"
    if _FIRST.search(text):
        return "first"
    return "all" if _ALL.search(text) else ""


def _pointer_at(line: Line, folded: str, at: int) -> str:
    """What the clause around a word points at."""
    first = at
    while first > 0 and not line.is_break(first):
        first -= 1
    last = line.reach(at, len(line.words))
    return find_pointer(folded[line.sentence.words[first].start : line.sentence.words[last - 1].end])


def _judge(line: Line, hit: ActorHit, hits: Sequence[ActorHit], signs: Sequence[Hit], folded: str) -> Verdict | None:
    """How one named actor stands to the event of its sentence: weight, claim, rule and the word that ties it."""
    if _is_denier(line, hit, signs) or _is_alternative(line, hit, hits):
        return None
    if hit.kind == "state" and (line.word(hit.first - 1) in _LED or _is_patron(line, hit)):
        return None  # only who leads the alliance that is named, or backs the group
    habit = is_habit(line, hit)
    claim = None if habit else find_claim(line, hit, hits, signs)
    if claim is not None:
        return claim
    blame = None if habit else find_blame(line, hit, hits, signs, folded)
    if blame is not None:
        own = blame[2] == "behind it" and _says_so_itself(line, hit, hits)
        return (9.0, "claimed", "its own statement", blame[3]) if own else blame
    if is_answered(line, hit.first):
        return None
    bears = any(line.bare(at).startswith("بصم") for at in range(max(0, hit.first - 4), hit.first))
    silent = any(sign.row["sign"] == "none" for sign in signs)
    if bears and silent:
        return None  # "nobody has claimed the bombing, which bears the mark of …"
    if is_campaign(line, hit) or _tells_of_earlier(line, hit):
        return None
    if owns_aircraft(line, hit, struck=False):
        return 6.5, "attributed", ITS_AIRCRAFT, hit.first
    taken_up = _find_taken_up(line, hit)
    if taken_up is not None and not habit:
        return 7.3, "claimed" if _says_so_itself(line, hit, hits) else "attributed", "behind it", taken_up
    if _fires_at_aircraft(line, hit) or _condemns(line, hit):
        return None
    if is_agent(line, hit, hits) and not (habit and hit.kind == "umbrella"):
        own = speaks_on(line, hit)
        return 7.0 + 0.3 * (hit.kind != "state"), "claimed" if own else "attributed", "attacker", hit.first
    return None if habit else find_allegiance(line, hit)


def _condemns(line: Line, hit: ActorHit) -> bool:
    """Whether it only judges the attack: "Washington renews its condemnation of the attack", "condemned by Iran"."""
    around = range(max(0, hit.first - 1), min(hit.last + 5, len(line.words)))
    return any(line.word(at).removeprefix("و") in _JUDGING for at in around)


_JUDGING = word_set("judging")
_GUNS = frozenset({"مضادات", "المضادات", "بمضادات", "بالمضادات"})  # anti-aircraft guns
_AIRCRAFT = ("طاير", "مسير", "صاروخ", "صواريخ", "هدف", "اهداف", "جسم", "درون")  # aircraft, drone, missile, target


def _fires_at_aircraft(line: Line, hit: ActorHit) -> bool:
    """Whether it only defends: "the security forces opened fire on a drone"."""
    for at in range(hit.last, min(hit.last + 6, len(line.words) - 1)):
        if line.word(at) in _GUNS:
            return True
        if line.word(at) in ("النار", "النيران") and line.word(at + 1) in ("علي", "باتجاه", "صوب", "تجاه"):
            return line.word(at + 2).removeprefix("ال").startswith(_AIRCRAFT)
    return False


def _is_patron(line: Line, hit: ActorHit) -> bool:
    """Whether it only backs who is named: "the militia, backed by Iran, said …"."""
    at = hit.first - 1 if hit.prefix else hit.first - 2
    return (hit.prefix != "" or line.word(hit.first - 1) in ("من", "الي")) and line.word(at) in role_words("loyal")


ITS_AIRCRAFT = "what struck was its own"
_LED = frozenset({"بقياده", "تقوده", "تقودها", "يقوده"})  # led by, which leads


def _says_so_itself(line: Line, hit: ActorHit, hits: Sequence[ActorHit]) -> bool:
    """Whether its own spokesman speaks: "a spokesman for the Taliban said that the movement carried out the attack"."""
    return any(
        other.id == hit.id
        and (
            (other.first <= hit.first and line.word(other.first - 1) in ("باسم", "بلسان"))
            or (other.last < hit.first and line.plays(other.first - 1, "speech") and not other.prefix)
        )
        for other in hits
    )


def _is_alternative(line: Line, hit: ActorHit, hits: Sequence[ActorHit]) -> bool:
    """Whether it is one of two that may have done it: "he belongs to X or to Y"."""
    for other in hits:
        first, second = (hit, other) if hit.first < other.first else (other, hit)
        if other.id != hit.id and "او" in line.words[first.last : second.first] and second.first - first.last <= 4:
            return True
    return False


def _find_taken_up(line: Line, hit: ActorHit) -> int | None:
    """The attack told before, which the actor is said to have carried out: "it was X that carried out both"."""
    if hit.prefix:
        return None
    for at in range(hit.last, min(hit.last + 4, len(line.words))):
        if line.word(at) in ("نفذ", "نفذت", "نفذوا", "شن", "شنت", "ارتكب", "ارتكبت"):
            noun = line.word(at + 1)
            told = noun in _TAKEN_UP or (noun.startswith("ال") and line.plays(at + 1, "noun"))
            return at + 1 if told else None
        if line.is_break(at):
            return None
    return None


_TAKEN_UP = frozenset("العمليه العمليتين العمليات الهجوم الهجومين الهجمات التفجير التفجيرين القصف الضربه".split())


# Earlier, has seen, like, repeated.
_EARLIER = frozenset("سابقا سبق وسبق شهد شهدت يشهد تشهد عرف عرفت سابقه مشابهه مماثله متكرره عديده".split())
_SUFFERED = frozenset("تعرضت تعرض تتعرض يتعرض عانت تعاني".split())  # was exposed to, suffers from
_PLURALS = frozenset("لهجمات لعمليات لتفجيرات لاعتداءات هجمات عمليات تفجيرات اعتداءات هجماتها اغتيالات ضربات".split())


def _tells_of_earlier(line: Line, hit: ActorHit) -> bool:
    """Whether the actor's deeds are others than the one reported: "the area has seen attacks that X carried out"."""
    around = range(max(0, hit.first - 6), min(hit.last + 5, len(line.words)))
    plural = any(line.word(at) in _PLURALS for at in around)
    if any(line.word(at) in ("كانت", "كان", "وكانت", "وكان") for at in range(max(0, hit.first - 12), hit.last + 6)):
        end = " ".join(line.words[hit.last : hit.last + 12])
        if any(when in end for when in ("العام الماضي", "قبل عام", "العام السابق", "السنه الماضيه", "قبل عامين")):
            return True  # "X had attacked the same place last year"
    before = range(max(1, hit.first - 9), hit.first)
    if plural and any(line.word(at) in _SUFFERED and line.word(at - 1) in ("التي", "الذي") for at in before):
        return True  # "in the city that was exposed to attacks which X carried out"
    if _goes_on_striking(line, hit):
        return True
    wide = range(max(0, hit.first - 9), min(hit.last + 6, len(line.words)))
    return plural and any(line.word(at) in _EARLIER for at in wide)


_STRIKES_ON = frozenset("تشن يشن تشنها يشنها تنفذ ينفذ تنفذها ينفذها تشنه يشنه".split())  # launches, carries out


def _goes_on_striking(line: Line, hit: ActorHit) -> bool:
    """Whether it is what the actor does all along: "the attacks that the Taliban launch grew", "X launches attacks"."""
    if not any(line.word(at).removeprefix("و") in _STRIKES_ON for at in (hit.first - 1, hit.first - 2)):
        return False
    around = range(max(0, hit.first - 6), min(hit.last + 5, len(line.words)))
    return any(line.word(at).removeprefix("و").removeprefix("ال") in _PLURALS for at in around)


def is_answered(line: Line, index: int) -> bool:
    """Whether a word belongs to what the attack answers: "… in answer to rockets that X fired"."""
    for at in range(index - 1, 0, -1):
        if line.is_break(at + 1):
            return False
        if line.word(at - 1).endswith("ردا") and line.word(at) == "علي":
            return any(find_verb(line.word(before)) or line.plays(before, "noun") for before in range(at - 1))
    return False


def is_habit(line: Line, hit: ActorHit) -> bool:
    """Whether the words around say what is usual, or what was said of other attacks."""
    return _is_near(line, hit, "habit")


def is_campaign(line: Line, hit: ActorHit) -> bool:
    """Whether the words around tell of fighting that lasts: "an armed campaign for decades", "in recent months"."""
    return _is_near(line, hit, "campaign")


def _is_near(line: Line, hit: ActorHit, role: str) -> bool:
    """Whether a word or phrase of a role stands in the actor's clause, nine words to either side at most."""
    first = hit.first
    while first > max(0, hit.first - 9) and not line.is_break(first):
        first -= 1
    near = line.words[first : line.reach(hit.last - 1, hit.last + 9)]
    sought = role_words(role)
    if any(word in sought or word.removeprefix("و") in sought for word in near):
        return True
    phrases = {f"{a} {b}" for a, b in pairwise(near)} | {
        f"{a} {b} {c}" for a, b, c in zip(near, near[1:], near[2:], strict=False)
    }
    return bool(phrases & sought)


def _is_denier(line: Line, hit: ActorHit, signs: Sequence[Hit]) -> bool:
    """Whether the actor is who denies, or who is cleared: "X denied any link"."""
    return any(
        sign.row["sign"] == "deny"
        and (
            0 <= hit.first - sign.last <= 6
            or (
                0 <= sign.first - hit.last <= 2
                and not line.word(sign.first).startswith("و")
                and not any(
                    line.bare(at) in ("حين", "ينما", "بينما", "يما", "لكن") for at in range(hit.last, sign.first)
                )
            )
        )
        for sign in signs
    )


__all__ = ["ITS_AIRCRAFT", "Charge", "find_pointer", "is_answered", "is_habit", "read_charges"]
