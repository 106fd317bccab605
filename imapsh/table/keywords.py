r"""Rows of keywords and mailbox attributes that extensions and registrations define.

They come from RFC 5550 (submission), RFC 8457 (importance) and RFC 9979 (those that Fastmail and Apple use).
"""

from imapsh.table.model import Name

#: The keyword, its meaning, and its RFC and section.
_KEYWORDS = (
    ("$SubmitPending", "It waits to be submitted; with $Submitted, it is being submitted.", "RFC 5550 §5.10"),
    ("$Submitted", "It is being submitted, or has been.", "RFC 5550 §5.10"),
    ("$Important", "It is likely to matter to the user, as the server thinks.", "RFC 8457 §2"),
    ("$MailFlagBit0", r"With \Flagged: the flag's color, bit 0.", "RFC 9979 §3.1"),
    ("$MailFlagBit1", r"With \Flagged: the flag's color, bit 1.", "RFC 9979 §3.1"),
    ("$MailFlagBit2", r"With \Flagged: the flag's color, bit 2.", "RFC 9979 §3.1"),
    ("$hasattachment", "It has an attachment.", "RFC 9979 §4.1"),
    ("$hasnoattachment", "It was looked at, and has no attachment.", "RFC 9979 §4.2"),
    ("$hasmemo", "A memo in its thread is about it.", "RFC 9979 §5.1"),
    ("$memo", "It is the user's own note about another message of its thread.", "RFC 9979 §5.2"),
    ("$canunsubscribe", "Its List-Unsubscribe field can be trusted, and works with one click.", "RFC 9979 §6.1"),
    ("$unsubscribed", "The user has tried to unsubscribe from its list.", "RFC 9979 §6.2"),
    ("$autosent", "The server sent it for the user, by a rule or a setting.", "RFC 9979 §7.1"),
    ("$followed", "The user wants to see what is new in its thread.", "RFC 9979 §7.2"),
    ("$imported", "It was imported, and not delivered.", "RFC 9979 §7.3"),
    ("$istrusted", "The server is sure of who has sent it.", "RFC 9979 §7.4"),
    ("$maskedemail", "It came by an alias that hides the user's address.", "RFC 9979 §7.5"),
    ("$muted", "The user does not want to see what is new in its thread.", "RFC 9979 §7.6"),
    ("$new", "It should be highlighted, as after it was snoozed.", "RFC 9979 §7.7"),
    ("$notify", "The user should be told of it.", "RFC 9979 §7.8"),
)
_SPECIAL = ("SPECIAL-USE",)
_USE = ("CREATE-SPECIAL-USE",)
_IMPORTANT = "Messages that are likely to matter to the user."
_ATTRIBUTES = (
    (r"\Snoozed", "Messages that come back to the inbox later.", "RFC 9979 §8.1"),
    (r"\Scheduled", "Messages that will be sent later.", "RFC 9979 §8.2"),
    (r"\Memos", "The user's notes about other messages.", "RFC 9979 §8.3"),
)

NAMES = (
    *(Name("flag", name, summary, rfc, example=f"STORE 2:4 +FLAGS ({name})") for name, summary, rfc in _KEYWORDS),
    Name("attribute", r"\Important", _IMPORTANT, "RFC 8457 §3", needs=_SPECIAL,
         example=r'* LIST (\Important) "/" "Important Messages"'),
    Name("use", r"\Important", _IMPORTANT, "RFC 8457 §3", needs=_USE,
         example=r'CREATE "Important Messages" (USE (\Important))'),
    *(Name("attribute", name, summary, rfc, needs=_SPECIAL, example=f'* LIST ({name}) "/" foo')
      for name, summary, rfc in _ATTRIBUTES),
    *(Name("use", name, summary, rfc, needs=_USE, example=f"CREATE foo (USE ({name}))")
      for name, summary, rfc in _ATTRIBUTES),
)  # fmt: skip
