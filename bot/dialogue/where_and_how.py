"""Where to pick up and how to be told: two questions that a reservation and a change of one have in common."""

from typing import Final

from bot.dialogue.confirming import stopped
from bot.dialogue.finding import wanted_in
from bot.dialogue.gathered import text_of
from bot.dialogue.particular_words import changes_place
from bot.dialogue.picking import is_bare, with_lead
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import Asked, Data, Filled, Outcome
from bot.dialogue.taps import answer, named_answer
from bot.dialogue.words import contact_named, folded, without_ending
from bot.intents import Intent
from bot.library import Contact
from bot.messages.limits import clean, cut
from bot.messages.replies import Button, Card, Row, Style, Tone

_LONGEST_BRANCH: Final = 20
_SHORT: Final = 4
"""Characters of an answer that holds nothing but 電話 or メール."""
_PHONE: Final = "phone"
"""Asked for, but not on offer."""


def place_of(scene: Scene, branch: str) -> str:
    """A pickup branch with the place in it, as patrons are told."""
    return f"{scene.branch_full_name(branch)} {scene.policy.pickup.place}".strip()


def ask_branch(scene: Scene, data: Data) -> Outcome:
    """Where to pick up: not asked where there is one place, or where it was said."""
    offered = scene.policy.pickup_branches
    if len(offered) == 1:
        return Filled({"pickup_branch": offered[0].code})
    said = text_of(data, "branch_said")
    code = _branch_code(scene, said)
    if code:
        return Filled({"pickup_branch": code})
    return _unknown_branch(scene, said) if said else _branch_question(scene)


def _branch_question(scene: Scene) -> Asked:
    """All pickup branches; the patron's own first, if one is recorded."""
    patron = scene.library.find_patron(scene.card_number)
    home = patron.home_branch if patron else ""
    offered = sorted(scene.policy.pickup_branches, key=lambda branch: branch.code != home)
    buttons: list[Button] = [
        named_answer(
            branch.full_name,
            style=Style.PRIMARY if branch.code == home else Style.SECONDARY,
            branch=branch.code,
        )
        for branch in offered
    ]
    card = Card(scene.say.text("reserve.branch.title"), buttons=(*buttons, answer(scene, "no", yes=False)))
    return Asked((scene.say.cards("reserve.branch", card, branches=len(offered)),), {"branch_said": None})


def _unknown_branch(scene: Scene, said: str) -> Asked:
    return with_lead(_branch_question(scene), scene.say.say("reserve.branch.unknown", said=said))


def accept_branch(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    """A button, or the name of a branch."""
    if given.reading is None:
        code = text_of(given.chosen, "branch")
        return Filled({"pickup_branch": code}) if _branch_code(scene, code) else stopped(scene)
    code = branch_said(scene, given)
    if code:
        return Filled({"pickup_branch": code})
    if given.intent is Intent.DENY:
        return stopped(scene)
    if is_bare(given):
        return _unknown_branch(scene, cut(clean(without_ending(given.text)), _LONGEST_BRANCH))
    return None


def branch_said(scene: Scene, given: Answer) -> str:
    """The pickup branch that an answer names; empty where it asks something about a branch, or wishes another work."""
    slots = given.reading.slots if given.reading else {}
    if wanted_in(slots) and not is_bare(given):
        return ""
    is_about_one = given.intent in {Intent.BRANCH_INFO, Intent.OPENING_HOURS} and not is_bare(given)
    if is_about_one and not changes_place(given.text):
        return ""
    code = _branch_code(scene, text_of(slots, "branch")) or _branch_code(scene, without_ending(given.text))
    is_asked = given.intent not in {None, Intent.LIST_RESERVATIONS} and not changes_place(given.text)
    if code or is_asked:
        return code
    said = folded(given.text)
    named = [b.code for b in scene.policy.pickup_branches if folded(b.name) in said or b.kana in said]
    return named[0] if len(named) == 1 else ""


def _branch_code(scene: Scene, said: str) -> str:
    """The code of the pickup branch that is named, or empty."""
    branch = scene.policy.branch_called(said) if said else None
    return branch.code if branch and branch.code in scene.policy.pickup.branches else ""


def ask_contact(scene: Scene, data: Data) -> Outcome:
    """How to be told: not asked where it was said and can be done."""
    return _take_contact(scene, text_of(data, "contact_said")) or _contact_question(scene)


def _take_contact(scene: Scene, said: str) -> Outcome | None:
    """The way named, or the question once more with why that way can't be had."""
    if said == _PHONE:
        return with_lead(_contact_question(scene), scene.say.say("reserve.no_phone"))
    if said not in set(Contact):
        return None
    if said == Contact.MAIL and not _has_email(scene):
        lead = Row(scene.say.text("refusals.reservation.no_email_for_mail.text"), tone=Tone.SOON)
        rest = Row(scene.say.text("refusals.reservation.no_email_for_mail.instead"))
        card = Card(scene.say.text("reserve.no_mail.title"), (lead, rest))
        note = scene.say.cards("reserve.no_mail", card, reasons="no_email_for_mail")
        return with_lead(_contact_question(scene), note)
    return Filled({"contact": said})


def _contact_question(scene: Scene) -> Asked:
    """What the patron has set for themselves first; メール only where an address is recorded."""
    first = _usual_contact(scene)
    ways = [first, *(way for way in Contact if way is not first)]
    buttons = [
        answer(
            scene,
            "contact_line_too" if way is Contact.LINE and way is not first else f"contact_{way.value}",
            style=Style.PRIMARY if way is first else Style.SECONDARY,
            contact=way.value,
        )
        for way in ways
        if way is not Contact.MAIL or _has_email(scene)
    ]
    rows = (Row(scene.say.text("reserve.how.hint"), tone=Tone.QUIET),)
    card = Card(scene.say.text("reserve.how.title"), rows, (*buttons, answer(scene, "no", yes=False)))
    return Asked((scene.say.cards("reserve.how", card, ways=len(buttons)),), {"contact_said": None})


def _usual_contact(scene: Scene) -> Contact:
    """As set by the patron, else by the policy; mail is of use only to an address."""
    chosen = scene.view.kept.notices.contact
    return scene.policy.contact.default if chosen is Contact.MAIL and not _has_email(scene) else chosen


def accept_contact(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    """「いらない」 answers how to be told here; it is no refusal of the reservation."""
    if given.reading is None:
        return _take_contact(scene, text_of(given.chosen, "contact")) or stopped(scene)
    taken = _take_contact(scene, contact_said(given))
    if taken is not None:
        return taken
    if given.intent is Intent.AFFIRM:
        return Filled({"contact": _usual_contact(scene).value})
    if given.intent is Intent.DENY:
        return stopped(scene)
    if is_bare(given):
        return with_lead(_contact_question(scene), scene.say.say("reserve.how.unknown"))
    return None


def contact_said(given: Answer) -> str:
    """The way to be told that an answer names; empty where it is about another work or a notice in general."""
    slots = given.reading.slots if given.reading else {}
    if "notice" in slots or (wanted_in(slots) and not is_bare(given)):
        return ""
    is_short = len(without_ending(given.text)) <= _SHORT
    is_answer = given.intent in {None, Intent.AFFIRM, Intent.DENY} or is_bare(given) or is_short
    return text_of(slots, "contact") or (contact_named(given.text) if is_answer else None) or ""


def _has_email(scene: Scene) -> bool:
    patron = scene.library.find_patron(scene.card_number)
    return patron is not None and bool(patron.email)
