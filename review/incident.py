"""One incident's page, and the queue of incidents that await a judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datasette.utils.asgi import Request, Response

from review.front import read_request
from review.marking import Span, cut_around, mark_text
from review.page import Desk
from review.wording import REASONS, Wording
from store.board import count_board, list_board
from store.casefile import list_outlets, read_casefile
from store.database import Database
from store.judgements import Insight

Row = dict[str, Any]
SHOWN = (
    "status", "standing", "method", "target", "date", "place", "admin1", "country", "killed", "wounded", "munitions",
    "actor", "claim", "role",
)  # fmt: skip
IN_HEADLINE = ("method", "target", "place", "date")
IN_SHORT = ("status", "killed", "wounded", "munitions", "actor", "claim")  # what a card's headline does not say
CORRECTED = (
    "status", "method", "target", "date", "date_precision", "place", "admin1", "country", "lat", "lon", "killed",
    "wounded", "munitions", "actor", "claim", "role",
)  # fmt: skip
QUEUE_LENGTH = 10
_MOST_PIECES = 5
_QUEUE_DEFAULT = {"reviewed": "awaiting"}


async def show_incident(desk: Desk, request: Request) -> Response:
    """The page of one incident."""
    incident_id = request.url_vars["id"]

    def work(db: Database) -> tuple[Row, Insight, dict[str, list[Row]]] | None:
        case = read_casefile(db, incident_id)
        if case is None:
            return None
        insight = desk.workings.look(db, case["id"], now=desk.workings.clock())
        return case, insight, list_outlets(db, [one.incident.id for one in insight.near])

    found = await desk.read(work)
    if found is None:
        return await desk.render(request, "missing.html", {}, status=404)
    case, insight, outlets = found
    if case["id"] != incident_id:
        return Response.redirect(f"/incident/{case['id']}")
    context = case_context(desk, desk.wording(request), case, insight)
    return await desk.render(request, "incident.html", {**context, "outlets": outlets})


def case_context(desk: Desk, words: Wording, case: Row, insight: Insight) -> Row:
    """What the template of an incident needs."""
    for group in case["publishers_told"]:
        for report in group["reports"]:
            report["marked_title"] = mark_report(words, report, "title")
            report["marked_text"] = mark_report(words, report, "text")
    spots = desk.workings.find_places(case["place"]) if case["place"] else ()
    return {
        "case": case,
        "insight": insight,
        "rows": field_rows(words, case, insight),
        "shown": SHOWN,
        "corrected": CORRECTED,
        "options": {
            name: [(v, words.value(name, v)) for v in values] for name, values in desk.workings.allowed.items()
        },
        "reasons": REASONS,
        "spots": spots,
        "last": next((r for r in reversed(case["reviews"]) if not r["undone"] and r["action"] != "undo"), None),
    }


def field_rows(words: Wording, case: Row, insight: Insight | None) -> list[Row]:
    """Each field with its value, its range, the quotes behind it, and whether a person set it."""
    rows = []
    for name in SHOWN:
        low, high = case.get(f"{name}_low"), case.get(f"{name}_high")
        value = words.day(case) if name == "date" else words.value(name, case[name])
        if name == "place" and case["place"]:
            value = words.names.place(case["place"], case["admin1"], case["country"], words.language)
        rows.append(
            {
                "name": name,
                "value": value,
                "known": case[name] is not None and case[name] not in ("unknown", "none"),
                "range": words.say("range", low=low, high=high) if low is not None and low != high else "",
                "quotes": find_quotes(case, name),
                "fixed": insight is not None and name in insight.fixed,
            }
        )
    return rows


def find_quotes(case: Row, field: str, most: int = 3) -> list[Row]:
    """The words that a field rests on, each wording once, those that say the incident's own value first."""
    found: dict[str, Row] = {}
    reports = [report for group in case["publishers_told"] for report in group["reports"]]
    reports.sort(key=lambda report: report.get(field) != case.get(field))
    for report in reports:
        for item in report["evidence"]:
            if item["field"] == field:
                found.setdefault(
                    item["quote"], {**item, "report": report, "agrees": report.get(field) == case.get(field)}
                )
    return list(found.values())[:most]


def mark_report(words: Wording, report: Mapping[str, Any], source: str) -> object:
    """A report's title or text with its evidence marked."""
    text = (report["headline"] if source == "title" else report["text"]) or ""
    return mark_text(text, evidence_spans(report, source), name=words.field)


def evidence_spans(report: Mapping[str, Any], source: str) -> list[Span]:
    """Where a report's evidence stands in its title or text."""
    return [
        Span(start=item["start"], end=item["end"], field=item["field"])
        for item in report["evidence"]
        if item["source"] == source
    ]


async def show_queue(desk: Desk, request: Request) -> Response:
    """The queue: incidents that await review, or whatever the filters in the address ask for."""
    choice, wanted, _ = read_request(desk, request, default=_QUEUE_DEFAULT)

    def work(db: Database) -> tuple[Row, list[Row]]:
        narrowed, _ = desk.narrow(db, wanted)
        rows = list_board(db, narrowed, order=choice.order, limit=QUEUE_LENGTH)
        cases = [case for row in rows if (case := read_casefile(db, row["id"], most=20))]
        return desk.keep(db, ("total", str(wanted)), lambda db: count_board(db, narrowed)), cases

    total, cases = await desk.read(work)
    words = desk.wording(request)
    cards = [make_card(words, case) for case in cases]
    return await desk.render(
        request,
        "queue.html",
        {
            "cards": cards, "total": total["incidents"], "choice": choice, "reasons": REASONS,
            "back": f"/queue?{choice.query()}",
        },
    )  # fmt: skip


def make_card(words: Wording, case: Row) -> Row:
    """An incident as the queue shows it: what its headline leaves out, and each publisher's first report.

    Where the words behind a field are not in the piece that lies open, the field brings them and says whose they are.
    """
    pieces: list[Row] = []
    open_fields: set[str] = set()  # whose words stand in the first piece
    for group in case["publishers_told"][:_MOST_PIECES]:
        report = group["reports"][0]
        text, spans = cut_around(report["text"] or "", evidence_spans(report, "text"), before=80, length=320)
        if not pieces:
            spans_shown = [*evidence_spans(report, "title"), *spans]
            open_fields = {s.field for s in spans_shown if s.field and report.get(s.field) == case.get(s.field)}
        pieces.append(
            {
                "report": report,
                "title": mark_report(words, report, "title"),
                "text": mark_text(text, spans, name=words.field),
            }
        )
    rows = [row for row in field_rows(words, case, None) if row["name"] in IN_SHORT + IN_HEADLINE and row["known"]]
    for row in rows:
        hidden = row["name"] not in open_fields
        row["told"] = next((quote for quote in row["quotes"] if hidden and quote["agrees"]), None)
    rows = [row for row in rows if row["name"] in IN_SHORT or row["told"]]
    return {
        "case": case,
        "pieces": pieces,
        "rows": [row for row in rows if row["name"] != "status" or case["status"] != "occurred"],
    }


def pick_reports(case: Row) -> Sequence[Row]:
    """Every report of an incident that is no copy."""
    return [report for group in case["publishers_told"] for report in group["reports"]]
