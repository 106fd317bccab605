"""Writes a conversation as one page of HTML, from the same outline, styles and theme as the pretty format.

The page has no script and loads nothing, which its content security policy says too.  Every text passes `visible` and
is escaped; no text of a conversation becomes an attribute.  The body waits in a file, because the summary before it
tells what was found, so that a page takes no memory however long it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from typing import IO

from imapsh.findings import FAULT, RULES, Finding, Violation
from imapsh.grammar.responses import CLIENT, Response
from imapsh.render.amounts import count, duration
from imapsh.render.amounts import span as lasting
from imapsh.render.chunks import MARGINS, WIDTH
from imapsh.render.htmllines import line, shown, span
from imapsh.render.htmlstyle import sheet
from imapsh.render.literals import LINE, each_line
from imapsh.render.outline import INCOMPLETE, Block, Row, outline
from imapsh.render.pieces import MESSAGE, Piece, shorten
from imapsh.render.styles import THEMES, Theme, plain
from imapsh.session.overheard import Overheard
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Spilled, size_of
from imapsh.wire.pieces import is_date
from imapsh.wire.sinks import head_of, is_kept

LINES = 1000  #: lines of a literal that a page has
LONGEST = 1 << 16  #: octets of a line that a page has

_TEASER = 80  # characters of a literal that are shown while it is folded
_PLACES = 20  # places of a rule's faults that the summary links to
_PIECE = 1 << 16
_NAME = 60  # characters of a connection's name
_SERVER = "the server"
_SIDES = {CLIENT: "the client"}
_LEGEND = (
    (CLIENT, "the client"),
    ("tagged", "the server answers a command or a +"),
    ("untagged", "other data of the server"),
    ("garbage", "no response at all"),
)


class _Rule(NamedTuple):
    """A rule that was broken, and who broke it; `level` says how much that means."""

    rule: str
    rfc: str
    level: str
    side: str


class Page:
    """A page that is being written.

    Its body goes to `body`, a binary file that can be read again.  `title` is the page's heading.  `lines` bounds the
    lines of each literal.
    """

    def __init__(self, body: IO[bytes], title: str, theme: Theme | None = None, *, lines: int = LINES) -> None:
        self._body = body
        self._title = title
        self._theme = theme or THEMES["default"]
        self._lines = lines
        self._due: list[str] = []
        self._due_size = 0
        self._logs: list[tuple[str, str]] = []  # name, remark
        self._broken: dict[_Rule, int] = {}  # how often
        self._rows: dict[_Rule, int] = {}  # its row in the summary
        self._places: dict[_Rule, list[int]] = {}  # the first of its faults that are shown
        self._ours = self._theirs = 0
        self._connections: set[str] = set()
        self._when = ""
        self._first: float | None = None
        self._last: float | None = None
        self._begun = False

    # -- the conversation

    def begin(self, name: str, remark: str) -> None:
        """Begin another log; `remark` says what it is, and how exact."""
        self._end()
        self._logs.append((name, remark))
        self._put(f'<h2 id="log{len(self._logs)}">{shown(name)}</h2>\n<div class="log">\n')
        self._begun = True

    def note(self, text: str, when: str = "", connection: str = "", findings: Sequence[Finding] = ()) -> None:
        """Add a note, which neither side has said, and what is wrong with the server there.  Raises OSError."""
        self._put(f'<div class="r">{self._stamp(when, connection)}<span class="l">{span("note", text)}</span>')
        for finding in findings:
            self._put(self._finding(finding, _SERVER))
        self._put("</div>\n")

    def add(self, found: Overheard, when: str = "", connection: str = "") -> None:
        """Add a response or a line of the client.  `when` is its time in words.  Raises OSError."""
        response = found.response
        if response.kind == CLIENT:
            self._ours += 1
        else:
            self._theirs += 1
        if connection:
            self._connections.add(connection)
        if found.time is not None:
            self._first = found.time if self._first is None else self._first
            self._last = found.time
        margin = MARGINS[response.kind]
        self._put(f'<div class="r {_row_class(response)}">{self._stamp(when, connection)}')
        self._put(f'<span class="m">{span(margin[0], margin[1].strip())}</span>')
        for html in self._response(response, found.findings):
            self._put(html)
        self._put("</div>\n")

    def count(self, response: Response, faults: Iterable[Violation | Finding], *, line: bool) -> None:
        """Count faults of a response that are not shown, and the response itself if `line` is true."""
        self._theirs += line
        for fault in faults:
            rule = _rule(fault, _SIDES.get(response.kind, _SERVER))
            self._broken[rule] = self._broken.get(rule, 0) + 1
            self._rows.setdefault(rule, len(self._rows) + 1)

    def _stamp(self, when: str, connection: str) -> str:
        stamp = " ".join(filter(None, (shown(when), connection and f"<b>{shown(_cut(connection))}</b>")))
        if not stamp:
            return ""
        again, self._when = (" again" if stamp == self._when else ""), stamp
        return f'<span class="w{again}">{stamp}</span>'

    def _response(self, response: Response, findings: Sequence[Finding]) -> Iterator[str]:
        side = _SIDES.get(response.kind, _SERVER)
        numbers = iter(range(1, len(response.violations) + 1))
        several = len(response.violations) > 1
        marks = 0
        for one in outline(response, WIDTH, LONGEST):
            if isinstance(one, Row):
                labels = [str(marks + 1 + at) if several else "" for at in range(len(one.violations))]
                marks += len(labels)
                yield line(one, labels)
            elif isinstance(one, Block):
                yield from self._block(one.piece)
            else:
                number = next(numbers)
                yield self._violation(one.violation, response, side, str(number) if several else "")
        if response.frame.incomplete:
            yield f'<span class="l">{span(*INCOMPLETE)}</span>'
        for finding in findings:
            yield self._finding(finding, side)

    def _violation(self, violation: Violation, response: Response, side: str, number: str) -> str:
        octet = f"octet {response.frame.offset + violation.offset:,}"
        return self._fault(_rule(violation, side), violation.message, octet, number)

    def _finding(self, finding: Finding, side: str) -> str:
        return self._fault(_rule(finding, side), finding.message, "", "")

    def _fault(self, rule: _Rule, message: str, octet: str, number: str) -> str:
        times = self._broken[rule] = self._broken.get(rule, 0) + 1
        row = self._rows.setdefault(rule, len(self._rows) + 1)
        places = self._places.setdefault(rule, [])
        if len(places) < _PLACES:
            places.append(times)
        mark = f"\u25b2{number}" if rule.level == "grammar" else "!" if rule.level == "conduct" else "?"
        about = ", ".join(filter(None, (_section(rule.rfc), octet)))
        kind = " notice" if rule.level == "notice" else ""
        return (
            f'<p class="f{kind}" id="f{row}-{times}"><b>{mark}</b> {shown(shorten(message, MESSAGE))} '
            f'<i>(<a href="#rule{row}">{shown(rule.rule)}</a>, {shown(about)})</i></p>'
        )

    def _block(self, piece: Piece) -> Iterator[str]:
        """Yield a literal, folded."""
        part = piece.block
        assert part is not None
        head = part
        if size_of(part) > self._lines * LINE and is_kept(part):
            head = head_of(part, self._lines * LINE) if isinstance(part, Spilled) else part[: self._lines * LINE]
        lines = each_line(head, piece.label)
        first = list(islice(lines, 1))
        label = f"<b>{shown(piece.label)}</b> " if piece.label else ""
        teaser = "".join(shown(plain(row)[:_TEASER]) for row in first)
        yield f'<details class="fold"><summary>{label}{count(size_of(part), "octet")} {teaser}</summary><pre>\n'
        for row in islice(chain(first, lines), self._lines):
            yield "".join(span(*fragment) for fragment in row) + "\n"
        if head is not part or next(lines, None) is not None:
            rest = f"... {count(size_of(part), 'octet')} in all; a page has the first {self._lines:,} lines"
            yield span("note", rest) + "\n"
        yield "</pre></details>"

    # -- the whole page

    def whole(self) -> Iterator[bytes]:
        """End the page, and yield all of it.  Raises OSError."""
        self._end()
        self._flush()
        yield "".join(self._head()).encode()
        self._body.seek(0)
        while piece := self._body.read(_PIECE):
            yield piece
        yield (_FOOT if self._begun else f"<p>Nothing was said.</p>\n{_FOOT}").encode()

    def _head(self) -> Iterator[str]:
        from base64 import b64encode
        from hashlib import sha256

        css = sheet(self._theme)
        digest = b64encode(sha256(css.encode()).digest()).decode("ascii")
        title = shown(self._title)
        yield _HEAD.format(digest=digest, title=title, css=css)
        yield f"<header>\n<h1>{title}</h1>\n"
        for number, (name, remark) in enumerate(self._logs, 1):
            link = f'<a href="#log{number}">{shown(name)}</a>: ' if len(self._logs) > 1 else ""
            yield f'<p class="of">{link}{shown(remark)}</p>\n'
        yield f'<ul class="counts">\n{"".join(self._counts())}</ul>\n'
        if self._broken:
            yield f'<ul class="rules">\n{"".join(self._rules())}</ul>\n'
        yield f'<ul class="legend">\n{"".join(_legend())}</ul>\n</header>\n'
        known = {"said": True, "timed": self._first is not None, "named": self._connections, "one": len(self._logs) < 2}
        classes = " ".join(name for name, true in known.items() if true)
        yield f'<main id="conversation" class="{classes}">\n'

    def _counts(self) -> Iterator[str]:
        yield _count(self._ours, "line of the client", "lines of the client")
        yield _count(self._theirs, "line of the server", "lines of the server")
        if len(self._connections) > 1:
            yield _count(len(self._connections), "connection", "connections")
        if self._first is not None and self._last is not None:
            yield f"<li><b>{_lasted(self._last - self._first)}</b>{shown(_from(self._first))}</li>\n"
        for level, one, many in _LEVELS:
            number = sum(times for rule, times in self._broken.items() if rule.level == level)
            yield _count(number, one, many, bad=bool(number) and level != "notice")

    def _rules(self) -> Iterator[str]:
        for rule, times in sorted(self._broken.items(), key=lambda item: _ORDER[item[0].level]):
            row = self._rows[rule]
            shown_at = self._places.get(rule, ())
            places = " ".join(f'<a href="#f{row}-{at}">{at}</a>' for at in shown_at)
            more = f" and {times - len(shown_at):,} more" if times > len(shown_at) else ""
            kind = ' class="notice"' if rule.level == "notice" else ""
            asked = f": {shown(RULES[rule.rule].line)}" if rule.rule in RULES else ""
            yield (
                f'<li id="rule{row}"{kind}><div><span class="kind">{_KINDS[rule.level]}</span> of {rule.side}<br>'
                f"<b>{shown(rule.rule)}</b>{asked} <i>({shown(_section(rule.rfc))})</i></div>"
                f'<div class="places">{count(times, "time")}: {places}{more}</div></li>\n'
            )

    # -- the body

    def _put(self, html: str) -> None:
        self._due.append(html)
        self._due_size += len(html)
        if self._due_size >= _PIECE:
            self._flush()

    def _flush(self) -> None:
        self._body.write("".join(self._due).encode("utf-8", "backslashreplace"))
        self._due, self._due_size = [], 0

    def _end(self) -> None:
        if self._begun:
            self._put("</div>\n")


_LEVELS = (
    ("grammar", "violation of the grammar", "violations of the grammar"),
    ("conduct", "fault of conduct", "faults of conduct"),
    ("notice", "notice", "notices"),
)
_ORDER = {level: place for place, (level, _, _) in enumerate(_LEVELS)}
_KINDS = {"grammar": "Violation", "conduct": "Fault", "notice": "Notice"}

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{digest}'; \
base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
<a class="skip" href="#conversation">To the conversation</a>
"""
_FOOT = """</main>
<footer>Written by imapsh. Passwords and tokens are masked; the mail is not. Literals are folded: open them with a click
or with Enter.</footer>
</body>
</html>
"""


