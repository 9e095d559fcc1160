"""How a renewal is confirmed and told: per loan the new due date, or every reason and what to do instead."""

from collections.abc import Sequence
from datetime import date

from bot.dialogue.effects import Result
from bot.dialogue.gathered import Item, as_json, items_of, text_of, works_of
from bot.dialogue.listing import PAGE, name_of
from bot.dialogue.refusals import left_out_rows, reason_buttons, reason_rows
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Asked, Data, Said
from bot.dialogue.taps import wish, yes_no
from bot.dialogue.telling import Told, sort_results, trouble_card
from bot.intents import Intent
from bot.library import RenewalOutcome, RenewalReason
from bot.messages.replies import Card, Cards, Reply, Row, Tone
from bot.messages.wording import Value
from bot.rules import renewal


def item_of(scene: Scene, loan_id: str) -> dict[str, object]:
    """One loan as a confirmation names it: its title, the date it would get, or the reasons against it."""
    facts = scene.library.renewal_facts(scene.card_number, loan_id)
    decision = renewal.decide(facts, scene.policy, scene.today)
    return {
        "loan_id": loan_id,
        "title": name_of(facts.loan.title) if facts.loan else scene.say.text("confirm.unknown_title"),
        "kana": facts.loan.title.title_kana if facts.loan else "",
        "branch": facts.loan.branch if facts.loan else "",
        "due_on": decision.new_due_on.isoformat() if decision.new_due_on else "",
        "reasons": [reason.value for reason in decision.reasons],
        "helps_from": decision.helps_from.isoformat() if decision.helps_from else "",
    }


def confirm_card(scene: Scene, items: Sequence[Item], refused: Sequence[Item]) -> Cards:
    """The question: which works, until when, whether that can be undone; in short, what is left out and why."""
    say, rows = scene.say, list[Row]()
    first = min(_due_on(item) for item in items)
    if len(items) == 1:
        title = say.text("renew.confirm.one", title=items[0]["title"], due_on=first)
    else:
        title = say.text("renew.confirm.many", count=len(items))
        rows = [Row(say.text("renew.confirm.item", title=i["title"], due_on=_due_on(i))) for i in items]
    rows += left_out_rows(scene, [(item["title"], RenewalReason(item["reasons"][0])) for item in refused])
    if scene.policy.sayings.renewal_is_final:
        rows.append(Row(say.text("renew.confirm.final"), tone=Tone.SOON))
    card = Card(title, tuple(rows), yes_no(scene, "renew_yes"))
    is_final = "renewal_is_final" if scene.policy.sayings.renewal_is_final else ""
    works, reasons = works_of([*items, *refused]), _reasons(refused)
    return say.cards(
        "renew.confirm", card, works=works, count=len(items), due_on=first, sayings=is_final, reasons=reasons
    )


def refused_cards(scene: Scene, items: Sequence[Item]) -> Cards:
    """What can't be renewed, with every reason."""
    cards = [_refused_card(scene, item) for item in items]
    return scene.say.cards("renew.refused", *cards, refused=len(cards), reasons=_reasons(items))


def tell(scene: Scene, data: Data, results: Sequence[Result]) -> Asked | Said:
    """Per item what became of it; what would come out otherwise than confirmed is asked again."""
    told = sort_results(items_of(data, "items"), results)
    replies = _told_cards(scene, items_of(data, "refused"), told)
    if not told.changed:
        return Said(replies)
    anew = [item_of(scene, item["loan_id"]) for item, _ in told.changed]
    asked = (*replies, scene.say.say("confirm.changed"), confirm_card(scene, anew, ()))
    ids = as_json(item["loan_id"] for item in anew)
    return Asked(asked, {"items": as_json(anew), "refused": [], "loan_ids": ids})


def _told_cards(scene: Scene, refused_before: Sequence[Item], told: Told) -> tuple[Reply, ...]:
    refused = [*refused_before, *(_refused_now(scene, item, result) for item, result in told.refused)]
    done = _done_cards(scene, told.done)
    others = [_refused_card(scene, item) for item in refused]
    others += [trouble_card(scene, item, broken, Intent.LIST_LOANS) for item, broken in told.broken]
    reasons, count = _reasons(refused), len(others)
    if not done:
        return (scene.say.cards("renew.refused", *others, refused=count, reasons=reasons),) if others else ()
    dates = ",".join(_new_date(result) for _, result in told.done)
    return (
        scene.say.cards(
            "renew.done",
            *done,
            *others,
            done=len(told.done),
            refused=count,
            new_due_on=dates,
            reasons=reasons,
        ),
    )


def _refused_now(scene: Scene, item: Item, result: Result) -> Item:
    """The library's own reasons: they decide, whatever the facts have become since."""
    reasons = result.reasons if isinstance(result, RenewalOutcome) else ()
    return {**item_of(scene, item["loan_id"]), "reasons": [reason.value for reason in reasons]}


def _done_cards(scene: Scene, done: Sequence[tuple[Item, Result]]) -> list[Card]:
    """A card each; more than a page of them are one card, so that all of it can be sent."""
    if len(done) <= PAGE:
        return [_done_card(scene, item, result) for item, result in done]
    rows = [
        Row(
            scene.say.text(
                "renew.confirm.item", title=item["title"], due_on=date.fromisoformat(_new_date(result))
            )
        )
        for item, result in done
    ]
    title = scene.say.text("renew.done.many", count=len(done))
    badge = scene.policy.words.renewed
    return [Card(title, tuple(rows), (wish(scene, Intent.LIST_LOANS),), badge, badge_tone=Tone.GOOD)]


def _done_card(scene: Scene, item: Item, result: Result) -> Card:
    due_on = scene.say.text("loans.due", due_on=date.fromisoformat(_new_date(result)))
    row = Row(due_on, scene.say.text("renew.new_due"), Tone.GOOD)
    button = wish(scene, Intent.LIST_LOANS)
    badge, kana = scene.policy.words.renewed, text_of(item, "kana")
    return Card(item["title"], (row,), (button,), badge, Tone.GOOD, title_kana=kana)


def _refused_card(scene: Scene, item: Item) -> Card:
    reasons = [RenewalReason(reason) for reason in item["reasons"]]
    values: dict[str, Value] = {"limit": scene.policy.renewal.limit}
    if item["helps_from"]:
        values["helps_from"] = date.fromisoformat(item["helps_from"])
    rows = reason_rows(scene, "renewal", reasons, **values)
    buttons = reason_buttons(scene, reasons, item["branch"])
    badge, kana = scene.say.text("renew.badge_refused"), text_of(item, "kana")
    return Card(item["title"], rows, buttons, badge, Tone.SOON, title_kana=kana)


def _new_date(result: Result) -> str:
    return result.due_on.isoformat() if isinstance(result, RenewalOutcome) and result.due_on else ""


def _due_on(item: Item) -> date:
    return date.fromisoformat(item["due_on"])


def _reasons(items: Sequence[Item]) -> str:
    """For tests and logs: codes, no titles."""
    return ",".join(reason for item in items for reason in item["reasons"])
