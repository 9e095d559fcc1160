"""延長: pick → confirm → done, for one loan, several, all, or those that are due soon."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.dialogue.cards import loan_card
from bot.dialogue.confirming import confirmation
from bot.dialogue.effects import Broken, RenewLoan, Result
from bot.dialogue.flows.loans import KIND, by_id, narrow
from bot.dialogue.listing import name_of, page_of, picked, remember, shown_ids
from bot.dialogue.refusals import reason_buttons, reason_rows
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import Asked, Data, Doing, Filled, Flow, Outcome, Said, Step
from bot.dialogue.taps import answer, wish, yes_no
from bot.dialogue.words import is_by, is_named
from bot.intents import Intent
from bot.library import RenewalFacts, RenewalOutcome, RenewalReason
from bot.messages.limits import CARD_TITLE
from bot.messages.replies import Button, Card, Reply, Row, Style, Tone
from bot.messages.wording import Value
from bot.rules import renewal

_PICK_KIND = "renewable"


def _start(scene: Scene) -> Data:
    ids = scene.slots.get("loan_ids")
    return {"loan_ids": list(ids)} if ids else {}


def _ask_pick(scene: Scene, data: Data) -> Outcome:
    """Straight on where it is clear which; else the list of what may be renewed."""
    loans = scene.library.list_loans(scene.card_number)
    if not loans:
        return Said((scene.say.say("renew.no_loans"),))
    if scene.slots.get("all"):
        return _filled(loans)
    named = narrow(scene, loans)
    if named is not None and not named:
        return _nothing_named(scene, loans)
    if named and (len(named) == 1 or not scene.slots.get("title") or scene.slots.get("more_titles")):
        return _filled(named)
    candidates = [item for item in named or loans if _may_renew(scene, item)]
    if len(candidates) == 1:
        return _filled(candidates)
    if not candidates:
        return _filled(named or loans)
    return _list(scene, candidates)


def _accept_pick(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    """A button, a number, 全部, 期限が近いもの, or words of a title."""
    if given.reading is None:
        ids = given.chosen.get("loan_ids")
        return Filled({"loan_ids": ids}) if ids else Said((scene.say.say("confirm.stopped"),))
    shown = shown_ids(scene.state.shown, _PICK_KIND)
    if given.intent is Intent.DENY:
        return Said((scene.say.say("confirm.stopped"),))
    if given.slot("all") and given.intent in {Intent.CHOOSE, Intent.RENEW}:
        return Filled({"loan_ids": list(shown)})
    if given.slot("ordinals") and shown and given.intent in {Intent.CHOOSE, Intent.RENEW}:
        ids = picked(shown, given.slot("ordinals"))
        return Filled({"loan_ids": list(ids)}) if ids else _no_such_number(scene, shown)
    return _accept_words(scene, shown, given)


def _accept_words(scene: Scene, shown: Sequence[str], given: Answer) -> Outcome | None:
    loans = by_id(scene.library.list_loans(scene.card_number), shown)
    found: list[RenewalFacts] = []
    if given.slot("due_soon"):
        found = [
            item for item in loans if item.loan and renewal.is_due_soon(item.loan, scene.policy, scene.today)
        ]
    elif given.intent in {Intent.SEARCH_CATALOG, Intent.RENEW, None}:
        title, author = given.slot("title") or given.text, given.slot("author")
        found = [
            item
            for item in loans
            if item.loan and (is_by(item.loan.title, author) if author else is_named(item.loan.title, title))
        ]
    return _filled(found) if found else None


def _no_such_number(scene: Scene, shown: Sequence[str]) -> Outcome:
    loans = by_id(scene.library.list_loans(scene.card_number), shown)
    asked = _list(scene, loans)
    return Asked((scene.say.say("loans.no_such_number"), *asked.replies), asked.data, asked.shown)


def _list(scene: Scene, loans: Sequence[RenewalFacts]) -> Asked:
    """What may be renewed, with a button each and one for all."""
    page = page_of(loans, 0)
    ids = [item.loan.loan_id for item in page if item.loan]
    cards = [_pick_card(scene, number, item) for number, item in enumerate(page, start=1)]
    every = answer(
        scene, "renew_all", style=Style.PRIMARY, loan_ids=[i.loan.loan_id for i in loans if i.loan]
    )
    end = Card(
        scene.say.text("renew.pick.title"),
        (Row(scene.say.text("renew.pick.how"), tone=Tone.QUIET),),
        (every, answer(scene, "no", yes=False)),
    )
    return Asked(
        (
            scene.say.cards("renew.list", *cards, count=len(loans)),
            scene.say.cards("renew.pick", end, count=len(loans)),
        ),
        shown=remember(_PICK_KIND, ids),
    )


def _pick_card(scene: Scene, number: int, item: RenewalFacts) -> Card:
    card = loan_card(scene, number, item)
    spoken = scene.say.text("loans.renew_spoken", number=number)
    ids = [item.loan.loan_id] if item.loan else []
    button = answer(scene, "renew_one", spoken=spoken, style=Style.PRIMARY, loan_ids=list(ids))
    return Card(card.title, card.rows, (button,), card.badge, card.badge_tone, number)


def _nothing_named(scene: Scene, loans: Sequence[RenewalFacts]) -> Outcome:
    """What was named is not there: say so, and offer what may be renewed."""
    if scene.slots.get("loan_ids"):
        return Filled({"loan_ids": scene.slots["loan_ids"]})
    if scene.slots.get("due_soon"):
        lead = scene.say.say("loans.nothing_due_soon", days=scene.policy.renewal.due_soon_days)
    elif scene.slots.get("ordinals"):
        lead = scene.say.say("loans.no_such_number")
    else:
        lead = scene.say.say("renew.no_match")
    candidates = [item for item in loans if _may_renew(scene, item)]
    if not candidates:
        return Said((lead, scene.say.cards("renew.see_loans", _see_loans(scene))))
    asked = _list(scene, candidates)
    return Asked((lead, *asked.replies), asked.data, asked.shown)


def _see_loans(scene: Scene) -> Card:
    return Card(scene.say.text("renew.see_loans.title"), buttons=(wish(scene, Intent.LIST_LOANS),))


def _ask_confirm(scene: Scene, data: Data) -> Outcome:
    """Name the works and the new due dates; what can't be renewed is said with its reasons."""
    loans = [_facts(scene, loan_id) for loan_id in _ids(data)]
    items = [_item(scene, loan_id, facts) for loan_id, facts in zip(_ids(data), loans, strict=True)]
    allowed = [item for item in items if not item["reasons"]]
    refused = [item for item in items if item["reasons"]]
    if not allowed:
        return Said((_outcome_cards(scene, "renew.refused", [], refused),))
    replies: list[Reply] = []
    if refused:
        replies.append(scene.say.say("renew.some_refused", refused=len(refused), allowed=len(allowed)))
        replies.append(_outcome_cards(scene, "renew.refused", [], refused))
    replies.append(_confirm_card(scene, allowed))
    return Asked(tuple(replies), {"items": list(allowed), "refused": list(refused)})


