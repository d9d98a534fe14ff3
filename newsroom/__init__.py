"""Plays Arabic news outlets on loopback, for the demo and the tests, and knows what is true in them."""

from newsroom.server import Newsroom

__all__ = ["Newsroom"]
