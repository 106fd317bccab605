"""The page of the command line.  Its notes are also in the man page."""

from __future__ import annotations

from imapsh.shell.settings.options import ABOUT, EXITS, URLS, USAGE, groups
from imapsh.shell.settings.passwords.password import ORDER

_HEAD = f"""\
.. Made by docs/make.py from the table in imapsh/shell/settings/options.py.

The command line
================

``{USAGE}``

{ABOUT}

Without ``-c`` and ``-f`` there is a prompt; where stdin is no terminal, commands are read from it.
"""

_PASSWORDS = """
Passwords
---------

A password never stands on the command line, and one in a URL is refused.  It comes from the first of these that is
there:

"""

NOTES = (
    _PASSWORDS
    + "".join(f"{n}. ``{source.name}``: {source.help}\n" for n, source in enumerate(ORDER, 1))
    + r"""
Without TLS it is only sent over loopback, a Unix socket or to a command, unless ``--cleartext`` is given.  This holds
for ``LOGIN`` and ``AUTHENTICATE`` in commands, too (``docs/care.rst``).

A configuration
---------------

Defaults, profiles, aliases and colours are read from ``$XDG_CONFIG_HOME/imapsh/config.toml``, on macOS and Windows from
the folder of the platform.  A switch that stands there as true is turned off on the command line by ``--no-`` and its
name: ``--no-read-only``; ``--ask`` for ``--no-ask``, ``--login`` for ``--no-login``, ``--safe`` for ``--yes``.

Batch
-----

- stdout carries the conversation, and nothing else; what imapsh has to say goes to stderr.
- It stops at the first NO or BAD that no ``\expect`` follows, and at the first expectation that is not met, unless
  ``--keep-going`` is given.
- A command that ends in ``{n}`` or ``{n+}`` goes on with exactly n octets of the script, or of the next ``-c``;
  ``{@path}`` sends a file.
- ``LOGIN user`` takes the password from where the automatic login would.  What a hand-typed AUTHENTICATE is asked is
  answered by the lines behind it, which are never shown.
- IDLE lasts until a line ``DONE``, or ``--timeout``; without either until Ctrl-C.
- ``\raw`` sends octets, with the escapes ``\r \n \t \0 \e \\`` and ``\xNN``.
- With ``--read-only`` a command that changes mail or mailboxes ends the batch with exit status 2 before it is sent.
- At the end LOGOUT is sent; it is in the trace, but shown only where it was a command.
- JSON is an object a line for each response; that of a tagged one has ``tag``, ``command`` and ``elapsed`` (seconds),
  what comes unasked ``unsolicited`` and, where it changed something, ``change``.
  A literal of more than 1 MiB is ``{"octets": n, "sha256": "..."}``.  What imapsh's own commands have to tell is of
  kind ``imapsh``, as ``{"kind": "imapsh", "name": "session", "value": {...}}``, or goes to stderr.
- The wire format into a pipe is what the server sent, octet by octet, so that ``--explain`` can read it.

A recording
-----------

``--explain FILE`` needs no server.  Offsets are octets of the file.  The exit status is 1 where the file ends within a
response, however many violations there are, and 2 where it cannot be read.  A trace that ``--trace`` wrote is known by
its first line; both its sides are shown, and faults of conduct are found.
"""
)


def page() -> str:
    """The page."""
    made = [_HEAD, "URL\n---\n"]
    made += [f"``{form}``\n    {what}" for form, what in URLS]
    for group, rows in groups():
        made.append(f"\n{group}\n{'-' * len(group)}\n")
        made += [f"``{option.synopsis}``\n    {option.help}" for option in rows]
    exits = [f"{status}\n    {what}" for status, what in EXITS]
    return "\n".join(made) + "\n" + NOTES + "\nExit status\n-----------\n\n" + "\n".join(exits) + "\n"
