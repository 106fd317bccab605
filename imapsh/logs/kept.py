"""The words that say nothing about a person: those of the protocol, of MIME, and of servers' sentences.

`--redact mail` keeps them where they may stand, and replaces all others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from imapsh import table
from imapsh.patterns import lazy

_IN_SYNTAX = lazy(r"<[^>]*>|([A-Za-z][A-Za-z0-9.$-]+)")
_IN_NAME = lazy(r"[^ ()\[\]<>/=\\]+")

#: Words that are kept wherever they stand, in lower case: mailboxes that many people have (RFC 6154), and of URLs.
EVERYWHERE = frozenset(
    "inbox all archive drafts flagged important junk sent starred trash spam outbox nil ok imap imaps http https uid "
    "uidvalidity urlauth section expire internal user submit authuser anonymous x".split()
)

_VALUES = (
    "NIL HEADER FIELDS NOT MIME EARLIER PRIVATE SHARED COMMENT ADMIN SPECIALUSE VENDOR VALUE PRIV ANYONE "
    "ANONYMOUS OWNER ADMINISTRATORS TAG "
)

#: Fields of ID (RFC 2971 section 3.3).
ID_FIELDS = frozenset(
    "name version os os-version vendor support-url address date command arguments environment".split()
)
#: Those whose value is a version.
VERSIONS = frozenset({"version", "os-version"})

#: Header fields that are kept by name, in lower case.
FIELDS = frozenset(
    "accept-language arc-authentication-results arc-message-signature arc-seal archived-at authentication-results "
    "auto-submitted bcc cc comments content-class content-description content-disposition content-id content-language "
    "content-location content-transfer-encoding content-type date delivered-to delivery-date "
    "disposition-notification-to dkim-signature envelope-to errors-to feedback-id followup-to from importance "
    "in-reply-to keywords lines list-archive list-help list-id list-owner list-post list-subscribe list-unsubscribe "
    "list-unsubscribe-post mail-followup-to message-id mime-version newsgroups organization original-recipient path "
    "precedence priority received received-spf references reply-to resent-bcc resent-cc resent-date resent-from "
    "resent-message-id resent-sender resent-to return-path sender sensitivity status subject thread-index "
    "thread-topic to user-agent x-mailer x-mimeole x-original-to x-originating-ip x-priority x-received x-sender "
    "x-spam-flag x-spam-level x-spam-score x-spam-status x-status x-uid xref".split()
)
#: Fields whose value is a date.
DATED = frozenset("date delivery-date resent-date".split())
#: Fields whose value is of MIME.
OF_MIME = frozenset("content-disposition content-transfer-encoding content-type mime-version".split())

#: Types, encodings, parameters and their values of MIME, in lower case.
MIME = frozenset(
    "text plain html enriched calendar csv xml css markdown rtf vcard x-vcard rfc822-headers image jpeg jpg png gif "
    "bmp tiff webp svg svg+xml heic audio mpeg mp3 mp4 ogg wav video quicktime font message rfc822 global "
    "delivery-status disposition-notification external-body partial feedback-report multipart mixed alternative "
    "related digest report signed encrypted parallel form-data appledouble application octet-stream pdf zip gzip "
    "x-gzip x-tar json msword vnd.ms-excel vnd.ms-powerpoint vnd.ms-tnef ms-tnef postscript ics x-pkcs7-signature "
    "pkcs7-signature x-pkcs7-mime pkcs7-mime pgp-signature pgp-encrypted pgp-keys x-zip-compressed applefile "
    "mac-binhex40 7bit 8bit binary base64 quoted-printable x-uuencode inline attachment charset format flowed delsp "
    "yes no type protocol micalg report-type smime-type method request reply cancel name filename boundary size start "
    "start-info id number total access-type creation-date modification-date read-date x-mac-type x-mac-creator "
    "x-unix-mode conversions us-ascii ascii utf-8 utf8 utf-7 utf-16 utf-16le utf-16be iso-8859-1 iso-8859-2 "
    "iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-8-i iso-8859-9 iso-8859-10 "
    "iso-8859-13 iso-8859-14 iso-8859-15 iso-2022-jp iso-2022-kr windows-1250 windows-1251 windows-1252 windows-1253 "
    "windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 cp1252 koi8-r koi8-u gb2312 gbk gb18030 big5 "
    "euc-jp euc-kr shift_jis ks_c_5601-1987 tis-620 unknown-8bit x-unknown sha1 sha256 sha-1 sha-256 pgp-sha1 "
    "pgp-sha256 md5 1.0".split()
)
#: Parameters whose value is kept if it is one of these words; those of others are somebody's.
PARAMETERS = frozenset(
    "charset format delsp type protocol micalg report-type smime-type method conversions access-type".split()
)

#: Words of servers' sentences, and of what servers and clients call themselves, in lower case.
SENTENCES = frozenset(
    "s t a about accepted access account active after again all allowed already also an and annotation another any "
    "append appended are argument arguments as at atom authenticate authenticated authenticating authentication "
    "authorization available backend bad be because been before begin being bits body but by bye bytes can cannot "
    "capability change changed changes check checked checkpoint clear client close closed closing command commands "
    "complete completed completion compress compression configuration connect connected connection connections "
    "contact continue copied copy could couldn create created creation credentials current currently data database "
    "date default deflate delete deleted deleting denied deselected did disabled disconnected disconnecting disk do "
    "does doesn doing don done due empty enable enabled encoding encrypted encryption end ended enough entry error "
    "errors exceeded exceeds executed exist existing exists expected expired expunge expunged extra fail failed "
    "failure fetch fetched fetching few field file find first flag flags folder folders for format found free from "
    "full get getting go good goodbye got greeting had has have header hello hierarchy highest hold id identifier "
    "idle idling if illegal imap in inactivity inbox incorrect index inferiors initial input insufficient interaction "
    "internal into invalid is isn issued it item items its keyword keywords known larger last later length level "
    "limit limited line lines list listed literal locked log logged logging login logout long lost lsub mail mailbox "
    "mailboxes many match maximum message messages missing mode modified modify more moved ms multiple must name "
    "namespace need new next no non nonexistent noop not nothing now number object octet octets of off offset ok old "
    "on one only open opened operation option or other out over own parameter parse parsing part parts password path "
    "pattern per permanent permission permitted please predicted privacy problem process processing protocol provided "
    "queued range read reached ready reason recent refused rejected rename renamed request requested required "
    "response resource responses resources restricted result resume retry rights root rule same search seconds secs "
    "section secure security see select selected selection send sent sequence server service session set shutdown "
    "shutting size some sort space specified start started state status still store stored string subscribe "
    "subscribed subscription success successful successfully such supported switching syntax system tag take tap "
    "temporarily temporary terminated terminating text than that the there this thread thru time timeout tls to token "
    "too transaction tried try trying type uid uids unable unavailable unexpected unknown unselect unsubscribe "
    "unsupported until up updated use used user username using validity value version via viewed was were when which "
    "while with within without wrong you your apple aol archiveopteryx courier cyrus davmail dbmail dovecot exchange "
    "fastmail gimap gmail google greenmail hmailserver icloud imapsh imap4 imap4rev1 imap4rev2 james kerio lotus "
    "mailutils mdaemon microsoft mercury outlook panda stalwart surgemail yahoo yandex zimbra zoho alpine evolution "
    "imapfilter isync k-9 mbsync mutt neomutt offlineimap roundcube thunderbird".split()
)


@cache
def names() -> frozenset[str]:
    """Return the words of the protocol in upper case: the names of all rows of the table, and those in their syntax."""
    found = set(_VALUES.split())
    every: list[Mapping[str, Any]] = [table.commands(), *map(table.names, table.kinds())]
    for rows in every:
        for name, row in rows.items():
            found |= {word.upper() for word in _IN_NAME.findall(name)}
            found |= {word.upper() for word in _IN_SYNTAX.findall(row.syntax) if word}
    return frozenset(found)


_PART = lazy(r"[./=;:<>,*$+\\]+|(?<=[A-Za-z])-(?=[A-Za-z])")
_SHORTEST = 3
_NUMBER = lazy(r"-?[0-9][0-9.,:<>*$-]*")


@cache
def _is_name(word: str) -> bool:
    return word in names()


def is_protocol(atom: str) -> bool:
    """Return whether an atom is a name of the protocol, or made of such names and numbers."""
    upper = atom.upper()
    if _is_name(upper) or _is_name(upper.lstrip("\\$")):
        return True
    return all(not part or part.isdecimal() or _is_name(part) for part in re.split(_PART.pattern, upper))


def begins_name(word: str) -> bool:
    """Return whether a word is the beginning of a name of the protocol: a line may be cut there."""
    upper = word.upper()
    return (len(word) > _SHORTEST or word.isupper()) and any(name.startswith(upper) for name in names())


def is_number(atom: str) -> bool:
    """Return whether an atom is a number or a set of numbers."""
    return _NUMBER.fullmatch(atom) is not None


def is_reserved(word: str) -> bool:
    """Return whether a word, in lower case, means something, so that no stand-in may be it."""
    return word in MIME or word in SENTENCES or word in EVERYWHERE or word in FIELDS or _is_name(word.upper())