def _rule(fault: Violation | Finding, side: str) -> _Rule:
    level = "grammar"
    if isinstance(fault, Finding):
        level = "conduct" if fault.level == FAULT else "notice"
    return _Rule(fault.rule, fault.rfc, level, side)


def _section(rfc: str) -> str:
    return rfc.replace(" §", ", section ")


def _cut(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[:_NAME]}..."


def _row_class(response: Response) -> str:
    return MARGINS[response.kind][0].removeprefix("margin-")


def _count(number: int, one: str, many: str, *, bad: bool = False) -> str:
    kind = ' class="bad"' if bad else ""
    return f"<li{kind}><b>{number:,}</b>{one if number == 1 else many}</li>\n"


def _lasted(seconds: float) -> str:
    return duration(max(0.0, seconds)) if seconds < 10 else lasting(seconds)


def _from(time: float) -> str:
    if not is_date(time):
        return "from the first line to the last"
    return datetime.fromtimestamp(time, UTC).strftime("from %Y-%m-%d %H:%M:%S UTC")


def _legend() -> Iterator[str]:
    margins = {style.removeprefix("margin-"): (style, text) for style, text in MARGINS.values()}
    for kind, meaning in _LEGEND:
        style, text = margins["ours" if kind == CLIENT else kind]
        yield f"<li><b>{span(style, text.strip())}</b> {meaning}</li>\n"
