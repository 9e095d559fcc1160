"""What announcements lead to: their pictures, and their links, counted on the way."""

from webhooks.announcements.blueprint import announcements_blueprint as announcements_blueprint
