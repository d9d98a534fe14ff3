"""Turns a sentence's clauses into candidates: one with an event of its own stands alone, the others go together."""

from __future__ import annotations

from extract.events.candidates import Candidate, NamedPlace
from extract.events.clauses import ALSO, Clause, is_listed
from extract.events.openers import (
    AFTER,
    COMES,
    MEMORIES,
    SINCE,
    is_ranked,
    opens_before_it,
    opens_comparison,
    opens_since,
    opens_with_lower_rank,
    opens_with_rank,
)
from extract.fields.methods import is_same_family
from extract.lexicon import word_set
from extract.places import PlaceChoice
from extract.places.nearness import are_in_other_parts, distance

_WHERE = frozenset({"حيث", "اذ"})  # where, as: "the second in three days, as two policemen were killed on Thursday"
_LIKE_IT = word_set("like_it")
_RANKING = frozenset("هذا وهذا هذه وهذه وهو وهي ويعد وتعد".split())  # "this is the second attack …, after that on …"
_BESIDES = word_set("besides")
_AS_WELL_AS = frozenset({"فضلا", "اضافه", "علاوه"})
_FIRES = word_set("fires")
_SEPARATE = word_set("separate")
_IN_ANSWER = word_set("in_answer")


def gather_candidates(clauses: list[Clause], among_attacks: bool = False) -> list[Candidate]:
    """Join a sentence's clauses into candidates; one with its own event and its own place or day stands alone."""
    groups: list[list[Clause]] = []
    recalled: list[bool] = []
    for clause, following in zip(clauses, [*clauses[1:], None], strict=True):
        if groups and clause.slot != groups[-1][-1].slot:
            groups.append([clause])
            recalled.append(_is_recalled(_head_of(groups)))
            continue
        recalls = clause.recalls if not groups else _is_recalled(clause) or _is_earlier(groups[-1], clause)
        if recalls and not clause.recalls and _is_placed_by(groups[-1], clause):
            recalls = False
        if (
            groups
            and not recalls
            and not (len(groups) == 1 and recalled[0])
            and not _opens_own(groups[-1], _with_cause(clause, following), among_attacks)
        ):
            groups[-1].append(clause)
        else:
            if groups and clause.opener == "حيث" and not clause.places:
                clause.places.extend(groups[-1][-1].places)  # "near the court, where …"
            groups.append([clause])
            recalled.append(recalls)
    _share_places(groups)
    return [
        Candidate(
            clauses=group,
            recalled=recalls,
            answered=recalls and not _is_recalled(group[0]),
            among_attacks=among_attacks,
        )
        for group, recalls in zip(groups, recalled, strict=True)
    ]


def _share_places(groups: list[list[Clause]]) -> None:
    """Give "one killed by fire, four wounded by a device, in separate incidents in Kirkuk" one place for both."""
    if len(groups) < 2 or any(place.hit.manner == "plain" for clause in groups[0] for place in clause.places):
        return
    words = groups[0][0].sentence.words
    for clause in groups[-1]:
        if clause.places and any(word.text in _SEPARATE for word in words[clause.first : clause.last]):
            groups[0][0].places.extend(clause.places)
            return


def _head_of(groups: list[list[Clause]]) -> Clause:
    """The clause that names the attacks whose slots stand last; the slots of a recalled head are recalled."""
    return next((clause for group in groups for clause in group if clause.pooled), groups[-1][0])


def _is_placed_by(group: list[Clause], clause: Clause) -> bool:
    """Whether "another attack, five days after the first, in Salah ad-Din" only goes on: the clause names its place."""
    before, after = Candidate(clauses=group), Candidate(clauses=[clause])
    return before.opens_another and not before.own_places and bool(after.clauses[0].places) and after.is_definite


def _with_cause(clause: Clause, following: Clause | None) -> list[Clause]:
    """A clause with the next one, where that tells of what its victims died: "while two died, after an attack in …"."""
    if following is None or clause.triggers or not clause.tolls or following.tolls or not following.triggers:
        return [clause]
    joined = following.opener in AFTER and clause.opener in _MEANWHILE
    return [clause, following] if joined else [clause]


