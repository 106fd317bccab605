"""Rows of URLAUTH (RFC 4467, RFC 5524, RFC 5550): URLs by which others may read a message or a part of it."""

from imapsh.table.model import AFTER_LOGIN, UNKNOWN, Command, Name

_URLAUTH = ("URLAUTH",)
_BINARY = ("URLAUTH=BINARY",)
_RUMP = "imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred"
_FULL = f"{_RUMP}:internal:91354a473744909de610943775f92038"

COMMANDS = (
    Command("GENURLAUTH", AFTER_LOGIN, "{<url-rump> <url-mechanism>}...",
            "Authorizes URLs, so that others may use them.", "RFC 4467 §7",
            f'GENURLAUTH "{_RUMP}" INTERNAL', needs=_URLAUTH, responses=("GENURLAUTH",), asks="GENURLAUTH"),
    Command("RESETKEY", AFTER_LOGIN, "[<mailbox> [<url-mechanism>...]]",
            "Makes a new key for a mailbox, or takes all keys away: URLs authorized until now are worth nothing.",
            "RFC 4467 §7", "RESETKEY INBOX", needs=_URLAUTH, changes=True),
    Command("URLFETCH", AFTER_LOGIN, "<url-fetch-arg>...", "Reads what authorized URLs stand for.",
            "RFC 4467 §7", f'URLFETCH "{_FULL}"', needs=_URLAUTH, responses=("URLFETCH",), asks="URLFETCH"),
)  # fmt: skip

_PARAMS = (
    ("BODY", "The data as it is in the message.", "BODY"),
    ("BINARY", "The data without its transfer encoding.", "BINARY"),
    ("BODYPARTSTRUCTURE", "The MIME structure of the data, as it is sent.", "BODYPARTSTRUCTURE"),
)

NAMES = (
    Name("slot", "url-rump", "a URL to authorize, which ends in ;URLAUTH=...", "RFC 4467 §9", "<url>"),
    Name("slot", "url-full", "an authorized URL", "RFC 4467 §9", "<url>"),
    Name("syntax", "url-fetch-arg", "A URL, alone or in parentheses with what is wanted of it.", "RFC 5524 §5",
         "<url-full>|<url-fetch-ext>", example=f'("{_FULL}" BINARY)'),
    Name("syntax", "url-fetch-ext", "A URL in parentheses, and what is wanted of it.", "RFC 5524 §5",
         "(<url-full> [<url-fetch-param>...])", _BINARY, example=f'("{_FULL}" BINARY)'),
    *(Name("url-fetch-param", name, summary, "RFC 5524 §3.1", example=f'URLFETCH ("{_FULL}" {shown})')
      for name, summary, shown in _PARAMS),
    Name("url-fetch-param", "<atom>", "No capability that imapsh knows defines this parameter of URLFETCH.",
         "RFC 5524 §5", "<atom>", example=f'URLFETCH ("{_FULL}" X-OWN)', standing=UNKNOWN),
    Name("url-mechanism", "INTERNAL", "The server's own mechanism.", "RFC 4467 §5",
         example="RESETKEY INBOX INTERNAL"),
    Name("url-mechanism", "<atom>", "A mechanism that the server defines.", "RFC 4467 §9", "<atom>",
         example="RESETKEY INBOX XSAMPLE"),
    Name("response", "GENURLAUTH", "The URLs, authorized.", "RFC 4467 §8", needs=_URLAUTH,
         example=f'* GENURLAUTH "{_FULL}"', read="urlauth.genurlauth", secret=True),
    Name("response", "URLFETCH", "URLs, and what they stand for.", "RFC 4467 §8", needs=_URLAUTH,
         example=f'* URLFETCH "{_FULL}" "Si vis pacem"', read="urlauth.urlfetch", secret=True),
    Name("code", "URLMECH", "The mechanisms for which the mailbox has a key.", "RFC 4467 §8", "INTERNAL [<atom>...]",
         _URLAUTH, example="[URLMECH INTERNAL XSAMPLE=P34OKhO7VEkCbsiYY8rGEg==]", read="urlauth.url_mechanisms"),
    Name("capability", "URLAUTH", "URLs that let others read a message or a part of it.", "RFC 4467 §1",
         group="Fetching"),
    Name("capability", "URLAUTH=BINARY", "The same, with parts decoded.", "RFC 5524 §3", group="Fetching"),
    Name("capability", "URL-PARTIAL", "URLs of a range of octets.", "RFC 5550 §5.7.1", group="Fetching"),
)  # fmt: skip
