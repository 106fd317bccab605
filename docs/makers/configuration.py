"""The page of the configuration file: its keys are those of the table of options."""

from __future__ import annotations

from imapsh.render.styles import STYLES, THEMES
from imapsh.shell.settings.extensions import KINDS
from imapsh.shell.settings.options import OPTIONS, Option
from imapsh.shell.settings.passwords.password import ORDER
from imapsh.wire.limits import DEFAULT

EXAMPLE = """\
# For all connections
keys = "vi"
timeout = 60
cafile = "/etc/ssl/certs/company.pem"

[limits]
literal = 100_000_000

[profiles.work]
url = "imaps://mail.work.example/INBOX"
user = "boss"
password-command = "pass show mail/work"

[profiles.cloud]
url = "imaps://imap.cloud.example"
user = "boss@cloud.example"
token-command = "oauth-helper --json boss@cloud.example"

[profiles.archive]
url = "imap://archive.example"
user = "admin"
keyring = true
read-only = true
mailbox = "Archive/2019"

[aliases]
unread = "UID SEARCH UNSEEN"

[theme]
base = "dark"
flag = "bold yellow"
"""

_HEAD = """\
.. Made by docs/make.py from the tables in imapsh/shell.

The configuration
=================

imapsh reads a file of defaults, profiles, aliases and colours, in TOML.  It lies in

- ``$XDG_CONFIG_HOME/imapsh/config.toml``, usually ``~/.config/imapsh/config.toml``;
- ``~/Library/Application Support/imapsh/config.toml`` on macOS;
- ``%APPDATA%\\imapsh\\config.toml`` on Windows.

``--config FILE`` reads another, ``--no-config`` none. ``imapsh --checkup`` says which is read and what is wrong
with it. A mistake in it is one sentence with the line and the key, and exit status 2.

The command line wins over a profile, and a profile over what stands for all; the limits of all three are joined.

An example::

"""

_PROFILES = """
Profiles
--------

``imapsh work`` uses the profile ``work``, and so does ``\\connect work`` at the prompt; any other word is a host.
If a word has no dot and is nearly the name of a profile, imapsh does not connect, and names the profile: write a
host of that name as ``imaps://NAME``. ``imapsh`` alone connects to the ``url`` at the top, which may be a profile's
name.

``\\connect`` to a profile takes user, mailbox and password from there, never from the command line or the profile
before; and the user to act for (``authorize``, ``proxyauth``: ``docs/acting.rst``).

A profile has a ``url``, and any of the keys below. It may contain a ``password`` if only its owner may read the
file; otherwise imapsh refuses the file until ``chmod 600``. A ``password-command``, a ``token-command``, a ``url`` that
begins with ``exec:``, and an alias that runs a program or reaches files (``|``, ``>``, ``{@``, ``exec:``, ``\\save``,
``\\load``, ``\\trace``, ``\\export``, ``\\edit``) are refused if the file belongs to another user than you or
root, or if others may write to it.

Aliases
-------

``[aliases]`` names command lines, as ``\\alias`` does.

"""

_PASSWORDS = """
Passwords
---------

A password comes from the first of these sources that has one.  A command that fails is an error; if a look-up finds
nothing, the next source is asked.

"""

_MORE = """
The service in the keyring is ``imapsh:HOST``: ``keyring set imapsh:mail.work.example boss`` puts a password in.
netrc is read only if ``netrc`` is set; without a user it also gives the user.

A token command prints the token alone, or JSON with ``access_token`` and, if it is known, ``expires_in``
(seconds) or ``expiry``, ``expires_at``, ``expires_on``, ``expiresOn`` (seconds since 1970, or ISO 8601). A token is
kept for the next connection until it expires, if that time is known. When the server refuses a token, imapsh runs the
command once more, and never sends the refused token again. Without ``mechanism``, imapsh uses the strongest mechanism
that takes a token.

``oauth`` gets tokens without another program, and keeps them in places of its own: see ``oauth.rst``.

A command may be text, which a shell runs, or a list of strings: a program and its arguments, which no shell reads, so
that blanks, quotes and ``$`` in them are themselves::

    password-command = ["pass", "show", "mail/work account"]

On the command line the list is written as JSON, in quotes of your shell:
``--password-command '["pass", "show", "mail/work account"]'``.  It is the same for ``--token-command`` and
``--key-password-command``.

Where there is no terminal, these commands may take 60 seconds, because nobody would see that they wait.  At a terminal
they may take as long as they need, and Ctrl-C ends them.

If the key of your client certificate (``cert``, ``key``) is protected by a passphrase, imapsh asks for it at the
terminal, without echo, before it connects, and keeps it for the connections of the same run.  With
``key-password-command`` a program prints it.  In a script without one, the exit status is 5, and nothing is sent.

imapsh takes ``IMAPSH_PASSWORD`` out of its environment before it does anything else, so no child process inherits it.
It cannot clear what the system keeps of the environment that a process was started with: on Linux your other processes,
and root, can still read the password in ``/proc/PID/environ`` of imapsh and of the shell that set it.  If that matters,
use ``--password-fd``, ``--password-command`` or the keyring.

Passwords and tokens are masked in everything that is shown, traced or kept, and are hidden from child processes. In a
server's responses they are masked in text, in strings, in challenges and behind their encodings, but not in the
protocol's own numbers and words: if your password is ``2024``, ``* 2024 EXISTS`` stays as it is. Mail is not touched,
except in a trace. A password of fewer than four characters is masked only where it is typed.

"""