def _confirm_card(scene: Scene, items: Sequence[Mapping[str, Any]]) -> Reply:
    say = scene.say
    rows: list[Row] = []
    if len(items) == 1:
        due_on = date.fromisoformat(items[0]["due_on"])
        title = say.text("renew.confirm.one", title=items[0]["title"], due_on=due_on)
    else:
        title = say.text("renew.confirm.many", count=len(items))
        rows = [
            Row(
                say.text("renew.confirm.item", title=item["title"], due_on=date.fromisoformat(item["due_on"]))
            )
            for item in items
        ]
    if scene.policy.sayings.renewal_is_final:
        rows.append(Row(say.text("renew.confirm.final"), tone=Tone.SOON))
    card = Card(title, tuple(rows), yes_no(scene, "renew_yes"))
    first = min(date.fromisoformat(item["due_on"]) for item in items)
    return say.cards("renew.confirm", card, count=len(items), due_on=first)


def _do(scene: Scene, data: Data) -> Doing:
    return Doing(
        tuple(
            RenewLoan(scene.card_number, item["loan_id"], date.fromisoformat(item["due_on"]))
            for item in _items(data, "items")
        )
    )


def _told(scene: Scene, data: Data, results: Sequence[Result]) -> Asked | Said:
    """Per item the new date, or every reason; what came out otherwise is asked again."""
    names = {item["loan_id"]: item["title"] for item in _items(data, "items")}
    done: list[dict[str, Any]] = []
    refused: list[Mapping[str, Any]] = list(_items(data, "refused"))
    changed: list[dict[str, Any]] = []
    for result in results:
        item = _told_item(names, result)
        if item["state"] == "changed":
            changed.append(item)
        else:
            (done if item["state"] == "done" else refused).append(item)
    replies: list[Reply] = []
    if done or refused:
        replies.append(_outcome_cards(scene, "renew.done" if done else "renew.refused", done, refused))
    if not changed:
        return Said(tuple(replies))
    replies += [scene.say.say("confirm.changed"), _confirm_card(scene, changed)]
    return Asked(
        tuple(replies), {"items": list(changed), "refused": [], "loan_ids": [i["loan_id"] for i in changed]}
    )


