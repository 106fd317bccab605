"""Checks of what a server says against what it has said before, for one connection.

Theory of operation.  `Knowledge` holds a `Checks` (`imapsh.session.checks.core`) and passes it what both sides say,
before it takes that in itself.  A check returns findings (`imapsh.findings.Finding`); it changes nothing outside.

    messages    what FETCH, EXPUNGE and VANISHED say of messages
    mailboxes   numbers of mailboxes: UIDVALIDITY, UIDNEXT, HIGHESTMODSEQ, flags, hierarchy delimiters
    commands    what a command must have brought when its OK comes

A correct server is never accused.  If this side cannot know, nothing is checked: while raw octets or an unknown command
are under way and until the next SELECT after them, in a mailbox that was opened while other commands ran, in a
conversation that was joined in the middle, and between two mailboxes until [CLOSED] or the OK tells them apart.  What
is remembered is bounded; what is forgotten is not checked.
"""
