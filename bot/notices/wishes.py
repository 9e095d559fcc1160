"""The buttons under a notice: each begins a conversation about what it stands under, with that very card.

They say what the dialogue knows as a wish: put the card in use, and go on. What would change anything is asked first.
"""

from typing import Final

from bot.intents import Intent
from bot.messages.limits import IN_SENTENCE, clean, cut
from bot.messages.replies import WISH, Button, Dial, Json, OpenPage, Style, Tap
from bot.messages.wording import Wording
from bot.notices.model import Item
from bot.policies import Policy

_LIST_OF: Final = {
    "loans": Intent.LIST_LOANS,
    "reservations": Intent.LIST_RESERVATIONS,
    "arrivals": Intent.NEW_ARRIVALS,
}


class Buttons:
    """Makes buttons in the words of `say`."""

    def __init__(self, say: Wording, policy: Policy) -> None:
        self._say = say
        self._policy = policy

    def renew(self, item: Item) -> Button:
        """延長する."""
        ids: list[Json] = [item.notice.subject]
        return self._about(item, "renew_one", Intent.RENEW, {"loan_ids": ids}, "renew", Style.PRIMARY)

    def not_needed(self, item: Item) -> Button:
        """もう要りません: the dialogue cancels it, or says whom to phone."""
        ids: list[Json] = [item.notice.subject]
        slots: dict[str, Json] = {"reservation_ids": ids}
        return self._about(item, "not_needed", Intent.CANCEL_RESERVATION, slots, "cancel")

    def reserve(self, item: Item) -> Button:
        """予約する, anew or for the first time."""
        ids: list[Json] = [item.title.title_id] if item.title is not None else []
        return self._about(item, "reserve_one", Intent.RESERVE, {"title_ids": ids}, "reserve", Style.PRIMARY)

    def list_of(self, item: Item, what: str) -> Button:
        """予約一覧を見る, 貸出一覧を見る, 新着の本を見る: `what` is `reservations`, `loans` or `arrivals`."""
        intent = _LIST_OF[what]
        return self._wish(
            item, f"intent.{intent.value}", intent, {}, self._say.text(f"tidings.spoken.{what}")
        )

    def map(self, branch: str) -> tuple[Button, ...]:
        """地図, where the branch has one."""
        found = self._policy.branch(branch)
        if found is None or not found.map_url:
            return ()
        return (OpenPage(self._say.text("buttons.map"), found.map_url),)

    def dial(self, branch: str) -> Button:
        """電話: the branch, or else the main one."""
        found = self._policy.branch(branch) or self._policy.counter
        return Dial(self._say.text("buttons.dial", branch=found.full_name), found.phone)

    def _about(
        self,
        item: Item,
        label: str,
        intent: Intent,
        slots: dict[str, Json],
        spoken: str,
        style: Style = Style.SECONDARY,
    ) -> Button:
        named = item.title.title if item.title is not None else self._say.text("tidings.no_title")
        said = self._say.text(f"tidings.spoken.{spoken}", title=cut(clean(named), IN_SENTENCE))
        return self._wish(item, label, intent, slots, said, style)

    def _wish(
        self,
        item: Item,
        label: str,
        intent: Intent,
        slots: dict[str, Json],
        spoken: str,
        style: Style = Style.SECONDARY,
    ) -> Button:
        wish: dict[str, Json] = {"intent": intent.value, "slots": slots}
        if item.notice.card_number:
            then: dict[str, Json] = {"card_number": item.notice.card_number, "then": wish}
            wish = {"intent": Intent.SWITCH_CARD.value, "slots": then}
        return Tap(self._say.text(f"buttons.{label}"), WISH, wish, spoken, style)
