"""Turns the words around a named actor into whether it is the subject of a verb of attack."""

from __future__ import annotations

from collections.abc import Sequence

from extract.actors.line import TIMES, Line, find_verb, is_attack_noun, skip_means, verb_forms
from extract.actors.table import ActorHit, role_words
from extract.lexicon import load_lexicon, word_set

PARTICLES = frozenset(
    "في من علي الي عن قرب عند خلال بعد قبل اثر جراء ما مما وسط داخل شمال جنوب شرق غرب حين عندما اذ وفق بحسب "
    "حسب ب".split()
)
SOLDIERS = frozenset({"جنود", "الجنود", "قوه", "القوه"})
_RELATIVES = word_set("relatives")
_SOME = frozenset("ثلاث اربع خمس ست سبع ثمان تسع عشر عده ثلاثه اربعه خمسه سته عشرات عدد بعض احدي احد ما مجموعه".split())
_ASSAULTED = frozenset({"هاجم", "اقتحم", "باغت", "يهاجم"})  # verbs of men, whose object may stand far off
_OF_MANY = ("ا", "ون", "ان")  # endings of the dual and plural of verbs, folded


def is_subject_before(line: Line, hit: ActorHit, head: int, prefix: str, hits: Sequence[ActorHit]) -> bool:
    """Whether a verb of attack stands before the actor, with nothing but times of day between."""
    if prefix:
        return False
    at = head - 1
    while (
        at > head - 6
        and at >= 0
        and (line.bare(at) in TIMES or line.word(at) in _SOME or line.word(at).isdigit())
        and line.verb(at) is None
    ):
        at -= 1
    verb = line.verb(at)
    if at < 0 or verb is None or any(line.is_break(index) for index in range(at + 1, head + 1)):
        return False
    if verb.has_object:
        return True
    if line.word(at).endswith(_OF_MANY):
        return False  # "two rockets struck the US forces": before its subject a verb stands in the singular
    if hit.forced and line.bare(hit.first) in SOLDIERS and (verb.role != "deed" or line.word(hit.last) != "النار"):
        return False  # soldiers are those who fell, but where they opened fire
    if verb.role == "deed":
        return line.word(at - 1) not in _RELATIVES or _has_object(line, hit)
    if line.word(at - 1) in _RELATIVES or is_attack_noun(line.word(at - 1)) or line.word(at - 1) in role_words("loose"):
        return False  # "the attack that struck …"
    if any(other.last in (at, at - 1) and other is not hit for other in hits):
        return False  # "Turkey struck …": its subject stands before it
    doer = head < hit.first and not line.bare(head).endswith(("ا", "ين"))
    if hit.kind != "state" and doer and line.bare(at) in _ASSAULTED:
        return True  # "gunmen of X attacked, at dawn, …"
    return _has_object(line, hit) if verb.role == "strike" else _is_noun_next(line, hit.last)


# Nouns of what is struck that begin like "in" or "and": town, towns, building, tower, house, ship, unit, ministry.
_STRUCK = frozenset("بلده بلدات بلدتي بلدتين بنايه برج ابراجا بيت بيوت بيتا باخره بارجه بير وحده وزاره".split())


def _is_noun_next(line: Line, index: int) -> bool:
    """Whether something struck follows at once, not a preposition, a time or a break."""
    word = line.word(index)
    return (
        bool(word)
        and not line.is_break(index)
        and word not in PARTICLES
        and word not in TIMES
        and (not word.startswith(("ب", "و")) or word in _STRUCK)
    )


def _is_noun_next_at(line: Line, index: int) -> bool:
    """Whether a noun stands here, even behind the comma that closes a time of day."""
    word = line.word(index)
    noun = word in _STRUCK or not word.startswith(("ب", "و"))
    return bool(word) and word not in PARTICLES and noun and find_verb(word) is None


_FLYING = ("طاير", "طيران", "مقاتل", "مسير", "مروحي", "مدفعي", "بوارج", "غار")


def _has_object(line: Line, hit: ActorHit) -> bool:
    """Whether a struck object follows within the clause, so that the actor before it is the subject."""
    if _is_noun_next(line, hit.last):
        return True
    if any(part in line.word(at) for at in range(hit.first, hit.last) for part in _FLYING):
        return True  # nobody else is said to "target" an aircraft
    at = skip_means(line, hit.last)
    if at > hit.last and _is_noun_next_at(line, at):
        return True
    end = line.reach(hit.last, hit.last + 9)
    for found in load_lexicon("targets.tsv").find(line.sentence.words, hit.last, end):
        if line.word(found.first - 1) not in ("في", "قرب", "عند", "من", "وسط") and not line.word(
            found.first
        ).startswith(("بال", "لل")):
            return True
    return False


FILLERS = frozenset(
    "هي هو هم قد لاحقا ايضا بدوره بدورها في العراق سوريا اليمن سيناء انه ان الاسلامي الاسلاميه المتشدد المتشدده "
    "السني السنيه الكردي".split()
)
_CALLED = frozenset("الارهابي الارهابيه المتطرف المتطرفه المسلح المسلحه الاسرائيليه التركيه الامريكيه".split())


def is_subject_after(line: Line, hit: ActorHit, hits: Sequence[ActorHit]) -> bool:
    """Whether a verb of attack follows: "the organisation attacked", "Turkish aircraft that bombed"."""
    at = next(
        (other.last for other in hits if other.first == hit.last and line.word(other.first).startswith("و")), hit.last
    )
    if line.word(at) == "قصف" and not line.is_break(at) and line.word(at - 1).startswith("ال"):
        return True  # "the Turkish air force bombed", which elsewhere is the noun
    while at < hit.last + 6 and at < len(line.words):
        word = line.word(at)
        verb = line.verb(at)
        if verb is not None and not (line.is_break(at) and word[:1] not in "وفيت" and word not in _RELATIVES):
            if verb.has_object:
                return False  # "the organisation, which aircraft struck"
            if word.startswith(("و", "ف")) and word not in verb_forms():
                return False
            return verb.role != "kill" or _is_noun_next(line, at + 1)
        if (
            line.is_break(at)
            or word in _RELATIVES
            or not (word in TIMES or word in FILLERS or word in role_words("loose") or word in _CALLED)
        ):
            if word in _RELATIVES and not line.is_break(at):
                at += 1
                continue
            return False
        at += 1
    return False


def takes_object(line: Line, hit: ActorHit, head: int) -> bool:
    """Whether what is struck follows an actor's name at once: "the targeting, by the brigades, of a base"."""
    at = hit.last
    if head != hit.first or hit.prefix or line.is_break(at) or not line.word(at):
        return False
    if line.word(at) in _OBJECTS:
        return True
    found = load_lexicon("targets.tsv").find(line.sentence.words, at, min(at + 5, len(line.words)))
    return any(target.first == at for target in found) and not line.word(at).startswith(("ال", "لل", "و"))


# A target, targets, a site, sites, a base, a gathering, a headquarters, a centre, a camp: what "targeting" takes.
_OBJECTS = frozenset(
    "هدفا اهدافا هدف اهداف موقعا مواقع موقع قاعده قواعد تجمعا تجمع مقرا مقر مقرات مركزا معسكرا معسكر دبابه اليه".split()
)


__all__ = ["FILLERS", "PARTICLES", "SOLDIERS", "is_subject_after", "is_subject_before", "takes_object"]
