"""E-mail: what a letter is (`letters`), and the only caller of SMTP (`smtp`). Knows nothing of why a letter is sent."""

from bot.mail.letters import Letter, MailDelivery, Mailer

__all__ = ["Letter", "MailDelivery", "Mailer"]
