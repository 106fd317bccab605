"""The documented examples run."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest
from imap_tools import MailBox
from imapclient import IMAPClient

from imapsh import keys
from imapsh.client.connect import Connection, connect
from imapsh.server.demo import PASSWORD, USER, demo_store
from imapsh.server.listen import serve
from imapsh.transport.address import Address
from tests.bench import bench_programs
from tests.client.test_connection import play
from tests.servers.base import Server

EXAMPLES = Path(__file__).parents[2] / "docs/examples"


async def start(name: str, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(EXAMPLES / f"asyncio_{name}.py"),
        *arguments,
        env={"IMAPSH_PASSWORD": PASSWORD, "PYTHONPATH": str(EXAMPLES.parents[1]), "PYTHONUTF8": "1"},
        stdout=asyncio.subprocess.PIPE,
    )


def test_subjects_and_files(tmp_path: Path) -> None:
    async def scene() -> None:
        listener = await serve(Address("imap", "127.0.0.1"), demo_store())
        url = f"imap://{USER}@127.0.0.1:{listener.address.port}"
        subjects, files = await asyncio.gather(
            start("subjects", f"{url}/INBOX"), start("save", str(tmp_path), f"{url}/INBOX", f"{url}/Archive")
        )
        shown, _ = await subjects.communicate()
        await files.wait()
        assert (subjects.returncode, files.returncode) == (0, 0)
        assert b"Welcome aboard" in shown
        saved = list((tmp_path / "0").glob("*.eml"))
        assert len(saved) == len(shown.splitlines())
        assert all(b"\r\n\r\n" in path.read_bytes() for path in saved)
        assert list((tmp_path / "1").glob("*.eml"))
        await listener.close()

    play(scene)


@pytest.mark.skipif(sys.platform == "win32", reason="ends the example by a signal")
def test_watching() -> None:
    async def scene() -> None:
        listener = await serve(Address("imap", "127.0.0.1"), demo_store())
        url = f"imap://{USER}@127.0.0.1:{listener.address.port}"
        watching = await start("watch", f"{url}/INBOX")
        assert watching.stdout is not None
        line = asyncio.ensure_future(watching.stdout.readline())
        async with connect(url, password=PASSWORD) as c:
            while not line.done():  # until it has taken up IDLE
                await c.append("INBOX", b"Subject: here I am\r\n\r\n")
                await asyncio.wait((line,), timeout=0.1)
        assert line.result() == b"here I am\n"
        watching.terminate()
        await watching.wait()
        await listener.close()

    play(scene)


# -- the five programs that are written with other libraries too

FIVE = [EXAMPLES / f"asyncio_{name}.py" for name in bench_programs.PROGRAMS]


@pytest.mark.slow
def test_the_examples_pass_strict_types() -> None:
    """Mypy keeps what it knows of imapsh where the project's runs do."""
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *EXAMPLES.glob("asyncio_*.py")],
        cwd=EXAMPLES.parents[1], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stdout.partition(":")[0]) == (0, "Success"), checked.stdout


@pytest.mark.parametrize("path", FIVE, ids=lambda path: path.stem)
def test_the_five_have_no_cast(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [word for word in ("cast", "type: ignore", "Any", "_runner") if word in text] == []


def test_unread_attachments_and_storing(tmp_path: Path) -> None:
    async def scene() -> None:
        listener = await serve(Address("imap", "127.0.0.1"), demo_store())
        url = f"imap://{USER}@127.0.0.1:{listener.address.port}"
        (tmp_path / "one.eml").write_bytes(bench_programs.letter(5))
        storing = await start("bulk_append", url, "Drafts", str(tmp_path))
        said, _ = await storing.communicate()
        assert (storing.returncode, said) == (0, b"1 stored\n")
        target = tmp_path / "saved"
        target.mkdir()
        saving = await start("attachments", f"{url}/Drafts", str(target))
        assert await saving.wait() == 0
        saved = [path for path in target.iterdir() if path.name.endswith("größe-5.bin")]
        assert [path.stat().st_size for path in saved] == [100_000]
        listing = await start("unread", f"{url}/INBOX")
        said, _ = await listing.communicate()
        async with connect(f"{url}/INBOX", password=PASSWORD) as c:
            assert len(said.splitlines()) == len(await c.search("UNSEEN")) > 0
        await listener.close()

    play(scene)


def test_the_watcher_ends_after_a_message() -> None:
    async def scene() -> None:
        listener = await serve(Address("imap", "127.0.0.1"), demo_store())
        url = f"imap://{USER}@127.0.0.1:{listener.address.port}"
        watching = await start("watcher", f"{url}/INBOX", "1")
        assert watching.stdout is not None
        line = asyncio.ensure_future(watching.stdout.readline())
        async with connect(url, password=PASSWORD) as c:
            while not line.done():  # until it has begun
                await c.append("INBOX", b"Subject: here I am\r\n\r\n")
                await asyncio.wait((line,), timeout=0.1)
        assert line.result().endswith(b" here I am\n")
        await watching.communicate()
        assert watching.returncode == 0
        await listener.close()

    play(scene)


@pytest.mark.slow
def test_the_five_do_what_those_of_other_libraries_do(dovecot: Server, tmp_path: Path) -> None:
    lines = list(bench_programs.table(dovecot.for_user("other"), tmp_path, bench_programs.Sizes(10, 2, 5)))
    assert [line.split()[0] for line in lines[3:-1]] == list(bench_programs.PROGRAMS)


# -- the page that puts other libraries beside ours


def test_the_page_about_other_libraries_names_what_there_is() -> None:
    page = (EXAMPLES.parent / "from-imapclient.rst").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith(("``", r"\-", " " * 40, " " * 80))]
    columns = [(line[:40], line[40:80], line[80:]) for line in rows if len(line) <= 120]
    wanted: list[tuple[str, type]] = []
    for row in columns:
        for cell, kind in zip(row, (IMAPClient, MailBox, Connection), strict=True):
            wanted += [(name, kind) for name in re.findall(r"\bc\.(\w+)\(", cell)]
    assert len(wanted) > 90
    assert [(kind.__name__, name) for name, kind in wanted if not hasattr(kind, name)] == []
    assert [name for name in re.findall(r"\bkeys\.(\w+)", page) if not hasattr(keys, name)] == []
