"""Rows of the SASL mechanisms that AUTHENTICATE can name.  How each is done is in `imapsh.sasl`."""

from imapsh.table.model import Name

#: The name, what the mechanism is, and its RFC.
_MECHANISMS = (
    ("SCRAM-SHA-256-PLUS", "A password, proved by both sides and bound to the TLS channel; never sent.", "RFC 7677 §3"),
    ("SCRAM-SHA-1-PLUS", "A password, proved by both sides and bound to the TLS channel; never sent.", "RFC 5802 §4"),
    ("SCRAM-SHA-256", "A password, proved by both sides; never sent.", "RFC 7677 §3"),
    ("SCRAM-SHA-1", "A password, proved by both sides; never sent.", "RFC 5802 §4"),
    ("EXTERNAL", "The TLS client certificate has already said who the user is.", "RFC 4422 §A"),
    ("GSSAPI", "A Kerberos ticket.", "RFC 4752 §3"),
    ("OAUTHBEARER", "An OAuth 2.0 token; sent as it is.", "RFC 7628 §3"),
    ("XOAUTH2", "An OAuth 2.0 token; sent as it is.  Google's and Microsoft's, older than OAUTHBEARER.", "no RFC"),
    ("DIGEST-MD5", "A password, proved by both sides; never sent.  Historic (RFC 6331).", "RFC 2831 §2"),
    ("CRAM-MD5", "A password, proved to the server; never sent.", "RFC 2195 §2"),
    ("PLAIN", "A name and a password; sent as they are.", "RFC 4616 §2"),
    ("LOGIN", "A name and a password, asked for one by one; sent as they are.  Obsolete.", "no RFC"),
    ("ANONYMOUS", "No proof at all; a word for the server's log.", "RFC 4505 §2"),
)

NAMES = tuple(
    Name("mechanism", name, summary, rfc, needs=(f"AUTH={name}",), example=f"AUTHENTICATE {name}")
    for name, summary, rfc in _MECHANISMS
)
