"""Turns the words around a named actor into whether it flew what struck, or what was shot down."""

from __future__ import annotations

from extract.actors.line import Line
from extract.actors.subjects import PARTICLES
from extract.actors.table import ActorHit, role_words
from extract.lexicon import load_lexicon

_SHOT_DOWN = frozenset("دمر دمرت اعترض اعترضت اسقط اسقطت تدمير اعتراض اسقاط اسقطوا دمروا".split())
_FLYERS = ("طايره", "طايرتين", "طايرات", "مسيره", "مسيرات", "مسيرتين", "صاروخ", "صواريخ", "درون")


def is_shot_down(line: Line, hit: ActorHit) -> bool:
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


# Vehicle, house, motorcycle, gathering: what an aircraft strikes.
_VEHICLES = frozenset("سياره سيارات سيارته سيارتهم مركبه عربه منزل منزلا دراجه تجمع تجمعا موقع موقعا نقطه".split())


def strikes_on(line: Line, head: int) -> bool:
    """Whether what "targeting of" names is who strikes: an aircraft behind which its target is named in turn."""
    if line.bare(head) not in role_words("means"):
        return False
    at = head + 1
    while at < min(head + 8, len(line.words)) and not line.is_break(at):
        word = line.word(at)
        if any(hit.first == at for hit in load_lexicon("targets.tsv").find(line.sentence.words, at, at + 1)):
            return not word.startswith("ب")
        if word in PARTICLES:
            return False
        if word.removeprefix("ل") in _VEHICLES:
            return True
        at += 1
    return line.word(at) in _VEHICLES  # behind a comma: "the targeting by a drone, a car …"


__all__ = ["OWNED", "is_shot_down", "owns_aircraft", "strikes_on"]
