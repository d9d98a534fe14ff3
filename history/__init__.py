"""Turns archives of past pages and articles into the incidents that they tell of, silently and once."""
