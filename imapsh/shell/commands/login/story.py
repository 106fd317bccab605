r"""The story of a way in: what was found on it, what was tried, what the server said, what that means and what to try.

`\why` tells it of a connection, and `--checkup URL` of one that it makes for the purpose.  Telling it sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imapsh.errors import ConnectionTimeout, ImapshError, Interrupted, LoginError
from imapsh.grammar.values import StatusText
from imapsh.render.amounts import duration
from imapsh.shell.commands.login import mechanisms, tls
from imapsh.shell.commands.login.meanings import ago, meaning, moment, token_fault
from imapsh.shell.record import opening
from imapsh.shell.record.opening import Attempt, OpeningRecord
from imapsh.shell.screen.sheet import Row, shortened
from imapsh.shell.settings.reasons import in_options
from imapsh.table.model import AUTHENTICATED, SELECTED
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.sasl.jwt import Claims
    from imapsh.session.wanted import Opening
    from imapsh.shell.connection.connection import Connection
    from imapsh.shell.connection.dial import Plan
    from imapsh.transport.handshake import Handshake


class Story(NamedTuple):
    """A way in, as far as it went: `connection` is None if none was made, `error` what ended it, or None.

    `mask` masks secrets in what the server said.  Our own words are not masked: a password that is one of them would
    show itself by the gap.
    """

    plan: Plan
    connection: Connection | None
    error: ImapshError | None
    mask: Callable[[str], str] = str

    @property
    def handshake(self) -> Handshake | None:
        """Return what is known of TLS, also of a handshake that failed."""
        found = tls.of_error(self.error) if self.error is not None else None
        return found or (tls.of_stream(self.connection.stream) if self.connection is not None else None)

    @property
    def opening(self) -> OpeningRecord | None:
        """Return the record of how the connection was opened."""
        return self.connection.record.opening if self.connection is not None else None

    @property
    def attempt(self) -> Attempt | None:
        """Return the latest login that was tried."""
        return self.attempts[-1] if self.attempts else None

    @property
    def attempts(self) -> list[Attempt]:
        """Return the logins that were tried, with the secrets masked in what the server said of them."""
        mask, known = self.mask, self.opening.attempts if self.opening is not None else []
        return [
            one._replace(
                answer=one.answer._replace(argument=mask(one.answer.argument), text=mask(one.answer.text)),
                said=mask(one.said),
                refusal={name: mask(text) for name, text in one.refusal.items()},
            )
            for one in known
        ]

    @property
    def why(self) -> str:
        """Return the sentence of the error, "" for none."""
        return self.mask(in_options(self.error)) if self.error is not None else ""

    @property
    def greeting(self) -> tuple[str, str] | None:
        """Return the status and the text of the greeting, None for no greeting; the text is "" if it is not IMAP's."""
        response = self.connection.session.greeting if self.connection is not None else None
        if response is None:
            return None
        return response.name, self.mask(response.value.text) if isinstance(response.value, StatusText) else ""

    @property
    def late(self) -> bool:
        """Return whether we stopped waiting for the server."""
        return isinstance(self.error, ConnectionTimeout | Interrupted)

    @property
    def works(self) -> bool:
        """Return whether somebody is logged in, or was."""
        attempt, here = self.attempt, self.connection
        inside = here is not None and (here.entered or here.session.state in (AUTHENTICATED, SELECTED))
        return attempt.worked if attempt is not None else inside

    @property
    def user(self) -> str:
        """Return the user who is to be logged in, or ""."""
        return self.plan.user or self.plan.address.user

    @property
    def acting(self) -> str:
        """Return the user to act for, or ""."""
        return self.plan.authorize or self.plan.proxyauth


def wanted(story: Story) -> Opening:
    """Return the opening that the plan describes, with its user even if no login was wanted."""
    from imapsh.shell.connection.dial import opening

    stream = story.connection.stream if story.connection is not None else None
    return opening(story.plan._replace(user=story.user), stream)


def source_of(plan: Plan) -> str:
    """Return where the password or token comes from."""
    from imapsh.shell.settings.passwords.password import ORDER

    if plan.demo:
        return "the demo, which knows it"
    source = next(source for source in ORDER if source.asked(plan.ways))
    return f"{source.name}: {source.help}"


def ways(story: Story) -> mechanisms.Ways | None:
    """Return the ways to log in, by the last capabilities before the login; None if these are not known."""
    if story.connection is None or story.opening is None:
        return None
    known = story.opening.capabilities
    names = known.get(opening.TLS) or known.get(opening.PLAIN)
    if names is None:
        return None
    taken = _taken(story.attempts)
    return mechanisms.ways(story.connection.session, wanted(story), names, taken)


