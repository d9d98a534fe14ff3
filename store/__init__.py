"""The ground floor: records, errors, settings, migrations and SQL."""
