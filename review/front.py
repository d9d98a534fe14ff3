"""The list of incidents with its filters, and the map, the bars and the counts that go with the same filters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from datasette.utils.asgi import Request, Response

from review.filters import Choice, make_filter, read_choice
from review.marking import cut_around, find_hits, mark_text, plain
from review.page import Desk
from review.queries import Query
from review.wording import Wording
from store.board import (
    LISTS,
    ORDERS,
    REVIEWED,
    BoardFilter,
    count_areas,
    count_board,
    count_facets,
    count_tiles,
    list_bars,
    list_board,
    list_points,
    list_queries,
    list_values,
)
from store.database import Database
from store.search import MOST_ARTICLES, find_texts

PER_PAGE = 50
_CELLS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 2.0)  # degrees, as board.js has them
_DEFAULT_CELL = 0.2
_FEW, _FEW_CELL = 300, 0.02  # so few points need no counting together, but for those of one town
_JSON = "application/json; charset=utf-8"
Row = dict[str, Any]


def read_request(
    desk: Desk, request: Request, *, default: Mapping[str, str] | None = None
) -> tuple[Choice, BoardFilter, Query | None]:
    """What the address asks for; `default` fills in what it leaves open."""
    args = parse_qs(request.query_string)
    for name, value in (default or {}).items():
        args.setdefault(name, [value])
    choice = read_choice(args)
    query = desk.search.read(choice.get("q") or "")
    match = query.match if query else None
    return choice, make_filter(choice, now=this_minute(desk), match=match), query


def this_minute(desk: Desk) -> datetime:
    """The time to the minute, so that what is counted by it holds for a minute."""
    return desk.workings.clock().replace(second=0, microsecond=0)


async def show_front(desk: Desk, request: Request) -> Response:
    """The front page."""
    choice, wanted, query = read_request(desk, request)
    now = this_minute(desk)
    week, day = now - timedelta(days=7), now - timedelta(days=1)
    words = desk.wording(request)
    offset = (choice.page - 1) * PER_PAGE

    def work(db: Database) -> dict[str, Any]:
        narrowed, hits = desk.narrow(db, wanted)
        rows = list_board(db, narrowed, order=choice.order, limit=PER_PAGE, offset=offset)
        if hits and query:
            texts = find_texts(db, hits, [row["id"] for row in rows])
            for row in rows:
                row["hits"] = [_show_hit(desk, query, hit) for hit in texts.get(row["id"], ())]
        return {
            "rows": rows,
            "total": desk.keep(db, ("total", str(wanted)), lambda db: count_board(db, narrowed)),
            "tiles": desk.keep(db, ("tiles", now), lambda db: count_tiles(db, day=day, week=week)),
            # what is to choose from: new ones show up within a minute
            "values": desk.keeping.get("values", None, lambda: list_values(db)),
            "saved": list_queries(db),
            "capped": hits is not None and hits.is_capped,
        }

    found = await desk.read(work)
    pages = -(-found["total"]["incidents"] // PER_PAGE)
    return await desk.render(
        request,
        "front.html",
        {
            **found, "choice": choice, "orders": list(ORDERS), "reviewed": REVIEWED, "pages": pages,
            "lists": _list_options(desk, words, found["values"], choice),
            "most": MOST_ARTICLES, "back": _here(choice), "chosen": _name_choices(words, choice),
        },
    )  # fmt: skip


async def give_map(desk: Desk, request: Request) -> Response:
    """The map's points and areas as JSON; within the box asked for, where there is one."""
    _, wanted, _ = read_request(desk, request)
    words = desk.wording(request)
    asked = request.args.get("cell") or ""
    cell = next((size for size in _CELLS if f"{size:g}" == asked), _DEFAULT_CELL)
    box = read_box(request.args.get("box") or "")

    def work(db: Database) -> tuple[Row, str]:
        narrowed, _ = desk.narrow(db, wanted)
        inside, key = replace(narrowed, box=box), str(wanted)
        areas = desk.keep(db, ("areas", key), lambda db: count_areas(db, narrowed))
        size = min(cell, _FEW_CELL) if areas["pointed"] <= _FEW else cell
        return areas, desk.keep(
            db, ("points", size, box, key), lambda db: json.dumps(list_points(db, inside, cell=size))
        )

    found, points = await desk.read(work)
    areas = [{**area, "name": words.value("admin1", area["id"])} for area in found["areas"]]
    names = {code: row[words.language] for code, row in desk.workings.names.governorates.items() if code[:2] in "IQ SY"}
    rest = json.dumps({**found, "areas": areas, "names": names}, ensure_ascii=False)
    return Response(f'{rest[:-1]}, "points": {points}}}', content_type=_JSON)


