"""The public names, by the page of the API reference that describes them: a program may rely on all of these.

Other names can change in any version.  `docs/make.py` writes the pages from this table, and a test walks it.  Of a
class, everything is public that has no underscore in front.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

#: page -> module -> names; `public` adds the values of the extensions
_PUBLIC: dict[str, dict[str, tuple[str, ...]]] = {
    "asyncio": {
        "imapsh.client.connect": ("connect", "Connecting", "Options"),
        "imapsh.client.items": ("Item", "Items", "BodyItem", "body"),
        "imapsh.client.mailboxes": ("USES",),
        "imapsh.client.login": ("Password",),
        "imapsh.client.commands": ("Connection", "TIMEOUT"),
        "imapsh.client.idle": ("Idle",),
        "imapsh.client.routing": ("Update",),
        "imapsh.client.messages": ("Message", "Stored"),
        "imapsh.client.removed": ("Removed",),
        "imapsh.client.results": ("Reply",),
        "imapsh.client.storing": ("NewMessage",),
        "imapsh.client.syncing": ("QResync", "Resynced"),
        "imapsh.client.mail": ("MailMessage", "MailPart", "Headers", "BLOCK", "WINDOW", "MOST"),
        "imapsh.client.pool": ("pool", "Pool", "STALE"),
        "imapsh.client.watch": ("watch", "Watcher", "Change", "RENEWAL", "POLL", "MOST_PAUSE"),
        "imapsh.client.dial": ("ConnectOptions", "Dial"),
        "imapsh.client.keys": (
            "Key",
            "all_of",
            "any_of",
            "flag",
            "raw",
            "NOT",
            "OR",
            "HEADER",
            "MODSEQ",
            "FUZZY",
            "ALL",
            "ANSWERED",
            "DELETED",
            "DRAFT",
            "FLAGGED",
            "SEEN",
            "UNANSWERED",
            "UNDELETED",
            "UNDRAFT",
            "UNFLAGGED",
            "UNSEEN",
            "NEW",
            "OLD",
            "RECENT",
            "BCC",
            "BODY",
            "CC",
            "FROM",
            "SUBJECT",
            "TEXT",
            "TO",
            "BEFORE",
            "ON",
            "SINCE",
            "SENTBEFORE",
            "SENTON",
            "SENTSINCE",
            "LARGER",
            "SMALLER",
            "KEYWORD",
            "UNKEYWORD",
            "UID",
            "NUMBERS",
            "OLDER",
            "YOUNGER",
            "SAVEDBEFORE",
            "SAVEDON",
            "SAVEDSINCE",
            "SAVEDATESUPPORTED",
            "EMAILID",
            "THREADID",
            "UIDAFTER",
            "UIDBEFORE",
            "FILTER",
            "X_GM_RAW",
            "X_GM_LABELS",
            "X_GM_MSGID",
            "X_GM_THRID",
        ),
        "imapsh.session.mailbox": ("Mailbox",),
    },
    "values": {
        "imapsh.grammar.sequence": ("SequenceSet", "LARGEST"),
        "imapsh.grammar.names": ("MailboxName", "raw_of"),
        "imapsh.grammar.values": (
            "DateTime",
            "Octets",
            "Code",
            "AppendUid",
            "CopyUid",
            "StatusText",
            "Capabilities",
            "Flags",
            "Count",
            "Expunged",
            "Vanished",
            "MailboxList",
            "MailboxStatus",
            "Namespace",
            "Namespaces",
            "Search",
            "ESearch",
            "Id",
            "Fetch",
            "UidFetch",
            "Address",
            "Envelope",
            "BodyPart",
            "Numbered",
            "Unknown",
            "Garbage",
        ),
        "imapsh.wire.frames": ("Spilled",),
    },
    "errors": {
        "imapsh.errors": (
            "ImapshError",
            "UsageError",
            "StateError",
            "ParseError",
            "ConnectError",
            "GreetingError",
            "TLSError",
            "LoginError",
            "ConnectionLost",
            "ConnectionTimeout",
            "ServerBye",
            "LimitError",
            "CommandError",
            "CommandNo",
            "CommandBad",
            "MessageGone",
            "TooLarge",
            "Interrupted",
        ),
        "imapsh.findings": ("Violation", "Finding", "Rule"),
    },
    "imap4": {
        "imapsh.client.imap4": (
            "IMAP4",
            "IMAP4_SSL",
            "IMAP4_stream",
            "Int2AP",
            "Internaldate2tuple",
            "LiteralArgument",
            "ParseFlags",
            "Time2Internaldate",
            "decode_mutf7",
            "encode_mutf7",
            "parsed",
        ),
        "imapsh.client.imap4.idle": ("Idler",),
    },
    "sasl": {
        "imapsh.sasl.mechanism": ("Mechanism",),
        "imapsh.sasl.table": ("Row", "offered", "known", "possible", "choose", "make"),
        "imapsh.sasl.anonymous": ("Anonymous",),
        "imapsh.sasl.cram_md5": ("CramMD5",),
        "imapsh.sasl.digest_md5": ("DigestMD5",),
        "imapsh.sasl.external": ("External",),
        "imapsh.sasl.gssapi": ("GSSAPI",),
        "imapsh.sasl.login": ("Login",),
        "imapsh.sasl.oauthbearer": ("OAuthBearer",),
        "imapsh.sasl.plain": ("Plain",),
        "imapsh.sasl.scram": ("Scram",),
        "imapsh.sasl.xoauth2": ("XOAuth2",),
    },
    "session": {
        "imapsh.session.core": ("Session", "FAREWELL", "RENEWAL"),
        "imapsh.session.inbox": ("Tracer", "Keeper"),
        "imapsh.session.waiting": ("Waiting",),
        "imapsh.session.transfer": ("Transfer",),
        "imapsh.session.numbering": ("Shift",),
        "imapsh.session.exchange": ("Exchange", "Secret", "TypedLiteral"),
        "imapsh.session.events": ("Sent", "Received", "Completed", "Unsent", "Upgrade", "Closed"),
        "imapsh.session.opening": ("Opening", "steps", "authenticate", "check_greeting", "reply"),
        "imapsh.session.knowledge": ("Knowledge", "Continued"),
        "imapsh.client.blocking": ("BlockingClient",),
        "imapsh.client.connection": ("AsyncClient",),
        "imapsh.table.model": ("Context", "Command", "Name"),
        "imapsh.typed.match": ("Expected", "Match"),
    },
    "parser": {
        "imapsh.grammar.responses": ("Response", "Parser"),
        "imapsh.grammar.tokens": ("Token", "tokenize"),
        "imapsh.grammar.fragments": ("Literal",),
        "imapsh.grammar.writer": ("Writer", "response", "fetch_item"),
        "imapsh.grammar.mutf7": ("encode", "decode", "decode_leniently"),
        "imapsh.grammar.encodedwords": ("encoded_words",),
        "imapsh.wire.frames": ("Frame",),
        "imapsh.wire.reader": ("FrameReader", "Line", "Sink"),
        "imapsh.wire.push": ("Pusher", "Unfinished"),
        "imapsh.wire.pull": ("pull",),
        "imapsh.wire.limits": ("Limits", "DEFAULT"),
        "imapsh.wire.sinks": ("FileSink", "HashSink", "SpoolSink", "Writable", "opener"),
        "imapsh.wire.offline": ("read_recorded",),
        "imapsh.wire.trace": ("Header", "Record", "Trace", "TraceReader", "is_trace", "read_trace"),
    },
    "transport": {
        "imapsh.transport.address": ("Address", "parse_address"),
        "imapsh.transport.options": ("TLSOptions",),
        "imapsh.transport.deadline": ("Deadline",),
        "imapsh.transport.tls": ("TLSFilter",),
        "imapsh.transport.base": ("Stream", "AsyncStream", "StreamInfo"),
        "imapsh.transport.blocking": ("BlockingStream", "Parts", "Socket", "connect"),
        "imapsh.transport.aio": ("AioStream", "connect", "adopt"),
        "imapsh.transport.memory": ("MemorySocket", "MemoryStream", "Scripted", "pair", "attach"),
        "imapsh.transport.memory_aio": ("MemoryTransport", "aio_pair"),
    },
}


def public() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return page -> module -> names, in the order of the pages, with all values of the extensions."""
    return {page: modules | (_of_extensions() if page == "values" else {}) for page, modules in _PUBLIC.items()}


def _of_extensions() -> dict[str, tuple[str, ...]]:
    """Return module -> classes of values, for each extension that has some."""
    from imapsh.table import EXTENSIONS

    found = {}
    for module in (f"imapsh.grammar.{family}" for family in sorted(EXTENSIONS)):
        if find_spec(module) is not None:
            values = vars(import_module(module)).items()
            found[module] = tuple(
                name for name, value in values if isinstance(value, type) and _is_public(name, value, module)
            )
    return {module: names for module, names in found.items() if names}


def _is_public(name: str, value: type, module: str) -> bool:
    return value.__module__ == module and not name.startswith("_")
