"""`marsad licences`: what Marsad is made of, each part with version and licence, as a list or a bill of materials."""

from __future__ import annotations

from importlib.metadata import Distribution, distributions
from typing import Any

import click

from commands.output import print_json, print_table


@click.command("licences")
@click.option("--json", "as_json", is_flag=True, help="Print a bill of materials (CycloneDX 1.5).")
def command(as_json: bool) -> None:
    """List every installed package that Marsad runs on, with version and licence.

    \b
    Examples:
      marsad licences
      marsad licences --json > marsad.cdx.json
    """
    rows = sorted(map(describe, distributions()), key=lambda row: row["name"].lower())
    if as_json:
        print_json(write_bill(rows))
    else:
        columns = {"name": "package", "version": "version", "licence": "licence"}
        print_table("Made of", columns, rows, empty="Nothing is installed.", wide=("licence",))


def describe(package: Distribution) -> dict[str, Any]:
    """Name, version and licence as the package itself states them; None where it states none."""
    data = package.metadata
    classes = [line.split(" :: ")[-1] for line in data.get_all("Classifier") or () if line.startswith("License ::")]
    own, text = ((data.get_all(key) or [""])[0].strip() for key in ("License-Expression", "License"))
    stated = own or ", ".join(classes) or text.split("\n")[0]
    return {"name": data["Name"], "version": package.version, "licence": stated[:80] or None}


def write_bill(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The packages as a CycloneDX bill of materials."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "components": [
            {
                "type": "library",
                "name": row["name"],
                "version": row["version"],
                "purl": f"pkg:pypi/{row['name'].lower().replace('_', '-')}@{row['version']}",
                "licenses": [{"license": {"name": row["licence"]}}] if row["licence"] else [],
            }
            for row in rows
        ],
    }
