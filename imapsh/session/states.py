"""The state to which each command's reply leads (RFC 9051 section 3).

A connection begins in `start`, before the greeting:

    start ---OK---> not-authenticated ---LOGIN, AUTHENTICATE---> authenticated ---SELECT, EXAMINE---> selected
      |                                                               ^                                 |
      +---PREAUTH-----------------------------------------------------+-----CLOSE, UNSELECT-------------+
      +---BYE---> logout <---LOGOUT, BYE, or the end of the stream --- any state

UNAUTHENTICATE leads from authenticated or selected to not-authenticated (RFC 8437 section 5).

A SELECT or EXAMINE that fails leaves no mailbox selected.  What is not in the tables changes nothing.
"""

from __future__ import annotations

from imapsh.table.model import AUTHENTICATED, LOGOUT, NOT_AUTHENTICATED, SELECTED

START = "start"

#: States in which somebody is logged in.
LOGGED_IN = frozenset({AUTHENTICATED, SELECTED})

#: greeting -> state
GREETINGS = {"OK": NOT_AUTHENTICATED, "PREAUTH": AUTHENTICATED, "BYE": LOGOUT}

#: (command, tagged reply) -> state
REPLIES = {
    ("LOGIN", "OK"): AUTHENTICATED,
    ("AUTHENTICATE", "OK"): AUTHENTICATED,
    ("SELECT", "OK"): SELECTED,
    ("EXAMINE", "OK"): SELECTED,
    ("SELECT", "NO"): AUTHENTICATED,
    ("EXAMINE", "NO"): AUTHENTICATED,
    ("CLOSE", "OK"): AUTHENTICATED,
    ("UNSELECT", "OK"): AUTHENTICATED,
    ("UNAUTHENTICATE", "OK"): NOT_AUTHENTICATED,
    ("LOGOUT", "OK"): LOGOUT,
}

#: Commands that may change what others are allowed to do.
CHANGERS = frozenset(name for name, _ in REPLIES) | {"STARTTLS"}

#: Commands whose reply may change what is known of the connection.
MOVERS = CHANGERS | {"NOTIFY"}

#: Commands that open a mailbox.
OPENS = frozenset({"SELECT", "EXAMINE"})

#: Commands after whose OK the capabilities are forgotten, unless the server sent new ones while they ran.
FORGET_CAPABILITIES = frozenset({"STARTTLS", "LOGIN", "AUTHENTICATE", "UNAUTHENTICATE"})

#: The command that is not allowed in each state of its row: not if TLS is on already.
SECURES = "STARTTLS"

#: The command after whose OK all is as before the login, except for TLS (RFC 8437 section 4.1).
LEAVES = "UNAUTHENTICATE"
