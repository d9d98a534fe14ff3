"""Turns what is said of one attack into the codebook's fields, or into the reason why it is no incident."""
