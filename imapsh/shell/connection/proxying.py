"""The steps to the password of a proxy, before a connection is opened through it."""

from __future__ import annotations

from imapsh.errors import ProxySetupError
from imapsh.shell.connection.dial import Plan
from imapsh.shell.connection.steps import Ask, Away, Steps
from imapsh.shell.settings import proxies
from imapsh.shell.settings.passwords.password import Kept
from imapsh.tuples import NamedTuple


class _Asked(NamedTuple):
    host: str
    user: str
    keyring: bool
    netrc: bool


def credentials(plan: Plan) -> Steps[Plan]:
    """Return the plan with the password of its proxy, if it has a user and none is known yet.

    It comes from the keyring or netrc, where the options allow them, or else from the person.  Raises LoginError for a
    source that cannot be used, and ConnectError if there is no password.
    """
    if plan.address.proxy is None:
        return plan
    proxy = proxies.known(plan.address.proxy)
    if not proxy.user or proxy.password:
        return plan._replace(address=plan.address._replace(proxy=proxy))
    asked = _Asked(proxy.host, proxy.user, plan.ways.keyring, plan.ways.netrc)
    found: str = (yield Away(lambda: _looked_up(asked))) if asked.keyring or asked.netrc else ""
    if not found:
        answer: str | None = yield Ask(f"Password for {proxy.user} at the proxy {proxy.where}: ", secret=True)
        found = answer or ""
    if not found:
        raise ProxySetupError(f"no password for {proxy.user} at the proxy {proxy.where} was given")
    proxies.learn(proxy, Kept(found))
    return plan._replace(address=plan.address._replace(proxy=proxy._replace(password=found)))


def _looked_up(asked: _Asked) -> str:
    if asked.keyring:
        from imapsh.shell.settings.passwords import keyrings

        if found := keyrings.find(asked.host, asked.user):
            return found
    if asked.netrc:
        from imapsh.shell.settings.passwords import netrcfile

        return netrcfile.password(asked.host, asked.user)
    return ""
