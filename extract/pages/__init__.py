"""Turns a page's bytes and markup into its own words, its description of itself and its time."""
