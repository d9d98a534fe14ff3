"""Joins our pages to Datasette: routes, who asks, and what templates may call; for applications of ours alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Request, Response

from review.deeds import judge_incident, keep_filter, read_person, sign_in, sign_out
from review.figures import show_quality, show_week
from review.front import give_bars, give_facets, give_map, show_front
from review.guard import PERSON_COOKIE
from review.handing import give_export
from review.incident import show_incident, show_queue
from review.marking import plain
from review.page import Desk
from review.recoded import decide_recoded, show_recoded

Handler = Callable[[Desk, Request], Awaitable[Response]]
ROUTES: dict[str, tuple[Handler, tuple[str, ...]]] = {
    r"^/$": (show_front, ("GET",)),
    r"^/map\.json$": (give_map, ("GET",)),
    r"^/bars\.json$": (give_bars, ("GET",)),
    r"^/facets\.json$": (give_facets, ("GET",)),
    r"^/export\.(?P<format>csv|jsonl|geojson|kml|atom|acled\.csv|plover\.jsonl)$": (give_export, ("GET",)),
    r"^/queue$": (show_queue, ("GET",)),
    r"^/incident/(?P<id>[0-9a-z-]{1,40})$": (show_incident, ("GET",)),
    r"^/incident/(?P<id>[0-9a-z-]{1,40})/judge$": (judge_incident, ("POST",)),
    r"^/recoded$": (show_recoded, ("GET",)),
    r"^/recoded/(?P<id>[^/]{1,80})$": (decide_recoded, ("POST",)),
    r"^/quality$": (show_quality, ("GET",)),
    r"^/weekly$": (show_week, ("GET",)),
    r"^/filters$": (keep_filter, ("POST",)),
    r"^/sign-in$": (sign_in, ("GET", "POST")),
    r"^/sign-out$": (sign_out, ("POST",)),
}


@hookimpl  # type: ignore[untyped-decorator]
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    """Our pages' addresses."""
    desk: Desk | None = getattr(datasette, "marsad_desk", None)
    if desk is None:
        return []
    return [(pattern, _bind(desk, handler, methods)) for pattern, (handler, methods) in ROUTES.items()]


@hookimpl  # type: ignore[untyped-decorator]
def prepare_jinja2_environment(env: Any) -> None:
    """The filter that takes invisible marks out of short texts."""
    env.filters["plain"] = plain


@hookimpl  # type: ignore[untyped-decorator]
def actor_from_request(datasette: Any, request: Any) -> dict[str, str] | None:
    """Who asks; None: a stranger."""
    desk: Desk | None = getattr(datasette, "marsad_desk", None)
    if desk is None:
        return None
    if not desk.config.people:
        return {"id": desk.config.reviewer}
    name = read_person(desk, request.cookies.get(PERSON_COOKIE, ""))
    return {"id": name} if name else None


def _bind(desk: Desk, handler: Handler, methods: tuple[str, ...]) -> Callable[[Any], Awaitable[Response]]:
    async def view(request: Any) -> Response:
        if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
            return Response.text("Not this way.", status=405)
        return await handler(desk, request)

    return view
