"""Violations of the wire format and the grammar, findings about conduct, and the catalogue of rules.

A violation names a rule by its id, which is the ABNF's own name if there is one.  It also has an offset in octets
from the beginning of its response.  The catalogue gives the RFC and section of each rule.
"""

from __future__ import annotations

from collections.abc import Sequence

from imapsh.tuples import NamedTuple


class Violation(NamedTuple):
    """A violation: octets that break a rule of RULES.  `offset` is that of the first octet that should not be there."""

    rule: str
    offset: int
    message: str

    @property
    def rfc(self) -> str:
        """Return the RFC and section of the rule."""
        return RULES.get(self.rule, RULES["response"]).rfc


#: Levels of a rule of conduct.  A fault breaks a MUST of an RFC.  A notice is only odd, or against a SHOULD.
FAULT = "fault"
NOTICE = "notice"


class Finding(NamedTuple):
    """A finding: conduct that breaks a rule, such as legal octets at the wrong time.  `rule` is an id of RULES.

    `own_rfc` and `own_level` are those of what was broken, if they are not those of the rule.
    """

    rule: str
    message: str
    own_rfc: str = ""
    own_level: str = ""

    @property
    def rfc(self) -> str:
        """Return the RFC and section that is broken."""
        return self.own_rfc or RULES[self.rule].rfc

    @property
    def level(self) -> str:
        """Return the level, FAULT or NOTICE."""
        return self.own_level or RULES[self.rule].level


def listed(words: Sequence[str]) -> str:
    """Return words that a server said, for a message: the first of them, each cut, and how many more there are."""
    first = " ".join(word if len(word) <= _LONGEST else f"{word[:_LONGEST]}..." for word in words[:_FEW])
    return first if len(words) <= _FEW else f"{first} and {len(words) - _FEW:,} more"


_FEW = 10
_LONGEST = 80  # characters


class Rule(NamedTuple):
    """A rule: its RFC and section, what it asks in one line, and its level.

    The level is FAULT, except for some rules of conduct, which have NOTICE.
    """

    rfc: str
    line: str
    level: str = FAULT


_ABNF = "RFC 9051 §9"

