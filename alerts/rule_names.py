"""Turns rules into the names in them that no list has: a rule that asks for such would stay silent for ever."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from alerts.names import Names
from store.alert_settings import AlertSettings, Rule

Fold = Callable[[str], str]
_NEAR = 0.75  # how alike a name must be to be proposed
_WHAT = {
    "actor": "no group of the list", "outlet": "no outlet of these settings", "place": "no place of the gazetteer",
    "admin1": "no governorate of the gazetteer", "country": "no country",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """For each key of a rule the values that an incident can have, as they are compared."""

    values: Mapping[str, Collection[str]]
    fold: Fold

    def has(self, key: str, value: str) -> bool:
        return (self.fold(value) if key == "place" else value) in self.values[key]


def find_unknown_names(
    settings: AlertSettings, names: Names, fold: Fold, *, outlets: Collection[str] | None = None
) -> list[str]:
    """One line for each unknown group, outlet, place, governorate or country, with its place in the settings.

    `outlets` None: any outlet will do, as in a database of past reports.
    """
    areas = {area for _, area in names.places}
    known = _Known(
        fold=fold,
        values={
            "actor": set(names.actors), "place": {fold(name) for name, _ in names.places},
            "admin1": set(names.governorates) | areas, "country": set(names.countries) | areas,
        } | ({} if outlets is None else {"outlet": set(outlets)}),
    )  # fmt: skip
    return [
        f"{path}: {_describe(path, value, known)}"
        for name, rule in settings.rules.items()
        for path, value in _walk(rule, f"alerts.rules.{name}", known)
    ]


def _walk(rule: Rule, path: str, known: _Known) -> Iterator[tuple[str, str]]:
    for key in known.values:
        for number, value in enumerate(getattr(rule, key) or ()):
            if not known.has(key, value):
                yield f"{path}.{key}[{number}]", value
    for key in ("all", "any"):
        for number, part in enumerate(getattr(rule, key) or ()):
            yield from _walk(part, f"{path}.{key}[{number}]", known)
    if rule.not_ is not None:
        yield from _walk(rule.not_, f"{path}.not", known)


def _describe(path: str, value: str, known: _Known) -> str:
    key = path.rpartition(".")[2].partition("[")[0]
    near = get_close_matches(known.fold(value) if key == "place" else value, known.values[key], n=1, cutoff=_NEAR)
    return f'"{value}": {_WHAT[key]}' + (f'; did you mean "{near[0]}"?' if near else "")
