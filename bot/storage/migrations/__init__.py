"""Alembic migrations of all tables, one file a change, in `versions`."""
