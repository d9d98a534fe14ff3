"""Turns `${ENV_NAME}` and `file:/path` in settings into the secrets that they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr, ValidationInfo

LONG_ENOUGH = 12  # characters of a part of an address that is taken for a secret by itself
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# Services whose address alone opens nothing; every other service's address is itself the key.
_OPEN_SCHEMES = {"json", "jsons", "xml", "xmls", "form", "forms", "mailto", "mailtos", "ntfy", "ntfys", "http", "https"}
_OPEN_SCHEMES |= {"terminal", "marsad", "marsads", "syslog", "dbus", "gnome", "macosx", "windows"}
_SECRET_QUERY = re.compile(r"(^|&)(pass|secret|token)=", re.IGNORECASE)


def expand_secret(value: object, info: ValidationInfo) -> object:
    """Read a secret setting; ValueError where it is written out in the file or cannot be found.

    Values that do not come from a file (no context) are taken as they are.
    """
    context: dict[str, Any] | None = info.context
    if not isinstance(value, str) or context is None:
        return value
    if value.startswith("file:"):
        return _read_secret(Path(context["folder"]) / Path(value.removeprefix("file:")).expanduser())
    if _VARIABLE.search(value):
        return _fill_in(value, context["environ"])
    if _is_open(value):
        return value
    raise ValueError('a secret as "${ENV_NAME}" or "file:/path/to/it", never the secret itself')


def _read_secret(path: Path) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"a file that can be read ({path}: {type(error).__name__})") from None
    if not secret:
        raise ValueError(f"a file that holds the secret ({path} is empty)")
    return secret


def _fill_in(value: str, environ: Mapping[str, str]) -> str:
    missing = [name for name in _VARIABLE.findall(value) if not environ.get(name)]
    if missing:
        raise ValueError(f"an environment variable that is set ({', '.join(missing)} is not)")
    return _VARIABLE.sub(lambda match: environ[match[1]], value)


def _is_open(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in _OPEN_SCHEMES and parts.password is None and not _SECRET_QUERY.search(parts.query)
    except ValueError:
        return False


def find_secrets(value: object) -> set[str]:
    """Every secret within settings, whole and in the parts of an address by which a library might tell it."""
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        return set() if _is_open(secret) else {secret, *_split_secret(secret)}
    if isinstance(value, BaseModel):
        return find_secrets([getattr(value, name) for name in type(value).model_fields])
    if isinstance(value, Mapping):
        return find_secrets(list(value.values()))
    if isinstance(value, (list, tuple)):
        return {secret for one in value for secret in find_secrets(one)}
    return set()


def _split_secret(secret: str) -> list[str]:
    return [part for part in re.split(r"[/?&=@:]+", secret) if len(part) >= LONG_ENOUGH]
