r"""Commands about the mail of two places: `\copy`, `\move` and `\compare`; and `\duplicates`, about one mailbox.

A command has a room each: `copying/` (with `\move`), `comparing/` and `duplicates/`, which do not know one another.
Below them is what they share.  `messages/` lists, identifies, reads and appends messages.  `mailboxes/` reads the
names of mailboxes, and finds the counterpart of a mailbox in another account.
"""
