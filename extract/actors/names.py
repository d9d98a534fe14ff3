"""Turns the words of a report into the actors that it names: groups, facades, states by name or by adjective."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from extract.actors.forces import find_forces
from extract.actors.table import (
    LOCAL_ARMY,
    LOCAL_RESISTANCE,
    LOCAL_RESISTANCES,
    ActorHit,
    kind_of,
    load_actors,
    role_words,
    strip_joined,
)
from extract.layout import Sentence
from extract.lexicon import Hit, Lexicon, Row, expand_pattern, read_rows, word_set
from extract.text import Token, fold


@lru_cache(maxsize=1)
def _names() -> Lexicon:
    """All names; one that opens with the article is known behind "of" too, where both are written as one."""
    named = [
        (line, actor, name)
        for line, (actor, columns) in enumerate(load_actors().items(), 2)
        for name in [columns["name_ar"], *columns["aliases_ar"].split(";")]
        if name
    ]
    named += [(row.line, row["actor"], row["pattern"]) for row in read_rows("actor_patterns.tsv")]
    rows = []
    for line, actor, pattern in named:
        for name in expand_pattern(pattern):
            rows.append(Row(line, {"pattern": name, "id": actor}))
            if name.startswith("ال"):
                rows.append(Row(line, {"pattern": f"لل{name[2:]}", "id": actor}))
    return Lexicon(rows)


@lru_cache(maxsize=1)
def _pronouns() -> dict[str, str]:
    """Which noun takes up which kind of group: folded word to pronoun."""
    return {
        text: row["role"].removeprefix("pronoun:")
        for row in read_rows("agents.tsv")
        if row["role"].startswith("pronoun:")
        for text in expand_pattern(row["pattern"])
    }


def find_actors(sentence: Sentence) -> list[ActorHit]:
    """Actors that a sentence names, states included where an adjective stands beside a word of force."""
    words = sentence.words
    found = [
        ActorHit(
            hit.row["id"],
            kind_of(hit.row["id"]),
            sentence,
            hit.first,
            hit.last,
            prefix=_prefix_of(words[hit.first].text, hit.row["pattern"]),
            joined=_is_joined(words[hit.first].text, hit.row["pattern"]),
        )
        for hit in _names().find(words)
        if not _is_common(words, hit)
    ]
    proxies = [proxy for proxy in _find_proxies(sentence) if not any(_names_itself(proxy, hit) for hit in found)]
    found = proxies + [hit for hit in found if not any(proxy.first <= hit.first < proxy.last for proxy in proxies)]
    forces = find_forces(sentence)
    found = [hit for hit in found if hit.id != LOCAL_ARMY or not any(_holds(force, hit) for force in forces)]
    taken = {index for hit in found for index in range(hit.first, hit.last)}
    for hit in [*forces, *_find_pronouns(sentence)]:
        if not taken & set(range(hit.first, hit.last)):
            found.append(hit)
            taken |= set(range(hit.first, hit.last))
    found.sort(key=lambda hit: hit.first)
    return [hit for hit in found if not _only_describes(words, hit, found)]


def _names_itself(proxy: ActorHit, hit: ActorHit) -> bool:
    """Whether the militias loyal to Iran are named: "the Houthi militias, which Iran backs"."""
    return hit.id != _GENERIC and hit.kind != "state" and proxy.first <= hit.first < proxy.last


def _only_describes(words: Sequence[Token], hit: ActorHit, found: Sequence[ActorHit]) -> bool:
    """Whether it is named only to say whose the group before it is: "X, which is linked with al-Qaeda"."""
    affiliated = role_words("affiliated")
    if not hit.first or words[hit.first - 1].text not in affiliated or not hit.prefix:
        return False
    return any(other.last <= hit.first - 1 <= other.last + 1 and other.id != hit.id for other in found)


def _prefix_of(word: str, pattern: str) -> str:
    """The preposition ل or ب written before a name, if any."""
    first = fold(pattern).split()[0]
    if word == first and not pattern.startswith("لل"):
        return ""
    bare = word[1:] if word[:1] in "وف" and not first.startswith(word[:1]) else word
    return bare[0] if (bare[:1] in "لب" and bare != first) or pattern.startswith("لل") else ""


def _is_joined(word: str, pattern: str) -> bool:
    """Whether "and" is written before a name that does not itself open with its letter."""
    first = fold(pattern).split()[0]
    return word.startswith("و") and not first.startswith("و")


def _holds(force: ActorHit, army: ActorHit) -> bool:
    """Whether "the air force" is said to be a state's: "the American air force"."""
    return force.first <= army.first and army.last < force.last


