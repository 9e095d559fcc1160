"""The forms of announcements."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from bot.announcements import Audience, AudienceKind, Content, Layout
from bot.policies import Policy
from bot.storage.announcements import Announcement
from webhooks.staff.forms import half_width

LONGEST_INPUT = 4_000
"""Characters of any field; what a content may have is less, and said kindly."""


def _line() -> Any:
    return StringField(
        filters=[lambda written: " ".join((written or "").split())],
        validators=[Length(max=LONGEST_INPUT, message="too_long")],
    )


class AnnouncementForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types.
    """What is written, for whom, and when it goes."""

    version = IntegerField(validators=[Optional()])
    layout = StringField(default=Layout.CLOSURE.value)
    heading = _line()
    text = TextAreaField(
        filters=[lambda written: (written or "").replace("\r\n", "\n").strip()],
        validators=[Length(max=LONGEST_INPUT, message="too_long")],
    )
    link_label = _line()
    link_url = StringField(filters=[half_width], validators=[Length(max=LONGEST_INPUT, message="too_long")])
    kind = StringField(default=AudienceKind.EVERYONE.value)
    branch = StringField(default="")
    watch = _line()
    send_at = DateTimeLocalField(format=["%Y-%m-%dT%H:%M"], validators=[Optional()])

    def content(self) -> Content:
        """What is written, flawed or not."""
        written = self.layout.data
        layout = Layout(written) if written in set(Layout) else Layout.TEXT
        return Content(
            layout,
            self.heading.data or "",
            self.text.data or "",
            self.link_label.data or "",
            self.link_url.data or "",
        )

    def audience(self, policy: Policy) -> Audience:
        """For whom it is. Raises ValueError."""
        kind = self.kind.data or ""
        value = {"branch": self.branch.data, "watch": self.watch.data}.get(kind) or ""
        return Audience.read(f"{kind}:{value}" if value else kind, policy)

    def moment(self, zone: ZoneInfo) -> datetime | None:
        """When it goes; None: at once."""
        at: datetime | None = self.send_at.data
        return at.replace(tzinfo=zone) if at is not None else None

    def fill(self, announcement: Announcement, zone: ZoneInfo) -> None:
        """With what was written before."""
        content, audience = announcement.content, announcement.audience
        self.version.data = announcement.version
        self.layout.data = content.layout.value
        self.heading.data, self.text.data = content.heading, content.text
        self.link_label.data, self.link_url.data = content.link_label, content.link_url
        self.kind.data = audience.kind.value
        self.branch.data = audience.value if audience.kind is AudienceKind.BRANCH else ""
        self.watch.data = audience.value if audience.kind is AudienceKind.WATCH else ""
        at = announcement.send_at
        self.send_at.data = at.astimezone(zone).replace(tzinfo=None) if at else None


class MoveForm(FlaskForm):  # type: ignore[misc]
    """An act on an announcement as it was seen."""

    version = IntegerField(validators=[InputRequired("missing")])
