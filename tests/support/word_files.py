"""Word files of every kind that authors send, each written by a function of the table `WRITTEN`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from PIL import Image

_SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    }.items()
)
_WML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
Writer = Callable[[Any], None]
WRITTEN: dict[str, Writer] = {}


def written(writer: Writer) -> Writer:
    """Add a function to the table."""
    WRITTEN[writer.__name__.strip("_").replace("_", " ")] = writer
    return writer


def picture(*, colour: str = "navy", kind: str = "JPEG", **options: Any) -> bytes:
    """Return an image."""
    made = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(made, kind, **options)
    return made.getvalue()


def word(write: Writer, title: str = "", template: str | None = None) -> bytes:
    """Return the Word file that a function writes, under a title."""
    document = Document(template)
    if title:
        document.add_paragraph(title, style="Title")
    write(document)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def changed(data: bytes, parts: Mapping[str, Callable[[bytes], bytes] | bytes]) -> bytes:
    """Return a Word file of which some parts are other bytes; those it has not are added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w", 8) as target:
        for entry in dict.fromkeys([*source.namelist(), *parts]):
            held = source.read(entry) if entry in source.namelist() else b""
            other = parts.get(entry, held)
            target.writestr(entry, other if isinstance(other, bytes) else other(held))
    return made.getvalue()


def xml(text: str) -> Any:
    """Return an element of Word."""
    head, mark, rest = text.partition(" " if " " in text.partition(">")[0] else ">")
    close = ""
    if mark == ">" and head.endswith("/"):
        head, close = head[:-1], "/"
    return parse_xml(f"{head} {_SPACES}{close}{mark}{rest}")


def add(document: Any, text: str) -> Any:
    """Add an element at the end of the text."""
    element = xml(text)
    document.element.body.insert(len(document.element.body) - 1, element)
    return element