def read_box(text: str) -> tuple[float, float, float, float] | None:
    """West, south, east and north in degrees, of "44,33,45,34"; None for anything else."""
    try:
        west, south, east, north = (round(float(part), 3) for part in text[:80].split(","))
    except (ValueError, OverflowError):
        return None
    return (west, south, east, north) if -360 <= west <= east <= 360 and -90 <= south <= north <= 90 else None


async def give_bars(desk: Desk, request: Request) -> Response:
    """The timeline's bars as JSON."""
    _, wanted, _ = read_request(desk, request)
    return _json(await desk.read_kept(("bars", str(wanted)), lambda db: list_bars(db, desk.narrow(db, wanted)[0])))


async def give_facets(desk: Desk, request: Request) -> Response:
    """How many incidents each value of each list would leave, as JSON."""
    _, wanted, _ = read_request(desk, request)
    return _json(await desk.read_kept(("facets", str(wanted)), lambda db: count_facets(db, desk.narrow(db, wanted)[0])))


def _json(value: object) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), content_type=_JSON)


def _here(choice: Choice) -> str:
    query = choice.query()
    return f"/?{query}" if query else "/"


def _show_hit(desk: Desk, query: Query, hit: Row) -> Row:
    read_words = desk.workings.read_words
    text = hit["text"] or ""
    spans = find_hits(text, query.words, query.beginnings, read_words)
    title = plain(hit["title"])
    piece, moved = cut_around(text, spans)
    return {
        "outlet_id": hit["outlet_id"],
        "title": mark_text(title, find_hits(title, query.words, query.beginnings, read_words)),
        "piece": mark_text(piece.replace("\n", " "), moved),
    }


def _list_options(desk: Desk, words: Wording, values: Mapping[str, list[str]], choice: Choice) -> list[Row]:
    """The lists that one can choose from, each with its values, named and in the lists' order."""
    shown = []
    for name in ("admin1", "method", "target", "status", "standing", "actor", "country", "role"):
        known = list(values.get(name) or _allowed(desk, name))
        known += [value for value in choice.values(name) if value not in known]
        options = [{"value": value, "name": words.value(name, value)} for value in known]
        shown.append({"name": name, "options": options, "chosen": choice.values(name)})
    return shown


def _allowed(desk: Desk, name: str) -> list[str]:
    if name == "standing":
        return [code for group, code in desk.workings.names.terms if group == "standing"]
    return list(desk.workings.allowed.get(name, ()))


def _name_choices(words: Wording, choice: Choice) -> list[Row]:
    """Every filter that is set, in words, with the query without it."""
    named = []
    for name, value in choice.pairs:
        if name == "order":
            continue
        rest = [one for one in choice.values(name) if one != value]
        if name in LISTS:
            text = f"{words.field(name)}: {words.value(name, value)}"
        elif name == "reviewed":
            text = f"{words.say('reviewed')}: {words.value('reviewed', value)}"
        else:
            label = {
                "q": "search", "publishers": "publishers_min", "confidence": "confidence_min", "seen": "new",
                "doubt": "f_confidence",
            }.get(name, name)  # fmt: skip
            text = f"{words.say(label)}: {'< ' if name == 'doubt' else ''}{plain(value)}"
        named.append({"text": text, "without": choice.query(**{name: rest or None})})
    return named
