"""The page of the command line.  Its notes are also in the man page."""

from __future__ import annotations

from imapsh.shell.settings.passwords.password import ORDER
from imapsh.shell.settings.usage import ABOUT, EXITS, URLS, USAGE, groups

_HEAD = f"""\
.. Made by docs/make.py from the table in imapsh/shell/settings/options.py.

The command line
================

``{USAGE}``

{ABOUT}

Without ``-c`` and ``-f`` there is a prompt; if stdin is not a terminal, commands are read from it.
"""

_PASSWORDS = """
Passwords
---------

A password must not be on the command line, and imapsh refuses one in a URL.  The password comes from the first of these
sources that has one:

"""

NOTES = (
    _PASSWORDS
    + "".join(f"{n}. ``{source.name}``: {source.help}\n" for n, source in enumerate(ORDER, 1))
    + r"""
Without TLS, imapsh sends it only over loopback, over a Unix socket or to a command, unless ``--cleartext`` is given.
The same holds for ``LOGIN`` and ``AUTHENTICATE`` in commands (``docs/care.rst``).

A configuration
---------------

imapsh reads defaults, profiles, aliases and colours from ``$XDG_CONFIG_HOME/imapsh/config.toml``, or on macOS and
Windows from the platform's folder.  To turn off a switch that is true there, put ``--no-`` and its name on the
command line: ``--no-read-only``; ``--ask`` for ``--no-ask``, ``--login`` for ``--no-login``, ``--safe`` for
``--yes``.

Batch
-----

- stdout carries only the conversation; imapsh's own messages go to stderr.
- It stops at the first NO or BAD that no ``\expect`` follows, and at the first expectation that is not met, unless
  ``--keep-going`` is given.
- A command that ends in ``{n}`` or ``{n+}`` goes on with exactly n octets of the script, or of the next ``-c``;
  ``{@path}`` sends a file.
- ``LOGIN user`` takes the password from the same source as the automatic login.  If you type an AUTHENTICATE with a
  tag, the lines after it answer the server; they are never shown.
- IDLE lasts until a line ``DONE`` or ``--timeout``; without either, until Ctrl-C.
- ``\raw`` sends octets, with the escapes ``\r \n \t \0 \e \\`` and ``\xNN``.
- With ``--read-only``, a command that changes mail or mailboxes is not sent, and ends the batch with exit status 2.
- At the end imapsh sends LOGOUT.  It is in the trace, but is shown only if it is a command of the script.
- JSON has one object on a line for each response.  A tagged response has ``tag``, ``command`` and ``elapsed``
  (seconds).  An unsolicited one has ``unsolicited`` and, if it changed something, ``change``.  A literal of more than 1
  MiB is ``{"octets": n, "sha256": "..."}``.  The output of imapsh's own commands has the kind ``imapsh``, as in
  ``{"kind": "imapsh", "name": "session", "value": {...}}``, or goes to stderr.
- Faults that are alike are counted after the first hundred of a command: lines that are no response, and ``+`` lines
  that nothing asked for.  Before the reply an object ``{"kind": "more", "count": n, "first": {...}}`` says how many
  more there were, with the rule, its RFC and the message of the first.  With ``--json-raw`` each has its own line.
- In JSON the name of a mailbox is decoded.  If it is spelled otherwise on the wire, in modified UTF-7 or as INBOX in
  another case, the spelling stands beside it in ``mailbox_raw``; quotation marks are no part of it.  NAMESPACE has
  ``personal_raw``, ``other_raw`` and ``shared_raw``, the prefixes as they came, if one of them differs.  An envelope's
  ``subject`` and an address's ``name`` are as they came.  If encoded words (RFC 2047) stand in them, ``subject_text``
  and ``name_text`` are the text.
- The wire format into a pipe is exactly what the server sent, octet by octet, so that ``--explain`` can read it.

Quiet
-----

``--quiet`` (``-q``, or ``quiet = true`` in the configuration) is for output that is to be read or compared, in a batch
and at the prompt.  It leaves out the greeting, the login and all else before the first command, the lines that imapsh
sends, the line behind a command that says how it went (unless ``--timing`` asks for it), imapsh's notes and the line
that tells how far something has come.  It shows what the server answers and what it says unasked, the output of
imapsh's own commands, questions, and what goes wrong: a NO or BAD that ends a script, an expectation that is not met, a
login or a connection that fails.  Exit statuses are the same, and so are ``\last``, ``\export`` and the trace.

A recording
-----------

``--explain FILE`` needs no server.  Offsets are octets of the file.  The exit status is 1 if the file ends inside a
response, and 2 if the file cannot be read; violations do not change it.  imapsh recognizes a trace of ``--trace`` by
its first line, shows both of its sides, and finds faults of conduct.

``--explain --client FILE`` reads what a client sent, with or without the ``+`` lines that stood between, and checks
each command against the table of commands.  It prints JSON whatever the format, one object on a line for each command::

    {"offset":0,"length":24,"kind":"client","tag":"a1","name":"UID FETCH","violations":[],"findings":[]}

Each octet of the file is in one object.  An answer to AUTHENTICATE has the name ``""``, and a ``+`` line has the kind
``server``.  A violation breaks the grammar, and its ``offset`` is an octet of the file.  A finding is a command in a
state in which it cannot be right, a tag that was used before, or what ``--capabilities`` does not list.  No object
holds an argument that may be a secret.  The server's answers are not known, so commands are taken to have been
accepted.
The exit status is 1 if the file ends inside a command, or with ``--strict`` if there is a violation.
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