def _taken(attempts: Sequence[Attempt]) -> str:
    """Return the way that the latest login took, or ""."""
    last = next((one for one in reversed(attempts) if one.command != "PROXYAUTH"), None)
    return "" if last is None else last.mechanism or mechanisms.LOGIN


# -- rows


def tls_rows(story: Story, now: float) -> Iterator[Row]:
    """Yield what is known of TLS, if it came to a connection or at least to a handshake."""
    if story.connection is not None or story.handshake is not None:
        yield from tls.brief(story.handshake, now)


def greeting(story: Story) -> Iterator[Row]:
    """Yield what the server greeted with."""
    if story.greeting is not None:
        status, text = story.greeting
        fits = status in ("OK", "PREAUTH")
        yield Row("greeting", shortened(f"{status} {text}").rstrip(), None if fits else False)


_STAGES = {opening.PLAIN: "without TLS", opening.TLS: "with TLS", opening.LOGIN: "after login"}


def capabilities(story: Story) -> Iterator[Row]:
    """Yield the capabilities of the first stage, and at each later one what came and went."""
    before: tuple[str, ...] = ()
    known = story.opening.capabilities if story.opening is not None else {}
    for stage, label in _STAGES.items():
        names = known.get(stage)
        if names is None:
            continue
        text = shortened(" ".join(names)) if not before else shortened(_difference(before, names))
        yield Row(label, text)
        before = names
    if story.opening is not None and before:
        yield from _starttls(story, known)


def _difference(old: Sequence[str], new: Sequence[str]) -> str:
    had, has = {name.upper() for name in old}, {name.upper() for name in new}
    came = [f"+{name}" for name in new if name.upper() not in had]
    went = [f"-{name}" for name in old if name.upper() not in has]
    return " ".join((*came, *went)) or "the same"


def _starttls(story: Story, known: Mapping[str, tuple[str, ...]]) -> Iterator[Row]:
    plain = known.get(opening.PLAIN)
    said = story.opening.starttls if story.opening is not None else None
    if plain is not None:
        offered = "STARTTLS" in {name.upper() for name in plain}
        taken = f", and answered {said.status} {said.text}".rstrip() if said is not None else ", and not taken"
        text = story.mask(f"offered{taken}" if offered else "not offered" + (taken if said is not None else ""))
        yield Row("STARTTLS", shortened(text), False if said is not None and said.status != "OK" else None)
    disabled = [_STAGES[stage] for stage, names in known.items() if "LOGINDISABLED" in {n.upper() for n in names}]
    if disabled:
        yield Row("LOGIN", f"disabled {' and '.join(disabled)} (LOGINDISABLED)")


def mechanism_rows(found: mechanisms.Ways | None) -> Iterator[Row]:
    """Yield each way to log in: whether it was taken, could be, or why it cannot be."""
    for way in found.ways if found is not None else ():
        if way.taken:
            yield Row(way.name, "taken", True)
        else:
            yield Row(way.name, f"no: {way.why}" if way.why else "possible")


def login(story: Story, now: float) -> Iterator[Row]:
    """Yield who was to be logged in, with what, how, what the server said of it and what that means."""
    if story.user and (story.plan.user or not story.attempts):
        yield Row("user", f"{story.user}, to act for {story.acting}" if story.acting else story.user)
        yield Row("password", source_of(story.plan))
    for attempt in story.attempts:
        seconds = f", {duration(attempt.seconds)}" if attempt.answer.status else ""
        yield Row("tried", f"{tried(attempt)}{seconds}")
        yield Row("answer", shortened(answer(attempt, late=story.late)), attempt.worked)
    last = story.attempt
    if last is None:
        yield Row("tried", _untried(story), False if isinstance(story.error, LoginError) else None)
    elif not last.worked:
        if last.said and not last.refusal:
            yield Row("detail", shortened(last.said))
        yield from _token(last, now)
        yield Row("meaning", meaning(last, late=story.late).text)


def tried(attempt: Attempt) -> str:
    """Return how a login was tried."""
    parts = (
        attempt.command,
        attempt.mechanism,
        f"as {attempt.user}" if attempt.user else "",
        f"for {attempt.acting}" if attempt.acting else "",
    )
    return " ".join(filter(None, parts))


def answer(attempt: Attempt, *, late: bool) -> str:
    """Return what the server answered; `late` is true if we stopped waiting for it."""
    said = attempt.answer
    if not said.status:
        return "none came" if late else "the connection ended"
    code = f"[{' '.join(filter(None, (said.code, said.argument)))}]" if said.code not in ("", "CAPABILITY") else ""
    return " ".join(filter(None, (said.status, code, said.text)))


