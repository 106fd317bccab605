r"""Explains everything that has a name, for `\help`, `--explain-name` and the pages of docs/reference.

entries     every name as an entry of one shape, from all tables; kinds: what the kinds of names are called
lookup      from what a person types to the entries that are meant
page        entries as styled text; spelt: what each `<name>` in a syntax stands for; overview: `\help` alone
"""
