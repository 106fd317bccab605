"""Patterns by which the lines of several logs are told; they match what a line begins with."""

from __future__ import annotations

import re

from imapsh.patterns import lazy

#: What stands before a line of a log that names the side: quotation or indentation, a time, the name.
PREFIX = (
    rb"((?:[ \t>|]|Examples?:? )*)"
    rb"(?:\[?((?:\d{4}-\d\d-\d\d[T ])?(\d\d):(\d\d):(\d\d(?:[.,]\d+)?)(?:Z|[+-]\d\d:?\d\d)?)\]?:? +)?"
    rb"(?:(C|Client|SEND)|S|Server|RECV):(?=[ \t\r\n]|\Z)"
)

_TAG = rb"[^\x00-\x20\x7f-\xff(){%*\"\\+]{1,40}"
#: A tag and what a command has come to.
REPLY = lazy(_TAG + rb" (?:OK|NO|BAD)[ \r\n]", re.IGNORECASE)

_NAMES = (
    rb"(?:UID [A-Z]{4,}|APPEND|AUTHENTICATE|CAPABILITY|CHECK|CLOSE|COPY|CREATE|DELETE|ENABLE|EXAMINE|EXPUNGE|FETCH|ID|"
    rb"IDLE|LIST|LOGIN|LOGOUT|LSUB|MOVE|NAMESPACE|NOOP|RENAME|SEARCH|SELECT|STARTTLS|STATUS|STORE|SUBSCRIBE|UNSELECT|"
    rb"UNSUBSCRIBE)"
)
#: A tag and the name of a command of the revisions.  A name in lower case needs a tag with a digit: `a list` is prose.
COMMAND = rb"(?:" + _TAG + rb" " + _NAMES + rb"|(?:(?=[^ ]*\d)" + _TAG + rb"|\.) " + _NAMES.lower() + rb")(?:[ \r]|\Z)"
