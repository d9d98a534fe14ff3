"""Reads tolls that are said to be none: without casualties, nobody was hurt, no loss of life."""

from __future__ import annotations

from extract.numbers_lexicon import NOUNS
from extract.scan import WORD_SETS
from extract.toll_hit import TollHit
from extract.toll_lexicon import TollWord
from extract.toll_walk import CLAUSE_ENDS, SENTENCE_ENDS, Walk

_REACH = 14  # parts after the negation in which what is denied may stand
_GAP = 8
_BOTH = frozenset(("killed", "wounded"))
# What stands between a negation and a toll that is merely not known: no word of losses is not a word of no losses.
_UNTOLD = WORD_SETS["untold"]
_MATERIAL = WORD_SETS["material"]
_LIVES = WORD_SETS["lives"]


def read_denial(walk: Walk, word: TollWord) -> int | None:
    """دون إصابات, لم يصب أحد: keeps a count of none for each toll that is denied."""
    texts, at = walk.scan.texts, walk.index
    if texts[at] == "غير" and (texts[at + 1 : at + 2] != ("ان",) or at == walk.low or texts[at - 1] != "من"):
        return None
    kinds: set[str] = set()
    last = at
    for index in range(at + 1, min(at + _REACH, walk.stop)):
        text = texts[index]
        if text in SENTENCE_ENDS or text in _UNTOLD or (kinds and text in CLAUSE_ENDS):
            break
        found = _read_denied(walk, index)
        if found:
            kinds |= found
            last = index
        elif index - last > _GAP or (
            kinds and (text[0].isdecimal() or text in ("لكن", "ولكن", "الا", "بل", "سوي", "باستثناء"))
        ):
            break
    if not kinds:
        return None
    for kind in sorted(kinds):
        walk.hits.append(
            TollHit(start=walk.scan.starts[at], end=walk.scan.ends[last], kind=kind, count=0, negated=True)
        )
    return last + 1


def _read_denied(walk: Walk, index: int) -> frozenset[str]:
    """Which tolls the word at `index` would deny."""
    texts = walk.scan.texts
    word = walk.word_at(index)
    ahead = texts[index + 1 : index + 3]
    if word is not None:
        if word.role == "losses":
            return _BOTH if _LIVES & set(ahead) or not _MATERIAL & set(ahead) else frozenset()
        if word.role == "noun_plural" or (word.role == "noun" and word.kind == "wounded"):
            return _BOTH
        if word.role == "suffer" and "احد" in texts[index + 1 : index + 5]:
            return _BOTH
        return frozenset()
    noun = NOUNS.get(texts[index])
    if noun is None or noun.cls != "status" or not _is_deniable(texts[index - 1], noun.number):
        return frozenset()
    return {"victims": _BOTH, "killed": frozenset(("killed",)), "wounded": frozenset(("wounded",))}.get(
        noun.group, frozenset()
    )


def _is_deniable(before: str, number: str) -> bool:
    """A plural, or a single one after "any": he did not die a martyr denies nothing."""
    return number == "plural" or (number == "singular" and before in ("اي", "ايه", "وقوع", "سقوط"))
