"""How the house is built, read from its own files: who imports whom, where SQL lives, and that the docs are whole."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

import cli
from store.database import open_database
from store.settings import Settings

ROOT = Path(__file__).parents[1]
ROOMS = (
    "alerts", "bench", "commands", "crawler", "extract", "history", "intake", "newsroom", "operations", "review",
    "store",
)  # fmt: skip
FILES = sorted([path for room in ROOMS for path in (ROOT / room).rglob("*.py")] + list(ROOT.glob("*.py")))

# Who may import whom. A room may always import itself.
EDGES = {
    "store": set(),
    "crawler": {"store"},
    "extract": {"store"},
    "alerts": {"store"},
    "review": {"store"},
    "newsroom": {"store"},
    "history": {"intake", "crawler", "extract", "store"},
    "intake": {"crawler", "extract", "alerts", "review", "store"},
    "operations": {"crawler", "alerts", "store"},
    "scheduler": {"intake", "operations", "crawler", "extract", "alerts", "review", "store"},
    "commands": {
        "scheduler",
        "history",
        "intake",
        "operations",
        "newsroom",
        "crawler",
        "extract",
        "alerts",
        "review",
        "store",
    },
    "bench": {
        "commands",
        "scheduler",
        "history",
        "intake",
        "operations",
        "newsroom",
        "crawler",
        "extract",
        "alerts",
        "review",
        "store",
    },
    "cli": {"commands", "store"},
}
# Where each outside library lives: a room, or one file of it.
HOMES = {
    "scrapy": "crawler",
    "twisted": "crawler",
    "feedparser": "crawler",
    "playwright": "crawler/render.py",
    "trafilatura": "extract/article.py",
    "langdetect": "extract/language.py",
    "ahocorasick": "extract",
    "pebble": "extract/workers.py",
    "fastwarc": "history/warc.py",
    "pyarrow": "history/",
    "distributed": "extract/cluster.py",
    "sqlite_utils": "store",
    "sqlite3": "store",
    "apprise": "alerts",
    "apscheduler": "scheduler.py",
    "datasette": "review",
    "prometheus_client": "operations/meters.py",
}
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE)\b", re.S
)


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def runtime_imports(path: Path) -> Iterator[str]:
    """The names of all modules that a file imports when it runs (not those under `if TYPE_CHECKING`)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def test_rooms_import_only_what_lies_below_them() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in FILES
        for name in runtime_imports(path)
        if name.split(".")[0] in EDGES
        and name.split(".")[0] != room_of(path)
        and name.split(".")[0] not in EDGES[room_of(path)]
    ]
    assert not wrong, "\n".join(wrong)


def test_each_library_has_one_home() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}, whose home is {home}"
        for path in FILES
        if room_of(path) != "bench"  # which measures libraries by themselves, too
        for name in runtime_imports(path)
        if (home := HOMES.get(name.split(".")[0])) and not str(path.relative_to(ROOT)).startswith(home)
    ]
    assert not wrong, "\n".join(wrong)


def test_sql_lives_in_store() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        if room_of(path) not in {"store", "review", "bench"}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_module_says_what_it_is() -> None:
    bare = [str(path.relative_to(ROOT)) for path in FILES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert not bare


def test_every_import_is_declared() -> None:
    """What runs in production is in the project's dependencies, and not there by another package's grace."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[\[<>=!~ ;]", line)[0].lower().replace("-", "_") for line in project["dependencies"]}
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    declared |= {re.split(r"[\[<>=!~ ;]", line)[0].lower().replace("-", "_") for line in extras}
    modules = {"ahocorasick": "pyahocorasick", "pydantic_core": "pydantic"}  # where the names differ
    import sys

    wrong = sorted(
        {
            f"{top} ({path.relative_to(ROOT)})"
            for path in FILES
            if room_of(path) != "bench"  # which runs with the development group
            for name in runtime_imports(path)
            if (top := name.split(".")[0]) not in sys.stdlib_module_names
            and top not in EDGES
            and modules.get(top, top).lower() not in declared
        }
    )
    assert not wrong, "\n".join(wrong)


def settings_keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every key path of a settings model; a table of tables stands as NAME."""
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        tables = [
            inner
            for inner in inner_types(field.annotation)
            if isinstance(inner, type) and issubclass(inner, BaseModel) and inner is not model
        ]
        if tables:
            named = "dict" in str(field.annotation)
            yield from settings_keys(tables[0], f"{key}.NAME." if named else f"{key}.")
        else:
            yield key


def inner_types(annotation: object) -> Iterator[object]:
    yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from inner_types(inner)


def test_every_setting_is_documented() -> None:
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/settings.md"))
    missing = [key for key in settings_keys(Settings) if f"`{key}`" not in text]
    assert not missing, missing


def test_every_table_and_column_is_documented(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    db = open_database(tmp_path / "marsad.db")
    missing = []
    for table in db.tables:
        if table.name.startswith(("_", "sqlite_")) or "_fts" in table.name:
            continue
        part = re.search(rf"^#+ `{table.name}`.*?(?=^#|\Z)", text, re.M | re.S)
        if part is None:
            missing.append(table.name)
        else:
            missing += [f"{table.name}.{c.name}" for c in table.columns if f"`{c.name}`" not in part.group(0)]
    db.close()
    assert not missing, missing


def every_command() -> Iterator[tuple[str, click.Command]]:
    for name in cli.COMMANDS:
        command = cli.group.get_command(click.Context(cli.group), name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", sub) for inner, sub in command.commands.items())


def test_every_command_is_documented_with_an_example() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, command in every_command():
        assert f"`marsad {name}" in text, name
        assert command.help, name
        assert f"marsad {name.split()[0]}" in command.help, f"{name}: --help has no example"
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name} {option.opts}"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"])
def test_locks_name_no_host_and_no_path(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-[-a-z]*i|^--", text, re.M)
    pins = re.findall(r"^([a-z0-9.-]+)==", text, re.M)
    assert pins
    assert text.count("--hash=sha256:") >= len(pins)


def test_locks_satisfy_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"]]
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M))
    assert {re.split(r"[\[<>=!~ ;]", line)[0].lower() for line in wanted} <= locked
    dev = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements-dev.lock").read_text(encoding="utf-8"), re.M))
    assert {re.split(r"[\[<>=!~ ;]", line)[0].lower() for line in project["dependency-groups"]["dev"]} <= dev


def test_the_starter_settings_are_the_shipped_ones() -> None:
    assert (ROOT / "settings.toml").read_bytes() == (ROOT / "commands" / "data" / "settings.toml").read_bytes()


def test_an_installed_marsad_has_the_files_of_a_checkout() -> None:
    """Images and services run an installed copy: a picture or list that is not packed is missing there alone."""
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]["*"]
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file()]
    unpacked = [str(path.relative_to(ROOT)) for path in files if path.suffix not in (".py", ".pyc")
                and not any(path.match(pattern) for pattern in patterns)]  # fmt: skip
    assert unpacked == []
