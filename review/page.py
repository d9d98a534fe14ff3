"""What every page shares: who asks in which language, reading and writing the database, and rendering a template."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review.keeping import Keeping
from review.queries import Search
from review.wording import LANGUAGES, Wording
from review.workings import ReviewConfig, Workings
from store.board import BoardFilter, read_stamp
from store.database import BUSY_SECONDS, Database, write_patiently
from store.search import Hits, find_hits

Result = TypeVar("Result")
DATABASE = "data"
_YEAR = 365 * 86_400
_ASKED_AGAIN_MS = 20


class Desk:
    """The review as one running application knows it."""

    def __init__(self, datasette: Datasette, workings: Workings, config: ReviewConfig) -> None:
        self.datasette = datasette
        self.workings = workings
        self.config = config
        self.search = Search(workings.read_words, workings.names)
        self.keeping = Keeping()

    async def read(self, work: Callable[[Database], Result]) -> Result:
        """Do some reading on a connection that cannot write."""
        database = self.datasette.get_database(DATABASE)

        def on_connection(connection: Any) -> Result:
            connection.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
            connection.execute("BEGIN")  # one state of the database for the whole page
            try:
                return work(Database(connection, execute_plugins=False, recursive_triggers=False))
            finally:
                connection.rollback()

        result: Result = await database.execute_fn(on_connection)
        return result

    async def read_kept(self, key: Hashable, work: Callable[[Database], Result]) -> Result:
        """Do some reading, unless it was done before and nothing has changed since."""
        return await self.read(lambda db: self.keep(db, key, work))

    def keep(self, db: Database, key: Hashable, work: Callable[[Database], Result]) -> Result:
        """The same for the middle of a reading."""
        return self.keeping.get(key, read_stamp(db), lambda: work(db))

    def narrow(self, db: Database, wanted: BoardFilter) -> tuple[BoardFilter, Hits | None]:
        """Ask the search once for a filter's words: the filter by the incidents found, and the hits; None: no words."""
        match = wanted.match
        if match is None:
            return wanted, None
        hits = self.keep(db, ("hits", match), lambda db: find_hits(db, match))
        more = (wanted.id_prefix,) if wanted.id_prefix else ()
        return replace(wanted, match=None, id_prefix=None, among=(*hits.incident_ids, *more)), hits

    async def write(self, work: Callable[[Database], Result]) -> Result:
        """Do some writing; writers of this process take turns, and wait for those of others."""
        database = self.datasette.get_database(DATABASE)

        def on_connection(connection: Any) -> Result:
            connection.execute(f"PRAGMA busy_timeout={_ASKED_AGAIN_MS}")
            connection.execute("PRAGMA foreign_keys=ON")
            db = Database(connection, execute_plugins=False, recursive_triggers=False)
            return write_patiently(self.config.database, lambda: work(db))

        result: Result = await database.execute_write_fn(on_connection)
        return result

    def wording(self, request: Request) -> Wording:
        """The words of the language that the reader chose."""
        chosen = request.args.get("lang") or request.cookies.get("lang") or self.config.language
        return Wording(language=chosen if chosen in LANGUAGES else self.config.language, names=self.workings.names)

    def reviewer(self, request: Request) -> str:
        """Who asks."""
        return str((request.actor or {}).get("id") or self.config.reviewer)

    async def render(
        self, request: Request, template: str, context: Mapping[str, Any], *, status: int = 200
    ) -> Response:
        """A page in the reader's language."""
        words = self.wording(request)
        asked = parse_qs(request.query_string, keep_blank_values=True)
        switched = urlencode({**asked, "lang": [words.other]}, doseq=True)
        body = await self.datasette.render_template(
            template,
            {
                **context, "w": words, "t": words.say, "path": request.path, "switched": f"?{switched}",
                "reviewer": self.reviewer(request), "people": bool(self.config.people),
                "map_tiles": self.config.tiles, "map_credit": self.config.tiles_credit,
            },
            request=request,
        )  # fmt: skip
        response = Response.html(body, status=status)
        if request.args.get("lang") in LANGUAGES:
            response.set_cookie("lang", words.language, max_age=_YEAR, samesite="lax", httponly=True)
        return response


async def read_form(request: Request) -> dict[str, list[str]]:
    """A posted form: every value of every name."""
    body = await request.post_body()
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=500)


def safe_path(text: str | None, default: str = "/") -> str:
    """A path of this site to go back to; the default for anything that a browser could take for another site's."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or any(c in text for c in "\\\r\n\t"):
        return default
    return text