def _opens_own(group: list[Clause], told: list[Clause], among_attacks: bool) -> bool:
    """Whether `told`, a clause with what it goes on with, tells of another event than the clauses before it."""
    clause = told[0]
    before = Candidate(clauses=group, among_attacks=among_attacks)
    after = Candidate(clauses=told, among_attacks=among_attacks)
    if before.strength >= 2 and _strikes_elsewhere(before, after, clause):
        return True
    if before.strength < 2 or after.strength < 2:
        return False
    if clause.opener in _AS_WELL_AS and (before.is_count or before.is_series):
        return False  # "carried out 52 attacks, as well as the shelling of …": all of it is counted
    if clause.opener == ALSO and after.has_new_trigger and not after.is_definite:
        return True  # "claimed responsibility also for an attack …"
    if before.is_series and after.strength >= 3 and not after.is_series and after.own_places:
        return True
    if (after.opens_another or after.turns) and not after.is_definite:
        return True
    if not clause.slot and is_listed(clause):
        return True  # what goes on in one slot goes on with its attack
    if (
        clause.sentence.source == "title"
        and before.has_toll
        and after.has_toll
        and after.has_new_trigger
        and not after.is_definite
    ):
        return True
    if clause.opener in _BESIDES and after.has_new_trigger and after.has_toll and before.has_toll:
        return True
    anew = after.has_new_trigger and not after.is_definite and bool(after.own_places)
    if clause.opener == "وان" and anew and before.has_toll and after.has_toll:
        return True  # "said that seven died in an attack …, and that five died in an attack on the town of …"
    if before.dates and _opens_with_day(clause) and after.has_new_trigger and after.has_toll and not after.is_definite:
        return True  # "…, and last month ten were killed in an attack on …"
    return _differs(before, after, clause)


def _differs(before: Candidate, after: Candidate, clause: Clause) -> bool:
    """Whether place, means or a pluperfect part what a clause tells from what the clauses before it told."""
    if clause.opener in _WHERE and after.has_toll and after.strength >= 3 and after.dates:
        return True  # "near the court, where the prosecutor was killed by a car bomb at the end of June"
    if _turns_back(clause) and after.dates and after.strength >= 3:
        return True
    if clause.opener in ("وكان", "وكانت") and after.has_new_weapon and after.has_toll:
        return True
    if strikes_too(clause) and after.has_new_trigger and not after.is_definite:
        return True
    fallen = clause.opener in _FALLEN and after.has_new_trigger and not after.is_definite
    if fallen and _are_apart(before, after):
        return True  # "seven fell in a bombing in Aden, and others were killed by a bomb in the governorate of Ibb"
    if clause.opener in _BESIDES and after.own_places and _are_unlike(before, after):
        return True
    placed = after.has_new_means and any(choice.hit.manner == "plain" for choice in clause.places)
    if before.has_toll and after.has_toll and (after.has_new_weapon or placed) and _are_unlike(before, after):
        return True  # "one was killed by gunmen's fire, and four were wounded by a device"
    if (after.has_new_weapon or _strikes_anew(clause, after)) and _are_apart(before, after):
        return True
    if _strikes_anew(clause, after) and after.has_new_weapon and _are_placed_apart(before, after):
        return True
    if before.has_toll and after.has_toll and after.has_new_trigger and _are_in_other_parts(before, after):
        return True
    first_places, second_places = before.own_places, after.own_places
    both = bool(first_places and second_places)
    return both and not any(_is_near(a, b) for a in first_places for b in second_places)


# And … was killed, were wounded, fell, met his death.
_FALLEN = frozenset("وقتل وقتلت وقتلوا واصيب واصيبت وجرح وجرحت ولقي ولقيت وسقط واستشهد واستشهدت وقضي".split())
_MEANWHILE = frozenset({"فيما", "بينما", "كما", "حين"})  # while, as also
_STRUCK = frozenset(
    "شن شنت شنوا اغار اغارت قصف قصفت استهدف استهدفت هاجم هاجمت اطلق اطلقت نفذ نفذت فجر فجرت تعرض تعرضت".split()
)


