"""What does not belong in a mail: programs, forms, frames, files of other hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infolettre.checks.checked_mail import CheckedMail
from infolettre.checks.rule import WARNING, Finding, excerpt, mail_rule, view_rule
from infolettre.checks.view import View
from infolettre.text.html.conditional_comments import unconditional
from infolettre.words import say

_REMEDY = "Enlevez cet élément; menez plutôt à une page du site par un lien."
_FORMS = ("form", "input", "button", "select", "textarea", "fieldset", "label", "option")
_FRAMES = ("iframe", "frame", "frameset", "object", "embed", "applet", "video", "audio", "canvas")
_FONTS = ("@font-face", "fonts.googleapis", "fonts.gstatic", "use.typekit")
_PROGRAM = re.compile(r"\s*(?:javascript|vbscript):", re.IGNORECASE).match
_VECTORS = ("svg", "math", "picture", "source", "map", "area", "marquee", "bgsound")


@view_rule("courriel-script", _REMEDY)
def runs_no_program(view: View) -> Iterator[Finding]:
    """Un courriel ne contient aucun programme."""
    for script in view.all("script"):
        yield Finding(
            "un programme (<script>) est dans le courriel", script["src"] or "<script", script
        )
    for name, values in view.by_attribute.items():
        if name.lower().startswith("on"):
            for value, elements in values.items():
                for element in elements:
                    yield Finding(
                        say("<{}> porte un programme ({})", element.tag, name), value, element
                    )
        for value in filter(_PROGRAM, values):
            for element in values[value]:
                yield Finding(
                    say("l’attribut {} de <{}> est un programme", name, element.tag), value, element
                )


@view_rule("courriel-formulaire", _REMEDY)
def holds_no_form(view: View) -> Iterator[Finding]:
    """Un courriel ne contient aucun formulaire."""
    for element in view.all(*_FORMS):
        yield Finding(
            say("<{}> est un élément de formulaire", element.tag), f"<{element.tag}", element
        )


@view_rule("courriel-cadre", _REMEDY)
def holds_no_frame(view: View) -> Iterator[Finding]:
    """Un courriel ne contient ni cadre, ni vidéo, ni son."""
    for element in view.all(*_FRAMES):
        yield Finding(
            say("<{}> ne s’affiche pas dans un courriel", element.tag), f"<{element.tag}", element
        )


@view_rule("courriel-dessin", "Mettez une image PNG ou JPEG à la place.")
def holds_no_drawing(view: View) -> Iterator[Finding]:
    """Un courriel ne contient ni dessin SVG ni image à zones."""
    for element in view.all(*_VECTORS):
        yield Finding(
            say("<{}> ne s’affiche pas dans la plupart des logiciels", element.tag),
            f"<{element.tag}",
            element,
        )


@view_rule("courriel-feuille-externe", "Écrivez les styles dans le courriel même.")
def loads_no_sheet(view: View) -> Iterator[Finding]:
    """Un courriel ne va chercher aucune feuille de style ni base d’adresses."""
    for element in view.all("link", "base"):
        yield Finding(
            say("<{}> va chercher un fichier ailleurs", element.tag), element["href"], element
        )
    if "@import" in view.style_sheets:
        yield Finding("une feuille de style en importe une autre (@import)", "@import")


@view_rule("courriel-police", "Utilisez Georgia, Arial ou une autre police déjà installée.")
def loads_no_font(view: View) -> Iterator[Finding]:
    """Un courriel ne va chercher aucune police."""
    if any(sign in view.html for sign in _FONTS):
        yield Finding("le courriel va chercher une police ailleurs", "@font-face")


@view_rule("courriel-renvoi", "Enlevez cette balise <meta>.")
def redirects_nobody(view: View) -> Iterator[Finding]:
    """Un courriel ne change pas de page tout seul."""
    for meta in view.all("meta"):
        if meta["http-equiv"].lower() == "refresh":
            yield Finding("le courriel renvoie tout seul à une autre page", near=meta)


@view_rule("courriel-css-programme", "Enlevez cette déclaration.")
def styles_run_no_program(view: View) -> Iterator[Finding]:
    """Aucun style n’exécute de programme."""
    if not any(sign in view.html for sign in ("expression", "behavior", "-moz-binding")):
        return
    for match in re.finditer(r"expression\s*\(|behavior\s*:|-moz-binding", view.html):
        yield Finding(say("un style exécute un programme ({})", match[0]), match[0])


@mail_rule("courriel-debris-word", "Collez sans la mise en forme (Ctrl+Maj+V).")
def holds_no_word_debris(mail: CheckedMail) -> Iterator[Finding]:
    """Rien ne reste d’un copier-coller de Word."""
    pattern = r"class=[\"']?Mso\w*|</?o:p>|<w:\w+|<!--StartFragment|Normal\s+0\s+(?:21|false)"
    if not any(sign in mail.html for sign in ("Mso", "o:p>", "<w:", "StartFragment", "Normal")):
        return
    for match in re.finditer(pattern, mail.html):
        yield Finding(say("un débris de Word : « {} »", match[0]), match[0])


@mail_rule("courriel-commentaire", "Enlevez ce commentaire : tout le monde peut le lire.",
           severity=WARNING)  # fmt: skip
def comments_are_removed(mail: CheckedMail) -> Iterator[Finding]:
    """Aucun commentaire de travail ne part avec la lettre."""
    for comment in unconditional(mail.html):
        if re.search(r"\w", comment):
            yield Finding(say("un commentaire reste : « {} »", excerpt(comment)), comment)
