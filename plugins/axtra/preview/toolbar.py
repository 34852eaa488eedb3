"""What the preview adds to a page: its problems, links to other views, and a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup, escape

from infolettre.core import diagnostics
from infolettre.core.diagnostics import Diagnostic

PLACE = "/__axtra/"
EVENTS = f"{PLACE}changements"
SCRIPT = f"{PLACE}apercu.js"
BESIDE = f"{PLACE}cote-a-cote/"
UNPUBLISHED = f"{PLACE}a-paraitre.json"
RELOAD = f"""const changements = new EventSource("{EVENTS}");
const recharger = () => {{
  sessionStorage.setItem("axtra-y", JSON.stringify([location.pathname, scrollY]));
  location.reload();
}};
let interrompu = false;
changements.onmessage = recharger;
changements.onerror = () => {{ interrompu = true; }};
changements.onopen = () => {{ if (interrompu) recharger(); }};
addEventListener("load", async () => {{
  const garde = JSON.parse(sessionStorage.getItem("axtra-y") || "null");
  if (garde && garde[0] === location.pathname) scrollTo(0, garde[1]);
  sessionStorage.removeItem("axtra-y");
  const etats = await (await fetch("{UNPUBLISHED}")).json();
  for (const lien of document.querySelectorAll("main a[href]")) {{
    const etat = etats[new URL(lien.href).pathname];
    if (!etat || lien.querySelector("img")) continue;
    const marque = document.createElement("small");
    marque.className = "axtra-etat";
    marque.textContent = etat;
    lien.after(" ", marque);
  }}
}});
"""
_STYLE = """
#axtra-barre{position:fixed;inset:auto 0 0 0;z-index:9;max-height:45vh;overflow:auto;
background:#fff;color:#1b1b1b;border-top:3px solid #14365c;font:15px/1.45 system-ui,sans-serif}
#axtra-barre.erreurs{border-color:#b00020}
#axtra-barre>nav{display:flex;flex-wrap:wrap;gap:4px 20px;padding:8px 16px;background:#f2f0eb}
#axtra-barre a{color:#14365c}#axtra-barre ul{margin:0;padding:4px 16px 8px;list-style:none}
#axtra-barre pre{margin:8px 0;white-space:pre-wrap;font:14px/1.4 ui-monospace,monospace}
#axtra-barre summary{padding:8px 16px;cursor:pointer;font-weight:600}
.axtra-etat{padding:0 6px;border:1px solid #b35900;border-radius:3px;color:#8a4500;
background:#fff4e5;font:600 12px/1.5 system-ui,sans-serif;white-space:nowrap}
body{padding-bottom:4rem}
"""
_ALONE = "main{max-width:44rem;margin:3rem auto;padding:0 1rem;font:17px/1.5 system-ui}"
_BESIDE = "body{margin:0;display:flex;height:100vh}iframe{flex:1;border:0}"


def add(
    body: bytes, mine: Sequence[Diagnostic], others: Sequence[Diagnostic], links: Mapping[str, str]
) -> bytes:
    """Add the toolbar and the script to a page; `mine` are the problems of the page itself."""
    wrong = diagnostics.errors([*mine, *others])
    nav = Markup("").join(
        Markup('<a href="{}">{}</a>').format(address, label) for label, address in links.items()
    )
    bar = Markup(
        '<style>{}</style><aside id="axtra-barre" class="{}" aria-label="Aperçu"><nav>{}</nav>{}{}'
        '</aside><script src="{}" defer></script>'
    ).format(
        Markup(_STYLE),  # noqa: S704 - ours
        "erreurs" if wrong else "",
        nav,
        _list(mine, "cette page", is_open=True),
        _list(others, "ailleurs", is_open=bool(wrong)),
        SCRIPT,
    )
    return body.replace(b"</body>", str(bar).encode() + b"</body>", 1)


def _list(problems: Sequence[Diagnostic], where: str, *, is_open: bool) -> Markup:
    if not problems:
        return Markup("")
    rows = Markup("").join(
        Markup("<li><pre>{}</pre></li>").format(str(problem)) for problem in problems
    )
    whole = "<details{} class=axtra-constats><summary>{} ({})</summary><ul>{}</ul></details>"
    opened = Markup(" open") if is_open else ""
    return Markup(whole).format(opened, diagnostics.summary(problems), where, rows)  # noqa: S704 - ours


def page(title: str, style: str = _ALONE, content: str = "") -> bytes:
    """Return a page of the preview itself."""
    name = escape(title)
    return (
        f'<!DOCTYPE html><html lang="fr-CA"><meta charset="utf-8"><title>{name}</title>'
        f"<style>{style}</style><body>{content or f'<main><h1>{name}</h1></main>'}</body></html>"
    ).encode()


def side_by_side(title: str, addresses: Iterable[str]) -> bytes:
    """Return a page that shows other pages side by side."""
    frames = Markup("").join(
        Markup('<iframe src="{}" title="{}"></iframe>').format(address, address)
        for address in addresses
    )
    return page(title, _BESIDE, frames)
