"""An identity provider for the tests, which is strict: RFC 6749, RFC 7636, RFC 8252 section 7.3 and RFC 8628.

It knows one client.  `approve` and `deny` do what a person does in a browser; what is asked wrongly is an error, and is
put into `mistakes`.  `faults` are answers for a path in place of its own, as they come.  Time is that of `clock`.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import html
import itertools
import json
import re
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.patience import PATIENCE

from .dovecot import token

CLIENT = "imapsh-tests"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628 section 6.1
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636 section 4.1
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost):\d+(/.*)?")  # RFC 8252 section 7.3

Form = dict[str, str]


class Wrong(Exception):
    """An error of RFC 6749 section 5.2 or RFC 8628 section 3.5."""

    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        super().__init__(error)
        self.body = {"error": error, **({"error_description": description} if description else {})}
        self.status = status


class Fault(NamedTuple):
    """An answer in place of the right one: octets as they are sent, or None for none until the test ends."""

    octets: bytes | None


def reply(status: int, body: bytes, kind: str = "application/json", *more: str) -> bytes:
    lines = (f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *more, "", "")
    return "\r\n".join(lines).encode() + body


class Waiting:
    """A device authorization."""

    def __init__(self, scope: str, interval: float, until: float) -> None:
        self.scope = scope
        self.interval = interval
        self.until = until
        self.polled = float("-inf")
        self.answer: bool | None = None
        self.user = ""


class Provider:
    """The provider; `url` is where it is.

    `interval` and `lasts` are what it tells a device, the first None to leave it out.  Access tokens are good for
    `expires_in` seconds.  Each refresh token is good once if it `rotates`; to use an old one is theft, which ends all.
    """

    def __init__(self, secret: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self.secret = secret
        self.clock = clock
        self.interval: float | None = 1
        self.lasts = 600
        self.expires_in: int | None = 3600
        self.rotates = True
        self.scope = ""  # of the tokens in place of what was asked for
        self.faults: dict[str, list[Fault]] = {}
        self.mistakes: list[str] = []
        self.asked: list[tuple[str, Form]] = []
        self.devices: dict[str, Waiting] = {}
        self.codes: dict[str, str] = {}  # user code -> device code
        self.granted: dict[str, Form] = {}  # authorization code -> the request and the user
        self.refreshing: dict[str, tuple[str, str]] = {}  # refresh token -> user and scope
        self.given: list[str] = []  # every secret that was given out
        self.url = ""
        self.over = threading.Event()
        self._serial = itertools.count(1)

    # -- the person

    def approve(self, user_code: str, user: str = "demo", *, agreed: bool = True) -> None:
        waiting = self.devices[self.codes[user_code.replace("-", "").upper()]]
        waiting.user, waiting.answer = user, agreed

    def consent(self, url: str, user: str = "demo", *, agreed: bool = True) -> str:
        """Agree to the request that a browser was sent to, and return where it is sent then (RFC 6749 section 4.1)."""
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/authorize"
        asked = self._form("/authorize", parts.query)
        if asked.get("client_id") != CLIENT or not _LOOPBACK.fullmatch(asked.get("redirect_uri", "")):
            self.mistakes.append("redirect_uri")
            raise Wrong("invalid_request", "the client or the redirect URI is unknown")
        answer = self._authorized(asked, user) if agreed else {"error": "access_denied"}
        if "error" in answer:
            self.mistakes += [answer["error"]] if agreed else []
        return f"{asked['redirect_uri']}/?{urlencode({**answer, 'state': asked['state']})}"

    def _authorized(self, asked: Form, user: str) -> Form:
        strict = asked.get("code_challenge_method") == "S256" and len(asked.get("code_challenge", "")) == 43
        if asked.get("response_type") != "code" or not strict or len(asked.get("state", "")) < 20:
            return {"error": "invalid_request"}
        code = self._secret("code")
        self.granted[code] = {**asked, "user": user}
        return {"code": code}

    # -- the endpoints

    def answer(self, path: str, form: Form) -> dict[str, Any]:
        if path == "/device":
            return self._device(form)
        if path == "/token":
            return self._token(form)
        raise Wrong("not_found", status=404)

    def _device(self, form: Form) -> dict[str, Any]:
        self._client(form)
        code, user_code = self._secret("device"), "".join(secrets.choice(LETTERS) for _ in range(8))
        self.devices[code] = Waiting(form.get("scope", ""), self.interval or 5, self.clock() + self.lasts)
        self.codes[user_code] = code
        shown = f"{user_code[:4]}-{user_code[4:]}"
        said = {
            "device_code": code, "user_code": shown, "verification_uri": f"{self.url}/activate",
            "verification_uri_complete": f"{self.url}/activate?code={shown}", "expires_in": self.lasts,
        }  # fmt: skip
        return said if self.interval is None else {**said, "interval": self.interval}

    def _token(self, form: Form) -> dict[str, Any]:
        self._client(form)
        grant = form.get("grant_type")
        if grant == DEVICE_GRANT:
            return self._tokens(*self._polled(form))
        if grant == "authorization_code":
            return self._tokens(*self._exchanged(form))
        if grant == "refresh_token":
            return self._tokens(*self._refreshed(form), form["refresh_token"])
        raise Wrong("unsupported_grant_type")

    def _client(self, form: Form) -> None:
        if form.get("client_id") != CLIENT or form.get("client_secret", "") != self.secret:
            raise Wrong("invalid_client", status=401)

    def _polled(self, form: Form) -> tuple[str, str]:
        waiting = self.devices.get(form.get("device_code", ""))
        if waiting is None:
            raise Wrong("invalid_grant")
        now = self.clock()
        early, waiting.polled = now - waiting.polled < waiting.interval * 0.9, now
        if now > waiting.until:
            raise Wrong("expired_token")
        if early:
            waiting.interval += 5
            self.mistakes.append("slow_down")
            raise Wrong("slow_down")
        if waiting.answer is None:
            raise Wrong("authorization_pending")
        del self.devices[form["device_code"]]
        if not waiting.answer:
            raise Wrong("access_denied")
        return waiting.user, waiting.scope

    def _exchanged(self, form: Form) -> tuple[str, str]:
        asked = self.granted.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "")
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri") or not _VERIFIER.fullmatch(verifier):
            raise Wrong("invalid_grant")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if challenge != asked["code_challenge"]:
            raise Wrong("invalid_grant", "the verifier is wrong")
        return asked["user"], asked.get("scope", "")

    def _refreshed(self, form: Form) -> tuple[str, str]:
        found = self.refreshing.get(form.get("refresh_token", ""))
        if found is None:
            if form.get("refresh_token", "") in self.given:
                self.refreshing.clear()
            raise Wrong("invalid_grant", f"Token {form.get('refresh_token')} has been expired or revoked.")
        return found

    def _tokens(self, user: str, scope: str, used: str = "") -> dict[str, Any]:
        # A token's own end is Dovecot's to judge; `expires_in` is what the client goes by.
        access = token(user, self.scope or scope, serial=next(self._serial))
        self.given.append(access)
        said: dict[str, Any] = {"access_token": access, "token_type": "Bearer", "scope": self.scope or scope}
        if not used or self.rotates:
            self.refreshing.pop(used, None)
            said["refresh_token"] = self._secret("refresh")
            self.refreshing[said["refresh_token"]] = user, scope
        return said if self.expires_in is None else {**said, "expires_in": self.expires_in}

    def _secret(self, kind: str) -> str:
        self.given.append(f"{kind}-{secrets.token_urlsafe(24)}")
        return self.given[-1]

    def _form(self, path: str, text: str) -> Form:
        """Return a form's fields, none of which may come twice (RFC 6749 section 3.1)."""
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
        form = dict(pairs)
        self.asked.append((path, form))
        if len(form) != len(pairs):
            raise Wrong("invalid_request", "a parameter comes twice")
        return form

    # -- HTTP

    def serve(self, path: str, kind: str, body: str) -> bytes | None:
        faults = self.faults.get(path)
        if faults:
            return faults.pop(0).octets
        try:
            if kind != "application/x-www-form-urlencoded":
                raise Wrong("invalid_request", f"a form is no {html.escape(kind)}")
            said, status = self.answer(path, self._form(path, body)), 200
        except Wrong as error:
            said, status = error.body, error.status
            expected = ("authorization_pending", "slow_down", "access_denied", "expired_token", "invalid_grant")
            self.mistakes += [said["error"]] if said["error"] not in expected else []
        return reply(status, json.dumps(said).encode(), "application/json", "Cache-Control: no-store")

    def config(self, name: str = "company", **more: str) -> str:
        """Return the table of the configuration for this provider."""
        keys = {
            "client-id": CLIENT, "scope": "mail", "device-endpoint": f"{self.url}/device",
            "authorization-endpoint": f"{self.url}/authorize", "token-endpoint": f"{self.url}/token",
            **({"client-secret": self.secret} if self.secret else {}),
            **{key.replace("_", "-"): value for key, value in more.items()},
        }  # fmt: skip
        return "".join([f"[providers.{name}]\n", *(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())])


@contextlib.contextmanager
def running(provider: Provider, context: ssl.SSLContext | None = None) -> Iterator[Provider]:
    """Let a provider answer on a port of loopback, over TLS with a context."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 20

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = provider.serve(self.path, self.headers.get("Content-Type", ""), body)
            if answer is None:
                provider.over.wait(PATIENCE)
            else:
                with contextlib.suppress(OSError):
                    self.wfile.write(answer)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    provider.url = f"http{'s' if context else ''}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.over.set()
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)
