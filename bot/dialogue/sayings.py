"""What the library's guide wants said around a reservation, at its moment; which of it is said is policy."""

from collections.abc import Sequence

from bot.dialogue.gathered import Item, texts_of
from bot.dialogue.scene import Scene
from bot.dialogue.taps import dial
from bot.library import Contact
from bot.messages.replies import Dial


def sayings_before(
    scene: Scene, items: Sequence[Item], contact: Contact, *, in_order: bool = False
) -> list[tuple[str, str]]:
    """Name and text of what is to be known before saying yes; `in_order`: later volumes wait for the one before."""
    policy, said = scene.policy, list[tuple[str, str]]()
    if policy.sayings.shelf_race and (holding := _holding(items)):
        said.append(_shelf_race(scene, holding))
    if policy.sayings.series_order and not in_order and any(item["in_series"] for item in items):
        said.append(("series_order", scene.say.text("reserve.sayings.series_order")))
    return said + about_contact(scene, contact)


def sayings_after(scene: Scene) -> list[tuple[str, str]]:
    """Name and text of what is said once it is reserved."""
    if not scene.policy.sayings.may_decline:
        return []
    limit = scene.policy.reservation.limit
    return [("may_decline", scene.say.text("reserve.sayings.may_decline", limit=limit))]


def shelf_phones(scene: Scene, items: Sequence[Item]) -> tuple[Dial, ...]:
    """For what stands on the shelf: to have it today, phone the branch that holds it."""
    if not scene.policy.sayings.shelf_race:
        return ()
    return tuple(dial(scene, branch) for branch in _holding(items))


def about_contact(scene: Scene, contact: Contact) -> list[tuple[str, str]]:
    """Name and text of what is to be known of a way of being told."""
    say, rules = scene.say, scene.policy.contact
    if contact is Contact.NONE:
        return [("no_contact", say.text("reserve.sayings.no_contact"))]
    if contact is not Contact.MAIL:
        return []
    said = [
        ("mail_sender", say.text("reserve.sayings.mail_sender", sender=rules.mail_sender)),
        ("mail_confirm", say.text("reserve.sayings.mail_confirm")),
    ]
    if rules.mail_costs_are_the_patrons:
        said.append(("mail_costs", say.text("reserve.sayings.mail_costs")))
    if rules.address_used_for_library_messages:
        said.append(("mail_address", say.text("reserve.sayings.mail_address")))
    return said


def _shelf_race(scene: Scene, branches: Sequence[str]) -> tuple[str, str]:
    """Said once; several branches are named as short as patrons name them."""
    name = scene.branch_full_name if len(branches) == 1 else scene.branch_name
    phones = [
        scene.say.text(
            "reserve.sayings.shelf_phone", branch=name(code), branch_phone=scene.branch_phone(code)
        )
        for code in branches
    ]
    return "shelf_race", scene.say.text("reserve.sayings.shelf_race", phones="、".join(phones))


def _holding(items: Sequence[Item]) -> list[str]:
    """Branches where any of the works stands on the shelf, each once; for several works the first two."""
    branches = dict.fromkeys(branch for item in items for branch in texts_of(item, "holding"))
    return list(branches)[:2]
