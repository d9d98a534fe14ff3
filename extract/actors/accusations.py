"""Turns what others say of a named actor into a verdict: accused, held responsible, suspected, of the attackers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.actors.grammar import find_head, is_object
from extract.actors.line import Line, find_verb
from extract.actors.table import ActorHit, role_words
from extract.lexicon import Hit

_ATTACKS = r"(?:هجمات|اعتداءات|عمليات|تفجيرات|استهدافات|اغتيالات|انفجارات)"
_PLURAL = re.compile(rf"\b[وبلف]?(?:ال|لل)?{_ATTACKS}\b")
_ONGOING = re.compile(rf"{_ATTACKS}\s+(?:\w+\s+)?التي\s+[يت](?!م\b)\w+(?<!ت)\b")  # the attacks that go on

_SCATTERED = re.compile(rf"{_ATTACKS}\s+متفرقه")  # "scattered attacks", of which somebody is accused


_ATTACK_SAID = re.compile(r"(?:هجوم|تفجير|عملي|كمين|استهداف|قصف|ضرب|غار|قتل|اسقاط|هجمات|مهاجم)")


Verdict = tuple[float, str, str, int]


def is_between(line: Line, hits: Sequence[ActorHit], start: int, end: int) -> bool:
    """Whether another actor is named between two words."""
    return any(start <= other.first < end for other in hits)


def find_blame(
    line: Line, hit: ActorHit, hits: Sequence[ActorHit], signs: Sequence[Hit], folded: str
) -> Verdict | None:
    """Somebody else's word: accused, held responsible, attributed to, behind it, suspected."""
    window = folded[line.sentence.start : line.sentence.end]
    if _PLURAL.search(window) and any(_is_present_blame(line, sign) for sign in signs):
        return None  # "Washington blames … for the attacks": a habit
    if (_ONGOING.search(window) or _SCATTERED.search(window)) and signs:
        return None  # "held … responsible for the bombings that the country lives through"
    verdicts = [verdict for sign in signs if (verdict := _judge_sign(line, hit, hits, sign)) is not None]
    return max(verdicts, key=lambda verdict: verdict[0], default=None)


def _judge_sign(line: Line, hit: ActorHit, hits: Sequence[ActorHit], sign: Hit) -> Verdict | None:
    """What one sign of blame says of the actor."""
    kind = sign.row["sign"]
    gap = hit.first - sign.last
    if _is_among_dead(line, sign, hit) or (kind == "blame" and _is_only_of_ties(line, sign, hit)):
        return None
    if kind == "blame" and 0 <= gap <= 9 and _is_accused(line, hit, hits, sign):
        return 7.5 - gap * 0.05, "attributed", "accused", sign.first
    if kind == "attribute" and 0 <= gap <= 9 and _is_ascribed(line, hit, hits, sign):
        return 7.5 - gap * 0.05, "attributed", "attributed", sign.first
    if kind == "hold" and 0 <= gap <= 8 and _is_held(line, hit, hits, sign):
        return 7.5 - gap * 0.05, "attributed", "held responsible", sign.first
    if kind == "onto" and 0 <= gap <= 4 and not is_between(line, hits, sign.last, hit.first) and _is_laid(line, hit):
        return 7.5 - gap * 0.05, "attributed", "held responsible", sign.first
    if kind == "behind" and _is_behind(line, hit, sign) and not _is_spoken_of(line, hit):
        return 7.3, "attributed", "behind it", sign.first
    suspected = kind == "suspect" and "مشتبه" in line.word(sign.first)
    tied = suspected and _is_called_suspect(line, hit, hits, sign)
    if suspected and (tied or 0 <= sign.first - hit.last <= 3):
        return 6.0, "attributed", "suspected", sign.first
    if (
        kind == "suspect"
        and 0 <= gap <= 8
        and not is_between(line, hits, sign.last, hit.first)
        and not any(other.first <= sign.first < other.last for other in hits)  # "a drone, thought American, struck X"
        and _is_suspected(line, hit, sign)
    ):
        return 6.0 - gap * 0.1, "attributed", "suspected", sign.first
    return None


