"""Turns an incident's coded fields into the sentences of an alert: what, where, when, how many, who, how sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.counts import attach_preposition, count_arabic, count_english, write_digits
from alerts.marks import clean_words, isolate
from alerts.names import Names
from alerts.places import Values, name_date, name_place

HIGH, MEDIUM = 0.8, 0.55  # confidence from which the word for it changes
_TIES = {"state": "actor_backed", "umbrella": "actor_of"}  # by what the group behind is
_COUNTED = ("killed", "wounded", "munitions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The language and the digits in which to speak, and what things are called."""

    names: Names
    language: str  # ar | en
    numerals: str = "western"

    def say(self, key: str, **values: object) -> str:
        return self.names.phrase(key, self.language, **values)

    def term(self, group: str, code: str) -> str:
        return self.names.term(group, code, self.language)

    def count(self, number: int, noun: str, *, oblique: bool = False) -> str:
        row = self.names.nouns[noun]
        if self.language == "en":
            return count_english(number, row)
        return count_arabic(number, row, oblique=oblique, numerals=self.numerals)

    def digits(self, value: object) -> str:
        return write_digits(value, self.numerals if self.language == "ar" else "western")


def say_headline(incident: Values, voice: Voice, *, with_status: bool = True) -> str:
    """What was done to whom, and where."""
    attack = _say_attack(incident, voice)
    status = str(incident["status"])
    if with_status and status in ("intercepted", "foiled", "disputed"):
        attack = voice.say(status, attack=begin_small(attack))
    return voice.say("attack_at", attack=attack, place=name_place(incident, voice.names, voice.language))


def begin_small(words: str) -> str:
    """The words with a small first letter, as within a sentence, unless they begin with an abbreviation."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _say_attack(incident: Values, voice: Voice) -> str:
    method = voice.names.methods.get(str(incident["method"])) or voice.names.methods["other"]
    target = (voice.names.targets.get(str(incident["target"])) or {}).get(voice.language, "")
    means = method[voice.language]
    number = incident.get("munitions")
    if number and number > 1 and method["noun"]:
        counted = voice.count(number, method["noun"], oblique=True)
        if voice.language == "en":
            means = f"{means} ({counted})"
        else:
            lead = method["ar_with_number"]
            means = f"{lead[:-2]}{attach_preposition('ب', counted)}" if lead.endswith("بـ") else f"{lead}{counted}"
    if not target:
        return means
    joint = method[f"{voice.language}_joint"]
    if joint == "ب":
        return f"{means} {attach_preposition('ب', target)}"
    return f"{means} {joint} {target}"


def say_toll(incident: Values, voice: Voice) -> str:
    """The killed and wounded, with the range where sources differ; what is not told is not said."""
    killed, wounded = incident.get("killed"), incident.get("wounded")
    toll = _say_counts(killed, wounded, voice)
    ranges = [
        voice.say(f"range_{name}", low=voice.digits(low), high=voice.digits(high))
        for name in ("killed", "wounded")
        if (low := incident.get(f"{name}_low")) is not None
        and (high := incident.get(f"{name}_high")) is not None
        and low != high
    ]
    if ranges:
        toll = voice.say("toll_range", toll=toll, ranges=("، " if voice.language == "ar" else ", ").join(ranges))
    return toll


def _say_counts(killed: int | None, wounded: int | None, voice: Voice) -> str:
    if killed is None and wounded is None:
        return voice.say("toll_unknown")
    if not killed and not wounded:
        if killed is None or wounded is None:
            return voice.say("toll_only_no_wounded" if killed is None else "toll_only_no_killed")
        return voice.say("toll_none")
    dead = voice.count(killed, "killed") if killed else None
    hurt = voice.count(wounded, "wounded") if wounded else None
    if dead and hurt:
        return voice.say("toll_both", killed=dead, wounded=hurt)
    if dead:
        return dead if wounded is None else voice.say("toll_no_wounded", killed=dead)
    assert hurt is not None
    return hurt if killed is None else voice.say("toll_no_killed", wounded=hurt)


def say_actor(incident: Values, source: str | None, voice: Voice) -> str:
    """Who did it, and whose word that is; `source` None: the report at hand does not say so."""
    code, claim = incident.get("actor"), str(incident["claim"])
    if not code or claim not in ("claimed", "attributed"):
        return voice.say("actor_unknown")
    if claim == "attributed" and source is None:
        return voice.say("actor_attributed_elsewhere", actor=name_actor(str(code), voice))
    return voice.say(f"actor_{claim}", actor=name_actor(str(code), voice), source=source or "")


def name_actor(code: str, voice: Voice) -> str:
    """A group's name, and the one behind it: a facade says whose it is."""
    name = isolate(voice.names.actor(code, voice.language), voice.language)
    parent = voice.names.parent(code)
    if parent is None:
        return name
    behind = isolate(voice.names.actor(parent, voice.language).split(" (")[0], voice.language)
    if voice.names.actors[code].get("kind") == "facade":
        return voice.say("actor_facade", actor=name, parent=behind)
    kind = (voice.names.actors.get(parent) or {}).get("kind")
    return voice.say(_TIES.get(str(kind), "actor_affiliated"), actor=name, parent=behind)


