"""Turns a sentence into its words with the breaks between them, and tells its verbs of attack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from extract.actors.table import role_words
from extract.layout import Sentence
from extract.lexicon import expand_pattern, load_lexicon, read_rows

_OBJECTS = ("ه", "ها", "هم", "هما")  # object pronouns: him, her, them


_BREAKS = "،,؛:؟!()"


TIMES = frozenset(
    "صباح مساء ظهر عصر فجر ليل ليله امس اليوم الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعه السبت اول قبل "
    "منتصف الليل الماضيه الماضي قد كان كانت لاحقا".split()
)


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of attack as it stands in a text: deed, strike or kill; whether an object pronoun is written to it."""

    role: str
    has_object: bool


@lru_cache(maxsize=1)
def verb_forms() -> dict[str, Verb]:
    """Every person and object pronoun of the verbs of agents.tsv."""
    forms: dict[str, Verb] = {}
    for row in read_rows("agents.tsv"):
        if row["role"] not in ("deed", "strike", "kill"):
            continue
        for phrase in expand_pattern(row["pattern"]):
            past, _, present = phrase.partition("/")
            for form, has_object in _conjugate(past, present):
                forms.setdefault(form, Verb(row["role"], has_object))
    return forms


def _conjugate(past: str, present: str) -> Iterator[tuple[str, bool]]:
    """The third persons of a verb, bare and with an object pronoun."""
    she = "ت" + present[1:]
    forms = [past, f"{past}ت", f"{past}ا", f"{past}تا"]
    if present:
        forms += [present, she, f"{present}ان", f"{she}ان", f"{present}ون"]
    for form in forms:
        yield form, False
        for pronoun in _OBJECTS:
            yield form + pronoun, True
    yield f"{past}وا", False
    for pronoun in _OBJECTS:
        yield f"{past}و{pronoun}", True


def find_verb(word: str) -> Verb | None:
    """The verb of attack that a folded word is, with or without a joined "and" or "so"."""
    if word in role_words("noun") and not word.startswith(("ي", "ت")):
        return None
    verbs = verb_forms()
    if word in verbs:
        return verbs[word]
    return verbs.get(word[1:]) if word[:1] in ("و", "ف") else None


def is_attack_noun(word: str) -> bool:
    """Whether a folded word is a noun of attack, with or without what is joined to it."""
    nouns = role_words("noun")
    if word in nouns:
        return True
    return any(
        word.startswith(joined) and word[len(joined) :] in nouns
        for joined in ("و", "ب", "ل", "ك", "وب", "ال", "وال", "بال", "لل")
    )


class Line:
    """The words of a sentence with the breaks between them."""

    def __init__(self, sentence: Sentence, folded: str) -> None:
        self.sentence = sentence
        self.words = [word.text for word in sentence.words]
        words = sentence.words
        self._breaks = {
            index
            for index in range(1, len(words))
            if folded[words[index - 1].end : words[index].start] != " "  # a lone space parts nothing
            and any(mark in folded[words[index - 1].end : words[index].start] for mark in _BREAKS)
        }

    def word(self, index: int) -> str:
        return self.words[index] if 0 <= index < len(self.words) else ""

    def bare(self, index: int) -> str:
        """A word without a joined "and" or "so"."""
        word = self.word(index)
        return word[1:] if len(word) > 3 and word[0] in "وف" else word

    def verb(self, index: int) -> Verb | None:
        """The verb of attack at an index; "at dawn on Sunday" is none, though written like "blew up"."""
        if self.bare(index) == "فجر" and (
            self.word(index + 1) in TIMES or self.word(index - 1) in ("منذ", "في", "حتي") or self.is_break(index)
        ):
            return None
        return find_verb(self.word(index))

    def is_time(self, index: int) -> bool:
        """Whether the word tells a time of day or a weekday."""
        return self.bare(index) in TIMES

    def plays(self, index: int, role: str) -> bool:
        """Whether a word has a role of agents.tsv, with or without a joined "and" or "so"."""
        words = role_words(role)
        return self.word(index) in words or self.bare(index) in words

    def is_break(self, index: int) -> bool:
        """Whether a comma, colon or bracket stands before the word."""
        return index in self._breaks

    def reach(self, start: int, end: int) -> int:
        """The words from `start` that come before the next break, at most as far as `end`."""
        for index in range(start + 1, min(end, len(self.words))):
            if self.is_break(index):
                return index
        return min(end, len(self.words))


def skip_means(line: Line, start: int) -> int:
    """The word index behind times and behind what tells by which means: "today, with heavy mortar shells"."""
    weapons = {
        at
        for found in load_lexicon("triggers.tsv").find(line.sentence.words, start, min(start + 8, len(line.words)))
        if found.row["kind"] == "weapon" and line.word(found.first).startswith("ب")
        for at in range(found.first, found.last)
    }
    at = start
    while at < len(line.words) and (
        at in weapons
        or line.bare(at) in TIMES
        or line.word(at) in role_words("loose")
        or line.word(at).startswith("بال")
        or line.word(at) in ("بدون", "دون", "طيار", "بعده", "براجمات")
    ):
        at += 1
    return at


__all__ = ["TIMES", "Line", "Verb", "find_verb", "is_attack_noun", "skip_means", "verb_forms"]
