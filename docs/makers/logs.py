"""The page of the formats of logs."""

from __future__ import annotations

from imapsh.logs.formats import FORMATS
from imapsh.logs.model import WORDS

_HEAD = """\
.. Made by docs/make.py from the table in imapsh/logs/formats.py.

The formats of logs
===================

``imapsh --explain FILE`` recognises the format by the first lines.  ``--as NAME`` reads the file as a log of that name,
and ``--as ?`` lists the names.

How exact a log is:

- *exact*: each octet is there, as it was on the wire.
- *line by line*: the lines are there, and imapsh puts back the CRLF that the program took away.
- *some literals left out*: the octets of some literals are not in the log.  That is no violation.
- *retold by its program*: the program wrote its own picture of a line, so its grammar is not judged.

"""


def page() -> str:
    """Return the page."""
    return _HEAD + "\n".join(
        f"``{form.name}``\n    {form.title}: {WORDS[form.exactness]}{f'; {form.remark}' if form.remark else ''}.\n"
        for form in FORMATS
    )
