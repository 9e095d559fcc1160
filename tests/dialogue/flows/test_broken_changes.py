"""What is said of a change that broke, and of one that would come out otherwise than confirmed."""

from collections.abc import Iterator

import pytest

from bot.dialogue.effects import Broken, CancelReservation, RenewLoan, ReserveTitle, Result
from bot.dialogue.events import Event, EventKind
from bot.dialogue.flows.cancel import CANCEL
from bot.dialogue.flows.renew import RENEW
from bot.dialogue.flows.reserve import RESERVE
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.state import State
from bot.dialogue.steps import Asked, Data, Doing, Flow
from bot.dialogue.view import LinkedCard, View
from bot.ils.embedded.library import EmbeddedLibrary
from bot.library import RenewalOutcome, ReservationOutcome
from bot.messages.replies import Cards, Dial
from bot.messages.wording import Wording
from bot.policies import load_policy
from bot.storage.engine import reading
from tests.dialogue.flows.player import WHO, Databases, Player

RECORD = {
    "loans": [
        {"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro"},
        {"loan_id": "l2", "card_number": "hanako", "barcode": "b-hibana"},
    ],
    "reservations": [{"reservation_id": "r1", "card_number": "hanako", "title_id": "momo"}],
}
GATHERED: dict[str, tuple[Flow, Data]] = {
    "renew": (RENEW, {"loan_ids": ["l1", "l2"]}),
    "reserve": (
        RESERVE,
        {"wants": [], "title_ids": ["sanshiro"], "pickup_branch": "chuo", "contact": "line"},
    ),
    "cancel": (CANCEL, {"reservation_ids": ["r1"]}),
}


@pytest.fixture
def scene(databases: Databases) -> Iterator[Scene]:
    """A turn of a patron with two loans and a reservation in Mito."""
    player, policy = Player({"record": RECORD}, "mito", databases), load_policy("mito")
    now = player.clock.now()
    with reading(player.database) as session:
        library = EmbeddedLibrary(session, policy, player.clock)
        card = LinkedCard("hanako", in_use=True, linked_at=now)
        view = View(library, policy, now, player.clock.today(), (card,))
        yield Scene(Event(EventKind.TEXT, now, WHO), view, State(), Wording(policy))


def _confirmed(scene: Scene, name: str) -> tuple[Flow, Data, Doing]:
    """A flow whose confirmation was put and answered with yes."""
    flow, data = GATHERED[name]
    step = flow.step("confirm")
    asked = step.ask(scene, data)
    assert isinstance(asked, Asked)
    assert step.accept is not None
    data = {**data, **asked.data}
    doing = step.accept(scene, data, _yes())
    assert isinstance(doing, Doing)
    return flow, data, doing


def _yes() -> Answer:
    return Answer(chosen={"yes": True})


@pytest.mark.parametrize("name", list(GATHERED))
@pytest.mark.parametrize(
    ("maybe_done", "said"), [(False, "何も変わっていません"), (True, "確かめられませんでした")]
)
def test_a_change_that_broke_is_not_said_to_be_done(
    scene: Scene, name: str, maybe_done: bool, said: str
) -> None:
    flow, data, doing = _confirmed(scene, name)
    told = flow.told(scene, data, [Broken(effect, maybe_done) for effect in doing.effects])
    [cards] = told.replies
    assert isinstance(cards, Cards)
    assert cards.key == f"{name}.refused"
    for card in cards.cards:
        assert said in card.rows[0].value
        assert any(isinstance(button, Dial) for button in card.buttons)


def test_of_two_renewals_one_is_done_and_one_asked_again(scene: Scene) -> None:
    flow, data, doing = _confirmed(scene, "renew")
    first, second = doing.effects
    assert isinstance(first, RenewLoan)
    assert isinstance(second, RenewLoan)
    results: list[Result] = [
        RenewalOutcome(first.loan_id, True, first.expected_due_on),
        RenewalOutcome(second.loan_id, False, second.expected_due_on),
    ]
    told = flow.told(scene, data, results)
    assert isinstance(told, Asked)
    assert [reply.key for reply in told.replies] == ["renew.done", "confirm.changed", "renew.confirm"]
    assert told.data["loan_ids"] == ["l2"]


def test_a_reservation_that_would_be_elsewhere_in_the_queue_is_asked_again(scene: Scene) -> None:
    flow, data, doing = _confirmed(scene, "reserve")
    [effect] = doing.effects
    assert isinstance(effect, ReserveTitle)
    told = flow.told(scene, data, [ReservationOutcome(effect.title_id, False, queue_position=4)])
    assert isinstance(told, Asked)
    assert [reply.key for reply in told.replies] == ["confirm.changed", "reserve.confirm"]


def test_effects_carry_the_card_and_what_was_confirmed(scene: Scene) -> None:
    _, _, doing = _confirmed(scene, "cancel")
    assert doing.effects == (CancelReservation("hanako", "r1"),)
