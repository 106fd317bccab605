r"""The command `\tls`: what a TLS connection was agreed on, and the certificates in it, verified or not."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from imapsh.errors import StateError, TLSError
from imapsh.render.amounts import duration
from imapsh.shell.screen.sheet import Row, sheet, shortened
from imapsh.transport import x509

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.transport.handshake import Handshake

SOON = 30  #: days before its end at which a certificate is marked
_DAY = 86400
_CHAIN = 10  # certificates of a chain that are read
_SHOWN = 20  # names that a page lists; JSON has all


def tls(app: App, argument: str) -> None:
    """`\\tls [NAME]`: show the TLS of a connection, also of one that is closed or was refused."""
    where, found = _handshake(app, argument)
    if found is None:
        raise StateError(
            f"the connection to {where} does not use TLS: STARTTLS begins it before the login, "
            "and imaps:// from the start"
        )
    now = time.time()
    if not app.say_json("tls", {"server": where, **facts(found, now)}):
        app.tell(sheet(sections(found, now, where), app.output.width))


def _handshake(app: App, name: str) -> tuple[str, Handshake | None]:
    connection = app.named(name) if name else app.here
    failure = app.failure
    if failure is not None and not name and (connection is None or not connection.live):
        refused = of_error(failure.error)
        if refused is not None:
            return failure.plan.where, refused
    if connection is None:
        raise StateError("not connected: \\connect opens a connection")
    return connection.plan.where, of_stream(connection.stream)


def of_stream(stream: Any) -> Handshake | None:
    """Return what is known of the TLS of a stream, None if there is none."""
    known = stream.info.handshake
    found: Handshake | None = known() if known is not None else None
    return found


def of_error(error: BaseException) -> Handshake | None:
    """Return what is known of a handshake that failed with this error, None if nothing is."""
    found: Any = error.handshake if isinstance(error, TLSError) else None
    return found if found is not None and found.chain else None


def certificates(found: Handshake) -> list[x509.Certificate]:
    """Return the certificates of the verified chain, else those that the server sent, its own first."""
    return [x509.read(octets) for octets in (found.path or found.chain)[:_CHAIN]]


def days_left(certificate: x509.Certificate, now: float) -> int | None:
    """Return for how many whole days a certificate is still valid, less than 0 if it has expired."""
    return None if certificate.ends is None else int((certificate.ends - now) // _DAY)


# -- as JSON


def facts(found: Handshake, now: float) -> dict[str, Any]:
    """Return a handshake as an object for JSON."""
    return {
        "version": found.version or None,
        "cipher": found.cipher or None,
        "bits": found.bits or None,
        "alpn": found.alpn or None,
        "binding": found.binding or None,
        "verified": found.verified,
        "verified_for": found.name,
        "authorities": (found.trusted or "system") if found.verified else None,
        "pinned": found.pinned or None,
        "seconds": round(found.seconds, 6),
        "chain": [_object(one, now) for one in certificates(found)],
    }


def _object(certificate: x509.Certificate, now: float) -> dict[str, Any]:
    return {
        "subject": certificate.subject,
        "names": list(certificate.names),
        "issuer": certificate.issuer,
        "not_before": _iso(certificate.begins),
        "not_after": _iso(certificate.ends),
        "days_left": days_left(certificate, now),
        "serial": certificate.serial,
        "key": certificate.key,
        "key_bits": certificate.bits or None,
        "signature": certificate.signature,
        "authority": certificate.authority,
        "sha256": certificate.fingerprint,
        "key_sha256": certificate.key_fingerprint or None,
        "fault": certificate.fault or None,
    }


def _iso(moment: float | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# -- as a page


def sections(found: Handshake, now: float, where: str) -> Mapping[str, Sequence[Row]]:
    """Return a handshake as sections of a sheet."""
    chain = certificates(found)
    return {
        f"TLS with {where}": list(_agreed(found)),
        "Certificate": list(_certificate(chain[0], now)) if chain else [],
        "Chain, verified" if found.path else "Chain, as the server sent it": list(_chain(chain[1:], now)),
    }


def brief(found: Handshake | None, now: float) -> Iterator[Row]:
    """Yield a handshake in a few rows."""
    if found is None:
        yield Row("TLS", "none")
        return
    if found.version:
        yield Row("TLS", f"{found.version}, {found.cipher}, {duration(found.seconds)}")
    yield verification(found)
    for one in certificates(found)[:1]:
        if one.fault:
            yield Row("fault", f"not all of it can be read: {one.fault}", False)
        yield Row("certificate", shortened(one.subject) or "without a subject")
        yield names(one)
        yield Row("issuer", shortened(one.issuer))
        yield from validity(one, now)
        yield Row("SHA-256", one.fingerprint)


def _agreed(found: Handshake) -> Iterator[Row]:
    if found.version:
        yield Row("version", found.version)
        yield Row("cipher", f"{found.cipher}, {found.bits} bits")
    yield verification(found)
    if found.version:
        yield Row("binding", found.binding or "none that SASL could use")
        yield Row("ALPN", found.alpn or "none")


def verification(found: Handshake) -> Row:
    """Return the row that says what a certificate was verified against."""
    pinned = {"": "", "key": "its public key is pinned"}.get(found.pinned, "it is pinned")
    if found.verified:
        also = f", and {pinned}" if pinned else ""
        against = found.trusted or "the authorities of the system"
        return Row("verified", f"for {found.name}, against {against}{also}", True)
    if pinned:
        return Row("verified", f"{pinned}; no authority was asked, and no name or date was looked at", True)
    return Row("verified", "no: somebody else may have sent it" if found.version else "no: it was refused", False)


def _certificate(one: x509.Certificate, now: float) -> Iterator[Row]:
    if one.fault:
        yield Row("fault", f"not all of it can be read: {one.fault}", False)
    if not one.fault or one.subject:
        yield Row("subject", shortened(one.subject) or "empty")
    yield names(one)
    if one.issuer:
        yield Row("issuer", shortened(one.issuer) + (", itself" if one.issuer == one.subject else ""))
    yield from validity(one, now)
    if one.serial:
        yield Row("serial", one.serial)
    if one.key:
        yield Row("key", key(one))
    if one.signature:
        yield Row("signature", one.signature)
    yield Row("SHA-256", one.fingerprint)
    if one.key_fingerprint:
        yield Row("key SHA-256", one.key_fingerprint)


def names(one: x509.Certificate) -> Row:
    """Return the row with the names that a certificate is for."""
    more = len(one.names) + one.more_names - _SHOWN
    text = ", ".join(shortened(name) for name in one.names[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
    return Row("names", text or "none, so that it fits no server", None if one.names else False)


def validity(one: x509.Certificate, now: float) -> Iterator[Row]:
    """Yield when a certificate begins and ends."""
    begins, ends = one.begins, one.ends
    early = begins is not None and now < begins
    yield Row("valid from", _moment(begins) + (", which is not yet" if early else ""), False if early else None)
    left = days_left(one, now)
    good = None if left is None else False if left < 0 else None if left < SOON else True
    yield Row("valid to", f"{_moment(ends)}{f', {in_days(left)}' if left is not None else ''}", good)


def in_days(left: int) -> str:
    """Return days left in words."""
    if left < 0:
        return f"expired {-left:,} day{'s' * (left != -1)} ago"
    return f"{left:,} day{'s' * (left != 1)} left"


def key(one: x509.Certificate) -> str:
    """Return the type and size of a public key."""
    return f"{one.key}, {one.bits} bits" if one.bits else one.key


def _moment(moment: float | None) -> str:
    iso = _iso(moment)
    return iso.replace("T", " ").replace("Z", " UTC") if iso else "an unknown time"


def _chain(above: Sequence[x509.Certificate], now: float) -> Iterator[Row]:
    for number, one in enumerate(above, 1):
        left = days_left(one, now)
        ends = f", valid to {_moment(one.ends)}" if one.ends is not None else ""
        text = f"{shortened(one.subject) or one.fingerprint}; {key(one)}{ends}"
        over = left is not None and left < 0
        yield Row(str(number), f"{text}, expired" if over else text, False if over else None)