_PROXIES = """

Proxies
-------

``proxy`` names the proxy through which a server is reached; it needs the package python-socks:
``pip install "imapsh[proxy]"``.

- ``socks5h://proxy.example:1080``: SOCKS5; the proxy looks up the server's name.
- ``socks5://proxy.example:1080``: SOCKS5; this machine looks it up.
- ``socks4a://`` and ``socks4://``: the same for SOCKS4.
- ``http://proxy.example:3128``: an HTTP proxy that takes CONNECT.
- ``none``: no proxy, even if ``ALL_PROXY`` names one.

Without ``proxy``, imapsh takes the one in ``ALL_PROXY`` (or ``all_proxy``), but not for this machine itself, and not
for the hosts in ``NO_PROXY``: names with all that is below them, addresses, networks such as ``10.0.0.0/8``, each with
a port if it has one, or ``*``. ``proxy`` goes for every host, ``localhost`` too: behind a proxy that is another
machine, so no password goes there unencrypted. ``unix:`` and ``exec:`` never have a proxy. ``HTTPS_PROXY`` is not for
mail, and is ignored.

The certificate must be for the server's name, as without a proxy. ``connect-timeout`` is for the proxy too. What is
wrong with a proxy is one sentence with the proxy and the server, and exit status 4.

Write the user of a proxy before its host, as in ``http://boss@proxy.example:3128``, and never the password: ``keyring``
and ``netrc`` look it up by the proxy's host, and otherwise imapsh asks for it at the terminal. Only in ``ALL_PROXY``
may it stand, as other programs have it: ``http://boss:PASSWORD@proxy.example:3128``.

"""

_THEME = """
Colours
-------

``theme`` is the name of a theme: {themes}. Or ``[theme]`` is a table: ``base`` names the theme it begins with, and
each other key is a style with the words that paint it, such as ``"bold red"``: {words}. ``--theme`` on the command
line goes without them.

The styles: {styles}.
"""


_OWN_ROWS = """

Names of your own server
------------------------

A file ``extensions.toml`` beside the configuration file teaches imapsh private capabilities, commands, responses, codes
and items, as long as their shape is an existing one.  They are completed, hinted, checked and explained as the built-in
ones are::

    [[capability]]
    name = "X-SCORE"
    summary = "How likely a message is junk."

    [[command]]
    name = "XRESCORE"
    syntax = "<sequence-set> [<flag-list>]"
    summary = "Finds the scores of messages anew."
    state = "selected"
    needs = ["X-SCORE"]
    responses = ["XRESCORED"]

    [[response]]
    name = "XRESCORED"
    like = "SEARCH"

    [[fetch-item]]
    name = "X-SCORE"
    like = "RFC822.SIZE"
    needs = ["X-SCORE"]

The kinds are {kinds}.  Each row has a ``name``, and may have a ``summary``, an ``example`` and ``needs``, the
capabilities of which one offers it.  ``like`` names a row of the same kind whose value it has, and ``syntax`` is in the
notation of the hints.  A command may say its ``state`` (``any``, ``not-authenticated``, ``authenticated`` or
``selected``) and its ``responses``.  It counts as changing mail, which read-only mode refuses, unless it says
``changes = false``.  A name that is built in cannot be taught anew.
"""


def page() -> str:
    """The page."""
    made = [_HEAD, *(f"    {line}".rstrip() + "\n" for line in EXAMPLE.splitlines()), _PROFILES]
    made += ["Keys\n----\n\n", "The keys are the long options; a switch is true or false.\n\n"]
    made += [_key(option) for option in OPTIONS if not option.once and option.name != "--limit"]
    made.append(f"``limits``\n    a table of {_listed(DEFAULT._fields)}, 0 for no limit\n")
    made.append("``url``, ``password``, ``profiles``, ``aliases``\n    see above\n")
    made.append("``providers``\n    tables of identity providers for ``oauth``: see ``oauth.rst``\n")
    made += [
        _PASSWORDS,
        *(f"{n}. ``{source.name}``: {source.help}\n" for n, source in enumerate(ORDER, 1)),
        _MORE.rstrip(),
    ]
    words = "bold, dim, italic, underline, reverse, a colour, or a colour with bright in front, as in ``brightblue``"
    made.append(_PROXIES.rstrip() + "\n")
    made.append(_OWN_ROWS.format(kinds=_listed(KINDS)))
    made.append("\n" + _THEME.format(themes=_listed(THEMES), words=words, styles=_listed(STYLES)))
    return "".join(made)


def _key(option: Option) -> str:
    other = f", or ``{option.opposite[2:]}`` for the opposite" if option.opposite else ""
    kind = " (true or false)" if not option.metavar else " (a number)" if option.kind == "seconds" else ""
    return f"``{option.name[2:]}``{other}{kind}\n    {option.help}\n"


def _listed(names: object) -> str:
    assert hasattr(names, "__iter__")
    return ", ".join(f"``{name}``" for name in names)