def _is_called_suspect(line: Line, hit: ActorHit, hits: Sequence[ActorHit], sign: Hit) -> bool:
    """Whether "the group X, linked with Y, is the main suspect" calls it so: the first named in its clause is meant."""
    if not 0 < sign.first - hit.last <= 8 or line.word(sign.first - 1) not in ("هي", "هو", "هم"):
        return False
    if any(line.is_break(at) for at in range(hit.last + 1, sign.first)):
        return False
    return not any(hit.first - 8 <= other.first < hit.first for other in hits)


_TIES = frozenset("صلات بصلات روابط بروابط علاقات بعلاقات ارتباطات دعم بدعم بتلقي تلقي تمويل بتمويل".split())


def _is_only_of_ties(line: Line, sign: Hit, hit: ActorHit) -> bool:
    """Whether others are accused, and of ties to the actor: "accused them of having links with …"."""
    return not _TIES.isdisjoint(line.words[sign.last : hit.first])


_DEATHS = ("مقتل", "قتل", "اصابه", "استشهاد", "جرح", "سقوط", "مصرع")  # the killing of, the wounding of …


def _is_among_dead(line: Line, sign: Hit, hit: ActorHit) -> bool:
    """Whether its men are those whose death is told next: "news points to the wounding of three of …"."""
    between = line.words[sign.last : hit.first]
    return not hit.prefix and len(between) <= 7 and any(word.removeprefix("ب").startswith(_DEATHS) for word in between)


def _is_laid(line: Line, hit: ActorHit) -> bool:
    """Whether the blame lies on the actor, not on a site of its: "the responsibility for the attack on its office"."""
    before = line.word(find_head(line, hit)[0] - 1)
    return before == "علي" or before not in role_words("object")


def _is_behind(line: Line, hit: ActorHit, sign: Hit) -> bool:
    """Whether the actor stands next to "behind it", in one clause; "who is behind it" names nobody."""
    if line.word(sign.first - 1) in ("من", "عمن"):
        return False
    if 0 <= sign.first - hit.last <= 4:
        return True
    return 0 <= hit.first - sign.last <= 3 and not any(line.is_break(at) for at in range(sign.last, hit.first + 1))


def _is_present_blame(line: Line, sign: Hit) -> bool:
    """Whether somebody blames as a rule, in the present tense."""
    if sign.row["sign"] == "onto" or line.bare(sign.first).endswith("اتهام"):  # "fingers of blame are pointed at …"
        return any(line.bare(at)[:1] in ("ي", "ت") for at in range(max(0, sign.first - 2), sign.first + 1))
    return (
        sign.row["sign"] in ("blame", "attribute", "hold")
        and line.bare(sign.first)[:1] in ("ي", "ت")
        and line.bare(sign.first) != "تحميل"
    )


def _is_ascribed(line: Line, hit: ActorHit, hits: Sequence[ActorHit], sign: Hit) -> bool:
    """Whether the actor is the first to whom the attack is ascribed: "ascribed it to X"."""
    if hit.prefix != "ل" and "الي" not in line.words[sign.last : hit.first]:
        return False
    if line.word(sign.first) == "بالنسبه":
        return False  # "as regards"
    between = [other for other in hits if other is not hit and sign.last <= other.first < hit.first]
    return not any(line.word(other.first - 1) == "الي" for other in between)


_FRIENDS = ("مويد", "متعاطف", "مناصر")  # supporting, in sympathy with


def _is_accused(line: Line, hit: ActorHit, hits: Sequence[ActorHit], sign: Hit) -> bool:
    """Whether the actor is whom "accused" takes as its object, not who accuses."""
    between = [other for other in hits if sign.last <= other.first < hit.first]
    others = [other for other in hits if hit.last <= other.first <= hit.last + 5]
    if between:
        return len(between) == 1
    if hit.prefix and line.bare(hit.first - 1).startswith(_FRIENDS):
        return False  # "accused a tribe that supports the movement"
    follower = line.word(hit.last)
    if hit.first == sign.last and others and not follower.startswith("ب"):
        return False  # "Ankara accused the party"
    if (
        hit.first == sign.last
        and hit.kind == "state"
        and not follower.startswith("ب")
        and line.word(sign.first)[-1:] == "ت"
    ):
        return False  # "Ankara accused Kurdish …"
    return line.word(hit.first - 1) not in ("في", "باسم", "من")


