"""Turns the words around a named actor into its part in the sentence: attacker, struck side or neither."""

from __future__ import annotations

from collections.abc import Sequence

from extract.actors.line import TIMES, Line, find_verb, skip_means, verb_forms
from extract.actors.table import ActorHit, role_words
from extract.lexicon import load_lexicon

_RELATIVES = frozenset("الذي التي اللذان اللتان اللذين اللتين الذين".split())


_SOME = frozenset("ثلاث اربع خمس ست سبع ثمان تسع عشر عده ثلاثه اربعه خمسه سته عشرات عدد بعض احدي احد ما مجموعه".split())


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
    if line.bare(head - 1) in _STRIKING and _strikes_on(line, head):
        return True  # "in the targeting, by a Turkish drone, of a car"
    if owns_aircraft(line, hit, struck=True) or _is_shot_down(line, hit):
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
    if line.bare(hit.first) in _SOLDIERS:
        return not prefix and _is_subject_before(line, hit, head, prefix, hits)
    if hit.joined and head == hit.first:
        return _is_subject_after(line, hit, hits)
    if _is_behind_by(line, head) or _is_genitive(line, hit, head, prefix) or _carries_out(line, hit, head):
        return True
    if prefix:
        return False  # "a convoy of the coalition's was struck"
    return _is_subject_before(line, hit, head, prefix, hits) or _is_subject_after(line, hit, hits)


_SHOT_DOWN = frozenset("دمر دمرت اعترض اعترضت اسقط اسقطت تدمير اعتراض اسقاط اسقطوا دمروا".split())
_FLYERS = ("طايره", "طايرتين", "طايرات", "مسيره", "مسيرات", "مسيرتين", "صاروخ", "صواريخ", "درون")


def _is_shot_down(line: Line, hit: ActorHit) -> bool:
    """Whether what defence shot down was a group's: "destroyed two drones of the Houthis"."""
    if hit.prefix != "ل" or hit.kind == "state":
        return False
    before = range(max(0, hit.first - 5), hit.first)
    flyer = next((at for at in before if line.bare(at).startswith(_FLYERS)), None)
    if flyer is None or any(line.is_break(at) for at in range(flyer + 1, hit.first + 1)):
        return False
    return any(line.bare(at) in _SHOT_DOWN for at in range(max(0, flyer - 5), flyer))


OWNED = frozenset("تعود تابعه عايده يعود وتعود ويعود وتابعه".split())  # belongs to, belonging to


def owns_aircraft(line: Line, hit: ActorHit, *, struck: bool) -> bool:
    """Whether what flew is said to be its own: "the drone belongs to the coalition".

    `struck`: a verb of striking stands right before: "a drone thought to belong to the coalition struck".
    """
    own = hit.first - 2 if line.word(hit.first - 1) == "ل" else hit.first - 1
    if (hit.prefix != "ل" and own == hit.first - 1) or line.bare(own) not in OWNED:
        return False
    for at in range(max(0, hit.first - 7), hit.first - 1):
        if line.bare(at).removeprefix("ال") in role_words("means"):
            verb = line.verb(at - 1)
            return verb is not None and not verb.has_object if struck else line.bare(at).startswith("ال")
    return False


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
    while after < hit.last + 3 and not line.is_break(after) and (line.is_time(after) or line.word(after) in _FILLERS):
        after += 1
    return line.plays(after, "manage") and not line.is_break(after) and _is_undertaken(line, after + 1)


def _is_undertaken(line: Line, start: int) -> bool:
    """Whether the verbal noun of an attack follows: "(managed) to target", "(carried) out a bombardment"."""
    masdars = role_words("undertaken")
    for at in range(start, line.reach(start - 1, start + 5)):
        word = line.word(at)
        if word in masdars or (word[:1] in ("ب", "ل") and (word[1:] in masdars or _is_attack_noun(word))):
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


def _strikes_on(line: Line, head: int) -> bool:
    """Whether what "targeting of" names is who strikes: an aircraft behind which its target is named in turn."""
    if line.bare(head) not in role_words("means"):
        return False
    at = head + 1
    while at < min(head + 8, len(line.words)) and not line.is_break(at):
        word = line.word(at)
        if any(hit.first == at for hit in load_lexicon("targets.tsv").find(line.sentence.words, at, at + 1)):
            return not word.startswith("ب")
        if word in _PARTICLES:
            return False
        if word.removeprefix("ل") in _VEHICLES:
            return True
        at += 1
    return line.word(at) in _VEHICLES  # behind a comma: "the targeting by a drone, a car …"


