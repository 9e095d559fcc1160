"""E-mail: what a letter is (`letters`), what a server's answer means (`answers`), and the only caller of SMTP
(`smtp`). Knows nothing of why a letter is sent.
"""

from bot.mail.answers import Refusal
from bot.mail.letters import Letter, MailDelivery, Mailer, MailOutcome, MailRound
from bot.mail.nobody import NobodyMails

__all__ = ["Letter", "MailDelivery", "MailOutcome", "MailRound", "Mailer", "NobodyMails", "Refusal"]
