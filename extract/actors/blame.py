"""Turns a sentence that names an actor into charges: it did it, it claims it, it is accused, or nobody claims it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extract.actors.accusations import Verdict, find_allegiance, find_blame, is_between
from extract.actors.grammar import find_head, is_agent, is_object
from extract.actors.line import Line, find_verb
from extract.actors.names import ActorHit, role_words
from extract.lexicon import Hit, load_lexicon

# What a claim or a blame points at: an ordinal, a plural or dual of attacks, or nothing in particular.
_FIRST = re.compile(r"(?:العمليه|[ال]لهجوم|[ال]لتفجير|[ال]لقصف|[ال]لانفجار|الحادث|هجوم|الضربه)\s+(?:الاول|الاولي)\b")
_SECOND = re.compile(
    r"(?:العمليه|[ال]لهجوم|[ال]لتفجير|[ال]لقصف|[ال]لانفجار|الحادث|الضربه)\s+(?:الثاني|الثانيه|الاخير|الاخيره|الجديد)\b"
)
_ALL = re.compile(
    r"\b[وبلف]?(?:ال|لل)(?:هجمات|تفجيرات|عمليات|عمليتين|عمليتان|هجومين|هجومان|تفجيرين|تفجيران|ضربات|غارات|اعتداءات|اعتداءين|انفجارات|انفجارين)\b|"
    r"كلا الهجومين|كلتا العمليتين"
)


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
            aimed = _pointer_at(line, folded, at) if rule != "attacker" else ""
            charges.append(
                Charge(
                    actor=hit.id, kind=hit.kind, claim=claim, weight=weight, rule=rule, hit=hit, at=at, pointer=aimed
                )
            )
    if not hits:
        charges += _unknown_claims(line, signs, folded)
    return charges


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


def _unknown_claims(line: Line, signs: Sequence[Hit], folded: str) -> list[Charge]:
    """A claim by a group that the table does not know: "a faction that calls itself …"."""
    for sign in signs:
        if sign.row["sign"] not in ("claim", "avow"):
            continue
        window = [*line.words[max(0, sign.first - 8) : sign.first], *line.words[sign.last : sign.last + 6]]
        if any(word in _CALLING for word in window) and any(word in _GROUPS for word in window):
            return [
                Charge(
                    actor=None,
                    kind="facade",
                    claim="claimed",
                    weight=8.0,
                    rule="claimed by an unknown group",
                    hit=None,
                    at=sign.first,
                    pointer=_pointer_at(line, folded, sign.first),
                )
            ]
    return []


_MANY_OF_THEM = frozenset(
    "العديد بعض عدد عده بعضها معظمها اغلبها الكثير عددا كثيرا غالبيتها".split()
)  # many, some, a number of, most of them
_DEFENDING = frozenset("اعترض اعترضت اعترضوا اسقط اسقطت اسقطوا تصدي تصدت احبط احبطت صد صدت".split())
# Announced, claims, affirms, shows.
_ANNOUNCING = ("اعلن", "تعلن", "يعلن", "تبن", "تتبن", "يتبن", "اكد", "توكد", "يوكد", "نشر", "تنشر", "بثت", "تبث")
# What a speaker announces and did not do to anybody: shooting down, repelling, foiling, deaths of its own.
_NOT_ITS_DEED = frozenset(
    "اسقاط اعتراض التصدي تصدي صد احباط افشال ضبط تفكيك ابطال مقتل اصابه تعرض وقوع سقوط انفجار رصد تدمير".split()
)
_ITS_OWN = frozenset("قواته قواتها جنوده جنودها قواعده قواعدها قاعدته قاعدتها مقره مقرها مقراته مقراتها".split())
_DOING = frozenset("استهداف قصف تنفيذ مهاجمه تفجير اغتيال ضرب شن اطلاق استهدافها استهدافه تنفيذها".split())


def _find_announced(line: Line, hit: ActorHit, speech: int) -> int | None:
    """The attack that the actor announces as its own doing: "the group announced the targeting of …"."""
    if not line.bare(speech).startswith(_ANNOUNCING) or (speech > hit.first and hit.kind == "state"):
        return None
    start = max(hit.last, speech + 1)
    for at in range(start, min(start + 9, len(line.words))):
        if line.word(at) in _DOING:
            return None if line.word(at + 1) in _ITS_OWN else at
        if line.word(at) in _NOT_ITS_DEED:
            return None
        if line.bare(at) in ("ان", "بان", "انه", "انها") or line.plays(at, "speech"):
            return None
    return None


_CALLING = frozenset("تطلق يطلق تسمي يسمي تدعي يدعي اسمها اسمه باسم عرفت تعرف يعرف سمت سمي".split())
_GROUPS = frozenset("جماعه فصيل تشكيل مجموعه تنظيم كتيبه سريه لواء حركه خليه جهه فصائل فصايل".split())

_ACCORDING = frozenset("وفق وفقا بحسب حسب اعلنته اعلنتها ذكرته نشرته اعلنه بثته نشره".split())


def _judge(line: Line, hit: ActorHit, hits: Sequence[ActorHit], signs: Sequence[Hit], folded: str) -> Verdict | None:
    """How one named actor stands to the event of its sentence: weight, claim, rule and the word that ties it."""
    if _is_denier(line, hit, signs):
        return None
    habit = is_habit(line, hit)
    claim = None if habit else _find_claim(line, hit, hits, signs)
    if claim is not None:
        return claim
    blame = None if habit else find_blame(line, hit, hits, signs, folded)
    if blame is not None:
        return blame
    if is_answered(line, hit.first):
        return None
    bears = any(line.bare(at).startswith("بصم") for at in range(max(0, hit.first - 4), hit.first))
    silent = any(sign.row["sign"] == "none" for sign in signs)
    if bears and silent:
        return None  # "nobody has claimed the bombing, which bears the mark of …"
    if is_campaign(line, hit) or _tells_of_earlier(line, hit):
        return None
    taken_up = _find_taken_up(line, hit)
    if taken_up is not None and not habit:
        return 7.3, "claimed" if _says_so_itself(line, hit, hits) else "attributed", "behind it", taken_up
    if is_agent(line, hit, hits) and not (habit and hit.kind == "umbrella"):
        return 7.0 + 0.3 * (hit.kind != "state"), "attributed", "attacker", hit.first
    return None if habit else find_allegiance(line, hit)


def _says_so_itself(line: Line, hit: ActorHit, hits: Sequence[ActorHit]) -> bool:
    """Whether its own spokesman speaks: "a spokesman for the Taliban said that the movement carried out the attack"."""
    return any(
        other.id == hit.id and other.first <= hit.first and line.word(other.first - 1) in ("باسم", "بلسان")
        for other in hits
    )


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
_PLURALS = frozenset("هجمات عمليات تفجيرات اعتداءات هجماتها اغتيالات ضربات".split())


def _tells_of_earlier(line: Line, hit: ActorHit) -> bool:
    """Whether the actor's deeds are others than the one reported: "the area has seen attacks that X carried out"."""
    around = range(max(0, hit.first - 6), min(hit.last + 5, len(line.words)))
    plural = any(line.word(at) in _PLURALS for at in around)
    wide = range(max(0, hit.first - 9), min(hit.last + 6, len(line.words)))
    return plural and any(line.word(at) in _EARLIER for at in wide)


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
            or (0 <= sign.first - hit.last <= 2 and not line.word(sign.first).startswith("و"))
        )
        for sign in signs
    )


