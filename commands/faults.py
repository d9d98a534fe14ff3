"""Turns what goes wrong with single reports into lines on standard error, so that the others go on."""

from __future__ import annotations

import logging
from collections.abc import Callable

import click

from store.records import Coding, Report

log = logging.getLogger("marsad.code")


class Faults:
    """Counts faults while reports are read and coded; `count` decides the exit code."""

    def __init__(self, code: Callable[[Report], Coding]) -> None:
        self.count = 0
        self._code = code

    def tell(self, line: str) -> None:
        """Say one fault."""
        self.count += 1
        click.echo(line, err=True)

    def code(self, report: Report) -> Coding:
        """Code a report; a bug that it meets costs this report alone and leaves its traceback on standard error."""
        try:
            return self._code(report)
        except Exception:
            self.count += 1
            log.exception("code_failed report=%s", report.id)
            return Coding(language=None)
