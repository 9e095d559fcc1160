"""Fetches short-lived channel access tokens (`POST /v2/oauth/accessToken`)."""

from datetime import timedelta

from linebot.v3.oauth import ApiClient, ApiException, ChannelAccessToken, Configuration
from urllib3.exceptions import HTTPError

from bot.line.api import IssuedToken, LineUnavailable
from bot.line.client import TIME_LIMIT


class TokenIssuer:
    """Asks LINE for tokens by the channel's id and secret."""

    def __init__(self, *, channel_id: str, channel_secret: str, base_url: str) -> None:
        self._channel_id = channel_id
        self._channel_secret = channel_secret
        self._configuration = Configuration(host=base_url.rstrip("/"))
        self._configuration.retries = False

    def issue(self) -> IssuedToken:
        """A new token, which lives 30 days. Raises LineUnavailable."""
        try:
            with ApiClient(self._configuration) as client:
                answer = ChannelAccessToken(client).issue_channel_token(
                    "client_credentials",
                    self._channel_id,
                    self._channel_secret,
                    _request_timeout=TIME_LIMIT,
                )
        except ApiException as error:
            raise LineUnavailable(
                f"LINE answered the request for a token with status {error.status}"
            ) from None
        except (HTTPError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise LineUnavailable(f"LINE gave no token ({type(error).__name__})") from None
        if not answer.access_token:
            raise LineUnavailable("LINE gave no token")
        return IssuedToken(str(answer.access_token), timedelta(seconds=int(answer.expires_in)))
