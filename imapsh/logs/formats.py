"""The table of the formats of logs, of which `imapsh.logs.recognising` finds the right one.

A new format is a row here and a reader, which is a function in a module of this package (`imapsh.logs.model`).
"""

from __future__ import annotations

from importlib import import_module
from re import IGNORECASE
from typing import TYPE_CHECKING

from imapsh.logs.marks import COMMAND, PREFIX
from imapsh.logs.model import Format
from imapsh.patterns import lazy
from imapsh.wire.pieces import ELIDED, EXACT, LINES, RENDERED
from imapsh.wire.rereading import BELIEVABLE

if TYPE_CHECKING:
    from imapsh.logs.model import Reader

_CURL = rb"(?:\d\d:\d\d:\d\d\.\d{1,6} )?(?:\[[\dx]+-[\dx]+\] )?"  # what may stand before a line of curl

#: The formats.  Of two with the same score the first is taken.
FORMATS = (
    Format(
        "trace",
        "imapsh trace",
        EXACT,
        "with secrets masked",
        lazy(rb"imapsh-trace \d"),
        1000,
        "ours.read_trace",
        both=True,
    ),
    Format(
        "pcap",
        "packet capture",
        EXACT,
        "read by tshark",
        lazy(rb"(?!)"),
        0,
        "pcap.read_pcap",
        both=True,
        magic=(b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d", b"\x0a\x0d\x0d\x0a"),
    ),
    Format(
        "follow",
        "stream that tshark followed",
        EXACT,
        "with times in YAML only",
        lazy(rb"Follow: (?:tcp|tls|ssl),(?:raw|ascii|hex|yaml)\b|peers:\r?$"),
        1000,
        "follow.read_follow",
        both=True,
    ),
    Format(
        "pino-raw",
        "JSON lines of imapflow with octets",
        EXACT,
        "without what holds a password",
        lazy(
            rb'[^{]{0,200}\{ ?"\w+":(?=.*"src": ?"[cs]")(?=.*"data": ?")'
            rb'(?=.*"msg": ?"(?:write to|read from) socket")|    data: "[A-Za-z0-9+/=]*"'
        ),
        2000,
        "pino.read_pino_raw",
        both=True,
    ),
    Format(
        "pino",
        "JSON lines of imapflow",
        RENDERED,
        "without the octets of literals and without passwords",
        lazy(rb'[^{]{0,200}\{ ?"\w+":(?=.*"src": ?"[cs]")(?=.*"msg": ?")|    src: "[cs]"'),
        1000,
        "pino.read_pino",
        both=True,
    ),
    Format(
        "trace-part",
        "imapsh trace of a log that may lack one side",
        EXACT,
        "with secrets masked",
        lazy(rb'\{"[^{]*"sides": "one or both"\}'),
        2000,
        "ours.read_trace",
    ),
    Format(
        "cyrus",
        "Cyrus telemetry",
        EXACT,
        "begins after the login",
        lazy(rb"[<>]\d{9,11}[<>]|---------- \S+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}"),
        300,
        "cyrus.read_cyrus",
        both=True,
        returns=True,
    ),
    Format(
        "rawlog",
        "Dovecot rawlog",
        EXACT,
        "begins after the login",
        lazy(rb"\d{9,11}\.\d{6} |<<<\Z"),
        100,
        "rawlog.read_rawlog",
        returns=True,
    ),
    Format(
        "cs",
        "lines that begin with C: and S: (MailKit, Ruby, RFCs)",
        LINES,
        "its writer may have left things out",
        lazy(rb"(?i:" + PREFIX + rb")[ \t]*(?:\* |\+ |[^ *+]+ (?:OK|NO|BAD) |" + COMMAND + rb")"),
        20,
        "prefixed.read_prefixed",
        both=True,
    ),
    Format(
        "evolution",
        "log of Evolution (CAMEL_DEBUG=imapx:io)",
        LINES,
        "without times",
        lazy(rb"\[imapx:\w+\] "),
        60,
        "entries.read_evolution",
        both=True,
    ),
    Format(
        "node-imap",
        "debug output of node-imap",
        ELIDED,
        "without the octets of literals",
        lazy(rb"(?:.{0,100}: )?[<=][=>] ['\"`](?:\* |\+|[^ *+]+ (?:OK|NO|BAD|IDLE) |[A-Z]\d+ )"),
        60,
        "entries.read_node",
        both=True,
    ),
    Format(
        "k9",
        "log of K-9 or Thunderbird for Android",
        RENDERED,
        "without literals",
        lazy(rb".{0,100}?conn\d+(?:>>> |<<<#)"),
        60,
        "entries.read_k9",
        both=True,
    ),
    Format(
        "geary",
        "debug log of Geary",
        RENDERED,
        "without what it hides",
        lazy(rb".{1,200}?\b(?:SEND|RECV): (?:\* |\+ |[a-z]\d+ )"),
        30,
        "entries.read_geary",
        both=True,
    ),
    Format(
        "outlook",
        "log of Outlook",
        LINES,
        "without what it hides",
        lazy(rb"IMAP: \d\d:\d\d:\d\d \[(?:tx|rx)\] "),
        60,
        "entries.read_outlook",
        both=True,
    ),
    Format(
        "arrows",
        "lines that have > and < before them (FairEmail)",
        LINES,
        "with what its writer left in",
        lazy(
            rb"(?:\d{4}-\d\d-\d\d[ T])?(?:\d\d:\d\d:\d\d\S{0,20} )?[\w.:/@-]{1,100} [<>] "
            rb"(?:\* |\+ |[^ *+<>]+ (?:OK|NO|BAD) |" + COMMAND + rb")"
        ),
        15,
        "entries.read_arrows",
        both=True,
    ),
    Format(
        "terminal",
        "terminal with telnet or openssl s_client, or mail.debug of JavaMail",
        LINES,
        "without times",
        lazy(
            rb"CONNECTED\([0-9A-F]+\)|Trying [\w.:]+\.\.\.|Connected to [^\s/]+\s*\Z|Escape character is |depth=\d+ |"
            rb"verify (?:return|error):|DEBUG: (?:setDebug|JavaMail|Jakarta Mail|Angus)|DEBUG IMAPS?: "
        ),
        40,
        "terminal.read_terminal",
    ),
    Format(
        "mozlog",
        "log of Thunderbird (MOZ_LOG)",
        LINES,
        "logins are not in it",
        lazy(rb"(?:\d{4}-[\d-]{5} [\d:.]+ UTC - )?(?:\[[^\]]{1,200}\]: [EWIDV]/[\w.]+ |-?\d+\[[0-9a-fA-F]{4,}\]: )"),
        60,
        "mozlog.read_mozlog",
        both=True,
    ),
    Format(
        "imaplib",
        "debug output of Python's imaplib",
        LINES,
        "without the octets of literals",
        lazy(rb"(?:.{0,200}?\s)??\d\d:\d\d\.\d\d (?:[<>] |(?:read|write) literal size |new IMAP4 )"),
        100,
        "imaplib_debug.read_imaplib",
        both=True,
    ),
    Format(
        "imaplib2",
        "debug output of imaplib2, or of OfflineIMAP",
        EXACT,
        "with what it sent and received",
        lazy(rb"(?:.{0,200}?\s)??\d\d:\d\d\.\d\d .{0,200}?(?:reader|writer) (?:[<>] |starting|poll |rcvd )"),
        100,
        "imaplib2_debug.read_imaplib2",
        both=True,
    ),
    Format(
        "imapclient",
        "logging of IMAPClient",
        LINES,
        "without the octets of literals and without passwords",
        lazy(rb".{0,200}?(?<![^\s:|\]>-])[<>] b['\"](?:\* |\+ |[A-P]{4}\d+ )"),
        50,
        "imaplib_debug.read_imapclient",
        both=True,
    ),
    Format(
        "aioimaplib",
        "logging of aioimaplib",
        EXACT,
        "without the messages that were appended and without passwords",
        lazy(rb".{0,200}?(?:Sending|Received) : b['\"]"),
        100,
        "aioimaplib_log.read_aioimaplib",
        both=True,
    ),
    Format(
        "curl-trace",
        "curl --trace",
        EXACT,
        "without the octets of some messages",
        lazy(_CURL + rb"(?:=> Send |<= Recv |== Info: )|[0-9a-f]{4,16}: (?:[0-9a-f]{2} ){1,16}"),
        100,
        "curl.read_trace",
        both=True,
    ),
    Format(
        "curl-trace-ascii",
        "curl --trace-ascii",
        LINES,
        "with dots for octets that do not print, without the octets of some messages",
        lazy(_CURL + rb"(?:=> Send |<= Recv |== Info: )|[0-9a-f]{4,16}: "),
        100,
        "curl.read_trace_ascii",
        both=True,
    ),
    Format(
        "curl",
        "curl -v",
        EXACT,
        "without the octets of messages",
        lazy(_CURL + rb"(?:> [A-Z]\d{3} |< (?:\* |\+ |[A-Z]\d{3} (?:OK|NO|BAD) ))"),
        20,
        "curl.read_verbose",
        both=True,
    ),
    Format(
        "mbsync",
        "mbsync -Dn or -DN",
        LINES,
        "without secrets, and with -Dn without the octets of messages",
        lazy(
            rb"(?:\(\d+ in progress\) )?(?:[A-Z]: )?(?:>>> \d+ [A-Z]{2,}|>\+> )|[FN]: (?:\* |\d+ (?:OK|NO|BAD) |\+ )|"
            rb"Opening (?:far|near|master|slave) side "
        ),
        100,
        "mbsync.read_mbsync",
        both=True,
    ),
    Format(
        "mutt",
        "debug file of mutt",
        LINES,
        "without the octets of some literals",
        lazy(rb"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] "),
        20,
        "mutt.read_mutt",
        both=True,
    ),
    Format(
        "neomutt",
        "debug file of NeoMutt",
        LINES,
        "has the server's lines from level 5 on",
        lazy(rb"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]<\w> \w{1,60}\(\) "),
        20,
        "mutt.read_mutt",
    ),
    Format(
        "raw",
        "octets as they were on the wire",
        EXACT,
        "without times",
        lazy(BELIEVABLE.pattern + rb"|(?-i:" + COMMAND + rb")", IGNORECASE),
        1,
        "octets.read_octets",
        returns=True,
    ),
)

#: The formats by their names.
NAMED = {one.name: one for one in FORMATS}


def reader_of(form: Format) -> Reader:
    """Import the reader of a format."""
    module, _, name = form.reader.partition(".")
    found: Reader = getattr(import_module(f"imapsh.logs.{module}"), name)
    return found
