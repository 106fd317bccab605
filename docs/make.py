"""Writes the pages that are made from tables: docs/reference, docs/api and the man page.

python docs/make.py           write them
python docs/make.py --check   say which are out of date, and exit with 1 if any is
"""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent


def pages() -> dict[Path, str]:
    """Each page's path and text."""
    from makers import api, command_line, configuration, logs, man, names

    reference = DOCS / "reference"
    made = {reference / "command-line.rst": command_line.page(), DOCS / "man" / "imapsh.1": man.page()}
    made[reference / "log-formats.rst"] = logs.page()
    made[DOCS / "configuration.rst"] = configuration.page()
    made |= {reference / f"{page.name}.rst": names.page(page) for page in names.PAGES}
    # The modules that these import bring rules and rows of their own, in another order: they come last.
    made[DOCS / "api" / "index.rst"] = api.index()
    return made | {DOCS / "api" / f"{name}.rst": api.page(name) for name in api.PAGES}


def main(words: list[str]) -> int:
    """Write the pages, or compare them; the exit status."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if "--check" not in words:
            path.write_text(pages()[path], encoding="utf-8")
        print(path.relative_to(DOCS.parent))
    return 1 if stale and "--check" in words else 0


if __name__ == "__main__":
    sys.path[:0] = [str(DOCS), str(DOCS.parent)]  # this checkout's imapsh, not one that is installed
    raise SystemExit(main(sys.argv[1:]))
