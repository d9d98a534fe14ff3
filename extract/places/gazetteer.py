"""Turns the gazetteer's CSV files into an automaton that knows every folded name."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

import ahocorasick

from extract.places.records import Place
from extract.places.spellings import LANDS, spell_otherwise
from extract.places.words import Cue, load_words
from extract.text import fold

COLUMNS = (
    "id", "name", "variants", "name_en", "lat", "lon", "country", "admin1", "precision", "kind", "common_word",
    "source", "verified",
)  # fmt: skip


def data_folder() -> Traversable:
    return resources.files("extract") / "data" / "places"


def row_files() -> list[Traversable]:
    """The gazetteer's row files, in the order of their names: those that open with the gazetteer's header."""
    files = []
    for entry in sorted(data_folder().iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".csv"):
            with entry.open(encoding="utf-8") as stream:
                if stream.readline().strip() == ",".join(COLUMNS):
                    files.append(entry)
    return files


def read_rows() -> Iterator[dict[str, str]]:
    """Every row of every file as text, with the file's name under "file"."""
    for entry in row_files():
        for row in csv.DictReader(entry.read_text(encoding="utf-8").splitlines()):
            row["file"] = entry.name
            yield row


def place_from_row(row: dict[str, str]) -> Place:
    return Place(
        id=row["id"],
        name=row["name"],
        name_en=row["name_en"],
        lat=float(row["lat"]) if row["lat"] else None,
        lon=float(row["lon"]) if row["lon"] else None,
        country=row["country"] or None,
        admin1=row["admin1"] or None,
        precision=row["precision"],
        kind=row["kind"],
        common_word=row["common_word"],
        verified=row["verified"] == "yes",
    )


def doubt_of(row: dict[str, str], name: str) -> str:
    """How doubtful one spelling of a row is: the column holds "hard" or "soft", for some spellings "hard:a;b"."""
    level, _, spellings = row["common_word"].partition(":")
    return level if not spellings or name in spellings.split(";") else ""


def name_forms(name: str) -> set[str]:
    """The folded spellings of one name: with its first two words joined, or the name quoted, where outlets do that."""
    folded = fold(name).strip()
    forms = {folded}
    head, _, rest = folded.partition(" ")
    if rest and head in load_words().joining:
        forms.add(head + rest)
    if rest and head in _QUOTING:
        forms.add(f'{head} "{rest}')
    return forms


_QUOTING = frozenset({"قاعده", "حقل", "مطار", "مخيم", "معسكر", "مصفاه"})  # the base "Omar": base, field, airport, camp


@dataclass(frozen=True, slots=True)
class Entry:
    """What one folded name stands for: places, or a country's adjective, or a name that is none of a place."""

    key: str
    places: tuple[Place, ...] = ()
    adjective_of: str | None = None
    is_mask: bool = False
    cue: Cue | None = None
    doubts: tuple[str, ...] = ()  # for each place "hard" or "soft" where the name is also a common word, else ""
    swallowed: int = 0  # letters of the key that belong to an attached prefix (the ل of "للبصرة", to Basra)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    automaton: ahocorasick.Automaton
    countries: dict[str, Place]


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """Read every file once for the process."""
    countries: dict[str, Place] = {}
    names: dict[str, dict[Place, str]] = {}
    others: dict[str, set[Place]] = {}  # by a spelling that no row has
    for row in read_rows():
        place = place_from_row(row)
        if place.precision == "country" and place.country:
            countries[place.country] = place
        for name in (row["name"], *filter(None, row["variants"].split(";"))):
            doubt = doubt_of(row, name)
            for form in name_forms(name):
                names.setdefault(form, {}).setdefault(place, doubt)
        if place.country in LANDS and place.precision in ("town", "village", "district"):
            for name in (row["name"], *filter(None, row["variants"].split(";"))):
                for form in spell_otherwise(fold(name).strip(), place.name_en) if not doubt_of(row, name) else ():
                    others.setdefault(form, set()).add(place)
    for form, places in others.items():
        if form not in names and len(places) == 1:
            names[form] = {next(iter(places)): "soft"}  # a place only where the words say that something is there
    automaton = ahocorasick.Automaton()
    for key, entry in _entries(names).items():
        automaton.add_word(key, entry)
    automaton.make_automaton()
    return Gazetteer(automaton, countries)


def _entries(names: dict[str, dict[Place, str]]) -> dict[str, Entry]:
    """Names, then adjectives and masks; a mask outranks a name of the same letters, a name an adjective."""
    words = load_words()
    entries = {form: Entry(form, cue=cue) for form, cue in words.cues.items() if cue.unknown}
    entries.update((form, Entry(form, adjective_of=country)) for form, country in words.adjectives.items())
    for form, places in names.items():
        entries[form] = Entry(form, places=tuple(places), doubts=tuple(places.values()))
        if form.startswith("ال") and len(form) > 4:
            after_lam = "لل" + form[2:] if form[2] != "ل" else "ل" + form[2:]
            entries.setdefault(after_lam, replace(entries[form], key=after_lam, swallowed=1))
    for form in words.masks:
        entries[form] = Entry(form, is_mask=True)
    return entries
