"""The `madoguchi` command: commands of a few lines, a module a subject, each calling one use case.

Exit status: 0 on success, 1 on a failure that is explained in one line, 2 on wrong usage.
"""

from bot.cli.main import main

__all__ = ["main"]
