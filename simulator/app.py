"""The web application: the API, the account-link dialog, the phone page and what moves it."""

from flask import Flask

from simulator.api import api_blueprint
from simulator.api.oauth import oauth_blueprint
from simulator.control import control_blueprint
from simulator.dialog import dialog_blueprint
from simulator.phone import phone_blueprint
from simulator.platform import Platform


def create_app(platform: Platform) -> Flask:
    """The application over one platform."""
    app = Flask("simulator")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # The default provider has it.
    app.json.sort_keys = False  # type: ignore[attr-defined]  # What was sent is shown as it was sent.
    app.register_blueprint(api_blueprint(platform))
    app.register_blueprint(oauth_blueprint(platform))
    app.register_blueprint(dialog_blueprint(platform))
    app.register_blueprint(phone_blueprint(platform))
    app.register_blueprint(control_blueprint(platform))
    return app
