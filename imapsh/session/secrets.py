"""Masks known secrets by value, as they are and in every encoding that can be undone.

`imapsh.session.freetext` decides where in a response to look for them.
"""

from __future__ import annotations

from binascii import Error, a2b_base64, b2a_base64
from bisect import insort
from collections.abc import Iterable, Iterator

from imapsh.patterns import lazy

MASK = b"********"
_SHORTEST = 4  # octets; a shorter secret would mask half the conversation
_TELLING = 6  # octets; a secret this long is masked in any case of its letters, and backwards
_MANY = 50  # spellings; fewer are looked for one by one, which is faster
_DEEPEST = 3  # nested encodings that are looked through
_SHORT = 200  # octets of a text that is remembered if it holds no secret
_REMEMBERED = 200  # such texts
_SPECIAL = lazy(rb'(["\\])')
_FIELD = lazy(rb"[\x00\x01]")


class Secrets:
    """The secrets of one session.

    Texts in `public` are never taken for secrets: they are names that go beside a password.  `known` holds each secret
    as it is and as it may be written, the longest first.  `clean` holds the latest texts in which `mask_text` found no
    secret.
    """

    def __init__(self) -> None:
        self.public: set[bytes] = set()
        self.known: list[bytes] = []
        self._starts: dict[bytes, list[bytes]] = {}  # by their first octets, and the longest first
        self._lower: dict[bytes, list[bytes]] = {}  # the same of secrets in lower case, and backwards
        self.clean: set[bytes] = set()  # servers say the same again and again

    def add(self, secret: bytes, *, public: bytes = b"") -> None:
        """Mask a secret and its base64 from now on.

        Nothing is done if it equals `public`, the user's name.
        """
        if len(secret) < _SHORTEST or secret == public or secret in self.public or self._knows(secret):
            return
        self.clean.clear()
        for spelled in {secret, _SPECIAL.sub(rb"\\\1", secret), *_coded(secret)}:
            if not self._knows(spelled):
                insort(self.known, spelled, key=_shortness)
                _put(self._starts, spelled)
        if len(secret) >= _TELLING:
            lower = secret.lower()
            _put(self._lower, lower)
            _put(self._lower, lower[::-1])

    def _knows(self, secret: bytes) -> bool:
        return secret in self._starts.get(secret[:_SHORTEST], ())

    def add_sasl(self, coded: bytes) -> None:
        """Mask a SASL response in base64: the whole, and the password or token inside (RFC 4616, RFC 7628)."""
        try:
            message = a2b_base64(coded, strict_mode=True)
        except Error:
            self.add(coded)
            return
        if message in self.public:
            return
        self.add(coded)
        self.add(message)
        fields = _FIELD.split(message)
        if b"\0" in message:
            self.add(fields[-1], public=fields[-2])
        for field in fields:
            if field.startswith(b"auth="):
                self.add(field.partition(b" ")[2])

    def mask(self, octets: bytes) -> bytes:
        """Return the octets with each octet of a known secret replaced by `*`."""
        if len(self.known) >= _MANY:
            return _starred(octets, _places(octets, self._starts))
        for known in self.known:  # a loop, because each line that is sent or comes is looked at
            if octets.find(known) >= 0:  # `in` looks for a number first, which takes ten times as long
                return _starred(octets, _places(octets, self._starts))
        return octets

    def uncut(self, octets: bytes) -> int:
        """Return how many of the octets can be masked by themselves: behind them, a secret may go on in what follows.

        No secret lies on both sides of that place.
        """
        end = len(octets)
        cut = end
        for secret in self.known:
            at = octets.find(secret[:1], max(0, end - len(secret) + 1), cut)
            while at >= 0 and not secret.startswith(octets[at:]):
                at = octets.find(secret[:1], at + 1, cut)
            cut = at if at >= 0 else cut
        while (across := self._across(octets, cut)) >= 0:
            cut = across
        return cut

    def _across(self, octets: bytes, cut: int) -> int:
        """Return where a secret begins that lies on both sides of a place, or -1."""
        for secret in self.known:
            at = octets.find(secret, max(0, cut - len(secret) + 1), cut + len(secret) - 1)
            if at >= 0:
                return at
        return -1

    def _in_any_case(self, octets: bytes) -> bytes:
        lower = octets.lower()
        if len(self._lower) < _MANY and not any(start in lower for start in self._lower):
            return octets
        return _starred(octets, _places(lower, self._lower))

    def mask_text(self, octets: bytes, depth: int = _DEEPEST) -> bytes:
        """Mask as `mask` does, and also the octets that encode a secret: base64 in base64, JSON's escapes.

        Decoding what is left reveals no secret.  Secrets of some length are masked in any case of their letters, too,
        and backwards.
        """
        if not self.known or octets in self.clean:
            return octets
        shown = self._masked_text(octets, depth)
        if depth == _DEEPEST and shown == octets and len(octets) <= _SHORT:
            if len(self.clean) >= _REMEMBERED:
                self.clean.clear()
            self.clean.add(octets)
        return shown

    def _masked_text(self, octets: bytes, depth: int) -> bytes:
        shown = self._in_any_case(self.mask(octets))
        if not depth:
            return shown
        from imapsh.session.layers import LAYERS  # most sessions never need it

        for layer in LAYERS:
            for run in layer(shown):
                clean = self.mask_text(run.decoded, depth - 1)
                if clean != run.decoded:
                    shown = _starred(shown, (run.span(at) for at in _differing(run.decoded, clean)))
        return shown

    def veil(self, text: str) -> str:
        """Return a text for people, without secrets."""
        if not self.known:
            return text
        return self.mask_text(text.encode("utf-8", "surrogateescape")).decode("utf-8", "replace")


