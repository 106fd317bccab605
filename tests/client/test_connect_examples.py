"""The documented examples run."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from imapsh.client.connect import connect
from imapsh.server.demo import PASSWORD, USER, demo_store
from imapsh.server.listen import serve
from imapsh.transport.address import Address
from tests.client.test_connection import play

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
