"""Turns the words that open a clause into whether what follows is an attack of another day: since, after, before it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from extract.lexicon import word_set
from extract.text import Token

if TYPE_CHECKING:
    from extract.events.clauses import Clause

COMES = word_set("comes")
AFTER = word_set("after")
SINCE = "منذ"
LATER = frozenset({"بعد", "عقب"})  # after, following
MEMORIES = frozenset({"الذكري", "ذكري", "لذكري", "بذكري"})  # the anniversary: what follows is an event of another year
_FIRES = word_set("fires")
_PLURAL_ATTACKS = word_set("plural_attacks")
_RANKS = frozenset("ثاني ثالث رابع خامس سادس سابع احدث".split())  # the second (attack), the third …, the latest
_RANK_REACH = 12
_IT_IS = frozenset({"وهو", "وهي", "هو", "هي", "ليكون", "لتكون", "ليصبح"})  # it is, so that it is

RANKED = frozenset("الثاني الثانيه الثالث الثالثه الرابع الرابعه الخامس الخامسه الاحدث الاخير الاخيره احدث".split())


def opens_with_rank(words: Sequence[Token]) -> bool:
    """Whether a sentence opens with "the incident is the second (of its kind …)"."""
    return (
        len(words) > 3
        and words[1].text in ("هو", "هي")
        and words[0].text.removeprefix("و").startswith("ال")
        and words[2].text in RANKED
    )


def opens_since(words: Sequence[Token], index: int) -> bool:
    """Whether "since the attack (of) …" begins at `index`: the worst since an attack of another day."""
    following = words[index + 1].text if index + 1 < len(words) else ""
    return words[index].text == SINCE and (following in _FIRES or following in _PLURAL_ATTACKS)


_GREATEST = frozenset("الاضخم الاعنف الاكبر الاسوا الاشد الاكثر الادمي الثاني الثانيه اكبر اعنف اسوا اكثر".split())
_COMPARING = 9  # words between "the greatest" and "after"


def opens_comparison(words: Sequence[Token], index: int) -> bool:
    """Whether "after the bombing that …" begins at `index`, behind "it is the greatest": the attack of another day."""
    if words[index].text not in LATER or index + 2 >= len(words) or words[index + 2].text not in _THAT:
        return False
    return any(word.text in _GREATEST for word in words[max(0, index - _COMPARING) : index])


_THAT = frozenset("الذي التي اللذين اللتين".split())  # that


_BEFORE_IT = frozenset("وقبلها وقبله قبلها قبله وسبقها وسبقه سبقها سبقه وسبقتها وسبقته سبقتها سبقته".split())


def opens_before_it(clause: Clause) -> bool:
    """Whether "and before it …" opens a clause that tells no time of its own: an earlier one of a row of attacks."""
    return clause.opener in _BEFORE_IT and not clause.dates


_OCCURRED = frozenset("وقع وقعت كان كانت نفذ نفذت".split())  # occurred, was, was carried out
_ORDINALS = {
    f"ال{word}": rank
    for rank, words in enumerate(("اول اولي", "ثاني ثانيه", "ثالث ثالثه", "رابع رابعه", "خامس خامسه"), 1)
    for word in words.split()
}  # the first, the second …


def opens_with_lower_rank(clause: Clause) -> bool:
    """Whether "the first of which occurred in …" opens a clause behind "it is the third": an earlier one of them."""
    words = [word.text for word in clause.sentence.words]
    opening = words[clause.first : clause.first + 4]
    rank = next((_ORDINALS[b] for a, b in pairwise(opening) if a in _OCCURRED and b in _ORDINALS), None)
    return rank is not None and any(
        _ORDINALS.get(b, 0) > rank and a not in _OCCURRED for a, b in pairwise(words[: clause.first])
    )


def is_ranked(clause: Clause) -> bool:
    """Whether "the fourth attack in eight days", "and it is the second" stands before the clause."""
    words = clause.sentence.words
    for at in range(max(0, clause.first - _RANK_REACH), clause.first):
        text = words[at].text
        if text in _RANKS:
            return True
        if text.removeprefix("ال") in _RANKS and any(word.text in _IT_IS for word in words[max(0, at - 2) : at]):
            return True
    return False
