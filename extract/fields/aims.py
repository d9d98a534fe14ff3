"""Turns the words before and behind a named target into how surely it was struck."""

from __future__ import annotations

from extract.actors.line import Line
from extract.actors.table import role_words
from extract.events.candidates import Candidate
from extract.fields.asides import aim_words
from extract.lexicon import Hit


def find_aim(line: Line, hit: Hit, candidate: Candidate) -> tuple[float, set[int]]:
    """How surely the words before say that this was struck, and the word indexes of what only carried or housed it."""
    own = line.bare(hit.first)
    passed: set[int] = set()
    if own.startswith("ب") and len(own) > 4 and _behind_trigger(candidate, hit.first):
        return 5.0, passed
    at, steps = hit.first - 1, 0
    while at >= 0 and steps < 4 and not (line.is_break(at + 1) and steps):
        word = line.bare(at)
        if _is_of(line, at) and not (
            hit.row["target"] == "government" and "ضابط" in line.word(at - 1) + line.word(at - 2)
        ):
            man = at - 1 if line.word(at - 1) in _PERSONS else at - 2
            passed |= set(range(man, at + 1))
            at = man - 1
            continue
        if steps == 0 and word in _HE_WAS and hit.row["target"] in _GROUPS:
            return 4.5, passed  # the dead, it is said, was a member of …
        aim = _aim_word(line, at, steps, candidate)
        if aim is not None:
            return aim, passed
        if word in aim_words("through") or word.removeprefix("ال") in aim_words("through") or word.isdigit():
            passed.add(at)
        elif word[:1] in ("ب", "ل") and word[1:] in aim_words("through"):
            passed.add(at)
            if word[0] == "ب" and _behind_trigger(candidate, at):
                return 5.0, passed
        elif not (
            line.is_time(at)
            or (word.startswith("ب") and len(word) > 4)
            or word in role_words("loose")
            or word in _PRECISE
        ):
            steps += 1
        if line.is_break(at) and (steps or not (line.is_time(at) or line.is_time(at - 1))):
            break  # but "they stormed, last Saturday, a …" goes on behind the day
        at -= 1
    if own.startswith("ل") and _behind_trigger(candidate, hit.first):
        return 2.5, passed
    return (4.5 if _undergoes(line, hit) or _falls(line, hit) else 0.0), passed


_PERSONS = frozenset(
    "مسوول مسوولا المسوول عنصر عنصرا العنصر عضو عضوا العضو قيادي قياديا القيادي قايد قايدا ضابط ضابطا الضابط مقاتل"
    " مقاتلا موظف موظفا الموظف منتسب منتسبا المنتسب مستشار مستشارا عناصر مقاتلين ضباط اعضاء موظفين".split()
)  # official, member, leader, officer, fighter, employee …


def _is_of(line: Line, at: int) -> bool:
    """Whether "in", "of" joins a man to whose man he is: "an official (for security) in the force"."""
    if line.word(at) not in ("في", "لدي", "ضمن", "من") or line.is_break(at):
        return False
    return line.word(at - 1) in _PERSONS or (
        line.word(at - 2) in _PERSONS
        and line.word(at - 1).endswith(("ي", "يا", "يه", "ين"))
        and not line.is_break(at - 1)
    )


_AMONG = 2.5  # who fell among others was hardly the one meant
_PRECISE = frozenset("دقيقه موجهه باليستي باليستيه مسيره مسيرات ثقيله".split())


def _aim_word(line: Line, at: int, steps: int, candidate: Candidate) -> float | None:
    """The weight of a word before a target, or None where it says nothing of the kind."""
    word = line.bare(at)
    if word[:1] == "ب" and word[1:] in aim_words("aim") and word not in aim_words("aim"):
        word = word[1:]  # "with the shelling of"
    if word in aim_words("aim"):
        if word in ("يستهدف", "تستهدف") and line.bare(at - 1) in ("كان", "كانت", "كانوا"):
            return 10.0  # the aim itself is told
        if word in ("فجر", "تحت", "اسفل", "تفجير", "محاوله") and not _behind_trigger(candidate, at + 1):
            return None
        if word == "بين" and not any(trigger.row["method"] == "suicide" for trigger in candidate.triggers):
            return None
        return 6.0 - 0.7 * steps
    if word in aim_words("on"):
        return 5.5 - 0.7 * steps if _behind_trigger(candidate, at) else 0.3
    if word in aim_words("facing") and steps < 2:
        return 3.0
    if word in aim_words("toward"):
        aimed = line.word(at - 1).startswith(("مصوب", "موجه", "متوجه", "اطلق")) or _behind_trigger(candidate, at)
        return 5.0 - 0.7 * steps if aimed and word != "الي" else None
    if word in aim_words("most") or (word in ("الضحايا", "القتلي") and line.bare(at - 1) in aim_words("most")):
        return 6.5
    if word in aim_words("victim"):
        return 4.5 - 0.4 * steps
    if word in aim_words("among"):
        return _AMONG
    if word in aim_words("beside") and steps < 2:
        return 1.5 - 0.3 * steps
    return None


_GROUPS = frozenset({"armed_group", "popular_mobilization", "kurdish_forces"})
_HE_WAS = frozenset("انه انهما انهم هو هما وهو وهما كونه بانه".split())
_FELL = frozenset("قتلوا قتلا استشهدوا استشهدا لقوا لقيا اصيبوا اصيبا جرحوا جرحا قضوا سقطوا".split())


def _falls(line: Line, hit: Hit) -> bool:
    """Whether their death follows: "three members of the police and two civilians were killed"."""
    return any(line.word(at) in _FELL for at in range(hit.last, line.reach(hit.last - 1, hit.last + 6)))


def _undergoes(line: Line, hit: Hit) -> bool:
    """Whether "came under" follows: "the base, which hosts …, came under an attack"."""
    return any(line.bare(at).startswith("تعرض") for at in range(hit.last, min(hit.last + 12, len(line.words))))


def _behind_trigger(candidate: Candidate, index: int) -> bool:
    """Whether a word of attack stands within ten words before: "on" alone aims at nothing."""
    return any(index - 10 <= trigger.first < index for trigger in candidate.triggers)


__all__ = ["find_aim"]
