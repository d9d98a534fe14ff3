"""Turns folded Arabic text into numbers and what they count."""