#: The rules of conduct.  A server that breaks one causes a Finding.  `imapsh.session.conduct` and
#: `imapsh.session.checks` hold servers to them.
CONDUCT: dict[str, Rule] = {
    # -- the time of a response
    "tag-unknown": Rule("RFC 9051 §2.2.2", "a tagged reply answers a command in progress"),
    "continuation-unasked": Rule("RFC 9051 §7.6", "'+' comes only if the client waits for it"),
    "expunge-time": Rule("RFC 9051 §7.5.1", "EXPUNGE only while a command runs, and not FETCH, STORE or SEARCH"),
    "vanished-time": Rule("RFC 7162 §3.2.10.2", "VANISHED only while a command runs, and not FETCH, STORE or SEARCH"),
    "message-number": Rule("RFC 9051 §2.3.1.2", "message numbers go from 1 to EXISTS"),
    "bye-silent": Rule("RFC 9051 §3.4", "BYE comes before the server closes", NOTICE),
    "exists-shrinks": Rule("RFC 9051 §5.2", "EXISTS never falls: EXPUNGE or VANISHED announces removed messages"),
    "data-state": Rule("RFC 9051 §7", "mailbox and message data come only in the states that allow them"),
    # -- messages
    "uid-changes": Rule("RFC 9051 §2.3.1.1", "the UID of a message does not change while its mailbox is selected"),
    "uid-order": Rule("RFC 9051 §2.3.1.1", "UIDs rise with the message numbers"),
    "uid-gone": Rule("RFC 9051 §2.3.1.1", "the UID of a message that was expunged is not used again"),
    "uid-missing": Rule("RFC 9051 §6.4.9", "the FETCH that answers a UID command has the UID"),
    "uid-above-next": Rule("RFC 9051 §2.3.1.1", "messages that SELECT counted have UIDs below its UIDNEXT", NOTICE),
    "message-changes": Rule(
        "RFC 9051 §2.3.1.1", "dates, size, envelope, structure and object IDs of a message never change"
    ),
    "modseq-falls": Rule("RFC 7162 §3.1", "the mod-sequence of a message never falls"),
    "keyword-unannounced": Rule("RFC 9051 §7.3.5", "FLAGS announces the keywords that messages have", NOTICE),
    "fetch-qresync": Rule("RFC 7162 §3.2.4", "with QRESYNC, FETCH tells changed flags with UID and MODSEQ"),
    # -- messages that go
    "vanished-unasked": Rule("RFC 7162 §3.2.10", "VANISHED comes only if QRESYNC or UIDONLY is enabled"),
    "expunge-qresync": Rule("RFC 7162 §3.2.10.2", "with QRESYNC, VANISHED comes in place of EXPUNGE"),
    "uidfetch-unasked": Rule("RFC 9586 §3.1", "UIDFETCH comes only if UIDONLY is enabled"),
    "number-uidonly": Rule("RFC 9586 §3", "with UIDONLY, no response has a message number"),
    # -- mailboxes
    "uidvalidity-changes": Rule("RFC 9051 §2.3.1.1", "UIDVALIDITY stays while the mailbox is selected", NOTICE),
    "uidnext-falls": Rule("RFC 9051 §2.3.1.1", "UIDNEXT never falls unless UIDVALIDITY changes"),
    "highestmodseq-falls": Rule("RFC 7162 §3.2", "with QRESYNC, HIGHESTMODSEQ never falls unless UIDVALIDITY changes"),
    "permanentflags-flags": Rule("RFC 9051 §7.1", "FLAGS holds the keywords of PERMANENTFLAGS", NOTICE),
    "recent-rev2": Rule("RFC 9051 §2.3.2", "with IMAP4rev2, FLAGS and PERMANENTFLAGS lack \\Recent", NOTICE),
    "recent-count": Rule("RFC 3501 §7.3.2", "no more messages are recent than there are", NOTICE),
    "list-delimiter": Rule("RFC 9051 §7.3.1", "all below one top-level name have one hierarchy delimiter"),
    # -- SELECT and EXAMINE
    "select-data": Rule("RFC 9051 §6.3.2", "SELECT brings FLAGS and EXISTS before its OK"),
    "select-codes": Rule("RFC 9051 §6.3.2", "SELECT brings UIDVALIDITY, UIDNEXT and PERMANENTFLAGS", NOTICE),
    "select-recent": Rule("RFC 3501 §6.3.1", "with IMAP4rev1 alone, SELECT brings RECENT", NOTICE),
    "select-list": Rule("RFC 9051 §6.3.2", "with IMAP4rev2, SELECT brings LIST"),
    "select-modseq": Rule("RFC 7162 §3.1.2", "with CONDSTORE, SELECT brings HIGHESTMODSEQ or NOMODSEQ"),
    "select-closed": Rule("RFC 7162 §3.2.11", "[CLOSED] comes where SELECT closes another mailbox"),
    "closed-unasked": Rule("RFC 9051 §7.1", "[CLOSED] comes only if a mailbox is selected", NOTICE),
    "examine-readonly": Rule("RFC 9051 §6.3.3", "the OK to EXAMINE begins with [READ-ONLY]"),
    # -- answers
    "capability-missing": Rule("RFC 9051 §6.1.1", "CAPABILITY brings a CAPABILITY response"),
    "logout-bye": Rule("RFC 9051 §6.1.3", "BYE comes before the OK to LOGOUT"),
    "enabled-missing": Rule("RFC 9051 §6.3.1", "ENABLE brings an ENABLED response, even if nothing is enabled"),
    "enabled-unasked": Rule("RFC 5161 §3.1", "ENABLED holds only what its ENABLE named", NOTICE),
    "enable-needed": Rule("RFC 7162 §3.2.3", "a server that offers QRESYNC offers ENABLE"),
    "namespace-missing": Rule("RFC 9051 §6.3.10", "NAMESPACE brings a NAMESPACE response"),
    "status-missing": Rule("RFC 9051 §6.3.11", "STATUS brings a STATUS response"),
    "search-missing": Rule("RFC 3501 §6.4.4", "SEARCH brings a SEARCH or ESEARCH response, even if nothing is found"),
    "search-twice": Rule("RFC 9051 §6.4.4", "one SEARCH or ESEARCH response answers a SEARCH", NOTICE),
    "search-repeats": Rule("RFC 9051 §6.4.4", "SEARCH names each message once", NOTICE),
    "esearch-tag": Rule("RFC 9051 §7.3.4", "the tag in ESEARCH is that of a command that asked for it"),
    "esearch-uid": Rule("RFC 9051 §6.4.9", "the ESEARCH that answers UID SEARCH says UID"),
    "store-flags": Rule(
        "RFC 9051 §6.4.6", "the FETCH that answers STORE has the new flags, unless others change them too", NOTICE
    ),
    "progress-falls": Rule("RFC 9585 §4", "the progress of a command does not fall", NOTICE),
    "progress-goal": Rule("RFC 9585 §4", "the goal of a command's progress does not change", NOTICE),
}