def run(text: str, properties: str = "") -> str:
    """Return a run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def part(document: Any, name: str, text: str) -> None:
    """Add a part, such as the notes, related to the text."""
    made = Part(
        PackURI(f"/word/{name}.xml"), f"{_WML}.{name}+xml",
        text.replace("<w:", "<w:", 1).replace(">", f" {_SPACES}>", 1).encode(),
        document.part.package,
    )  # fmt: skip
    document.part.relate_to(made, f"{RELATIONSHIP_TYPE.FOOTNOTES.rpartition('/')[0]}/{name}")


@written
def _notes(document: Any) -> None:
    add(
        document,
        f"<w:p>{run('Une étude')}<w:r><w:footnoteReference w:id='2'/></w:r>{run(' le dit, et une ')}"
        f"{run('autre', '<w:b/>')}<w:r><w:footnoteReference w:id='3'/></w:r>"
        f"<w:r><w:endnoteReference w:id='2'/></w:r>{run('.')}</w:p>",
    )
    table = document.add_table(2, 2)
    table.cell(1, 1)._tc.p_lst[0].append(xml("<w:r><w:footnoteReference w:id='4'/></w:r>"))
    table.cell(0, 0).text, table.cell(1, 1).paragraphs[0].text = "Année", "Taux"
    table.cell(1, 1)._tc.p_lst[0].append(xml("<w:r><w:footnoteReference w:id='4'/></w:r>"))
    note = "<w:footnote w:id='{}'><w:p><w:r><w:footnoteRef/></w:r>{}</w:p>{}</w:footnote>"
    part(
        document,
        "footnotes",
        "<w:footnotes>"
        + note.format(2, run(" Roy, ") + run("Le travail", "<w:i/>") + run(", 2018."), "")
        + note.format(3, run(" Côté*, 2017."), f"<w:p>{run('Second paragraphe.')}</w:p>")
        + note.format(4, run(" Dans le tableau."), "")
        + "</w:footnotes>",
    )
    part(
        document,
        "endnotes",
        f"<w:endnotes><w:endnote w:id='2'><w:p>{run('Note de fin, ')}{run('grasse', '<w:b/>')}"
        f"</w:p></w:endnote></w:endnotes>",
    )


@written
def _nested_lists(document: Any) -> None:
    for depth, text in enumerate(("Accueil", "Dossier", "Pièces")):
        document.add_paragraph(text, style=f"List Bullet{f' {depth + 1}' if depth else ''}")
    document.add_paragraph("Retour", style="List Bullet")
    document.add_paragraph("Entre les listes, une phrase.")
    for text in ("Lire", "Écrire"):
        document.add_paragraph(text, style="List Number")
    numbered = document.add_paragraph("Compter")
    numbered._p.get_or_add_pPr().append(
        xml("<w:numPr><w:ilvl w:val='1'/><w:numId w:val='1'/></w:numPr>")
    )


@written
def _numbered_titles(document: Any) -> None:
    document.add_heading("1. Le contexte", 1)
    document.add_paragraph("Il a changé.")
    document.add_heading("1.1 Les chiffres", 2)
    document.add_paragraph("Ils montent.")
    document.add_heading("Langage C#", 3)
    document.add_paragraph("Il sert.")
    document.add_heading("Sept niveaux", 7)
    document.add_paragraph("Bien bas.")


@written
def _tables(document: Any) -> None:
    table = document.add_table(3, 3)
    for row in range(3):
        for column in range(3):
            table.cell(row, column).text = f"case {row} {column} a|b"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Deux ensemble"
    table.cell(1, 2).merge(table.cell(2, 2)).text = "Haute"
    table.rows[0]._tr.get_or_add_trPr().append(xml("<w:tblHeader/>"))
    inner = table.cell(1, 0).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "dedans", "aussi"
    table.cell(2, 0).paragraphs[0].text = "Première ligne"
    table.cell(2, 0).add_paragraph("Puce", style="List Bullet")
    document.add_paragraph("Suite.")
    framed = document.add_table(1, 1).cell(0, 0)
    framed.paragraphs[0].add_run("À retenir").bold = True
    framed.add_paragraph("Un cadre : trois | choses.")
    framed.add_paragraph("Une puce", style="List Bullet")


SUB, SUPER = (f'<w:vertAlign w:val="{place}script"/>' for place in ("sub", "super"))
UNDERLINE = '<w:u w:val="single"/>'
SOFT = "\u00ad"
BOX = f"<w:txbxContent><w:p>{run('Dans la zone')}</w:p><w:p>{run('deux lignes')}</w:p></w:txbxContent>"


@written
def _text_boxes(document: Any) -> None:
    add(
        document,
        f"<w:p>{run('Avant la zone.')}<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>"
        f"<wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx>{BOX}</wps:txbx></wps:wsp>"
        "</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f"<v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>",
    )
    alone = BOX.replace("Dans la zone", "Sans repli").replace("deux", "trois")
    add(
        document,
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline><a:graphic>"
        f"<a:graphicData><wps:wsp><wps:txbx>{alone}</wps:txbx></wps:wsp></a:graphicData>"
        "</a:graphic></wp:inline></w:drawing></mc:Choice></mc:AlternateContent></w:r></w:p>",
    )
    document.add_paragraph("Après la zone.")


@written
def _revisions(document: Any) -> None:
    add(
        document,
        f"<w:p>{run('Gardé. ')}<w:ins w:author='x'>{run('Ajouté. ')}</w:ins><w:del w:author='x'>"
        "<w:r><w:delText>Retranché net</w:delText></w:r></w:del>"
        f"<w:moveFrom w:author='x'>{run('Déménagé. ')}</w:moveFrom></w:p>",
    )
    add(document, f"<w:p><w:moveTo w:author='x'>{run('Déménagé. ')}</w:moveTo>{run('Fin.')}</w:p>")
    add(
        document,
        "<w:p><w:pPr><w:rPr><w:del w:author='x'/></w:rPr></w:pPr>"
        f"{run('Ce paragraphe rejoint ')}</w:p>",
    )
    document.add_paragraph("le suivant.")


@written
def _comments(document: Any) -> None:
    said = document.add_paragraph("Une affirmation à vérifier.")
    document.add_comment(said.runs, text="Est-ce exact ?", author="Luc Hébert", initials="LH")
    document.add_comment(said.runs, text="Oui, vérifié mardi.", author="Anne Roy", initials="AR")
    document.add_paragraph("La suite.")


@written
def _links(document: Any) -> None:
    def to(address: str) -> str:
        name = document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return f"<w:hyperlink r:id='{name}'>{run('là')}</w:hyperlink>"

    safe = "https://can01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fb.example%2F&data=x"
    field = (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> HYPERLINK "
        '"https://c.example/?utm_source=y" </w:instrText></w:r><w:r><w:fldChar '
        f"w:fldCharType='separate'/></w:r>{run('champ')}<w:r><w:fldChar w:fldCharType='end'/></w:r>"
    )
    add(
        document,
        f"<w:p>{run('Lire ')}{to('https://a.example/x_(1)?utm_medium=z&b=1')}{run(' ou ')}{to(safe)}"
        f"{run(' ou ')}{field}{run(' ou ')}{to('file:///C:/secret.docx')}{run(' ou ')}"
        f"{to('javascript:alert(1)')}{run('! Bravo!')}{to('mailto:a@a.example')}"
        f"<w:fldSimple w:instr='PAGE'>{run(' simple')}</w:fldSimple>"
        f"<w:hyperlink w:anchor='ici'>{run(' interne')}</w:hyperlink></w:p>",
    )


@written
def _characters(document: Any) -> None:
    add(
        document,
        f"<w:p>{run('H')}{run('2', SUB)}"
        f"{run('O, le 1')}{run('er', SUPER)}"
        f"{run(' mai, ')}{run('barré', '<w:strike/>')}{run(', ')}{run('petites', '<w:smallCaps/>')}"
        f"{run(', ')}{run('CAPITALES', '<w:caps/>')}{run(', ')}{run('souligné', UNDERLINE)}"
        f"{run(', ')}{run('gras', '<w:b/>')}{run('ital', '<w:i/>')}{run('les deux', '<w:b/><w:i/>')}"
        f"{run(', tou')}{run('jours', '<w:i/>')}{run('.')}</w:p>",
    )


@written
def _tables_of_tabs(document: Any) -> None:
    document.add_paragraph("Voici les taux.")
    for line in ("Région\tTaux\tRang", "Estrie\t4 %\t1", "Laval\t\t5 %\t2"):
        document.add_paragraph(line)
    document.add_paragraph("\tUn retrait d’alinéa, avec\tun espace.")


@written
def _breaks(document: Any) -> None:
    add(
        document,
        f"<w:p>{run('Ligne une')}<w:r><w:br/></w:r>{run('- ligne deux')}<w:r><w:br/></w:r>"
        f"{run('# ligne trois')}<w:r><w:cr/></w:r>{run('avant')}<w:r><w:br w:type='page'/></w:r>"
        f"{run('après')}<w:r><w:lastRenderedPageBreak/></w:r>{run(' tout')}</w:p>",
    )
    add(
        document,
        f"<w:p>{run('Gras', '<w:b/>')}<w:r><w:rPr><w:b/></w:rPr><w:br/></w:r>{run('sur deux lignes.', '<w:b/>')}</w:p>",
    )
    add(
        document,
        f"<w:p>{run('x')}<w:r><w:noBreakHyphen/></w:r>{run('y, chif')}<w:r><w:softHyphen/></w:r>{run('fre, me' + SOFT + 'sure')}</w:p>",
    )


@written
def _heads_and_feet(document: Any) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].text = "Confidentiel jusqu’au congrès"
    section.header.paragraphs[0].add_run().add_picture(io.BytesIO(picture()))
    section.footer.paragraphs[0].text = "Page de garde"
    document.add_paragraph("Le texte lui-même.")
    document.add_section()
    document.add_paragraph("Une autre section.")


@written
def _equations(document: Any) -> None:
    def said(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    add(
        document,
        f"<w:p>{run('Soit ')}<m:oMath><m:f><m:num>{said('alpha')}</m:num><m:den>{said('beta')}</m:den>"
        f"</m:f>{said('+')}<m:sSup><m:e>{said('gamma')}</m:e><m:sup>{said('2')}</m:sup></m:sSup>"
        f"<m:rad><m:deg/><m:e>{said('delta')}</m:e></m:rad></m:oMath>{run('.')}</w:p>",
    )
    add(document, f"<w:p><m:oMathPara><m:oMath>{said('E=mc')}</m:oMath></m:oMathPara></w:p>")


@written
def _symbols(document: Any) -> None:
    for text in ("Première puce", "Deuxième puce"):
        add(
            document,
            f"<w:p><w:r><w:sym w:font='Symbol' w:char='F0B7'/></w:r><w:r><w:tab/></w:r>{run(text)}</w:p>",
        )
    add(
        document,
        f"<w:p>{run('Une flèche ')}<w:r><w:sym w:font='Wingdings' w:char='F0E0'/></w:r>{run(' et un inconnu ')}<w:r><w:sym w:font='Police Maison' w:char='F0FF'/></w:r></w:p>",
    )


@written
def _french_styles(document: Any) -> None:
    for name in ("Intertitre 1", "Légende", "Citation", "Auteur", "Sous-titre"):
        document.styles.add_style(name, 1)
    document.add_paragraph("Le sous-titre résume.", style="Sous-titre")
    document.add_paragraph("Par Anne Roy et Marc Côté", style="Auteur")
    document.add_paragraph("Une partie", style="Intertitre 1")
    document.add_paragraph("Son texte.")
    document.add_picture(io.BytesIO(picture()))
    document.add_paragraph("La salle *pleine*. Crédit : Anne Roy", style="Légende")
    document.add_paragraph("On l’a dit.", style="Citation")
    document.add_paragraph("Fin.")


@written
def _other_programs(document: Any) -> None:
    for name in ("Text body", "Quotations", "Standard", "Illustration"):
        document.styles.add_style(name, 1)
    document.add_paragraph("Un paragraphe de LibreOffice.", style="Text body")
    document.add_paragraph("Cité ailleurs.", style="Quotations")
    add(
        document,
        f"<w:sdt><w:sdtPr/><w:sdtContent><w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr>"
        f"<w:bookmarkStart w:id='0' w:name='_h'/>{run('Titre de Google')}<w:bookmarkEnd w:id='0'/></w:p>"
        f"<w:p><w:smartTag>{run('Rangé ')}</w:smartTag><w:dir w:val='ltr'>{run('dans')}</w:dir>"
        f"<w:customXml>{run(' autre chose')}</w:customXml></w:p></w:sdtContent></w:sdt>",
    )
    document.add_paragraph("Suite du texte.")


ENGLISH = "This is what they said about the work that we have been doing for you."


@written
def _english_passages(document: Any) -> None:
    lang = '<w:lang w:val="en-CA"/>'
    add(
        document,
        f"<w:p>{run('La ministre a dit : ')}{run(ENGLISH, lang)}{run(' Puis elle est partie avec les gens de la région.')}</w:p>",
    )
    document.add_paragraph(f"« {ENGLISH} »")
    add(
        document,
        f"<w:p>{run('Du français que le logiciel croit anglais, ', lang)}{run('comme souvent.', lang)}</w:p>",
    )


@written
def _alphabets(document: Any) -> None:
    add(document, f"<w:p><w:pPr><w:bidi/></w:pPr>{run('مرحبا بكم في المركز', '<w:rtl/>')}</w:p>")
    document.add_paragraph("Bravo 🎉👩🏽‍💻 à ᓄᓇᕗᑦ, Łódź et 日本.")
    document.add_paragraph(
        "Prix\u00a0: 12\u202f000\u00a0$, «\u00a0vrai\u00a0», fine\u2009espace, e\u0301te\u0301."
    )


@written
def _hidden_text(document: Any) -> None:
    add(
        document,
        f"<w:p>{run('On lit ceci.')}{run(' Mais pas ', '<w:vanish/>')}{run('cela, qui est secret', '<w:vanish/>')}{run(' Ni plus.')}</w:p>",
    )
    add(document, f"<w:p>{run('Tout caché ici', '<w:vanish/>')}</w:p>")
    document.add_paragraph("Fin visible.")


@written
def _properties(document: Any) -> None:
    document.core_properties.author = "Josée Jamieson"
    document.core_properties.title = "Autre titre"
    document.add_paragraph("Un texte que personne ne signe, sinon ses propriétés.")


@written
def _signed(document: Any) -> None:
    lead = document.add_paragraph()
    lead.add_run(
        "Un premier paragraphe en gras, qui résume ce qui suit et se lit d’abord."
    ).bold = True
    document.add_paragraph("Le corps du texte, avec un mot : deux-points.")
    document.add_paragraph("Une personne, directrice, Centre Essai")


@written
def _images(document: Any) -> None:
    document.add_picture(io.BytesIO(picture(colour="red")))
    document.add_paragraph("Une légende, (Photo : Jean Côté)")
    table = document.add_table(1, 2)
    table.cell(0, 0).paragraphs[0].add_run().add_picture(io.BytesIO(picture(colour="green")))
    table.cell(0, 1).text = "À côté de l’image"
    listed = document.add_paragraph("Dans une liste", style="List Bullet")
    listed.add_run().add_picture(io.BytesIO(picture(colour="blue", kind="PNG")))
    document.add_paragraph("Suite.")


@written
def _objects(document: Any) -> None:
    graphic = "<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData>{}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    add(document, graphic.format("<c:chart r:id='rId99'/>"))
    add(document, graphic.format("<dgm:relIds r:dm='rId98'/>"))
    add(
        document,
        "<w:p><w:r><w:object><o:OLEObject ProgID='Excel.Sheet.12'/></w:object></w:r></w:p>",
    )
    add(
        document,
        graphic.format(
            '<wp15:webVideoPr xmlns:wp15="http://schemas.microsoft.com/office/word/2012/wordprocessingDrawing"'
            ' embeddedHtml="&lt;iframe src=&quot;https://a.example/video&quot;&gt;"/>'
        ),
    )
    part(document, "charts/chart1", "<c:chart><a:p><a:t>Légende du graphique</a:t></a:p></c:chart>")
    part(
        document, "diagrams/data1", "<dgm:relIds><a:p><a:t>Boîte du dessin</a:t></a:p></dgm:relIds>"
    )
    document.add_paragraph("Autour des objets.")


@written
def _checkboxes(document: Any) -> None:
    for state, sign in ((1, "☒"), (0, "☐")):
        add(
            document,
            f"<w:p><w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val='{state}'/></w14:checkbox></w:sdtPr>"
            f"<w:sdtContent>{run(sign)}</w:sdtContent></w:sdt>{run(' Un choix')}</w:p>",
        )
    document.add_paragraph("Après les cases.")


@written
def _names_of_nothing(document: Any) -> None:
    """Notes, links and images of which the file holds the name alone, and their owners nothing."""
    add(
        document,
        f"<w:p>{run('Une note perdue')}<w:r><w:footnoteReference w:id='44'/></w:r>"
        f"<w:hyperlink r:id='rId998'>{run(' et un lien perdu')}</w:hyperlink>"
        "<w:r><w:drawing><wp:inline><wp:docPr id='1' name='x' descr='Une affiche décrite'/><a:graphic>"
        "<a:graphicData><a:blip r:embed='rId999'/></a:graphicData></a:graphic></wp:inline></w:drawing>"
        f"</w:r><w:r><w:pict><v:shape><v:imagedata r:id='rId997'/></v:shape></w:pict></w:r>"
        f"{run('.')}</w:p>",
    )
    for address in ("../autre.docx", "http://", "https:///x", "http://[::1", "mailto:"):
        name = document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        add(
            document, f"<w:p><w:hyperlink r:id='{name}'>{run('Texte de lien.')}</w:hyperlink></w:p>"
        )
    document.add_paragraph("Tapée : https://d.example/?utm_source=lettre&b=2 suffit.")


@written
def _cells_of_paragraphs(document: Any) -> None:
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("Année", "Lieu", "Mars", "Québec"), strict=True):
        cell.text = text
    table.cell(1, 1).add_paragraph("Montréal")
    inner = table.cell(1, 0).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "Matin", "Soir"
    table.cell(1, 0).add_paragraph("Nuit")
    add(document, f"<w:p>{run('Coché')}<w:r><w:sym w:font='Wingdings' w:char='F0FC'/></w:r>"
        f"{run('fini')}</w:p>")  # fmt: skip
    document.add_paragraph("Voir [^1] plus bas.")


@written
def _invisible_signs(document: Any) -> None:
    document.add_heading("L\u0092inti\u200btulé", 1)
    document.add_paragraph(
        "Un\u2060 mot\ufeff à l\u202eenvers\u202c, et un signe \ufffd illisible."
    )
    noted = document.add_paragraph("Une phrase\u200e.")
    document.add_comment(noted.runs, "Sûr\u202e ?", author="Luc\u200b Hébert")


@written
def _letters_drawn(document: Any) -> None:
    add(document, "<w:p><w:r><w:pict><v:shape><v:textpath string='Portes ouvertes'/></v:shape></w:pict>"
        f"</w:r>{run(' Un texte.')}</w:p>")  # fmt: skip
    two = "<mc:Choice Requires='w14'>{}</mc:Choice><mc:Fallback>{}</mc:Fallback>"
    add(document, f"<w:p><mc:AlternateContent>{two.format(run('La forme neuve'), run('ancienne'))}"
        "</mc:AlternateContent></w:p>")  # fmt: skip
    part(
        document, "charts/chartEx1", "<c:chart><a:p><a:t>Entonnoir des places</a:t></a:p></c:chart>"
    )


@written
def _drop_caps(document: Any) -> None:
    add(document, f"<w:p><w:pPr><w:framePr w:dropCap='drop' w:lines='3'/></w:pPr>{run('L')}</w:p>")
    document.add_paragraph("a lettrine ouvre le texte.")


SIGNS = (
    "/// figure | images/x.jpg",
    "Voir le [^1] et [lien](https://x.example) et ![image](y.png)",
    "{{ jinja }} et {% bloc %} et {prenom} et {: .classe }",
    "* étoile, *italique* et **gras** et _souligné_ et `code`",
    "2. pas une liste|sauf",
    "12) non plus",
    "a | b | c",
    "| d | e |",
    "<script>alert(1)</script> et <b>gras</b> et a < b > c",
    "# pas un titre #",
    "#motdièse collé",
    "> pas une citation",
    "+ plus, - moins, ~~~ vagues",
    "~~~ vagues devant",
    "=== égal devant",
    "--- tirets devant",
    "!!! note devant",
    ": définition devant",
    "*[HTML]: une abréviation",
    "[renvoi]: https://x.example",
    "C:\\dossier\\n et \\* et &amp; et &copy; et AT&T",
    "nom_de_fichier_long et 2*3*4 et x^2^ et H~2~O et ==surligné==",
    "https://exemple.example/a_b_c/?x=1&y=2#z et //figure et ///",
    "key: value # commentaire: 'cité' \"double\"",
    "    quatre espaces devant",
)


@written
def _signs_of_markdown(document: Any) -> None:
    for text in SIGNS:
        document.add_paragraph("Un repère.")
        document.add_paragraph(text)
    document.add_paragraph("Fin : des signes.")


@written
def _signs_in_the_header(document: Any) -> None:
    document.add_paragraph('Par Anne Roy, "directrice": #1 {du} [centre]')
    lead = document.add_paragraph()
    lead.add_run(
        "Oui: non # & <b> *deux* {trois} [quatre] \"cinq\" 'six' \\ sept | huit."
    ).bold = True
    document.add_paragraph("Le corps.")
    document.add_picture(io.BytesIO(picture()))
    document.add_paragraph('Une: légende # *étoile* <b>. Crédit : "Anne" Roy: #1')
    document.add_paragraph("Fin.")


@written
def _bold_headings(document: Any) -> None:
    document.add_paragraph("Une ouverture.")
    for text in ("Premier intertitre", "Deuxième intertitre :"):
        document.add_paragraph().add_run(text).bold = True
        document.add_paragraph("Du texte dessous.")
