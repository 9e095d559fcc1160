"""貸出一覧: what is on loan, until when, and what can be renewed."""

from collections.abc import Sequence

from bot.dialogue.cards import loan_card
from bot.dialogue.listing import PAGE, offset_of, page_of, picked, remember, shown_ids
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Said
from bot.dialogue.taps import wish
from bot.dialogue.words import is_by, is_named
from bot.intents import Intent
from bot.library import RenewalFacts
from bot.messages.replies import Button, Card, Reply, Row, Style, Tone
from bot.rules import renewal

KIND = "loans"


def list_loans(scene: Scene) -> Said:
    """The loans of the card in use, narrowed to what was asked for."""
    loans = scene.library.list_loans(scene.card_number)
    if not loans:
        return Said((scene.say.say("loans.none", quick=(wish(scene, Intent.SEARCH_CATALOG),)),))
    narrowed = narrow(scene, loans)
    if narrowed is None or narrowed:
        return Said(*_list(scene, loans if narrowed is None else narrowed))
    if scene.slots.get("due_soon"):
        lead = scene.say.say("loans.nothing_due_soon", days=scene.policy.renewal.due_soon_days)
    else:
        lead = scene.say.say("loans.no_match")
    replies, shown = _list(scene, loans)
    return Said((lead, *replies), shown)


def narrow(scene: Scene, loans: Sequence[RenewalFacts]) -> list[RenewalFacts] | None:
    """The loans that the slots name; empty where they name none of these; None where they name nothing."""
    slots = scene.slots
    if slots.get("loan_ids"):
        return by_id(loans, slots["loan_ids"])
    if slots.get("ordinals"):
        base = shown_ids(scene.state.shown, KIND) or [item.loan.loan_id for item in loans if item.loan]
        return by_id(loans, picked(base, slots["ordinals"]) or [])
    if slots.get("title") or slots.get("author"):
        return _named(scene, loans)
    if slots.get("due_soon"):
        return [
            item
            for item in loans
            if (item.loan and item.loan.due_on <= scene.today) or _is_due_soon(scene, item)
        ]
    return None


def by_id(loans: Sequence[RenewalFacts], ids: Sequence[str]) -> list[RenewalFacts]:
    """The loans with these ids, in the order of the ids."""
    known = {item.loan.loan_id: item for item in loans if item.loan}
    return [known[loan_id] for loan_id in ids if loan_id in known]


def _is_due_soon(scene: Scene, item: RenewalFacts) -> bool:
    return item.loan is not None and renewal.is_due_soon(item.loan, scene.policy, scene.today)


def _named(scene: Scene, loans: Sequence[RenewalFacts]) -> list[RenewalFacts]:
    """Loans of any of the works named, or by the author named."""
    titles = [
        *([scene.slots["title"]] if scene.slots.get("title") else []),
        *scene.slots.get("more_titles", []),
    ]
    author = scene.slots.get("author")
    found = [
        item
        for item in loans
        if item.loan
        and (not titles or any(is_named(item.loan.title, title) for title in titles))
        and (not author or is_by(item.loan.title, author))
    ]
    return found


def _list(scene: Scene, loans: Sequence[RenewalFacts]) -> tuple[tuple[Reply, ...], dict[str, object]]:
    offset = offset_of(scene.slots)
    page = page_of(loans, offset)
    ids = [item.loan.loan_id for item in loans if item.loan]
    until = offset + len(page)
    is_whole = until >= len(loans)
    due_on = min(item.loan.due_on for item in loans if item.loan)
    cards = [loan_card(scene, offset + at, item) for at, item in enumerate(page, start=1)]
    listed = scene.say.cards("loans.list", *cards, count=len(loans), due_on=due_on)
    actions = _actions(scene, loans, until)
    replies: list[Reply] = [*(_lead(scene, loans) if offset == 0 else ()), listed]
    if actions is not None:
        replies.append(scene.say.cards("loans.actions", actions))
    next_offset = 0 if is_whole else until
    return tuple(replies), dict(remember(KIND, ids, next_offset=next_offset, loan_ids=list(ids)))


def _lead(scene: Scene, loans: Sequence[RenewalFacts]) -> tuple[Reply, ...]:
    lead: list[Reply] = []
    if len(scene.view.cards) > 1:
        patron = loans[0].patron
        lead.append(scene.say.say("loans.lead_named", name=patron.name))
    overdue = sum(1 for item in loans if item.loan and renewal.is_overdue(item.loan, scene.today))
    if overdue:
        lead.append(scene.say.say("loans.lead_overdue", count=len(loans), overdue=overdue))
    else:
        due_on = min(item.loan.due_on for item in loans if item.loan)
        lead.append(scene.say.say("loans.lead", count=len(loans), due_on=due_on))
    return tuple(lead)


def _actions(scene: Scene, loans: Sequence[RenewalFacts], until: int) -> Card | None:
    """Below the list: renewing all of it, and its next page."""
    renewable = [
        item.loan.loan_id
        for item in loans
        if item.loan and renewal.decide(item, scene.policy, scene.today).allowed
    ]
    say, buttons, rows = scene.say, list[Button](), list[Row]()
    title = say.text("loans.actions.renew", renewable=len(renewable))
    if until < len(loans):
        title = say.text("loans.actions.more", count=len(loans), until=until)
        ids = [item.loan.loan_id for item in loans if item.loan]
        buttons.append(
            wish(
                scene, Intent.LIST_LOANS, label="more", style=Style.PRIMARY, loan_ids=list(ids), offset=until
            )
        )
    if len(renewable) > 1:
        rows.append(Row(say.text("loans.actions.numbers"), tone=Tone.QUIET))
        buttons.append(wish(scene, Intent.RENEW, label="renew_these"))
    return Card(title, tuple(rows), tuple(buttons)) if buttons else None


__all__ = ["KIND", "PAGE", "by_id", "list_loans", "narrow"]
