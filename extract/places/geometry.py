"""Turns coordinates into distances, and a distance with a bearing into a point."""

from __future__ import annotations

import math

EARTH_KM = 6371.0088  # mean radius, IUGG


def kilometres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance between two points in degrees (haversine)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_lat, half_lon = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    h = math.sin(half_lat) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lon) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def move_point(lat: float, lon: float, bearing: float, distance_km: float) -> tuple[float, float]:
    """The point `distance_km` away at `bearing` degrees clockwise from north."""
    angle, phi, theta = distance_km / EARTH_KM, math.radians(lat), math.radians(bearing)
    new_phi = math.asin(math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(theta))
    shift = math.atan2(
        math.sin(theta) * math.sin(angle) * math.cos(phi), math.cos(angle) - math.sin(phi) * math.sin(new_phi)
    )
    return round(math.degrees(new_phi), 4), round((lon + math.degrees(shift) + 540) % 360 - 180, 4)


def bearing_of(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Degrees clockwise from north in which the second point lies, seen from the first; for some hundred kilometres."""
    east = (other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    return math.degrees(math.atan2(east, other_lat - lat)) % 360
