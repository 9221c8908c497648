"""Tokens for OAUTHBEARER: client credentials at a token endpoint (RFC 6749, section 4.4), or a token file."""

from __future__ import annotations

import base64
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Final

from ktui.adapters import daemon_thread
from ktui.adapters.secret import Secret
from ktui.adapters.security import OAuthLogin

_TIMEOUT_S: Final = 10.0
_LARGEST_ANSWER: Final = 1 << 20
_KEPT_PART_OF_LIFE: Final = 0.8


class NoToken(Exception):
    """No token could be had: says from where and why."""


class TokenSource:
    """Gives a token that is still good for a while; fetches in a daemon thread when it has none."""

    def __init__(self, login: OAuthLogin) -> None:
        self._login = login
        self._token: Secret | None = None
        self._good_until = 0.0

    async def token(self) -> Secret:
        """Raises NoToken."""
        if self._token is None or time.monotonic() > self._good_until:
            outcome = await daemon_thread.start(self._fetch, "fetch a token")
            if isinstance(outcome, NoToken):
                raise outcome
            if isinstance(outcome, Exception):
                raise NoToken(f"no token from {self._where}: {outcome}")
            self._token, lifetime_s = outcome
            self._good_until = time.monotonic() + lifetime_s * _KEPT_PART_OF_LIFE
        return self._token

    def forget(self) -> None:
        """The token was refused: fetch a new one next time."""
        self._token = None

    @property
    def extensions(self) -> tuple[tuple[str, str], ...]:
        return self._login.extensions

    @property
    def _where(self) -> str:
        return self._login.token_url.split("?", 1)[0]

    def _fetch(self) -> tuple[Secret, float]:
        url = urllib.parse.urlsplit(self._login.token_url)
        if url.scheme == "file":
            try:
                text = Path(urllib.request.url2pathname(url.path)).read_text(encoding="utf-8")
            except OSError as error:
                raise NoToken(f"no token from {self._where}: {error.strerror}") from None
            return Secret(text.strip()), 0.0
        answer = _post(self._request(), self._where)
        token, lifetime = answer.get("access_token"), answer.get("expires_in", 0)
        if not isinstance(token, str) or not token:
            raise NoToken(f"no token from {self._where}: the answer holds no access_token")
        return Secret(token), float(lifetime) if isinstance(lifetime, int | float) else 0.0

    def _request(self) -> urllib.request.Request:
        fields = {"grant_type": "client_credentials"}
        if self._login.scope:
            fields["scope"] = self._login.scope
        pair = (self._login.client_id, self._login.client_secret.reveal())
        if self._login.encodes_header:
            pair = (urllib.parse.quote_plus(pair[0]), urllib.parse.quote_plus(pair[1]))
        basic = base64.b64encode(":".join(pair).encode()).decode()
        return urllib.request.Request(
            self._login.token_url,
            data=urllib.parse.urlencode(fields).encode(),
            headers={"Accept": "application/json", "Authorization": f"Basic {basic}"},
        )


def _post(request: urllib.request.Request, where: str) -> dict[str, object]:
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:
            answer = json.loads(response.read(_LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        error.close()
        raise NoToken(f"no token from {where}: HTTP {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise NoToken(f"no token from {where}: {error.reason}") from None
    except (OSError, http.client.HTTPException) as error:
        raise NoToken(f"no token from {where}: {error}") from None
    except ValueError:
        raise NoToken(f"no token from {where}: the answer is not JSON") from None
    if not isinstance(answer, dict):
        raise NoToken(f"no token from {where}: the answer is not a JSON object")
    return answer
