"""`marsad init`: writes a commented starter settings.toml into a folder."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from store.errors import MarsadError
from store.settings import DEFAULT_NAME


def starter_settings() -> str:
    """The text of the shipped settings.toml."""
    return (files("commands") / "data" / DEFAULT_NAME).read_text(encoding="utf-8")


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
def command(folder: Path) -> None:
    """Write a commented settings.toml to start from into FOLDER (here, where none is named).

    An existing file is left as it is.

    \b
    Example:
      marsad init ~/marsad && cd ~/marsad && marsad run
    """
    target = folder / DEFAULT_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as stream:
            stream.write(starter_settings())
    except FileExistsError:
        raise MarsadError(f"{target}: exists already and is left as it is") from None
    except OSError as error:
        raise MarsadError(f"{target}: cannot be written: {error.strerror}") from error
    click.echo(f"Wrote {target}.")
    click.echo(f"Next: marsad check --settings {target}" if folder != Path(".") else "Next: marsad check")
