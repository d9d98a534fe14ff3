"""Turns the words around a named actor into its part in the sentence: attacker, struck side or neither."""

from __future__ import annotations

from collections.abc import Sequence

from extract.actors.aircraft import is_shot_down, owns_aircraft, strikes_on
from extract.actors.line import Line, find_verb, is_attack_noun, verb_forms
from extract.actors.subjects import FILLERS, SOLDIERS, is_subject_after, is_subject_before, takes_object
from extract.actors.table import ActorHit, role_words


def find_head(line: Line, hit: ActorHit) -> tuple[int, str, bool]:
    """Where an actor's phrase begins ("gunmen of …"), the preposition joined to it, whether it names a thing of its."""
    at, prefix = hit.first, hit.prefix
    for _ in range(4):
        if at == 0:
            break
        if line.plays(at - 1, "affiliated") and prefix in ("ل", "ب", "") and at >= 2:
            step = 3 if line.plays(at - 2, "affiliated") else 2
            if not _is_member(line, at - step):
                return at - step, "", True
            at, prefix = at - step, _joined(line, at - step)
        elif (
            prefix == ""
            and line.word(at - 1) in ("من", "في", "الي")
            and not (line.word(at - 1) == "في" and hit.kind == "state")  # where it was: "a drone attack in Jordan"
            and at >= 2
            and (_is_member(line, at - 2) or line.plays(at - 2, "affiliated"))
        ):
            if line.plays(at - 2, "affiliated"):
                at -= 1
                continue
            at, prefix = at - 2, _joined(line, at - 2)
        elif prefix == "" and _is_member(line, at - 1) and not line.is_break(at):
            at, prefix = at - 1, _joined(line, at - 1)
        else:
            break
    return at, prefix, False


def _is_member(line: Line, index: int) -> bool:
    word = line.bare(index)
    members = role_words("member")
    return line.word(index) in members or word in members or (word[:1] in ("ل", "ب") and word[1:] in members)


def _joined(line: Line, index: int) -> str:
    word = line.bare(index)
    return word[0] if word not in role_words("member") and word[:1] in ("ل", "ب") else ""


def is_agent(line: Line, hit: ActorHit, hits: Sequence[ActorHit]) -> bool:
    """Whether the actor stands as the attacker: subject of a verb of attack, genitive of an attack, behind "by"."""
    head, prefix, is_thing = find_head(line, hit)
    strike = hit.last - hit.first > 1 and _is_strike_noun(line, hit.first)  # "the American bombardment"
    if strike and line.bare(hit.first - 1) not in _AIDED:
        return True
    if line.bare(head - 1) in _STRIKING and (strikes_on(line, head) or takes_object(line, hit, head)):
        return True  # "in the targeting, by a Turkish drone, of a car"
    if owns_aircraft(line, hit, struck=True) or is_shot_down(line, hit):
        return True
    if prefix == "ب" and head < hit.first and line.bare(head)[1:] in role_words("means"):
        return not is_thing  # "with the drones of X"
    if (
        is_thing
        or is_object(line, head, prefix)
        or any(other.last == hit.first and line.word(hit.first).startswith("و") for other in hits)
    ):
        return False
    if line.plays(head - 1, "moves") and _goes_on(line, hit):
        return True
    if hit.forced and line.bare(hit.first) in SOLDIERS:
        return not prefix and is_subject_before(line, hit, head, prefix, hits)
    if hit.joined and head == hit.first:
        return is_subject_after(line, hit, hits)
    if _is_behind_by(line, head) or _is_genitive(line, hit, head, prefix) or _carries_out(line, hit, head):
        return True
    if prefix:
        return False  # "a convoy of the coalition's was struck"
    return is_subject_before(line, hit, head, prefix, hits) or is_subject_after(line, hit, hits)


def _goes_on(line: Line, hit: ActorHit) -> bool:
    """Whether the subject of one verb has another joined to it: "a force entered the village and blew up …"."""
    for at in range(hit.last, min(hit.last + 7, len(line.words))):
        if line.word(at).startswith("و") and line.word(at) not in verb_forms() and find_verb(line.word(at)[1:]):
            return True
        if line.is_break(at):
            return False
    return False


def _carries_out(line: Line, hit: ActorHit, head: int) -> bool:
    """Whether it managed or undertook what the next words name: قامت إسرائيل بقصف, Israel carried out a bombardment."""
    before = head - 1
    while before > head - 4 and line.is_time(before) and not line.is_break(before):
        before -= 1
    if line.plays(before, "manage") and not line.is_break(head):
        return _is_undertaken(line, hit.last)
    after = hit.last
    while after < hit.last + 3 and not line.is_break(after) and (line.is_time(after) or line.word(after) in FILLERS):
        after += 1
    return line.plays(after, "manage") and not line.is_break(after) and _is_undertaken(line, after + 1)


def _is_undertaken(line: Line, start: int) -> bool:
    """Whether the verbal noun of an attack follows: "(managed) to target", "(carried) out a bombardment"."""
    masdars = role_words("undertaken")
    for at in range(start, line.reach(start - 1, start + 5)):
        word = line.word(at)
        if word in masdars or (word[:1] in ("ب", "ل") and (word[1:] in masdars or is_attack_noun(word))):
            return True
    return False


# In answer to, with the help of, against, stopping …: the strikes named behind these are no part of the attack told.
_AIDED = frozenset("ضد بمساعده بدعم باسناد وقف لوقف ادان ادانه بمشاركه تحت بغطاء".split())


def is_object(line: Line, head: int, prefix: str) -> bool:
    """Whether the words before say that the actor is struck, fought or only spoken of."""
    if prefix == "ب":
        return True
    before, bare = line.word(head - 1), line.bare(head - 1)
    objects = role_words("object")
    if before in objects or bare in objects or (bare[:1] in ("ل", "ب") and bare[1:] in objects):
        return True
    return before in _TOWARDS and not _is_behind_by(line, head)


_TOWARDS = frozenset("علي في مع بين عن الي نحو باتجاه صوب غير وبين".split())  # on, in, with, between, about, to …
_STRIKING = frozenset("استهداف باستهداف قصف بقصف استهدافات".split())  # the targeting of


def _is_behind_by(line: Line, head: int) -> bool:
    phrases = role_words("by")
    if any("تهديد" in line.word(at) for at in range(max(0, head - 6), head)):
        return False
    return line.bare(head - 1) in phrases or f"{line.bare(head - 2)} {line.word(head - 1)}" in phrases


def _is_genitive(line: Line, hit: ActorHit, head: int, prefix: str) -> bool:
    """Whether an attack noun stands before: "the attack of …", "an armed attack by (ل) …"."""
    if line.is_break(head):
        return False
    if not prefix and line.word(head - 1) == "من":  # "an artillery bombardment from the forces of …"
        return any(is_attack_noun(line.word(head - back)) for back in (2, 3))
    if prefix == "ل":
        at = head - 1
        while at > head - 4 and line.word(at) in role_words("loose") and not is_attack_noun(line.word(at)):
            at -= 1
        return is_attack_noun(line.word(at)) or (
            line.word(at) in role_words("loose") and is_attack_noun(line.word(at - 1))
        )
    return is_attack_noun(line.word(head - 1)) and not line.word(head - 1).startswith(("ال", "لل"))


def _is_strike_noun(line: Line, index: int) -> bool:
    """Whether a phrase of force opens with a strike ("Turkish shelling"), not with who strikes ("Turkish aircraft")."""
    word = line.bare(index)
    return is_attack_noun(word) and not _is_member(line, index)


__all__ = ["find_head", "is_agent", "is_object"]