#: The rules of clients' conduct.  A client that breaks one causes a Finding.  `imapsh.session.clients` holds clients to
#: them, and says nothing if it cannot know.
CLIENTS: dict[str, Rule] = {
    # -- the time of a command
    "state": Rule("RFC 9051 §3", "a command comes only in a state that allows it"),
    "number-pipelined": Rule("RFC 9051 §5.5", "no message number is sent while a command runs that may bring EXPUNGE"),
    "continuation-pipelined": Rule(
        "RFC 9051 §5.5", "no command comes before the continuation of the last is negotiated"
    ),
    "starttls-pipelined": Rule("RFC 9051 §6.2.1", "no command comes between STARTTLS and TLS"),
    "compress-pipelined": Rule("RFC 4978 §3", "no command comes between COMPRESS and its reply"),
    "enable-selected": Rule("RFC 9051 §6.3.1", "ENABLE comes before the first SELECT or EXAMINE"),
    "done-alone": Rule("RFC 9051 §6.3.13", "DONE comes only if IDLE runs"),
    "done-early": Rule("RFC 9051 §6.3.13", "DONE answers the '+' of IDLE, and does not come before it", NOTICE),
    "idle-long": Rule("RFC 9051 §6.3.13", "IDLE is ended and sent again every 29 minutes", NOTICE),
    "answer-early": Rule("RFC 9051 §6.2.2", "an answer to AUTHENTICATE comes only after its '+'", NOTICE),
    # -- tags, lines and literals
    "tag-running": Rule("RFC 3501 §2.2.1", "a command has another tag than those that run"),
    "tag-reused": Rule("RFC 9051 §2.2.1", "each command has a tag of its own", NOTICE),
    "line-length": Rule("RFC 7162 §4", "a line has about 8192 octets at most, without its literals", NOTICE),
    "literal-waits": Rule("RFC 9051 §4.3", "the octets of a literal without '+' wait for the server's '+'"),
    "literal-large": Rule("RFC 7888 §5", "with LITERAL-, {n+} announces at most 4096 octets"),
    # -- what the server offers
    "not-offered": Rule("RFC 9051 §7.2.2", "what needs a capability is sent only if the server offers it", NOTICE),
    "edition": Rule("RFC 9051 §E", "with IMAP4rev2, what it dropped from IMAP4rev1 is not sent", NOTICE),
    "obsolete": Rule("RFC 9051 §E", "what IMAP4rev2 or a later RFC dropped is not sent", NOTICE),
    "initial-response": Rule("RFC 4959 §3", "AUTHENTICATE has an initial response only if the server offers SASL-IR"),
    # -- the login
    "login-disabled": Rule("RFC 9051 §6.2.3", "LOGIN is not sent if the server says LOGINDISABLED"),
    "login-first": Rule("RFC 9051 §6.2.3", "LOGIN is the last resort, after AUTHENTICATE has failed", NOTICE),
    "login-utf8": Rule("RFC 6855 §5", "names and passwords that are not ASCII go with AUTHENTICATE, not LOGIN"),
    "clear-password": Rule("RFC 9051 §11.7", "a password is not sent without TLS", NOTICE),
    # -- arguments
    "seq-number": Rule("RFC 9051 §9", "no message number is beyond EXISTS", NOTICE),
    "status-selected": Rule("RFC 9051 §6.3.11", "STATUS is not used on the selected mailbox", NOTICE),
    "create-inbox": Rule("RFC 9051 §6.3.4", "INBOX is not created", NOTICE),
    "delete-inbox": Rule("RFC 9051 §6.3.5", "INBOX is not deleted", NOTICE),
    "list-reference": Rule("RFC 9051 §6.3.9", "the reference of LIST is empty", NOTICE),
    "list-select": Rule("RFC 9051 §6.3.9", "LIST names a selection option once", NOTICE),
    "list-return": Rule("RFC 9051 §6.3.9", "LIST names a RETURN option once", NOTICE),
    "search-charset": Rule("RFC 6855 §3", "after ENABLE UTF8=ACCEPT, SEARCH names no charset"),
    "id-limits": Rule("RFC 2971 §3.3", "ID has at most 30 fields, each once, of at most 30 and 1024 octets"),
}