def _find_proxies(sentence: Sentence) -> list[ActorHit]:
    """Factions told by their loyalty to Iran: "armed Iraqi factions close to Iran"."""
    words = [word.text for word in sentence.words]
    found = []
    for index, text in enumerate(words):
        if strip_joined(text) not in role_words("proxy") and text not in role_words("proxy"):
            continue
        for at in range(index + 1, min(index + 5, len(words))):
            if words[at] not in role_words("loyal"):
                continue
            for end in range(at + 1, min(at + 4, len(words))):
                if words[end] in role_words("patron"):
                    prefix = text[0] if text[:1] in "لب" and text[1:] in role_words("proxy") else ""
                    found.append(ActorHit("iran_backed_militias", "umbrella", sentence, index, end + 1, prefix=prefix))
                    break
            break
    return found


def _find_pronouns(sentence: Sentence) -> list[ActorHit]:
    """Nouns that take up a group named elsewhere: "the organisation", "the movement"; resolved by `find_all_actors`."""
    found = []
    for index, word in enumerate(sentence.words):
        bare = word.text.removeprefix("و").removeprefix("ف")
        noun = _pronouns().get(bare)
        if noun and not _is_named_on(sentence.words, index):
            found.append(
                ActorHit("", "", sentence, index, index + 1, prefix="ل" if bare.startswith("لل") else "", pronoun=noun)
            )
    return found


def _is_named_on(words: Sequence[Token], index: int) -> bool:
    """Whether the noun has a name or an adjective of its own behind it ("the democratic party", "the group's …")."""
    if not words[index].text.removeprefix("و").startswith(("ال", "لل")):
        return True
    following = words[index + 1].text if index + 1 < len(words) else ""
    return (
        following.startswith("ال")
        and words[index + 1].start - words[index].end == 1
        and following not in _CALLED | _DAYS
    )


# Adjectives that say nothing of which group it is: terrorist, extremist, militant, armed, separatist.
_CALLED = frozenset("الارهابي الارهابيه المتطرف المتطرفه المتشدد المتشدده المسلح المسلحه الانفصاليه المبايعه".split())


_DAYS = frozenset("الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعه السبت اليوم الماضي الماضيه".split())

# Which groups each noun can take up.
_TAKEN_UP: dict[str, Callable[[dict[str, str]], bool]] = {
    "organisation": lambda row: row["kind"] == "jihadist" or row["id"] in ("taliban", "pkk"),
    "movement": lambda row: "حركه" in fold(row["name_ar"] + row["aliases_ar"]),
    "group": lambda row: row["kind"] in ("jihadist", "insurgent", "facade"),
    "party": lambda row: "حزب" in fold(row["name_ar"]),
    "front": lambda row: "جبهه" in fold(row["name_ar"]),
    "rebels": lambda row: row["kind"] == "insurgent" and row["id"] != "yemeni_popular_resistance",
    "militia": lambda row: row["kind"] in ("militia", "facade") or row["id"] == "houthis",
    "resistance": lambda row: "مقاوم" in fold(row["name_ar"]) or row["id"] == "hizballah",
    "alliance": lambda row: row["id"] == "nato",
    "coalition": lambda row: row["id"] in ("coalition", "saudi_coalition"),
}


def find_all_actors(sentences: Iterable[Sentence]) -> dict[int, list[ActorHit]]:
    """Actors by the identity of their sentence; "the organisation" and the like mean the group named last before."""
    found = {id(sentence): _drop_generic(find_actors(sentence)) for sentence in sentences}
    named = [hit for hits in found.values() for hit in hits if not hit.pronoun]
    if not any(hit.id == _REBELS for hit in named) and _is_about_yemen(found):
        named += [
            replace(hit, id=_REBELS, kind=kind_of(_REBELS), pronoun="")
            for hits in found.values()
            for hit in hits
            if hit.pronoun in ("militia", "rebels")
        ]
    return {key: [settled for hit in hits for settled in _settle(hit, named)] for key, hits in found.items()}


