"""The `marsad` command: finds the subcommand asked for, calls it, and turns faults into plain lines and exit codes."""

from __future__ import annotations

import importlib
import sys

import click

# Name → module and the line that `marsad --help` shows. A module is imported only when its command runs, because the
# rooms behind them (Scrapy, trafilatura, the gazetteer) take a second or more to load.
COMMANDS = {
    "demo": ("commands.demo", "Play a few minutes of news without network and show what Marsad makes of it."),
    "run": ("commands.run", "Run the daemon: crawl the outlets, code the news, send alerts."),
    "init": ("commands.init", "Write a commented settings.toml to start from."),
    "check": ("commands.check", "Check the settings and say what they amount to."),
    "crawl": ("commands.crawl", "Visit outlets once, now, and take in what is new."),
    "extract": ("commands.extract", "Show what one page is: title, time, author, text, or why it is rejected."),
    "code": ("commands.code", "Code reports: every attack in them, field by field, with its evidence."),
    "explain": ("commands.explain", "Show why a report is coded as it is, with the evidence highlighted."),
    "evaluate": ("commands.evaluate", "Score the coder on gold reports and compare with the last run."),
    "replay": ("commands.replay", "Run past reports through the whole path, to test rules on history."),
    "backfill": ("commands.backfill", "Code archives of past pages and articles, silently."),
    "recode": ("commands.recode", "Code stored articles again; differences count once they are accepted."),
    "incidents": ("commands.incidents", "List and show incidents."),
    "review": ("commands.review", "Serve the pages on which people look at incidents and judge them."),
    "export": ("commands.export", "Hand incidents on: CSV, JSON Lines, GeoJSON, KML, Atom, ACLED-like, PLOVER-like."),
    "articles": ("commands.articles", "List articles, and pages that were rejected."),
    "alerts": ("commands.alerts", "List, preview and test alerts."),
    "outlets": ("commands.outlets", "List, check, preview and add outlets."),
    "add": ("commands.add", "Take in pages that no outlet listed."),
    "pages": ("commands.pages", "Export pages as they were fetched."),
    "status": ("commands.status", "Say how Marsad fares, in one screen."),
    "doctor": ("commands.doctor", "Look at everything that Marsad needs, and say what to do."),
    "reload": ("commands.reload", "Let the daemon read its settings again."),
    "backup": ("commands.backup", "Copy the database, and read the copy through."),
    "restore": ("commands.restore", "Put a backup in the database's place."),
    "licences": ("commands.licences", "List the packages that Marsad is made of, with their licences."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table above, importing none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="marsad", message="marsad %(version)s")
def group() -> None:
    """Watch Arabic news outlets and tell people, once, when a new attack is reported.

    \b
    Examples:
      marsad demo            see it work, without network
      marsad init && marsad run

    Exit codes: 0 fine, 1 failed, 2 wrong use or settings.
    """


def main() -> None:
    """Entry point of the `marsad` script."""
    from store.errors import MarsadError, SettingsError

    try:
        group(prog_name="marsad")
    except SettingsError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        sys.exit(2)
    except MarsadError as error:
        print(f"marsad: {error}", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        from store.faults import explain_fault

        plain = explain_fault(error)
        if plain is None:  # a bug keeps its traceback
            raise
        print(f"marsad: {plain}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