def _put(starts: dict[bytes, list[bytes]], secret: bytes) -> None:
    """Add a secret to those that begin like it, the longest first."""
    insort(starts.setdefault(secret[:_SHORTEST], []), secret, key=_shortness)


def _places(octets: bytes, starts: dict[bytes, list[bytes]]) -> Iterator[tuple[int, int]]:
    """Yield where known secrets are.  Each octet is looked at once, however many secrets there are."""
    end = 0
    for at in range(len(octets) - _SHORTEST + 1):
        if (found := starts.get(octets[at : at + _SHORTEST])) is not None and at >= end:
            for secret in found:
                if octets.startswith(secret, at):
                    end = at + len(secret)
                    yield at, end
                    break


def _shortness(secret: bytes) -> int:
    return -len(secret)


def _differing(one: bytes, other: bytes) -> Iterator[int]:
    return (at for at, (left, right) in enumerate(zip(one, other, strict=True)) if left != right)


def runs(one: bytes, other: bytes) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each run of octets in which two lines of the same length differ."""
    begin = end = -1
    for at in _differing(one, other):
        if at != end:
            if begin >= 0:
                yield begin, end
            begin = at
        end = at + 1
    if begin >= 0:
        yield begin, end


def _starred(octets: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    starred = bytearray(octets)
    for start, stop in spans:
        stop = min(stop, len(starred))
        starred[start:stop] = b"*" * (stop - start)
    return bytes(starred)


class Masked:
    """A mask for text that comes in pieces; it also masks a secret that is cut into two pieces.

    The end of a piece may therefore wait for the next.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        """Return the text that may be shown now."""
        if not self._secrets.known and not self._held:
            return piece
        data = self._secrets.mask(self._held + piece)
        known = self._secrets.known
        self._held = data[1 - len(known[0]) :] if known and not data.endswith(b"\n") else b""
        return data[: len(data) - len(self._held)]

    def rest(self) -> bytes:
        """Return the text that was held back; call it when no more comes."""
        held, self._held = self._held, b""
        return held


def _coded(secret: bytes) -> set[bytes]:
    """Return base64 of the secret at its three places in a longer message, without the digits it shares."""
    found = set()
    for lead in range(3):
        coded = b2a_base64(b"\0" * lead + secret, newline=False).rstrip(b"=")
        first, spare = (lead * 8 + 5) // 6, (lead + len(secret)) % 3
        inner = coded[first : len(coded) - 1 if spare else len(coded)]
        if len(inner) >= _SHORTEST:
            found.add(inner)
    return found
