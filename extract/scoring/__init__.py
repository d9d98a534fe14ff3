"""Turns gold and coded incidents into figures and misses."""
