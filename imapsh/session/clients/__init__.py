"""A client as the other side sees it: its lines, and what is wrong with them.

    lines     a line held against the table, its grammar, and its secrets as stars
    hiding    what may be a password in a line, hidden wherever it comes again
    course    the states in which the connection may be
    conduct   the rules of clients' conduct (`imapsh.findings.CLIENTS`)
    watch     what is known of a connection at the time of a line, from `Knowledge`

A correct client is never accused.  If nobody can know, nothing is said: of commands that ran before a log begins, of
replies that a log may have lost, of capabilities that may have changed.
"""
