"""Ids of our own for loans and reservations: random, so that none tells of another."""

import uuid


def new_id() -> str:
    """32 hexadecimal digits."""
    return uuid.uuid4().hex
