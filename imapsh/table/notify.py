"""Rows of NOTIFY (RFC 5465): which changes of which mailboxes the server reports by itself."""

from imapsh.table.model import AFTER_LOGIN, UNKNOWN, Command, Name

_NOTIFY = ("NOTIFY",)

#: The event's name, what happened, and the section of RFC 5465.
_OF_MESSAGES = (
    ("MessageExpunge", "Messages are gone.", "RFC 5465 §5.3"),
    ("FlagChange", "Flags of messages changed.", "RFC 5465 §5.1"),
    ("AnnotationChange", "Annotations of messages changed.", "RFC 5465 §5.1"),
)
_OF_MAILBOXES = (
    ("MailboxName", "Mailboxes were made, removed or renamed.", "RFC 5465 §5.4"),
    ("SubscriptionChange", "Mailboxes were subscribed or unsubscribed.", "RFC 5465 §5.5"),
    ("MailboxMetadataChange", "Metadata of mailboxes changed.", "RFC 5465 §5.6"),
    ("ServerMetadataChange", "Metadata of the server changed.", "RFC 5465 §5.7"),
)
_MESSAGES = "MessageNew MessageExpunge"

COMMANDS = (
    Command("NOTIFY", AFTER_LOGIN, "NONE|SET [STATUS] <event-group>...",
            "Says which changes of which mailboxes the server is to report, at any time.", "RFC 5465 §3.1",
            "NOTIFY SET STATUS (SELECTED (MessageNew (UID FLAGS) MessageExpunge)) "
            "(SUBTREE Lists (MessageNew MessageExpunge))",
            needs=_NOTIFY, responses=("STATUS", "LIST", "EXISTS", "EXPUNGE", "VANISHED", "FETCH"),
            check="notify.groups"),
)  # fmt: skip


def _with_messages(name: str) -> str:
    """Return an event of messages together with those that must be asked for with it."""
    return _MESSAGES if name in _MESSAGES else f"{_MESSAGES} {name}"


NAMES = (
    Name("syntax", "event-group", "Mailboxes, and what is to be reported of them.", "RFC 5465 §6",
         "(<mailbox-filter> <events>)", example="(SUBSCRIBED (MessageNew MessageExpunge))"),
    Name("syntax", "events", "Events, or NONE.", "RFC 5465 §8", "NONE|(<event>...)", example="(MailboxName)"),
    Name("syntax", "one-or-more-mailbox", "A mailbox, or several in parentheses.", "RFC 5465 §8",
         "<mailbox>|(<mailbox>...)", example="(INBOX Sent)"),
    *(Name("mailbox-filter", name, summary, rfc, needs=_NOTIFY, example=f"NOTIFY SET ({name} NONE)")
      for name, summary, rfc in (
          ("SELECTED", "The selected mailbox, at once.", "RFC 5465 §6.1.1"),
          ("SELECTED-DELAYED", "The selected mailbox; MessageExpunge waits for a command that allows it.",
           "RFC 5465 §6.1.2"))),
    *(Name("mailbox-filter", name, summary, rfc, syntax, _NOTIFY,
           example=f"NOTIFY SET ({name}{' Lists' if syntax else ''} (MailboxName))")
      for name, summary, rfc, syntax in (
          ("PERSONAL", "Every mailbox of one's own.", "RFC 5465 §6.2", ""),
          ("INBOXES", "The mailboxes to which new mail is delivered.", "RFC 5465 §6.3", ""),
          ("SUBSCRIBED", "The subscribed mailboxes.", "RFC 5465 §6.4", ""),
          ("SUBTREE", "These mailboxes, and all below them.", "RFC 5465 §6.5", "<one-or-more-mailbox>"),
          ("MAILBOXES", "These mailboxes, without wildcards.", "RFC 5465 §6.6", "<one-or-more-mailbox>"))),
    Name("event", "MessageNew", "Messages came; with items, FETCH tells these of each in the selected mailbox.",
         "RFC 5465 §5.2", "[(<fetch-item>...)]", _NOTIFY,
         example="NOTIFY SET (SELECTED (MessageNew (UID FLAGS) MessageExpunge))"),
    *(Name("event", name, summary, rfc, needs=_NOTIFY, example=f"NOTIFY SET (PERSONAL ({_with_messages(name)}))")
      for name, summary, rfc in _OF_MESSAGES),
    *(Name("event", name, summary, rfc, needs=_NOTIFY, example=f"NOTIFY SET (PERSONAL ({name}))")
      for name, summary, rfc in _OF_MAILBOXES),
    Name("event", "<atom>", "No capability that imapsh knows defines this event.", "RFC 5465 §8", "<atom>",
         example="NOTIFY SET (PERSONAL (X-Own))", standing=UNKNOWN),
    Name("code", "NOTIFICATIONOVERFLOW", "There are too many changes to report: nothing is reported any more.",
         "RFC 5465 §5.8", needs=_NOTIFY, example="[NOTIFICATIONOVERFLOW]", read="codes.nothing"),
    Name("code", "BADEVENT", "The server cannot report one of the events; it can report these.", "RFC 5465 §3.1",
         "(<event>...)", _NOTIFY, example="[BADEVENT (MessageNew MessageExpunge FlagChange)]",
         read="notify.supported_events"),
    Name("attribute", r"\NoAccess", "The user may not read it, so that nothing is reported of it.", "RFC 5465 §3.1",
         needs=_NOTIFY, example=r'* LIST (\NoAccess) "/" foo'),
    Name("capability", "NOTIFY", "The NOTIFY command: the server reports chosen changes of chosen mailboxes.",
         "RFC 5465 §3", group="Protocol"),
)  # fmt: skip
