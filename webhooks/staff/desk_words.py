"""What the counter is told after an act, in Japanese, and what could not be done and why."""

from dataclasses import dataclass

from bot.library import PatronNotFound
from bot.library.desk import CheckedOut, CopyInHand, DeskError, DeskProblem, Moved, NextInQueue, Returned
from bot.staff.counter import Done
from webhooks.staff.problems import Problem
from webhooks.staff.services import StaffServices
from webhooks.staff.texts import say
from webhooks.staff.when import When

_FIELD_OF = {
    DeskProblem.CARD_EXPIRED: "card_number",
    DeskProblem.SUSPENDED: "card_number",
    DeskProblem.NO_ACTIVE_RESERVATION: "card_number",
}
"""Where a problem is told that is not about the copy."""


@dataclass(frozen=True, slots=True)
class Told:
    """The result of an act."""

    title: str
    """What was done with which copy."""
    lines: tuple[str, ...]
    next_act: str = ""
    """The act that most likely follows with the same copy; empty: none."""
    barcode: str = ""
    """The copy for it."""


class DeskWords:
    """Words results for one library."""

    def __init__(self, services: StaffServices) -> None:
        self._policy = services.policy
        self._when = When(services.policy, services.clock)

    def checked_out(self, done: Done[CheckedOut]) -> Told:
        """Lent."""
        return self._lent("told.checked_out", done.copy, done.result)

    def picked_up(self, done: Done[CheckedOut | Moved]) -> Told:
        """Handed over, and lent by that."""
        if isinstance(done.result, CheckedOut):
            return self._lent("told.picked_up", done.copy, done.result)
        return Told(_title("told.picked_up", done.copy), ())

    def returned(self, done: Done[Returned]) -> Told:
        """Taken back."""
        following = done.result.next_in_queue
        return Told(
            _title("told.returned", done.copy),
            (self._following(following), *self._home(done.copy, following)),
            "set-aside" if following is not None else "",
            done.result.barcode,
        )

    def set_aside(self, done: Done[Moved]) -> Told:
        """Set aside for somebody."""
        return Told(
            _title("told.set_aside", done.copy),
            self._for_whom(done.result),
            "ready",
            done.result.barcode,
        )

    def ready(self, done: Done[Moved]) -> Told:
        """On the hold shelf."""
        until = say("told.until", day=self._when.day(done.result.pickup_by))
        return Told(_title("told.ready", done.copy), (*self._for_whom(done.result), until))

    def put_back(self, done: Done[Moved]) -> Told:
        """Not to be supplied now; the patron waits on."""
        return Told(_title("told.put_back", done.copy), (say("told.waits_on"),))

    def declined(self, done: Done[Moved]) -> Told:
        """Declined; the patron is told."""
        result = done.result
        lines = [say("told.is_told")]
        if result.freed:
            lines.append(self._following(result.next_in_queue))
        next_act = "set-aside" if result.freed and result.next_in_queue is not None else ""
        return Told(_title("told.declined", done.copy), tuple(lines), next_act, result.freed)

    def problem(self, error: DeskError | PatronNotFound, *, read: str = "") -> Problem:
        """What could not be done, at the field that it is about; `read`: the barcode, to be told with it."""
        if isinstance(error, PatronNotFound):
            return Problem("card_number", say("problem.no_card"))
        text = say(f"problem.{error.problem}")
        if error.problem is DeskProblem.IMPOSSIBLE_NOW and error.state is not None:
            text += say("problem.state", state=say(f"state.{error.state}"))
        if error.problem is DeskProblem.NO_PICKUP:
            text += "".join(say(f"problem.{reason}") for reason in error.reasons)
        field = _FIELD_OF.get(error.problem, "barcode")
        return Problem(
            field, text + (say("problem.read", barcode=read) if read and field == "barcode" else "")
        )

    def branch(self, code: str) -> str:
        """The branch as staff name it."""
        branch = self._policy.branch(code)
        return branch.name if branch is not None else code

    def _lent(self, key: str, copy: CopyInHand | None, result: CheckedOut) -> Told:
        lines = [say("told.due_on", day=self._when.day(result.due_on))]
        if result.fulfilled and key == "told.checked_out":
            lines.append(say("told.fulfilled"))
        if not result.freed:
            return Told(_title(key, copy), tuple(lines))
        lines.append(say("told.freed", barcode=result.freed))
        lines.append(self._following(result.next_in_queue))
        next_act = "set-aside" if result.next_in_queue is not None else ""
        return Told(_title(key, copy), tuple(lines), next_act, result.freed)

    def _following(self, following: NextInQueue | None) -> str:
        if following is None:
            return say("told.nobody_waits")
        return say("told.somebody_waits", branch=self.branch(following.pickup_branch))

    def _home(self, copy: CopyInHand | None, following: NextInQueue | None) -> tuple[str, ...]:
        """Where it belongs, where nobody waits for it."""
        if copy is None or following is not None:
            return ()
        return (say("told.belongs", branch=self.branch(copy.branch)),)

    def _for_whom(self, result: Moved) -> tuple[str, ...]:
        return (
            say("told.for_card", card=result.card_number),
            say("told.pickup_at", branch=self.branch(result.pickup_branch)),
        )


def _title(key: str, copy: CopyInHand | None) -> str:
    return say(key, title=copy.title if copy is not None else say("told.not_held"))
