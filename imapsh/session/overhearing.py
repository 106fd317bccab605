"""Tells the conversations of one log apart, and follows each of them (`imapsh.session.overheard`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from imapsh.errors import ConnectionLost, LimitError, ParseError
from imapsh.session.overheard import Conversation, Overheard
from imapsh.session.secrets import Secrets
from imapsh.typed.secrets import without_passwords
from imapsh.wire.offline import RECORDED
from imapsh.wire.pieces import NOTE, Piece

if TYPE_CHECKING:
    from imapsh.wire.limits import Limits
    from imapsh.wire.reader import Opener

MOST_CONVERSATIONS = 1000  #: that are followed at once in one log


def overhear(
    pieces: Iterable[Piece],
    limits: Limits = RECORDED,
    opener: Opener | None = None,
    *,
    both: bool = False,
    noted: Callable[[Piece, str], object] = lambda piece, text: None,
) -> Iterator[tuple[str, Overheard]]:
    """Yield each response and each line of the client, in order, with the connection that it belongs to.

    `limits`, `opener` and `both` are those of `Conversation`.  `noted` is called with each note of the log, and its
    text without secrets.  If more than MOST_CONVERSATIONS are heard, the one that was silent longest is taken to have
    ended.

    Raises LimitError if `limits` are tripped, ParseError for octets under COMPRESS that are not DEFLATE, and what the
    pieces raise.
    """
    secrets = Secrets()
    conversations: dict[str, Conversation] = {}
    for piece in pieces:
        if piece.direction == NOTE:
            noted(piece, without_passwords(secrets.veil(piece.octets.decode("utf-8", "replace"))))
            continue
        conversation = conversations.pop(piece.connection, None)
        if conversation is None:
            if len(conversations) >= MOST_CONVERSATIONS:
                oldest = next(iter(conversations))
                for found in conversations.pop(oldest).end():
                    yield oldest, found
            conversation = Conversation(limits, opener, both=both, secrets=secrets)
        conversations[piece.connection] = conversation
        for found in _heard(conversation, piece):
            yield piece.connection, found
    for connection, conversation in conversations.items():
        for found in conversation.end():
            yield connection, found


def _heard(conversation: Conversation, piece: Piece) -> Iterator[Overheard]:
    try:
        yield from conversation.hear(piece)
    except LimitError:
        raise
    except ConnectionLost:
        raise ParseError(
            f"at octet {piece.offset} are octets under COMPRESS that are not DEFLATE", piece.offset
        ) from None