#: The rules by their ids.  An id in the ABNF's spelling is a rule of the ABNF.  The others are named after the
#: paragraph.  An extension's rules are added when its module is imported (`define`).
RULES: dict[str, Rule] = {
    # -- lines, strings, numbers
    "line": Rule("RFC 9051 §2.2", "a line ends with CRLF"),
    "starttls": Rule("RFC 9051 §6.2.1", "nothing but TLS follows the OK to STARTTLS"),
    "response": Rule(_ABNF, "a response begins with '* ', '+ ' or a tag"),
    "response-data": Rule(_ABNF, "one space, then a status word, a number or a response name"),
    "response-tagged": Rule(_ABNF, "a tag is followed by OK, NO or BAD"),
    "greeting": Rule(_ABNF, "the first line is '* OK', '* PREAUTH' or '* BYE'"),
    "continue-req": Rule(_ABNF, "'+', a space, then text or base64"),
    "literal": Rule("RFC 9051 §4.3", "{n} counts the octets that follow its CRLF"),
    "literal-from-server": Rule("RFC 7888 §8", "a server never sends {n+}"),
    "literal8": Rule("RFC 9051 §4.3.1", "~{n} is allowed only for binary data"),
    "number64": Rule(_ABNF, "a number of at most 63 bits"),
    "number": Rule(_ABNF, "a number of at most 32 bits"),
    "nz-number": Rule(_ABNF, "a number of at most 32 bits, not zero"),
    "quoted": Rule(_ABNF, "a quoted string holds no CR, LF, NUL; '\"' and '\\' are escaped"),
    "QUOTED-CHAR": Rule("RFC 3501 §9", "7-bit, unless UTF8=ACCEPT or IMAP4rev2 is enabled"),
    "atom": Rule(_ABNF, "no space, parentheses, braces, quotes, wildcards, controls or 8-bit"),
    "astring": Rule(_ABNF, "an atom (']' allowed), a quoted string or a literal"),
    "string": Rule(_ABNF, "a quoted string or a literal"),
    "nstring": Rule(_ABNF, "a quoted string, a literal or NIL"),
    "NIL": Rule(_ABNF, "NIL means no value"),
    "text": Rule(_ABNF, "any characters but CR, LF and NUL; 8-bit only as UTF-8, if IMAP4rev2 is enabled"),
    "base64": Rule(_ABNF, "letters, digits, '+' and '/' in fours, the last of them filled with '='"),
    "idle": Rule("RFC 9051 §6.3.13", "only DONE ends IDLE"),
    "tag": Rule(_ABNF, "astring characters but '+'"),
    "SP": Rule(_ABNF, "exactly one space between two elements"),
    "parenthesis": Rule(_ABNF, "parentheses come in pairs"),
    "date-time": Rule(_ABNF, '"dd-Mmm-yyyy hh:mm:ss +zzzz" in quotes, a space before a one-digit day'),
    "sequence-set": Rule(_ABNF, "numbers from 1, ranges with ':', commas between"),
    "uid-set": Rule(_ABNF, "UIDs from 1, ranges with ':', commas between"),
    # -- status responses and codes
    "resp-cond-state": Rule(_ABNF, "OK, NO or BAD, a space, then text"),
    "resp-text": Rule(_ABNF, "an optional [code] and a space, then text"),
    "resp-text-code": Rule(_ABNF, "[NAME] or [NAME argument], each known name with its own argument"),
    "resp-code-apnd": Rule(_ABNF, "APPENDUID, UIDVALIDITY, UID set"),
    "resp-code-copy": Rule(_ABNF, "COPYUID, UIDVALIDITY, UID set, UID set"),
    "capability-data": Rule(_ABNF, "capabilities, one space before each, IMAP4rev1 or IMAP4rev2 among them"),
    "capability": Rule(_ABNF, "an atom"),
    "enable-data": Rule("RFC 9051 §7.2.1", "ENABLED and capabilities, one space before each"),
    "id-response": Rule("RFC 2971 §4", "NIL or a list of string and nstring pairs"),
    # -- flags and mailboxes
    "flag": Rule(_ABNF, "a keyword (atom) or '\\' and an atom"),
    "flag-extension": Rule(_ABNF, "'\\' and an atom"),
    "flag-list": Rule(_ABNF, "flags in parentheses, one space between; '\\*' is for PERMANENTFLAGS only"),
    "flag-perm": Rule(_ABNF, "a flag or '\\*'"),
    "flag-fetch": Rule(_ABNF, "a flag or '\\Recent'"),
    "mailbox": Rule(_ABNF, "INBOX or an astring"),
    "mailbox-name": Rule("RFC 3501 §5.1.3", "modified UTF-7"),
    "mailbox-list": Rule(_ABNF, "(attributes) SP one character in quotes or NIL, SP mailbox"),
    "mbx-list-flags": Rule(_ABNF, "attributes in parentheses, one space between"),
    "mbox-list-extended": Rule(_ABNF, "(label SP value ...)"),
    "childinfo-extended-item": Rule(_ABNF, 'CHILDINFO ("option" ...), at least one, each in quotes'),
    "oldname-extended-item": Rule(_ABNF, "OLDNAME and one mailbox in parentheses"),
    "mailbox-data": Rule(_ABNF, "the data of this response"),
    "status-att-list": Rule(_ABNF, "item SP number, one space between"),
    "namespace-response": Rule(_ABNF, "three namespaces, each NIL or a list"),
    "obsolete-search-response": Rule(_ABNF, "SEARCH and numbers, one space before each"),
    "esearch-response": Rule(_ABNF, "ESEARCH [(TAG string)] [UID] items"),
    # -- messages
    "message-data": Rule(_ABNF, "nz-number SP EXPUNGE or FETCH"),
    "msg-att": Rule(_ABNF, "(item SP value ...), one space between"),
    "msg-att-static": Rule(_ABNF, "the value that this item has"),
    "msg-att-dynamic": Rule(_ABNF, "FLAGS and a flag list"),
    "section": Rule(_ABNF, "[part numbers, then a section text]"),
    "envelope": Rule(_ABNF, "ten fields in parentheses"),
    "env-date": Rule(_ABNF, "nstring"),
    "env-subject": Rule(_ABNF, "nstring"),
    "env-from": Rule(_ABNF, "NIL or addresses without spaces between, in parentheses"),
    "env-sender": Rule(_ABNF, "NIL or addresses without spaces between, in parentheses"),
    "env-reply-to": Rule(_ABNF, "NIL or addresses without spaces between, in parentheses"),
    "env-to": Rule(_ABNF, "NIL or addresses without spaces between, in parentheses"),
    "env-cc": Rule(_ABNF, "NIL or addresses without spaces between, in parentheses"),
    "env-bcc": Rule(_ABNF, "NIL or addresses without spaces between, in parentheses"),
    "env-in-reply-to": Rule(_ABNF, "nstring"),
    "env-message-id": Rule(_ABNF, "nstring"),
    "address": Rule(_ABNF, "(name SP route SP mailbox SP host), each nstring"),
    "body": Rule(_ABNF, "( one part or several parts )"),
    "body-type-mpart": Rule("RFC 9051 §7.5.2", "parts, SP, subtype; multipart/* is always written so"),
    "body-type-text": Rule(_ABNF, "text/* ends with its number of lines"),
    "body-type-msg": Rule("RFC 9051 §7.5.2", "message/rfc822 has envelope, body and lines"),
    "media-type": Rule(_ABNF, "a string"),
    "media-subtype": Rule(_ABNF, "a string"),
    "body-fld-param": Rule(_ABNF, "NIL or (string SP string ...)"),
    "body-fld-id": Rule(_ABNF, "nstring"),
    "body-fld-desc": Rule(_ABNF, "nstring"),
    "body-fld-enc": Rule(_ABNF, "a string"),
    "body-fld-octets": Rule(_ABNF, "a number"),
    "body-fld-lines": Rule(_ABNF, "a number"),
    "body-fld-md5": Rule(_ABNF, "nstring"),
    "body-fld-dsp": Rule(_ABNF, "NIL or (string SP parameters)"),
    "body-fld-lang": Rule(_ABNF, "nstring or a list of strings"),
    "body-fld-loc": Rule(_ABNF, "nstring"),
    "body-extension": Rule(_ABNF, "nstring, number or a list of them"),
    **CONDUCT,
    **CLIENTS,
}


def define(rfc: str, rules: dict[str, str], *, conduct: bool = False) -> None:
    """Add the rules of an extension.  `rules` maps each id to what the rule asks, in one line.

    All of them are defined in `rfc`, an RFC and its section.  With `conduct` they are rules of conduct.

    The extension's module of `imapsh.grammar` calls this, so that a rule is known before it can be broken.
    """
    made = {name: Rule(rfc, line) for name, line in rules.items()}
    RULES.update(made)
    if conduct:
        CONDUCT.update(made)
