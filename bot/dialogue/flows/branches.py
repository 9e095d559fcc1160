"""図書館の場所と電話. What the policy does not know is not made up."""

from bot.dialogue.hours_words import day_words, sample_rows
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Said
from bot.dialogue.taps import dial, tell_staff, web_page, wish
from bot.intents import Intent
from bot.messages.replies import Button, Card, OpenPage, Row
from bot.policies import Branch
from bot.rules.calendar import is_known


def branch_info(scene: Scene) -> Said:
    """The branch that was named, or all of them."""
    word = scene.slots.get("branch")
    named = scene.policy.branch_called(word) if isinstance(word, str) else None
    branches = (named,) if named else scene.policy.branches
    cards = [_branch_card(scene, branch) for branch in branches]
    listed = scene.say.cards("branches.list", *cards, count=len(cards))
    more = Card(
        scene.say.text("branches.more.title"),
        buttons=(web_page(scene), wish(scene, Intent.OPENING_HOURS), tell_staff(scene)),
    )
    replies = (listed, scene.say.cards("branches.more", more))
    if isinstance(word, str) and named is None:
        return Said((scene.say.say("branches.no_such_branch"), *replies))
    return Said(replies)


def _branch_card(scene: Scene, branch: Branch) -> Card:
    rows = [Row(branch.phone, scene.say.text("branches.phone"))]
    if branch.address:
        rows.append(Row(branch.address, scene.say.text("branches.address")))
    if is_known(branch.code, scene.today, scene.policy):
        words, tone = day_words(scene, branch, scene.today)
        rows.append(Row(words, scene.say.text("branches.today"), tone))
        rows += sample_rows(scene)
    buttons: list[Button] = [dial(scene, branch.code)]
    if branch.map_url:
        buttons.append(OpenPage(scene.say.text("buttons.map"), branch.map_url))
    return Card(branch.full_name, tuple(rows), tuple(buttons))
