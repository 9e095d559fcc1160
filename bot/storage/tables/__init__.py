"""All tables, one module a subject; importing this package registers every one of them on `Base.metadata`."""

from bot.storage.tables import accounts as accounts
from bot.storage.tables import announcements as announcements
from bot.storage.tables import calendar as calendar
from bot.storage.tables import desk as desk
from bot.storage.tables import insight as insight
from bot.storage.tables import library as library
from bot.storage.tables import mails as mails
from bot.storage.tables import messages as messages
from bot.storage.tables import notices as notices
from bot.storage.tables import rich_menus as rich_menus
from bot.storage.tables import service as service
from bot.storage.tables import staff as staff
from bot.storage.tables import wishes as wishes
