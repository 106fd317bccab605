"""APPENDLIMIT: the limit that is told is the one that holds."""

from __future__ import annotations

from .player import Player


def test_more_than_the_limit_is_refused(inbox: Player) -> None:
    inbox.play("""
        C: a STATUS Box (APPENDLIMIT)
        S: * STATUS Box (APPENDLIMIT 67108864)
        S: a OK ...
        C: b CAPABILITY
        S: * CAPABILITY ...APPENDLIMIT=67108864...
        S: b OK ...
        C: c APPEND Box {67108865}
        S: c NO [TOOBIG] ...
        C: d APPEND Box {67108864}
        S: + ...
    """)
