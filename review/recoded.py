"""The page of what a later coder makes of stored reports: each difference is accepted or declined."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Request, Response

from review.page import Desk, read_form
from review.wording import Wording
from store.database import Database
from store.recodings import count_recodings, list_recodings

Row = dict[str, Any]
MOST_SHOWN = 50
MOST_DECIDED = 10  # last deeds, that can be taken back
DECIDED = ("accepted", "declined")


async def show_recoded(desk: Desk, request: Request) -> Response:
    """The proposals that wait, newest articles first."""

    def work(db: Database) -> tuple[int, list[Row], list[Row]]:
        decided = [row for state in DECIDED for row in list_recodings(db, state=state, limit=MOST_DECIDED)]
        return count_recodings(db).get("proposed", 0), list_recodings(db, limit=MOST_SHOWN), decided

    waiting, rows, decided = await desk.read(work)
    words = desk.wording(request)
    proposals = [{**row, "lines": [make_line(words, one) for one in row["differences"]]} for row in rows]
    latest = sorted(decided, key=lambda row: row["decided_at"], reverse=True)[:MOST_DECIDED]
    context = {"proposals": proposals, "waiting": waiting, "decided": latest}
    return await desk.render(request, "recoded.html", context)


def make_line(words: Wording, difference: Row) -> Row:
    """One difference in the reader's language: what it is, its incident, and each field before and after."""
    fields = [
        {"field": words.field(name), "old": say_value(words, name, old), "new": say_value(words, name, new)}
        for name, (old, new) in difference["fields"].items()
    ]
    return {"kind": difference["kind"], "incident_id": difference["incident_id"], "fields": fields}


def say_value(words: Wording, name: str, value: str | None) -> object:
    """A field's value in words; notices are told by their codes."""
    if value is None:
        return "–"
    return value if name == "notice" else words.value(name, value)


async def decide_recoded(desk: Desk, request: Request) -> Response:
    """Accept or decline the proposal for the article of the address, or take that back."""
    form = await read_form(request)
    article_id, action = request.url_vars["id"], next(iter(form.get("action", ())), "")
    if action not in ("accept", "decline", "undo"):
        return await desk.render(request, "missing.html", {}, status=400)
    by, now = desk.reviewer(request), desk.workings.clock()

    def work(db: Database) -> str:
        if action == "undo":
            return desk.workings.unrecode(db, article_id, now=now)
        return desk.workings.recode(db, article_id, action == "accept", now=now, by=by)

    word = await desk.write(work)
    return Response("", status=303, headers={"Location": f"/recoded?did={word}"})
