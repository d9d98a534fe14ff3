"""How right the coder was by people's judgements, and the week's report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from datasette.utils.asgi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from review.page import Desk
from review.wording import Wording
from store.board import BoardFilter, count_board, count_facets, list_bars, list_board, list_coders
from store.database import Database
from store.reviews import read_quality
from store.times import to_iso

QUALITY_DAYS = 30
WEEK = timedelta(days=7)
_WORST = 10
_BAR_WIDTH, _BAR_HEIGHT = 420, 22


def sum_up(quality: Mapping[str, Any]) -> dict[str, Any]:
    """The judged incidents with the share that is real and the share that was right as coded; None: none was judged."""
    judged = quality["confirmed"] + quality["corrected"] + quality["rejected"]
    real = quality["confirmed"] + quality["corrected"]
    return {
        **quality,
        "judged": judged,
        "precision": real / judged if judged else None,
        "as_coded": quality["confirmed"] / judged if judged else None,
    }


async def show_quality(desk: Desk, request: Request) -> Response:
    """The page of figures."""
    since = desk.workings.clock() - timedelta(days=QUALITY_DAYS)
    quality = sum_up(await desk.read(lambda db: read_quality(db, since)))
    return await desk.render(request, "quality.html", {"quality": quality})


def week_context(db: Database, words: Wording, now: datetime) -> dict[str, Any]:
    """What the week's report tells: incidents of the last seven days, by means, target, place and day."""
    since = (now - WEEK).date()
    lists = {"role": ("news",)}
    week = BoardFilter(lists=lists, since=since, seen_until=now)
    before = BoardFilter(lists=lists, since=since - WEEK, until=since - timedelta(days=1), seen_until=now)
    facets = count_facets(db, week)
    charts = [
        (words.say(title), make_chart([(words.value(name, row["value"]), row["n"]) for row in facets[name][:12]]))
        for title, name in (("by_method", "method"), ("by_target", "target"), ("by_governorate", "admin1"))
    ]
    days = [(str(row["day"]), row["n"]) for row in list_bars(db, week)["bars"]]
    return {
        "w": words, "t": words.say, "since": since, "until": now.date(), "cut_off": to_iso(now),
        "total": count_board(db, week), "before": count_board(db, before),
        "charts": [(words.say("by_day"), make_chart(days)), *charts],
        "worst": list_board(db, week, order="toll", limit=_WORST), "coders": ", ".join(list_coders(db)),
    }  # fmt: skip


def make_chart(rows: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """Horizontal bars: label, number, and length in the chart's units."""
    most = max((n for _, n in rows), default=1)
    return [
        {"label": label, "n": n, "y": place * _BAR_HEIGHT, "width": round(_BAR_WIDTH * n / most, 1)}
        for place, (label, n) in enumerate(rows)
    ]


async def show_week(desk: Desk, request: Request) -> Response:
    """The week's report: one page that needs nothing else, to be kept, mailed or printed."""
    words = desk.wording(request)
    page = await desk.read(lambda db: render_week(db, words, desk.workings.clock()))
    return Response.html(page)


def render_week(db: Database, words: Wording, now: datetime) -> str:
    """The week's report as one HTML file."""
    environment = Environment(
        loader=FileSystemLoader(str(files("review") / "templates")), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("weekly.html").render(week_context(db, words, now))
