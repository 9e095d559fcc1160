"""What staff tell many at once: its values, its messages, whom it is for, what it takes. Free of I/O."""

from bot.announcements.audience import Audience as Audience
from bot.announcements.audience import AudienceKind as AudienceKind
from bot.announcements.audience import Candidate as Candidate
from bot.announcements.audience import LeftOut as LeftOut
from bot.announcements.audience import Reach as Reach
from bot.announcements.audience import choose as choose
from bot.announcements.content import Content as Content
from bot.announcements.content import Flaw as Flaw
from bot.announcements.content import Layout as Layout
from bot.announcements.content import flaws as flaws
from bot.announcements.content import messages as messages
from bot.announcements.cost import Forecast as Forecast
from bot.announcements.cost import forecast as forecast
from bot.announcements.states import Move as Move
from bot.announcements.states import State as State
from bot.announcements.states import may as may
