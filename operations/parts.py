"""Turns what is installed into the list of packages that Marsad runs on, as a table or as a bill of materials."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from typing import Any

OWN = "marsad"
_WANTED = re.compile(r"(?P<name>[\w.-]+)\s*(?:\[(?P<extras>[^\]]*)\])?[^;]*(?:;(?P<marker>.*))?")
_EXTRA = re.compile(r"""extra\s*==\s*["']([\w.-]+)["']""")

Part = dict[str, Any]


def list_parts() -> list[Part]:
    """Every installed package that Marsad needs, or that one of its extras needs, by name.

    What else lies beside them, as tools of developers do, is no part. From a checkout that is not installed: all.
    """
    try:
        own = distribution(OWN)
    except PackageNotFoundError:
        return sorted(map(describe, distributions()), key=lambda part: str(part["name"]).lower())
    needed = walk(own, frozenset())
    chosen = walk(own, frozenset(own.metadata.get_all("Provides-Extra") or ()))
    parts = [{**describe(package), "optional": name not in needed} for name, package in chosen.items() if name != OWN]
    return sorted(parts, key=lambda part: str(part["name"]).lower())


def walk(start: Distribution, extras: frozenset[str]) -> dict[str, Distribution]:
    """A package with these extras and all that it needs, directly or not, by normal name; what is missing is left."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(start, extras)]
    while waiting:
        package, asked = waiting.pop()
        mark = normal_name(package.metadata["Name"]), asked
        if mark in seen:
            continue
        seen.add(mark)
        found[mark[0]] = package
        for name, more in needs_of(package, asked):
            try:
                waiting.append((distribution(name), more))
            except PackageNotFoundError:
                continue  # of another system or Python
    return found


def needs_of(package: Distribution, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """The names that a package asks for, with the extras that it wants of each."""
    for line in package.requires or ():
        wanted = _WANTED.match(line)
        assert wanted is not None, line
        of = _EXTRA.findall(wanted["marker"] or "")
        if not of or extras.intersection(of):
            yield wanted["name"], frozenset(re.findall(r"[\w.-]+", wanted["extras"] or ""))


def normal_name(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def describe(package: Distribution) -> Part:
    """Name, version and licence as the package itself states them; None where it states none."""
    data = package.metadata
    classes = [line.split(" :: ")[-1] for line in data.get_all("Classifier") or () if line.startswith("License ::")]
    own, text = ((data.get_all(key) or [""])[0].strip() for key in ("License-Expression", "License"))
    stated = own or ", ".join(classes) or text.split("\n")[0]
    return {"name": data["Name"], "version": package.version, "licence": stated[:80] or None, "optional": False}


def own_version() -> str:
    """This Marsad's version; 0 from a checkout that is not installed."""
    try:
        return distribution(OWN).version
    except PackageNotFoundError:
        return "0"


def write_bill(parts: list[Part], version: str) -> Part:
    """The packages as a CycloneDX bill of materials of this version of Marsad."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": OWN, "version": version}},
        "components": [
            {
                "type": "library",
                "name": part["name"],
                "version": part["version"],
                "scope": "optional" if part["optional"] else "required",
                "purl": f"pkg:pypi/{normal_name(part['name'])}@{part['version']}",
                "licenses": [{"license": {"name": part["licence"]}}] if part["licence"] else [],
            }
            for part in parts
        ],
    }
