"""Makes scripts that complete imapsh's command line in bash, zsh and fish, from the table of options.

A profile's name may stand where the URL does; the script asks imapsh for them while one types.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from imapsh.shell.settings.options import OPTIONS, SCHEMES, Option
from imapsh.wire.limits import Limits

#: The command that prints the names of the profiles, one a line.
_PROFILES = "imapsh --profiles 2>/dev/null"


def script(shell: str) -> str:
    """Return the script for bash, zsh or fish."""
    return _SCRIPTS[shell]()


def values(option: Option) -> tuple[str, ...]:
    """Return what may stand behind an option, if that is known."""
    return option.choices or (_VALUES[option.name]() if option.name in _VALUES else ())


def takes_path(option: Option) -> bool:
    """Return whether a file or a folder stands behind the option."""
    return option.metavar.rstrip(".") in ("FILE", "DIR")


def _mechanisms() -> tuple[str, ...]:
    from imapsh.sasl.table import MECHANISMS

    return ("auto", *MECHANISMS)


def _names() -> tuple[str, ...]:
    """Return the names that a shell takes as they are."""
    from imapsh.shell.commands.help.entries import entries

    return tuple(dict.fromkeys(entry.name for entry in entries() if re.fullmatch(r"[A-Za-z][\w.-]*", entry.name)))


_VALUES: dict[str, Callable[[], tuple[str, ...]]] = {
    "--mechanism": _mechanisms,
    "--explain-name": _names,
    "--limit": lambda: tuple(f"{name}=" for name in Limits._fields),
}


def _brief(option: Option) -> str:
    """Return the first clause of an option's help."""
    return option.help.split("; ")[0]


def _forms(option: Option) -> tuple[str, ...]:
    return (option.short, option.name) if option.short else (option.name,)


# -- bash

_BASH = """\
# bash: eval "$(imapsh --completion bash)" in ~/.bashrc

_imapsh() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" words=""
    if [ "$word" = "=" ]; then
        word=""
    elif [ "$before" = "=" ]; then
        before="${{COMP_WORDS[COMP_CWORD-2]}}"
    fi
    COMPREPLY=()
    case "$before" in
{cases}
    *)
        case "$word" in
        -*) words="{options}" ;;
        *) words="{urls}" ;;
        esac ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    case "${{COMPREPLY[0]}}" in
    *[:/=]) compopt -o nospace 2>/dev/null ;;
    esac
    return 0
}}
complete -o default -F _imapsh imapsh
"""


def _bash() -> str:
    cases = [f"    {'|'.join(_forms(option))}) {_bash_values(option)} ;;" for option in OPTIONS if option.metavar]
    return _BASH.format(
        cases="\n".join(cases),
        options=" ".join(form for option in OPTIONS for form in _forms(option)),
        urls=f"{' '.join(SCHEMES)} $({_PROFILES})",
    )


def _bash_values(option: Option) -> str:
    """Return what a case does: offer words, or leave it to bash, which offers files."""
    return f'words="{" ".join(values(option))}"' if values(option) else "return"


# -- zsh

_ZSH = """\
#compdef imapsh
# zsh: eval "$(imapsh --completion zsh)" in ~/.zshrc after compinit, or kept as _imapsh in a folder of $fpath

_imapsh_url() {{
    compadd -S '' -- {schemes}
    compadd -- ${{(f)"$({profiles})"}}
}}

_imapsh() {{
    _arguments -s \\
{arguments}
        '1:URL:_imapsh_url'
}}

if [ "$funcstack[1]" = _imapsh ]; then
    _imapsh "$@"
else
    compdef _imapsh imapsh
fi
"""


def _zsh() -> str:
    arguments = "\n".join(f"        {_zsh_argument(option)} \\" for option in OPTIONS)
    return _ZSH.format(schemes=" ".join(SCHEMES), profiles=_PROFILES, arguments=arguments)


def _zsh_argument(option: Option) -> str:
    help_text = re.sub(r"([\[\]:\\])", r"\\\1", _brief(option)).replace("'", "'\\''")
    forms = _forms(option)
    marks = ("+", "=") if option.short else ("=",)
    written = [form + (mark if option.metavar else "") for form, mark in zip(forms, marks, strict=True)]
    start = "'*'" if option.many else f"'({' '.join(forms)})'"
    names = f"{{{','.join(written)}}}" if option.short else written[0]
    known = f"({' '.join(values(option))})" if values(option) else "_files" if takes_path(option) else " "
    return f"{start}{names}'[{help_text}]{f':{option.metavar}:{known}' if option.metavar else ''}'"


# -- fish


def _fish() -> str:
    lines = ["# fish: imapsh --completion fish > ~/.config/fish/completions/imapsh.fish", "", "complete -c imapsh -f"]
    lines += [_fish_option(option) for option in OPTIONS]
    lines.append(f"complete -c imapsh -a {_fish_quoted(' '.join((*SCHEMES, f'({_PROFILES})')))}")
    return "\n".join(lines) + "\n"


def _fish_option(option: Option) -> str:
    parts = ["complete -c imapsh", f"-s {option.short[1:]}" if option.short else "", f"-l {option.name[2:]}"]
    if option.metavar:
        parts.append("-r -F" if takes_path(option) else "-x")
    if values(option):
        parts.append(f"-a {_fish_quoted(' '.join(values(option)))}")
    return " ".join([*filter(None, parts), f"-d {_fish_quoted(_brief(option))}"])


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_SCRIPTS: dict[str, Callable[[], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
