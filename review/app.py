"""Turns a database and the borrowed workings into the review's web application: Datasette with our pages on top."""

from __future__ import annotations

from importlib.resources import files

from datasette.app import Datasette
from datasette.database import Database as DatasetteDatabase
from datasette.plugins import pm

from review import hooks
from review.deeds import read_person
from review.guard import App, Guard
from review.page import DATABASE, Desk
from review.workings import ReviewConfig, Workings

_SETTINGS = {
    "num_sql_threads": 3,
    "sql_time_limit_ms": 3000,
    "default_allow_sql": True,
    "allow_download": False,
    "suggest_facets": False,
    "default_cache_ttl": 0,
    "cache_size_kb": 16_384,
}
# It would print each missing page with the values of all variables, cookies among them, and fails where there is none.
pm.get_plugin("datasette.handle_exception").rich = None
pm.register(hooks, name="marsad-review")


def make_app(workings: Workings, config: ReviewConfig) -> Guard:
    """The ASGI application; the database must exist and be of the current schema."""
    room = files("review")
    datasette = Datasette(
        template_dir=str(room / "templates"),
        static_mounts=[("static", str(room / "static"))],
        settings=_SETTINGS,
        metadata={"title": "Marsad"},
    )
    database = DatasetteDatabase(datasette, path=str(config.database), is_mutable=True)
    datasette.add_database(database, name=DATABASE)
    desk = Desk(datasette, workings, config)
    datasette.marsad_desk = desk
    app: App = datasette.app()
    return Guard(app, config, is_known=lambda cookie: read_person(desk, cookie) is not None, on_close=database.close)
