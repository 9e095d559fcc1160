"""What LINE accepts: the SDK's own models, and the documented limits they do not know. Pure; no I/O.

`shape` holds JSON against the SDK's models, the others hold it against the numbers. All of them return problems.
"""

from simulator.limits.messages import check_messages
from simulator.limits.problems import Problem
from simulator.limits.richmenus import check_image, check_rich_menu
from simulator.limits.shape import check_shape

__all__ = ["Problem", "check_image", "check_messages", "check_rich_menu", "check_shape"]
