"""Rows of MULTISEARCH (RFC 7377): a search in several mailboxes."""

from imapsh.table.model import AFTER_LOGIN, UNKNOWN, Command, Name

_MULTI = ("MULTISEARCH",)
_RFC = "RFC 7377 §2.2"

COMMANDS = (
    Command("ESEARCH", AFTER_LOGIN,
            "[IN (<search-source>... [(<search-scope>...)])] [RETURN ([<search-return>...])] [CHARSET <charset>] "
            "<search-key>...",
            "Finds messages in several mailboxes; tells their UIDs.", "RFC 7377 §2",
            'ESEARCH IN (mailboxes "folder1" subtree "folder2") UNSEEN', needs=_MULTI, numbers=True,
            responses=("ESEARCH",), asks="ESEARCH", check="search.sources"),
)  # fmt: skip

NAMES = (
    *(Name("search-source", name, summary, _RFC, syntax, _MULTI, example=f"ESEARCH IN ({name}{example}) UNSEEN")
      for name, summary, syntax, example in (
          ("SELECTED", "The selected mailbox.", "", ""),
          ("INBOXES", "The mailboxes to which new mail is delivered.", "", ""),
          ("PERSONAL", "Every mailbox of one's own.", "", ""),
          ("SUBSCRIBED", "The subscribed mailboxes.", "", ""),
          ("SUBTREE", "These mailboxes, and all below them.", "<one-or-more-mailbox>", " Lists"),
          ("SUBTREE-ONE", "These mailboxes, and those one level below.", "<one-or-more-mailbox>", " Lists"),
          ("MAILBOXES", "These mailboxes, without wildcards.", "<one-or-more-mailbox>", " (INBOX Sent)"))),
    Name("search-scope", "<atom>", "No capability that imapsh knows defines this option of ESEARCH.", "RFC 7377 §4",
         "<atom> [<tagged-ext-val>]", example="ESEARCH IN (personal (X-OWN 1)) UNSEEN", standing=UNKNOWN),
    Name("search-correlator", "MAILBOX", "The mailbox in which it was found.", "RFC 7377 §2.1", needs=_MULTI,
         example='* ESEARCH (TAG "tag1" MAILBOX "folder1" UIDVALIDITY 1) UID ALL 4001,4003', read="multisearch.where"),
    Name("search-correlator", "UIDVALIDITY", "The value that dates the UIDs of that mailbox.", "RFC 7377 §2.1",
         needs=_MULTI, example='* ESEARCH (TAG "tag1" MAILBOX "folder1" UIDVALIDITY 1) UID COUNT 3',
         read="multisearch.uid_validity"),
    Name("capability", "MULTISEARCH", "The ESEARCH command: a search in several mailboxes.", "RFC 7377 §2",
         group="Searching"),
)  # fmt: skip
