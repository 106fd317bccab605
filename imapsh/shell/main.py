"""The program: reads the command line, hands over, and turns what went wrong into a sentence and an exit status."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence

from imapsh.errors import ImapshError, Interrupted, UsageError
from imapsh.hints import TYPE_CHECKING, Any, TypeVar
from imapsh.shell.settings.options import Options, read

if TYPE_CHECKING:
    from imapsh.shell.commands.login.checkup import Checked
    from imapsh.shell.connection.dial import Plan

Given = TypeVar("Given")
Made = TypeVar("Made")


def main(argv: Sequence[str] | None = None) -> int:
    """Run imapsh with the words behind its name, and return the exit status, one of `usage.EXITS`.

    Raises nothing.
    """
    if sys.stdout is None:  # it was closed by who started us
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the process lives
    try:
        words = sys.argv[1:] if argv is None else argv
        if any(word.lower().removeprefix("--report=").startswith("nagios:") for word in words):
            from imapsh.shell.modes import monitored

            status = monitored.run(lambda: _run(_pointing(read, words)))
        else:
            status = _run(_pointing(read, words))
        sys.stdout.flush()  # what fails at exit is not said in a sentence
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - a traceback would show what nobody may see
        status = _failed(error)
    finally:
        gc.enable()
    if status:
        _let_go()
    return status


def _failed(error: BaseException) -> int:
    """Say what went wrong, and return the exit status."""
    from imapsh.shell.settings.reasons import exit_status, in_options

    if isinstance(error, BrokenPipeError):
        pass  # who read knows it
    elif isinstance(error, ImapshError) and not isinstance(error, Interrupted):
        _say(in_options(error))
    elif isinstance(error, OSError):
        _say(f"cannot write: {error.strerror or error}")
    elif isinstance(error, Exception) and not isinstance(error, Interrupted):
        from imapsh.shell.settings import crash

        _say(crash.sentence(error))
    return exit_status(error)


def _let_go() -> None:
    """Send nowhere what stdout and stderr do not take, because what went wrong is said already, if anybody is there.

    Python flushes them once more at exit, and if that fails the exit status is 120 in place of ours.
    """
    for file in filter(None, (sys.stdout, sys.stderr)):
        try:
            file.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())


def _run(given: Mapping[str, Any]) -> int:
    if given.get("help"):
        from imapsh.shell.settings.usage import help_text

        sys.stdout.write(help_text())
        return 0
    if given.get("version"):
        from imapsh import __version__, compiled

        sys.stdout.write(f"imapsh {__version__}{' (compiled core)' if compiled else ''}\n")
        return 0
    if given.get("completion"):
        from imapsh.shell.modes.completion import script

        sys.stdout.write(script(given["completion"]))
        return 0
    from imapsh.shell.settings.passwords.password import take_from_descriptor, take_from_environment

    if "password_fd" in given:
        take_from_descriptor(given["password_fd"])
    take_from_environment()
    if given.get("checkup"):
        from imapsh.shell.modes import checkup

        return checkup.run(given, _looked_at)
    return _work(_configured(given))


def _looked_at(plan: Plan, options: Options) -> Checked:
    """Look at the server of a plan, for `--checkup URL`."""
    from imapsh.shell.batch import checking

    return checking.run(plan, options)


def _configured(given: Mapping[str, Any]) -> Options:
    """Return the options in effect: those given, over the configuration if there is one."""
    path = given.get("config", "")
    if not path and not given.get("no_config"):
        from imapsh.shell.settings.folders import config_file

        path = config_file()
        _learn_rows(path)
        path = path if os.path.exists(path) else ""
    elif path:
        path = os.path.expanduser(path)
        _learn_rows(path)
    if not path:
        return Options(**given)
    from imapsh.shell.settings import config

    return config.load(path, given)


def _learn_rows(config: str) -> None:
    """Teach the table the user's own rows, if there is a file of them beside the configuration."""
    if os.path.exists(os.path.join(os.path.dirname(config), "extensions.toml")):
        from imapsh.shell.settings import extensions

        extensions.load(config)


def _work(options: Options) -> int:
    if options.profiles:
        names = options.settings.profiles if options.settings is not None else ()
        from imapsh.render.styles import paint
        from imapsh.shell.screen import stdio

        stdio.out(paint([("", f"{name}\n") for name in names], None))
        return 0
    if options.oauth_forget:
        from imapsh.shell.modes import oauth_forget

        return _pointing(oauth_forget.run, options)
    if options.explain_name:
        from imapsh.shell.modes import explain_name as cli

        return cli.run(options)
    if options.explain or options.as_:
        from imapsh.shell.modes import explain

        return explain.run(options)
    if options.serve_demo:
        from imapsh.shell.modes import serve

        return serve.run(options)
    if options.tap:
        from imapsh.shell.modes import tap

        return _pointing(tap.run, options)
    gc.disable()  # nothing of what is imported is garbage: to look for it again and again takes a tenth of a start
    from imapsh.shell.connection.dial import make_plan

    plan = _pointing(make_plan, options)
    if options.command or options.file or sys.stdin is None or not sys.stdin.isatty():
        from imapsh.shell.batch import batch

        gc.freeze()
        gc.enable()
        return batch.run(plan, options)
    if options.report:
        raise UsageError("--report needs a script: give one with -c, -f or on stdin")
    from imapsh.shell.prompt import repl

    return repl.run(plan, options)


def _pointing(make: Callable[[Given], Made], given: Given) -> Made:
    """Return what `make` makes of the command line; its UsageError points to the help."""
    try:
        return make(given)
    except UsageError as error:
        raise UsageError(f"{error} (see imapsh --help)") from None


def _say(text: str) -> None:
    from imapsh.shell.screen import stdio

    try:
        stdio.note(text)
    except OSError:
        pass  # there is nobody to say it to
