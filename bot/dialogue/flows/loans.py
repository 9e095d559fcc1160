"""貸出一覧: what is on loan, until when, and what can be renewed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.dialogue.cards import loan_card
from bot.dialogue.finding import is_meant
from bot.dialogue.gathered import as_json, texts_of
from bot.dialogue.listing import offset_of, page_of, picked, remember, shown_ids
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Data, Said
from bot.dialogue.taps import wish
from bot.dialogue.words import is_by
from bot.intents import Intent
from bot.library import Loan, RenewalFacts
from bot.messages.replies import Button, Card, Reply, Row, Style, Tone
from bot.rules import renewal

KIND: Final = "loans"
PICK_KIND: Final = "renewable"
"""The list of what may be renewed; its numbers mean loans too."""


def list_loans(scene: Scene) -> Said:
    """The loans of the card in use, narrowed to what was asked for."""
    loans = scene.library.list_loans(scene.card_number)
    if not loans:
        return Said((scene.say.say("loans.none", quick=(wish(scene, Intent.SEARCH_CATALOG),)),))
    narrowed = narrow(scene, loans)
    is_whole = not narrowed or len(narrowed) == len(loans)
    replies, shown = _list(scene, narrowed or loans, "loans.list" if is_whole else "loans.some")
    if offset_of(scene.slots):
        return Said(replies, shown)
    if not is_whole and narrowed:
        return Said((_lead_some(scene, narrowed), *replies), shown)
    lead = (_nothing_such(scene),) if narrowed == [] else _lead(scene, loans)
    return Said((*lead, *replies), shown)


def narrow(scene: Scene, loans: Sequence[RenewalFacts]) -> list[RenewalFacts] | None:
    """The loans that the slots name; empty where they name none of these; None where they name nothing."""
    slots = scene.slots
    if slots.get("loan_ids"):
        return by_id(loans, texts_of(slots, "loan_ids"))
    if slots.get("ordinals"):
        base = shown_ids(scene.state.shown, KIND, PICK_KIND) or [loan.loan_id for loan in _loans(loans)]
        return by_id(loans, picked(base, slots["ordinals"]) or [])
    if slots.get("title") or slots.get("author"):
        return named_loans(loans, slots)
    if slots.get("due_soon"):
        return [item for item in loans if is_due_soon(scene, item) or _is_overdue(scene, item)]
    return None


def by_id(loans: Sequence[RenewalFacts], ids: Sequence[str]) -> list[RenewalFacts]:
    """The loans with these ids, in the order of the ids."""
    known = {item.loan.loan_id: item for item in loans if item.loan}
    return [known[loan_id] for loan_id in ids if loan_id in known]


def is_due_soon(scene: Scene, item: RenewalFacts) -> bool:
    """Due within the policy's days, and not overdue."""
    return item.loan is not None and renewal.is_due_soon(item.loan, scene.policy, scene.today)


def named_loans(loans: Sequence[RenewalFacts], slots: Mapping[str, Any]) -> list[RenewalFacts]:
    """Loans of any of the works named, or by the author named."""
    titles = [*filter(None, [slots.get("title")]), *texts_of(slots, "more_titles")]
    author = slots.get("author")
    return [
        item
        for item in loans
        if item.loan
        and (not titles or any(is_meant(item.loan.title, title) for title in titles))
        and (not author or is_by(item.loan.title, author))
    ]


def _is_overdue(scene: Scene, item: RenewalFacts) -> bool:
    return item.loan is not None and renewal.is_overdue(item.loan, scene.today)


def _loans(items: Sequence[RenewalFacts]) -> list[Loan]:
    return [item.loan for item in items if item.loan]


def _nothing_such(scene: Scene) -> Reply:
    if scene.slots.get("due_soon"):
        return scene.say.say("loans.nothing_due_soon", days=scene.policy.renewal.due_soon_days)
    return scene.say.say("loans.no_such_number" if scene.slots.get("ordinals") else "loans.no_match")


def _list(scene: Scene, loans: Sequence[RenewalFacts], key: str) -> tuple[tuple[Reply, ...], Data]:
    offset = offset_of(scene.slots)
    page = page_of(loans, offset)
    ids = [loan.loan_id for loan in _loans(loans)]
    until = offset + len(page)
    due_on = min(loan.due_on for loan in _loans(loans))
    cards = [loan_card(scene, offset + at, item) for at, item in enumerate(page, start=1)]
    listed = scene.say.cards(key, *cards, count=len(loans), due_on=due_on)
    actions = _actions(scene, loans, until)
    replies: list[Reply] = [listed]
    if actions is not None:
        replies.append(scene.say.cards("loans.actions", actions))
    next_offset = until if until < len(loans) else 0
    return tuple(replies), remember(KIND, ids, next_offset=next_offset, loan_ids=as_json(ids))


def _lead_some(scene: Scene, loans: Sequence[RenewalFacts]) -> Reply:
    due_on = min(loan.due_on for loan in _loans(loans))
    return scene.say.say("loans.lead_some", count=len(loans), due_on=due_on)


def _lead(scene: Scene, loans: Sequence[RenewalFacts]) -> tuple[Reply, ...]:
    lead: list[Reply] = []
    overdue = sum(1 for item in loans if _is_overdue(scene, item))
    if overdue:
        lead.append(scene.say.say("loans.lead_overdue", count=len(loans), overdue=overdue))
    else:
        due_on = min(loan.due_on for loan in _loans(loans))
        lead.append(scene.say.say("loans.lead", count=len(loans), due_on=due_on))
    return tuple(lead)


def _actions(scene: Scene, loans: Sequence[RenewalFacts], until: int) -> Card | None:
    """Below the list: its next page, and renewing several at once."""
    decisions = [renewal.decide(item, scene.policy, scene.today) for item in loans]
    renewable = sum(1 for decision in decisions if decision.allowed)
    say, buttons, rows = scene.say, list[Button](), list[Row]()
    title = say.text("loans.actions.renew", renewable=renewable)
    if until < len(loans):
        title = say.text("loans.actions.more", count=len(loans), until=until)
        ids = as_json(loan.loan_id for loan in _loans(loans))
        more = wish(scene, Intent.LIST_LOANS, label="more", style=Style.PRIMARY, loan_ids=ids, offset=until)
        buttons.append(more)
    if len(scene.view.cards) > 1 and until >= len(loans):
        title = title if renewable else say.text("loans.actions.family")
        buttons.append(wish(scene, Intent.LIST_LOANS, label="family_loans", all=True))
    if renewable > 1:
        rows.append(Row(say.text("loans.actions.numbers"), tone=Tone.QUIET))
        buttons.append(wish(scene, Intent.RENEW, label="renew_these"))
    return Card(title, tuple(rows), tuple(buttons)) if buttons else None