def _is_held(line: Line, hit: ActorHit, hits: Sequence[ActorHit], sign: Hit) -> bool:
    """Whether the actor is on whom responsibility is laid: "held X responsible"."""
    if line.word(sign.last) == "توقيع":
        return False  # "bore the signature of"
    if hit.prefix == "ل" and any("مسوولي" in word for word in line.words[sign.last : hit.first]):
        return True  # "bore the responsibility for it home to X"
    after = line.words[hit.last : hit.last + 5]
    return any("مسوولي" in word for word in after) and (
        hit.first > sign.last or not any(hit.last <= other.first <= hit.last + 3 for other in hits)
    )


def _is_spoken_of(line: Line, hit: ActorHit) -> bool:
    """Whether only a member or a thing of the actor's is named ("a leader of … responsible for attacks")."""
    head, prefix, is_thing = find_head(line, hit)
    return is_thing or (is_object(line, head, prefix) and line.word(head - 1) not in ("في", "علي", "الي"))


def _is_suspected(line: Line, hit: ActorHit, sign: Hit) -> bool:
    """Whether the suspicion is of the deed: the actor's men fired it, are behind it, belong to it."""
    if _is_spoken_of(line, hit) and not any(_is_tie(line.word(at)) for at in (hit.first - 1, hit.first - 2)):
        return False
    window = line.words[sign.last : hit.last + 7]
    linked = any(_is_tie(word) for word in window)
    return linked or any(find_verb(word) is not None for word in window)


def _is_tie(word: str) -> bool:
    """Whether a word says that somebody is one of the actor's, or that the deed is its: his belonging to, behind it."""
    return word.removeprefix("ب").startswith("انتما") or word in _TIED or word.removeprefix("و") in _TIED


_TIED = frozenset(
    "انهم انه ينتمون ينتمي بانهم تابعون تابعين مرتبطون مرتبطين "
    "وراء خلف تورط ضلوع يكون تكون يكونوا مسلحو مسلحون عناصر مسلحين عناصره ارسلها "
    "ينتميان يتبعون يتبعان يتبع تتبع انهما بانهما تابعه ولاوهم".split()
)


def find_allegiance(line: Line, hit: ActorHit) -> Verdict | None:
    """The attacker's allegiance: "described the attacker as one of the group's cells", "linked with the party"."""
    tied = any(
        line.plays(at, "affiliated")
        or line.word(at) in ("من", "بانه", "بانهم", "صله", "علاقه", "عضو", "عناصر", "خلايا")
        for at in range(max(0, hit.first - 4), hit.first)
    )
    if not tied or any(line.is_break(at) for at in range(max(1, hit.first - 3), hit.first + 1)):
        return None
    if line.word(hit.last) in ("نفسه", "نفسها") and any(
        line.word(at).removeprefix("و") in ("فجر", "فجرت") for at in range(hit.first)
    ):
        return 6.5, "attributed", "the attacker's allegiance", hit.last  # "a woman of X blew herself up"
    for at in range(hit.first - 1, max(-1, hit.first - 11), -1):
        if line.bare(at) in ("مقتل", "قتل", "قتلت", "بمقتل", "تصفيه"):
            return None
        if line.plays(at, "attacker") and line.word(at + 1) not in ("الاعلام", "الصقور"):
            told = " ".join(line.words[max(0, at - 8) : hit.last + 8])
            return (
                (6.0, "attributed", "the attacker's allegiance", at)
                if _ATTACK_SAID.search(told) or "المهاجم" in told
                else None
            )
    return None


__all__ = ["Verdict", "find_allegiance", "find_blame", "is_between"]