_REBELS = "houthis"


def _is_about_yemen(found: Mapping[int, Sequence[ActorHit]]) -> bool:
    """Whether a sentence on "the militia" speaks of Yemen or of the Saudi towns on its border."""
    return any(
        hit.pronoun in ("militia", "rebels") and any(strip_joined(word.text) in word_set("of_yemen") for word in words)
        for hits in found.values()
        for hit in hits
        for words in [hit.sentence.words]
    )


def _drop_generic(hits: list[ActorHit]) -> list[ActorHit]:
    """Leave out "militias" where they are said to call themselves by the name that follows."""
    return [
        hit
        for hit, following in zip(hits, [*hits[1:], None], strict=False)
        if hit.id != _GENERIC or following is None or following.id == _GENERIC or not _are_called(hit, following)
    ]


_GENERIC = "iran_backed_militias"


def _are_called(hit: ActorHit, name: ActorHit) -> bool:
    between = {word.text for word in hit.sentence.words[hit.last : name.first]}
    return name.first - hit.last <= 12 and bool(between & word_set("are_called"))


def _settle(hit: ActorHit, named: Sequence[ActorHit]) -> list[ActorHit]:
    if hit.id == LOCAL_RESISTANCE:  # the one that the report names in full
        full = [other.id for other in named if other.id in LOCAL_RESISTANCES.values()]
        return [replace(hit, id=full[0], kind=kind_of(full[0]))] if full else [hit]
    if not hit.pronoun:
        return [hit]
    fits = [other for other in named if other.id in load_actors() and _TAKEN_UP[hit.pronoun](load_actors()[other.id])]
    place = (hit.sentence.source == "text", hit.sentence.start, hit.first)
    before = [other for other in fits if (other.sentence.source == "text", other.sentence.start, other.first) < place]
    chosen = before[-1] if before else fits[0] if fits else None
    if chosen is None and hit.pronoun == "coalition":
        return [replace(hit, id="coalition", kind="state")]
    return [replace(hit, id=chosen.id, kind=chosen.kind)] if chosen else []


# Organisation, members, gunmen, network … of al-Qaeda.
_OF_AL_QAEDA = frozenset("تنظيم لتنظيم عناصر مسلحي مسلحو شبكه التنظيم خليه خلايا مقاتلي مقاتلو قاده قيادي".split())


def _is_accused_base(words: Sequence[Token], hit: Hit) -> bool:
    """Whether the bare name stands where only a group can: accused of it, behind it, who claims it or belongs to it."""
    before = [word.text.removeprefix("و") for word in words[max(0, hit.first - 5) : hit.first]]
    accusing = any(word in word_set("accusing") for word in before)
    after = [word.text for word in words[hit.last : hit.last + 4]]
    if accusing and any(word in word_set("guilt") for word in after):
        return True
    one = words[hit.first - 1].text if hit.first else ""
    two = words[hit.first - 2].text if hit.first > 1 else ""
    if one in word_set("claiming") or (after and after[0] in word_set("claiming")):
        return True
    return one in word_set("men_of") or (one in ("من", "في") and two in word_set("men_of"))


def _is_common(words: Sequence[Token], hit: Hit) -> bool:
    """Whether an ambiguous name stands here as a common word: "the base" against al-Qaeda."""
    if hit.last - hit.first > 1:
        return False
    name = words[hit.first].text
    before = words[hit.first - 1].text if hit.first else ""
    after = words[hit.last].text if hit.last < len(words) else ""
    if name.endswith("قاعده"):
        joined = before in _OF_AL_QAEDA or after in ("في", "ببلاد")
        return not (joined or _is_accused_base(words, hit)) or after in ("العسكريه", "الجويه", "البحريه", "الامريكيه")
    if name.endswith("الكردستاني"):  # Kurdistan's (parliament), against the party
        return before in ("الديمقراطي", "الوطني", "البرلمان", "الاقليم", "الحزب")
    return False


__all__ = ["find_actors", "find_all_actors"]
