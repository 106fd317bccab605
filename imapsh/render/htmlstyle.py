"""The style sheet of a page (`imapsh.render.htmlpage`): its palette, in light and in dark, and its layout.

The colours of tokens are those of a theme: each SGR parameter of `imapsh.render.styles` has a declaration here.
`tests/render/test_htmlstyle.py` computes the contrast of every colour on every ground (WCAG 2.2, level AA).
"""

from __future__ import annotations

from imapsh.render.styles import Theme

#: Name -> the colour of text in light and in dark.
INKS: dict[str, tuple[str, str]] = {
    "ink": ("#1f2328", "#e2e8f0"),
    "dim": ("#57606a", "#98a3b0"),
    "red": ("#b0202e", "#ff938a"),
    "green": ("#17633a", "#7fd99a"),
    "yellow": ("#7a4b00", "#e6bd5c"),
    "blue": ("#0b57b0", "#86bdff"),
    "magenta": ("#8131a0", "#d9adff"),
    "cyan": ("#0a5d70", "#74d7e3"),
}

#: Name -> the ground of text in light and in dark.
GROUNDS: dict[str, tuple[str, str]] = {
    "page": ("#ffffff", "#0f141a"),
    "ours": ("#eef4fd", "#15202e"),
    "block": ("#f5f7f9", "#161c24"),
    "fault": ("#fdf0ee", "#2a1719"),
}
_LINES = {"rule": ("#d5dbe2", "#2b343f")}  # borders, which carry no meaning alone

#: SGR parameter -> declaration.
_DECLARED = {
    "1": "font-weight:700",
    "2": "color:var(--dim)",
    "3": "font-style:italic",
    "4": "text-decoration:underline",
    **{
        f"{base}{number}": f"color:var(--{name})"
        for base in ("3", "9")
        for number, name in enumerate(("ink", "red", "green", "yellow", "blue", "magenta", "cyan", "dim"))
    },
}


def name_of(style: str) -> str:
    """Return the class of a style's elements."""
    return f"s-{style}"


def sheet(theme: Theme) -> str:
    """Return the whole style sheet."""
    rules = (_rule(style, parameters.split(";")) for style, parameters in theme.sgr.items() if parameters)
    light, dark = (_variables(index) for index in (0, 1))
    return f":root{{color-scheme:light dark;{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n" + (
        "\n".join(rules) + _LAYOUT + f"@media print{{:root{{color-scheme:light;{light}}}}}\n"
    )


def _variables(index: int) -> str:
    every = {**INKS, **GROUNDS, **_LINES}
    return ";".join(f"--{name}:{colours[index]}" for name, colours in every.items())


def _rule(style: str, parameters: list[str]) -> str:
    declared = [_DECLARED[one] for one in parameters if one in _DECLARED]
    if "7" in parameters:
        colour = next((one for one in declared if one.startswith("color:")), "color:var(--ink)")
        declared = [one for one in declared if not one.startswith("color:")]
        declared += ["color:var(--page)", f"background:{colour.removeprefix('color:')}", "border-radius:3px"]
    return f".{name_of(style)}{{{';'.join(declared)}}}"


