"""`marsad licences`: what Marsad is made of, each part with version and licence, as a list or a bill of materials."""

from __future__ import annotations

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
    from operations.parts import list_parts, own_version, write_bill

    parts = list_parts()
    if as_json:
        print_json(write_bill(parts, own_version()))
    else:
        rows = [{**part, "optional": "extra" if part["optional"] else ""} for part in parts]
        columns = {"name": "package", "version": "version", "licence": "licence", "optional": "for an"}
        print_table("Made of", columns, rows, empty="Nothing is installed.", wide=("licence",))