def _find_claim(line: Line, hit: ActorHit, hits: Sequence[ActorHit], signs: Sequence[Hit]) -> Verdict | None:
    """The actor's own word: it claimed, it announced that its fighters carried it out."""
    none = {index for sign in signs if sign.row["sign"] == "none" for index in range(sign.first, sign.last + 6)}
    for sign in signs:
        if sign.row["sign"] not in ("claim", "avow") or sign.first in none:
            continue
        if line.word(sign.last) in _MANY_OF_THEM or line.word(sign.last + 1) in _MANY_OF_THEM:
            continue  # "bombings many of which … claimed"
        if hit.kind == "umbrella" and any(
            line.bare(at)[:1] in ("ت", "ي") and line.plays(at, "speaks") for at in (sign.first, hit.first - 1)
        ):
            continue  # "operations which militias claim": a habit
        shared = line.bare(sign.first).removeprefix("ب") in ("المسووليه", "مسووليه")
        if shared and any(
            other.row["sign"] in ("hold", "onto", "blame") and 0 <= sign.first - other.last <= 10 for other in signs
        ):
            continue  # somebody else holds them responsible
        subject = _subject_of(line, hits, sign)
        if subject is hit:
            return 10.0, "claimed", "claimed responsibility", sign.first
        if subject is not None:
            continue
        after = 0 <= hit.first - sign.last <= 9 and not is_between(line, hits, sign.last, hit.first)
        reach = 14 if sign.row["sign"] == "avow" or line.plays(find_head(line, hit)[0] - 1, "speech") else 5
        before = 0 <= sign.first - hit.last <= reach and not is_between(line, hits, hit.last, sign.first)
        if before and sign.row["sign"] == "claim" and is_between(line, hits, sign.last, sign.last + 3):
            continue  # the claim's own subject follows it
        if (after and not _is_victim(line, hit)) or before:
            gap = hit.first - sign.last if after else sign.first - hit.last
            return 10.0 - gap * 0.05, "claimed", "claimed responsibility", sign.first
    spoken = _find_speech(line, hit, hits)
    if spoken is not None:
        return 9.0, "claimed", "its own statement", spoken
    if hit.kind != "state" and _is_source(line, hit, hits):
        return 8.0, "claimed", "its own statement", hit.first
    return None