def strikes_too(clause: Clause) -> bool:
    """Whether a clause opens with "while the aircraft struck …": a verb of attack with a doer and a deed of its own."""
    words = [word.text for word in clause.sentence.words[clause.first : clause.first + 4]]
    return words[:1] != [] and words[0] in _MEANWHILE and any(word in _STRUCK for word in words[1:3])


def _strikes_elsewhere(before: Candidate, after: Candidate, clause: Clause) -> bool:
    """Whether "while four were killed in the region of Y" tells the dead of another governorate than the attack's."""
    if clause.opener not in _MEANWHILE or not (before.has_toll and after.has_toll):
        return False
    areas = [
        {choice.place.admin1 for part in one.clauses for choice in part.places if choice.place and _is_scene(choice)}
        for one in (before, after)
    ]
    return all(area - {None} for area in areas) and not areas[0] & areas[1]


def _is_scene(choice: PlaceChoice) -> bool:
    return choice.hit.manner == "plain"


def _turns_back(clause: Clause) -> bool:
    """Whether a clause opens with "for … had": the earlier of two attacks that the words before rank."""
    words = [word.text for word in clause.sentence.words[clause.first : clause.first + 2]]
    return len(words) == 2 and words[0] in _WHERE and words[1] in ("كان", "كانت", "كانوا", "سبق")


def _strikes_anew(clause: Clause, after: Candidate) -> bool:
    """Whether a clause opens with "and … struck": a verb of attack that goes on with no attack told before."""
    first = clause.opener
    return first.startswith("و") and first.removeprefix("و") in _STRUCK and not after.is_definite


def _opens_with_day(clause: Clause) -> bool:
    """Whether a clause begins with a day or a time of its own ("and on Monday …")."""
    return any(date.start <= clause.start + 1 and date.kind != "relative_event" for date in clause.dates)


def _is_recalled(clause: Clause) -> bool:
    """Whether the clause is the earlier event of "this attack comes two days after …"."""
    words = clause.sentence.words
    if clause.recalls:
        return True
    if clause.first == 0:
        return False
    if clause.opener in MEMORIES or opens_before_it(clause) or opens_with_lower_rank(clause):
        return True
    if clause.opener in _IN_ANSWER:
        return bool(clause.triggers)  # "in answer to the crimes …, they targeted …" recalls no attack
    if clause.opener == SINCE:
        return opens_since(words, clause.first)
    again = clause.opener.removeprefix("و") in AFTER and any(word.text in AFTER for word in words[: clause.first])
    if clause.opener not in AFTER and not again:
        return False
    if opens_comparison(words, clause.first):
        return True
    if any(word.text in _LIKE_IT for word in words[clause.first + 1 : clause.first + 5]):
        return True
    if is_ranked(clause):
        return True  # "in the fourth great attack in eight days, after the storming of …"
    if opens_with_rank(words):
        return True
    return (
        words[0].text in COMES
        or words[0].text in _RANKING
        or any(date.kind == "relative_event" and date.start == clause.start for date in clause.dates)
    )


def _is_earlier(group: list[Clause], clause: Clause) -> bool:
    """Whether the clause is an earlier attack: what the one told answers, or one of a day named right there."""
    return _is_of_earlier_day(group, clause) or _is_answered(group, clause) or _is_before_find(group, clause)


def _is_before_find(group: list[Clause], clause: Clause) -> bool:
    """Whether "after two cars had exploded and killed 15" stands behind a device that was found and made safe."""
    if clause.opener not in AFTER:
        return False
    before, after = Candidate(clauses=group), Candidate(clauses=[clause])
    found = bool(before.covers & {"foiled", "seized"}) or "foiled" in before.clause_modality
    return found and not before.has_toll and after.has_toll and after.strength >= 2


