"""Turns the data files' rows into what each code of an incident is called in Arabic and in English."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
# Groups and places have one list each, which the coder reads too; here they are read as data, not imported.
EXTRACT_DATA = Path(__file__).parents[1] / "extract" / "data"
_DIVISION_WORDS = {"محافظة", "ولاية", "منطقة", "إقليم", "إمارة", "أمانة", "جهة", "عاصمة"}
Words = Mapping[str, str]  # column → text


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What codes are called; each table is keyed by the code, each row by "ar" and "en"."""

    terms: Mapping[tuple[str, str], Words]  # (group, id)
    methods: Mapping[str, Words]
    targets: Mapping[str, Words]
    nouns: Mapping[str, Words]
    countries: Mapping[str, Words]
    governorates: Mapping[str, Words]
    divisions: Mapping[str, Words]  # what a country calls its governorates
    actors: Mapping[str, Words]
    places: Mapping[tuple[str, str], str]  # (Arabic name, ISO 3166-2 or country) → English name
    phrases: Mapping[str, Mapping[str, str]]

    def term(self, group: str, code: str, language: str) -> str:
        """A coded value's word; the code itself, spaced, where no row has it."""
        return self._word(self.terms.get((group, code)), code, language)

    def country(self, code: str, language: str) -> str:
        return self._word(self.countries.get(code), code, language)

    def governorate(self, code: str, language: str) -> str | None:
        """The governorate's name; None where no list has it, for a code is no name."""
        row = self.governorates.get(code)
        return row[language] if row else None

    def division(self, code: str, name: str) -> str:
        """A governorate's Arabic name with its country's word for such in front: محافظة, ولاية, منطقة."""
        word = self.divisions.get(code[:2], {}).get("ar", "")
        return name if not word or name.split()[0].removeprefix("ال") in _DIVISION_WORDS else f"{word} {name}"

    def actor(self, code: str, language: str) -> str:
        row = self.actors.get(code)
        return row[f"name_{language}"] if row else code.replace("_", " ")

    def parent(self, code: str) -> str | None:
        """The group that this one belongs to or fronts for; None: it stands for itself."""
        row = self.actors.get(code)
        return (row["parent"] or None) if row else None

    def parents(self) -> dict[str, str]:
        """Group id → parent id, for rules on actors."""
        return {code: row["parent"] for code, row in self.actors.items() if row["parent"]}

    def place(self, name: str, admin1: str | None, country: str | None, language: str) -> str:
        """The place's name; in English the Arabic one where the gazetteer has no other."""
        if language == "ar":
            return name
        keys: Iterable[tuple[str, str]] = ((name, admin1 or ""), (name, country or ""))
        return next((self.places[key] for key in keys if key in self.places), name)

    def phrase(self, key: str, language: str, **values: object) -> str:
        """A sentence of phrases.toml with its places filled in."""
        return self.phrases[key][language].format(**values)

    @staticmethod
    def _word(row: Words | None, code: str, language: str) -> str:
        return row[language] if row else code.replace("_", " ")


@cache
def load_names(data: Path = DATA, extract_data: Path = EXTRACT_DATA) -> Names:
    """Read every list of names once; lists that `extract_data` lacks stay empty."""
    return Names(
        terms={(row["group"], row["id"]): row for row in _read(data / "terms.csv")},
        methods=_by(data / "methods.csv", "id"),
        targets=_by(data / "targets.csv", "id"),
        nouns=_by(data / "nouns.csv", "id"),
        countries=_by(data / "countries.csv", "code"),
        governorates={**_read_gazetteer(extract_data / "places"), **_by(data / "governorates.csv", "code")},
        divisions=_by(data / "divisions.csv", "country"),
        actors=_by(extract_data / "actors.csv", "id"),
        places=_read_places(extract_data / "places"),
        phrases=_read_phrases(data / "phrases.toml"),
    )


def _read(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _by(path: Path, key: str) -> dict[str, dict[str, str]]:
    return {row[key]: row for row in _read(path)}


def _read_gazetteer(folder: Path) -> dict[str, dict[str, str]]:
    """Governorates as the gazetteer names them, for countries that governorates.csv leaves out."""
    return {
        row["admin1"]: {"code": row["admin1"], "ar": row["name"], "en": row["name_en"]}
        for path in sorted(folder.glob("*.csv"))
        for row in _read(path)
        if row.get("precision") == "governorate" and row.get("admin1") and row.get("name_en")
    }


def _read_places(folder: Path) -> dict[tuple[str, str], str]:
    names: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*.csv")):
        for row in sorted(_read(path), key=lambda row: row.get("precision") == "governorate"):  # a town lends its name
            if row.get("name_en") and row.get("name"):
                for area in (row.get("admin1") or "", row.get("country") or ""):
                    names.setdefault((row["name"], area), row["name_en"])
    return names


def _read_phrases(path: Path) -> dict[str, dict[str, str]]:
    content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {key: dict(value) for key, value in content.items()}
