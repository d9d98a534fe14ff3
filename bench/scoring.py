"""Turns the path of the shared evaluation's scorer into a module, where that folder stands beside the project."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

SCORER = Path(__file__).parents[2] / "shared" / "eval" / "score.py"


def load_scorer(path: Path = SCORER) -> ModuleType:
    """The scorer as a module; FileNotFoundError where it is absent."""
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None or not path.exists():
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