_LAYOUT = """
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:76rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:2rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem;font-weight:650}
h2{font-size:1rem;margin:2rem 0 .75rem;font-weight:650}
.one h2{display:none}
.of{font-size:.875rem;color:var(--dim)}
main.one{margin-top:1.5rem}
p{margin:.25rem 0}
a{color:var(--blue);text-underline-offset:.15em}
:focus-visible{outline:2px solid var(--blue);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-99rem;background:var(--page);padding:.5rem 1rem}
.skip:focus{left:.5rem;top:.5rem;z-index:1}
.counts{display:flex;flex-wrap:wrap;gap:.5rem 2.5rem;list-style:none;margin:1.25rem 0;padding:0}
.counts b{display:block;font-size:1.35rem;line-height:1.2;font-weight:650;font-variant-numeric:tabular-nums}
.counts li{color:var(--dim);font-size:.875rem}
.counts b{color:var(--ink)}
.counts .bad b{color:var(--red)}
.rules{list-style:none;margin:0;padding:0;border:1px solid var(--rule);border-radius:8px}
.rules li{padding:.6rem 1rem;border-top:1px solid var(--rule);font-size:.9375rem}
.rules li:first-child{border-top:0}
.rules li:target{background:var(--fault)}
.kind{font-weight:650;color:var(--red)}
.notice .kind{color:var(--yellow)}
.rules i{font-style:normal;color:var(--dim);font-size:.875rem}
.rules li{display:flex;justify-content:space-between;gap:.25rem 2rem}
.places{font-size:.875rem;color:var(--dim);text-align:right;max-width:16rem}
.places a{display:inline-block;padding:0 .35rem}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:1.25rem 0 0;font-size:.8125rem}
.legend li{color:var(--dim)}
.legend b,.r,.fold,.skipped{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.r,.fold{font-size:13px;line-height:1.55}
.log{border:1px solid var(--rule);border-radius:8px;overflow:clip;padding:.4rem 0}
.r{display:grid;grid-template-columns:0 3ch minmax(0,1fr);padding:0 1rem 0 .5rem;direction:ltr;contain:paint}
.timed .r{grid-template-columns:13ch 3ch minmax(0,1fr)}
.named .r{grid-template-columns:11ch 3ch minmax(0,1fr)}
.timed.named .r{grid-template-columns:24ch 3ch minmax(0,1fr)}
.r>*{grid-column:3;min-width:0}
.r>.w{grid-column:1;grid-row:1;color:var(--dim);font-variant-numeric:tabular-nums;padding-right:1ch}
.r>.m{grid-column:2;grid-row:1;text-align:center}
.ours{background:var(--ours)}
.tagged+.ours{margin-top:.6rem}
.w b{font-weight:600}
.l{display:block;font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;padding-left:2ch;text-indent:-2ch}
.i1{padding-left:4ch}.i2{padding-left:6ch}.i3{padding-left:8ch}.i4{padding-left:10ch}.i5{padding-left:12ch}
.i6{padding-left:14ch}
.at{display:inline-block;position:relative;white-space:pre;text-indent:0;vertical-align:baseline;min-width:1ch;
padding-bottom:.95em;margin-bottom:-.1em;background:linear-gradient(var(--red),var(--red)) 0 1.4em/100% 2px no-repeat;
color:var(--red);font-weight:700;text-decoration:none}
.at::after{content:"\\25B2" attr(data-n);position:absolute;left:50%;bottom:0;font-size:.75em;line-height:1;
transform:translateX(-.32em)}
.f{margin:.15rem 0 .45rem;padding:.3rem .75rem;background:var(--fault);border-left:3px solid var(--red);
border-radius:0 4px 4px 0;font:14px/1.45 system-ui,sans-serif}
.f.notice{background:none;border-color:var(--yellow)}
.f:target{outline:2px solid var(--red);outline-offset:-2px}
.f b{color:var(--red)}
.f.notice b{color:var(--yellow)}
.f i{font-style:normal;color:var(--dim);font-size:.875em}
.fold{margin:.15rem 0 .3rem;background:var(--block);border-radius:5px}
.fold summary{padding:.2rem .75rem;cursor:pointer;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;
border-radius:5px;color:var(--dim)}
.fold summary b{color:var(--cyan);font-weight:600}
.fold pre{margin:0;padding:.35rem .75rem .6rem;font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;
border-top:1px solid var(--rule)}
footer{padding-top:1.5rem;padding-bottom:3rem;color:var(--dim);font-size:.8125rem}
@media (max-width:46rem){
header,main,footer{padding-left:.75rem;padding-right:.75rem}
header{padding-top:1.25rem}
.log{margin:0 -.75rem;border-radius:0;border-left:0;border-right:0}
.r,.timed .r,.named .r,.timed.named .r{grid-template-columns:3ch minmax(0,1fr);padding:0 .75rem 0 .25rem}
.r>*{grid-column:2}
.r>.m{grid-column:1;grid-row:auto}
.r>.w{grid-column:2;grid-row:auto;font-size:11px;line-height:1.4;margin-top:.3rem}
.w.again{display:none}
.r>.m+*{grid-row:auto}
.i2,.i3,.i4,.i5,.i6{padding-left:5ch}
.counts{gap:.6rem 1.5rem}
.rules li{display:block}
.places{text-align:left;max-width:none}
}
@media print{
body{font-size:10pt}
header,main,footer{max-width:none;padding:0}
.log,.rules{border:0}
.r,.fold{font-size:8.5pt;contain:none}
.skip{display:none}
.l,.f{break-inside:avoid-page}
.ours,.f,.fold{print-color-adjust:exact}
details::details-content{content-visibility:visible;height:auto}
}
"""
