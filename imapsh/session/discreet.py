"""A response without the tokens in its URLs, for code that shows responses to people."""

from __future__ import annotations

from imapsh import table
from imapsh.grammar.responses import UNTAGGED, Parser, Response
from imapsh.wire.frames import Frame, Part


def discreet(response: Response) -> Response:
    """Return the response with stars for each token, if the table says that its data may hold any.

    Otherwise the same response is returned.  The new one has the same length and the same violations.
    """
    row = table.names("response").get(response.name) if response.kind is UNTAGGED else None
    if row is None or not row.secret:
        return response
    from imapsh.grammar.imapurl import without_tokens

    frame = response.frame
    parts: tuple[Part, ...] = tuple(without_tokens(part) if isinstance(part, bytes) else part for part in frame.parts)
    if parts == frame.parts:
        return response
    again = Parser(table.readers).parse(Frame(parts, frame.offset, frame.violations, frame.incomplete))
    return Response(response.kind, response.name, again.value, again.frame, response.tag, response.violations)
