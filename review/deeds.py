"""What people do on the pages: judge an incident, keep a filter under a name, sign in and out."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from datasette.utils.asgi import Request, Response

from review.filters import read_choice
from review.guard import PERSON_COOKIE
from review.marking import plain
from review.page import Desk, read_form, safe_path
from review.wording import Wording
from store.board import drop_query, save_query
from store.database import Database, transaction
from store.judgements import ACTIONS, Judgement, Verdict
from store.reviews import read_seen

SESSION_SECONDS = 12 * 3600
_LONGEST_NAME = 80
_WRONG_PASSWORD_SECONDS = 1.0  # a guess a second


async def judge_incident(desk: Desk, request: Request) -> Response:
    """Do what the form says with the incident of the address."""
    form = await read_form(request)
    words = desk.wording(request)
    judgement = read_judgement(form, request.url_vars["id"], desk.reviewer(request))
    if judgement is None:
        return await desk.render(request, "missing.html", {}, status=400)
    now = desk.workings.clock()
    verdict: Verdict = await desk.write(lambda db: desk.workings.judge(db, judgement, now=now))
    if verdict.word in ("stale", "wrong"):
        return await _show_refusal(desk, request, words, form, judgement, verdict)
    back = safe_path(_one(form, "back"), f"/incident/{verdict.incident_id}")
    if verdict.word == "gone" or (back.startswith("/incident/") and judgement.action in ("merge", "undo")):
        back = f"/incident/{verdict.incident_id}"
    done = {"did": judgement.action if verdict.word == "done" else verdict.word}
    if verdict.word == "done" and verdict.review_id and judgement.action != "undo":
        done |= {"review": str(verdict.review_id), "of": verdict.incident_id}
    path, _, fragment = back.partition("#")
    return _see_other(f"{path}{'&' if '?' in path else '?'}{urlencode(done)}{'#' + fragment if fragment else ''}")


def read_judgement(form: dict[str, list[str]], incident_id: str, reviewer: str) -> Judgement | None:
    """The form as a judgement; None where it is none."""
    action = _one(form, "action")
    if action not in ACTIONS:
        return None
    reason = _one(form, "reason")
    if action == "reject" and _one(form, "why"):
        reason = ": ".join(filter(None, [_one(form, "why"), reason]))
    review_id = _one(form, "review")
    return Judgement(
        incident_id=incident_id,
        action=action,
        reviewer=reviewer,
        seen=None if _one(form, "anyway") else read_seen(_one(form, "seen")),
        reason=reason or None,
        fields={name[2:]: values[0] for name, values in form.items() if name.startswith("f_")},
        other=_one(form, "other").strip() or None,
        mention_ids=tuple(int(value) for value in form.get("mention", ()) if value.isdecimal() and len(value) < 19),
        review_id=int(review_id) if review_id.isdecimal() and len(review_id) < 19 else None,
    )


async def _show_refusal(
    desk: Desk, request: Request, words: Wording, form: dict[str, list[str]], judgement: Judgement, verdict: Verdict
) -> Response:
    """Say why nothing was stored, with everything that the reviewer typed, ready to be sent again."""
    kept = [(name, value) for name, values in form.items() for value in values if name not in ("csrftoken", "anyway")]
    context = {
        "verdict": verdict,
        "judgement": judgement,
        "kept": kept,
        "faults": [say_fault(words, fault) for fault in verdict.faults],
        "back": f"/incident/{verdict.incident_id}",
    }
    return await desk.render(request, "refused.html", context, status=409 if verdict.word == "stale" else 422)


def say_fault(words: Wording, fault: str) -> str:
    """A fault's code in words: `field:code`, or a code alone."""
    field, colon, code = fault.partition(":")
    return words.say(f"fault_{code}", field=words.field(field)) if colon else words.say(fault)


async def keep_filter(desk: Desk, request: Request) -> Response:
    """Keep the list's filters under a name, or forget them."""
    form = await read_form(request)
    name = " ".join(plain(_one(form, "name")).split())[:_LONGEST_NAME]
    query = read_choice(parse_qs(_one(form, "query"))).query()
    by, now = desk.reviewer(request), desk.workings.clock()

    def work(db: Database) -> None:
        with transaction(db):
            if _one(form, "drop"):
                drop_query(db, name)
            elif name:
                save_query(db, name, query, at=now, by=by)

    await desk.write(work)
    return _see_other(f"/?{query}&did=saved" if query else "/?did=saved")


async def sign_in(desk: Desk, request: Request) -> Response:
    """Ask for name and password, and remember who it is for a working day."""
    if request.method != "POST":
        context = {"next": safe_path(request.args.get("next")), "wrong": False}
        return await desk.render(request, "sign_in.html", context)
    form = await read_form(request)
    name, password = _one(form, "name"), _one(form, "password")
    known = desk.config.people.get(name, "")
    right = hmac.compare_digest(known.encode(), password.encode()) and bool(known)
    if not right:
        await asyncio.sleep(_WRONG_PASSWORD_SECONDS)
        context = {"next": safe_path(_one(form, "next")), "wrong": True}
        return await desk.render(request, "sign_in.html", context, status=401)
    response = _see_other(safe_path(_one(form, "next")))
    until = int(desk.workings.clock().timestamp()) + SESSION_SECONDS
    value = desk.datasette.sign({"a": {"id": name}, "x": until}, "marsad-person")
    response.set_cookie(
        PERSON_COOKIE, value, max_age=SESSION_SECONDS, httponly=True, samesite="strict", secure=desk.config.secure
    )
    return response


async def sign_out(desk: Desk, request: Request) -> Response:
    """Forget who it is."""
    response = _see_other("/sign-in")
    response.set_cookie(PERSON_COOKIE, "", max_age=0, httponly=True, samesite="strict")
    return response


def read_person(desk: Desk, cookie: str) -> str | None:
    """Whose signed cookie it is; None: nobody's, or it is too old, or the person is no longer listed."""
    try:
        content: Any = desk.datasette.unsign(cookie, "marsad-person")
        name, until = str(content["a"]["id"]), int(content["x"])
    except Exception:  # whatever is wrong with a cookie, it is nobody's
        return None
    return name if name in desk.config.people and until > desk.workings.clock().timestamp() else None


def _one(form: dict[str, list[str]], name: str) -> str:
    return next(iter(form.get(name, ())), "")


def _see_other(path: str) -> Response:
    return Response("", status=303, headers={"Location": quote(path, safe="/?&=#%+,:;@!$'()*-._~")})
