"""Rows of JMAPACCESS (RFC 9698): the URL at which the same mail can be read by JMAP."""

from imapsh.table.model import AFTER_LOGIN, Command, Name

COMMANDS = (
    Command("GETJMAPACCESS", AFTER_LOGIN, "", "Asks where the same mail is to be had by JMAP.", "RFC 9698 §4",
            "GETJMAPACCESS", needs=("JMAPACCESS",), responses=("JMAPACCESS",), asks="JMAPACCESS"),
)  # fmt: skip

NAMES = (
    Name("response", "JMAPACCESS", "The URL of the JMAP session that has the same mail.", "RFC 9698 §4",
         needs=("JMAPACCESS",), example='* JMAPACCESS "https://example.com/.s/[jmap]"', read="jmapaccess.jmap_access"),
    Name("capability", "JMAPACCESS", "The same mail is there by JMAP.", "RFC 9698 §3", group="Login"),
)  # fmt: skip
