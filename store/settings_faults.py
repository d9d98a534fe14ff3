"""Turns pydantic's complaints about a settings file into lines that name file, key, value and what is allowed."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_ALLOWED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "text in quotes",
    "path_type": "a path in quotes",
    "tuple_type": 'a list in brackets, such as ["a", "b"]',
    "model_type": "a table of its own",
    "model_attributes_type": "a table of its own",
    "dict_type": "a table of its own",
    "time_type": 'a time of day such as "22:30"',
    "time_parsing": 'a time of day such as "22:30"',
    "missing": "this key is needed",
}
_PATTERNS = {
    r"^[A-Z]{2}$": 'a country\'s two letters (ISO 3166-1) such as "IQ"',
    r"^[A-Z]{2}-[A-Z0-9]{1,3}$": 'a governorate\'s code (ISO 3166-2) such as "IQ-QA"',
    r"^[a-z0-9][a-z0-9_-]{0,63}$": "an id of small Latin letters, digits, - and _",
    r"^[A-Za-z0-9.:_-]{1,253}$": 'a host\'s name or address such as "127.0.0.1"',
    r"^https?://": 'a web address such as "https://desk.example"',
}
_LONGEST_VALUE = 60
_SECRET_KEYS = {"url", "proxy"}


def describe_faults(path: Path, error: ValidationError, data: dict[str, Any], model: type[BaseModel]) -> list[str]:
    """One line a fault, in the order of the file's keys as pydantic met them."""
    lines = []
    details = error.errors(include_url=False)
    for detail in details:
        keys = _present_keys(detail["loc"], data)
        if detail["type"] == "too_short" and _lookup(keys, data):
            continue  # its parts are faulty, which is said of each
        value = _show_value(keys, detail, data)
        lines.append(": ".join(filter(None, [str(path), _join_keys(keys), value, _say_allowed(detail, keys, model)])))
    return list(dict.fromkeys(lines))


def _present_keys(loc: tuple[int | str, ...], data: Any) -> tuple[int | str, ...]:
    """The part of pydantic's location that is the file's own path (unions and validators add words of theirs)."""
    keys: list[int | str] = []
    here = data
    for key in loc:
        if isinstance(here, dict) and (key in here or key == loc[-1]) and key != "[key]":
            keys.append(key)
            here = here.get(key)
        elif isinstance(here, list) and isinstance(key, int) and key < len(here):
            keys.append(key)
            here = here[key]
    return tuple(keys)


def _join_keys(keys: tuple[int | str, ...]) -> str:
    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += ("." if text else "") + (key if re.fullmatch(r"[\w-]+", key, re.ASCII) else json.dumps(key))
    return text


def _show_value(keys: tuple[int | str, ...], detail: ErrorDetails, data: Any) -> str:
    """The value as the file has it, shortened; nothing for whole tables, and nothing that could be a secret."""
    if detail["type"] == "missing":
        return ""
    here = _lookup(keys, data)
    if isinstance(here, dict) or (isinstance(here, list) and any(isinstance(part, dict | list) for part in here)):
        return ""
    if _may_be_secret(keys, here, detail["type"]):
        return "(hidden)"
    text = json.dumps(here, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _lookup(keys: tuple[int | str, ...], data: Any) -> Any:
    here = data
    for key in keys:
        here = here.get(key) if isinstance(here, dict) else here[int(key)]
    return here


def _may_be_secret(keys: tuple[int | str, ...], value: Any, kind: str) -> bool:
    if not isinstance(value, str):
        return False
    if keys and keys[-1] in _SECRET_KEYS and keys[0] in ("alerts", "outlets"):
        return True
    if keys[:2] == ("review", "people"):
        return True
    if kind == "extra_forbidden" and keys[:1] == ("alerts",):
        return True  # a misspelt `url` holds what `url` would
    return "://" in value and "@" in value


def _say_allowed(detail: ErrorDetails, keys: tuple[int | str, ...], model: type[BaseModel]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _name_nearest(str(keys[-1]), _allowed_keys(keys[:-1], model))
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"one of {context['expected'].replace(chr(39), chr(34)).replace(' or ', ', ')}"
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], f"text that fits {context['pattern']}")
    for limit, words in (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than")):
        if limit in context:
            return f"{words} {context[limit]}"
    if "min_length" in context:
        return f"at least {context['min_length']} of them"
    return _ALLOWED.get(kind, detail["msg"])


def _name_nearest(key: str, allowed: list[str]) -> str:
    near = get_close_matches(key, allowed, n=1, cutoff=0.6)
    guess = f'did you mean "{near[0]}"? ' if near else ""
    return f"there is no such key; {guess}allowed are {', '.join(allowed)}" if allowed else "there is no such key"


def _allowed_keys(keys: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    """The keys of the table at `keys`, by walking the models' annotations."""
    here: Any = model
    for key in keys:
        here = _step_into(here, key)
    found = _model_in(here)
    return [] if found is None else [field.alias or name for name, field in found.model_fields.items()]


def _step_into(annotation: Any, key: int | str) -> Any:
    found = _model_in(annotation)
    if found is not None and isinstance(key, str):
        for name, field in found.model_fields.items():
            if key in (name, field.alias):
                return field.annotation
    for part in _flatten(annotation):
        if get_origin(part) is dict:
            return get_args(part)[1]
        if get_origin(part) is tuple:
            return get_args(part)[0]
    return None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    for part in _flatten(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            return part
    return None


def _flatten(annotation: Any) -> list[Any]:
    """The members of a union, Annotated taken off."""
    if get_origin(annotation) is Annotated:
        return _flatten(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [member for part in get_args(annotation) for member in _flatten(part)]
    return [annotation]
