"""Turns the fields that one report changed into the kind of message that the change deserves, or none."""

from __future__ import annotations

from collections.abc import Collection

from store.alert_settings import ChannelSettings
from store.records import Incident

_ORDER = (
    "standing", "status", "killed", "wounded", "claim", "actor", "place", "admin1", "country", "date", "munitions",
    "method", "target",
)  # fmt: skip
WOUNDED_GROWTH = 1.25  # counts of the wounded creep up; less than a quarter more is no news
# Place precision, coarse to fine.
_FINER = ("country", "region", "governorate", "district", "town", "village", "quarter", "site")


def classify_changes(
    before: Incident | None, after: Incident, channel: ChannelSettings, changed: Collection[str] = _ORDER
) -> tuple[str, tuple[str, ...]] | None:
    """The kind of follow-up that a channel is owed, with the fields to tell; None where nothing material changed.

    Retraction, dispute, correction and update in this order; a confirmation only where nothing else is to be told.
    """
    if before is None:
        return None
    fields = tuple(
        name for name in _ORDER if name in changed and name in channel.update_on and is_material(name, before, after)
    )
    if after.standing == "retracted" and before.standing != "retracted":
        return "retraction", fields or ("standing",)
    if _is_disputed(after) and not _is_disputed(before):
        return "dispute", fields or (("status",) if after.status == "disputed" else ("standing",))
    told = tuple(name for name in fields if name != "standing")
    if told:
        return ("correction" if any(_is_corrected(name, before, after) for name in told) else "update"), told
    if _is_confirmed_now(before, after, channel.confirm_at):
        return "confirmation", ()
    return None


def is_material(name: str, before: Incident, after: Incident) -> bool:
    """Whether a reader who was told the old value must be told the new one."""
    old, new = getattr(before, name), getattr(after, name)
    if old == new or new is None or new == "unknown":
        return False
    if name in ("killed", "wounded"):
        return _is_material_toll(name, old, new)
    if name == "claim":
        return bool(new != "none")
    if name in ("place", "admin1", "country"):
        return not _is_refined(name, before, after)
    return True


def _is_material_toll(name: str, old: int | None, new: int) -> bool:
    if not old or new < old:  # first victims, or a figure taken back
        return new > 0 or bool(old)
    return name == "killed" or new >= old * WOUNDED_GROWTH


def _is_refined(name: str, before: Incident, after: Incident) -> bool:
    """Whether the place is only told more closely: nothing that was said is wrong."""
    if name != "place":
        return getattr(before, name) is None and before.place is None and name != "country"
    if before.place is None:
        return before.admin1 is not None and before.admin1 == after.admin1
    if before.admin1 != after.admin1 or before.place_precision is None or after.place_precision is None:
        return False
    if before.place_precision not in _FINER or after.place_precision not in _FINER:
        return False
    return _FINER.index(before.place_precision) != _FINER.index(after.place_precision)


def _is_corrected(name: str, before: Incident, after: Incident) -> bool:
    """Whether what was told proves wrong, rather than being added to."""
    old, new = getattr(before, name), getattr(after, name)
    if old is None or old == "unknown":
        return False
    if name in ("killed", "wounded"):
        return bool(new < old)
    return name != "claim"


def _is_disputed(incident: Incident) -> bool:
    return incident.status == "disputed" or incident.standing == "disputed"


def _is_confirmed_now(before: Incident, after: Incident, confirm_at: int | None) -> bool:
    if confirm_at is None:
        return False
    officially = after.standing == "confirmed" and before.standing != "confirmed"
    return officially or before.publishers < confirm_at <= after.publishers