def _untried(story: Story) -> str:
    if isinstance(story.error, LoginError):
        return f"nothing: {story.why}"
    if story.works:
        return "nothing: the server let us in without a login (PREAUTH)"
    if story.error is not None:
        return "nothing: it did not come to that"
    return "nothing: no login was wanted" if story.user else "nothing: there is no user to log in"


def _token(attempt: Attempt, now: float) -> Iterator[Row]:
    if not attempt.has_token:
        return
    yield Row("token", _claims(attempt.claims, now) if attempt.claims is not None else "it says nothing of itself")
    if attempt.refusal:
        yield Row("server", ", ".join(f"{name} {text}" for name, text in attempt.refusal.items()))
    fault = token_fault(attempt, now)
    yield Row("fault", fault.text, False)


def _claims(claims: Claims, now: float) -> str:
    parts = [
        f"for {claims.user}" if claims.user else "",
        f"by {claims.issuer}" if claims.issuer else "",
        f"audience {', '.join(claims.audiences)}" if claims.audiences else "",
        f"scope {' '.join(claims.scopes)}" if claims.scopes else "",
    ]
    if claims.ends is not None:
        gone = now - claims.ends
        parts.append(f"valid to {moment(claims.ends)}, {f'{ago(gone)} ago' if gone >= 0 else f'in {ago(-gone)}'}")
    return shortened("; ".join(filter(None, parts))) or "a JSON Web Token without claims"


def result(story: Story, now: float) -> Iterator[Row]:
    """Yield how it ended, and what to try."""
    last = story.attempt
    if story.works and not _spoilt(story):
        yield Row("result", "the login works" if last is not None else "the connection works", True)
        return
    if last is not None and not last.worked:
        yield Row("result", _failed(story, last), False)
        yield Row("try", way_out(story, last, now))
    elif story.error is not None:
        shown = story.why.partition("; its subject is ")[0] if story.handshake is not None else story.why
        yield Row("result", shown, False)
    else:
        yield Row("result", "the connection works; no login was tried", None)


def _failed(story: Story, last: Attempt) -> str:
    """Return how the latest login failed, in one sentence."""
    if not last.answer.status:
        return story.why or "the login had no answer"
    what = f"acting for {last.acting}" if last.command == "PROXYAUTH" else "the login"
    return f"{what} was refused: {shortened(answer(last, late=story.late))}"


def _spoilt(story: Story) -> bool:
    """Return whether something else failed than a login."""
    return story.error is not None and not isinstance(story.error, LoginError)


def way_out(story: Story, attempt: Attempt, now: float) -> str:
    """Return what to try after a login that was refused."""
    if attempt.has_token and attempt.answer.status == "NO":
        return token_fault(attempt, now).way
    return meaning(attempt, late=story.late).way


# -- as JSON


def facts(story: Story, now: float) -> dict[str, Any]:
    """Return the story as an object for JSON."""
    said_hello = story.greeting
    found = ways(story)
    shaken = story.handshake
    said = story.opening.starttls if story.opening is not None else None
    known = story.opening.capabilities if story.opening is not None else {}
    return {
        "server": story.plan.where,
        "tls": tls.facts(shaken, now) if shaken is not None else None,
        "greeting": None if said_hello is None else {"status": said_hello[0], "text": said_hello[1]},
        "capabilities": {stage: list(names) for stage, names in known.items()},
        "starttls": None if said is None else said.status or None,
        "mechanisms": [
            {"name": way.name, "usable": way.usable, "taken": way.taken, "why_not": way.why or None}
            for way in (found.ways if found is not None else ())
        ],
        "login": _login_facts(story, now),
        "works": story.works and not _spoilt(story),
        "error": story.why or None,
        "exit_status": story.error.exit_code if story.error is not None else 0,
    }  # fmt: skip


def _login_facts(story: Story, now: float) -> dict[str, Any]:
    last = story.attempt
    made: dict[str, Any] = {
        "user": story.user or None,
        "password_from": source_of(story.plan) if story.user and (story.plan.user or last is None) else None,
        "tried": last is not None,
    }
    if last is None:
        return {**made, "why_not": _untried(story)}
    said = last.answer
    made |= {
        "command": last.command, "mechanism": last.mechanism or None, "acting_for": last.acting or None,
        "status": said.status or None, "code": said.code if said.code not in ("", "CAPABILITY") else None,
        "text": said.text, "seconds": round(last.seconds, 6),
    }  # fmt: skip
    if last.worked:
        return made
    made |= {
        "meaning": meaning(last, late=story.late).text,
        "try": way_out(story, last, now),
        "detail": last.said or None,
    }
    if last.has_token:
        fault = token_fault(last, now)
        made["token"] = {
            "fault": fault.kind, "text": fault.text, "server": dict(last.refusal) or None,
            "claims": last.claims._asdict() if last.claims is not None else None,
        }  # fmt: skip
    return made