def _told_item(names: Mapping[str, str], result: Result) -> dict[str, Any]:
    if isinstance(result, RenewalOutcome):
        item: dict[str, Any] = {"loan_id": result.loan_id, "title": names.get(result.loan_id, "")}
        item["due_on"] = result.due_on.isoformat() if result.due_on else ""
        item["reasons"] = [reason.value for reason in result.reasons]
        item["state"] = (
            "done" if result.done else "refused" if result.reasons or not result.due_on else "changed"
        )
        return item
    loan_id = (
        result.effect.loan_id if isinstance(result, Broken) and isinstance(result.effect, RenewLoan) else ""
    )
    state = "maybe" if isinstance(result, Broken) and result.maybe_done else "broken"
    return {"loan_id": loan_id, "title": names.get(loan_id, ""), "state": state, "reasons": []}


def _outcome_cards(
    scene: Scene, key: str, done: Sequence[Mapping[str, Any]], refused: Sequence[Mapping[str, Any]]
) -> Reply:
    cards = [_done_card(scene, item) for item in done] + [_refused_card(scene, item) for item in refused]
    return scene.say.cards(key, *cards, done=len(done), refused=len(refused), **_detail(done, refused))


def _detail(done: Sequence[Mapping[str, Any]], refused: Sequence[Mapping[str, Any]]) -> dict[str, Value]:
    """For tests and logs: codes and days, no titles."""
    reasons = ",".join(reason for item in refused for reason in item["reasons"])
    return {"new_due_on": ",".join(item["due_on"] for item in done), "reasons": reasons}


def _done_card(scene: Scene, item: Mapping[str, Any]) -> Card:
    say = scene.say
    row = Row(
        say.text("loans.due", due_on=date.fromisoformat(item["due_on"])), say.text("renew.new_due"), Tone.GOOD
    )
    return Card(
        item["title"],
        (row,),
        (wish(scene, Intent.LIST_LOANS),),
        scene.policy.words.renewed,
        badge_tone=Tone.GOOD,
    )


def _refused_card(scene: Scene, item: Mapping[str, Any]) -> Card:
    state = item.get("state", "refused")
    title = item["title"] or scene.say.text("renew.unknown_title")
    if state in {"broken", "maybe"}:
        row = Row(scene.say.text(f"trouble.{state}"), tone=Tone.SOON)
        return Card(
            title, (row,), (wish(scene, Intent.LIST_LOANS),), scene.say.text("renew.badge_trouble"), Tone.SOON
        )
    reasons = [RenewalReason(reason) for reason in item["reasons"]]
    values: dict[str, Value] = {"limit": scene.policy.renewal.limit}
    if item.get("helps_from"):
        values["helps_from"] = date.fromisoformat(item["helps_from"])
    rows = reason_rows(scene, "renewal", reasons, **values)
    buttons: tuple[Button, ...] = reason_buttons(scene, reasons, item.get("branch", ""))
    return Card(title, rows, buttons, scene.say.text("renew.badge_refused"), Tone.SOON)


def _item(scene: Scene, loan_id: str, facts: RenewalFacts) -> dict[str, Any]:
    decision = renewal.decide(facts, scene.policy, scene.today)
    return {
        "loan_id": loan_id,
        "title": name_of(facts.loan.title, CARD_TITLE) if facts.loan else "",
        "branch": facts.loan.branch if facts.loan else "",
        "due_on": decision.new_due_on.isoformat() if decision.new_due_on else "",
        "reasons": [reason.value for reason in decision.reasons],
        "helps_from": decision.helps_from.isoformat() if decision.helps_from else "",
    }


def _facts(scene: Scene, loan_id: str) -> RenewalFacts:
    return scene.library.renewal_facts(scene.card_number, loan_id)


def _may_renew(scene: Scene, item: RenewalFacts) -> bool:
    return renewal.decide(item, scene.policy, scene.today).allowed


def _filled(loans: Sequence[RenewalFacts]) -> Filled:
    return Filled({"loan_ids": [item.loan.loan_id for item in loans if item.loan]})


def _ids(data: Data) -> list[str]:
    ids = data.get("loan_ids")
    return [str(item) for item in ids] if isinstance(ids, list) else []


def _items(data: Data, name: str) -> list[Mapping[str, Any]]:
    items = data.get(name)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _stopped(scene: Scene) -> Said:
    return Said((scene.say.say("confirm.stopped"),))


RENEW = Flow(
    "renew",
    (
        Step("pick", "loan_ids", _ask_pick, _accept_pick, "confirm", "どれを延長するか"),
        confirmation(_ask_confirm, _do, _stopped, "作品と新しい返却期限を示して確かめる"),
    ),
    _start,
    _told,
)

__all__ = ["KIND", "RENEW"]