# Vehicle, house, motorcycle, gathering: what an aircraft strikes.
_VEHICLES = frozenset("سياره سيارات سيارته سيارتهم مركبه عربه منزل منزلا دراجه تجمع تجمعا موقع موقعا نقطه".split())


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
        return any(_is_attack_noun(line.word(head - back)) for back in (2, 3))
    if prefix == "ل":
        at = head - 1
        while at > head - 4 and line.word(at) in role_words("loose") and not _is_attack_noun(line.word(at)):
            at -= 1
        return _is_attack_noun(line.word(at)) or (
            line.word(at) in role_words("loose") and _is_attack_noun(line.word(at - 1))
        )
    return _is_attack_noun(line.word(head - 1)) and not line.word(head - 1).startswith(("ال", "لل"))


def _is_attack_noun(word: str) -> bool:
    nouns = role_words("noun")
    if word in nouns:
        return True
    return any(
        word.startswith(joined) and word[len(joined) :] in nouns
        for joined in ("و", "ب", "ل", "ك", "وب", "ال", "وال", "بال", "لل")
    )


def _is_strike_noun(line: Line, index: int) -> bool:
    """Whether a phrase of force opens with a strike ("Turkish shelling"), not with who strikes ("Turkish aircraft")."""
    word = line.bare(index)
    return _is_attack_noun(word) and not _is_member(line, index)


def _is_subject_before(line: Line, hit: ActorHit, head: int, prefix: str, hits: Sequence[ActorHit]) -> bool:
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
    if line.bare(hit.first) in _SOLDIERS and (verb.role != "deed" or line.word(hit.last) != "النار"):
        return False  # soldiers are those who fell, but where they opened fire
    if verb.role == "deed":
        return line.word(at - 1) not in _RELATIVES or _has_object(line, hit)
    if (
        line.word(at - 1) in _RELATIVES
        or _is_attack_noun(line.word(at - 1))
        or line.word(at - 1) in role_words("loose")
    ):
        return False  # "the attack that struck …"
    if any(other.last in (at, at - 1) and other is not hit for other in hits):
        return False  # "Turkey struck …": its subject stands before it
    doer = head < hit.first and not line.bare(head).endswith(("ا", "ين"))
    if hit.kind != "state" and doer and line.bare(at) in _ASSAULTED:
        return True  # "gunmen of X attacked, at dawn, …"
    return _has_object(line, hit) if verb.role == "strike" else _is_noun_next(line, hit.last)


_SOLDIERS = frozenset({"جنود", "الجنود", "قوه", "القوه"})
_ASSAULTED = frozenset({"هاجم", "اقتحم", "باغت", "يهاجم"})  # verbs of men, whose object may stand far off
_OF_MANY = ("ا", "ون", "ان")  # endings of the dual and plural of verbs, folded


def _is_noun_next(line: Line, index: int) -> bool:
    """Whether something struck follows at once, not a preposition, a time or a break."""
    word = line.word(index)
    return (
        bool(word)
        and not line.is_break(index)
        and word not in _PARTICLES
        and word not in TIMES
        and (not word.startswith(("ب", "و")) or word in _STRUCK)
    )


# Nouns of what is struck that begin like "in" or "and": town, towns, building, tower, house, ship, unit, ministry.
_STRUCK = frozenset("بلده بلدات بلدتي بلدتين بنايه برج ابراجا بيت بيوت بيتا باخره بارجه بير وحده وزاره".split())


def _is_noun_next_at(line: Line, index: int) -> bool:
    """Whether a noun stands here, even behind the comma that closes a time of day."""
    word = line.word(index)
    noun = word in _STRUCK or not word.startswith(("ب", "و"))
    return bool(word) and word not in _PARTICLES and noun and find_verb(word) is None


_FLYING = ("طاير", "طيران", "مقاتل", "مسير", "مروحي", "مدفعي", "بوارج", "غار")
_PARTICLES = frozenset(
    "في من علي الي عن قرب عند خلال بعد قبل اثر جراء ما مما وسط داخل شمال جنوب شرق غرب حين عندما اذ وفق بحسب "
    "حسب ب".split()
)


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


def _is_subject_after(line: Line, hit: ActorHit, hits: Sequence[ActorHit]) -> bool:
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
            or not (word in TIMES or word in _FILLERS or word in role_words("loose") or word in _CALLED)
        ):
            if word in _RELATIVES and not line.is_break(at):
                at += 1
                continue
            return False
        at += 1
    return False


_FILLERS = frozenset(
    "هي هو هم قد لاحقا ايضا بدوره بدورها في العراق سوريا اليمن سيناء انه ان الاسلامي الاسلاميه المتشدد المتشدده "
    "السني السنيه الكردي".split()
)
_CALLED = frozenset("الارهابي الارهابيه المتطرف المتطرفه المسلح المسلحه الاسرائيليه التركيه الامريكيه".split())

__all__ = ["OWNED", "find_head", "is_agent", "is_object", "owns_aircraft"]