def _is_of_earlier_day(group: list[Clause], clause: Clause) -> bool:
    """Whether "after the attack of Saturday" stands behind an attack whose own day is told."""
    words = clause.sentence.words[clause.first : clause.last]
    if words[0].text not in AFTER or len(words) < 3 or words[1].text not in _FIRES:
        return False
    named = any(words[2].start <= date.start <= words[min(3, len(words) - 1)].start for date in clause.dates)
    before = Candidate(clauses=group)
    return named and before.strength >= 2 and bool(before.dates)


def _is_answered(group: list[Clause], clause: Clause) -> bool:
    """Whether the clause is the attack that the one before it answers: "shelled their sites after shots from there"."""
    if clause.opener not in AFTER:
        return False
    before, after = Candidate(clauses=group), Candidate(clauses=[clause])
    if _tells_strike(group) and after.has_new_trigger and after.own_places and not _shares_place(before, after):
        return True  # "carried out a strike on militants …, after the base of … had been targeted"
    methods = [
        {hit.row["method"] for hit in c.real if hit.row["kind"] in ("attack", "weapon")} for c in (before, after)
    ]
    return (
        before.strength >= 2
        and after.strength >= 2
        and after.has_new_trigger
        and bool(methods[1] - {"unknown"})
        and not methods[0] & methods[1]
    )


_CARRIES_OUT = frozenset("شن شنت شنوا نفذ نفذت وجه وجهت تشن تنفذ".split())  # launched, carried out, dealt
_STRIKES = frozenset("ضربه ضربات ضربتين ضربتان غاره غارات غارتين قصفا".split())  # a strike, raids, a shelling


def _tells_strike(group: list[Clause]) -> bool:
    """Whether a force is told to have carried out strikes."""
    words = [word.text for clause in group for word in clause.sentence.words[clause.first : clause.last]]
    return any(
        word.removeprefix("و") in _CARRIES_OUT and bool(_STRIKES & set(words[at + 1 : at + 4]))
        for at, word in enumerate(words)
    )


def _shares_place(before: Candidate, after: Candidate) -> bool:
    return any(_is_near(a, b) for a in before.own_places for b in after.own_places)


def _are_unlike(before: Candidate, after: Candidate) -> bool:
    """Whether both name their means, and no attack has both ("… while aircraft raided …")."""
    first, second = (
        {hit.row["method"] for hit in c.real if hit.row["kind"] in ("attack", "weapon", "agent")} - {"unknown", ""}
        for c in (before, after)
    )
    return bool(first and second) and not any(is_same_family(a, b) for a in first for b in second)


def _are_in_other_parts(before: Candidate, after: Candidate) -> bool:
    """Whether "three died in the south of Afghanistan, and two in the east of the country": two parts of a land."""
    told = ([choice for clause in candidate.clauses for choice in clause.places] for candidate in (before, after))
    return are_in_other_parts(*told)


def _are_apart(before: Candidate, after: Candidate) -> bool:
    """Whether both name a governorate, and not the same."""
    first, second = (
        {
            choice.place.admin1
            for clause in candidate.clauses
            for choice in clause.places
            if choice.place and choice.place.admin1 and choice.hit.manner == "plain" and choice.hit.bearing is None
        }
        for candidate in (before, after)
    )
    return bool(first and second) and not first & second


def _are_placed_apart(before: Candidate, after: Candidate) -> bool:
    """Whether both name a town or a site, one of them by a bearing ("east of Rafah"), and not the same."""
    first, second = (
        [
            choice.place
            for clause in candidate.clauses
            for choice in clause.places
            if choice.place and choice.place.rank < 5 and choice.hit.manner == "plain"
        ]
        for candidate in (before, after)
    )
    return bool(first and second) and all(distance(a, b) > APART_KM for a in first for b in second)


APART_KM = 8.0  # two scenes, though a bearing stands before one of their names


def _is_near(a: NamedPlace, b: NamedPlace) -> bool:
    if a[1] is None or a[2] is None or b[1] is None or b[2] is None:
        return a[0] == b[0]
    reach = 0.03 if a[3] and b[3] and a[0] != b[0] else 0.12  # degrees: two towns, or a base and its town
    return abs(a[1] - b[1]) < reach and abs(a[2] - b[2]) < reach
