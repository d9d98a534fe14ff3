"""Turns a page into facts."""