def say_source(source: Values | None, voice: Voice) -> str:
    """The outlet's name; state, party and militia media are called that."""
    known = source or {}
    name = clean_words(str(known.get(f"name_{voice.language}") or known.get("outlet") or ""))
    if not name:
        return voice.say("source_unknown")
    named = voice.say("source_named", name=isolate(name, voice.language))
    owned = str((source or {}).get("ownership"))
    if ("ownership", owned) not in voice.names.terms:
        return named
    return voice.say("source_owned", name=named, ownership=voice.term("ownership", owned))


def say_sureness(incident: Values, source: str, voice: Voice) -> str:
    """How sure it is, how far it is confirmed, and according to whom."""
    confidence = float(incident["confidence"])
    level = "high" if confidence >= HIGH else "medium" if confidence >= MEDIUM else "low"
    return voice.say(
        "sure", sureness=voice.term("sureness", level), standing=voice.term("standing", str(incident["standing"])),
        source=source, publishers=voice.count(max(1, int(incident["publishers"])), "publisher"),
    )  # fmt: skip


def say_summary(incident: Values, source: str | None, voice: Voice) -> str:
    """When, the toll, and who; `source` is who blames him (see say_actor)."""
    day = name_date(incident, voice.names, voice.language, voice.numerals)
    actor = say_actor(incident, source, voice)
    if incident["status"] == "foiled" and not incident.get("killed") and not incident.get("wounded"):
        return voice.say("when_who", date=day, actor=actor)
    return voice.say("when_toll_who", date=day, toll=voice.say("toll", toll=say_toll(incident, voice)), actor=actor)


def say_brief(incident: Values, source: str, voice: Voice, *, blames: bool = True) -> str:
    """The same in a message on several, where only who is known to have done it is named."""
    day = name_date(incident, voice.names, voice.language, voice.numerals)
    toll = voice.say("toll", toll=say_toll(incident, voice))
    if not incident.get("actor"):
        return voice.say("brief", date=day, toll=toll, source=source)
    actor = say_actor(incident, source if blames else None, voice)
    return voice.say("brief_who", date=day, toll=toll, actor=actor, source=source)


def say_changes(changes: Sequence[Mapping[str, Any]], incident: Values, voice: Voice) -> list[str]:
    """Each changed field of the incident, old and new; a group that is named for the first time in one line."""
    lines = []
    blamed = _say_first_blamed(changes, incident, voice)
    for change in changes:
        field = str(change["field"])
        if blamed and field in ("claim", "actor"):
            lines += [blamed] if field == "actor" else []
            continue
        if change.get("incident"):
            headline = say_headline(change["incident"], voice)
            lines.append(
                voice.say("merged", headline=headline) if field == "merged" else voice.say("split", headline=headline)
            )
            continue
        old, new = (_say_value(field, change[side], incident, voice) for side in ("old", "new"))
        lines.append(voice.say(_choose_change(change, old), field=voice.term("field", field), old=old, new=new))
    return lines


def _choose_change(change: Mapping[str, Any], old: str) -> str:
    if change["old"] in (None, "unknown") or old == "":
        return "change_first"
    if change["field"] in _COUNTED and change["new"] is not None:
        return "change_up" if change["new"] > change["old"] else "change_down"
    return "change"


def _say_first_blamed(changes: Sequence[Mapping[str, Any]], incident: Values, voice: Voice) -> str | None:
    """Who claims it or is blamed for it, where nobody was named before; else None."""
    found = {str(change["field"]): change for change in changes}
    actor, claim = found.get("actor"), found.get("claim")
    if not actor or not claim or actor["old"] or not actor["new"] or claim["new"] not in ("claimed", "attributed"):
        return None
    return voice.say(f"change_{claim['new']}", actor=_say_value("actor", actor["new"], incident, voice))


def _say_value(field: str, value: Any, incident: Values, voice: Voice) -> str:
    if value is None:
        return ""
    if field in _COUNTED:
        return voice.digits(value)
    if field in ("status", "standing", "claim"):
        return voice.say("word", word=voice.term(field, str(value)))
    if field == "actor":
        return isolate(voice.names.actor(str(value), voice.language), voice.language)
    if field == "country":
        return voice.names.country(str(value), voice.language)
    if field == "admin1":
        return voice.names.governorate(str(value), voice.language) or str(value)
    if field == "date":
        return name_date({"date": value, "date_precision": "day"}, voice.names, voice.language, voice.numerals)
    if field == "place":
        area = {"place": value, "admin1": incident.get("admin1"), "country": incident.get("country")}
        return name_place(area, voice.names, voice.language).split("، " if voice.language == "ar" else ", ")[0]
    if field in ("method", "target"):
        rows = voice.names.methods if field == "method" else voice.names.targets
        return rows.get(str(value), {}).get(voice.language, str(value))
    return isolate(clean_words(str(value)), voice.language)
