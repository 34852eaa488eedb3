"""A fault for each mail rule: a change to make in a letter that has none."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import NamedTuple

from infolettre import checks
from infolettre.checks import CheckedMail

GOOD = Path(__file__).parents[1] / "data" / "courriels"
SUBJECT = "Trois lectures pour le printemps"
PREHEADER = "Un article, une enquête et un rendez-vous à mettre à l’agenda dès maintenant."
HEAD, END = "</head>", "<p>Bonjour,</p>"
HOST = "www.axtra.ca"
NEWS = 'href="https://www.axtra.ca/nouvelles/"'
IMAGE = "https://www.axtra.ca/images/couverture.png"
ALT = "Couverture du numéro de mars 2019 d’AXE Magazine"


class Fault(NamedTuple):
    """A change: in `part`, `old` becomes `new`."""

    rule: str
    part: str
    old: str
    new: str


def html(rule: str, old: str, new: str) -> Fault:
    return Fault(rule, "html", old, new)


def with_paragraph(rule: str, words: str) -> Fault:
    return Fault(rule, "html", END, f"<p>{words}</p>")


def linked(rule: str, href: str, text: str = "Le programme du colloque") -> Fault:
    link = f'<p><a href="{href}" style="text-decoration:underline">{text}</a></p>'
    return Fault(rule, "html", END, link)


def text(rule: str, old: str, new: str) -> Fault:
    return Fault(rule, "text", old, new)


def subject(rule: str, new: str) -> Fault:
    return Fault(rule, "subject", SUBJECT, new)


def preheader(rule: str, new: str) -> Fault:
    return Fault(rule, "preheader", PREHEADER, new)


def raw(rule: str, old: str, new: str) -> Fault:
    return Fault(rule, "raw", old, new)


def styled(rule: str, sheet: str) -> Fault:
    """Add a sheet, with a name for each thing that the law wants seen."""
    return Fault(rule, "html", "</head>", f"<style>{sheet}</style></head>")


_GHOST = (
    '<!--[if mso]><table role="presentation" width="{}"><tr><td><![endif]-->'
    '<div style="max-width:600px"></div><!--[if mso]></td></tr></table><![endif]-->'
)
STRUCTURE = (
    html("courriel-doctype", "<!DOCTYPE html>", ""),
    html("courriel-encodage", "charset=UTF-8", "charset=iso-8859-1"),
    html("courriel-encodage", "; charset=UTF-8", ""),
    html("courriel-langue", '<html lang="fr-CA" dir="ltr">', '<html lang="en" dir="ltr">'),
    html("courriel-langue", '<html lang="fr-CA" dir="ltr">', '<html lang="fr-CA">'),
    html("courriel-langue-corps", '<div class="fond" lang="fr-CA" dir="ltr"', '<div class="fond"'),
    html("langue-non-dite", END, "<p>Please join us for the launch of our new report.</p>"),
    html("courriel-titre", f"<title>{SUBJECT}</title>", "<title></title>"),
    html("courriel-fenetre", "initial-scale=1", "user-scalable=no"),
    html("courriel-tableau-role", '<table role="presentation"><tr>', "<table><tr>"),
    html("courriel-tableau-entetes", '<th scope="col">Année', "<th>Année"),
    html("courriel-titre-principal", "<h2>Une enquête</h2>", "<h1>Une enquête</h1>"),
    html("courriel-titre-principal", f"<h1>{SUBJECT}</h1>", ""),
    html("courriel-niveaux", "<h2>Une enquête</h2>", "<h3>Une enquête</h3>"),
    html("passage-double", END, f"<p>{'un mot ' * 8}.</p><p>Autre.</p><p>{'un mot ' * 8}.</p>"),
    html("passage-double", "<h2>Une enquête</h2>", "<h2>Une enquête</h2><h2>Une enquête</h2>"),
    html("carte-double", END, '<h2><a href="https://a.ca/x/">Un mot</a></h2>' * 2),
    html("courriel-intertitre-vide", "<h2>Une enquête</h2>", "<h2> </h2>"),
    html(
        "courriel-faux-intertitre",
        END,
        "<p><b>Un nouveau programme</b></p><p>Il commence en mai.</p>",
    ),
    html(
        "courriel-faux-intertitre",
        END,
        '<p style="font-weight:bold">Un programme</p><p>Il commence en mai.</p>',
    ),
    html("courriel-centre", END, f'<p style="text-align:center">{"Un mot de plus. " * 20}</p>'),
    html("courriel-centre", END, f"<center><p>{'Un mot de plus. ' * 20}</p></center>"),
    html("courriel-signe-nu", END, "<p>Recherche & emploi</p>"),
    html("courriel-signe-nu", END, "<p>Moins de 5 % : x < 5</p>"),
    html("courriel-identifiant-double", END, '<p id="a">Un</p><p id="a">Deux</p>'),
    html("courriel-balises", "</div>\n</body>", "</body>"),
    html("courriel-balises", END, "<p><strong>Bonjour,</p>"),
    html("balise-inconnue", END, "<mj-text>Bonjour,</mj-text>"),
    html("courriel-conditions", "<!--[if mso]></td></tr></table><![endif]-->", "<!--[if mso]>"),
    html("courriel-largeur-outlook", ' width="600"', ""),
    html("courriel-largeur-fixe", "max-width:600px", "width:600px"),
    html("courriel-contenu-cache", END, '<p style="display:none">gratuit gratuit</p>'),
    html("courriel-petit-texte", END, '<p style="font-size:9px">Bonjour,</p>'),
    html("courriel-petit-texte", END, '<p style="font-size:0">Bonjour,</p>'),
    html("courriel-contenu-cache", END, "<p hidden>gratuit gratuit</p>"),
    html("courriel-balises", "<td>300</td></tr>", "<td>300</tr>"),
    html("courriel-capitales", END, '<p style="text-transform:uppercase">Bonjour à vous tous</p>'),
    html("courriel-justifie", END, '<p style="text-align:justify">Bonjour,</p>'),
    html("courriel-balises", END, "<p>Bonjour,"),
    html("courriel-emboitement", END, "<ul><p>Un point</p></ul>"),
    html("courriel-emboitement", END, "<table><tr>Perdu<td>Un</td></tr></table>"),
    html("courriel-page", "</html>", "</html>Envoyé d’un téléphone"),
    html("courriel-page", '<body style="margin:0;padding:0;background-color:#FFFFFF">', ""),
    html("attribut-double", "<table>", '<table class="a" class="b">'),
    html("attribut-inconnu", "<table>", '<table contenteditable="true">'),
    html("courriel-langue", 'lang="fr-CA" dir="ltr">\n<head', 'lang="fr-FR" dir="ltr">\n<head'),
    html("courriel-langue-corps", 'fond" lang="fr-CA" dir="ltr"', 'fond" lang="fr-CA" dir="rtl"'),
    html("courriel-langue-corps", '<div class="fond"', 'Bonjour<div class="fond"'),
    html("courriel-tableau-entetes", 'scope="col">Année', 'scope="x">Année'),
    html(
        "courriel-tableau-entetes",
        END,
        '<table role="presentation"><tr><td>Année</td><td>Personnes</td></tr>'
        "<tr><td>2019</td><td>14</td></tr></table>",
    ),
    html("courriel-niveaux", "<h1>Trois", "<h2>Avant</h2><h1>Trois"),
    html("courriel-intertitre-role", END, '<p role="heading">Un intertitre</p>'),
    html("courriel-fausse-liste", END, "<p>Voici :<br>• Un point<br>• Un autre</p>"),
    html("courriel-fausse-liste", END, "<p>Un mot<br><br><br>et la suite</p>"),
    html("courriel-tableau-fantome", "</table>\n<!--", _GHOST.format("900") + "</table>\n<!--"),
    html("courriel-tableau-fantome", "</table>\n<!--", _GHOST.format("") + "</table>\n<!--"),
    html("courriel-largeur-outlook", 'width="600"', 'width="900"'),
    html("courriel-outlook-different", END, "<!--[if mso]><p>Ailleurs, rien.</p><![endif]-->"),
    html("courriel-outlook-different", END, "<!--[if !mso]><!--><p>Bonjour</p><!--<![endif]-->"),
    html("courriel-conditions", "<!--[if mso]><table", "<!--[if IE]><table"),
    html("courriel-conditions", END, "<!--[if !mso]><p>Rien</p><![endif]-->"),
    html("courriel-petit-texte", END, '<p style="font-size:60%">Bonjour,</p>'),
    html("courriel-petit-texte", END, '<p><font size="1">Bonjour,</font></p>'),
    html("courriel-contenu-cache", END, '<p style="text-indent:-9999px">gratuit</p>'),
    html("courriel-contenu-cache", END, '<p aria-hidden="true">Bonjour,</p>'),
    html("courriel-contenu-cache", END, '<p style="mso-hide:all">Bonjour,</p>'),
    html("courriel-largeur-fixe", END, f'<p style="white-space:nowrap">{"mot " * 20}</p>'),
    html("courriel-largeur-fixe", "max-width:600px", "max-width:1200px"),
    html("courriel-largeur-fixe", "<td>300</td>", '<td width="600px">300</td>'),
    html("style-valeur", END, '<p style="padding:calc(1px + 2px)">Bonjour,</p>'),
    html("style-valeur", END, '<p style="margin-left:-20px">Bonjour,</p>'),
    html("sombre-contraste", "#ECE6DC !important", "#222222 !important"),
    html("couleur-contraste", END, '<p><font color="#CCCCCC">Bonjour,</font></p>'),
    html("style-valeur", END, '<p style="padding:24px !important">Bonjour,</p>'),
    html("style-valeur", END, '<p style="padding:24px ! IMPORTANT">Bonjour,</p>'),
    html("style-inconnu", END, '<p style="filter:blur(1px)">Bonjour,</p>'),
    html("mise-en-page-fragile", END, '<p style="float:left">Bonjour,</p>'),
    html("mise-en-page-fragile", END, '<div style="display:flex">Bonjour,</div>'),
    html("feuille-illisible", HEAD, "<style>p{color:#000000</style></head>"),
    html("couleur-contraste", END, '<p style="color:#AAAAAA">Bonjour,</p>'),
    html("couleur-illisible", END, '<p style="color:hsl(1 2% 3%)">Bonjour,</p>'),
    html("sombre-meta", '<meta name="color-scheme" content="light dark">', ""),
    html("sombre-styles", "prefers-color-scheme:dark", "min-width:480px"),
    html("sombre-important", "#ECE6DC !important", "#ECE6DC"),
)
_PHONE = "@media only screen and (max-width:480px)"
_DARK = "@media (prefers-color-scheme: dark)"
SHEETS = (
    styled("loi-desabonnement-visible", "a[href*=abonner]{display:none}"),
    styled("loi-desabonnement-visible", f"{_PHONE}{{.fond p a{{display:none !important}}}}"),
    styled("loi-desabonnement-visible", f"{_DARK}{{.fond p{{visibility:hidden}}}}"),
    styled("loi-desabonnement-visible", f"{_PHONE}{{p>a{{font-size:2px !important}}}}"),
    styled("loi-desabonnement-visible", ".fond a{color:#FFFFFE}"),
    styled("loi-adresse", f"{_PHONE}{{td > p{{max-height:0;overflow:hidden}}}}"),
    styled("loi-adresse", f"/* p{{}} */ {_DARK}{{td p{{opacity:0 !important}}}}"),
    html(
        "loi-adresse", "</head>", '<style media="(max-width:480px)">p{display:none}</style></head>'
    ),
    styled("loi-adresse", "td p:last-child{display:none}"),
    styled("loi-desabonnement-visible", "@media (hover:none){a:link{visibility:hidden}}"),
    styled("style-valeur", ".fond p{margin-left:-9999px}"),
    styled("courriel-contenu-cache", f"{_PHONE}{{h2{{display:none}}}}"),
    styled("courriel-petit-texte", f"{_PHONE}{{h2{{font-size:9px !important}}}}"),
    styled("couleur-contraste", f"{_PHONE}{{h2{{color:#EEEEEE}}}}"),
    styled("couleur-contraste", "body .fond h2{color:#EEEEEE}"),
    styled("sombre-contraste", f"{_DARK}{{.fond tr>td>h2{{color:#10171D !important}}}}"),
    styled("feuille-lourde", "p{color:#000000}" * 1100),
)
IMAGES = (
    html("image-alt", f' alt="{ALT}"', ""),
    html("image-alt-lien", f'alt="{ALT}"', 'alt=""'),
    html("image-alt-vague", ALT, "IMG_2034.jpg"),
    html("image-alt-vague", ALT, "Image de la couverture"),
    html("image-alt-long", ALT, "La couverture montre des bandes. " * 8),
    html("image-largeur", 'width="280"', 'width="100%"'),
    html("image-trop-large", 'width="280"', 'width="1200"'),
    html("image-hauteur", 'width="280"', 'width="280" height="auto"'),
    html("image-adresse", IMAGE, "/images/couverture.png"),
    html("image-adresse", IMAGE, "http://www.axtra.ca/images/couverture.png"),
    html("image-adresse", IMAGE, ""),
    html("image-adresse", IMAGE, "https://www.axtra.ca/images/été.png"),
    html("image-adresse", IMAGE, "https://www.axtra.ca/images/a b.png"),
    html("image-hote", IMAGE, "https://cdn.exemple.ca/couverture.png"),
    html("image-incorporee", IMAGE, "data:image/png;base64,iVBORw0KGgo="),
    html("image-incorporee", IMAGE, "cid:couverture"),
    html("image-format", IMAGE, "https://www.axtra.ca/images/couverture.webp"),
    html("image-pixel", 'width="280"', 'width="1" height="1"'),
    html("image-pixel", 'width="280"', 'width="2" height="2"'),
    html("image-pixel", IMAGE, f"{IMAGE}?lecteur=12"),
    html("image-alt-vague", ALT, "Photo : la couverture"),
    html("image-fond", END, '<p style="background:url(https://www.axtra.ca/x.png)">Bonjour,</p>'),
    html("image-fond", '<td style="padding:24px', '<td background="x.png" style="padding:24px'),
)
LINKS = (
    html("lien-sans-adresse", NEWS, ""),
    html("lien-sans-adresse", NEWS, 'href="#"'),
    html("lien-ancre", NEWS, 'href="#nouvelles"'),
    html("lien-relatif", NEWS, 'href="/nouvelles/"'),
    html("lien-http", NEWS, 'href="http://www.axtra.ca/nouvelles/"'),
    linked("lien-protocole", "ftp://www.axtra.ca/programme"),
    linked("lien-mal-ecrit", "https://www.axtra.ca/le programme"),
    linked("lien-mal-ecrit", "https://https://www.axtra.ca/"),
    linked("lien-mal-ecrit", "https://axtra/programme"),
    linked("lien-courriel", "mailto:info.axtra.ca"),
    linked("lien-telephone", "tel:poste 12"),
    linked("lien-prive", "https://localhost:8000/magazine/"),
    linked("lien-prive", "https://192.168.0.4/magazine/"),
    linked("lien-prive", "https://deploy-preview-12--site.netlify.app/"),
    linked("lien-prive", "https://preview.axtra.ca/x/"),
    linked("lien-prive", "https://www.axtra.ca:8443/x/"),
    linked("lien-prive", "https://www.axtra.ca/wp-admin/post.php"),
    linked("lien-prive", "https://www.axtra.ca/lien/"),
    linked("lien-prive", "https://www.axtra.ca/[slug]/"),
    linked("lien-prive", "https://www.axtra.ca/article/XXXX"),
    linked("lien-prive", "https://outlook.office.com/mail/inbox/id/AAQk"),
    linked("lien-prive", "https://mail.google.com/mail/u/0/#inbox/abc"),
    linked("lien-a-verifier", "https://www.exemple-cje.quebec/formulaire.docx"),
    linked("lien-a-verifier", "https://www.exemple-cje.quebec:8443/repertoire"),
    linked("lien-a-verifier", "https://staging.exemple-cje.quebec/"),
    linked("lien-a-verifier", "https://docs.google.com/document/d/1abc/edit"),
    linked("lien-traceur", "https://urldefense.com/v3/__https://www.axtra.ca/__;!!x"),
    linked("lien-traceur", "https://protect-ca.mimecast.com/s/Abc?domain=axtra.ca"),
    linked("lien-traceur", "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2faxtra.ca"),
    linked("lien-traceur", "https://can01.safelinks.protection.outlook.com/?url=x"),
    linked("lien-traceur", "https://www.google.com/url?q=https://www.axtra.ca/"),
    linked("lien-mot-de-passe", "https://www.axtra.ca/x/?token=12ab"),
    linked("loi-courriel-dans-lien", "https://www.axtra.ca/u/jo%40exemple.ca/"),
    linked("courriel-lien-vague", "https://www.axtra.ca/x/", "Pour en savoir plus"),
    linked("courriel-lien-vague", "https://www.axtra.ca/x/", "Cliquez sur ce lien"),
    linked("courriel-lien-vague", "https://www.axtra.ca/x/", "→"),
    linked("lien-trompeur", "https://autre.exemple.ca/x/", "Inscription sur www.axtra.ca"),
    linked("lien-lecteur", "https://www.axtra.ca/x/?email=jo"),
    linked("lien-lecteur", "https://www.axtra.ca/x/?id=12"),
    linked("lien-lecteur", "https://axtra.ca/x/?a=1&subscriber_id=12"),
    *(
        linked("domaine-voisin", address)
        for address in (
            "https://www.axtra.com/x/",
            "https://axtra.qc.ca/",
            "https://axtrra.ca/x/",
            "https://www.axrta.ca/",
            "https://axta.ca/",
            "https://axtra-ca.com/",
            "https://www.axtra.ca.infos.net/",
            "mailto:info@axtra.org",
        )
    ),
    html("domaine-voisin", IMAGE, "https://www.axtra.net/images/couverture.png"),
    linked("lien-raccourci", "https://bit.ly/3abc"),
    linked("lien-traceur", "https://axtra.us1.list-manage.com/track/click?u=1"),
    linked("lien-parametres", "https://www.axtra.ca/x/?utm_source=infolettre"),
    linked("lien-mot-de-passe", "https://moi:secret@www.axtra.ca/"),
    linked("loi-courriel-dans-lien", "https://www.axtra.ca/x/?c=jo%40exemple.ca"),
    linked("courriel-lien-vide", "https://www.axtra.ca/x/", ""),
    linked("courriel-lien-vague", "https://www.axtra.ca/x/", "Cliquez ici"),
    linked("lien-trop-long", "https://www.axtra.ca/x/", "Le programme du colloque " * 9),
    linked("lien-trompeur", "https://autre.exemple.ca/x/", "www.axtra.ca"),
    linked("lien-adresse-nue", "https://www.axtra.ca/x/", "https://www.axtra.ca/x/"),
    linked("lien-ambigu", "https://www.axtra.ca/x/", "Lire nos nouvelles"),
    html(
        "lien-souligne",
        'abonner/" style="text-decoration:underline',
        'abonner/" style="text-decoration:none',
    ),
    html(
        "lien-petit", "padding:12px 24px;font:bold 17px/20px", "padding:0 4px;font:bold 17px/20px"
    ),
)
FOREIGN = (
    html("courriel-script", END, "<script>alert(1)</script>"),
    html("courriel-script", END, '<p onclick="x()">Bonjour,</p>'),
    html("courriel-formulaire", END, '<form action="https://www.axtra.ca/"></form>'),
    html("courriel-cadre", END, '<iframe src="https://www.axtra.ca/"></iframe>'),
    html("courriel-dessin", END, "<svg></svg>"),
    html(
        "courriel-feuille-externe", HEAD, '<link rel="stylesheet" href="https://a.ca/a.css"></head>'
    ),
    html("courriel-police", HEAD, "<style>@font-face{font-family:A}</style></head>"),
    html("courriel-renvoi", HEAD, '<meta http-equiv="refresh" content="0"></head>'),
    html("courriel-css-programme", END, '<p style="width:expression(alert(1))">Bonjour,</p>'),
    html("courriel-debris-word", END, '<p class="MsoNormal">Bonjour,</p>'),
    html("courriel-commentaire", END, "<!-- à revoir avec Josée -->"),
)
# As the usual services, programs and people write what they mean to replace.
TAGS = (
    "{{ contact.PRENOM }}", "*|FNAME|*", "*|LIST:ADDRESS_LINE|*", "%recipient.first%", "%PRENOM%",
    "%%First Name%%", "%%=v(@name)=%%", "%(prenom)s", "%1$s", "{$contact.name}", "{$PRENOM}",
    "{$name|default('ami')}", "{contactfield=firstname}", "{!Contact.FirstName}", "{}",
    "{{{Recipient.Name}}}", "{ MERGEFIELD Prénom }", "${Contacts.First Name}", "$!{name}",
    "$[FNAME]$", "$firstname$", "$$imie$$", "$contact.firstName", "#{name}", "##prenom##",
    "#prenom#", "#if($name)", "[firstname,fallback=ami]", "[[FIRSTNAME OR &quot;Friend&quot;]]",
    "[subscriber:firstname | default:reader]", "[link:subscription_unsubscribe_url]",
    "[%first_name | ami%]", "[@Prenom@]", "[MERGE_FIRST_NAME]", "[FIRST NAME]", "[CAMPAIGN_ID]",
    "[UNSUBSCRIBEURL]", "~Contact.FirstName~", "~~firstname~~", "@Model.Name", "@prenom",
    "@@prenom@@", "@FIRSTNAME@", "-FIRSTNAME-", "::prenom::", ":prenom:", "((fullname))",
    "|PRENOM|", "_PRENOM_", "*prenom*", "^prenom^", "«Prénom»", "« «Prénom» »",
    "&lt;&lt;Prénom&gt;&gt;", "&lt;prénom&gt;", "&lt;%= name %&gt;", "<?php echo $name ?>",
    "(prénom)", "«Prenom_du_membre»", "[Votre prénom]", "[Recipient Name]", "@(Model.Nom)",
    "#prenom", "*|FNAME|", "prenom }}", "&amp;&amp;prenom&amp;&amp;",
    "<unsubscribe>Partir</unsubscribe>", "<b lang='en'>{name}</b>", "!*FIRSTNAME*!",
    "-NOM_FAMILLE-",
)  # fmt: skip
TAGS_OF_ADDRESSES = (
    "%recipient.id%/", "?n={{id}}", "?n=%7B%7Bid%7D%7D", "{$id}", "*|UNIQID|*", "?e=%%emailaddr%%",
    "?e=[[email]]", "?p=##prenom##", "?p=$id$", "~Contact.Id~/", "-FIRSTNAME-/", "%PRENOM%",
    "?a=[%email%]", "?id=${id}", "?e=[email]",
)  # fmt: skip
CLEAN = (
    *(with_paragraph("reste-gabarit", f"Votre nom : {tag}.") for tag in TAGS),
    *(linked("reste-gabarit", f"https://www.axtra.ca/{tag}") for tag in TAGS_OF_ADDRESSES),
    html("reste-gabarit", IMAGE, "https://www.axtra.ca/images/%recipient.id%.png"),
    with_paragraph("texte-a-completer", "Bonjour XXX,"),
    with_paragraph("texte-a-completer", "Votre nom : XXX."),
    with_paragraph("texte-a-completer", "Rendez-vous le XX mars"),
    with_paragraph("texte-a-completer", "Rendez-vous le XX/XX/2026"),
    with_paragraph("texte-a-completer", "La salle xxx est ouverte"),
    with_paragraph("salutation-vide", "Bonjour (prénom),"),
    with_paragraph("salutation-vide", "Bonjour ______,"),
    with_paragraph("salutation-vide", "Cher «\u00a0Prénom\u00a0»,"),
    with_paragraph("reste-gabarit", "Bonjour {{ prenom }}"),
    with_paragraph("reste-gabarit", "Bonjour *|FNAME|*"),
    with_paragraph("reste-gabarit", "Bonjour {prenom}"),
    with_paragraph("reste-gabarit", "Bonjour %s"),
    with_paragraph("reste-variable", "Le colloque, undefined"),
    with_paragraph("reste-variable", "Rendez-vous à null"),
    with_paragraph("reste-variable", "Il y a nan places"),
    with_paragraph("reste-variable", "Traceback (most recent call last)"),
    with_paragraph("reste-variable", "Une KeyError de plus"),
    with_paragraph("reste-variable", "Voir file://serveur/lettre"),
    with_paragraph("reste-variable", "Markup(Bonjour)"),
    with_paragraph("reste-variable", "Voir C:\\Documents"),
    with_paragraph("entite-visible", "Un &lt;b&gt;mot&lt;/b&gt;"),
    with_paragraph("encodage-casse", "L?emploi et l?année"),
    with_paragraph("encodage-casse", "Ã€ venir"),
    with_paragraph("encodage-casse", "lâ€™emploi"),
    with_paragraph("encodage-casse", "cÅ“ur"),
    with_paragraph("encodage-casse", "ï»¿Bonjour"),
    with_paragraph("encodage-casse", "24\u00a0Â°C"),
    with_paragraph("encodage-casse", "Bravo ðŸ"),
    with_paragraph("encodage-casse", "Un élève et une él?ve, tous pr?ts"),
    with_paragraph("encodage-casse", "Un \ufffdl"),
    with_paragraph("encodage-casse", "Un &#xFFFD;l"),
    with_paragraph("signe-invisible", "Un \ue000 signe"),
    with_paragraph("lettre-etrangere", "L’\u0410xtra"),
    html("reste-gabarit", NEWS, 'href="https://www.axtra.ca/{slug}/"'),
    html("reste-variable", ALT, "Couverture\\u{a0}de mars"),
    with_paragraph("reste-markdown", "Un **grand** jour"),
    with_paragraph("reste-markdown", "# Un titre"),
    with_paragraph("reste-markdown", "::: encadre"),
    with_paragraph("reste-markdown", "/// article"),
    with_paragraph("reste-markdown", "Une ![image"),
    with_paragraph("reste-markdown", "Un mot{: .grand}"),
    with_paragraph("reste-markdown", "Un mot __gras__"),
    with_paragraph("reste-markdown", "Voir [le programme](https://www.axtra.ca/)"),
    with_paragraph("entite-visible", "L&amp;eacute;on est là"),
    with_paragraph("encodage-casse", "LÃ©on est lÃ\u00a0"),
    with_paragraph("caractere-controle", "Un colloque\x92s"),
    *(
        with_paragraph("caractere-controle", f"Un colloque{code}s")
        for code in ("&#x96;", "&#146;", "&#1;")
    ),
    with_paragraph("caractere-controle", "Un colloque&#x0;"),
    with_paragraph("signe-invisible", "Un col\u00adloque"),
    with_paragraph("signe-invisible", "Un col\u200dloque"),
    with_paragraph("signe-invisible", "Un mot \u202efin"),
    with_paragraph("forme-decomposee", "Le\u0301on est là"),
    with_paragraph("texte-a-completer", "Lorem ipsum dolor"),
    with_paragraph("texte-a-completer", "à compléter"),
    with_paragraph("texte-a-completer", "CONSECTETUR ADIPISCING"),
    with_paragraph("texte-a-completer", "Il en coûte XX $"),
    with_paragraph("texte-a-completer", "ToDo"),
    with_paragraph("texte-a-completer", "FIXME"),
    with_paragraph("texte-a-completer", "Le xxxx mars"),
    with_paragraph("texte-a-completer", "Le ???? mars"),
    with_paragraph("texte-a-completer", "Le [date à venir]"),
    with_paragraph("texte-a-completer", "Titre ici"),
    with_paragraph("salutation-vide", "Bonjour [Prénom]"),
    with_paragraph("salutation-vide", "Bonjour ,"),
    with_paragraph("salutation-vide", "CHÈRE prénom"),
)
LANGUAGE = (
    with_paragraph("apostrophe-espace", "Dans l’ école"),
    with_paragraph("apostrophe-espace", "Il faut qu ’elle vienne"),
    with_paragraph("abreviation-fautive", "Bonjour Mr Roy"),
    with_paragraph("abreviation-fautive", "Bonjour Mme. Roy"),
    with_paragraph("abreviation-fautive", "Un trajet de 5 Km"),
    with_paragraph("abreviation-fautive", "Il vient, c-à-d demain"),
    with_paragraph("guillemets-droits", "Le ‘bon’ mot"),
    with_paragraph("mot-repete", "On va à à Montréal"),
    with_paragraph("milliers", "Il y a 1,250,000 personnes"),
    with_paragraph("date-majuscule", "Depuis Octobre 2018"),
    with_paragraph("date-majuscule", "Il vient en Mars"),
    with_paragraph("date-majuscule", "Il vient le Lundi"),
    with_paragraph("anglicisme", "Un podcast par mois"),
    with_paragraph("ligature", "Au coeur de l’emploi"),
    with_paragraph("tiret", "Un mot - un autre"),
    with_paragraph("parentheses", "Un mot (ouvert"),
    with_paragraph("milliers", "Il y a 12500 personnes"),
    with_paragraph("date-passee", "Le 1er mars 2019. Inscrivez-vous avant le 12 mars 2015."),
    with_paragraph("date-majuscule", "Le 20 Mars 2019"),
    with_paragraph("date-chiffres", "Le 20/03/2019"),
    with_paragraph("date-fausse", "Mardi, le 21 mars 2019"),
    with_paragraph("doublet-signe-simple", "Les étudiant(e)s"),
    with_paragraph("guillemets-droits", "Le “bon” mot"),
    with_paragraph("espace-double", "Un mot  de trop"),
    with_paragraph("espace-avant", "Un mot ( de trop )"),
    with_paragraph("insecable-absente", "Voici: un mot"),
    with_paragraph("insecable-absente", "Il en coûte 25$."),
    with_paragraph("insecable-absente", "Il en coûte 25 $."),
    with_paragraph("insecable-absente", "Rendez-vous à 14h30"),
    with_paragraph("insecable-absente", "Un poids de 12\u2009kg"),
    with_paragraph("insecable-absente", "Un « mot"),
    with_paragraph("ordinal-fautif", "Le 1 mars 2019"),
    with_paragraph("ordinal-fautif", "Le XIXème siècle"),
    with_paragraph("ordinal-fautif", "La 1ère édition"),
    with_paragraph("ordinal-fautif", "Le 2nd tour"),
    with_paragraph("ordinal-fautif", "La 3eme édition"),
    with_paragraph("anglicisme", "Un mail par semaine"),
    with_paragraph("anglicisme", "Vos E-MAILS"),
    with_paragraph("anglicisme", "Le March 3"),
    with_paragraph("milliers", "Il y a 12,000 personnes"),
    with_paragraph("date-chiffres", "Le 20-03-19"),
    with_paragraph("heure-ampm", "À 2 pm demain"),
    with_paragraph("point-decimal", "Un coût de $2.50"),
    with_paragraph("symbole-avant", "Un coût de CA$ 25"),
    with_paragraph("capitale-accent", "Bravo ! Ca commence."),
    with_paragraph("capitale-accent", "L’ETAT de QUEBEC"),
    with_paragraph("doublet-signe-simple", "Les lecteurEs"),
    with_paragraph("capitale-accent", "Etat de la situation"),
    subject("capitale-accent", "A propos du colloque de mars"),
    with_paragraph("doublet-point-median", "Les étudiant·e·s"),
    with_paragraph("doublet-signe-simple", "Les étudiant(e)s et les étudiant-e-s"),
    with_paragraph("etc-suspension", "Des ateliers, des conférences, etc…"),
    with_paragraph("symbole-avant", "Il en coûte $25."),
    with_paragraph("point-decimal", "Une hausse de 2.5 %"),
    with_paragraph("heure-ampm", "À 2 p.m. demain"),
    with_paragraph("heure-deux-points", "La conférence est à 14:30."),
    with_paragraph("guillemets-droits", 'Le "bon" mot'),
    with_paragraph("apostrophe-droite", "L'emploi"),
    with_paragraph("guillemets-seuls", "Le «\u00a0bon mot"),
    with_paragraph("insecable-absente", "Voici : un mot"),
    with_paragraph("insecable-absente", "Il y a 1 500 raisons"),
    with_paragraph("espace-avant", "Venez !"),
    with_paragraph("espace-apres", "Un mot,un autre"),
    with_paragraph("espace-double", "Un mot \u00a0de trop"),
    with_paragraph("ponctuation-repetee", "Venez!!"),
    with_paragraph("points-suspension", "À suivre..."),
    with_paragraph("mot-repete", "Le <b>le</b> numéro"),
    with_paragraph("insecable-absente", "Un «oui» franc"),
    with_paragraph("mot-repete", "Le numéro de de mars"),
    with_paragraph("ordinal-fautif", "La 2ème édition"),
    with_paragraph("date-fausse", "Le lundi 20 mars 2019"),
    with_paragraph("date-fausse", "Le 31 février 2019"),
    with_paragraph("numero-abrege", "Le no 5 est paru"),
    with_paragraph("numero-abrege", "Le No. 5 est paru"),
    with_paragraph("numero-abrege", "Voyez <b>AXE</b>, n°\u00a012"),
    with_paragraph("majuscules", "VENEZ TOUTES AVEC VOS COLLÈGUES"),
    with_paragraph("anglicisme", "Notre newsletter"),
)
SUBJECTS = (
    subject("objet-absent", ""),
    subject("objet-longueur", "Mars"),
    subject("objet-longueur", "Trois lectures " * 8),
    subject("objet-majuscules", "TROIS LECTURES POUR LE PRINTEMPS"),
    subject("objet-numero", "AXE Magazine no 5 est paru"),
    subject("objet-racoleur", "Gagnez du temps! Venez!"),
    subject("objet-fausse-reponse", "RE : votre inscription"),
    subject("objet-essai", "Test : trois lectures"),
    subject("objet-essai", "Essai de l’infolettre"),
    subject("objet-essai", "Copie de Trois lectures"),
    subject("objet-espaces", f"{SUBJECT} "),
    subject("objet-point", f"{SUBJECT}."),
    subject("objet-html", "Trois <b>lectures</b> pour le printemps"),
    preheader("preentete-different", "Un autre préentête, assez long pour être permis ici."),
    subject("titre-objet", "Quatre lectures pour le printemps"),
    preheader("preentete-absent", ""),
    preheader("preentete-longueur", "Un article."),
    preheader("preentete-repete", f"{SUBJECT}, et bien d’autres choses à lire"),
    preheader("preentete-vague", "Si la lettre s’affiche mal, lisez la version en ligne."),
    html("preentete-cache", "mso-hide:all", "mso-hide:all;color:#FFFFFF"),
    html("preentete-place", '<div style="display:none', '<p>Bonjour,</p><div style="display:none'),
    html("preentete-cache", "mso-hide:all", "mso-line-height-rule:exactly"),
    html("preentete-rembourre", "&#847;&zwnj;&nbsp;" * 20, ""),
)
PLAIN = (
    Fault("texte-absent", "text", "*", ""),
    text("texte-liens", "<https://www.axtra.ca/nouvelles/>", ""),
    text("texte-liens-en-trop", "Bonjour,", "Bonjour, <https://www.axtra.ca/autre/>"),
    Fault("texte-mots", "text", "*", "Bonjour"),
    text("texte-passages", "dix articles", "onze articles"),
    text("texte-passages", "Une enquête\n-----------", "Une étude\n---------"),
    text("texte-passages", "Bonjour,", "Bonjour,\n\nVoici deux mots de trop."),
    text("texte-passages", "514 555-0100", "514 555-0199"),
    text("texte-colonnes", "Bonjour,", "Bonjour, " + "un mot " * 12),
    text("texte-signature", "=" * 72, "-- "),
    text("texte-html", "Bonjour,", "<p>Bonjour,</p>"),
    text("texte-signe-seul", "Bonjour,", "Venez\n!"),
    text("texte-insecables", "\u00a0", " "),
    text("texte-fins-de-ligne", "Bonjour,", "Bonjour, "),
    html("taille-limite", END, f'<p title="{"long " * 22_000}">Bonjour,</p>'),
    html("taille-cible", END, f'<p title="{"long " * 17_000}">Bonjour,</p>'),
)
LAW = (
    html("loi-desabonnement", "Se désabonner de l’infolettre", "Nos listes d’envoi"),
    html(
        "loi-desabonnement-simple", "https://www.axtra.ca/s-abonner/", "https://www.axtra.ca/login/"
    ),
    html("loi-desabonnement-simple", "https://www.axtra.ca/s-abonner/", "https://www.axtra.ca/"),
    html("loi-joindre", "mailto:demonstration@", "mailto:noreply@"),
    html("loi-desabonnement-visible", 'abonner/" style="', 'abonner/" style="font-size:8px;'),
    html("loi-adresse", "H0H&nbsp;0H0", ""),
    text("loi-adresse", "H0H\u00a00H0", ""),
    html("loi-adresse", "1000, rue de la Démonstration<br>", ""),
    html("loi-expediteur", "AXTRA, l’Alliance des centres-conseils en emploi<br>", ""),
    html("lien-en-ligne", "Lire cette infolettre sur le Web", "Nos infolettres"),
)
MESSAGE = (
    raw("mime-entetes", f"Subject: {SUBJECT}", "Subject:"),
    raw("mime-entetes-de-trop", "List-Id:", "X-Priority: 1\r\nList-Id:"),
    raw("mime-destinataire", "To: a@axtra.ca", "To: a@axtra.ca, b@axtra.ca"),
    raw("mime-destinataire", "List-Id:", "Cc: b@axtra.ca\r\nList-Id:"),
    raw("mime-date", "Wed, 27 Mar", "Mon, 27 Mar"),
    raw("mime-date", "-0400", "EST"),
    raw("mime-expediteur-gratuit", "AXTRA <info@axtra.ca>", "AXTRA <axtra.qc@gmail.com>"),
    raw("mime-expediteur-gratuit", "AXTRA <info@axtra.ca>", "AXTRA <axtra@Yahoo.ca>"),
    raw("mime-expediteur", "From: AXTRA", 'From: "info@autre.ca"'),
    raw("mime-expediteur", "From: AXTRA", "From:\r\n AXTRA"),
    raw("mime-expediteur", "Reply-To: info@axtra.ca", "Reply-To: info"),
    raw("mime-reponse-ailleurs", "Reply-To: info@axtra.ca", "Reply-To: info@exemple.test"),
    raw("mime-adresse-lecteur", "To: a@axtra.ca", "To: demonstration@axtra.ca"),
    raw("mime-desabonnement", "https://www.axtra.ca/s/1>", "https://www.axtra.ca/>"),
    raw("domaine-voisin", "Reply-To: info@axtra.ca", "Reply-To: info@axtra.com"),
    raw("domaine-voisin", "<https://www.axtra.ca/s/1>", "<https://www.axtrra.ca/s/1>"),
    raw("mime-liste", "<infolettre.axtra.ca>", "<infolettre.exemple.org>"),
    raw("mime-liste", "la liste des membres", "la liste « partenaires »"),
    raw("mime-langue", "List-Id:", "Content-Language: fr-FR\r\nList-Id:"),
    raw("mime-signature", "List-Id:", "DKIM-Signature: v=1; d=autre.ca; h=From\r\nList-Id:"),
    raw("mime-mots-codes", f"Subject: {SUBJECT}", "Subject: =?iso-8859-1?q?Num=E9ro_de_mars?="),
    raw("mime-mots-codes", f"Subject: {SUBJECT}", "Subject: =?utf-8?q?Num=C3?="),
    raw("mime-decodage", "num=C3=A9ro", "num=ZZro"),
    raw("mime-parties", "multipart/alternative", "multipart/mixed"),
    raw("mime-encodage", 'text/plain; charset="utf-8"', 'text/plain; charset="iso-8859-1"'),
    raw("mime-decodage", "num=C3=A9ro", "num=C3ro"),
    raw("mime-fins-de-ligne", "\r\n", "\n"),
    raw("mime-lignes", "Bonjour,", "Bonjour " * 30),
    raw("mime-entetes-ascii", f"Subject: {SUBJECT}", "Subject: Trois lectures d’été"),
    raw("mime-entetes", "Message-ID: <1@axtra.ca>\r\n", ""),
    raw("mime-entetes", f"Subject: {SUBJECT}", f"Subject: {SUBJECT}\r\nSubject: Autre"),
    raw("mime-mots-codes", f"Subject: {SUBJECT}", f"Subject: =?utf-8?q?{'=C3=A9' * 20}?="),
    raw("mime-mots-codes", f"Subject: {SUBJECT}", "Subject: a=?utf-8?q?=C3=A9?="),
    raw("mime-date", "09:00:00 -0400", "09:00:00"),
    raw("mime-message-id", "<1@axtra.ca>", "<1@localhost>"),
    raw("mime-expediteur", "AXTRA <info@axtra.ca>", "noreply@axtra.ca"),
    raw("mime-desabonnement", "List-Unsubscribe: <https:", "List-Unsubscribe: <http:"),
    raw("mime-un-clic", "List-Unsubscribe=One-Click", "Oui"),
    raw("mime-liste", "<infolettre.axtra.ca>", "infolettre"),
    raw("mime-signature", "List-Id:", "DKIM-Signature: v=1; h=From:Subject; b=x\r\nList-Id:"),
    raw("mime-langue", "List-Id:", "Content-Language: en\r\nList-Id:"),
    raw("date-passee", "Bonjour,</p>", "Bonjour, inscrivez-vous d’ici le 20 mars.</p>"),
    raw("date-jour", "Bonjour,</p>", "Bonjour, lundi 4 avril</p>"),
    raw("date-envoi", "<h1>", "<p>Le lundi 4 mars 2019</p><h1>"),
    raw("lien-en-ligne-autre", "infolettres/lectures", "infolettres/2019-01-02"),
    raw("mime-objet-perdu", f"Subject: {SUBJECT}", "Subject: Trois lectures pour leprintemps"),
    raw("mime-piece-jointe", "text/html; charset", 'text/html; name="a.html"; charset'),
)
# Rules whose fault takes several changes, made by their own tests.
BUILT = (
    "courriel-vide", "couleur-fond-seul", "loi-joindre", "loi-raison", "edition-boite",
    "edition-texte", "edition-liens", "edition-entetes", "lien-mort", "image-morte",
)  # fmt: skip
FAULTS = (
    *STRUCTURE, *SHEETS, *IMAGES, *LINKS, *FOREIGN, *CLEAN, *LANGUAGE, *SUBJECTS, *PLAIN, *LAW,
    *MESSAGE,
)  # fmt: skip


def good() -> CheckedMail:
    """Return the letter without a fault."""
    page = (GOOD / "bon.html").read_text("utf-8")
    plain = (GOOD / "bon.txt").read_text("utf-8")
    return CheckedMail("bon.html", page, plain, SUBJECT, PREHEADER, page, host=HOST)


def message() -> bytes:
    """Return the same letter as a whole message."""
    mail = good()
    mime = EmailMessage(policy=SMTP.clone(max_line_length=76))
    mime["From"], mime["To"], mime["Reply-To"] = (
        "AXTRA <info@axtra.ca>",
        "a@axtra.ca",
        "info@axtra.ca",
    )
    mime["Subject"], mime["Date"] = SUBJECT, "Wed, 27 Mar 2019 09:00:00 -0400"
    mime["Message-ID"], mime["List-Id"] = "<1@axtra.ca>", "AXTRA <infolettre.axtra.ca>"
    mime["List-Unsubscribe"] = "<https://www.axtra.ca/s/1>"
    mime["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mime.set_content(mail.text, cte="quoted-printable")
    mime.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return mime.as_bytes()


def faulty(fault: Fault) -> CheckedMail:
    """Return the letter with a fault."""
    if fault.part == "raw":
        whole = message().decode("utf-8")
        assert fault.old in whole, fault
        return checks.parse(whole.replace(fault.old, fault.new).encode(), "lettre.eml", host=HOST)
    mail = good()
    before = getattr(mail, fault.part)
    assert fault.old in before or fault.old == "*", fault
    after = fault.new if fault.old == "*" else before.replace(fault.old, fault.new)
    return replace(mail, **{fault.part: after})
