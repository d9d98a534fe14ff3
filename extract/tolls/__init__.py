"""Turns folded Arabic text into who was killed and wounded, and how many."""
