"""Turns a report's words into who did each attack, and who says so."""
