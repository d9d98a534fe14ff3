"""Turns what is no incident into the reason why, or into a notice."""
