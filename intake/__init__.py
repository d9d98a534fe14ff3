"""Turns extracted pages and past reports into articles, incidents and alerts in the database."""

from __future__ import annotations

from intake.pages import Outcome, take_in

__all__ = ["Outcome", "take_in"]
