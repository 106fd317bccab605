"""DIGEST-MD5: password digested with both sides' nonces, and the server's proof (RFC 2831; historic by RFC 6331).

Authentication only: no integrity or confidentiality layer, for that is what TLS is there for.
"""

from __future__ import annotations

import hashlib
import re
from hmac import compare_digest

from imapsh.errors import LoginError
from imapsh.sasl.md5 import require
from imapsh.sasl.mechanism import Dialogue, Mechanism, octets

_TOKEN = rb"[!#-'*+.0-9A-Z^-z|~-]+"
_DIRECTIVE = re.compile(rb"[\s,]*(" + _TOKEN + rb')\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?=,|$)', re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_SPECIAL = re.compile(rb'(["\\])')
_COUNT = b"00000001"


class DigestMD5(Mechanism):
    """The mechanism DIGEST-MD5.

    `host` is the server's name in digest-uri.  `nonce` is for tests: it must be new each time.  Raises UsageError on a
    machine that does not allow MD5.
    """

    name = "DIGEST-MD5"
    mutual = True

    def __init__(self, user: str, password: str, authorize: str = "", host: str = "", nonce: str = "") -> None:
        require(self.name)
        super().__init__(user, password, authorize)
        self._uri = octets(f"imap/{host or 'localhost'}")
        self._nonce = octets(nonce)

    def dialogue(self, challenge: bytes) -> Dialogue:
        """Send the digest-response (RFC 2831 section 2.1.2), then check rspauth (section 2.1.3)."""
        asked = _asked(challenge)
        charset = "utf-8" if b"charset" in asked else "latin-1"
        realm = self._realm(asked.get(b"realm", []))
        if not self._nonce:
            import secrets

            self._nonce = secrets.token_hex(16).encode("ascii")
        key = self._key(realm, charset, asked[b"nonce"][0])
        quoted = {
            b"username": _encoded(self.user, charset),
            b"realm": realm,
            b"nonce": asked[b"nonce"][0],
            b"cnonce": self._nonce,
            b"digest-uri": self._uri,
            b"authzid": octets(self.authorize),
        }
        fields = [b"charset=utf-8"] if charset == "utf-8" else []
        fields += [b'%b="%b"' % (name, _SPECIAL.sub(rb"\\\1", value)) for name, value in quoted.items() if value]
        proof = self._response(key, asked[b"nonce"][0], b"AUTHENTICATE:")
        final = yield b",".join((*fields, b"nc=" + _COUNT, b"response=" + proof, b"qop=auth"))
        theirs = _directives(final).get(b"rspauth", [b""])[0]
        if not compare_digest(theirs, self._response(key, asked[b"nonce"][0], b":")):
            raise LoginError("the server did not prove that it knows the password: it may be an impostor")
        self.proven = True
        yield b""

    def _realm(self, offered: list[bytes]) -> bytes:
        """Return the realm after `@` in the user's name if it is offered, else the first."""
        own = octets(self.user.rpartition("@")[2])
        return own if own in offered else next(iter(offered), b"")

    def _key(self, realm: bytes, charset: str, nonce: bytes) -> bytes:
        """HEX(H(A1)) (section 2.1.2.1): what ISO 8859-1 can hold is hashed in it."""
        words = (_encoded(self.user, charset, hashed=True), realm, _encoded(self._secret, charset, hashed=True))
        rest = (nonce, self._nonce, *((octets(self.authorize),) if self.authorize else ()))
        return _hex(b":".join((hashlib.md5(b":".join(words)).digest(), *rest)))

    def _response(self, key: bytes, nonce: bytes, method: bytes) -> bytes:
        """Return the response-value, or with another method the server's (sections 2.1.2.1 and 2.1.3)."""
        return _hex(b":".join((key, nonce, _COUNT, self._nonce, b"auth", _hex(method + self._uri))))


def _asked(challenge: bytes) -> dict[bytes, list[bytes]]:
    """Read a digest-challenge (section 2.1.1).  Raises LoginError if it is none, or asks for a layer."""
    asked = _directives(challenge)
    if len(asked.get(b"nonce", ())) != 1 or asked.get(b"algorithm", [b""])[0].lower() != b"md5-sess":
        raise LoginError("the server's challenge for DIGEST-MD5 lacks its nonce or algorithm, or has two")
    offered = asked.get(b"qop", [b"auth"])[0].lower()
    if b"auth" not in re.split(rb"[\s,]+", offered):
        raise LoginError("the server wants a DIGEST-MD5 layer under the session; use TLS and another mechanism")
    return asked


def _directives(message: bytes) -> dict[bytes, list[bytes]]:
    """Return name=value and name="value", cut at commas; after the first that is neither, the rest is left out."""
    found: dict[bytes, list[bytes]] = {}
    at = 0
    while directive := _DIRECTIVE.match(message, at):
        name, quoted, token = directive.groups()
        found.setdefault(name.lower(), []).append(_ESCAPED.sub(rb"\1", quoted) if token is None else token)
        at = directive.end()
    return found


def _encoded(text: str, charset: str, *, hashed: bool = False) -> bytes:
    try:
        if charset == "latin-1" or hashed:
            return text.encode("latin-1")
    except UnicodeEncodeError:
        pass  # beyond ISO 8859-1 there is only UTF-8
    return octets(text)


def _hex(data: bytes) -> bytes:
    return hashlib.md5(data).hexdigest().encode("ascii")