def _is_source(line: Line, hit: ActorHit, hits: Sequence[ActorHit]) -> bool:
    """Whether the telling is the actor's: "according to a statement of X"."""
    said = any(line.bare(at) in _ACCORDING for at in range(max(0, hit.first - 3), hit.first))
    return (
        said and not is_between(line, hits, hit.first - 3, hit.first) and line.word(hit.first - 1) not in ("في", "من")
    )


_ITS_CLAIM = frozenset("تبنيه تبنيها تبنيهم لتبنيه لتبنيها".split())  # its claiming of


def _subject_of(line: Line, hits: Sequence[ActorHit], sign: Hit) -> ActorHit | None:
    """Who "announced … its responsibility", where the verb of speaking and the claim stand apart.

    "hours after its claiming of …": the pronoun takes up whom the sentence is about.
    """
    if line.word(sign.first) in _ITS_CLAIM:
        return next((hit for hit in hits if hit.last <= sign.first and hit.kind != "state" and not hit.prefix), None)
    if sign.row["sign"] != "avow":
        return None
    for hit in hits:
        head = find_head(line, hit)[0]
        if 0 <= sign.first - hit.last <= 14 and line.plays(head - 1, "speech") and not hit.prefix:
            return hit
    return None


def _is_victim(line: Line, hit: ActorHit) -> bool:
    """Whether the actor is what the claimed attack struck: "claimed the attack on …"."""
    head, prefix, is_thing = find_head(line, hit)
    return is_thing or (is_object(line, head, prefix) and line.word(head - 1) not in ("عن", "في"))


def _find_speech(line: Line, hit: ActorHit, hits: Sequence[ActorHit]) -> int | None:
    """The verb of attack of which the actor speaks as its own: "the group said that its fighters had ambushed …"."""
    named = any(word in _CALLING for word in line.words[max(0, hit.first - 5) : hit.first])  # "a group called X"
    reach = range(hit.first - 1, max(-1, hit.first - (8 if named else 5)), -1)
    speech = next((at for at in reach if line.plays(at, "speech")), None)
    if (
        speech is None
        and hit.last < len(line.words)
        and (line.plays(hit.last, "speech") or line.plays(hit.last, "speaks"))
    ):
        speech = hit.last
    if (
        speech is None
        or is_between(line, hits, speech, hit.first)
        or line.word(speech - 1) in ("لم", "لا", "ولم", "ولا", "لن")
    ):
        return None
    end = min(len(line.words), hit.last + 18)
    that = next(
        (at for at in range(hit.last, end) if line.bare(at) in ("ان", "بان", "انها", "انه", "بانها", "بانه")), None
    )
    if that is None:
        return _find_announced(line, hit, speech)
    own = role_words("own")
    for at in range(that, min(that + 5, end)):
        if line.word(at) in own or (line.word(at) == "احد" and line.word(at + 1) in own):
            for index in range(at + 1, min(at + 6, end)):
                if any(that <= other.first < index and other.id != hit.id for other in hits):
                    break
                if line.word(index) in _DEFENDING:
                    return None  # "said that it intercepted and destroyed …"
                verb = find_verb(line.word(index))
                if (verb and verb.role != "kill") or line.word(index) in (
                    "مسوول",
                    "مسووله",
                    "تقف",
                    "يقف",
                    "وراء",
                    "خلف",
                    "تمكنوا",
                    "تمكن",
                ):
                    return index
    return None


__all__ = ["Charge", "find_pointer", "is_answered", "is_habit", "read_charges"]
