"""What a look at one part of the installation came to: a word, a line, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "fault"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of `marsad doctor`; `advice` is None where nothing needs to be done."""

    check: str
    state: State
    detail: str
    advice: str | None = None


def fine(check: str, detail: str) -> Finding:
    """All is well."""
    return Finding(check=check, state="ok", detail=detail)


def worth_a_look(check: str, detail: str, advice: str) -> Finding:
    """It works, and will not for ever or not as well as it could."""
    return Finding(check=check, state="warning", detail=detail, advice=advice)


def faulty(check: str, detail: str, advice: str) -> Finding:
    """It does not work."""
    return Finding(check=check, state="fault", detail=detail, advice=advice)
