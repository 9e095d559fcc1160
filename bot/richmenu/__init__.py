"""The rich menus below the chat: their layout as data, and their pictures."""

from bot.richmenu.layout import GUESTS as GUESTS
from bot.richmenu.layout import PATRONS_FIRST as PATRONS_FIRST
from bot.richmenu.layout import Menu as Menu
from bot.richmenu.layout import menus_of as menus_of
from bot.richmenu.pictures import PictureMissing as PictureMissing
from bot.richmenu.pictures import picture_of as picture_of
