"""The texts of WordPress and of Pelican become ours; nothing is overwritten, nothing unnamed."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from PIL import Image

from support.fixture_types import MakeProject, Run
from support.small_sites import FULL, Project

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Ancien</title><link>https://ancien.example</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://ancien.example</wp:base_blog_url>
<wp:author><wp:author_login>aroy</wp:author_login>
<wp:author_display_name><![CDATA[Anne Roy]]></wp:author_display_name>
<wp:author_description><![CDATA[Conseillère à <b>Laval</b>.]]></wp:author_description></wp:author>
"""
UPLOADS = "https://ancien.example/wp-content/uploads"


def item(
    title: str,
    body: str = "<p>Un texte.</p>",
    *,
    number: int = 1,
    type_: str = "post",
    status: str = "publish",
    more: str = "",
    name: str = "",
    day: str = "2019-03-27 10:00:00",
) -> str:
    """Return an item of an export."""
    slug = name or f"texte-{number}"
    return (
        f"<item><title>{title}</title><link>https://ancien.example/2019/{slug}/</link>"
        f"<dc:creator>aroy</dc:creator><content:encoded><![CDATA[{body}]]></content:encoded>"
        f"<wp:post_id>{number}</wp:post_id><wp:post_date>{day}</wp:post_date>"
        f"<wp:post_name>{slug}</wp:post_name><wp:status>{status}</wp:status>"
        f"<wp:post_type>{type_}</wp:post_type>{more}</item>"
    )


def export(*items: str) -> str:
    """Return an export."""
    return f"{HEAD}{''.join(items)}</channel></rss>"


def media(number: int, path: str) -> str:
    """Return an image of an export."""
    return item(
        "Une image",
        "",
        number=number,
        type_="attachment",
        status="inherit",
        more=f"<wp:attachment_url>{UPLOADS}/{path}</wp:attachment_url><wp:postmeta>"
        "<wp:meta_key>_wp_attachment_image_alt</wp:meta_key>"
        "<wp:meta_value>Une salle</wp:meta_value></wp:postmeta>",
    )


def category(name: str, domain: str = "category") -> str:
    return f'<category domain="{domain}" nicename="x"><![CDATA[{name}]]></category>'


EXCERPTS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    # items; what the files say; what the report says
    "a post with its date, author, tags and excerpt": (
        item(
            "Une nouvelle : à lire &amp; relire",
            more=category("Emploi", "post_tag")
            + category("emploi", "post_tag")
            + category("Uncategorized")
            + "<excerpt:encoded><![CDATA[<p>Un &lt;résumé&gt;.</p>]]></excerpt:encoded>",
        ),
        (
            'titre: "Une nouvelle : à lire & relire"',
            "date: 2019-03-27\n",
            "chapeau: Un <résumé>.",
            "mots-cles: [Emploi]",
            "auteurs: [anne-roy]",
            "Conseillère à **Laval**.",
            '"/2019/texte-1/" = "/nouvelles/texte-1/"',
        ),
        ("1 nouvelle", "1 redirection"),
    ),
    "frames and programs of others, wherever they stand": (
        item(
            "Des cadres",
            '<p>Lisez <iframe src="https://docs.example.org/forms/1/viewform"></iframe></p>'
            '<blockquote><p>Un mot</p><iframe title="Un film" data-src="https://player.vimeo.com/video/12"></iframe></blockquote>'
            '<script src="https://a.example/w.js"></script>'
            '<form action="https://a.example/f"><label>Votre nom</label></form>',
        ),
        (
            "<https://docs.example.org/forms/1/viewform>",
            "/// video | https://vimeo.com/12\n    titre: Un film",
            "> Un mot",
        ),
        (
            "« Des cadres » : un programme (https://a.example/w.js), pas repris",
            "« Des cadres » : un formulaire (https://a.example/f), pas repris",
        ),
    ),
    "a page, a draft and what is in the bin": (
        item("Contact", type_="page", name="contact")
        + item("Ébauche", number=2, status="draft", day="0000-00-00 00:00:00")
        + item("Jetée", number=3, status="trash")
        + item("Menu", number=4, type_="nav_menu_item")
        + item("Secret", number=5, more="<wp:post_password>x</wp:post_password>"),
        ("titre: Contact", "statut: brouillon", '"/2019/contact/" = "/contact/"'),
        ("1 page", "« post » (trash)", "« nav_menu_item »", "protégé par un mot de passe"),
    ),
    "an image, its caption, its size": (
        media(9, "2019/03/salle.jpg")
        + item(
            "Images",
            f'<!-- wp:image {{"id":9}} --><figure class="wp-block-image"><img '
            f'src="{UPLOADS}/2019/03/salle-300x200.jpg" alt="Des gens"/><figcaption>La <em>salle'
            "</em> | 1</figcaption></figure><!-- /wp:image -->"
            f'<p>Absente : <img src="{UPLOADS}/absente.jpg"></p>',
            more="<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key>"
            "<wp:meta_value>9</wp:meta_value></wp:postmeta>",
        ),
        (
            "/// figure | images/salle.jpg\n    alt: Des gens\nLa *salle* | 1\n///",
            "image: images/salle.jpg\nalt: Une salle",
        ),
        ("Fichier qui n’est pas à portée", "absente.jpg"),
    ),
    "a gallery of the old editor": (
        media(9, "2019/03/salle.jpg")
        + item("Galerie", 'Avant.\n\n[gallery ids="9,10" columns="2"]\n\nAprès\nla suite.'),
        ("/// figure | images/salle.jpg\n    alt: Une salle\n///", "Après\\\nla suite."),
        ("galerie dont des images",),
    ),
    "quotations": (
        item(
            "Citations",
            '<!-- wp:quote --><blockquote class="wp-block-quote"><p>On l’a dit.</p><cite>Anne'
            '</cite></blockquote><!-- /wp:quote --><!-- wp:pullquote --><figure class="wp-block-'
            'pullquote"><blockquote><p>En exergue.</p><cite>Luc | B</cite></blockquote></figure>'
            "<!-- /wp:pullquote -->",
        ),
        ("> On l’a dit.\n>\n> *Anne*", "/// citation | Luc – B\nEn exergue.\n///"),
        (),
    ),
    "lists, headings, code": (
        item(
            "Structure",
            "<!-- wp:heading --><h2>Un</h2><!-- /wp:heading --><h4>Deux</h4><ul><li>a<ul><li>b"
            "</li></ul></li></ul><ol start='3'><li>c</li></ol>"
            '<pre class="wp-block-code"><code># pas un titre\n```</code></pre>',
        ),
        ("## Un\n\n### Deux", "- a\n    - b", "````\n# pas un titre\n```\n````"),
        (),
    ),
    "a table and columns": (
        item(
            "Colonnes",
            '<!-- wp:columns --><div class="wp-block-columns"><div class="wp-block-column">'
            "<p>Gauche</p></div><div><p>Droite</p></div></div><!-- /wp:columns -->"
            '<figure class="wp-block-table"><table><thead><tr><th>A</th><th>B</th></tr></thead>'
            "<tbody><tr><td>1 | 2</td><td>3</td></tr></tbody></table></figure>",
        ),
        ("Gauche\n\nDroite", "| A | B |\n| --- | --- |\n| 1 \\| 2 | 3 |"),
        (),
    ),
    "buttons": (
        item(
            "Boutons",
            '<!-- wp:buttons --><div class="wp-block-buttons"><div class="wp-block-button"><a '
            'class="wp-block-button__link" href="https://b.example/?utm_source=x">S’inscrire</a>'
            '</div><div class="wp-block-button"><a class="wp-block-button__link">Sans lien</a>'
            "</div></div><!-- /wp:buttons -->",
        ),
        ('/// bouton | S’inscrire\n    lien: "https://b.example/"\n///', "Sans lien"),
        (),
    ),
    "videos and other pages": (
        item(
            "Médias",
            '<!-- wp:embed {"url":"https://www.youtube.com/watch?v=a"} --><figure class="wp-block-'
            'embed"><div>https://www.youtube.com/watch?v=a</div><figcaption>Le film</figcaption>'
            '</figure><!-- /wp:embed --><iframe src="https://www.youtube.com/embed/b"></iframe>'
            '<figure class="wp-block-audio"><audio controls src="https://s.example/s.mp3"></audio>'
            '<video src="ttps://faute.example/v.mov"></video>'
            "</figure>",
        ),
        (
            "/// video | https://www.youtube.com/watch?v=a\n    titre: Le film\n///",
            "/// video | https://www.youtube.com/watch?v=b\n    titre: à compléter\n///",
            "<https://s.example/s.mp3>",
            "\n\nttps://faute.example/v.mov\n",
        ),
        (),
    ),
    "shortcodes": (
        media(9, "2019/03/salle.jpg")
        + item(
            "Codes",
            f'[caption id="a" width="3"]<img src="{UPLOADS}/2019/03/salle.jpg" alt="Vue"> Une '
            'salle[/caption]\n\nDu [sic] texte [contact-form-7 id="3"] et [b]gras[/b].\n\n'
            "https://vimeo.com/123",
        ),
        ("    alt: Vue\nUne salle\n///", "\\[sic\\] texte", "/// video | https://vimeo.com/123"),
        ('code court « [contact-form-7 id="3"] »', "code court « [b] »"),
    ),
    "links within the site, documents": (
        item(
            "Un",
            f'<p><a href="https://ancien.example/2019/texte-2/">deux</a> et <a href="/2019/'
            f'texte-2">aussi</a> et <a href="{UPLOADS}/2019/guide.pdf">le guide</a> et <a href="'
            'javascript:x()">non</a></p>',
        )
        + item("Deux", number=2),
        (
            (
                "[deux](nouvelles/2019/texte-2.md) et [aussi](nouvelles/2019/texte-2.md) et [le "
                "guide](documents/guide.pdf) et non"
            ),
        ),
        (),
    ),
    "blocks that WordPress fills, HTML that does not pass": (
        item(
            "Restes",
            '<!-- wp:latest-posts {"n":1} /--><!-- wp:search /--><div onclick="x()">'
            "<script>alert(1)</script><style>p{}</style><p style='color:red'>Gardé {prenom} *a* "
            "<b>gras</b><i>ital</i></p></div><p>/// encadre</p><details><summary>Plus</summary>"
            "<p>Dedans</p></details>",
            more="<wp:comment><wp:comment_id>1</wp:comment_id></wp:comment>",
        ),
        ("Gardé &#123;prenom} \\*a\\* **gras**<em>ital</em>", "\\/// encadre", "Plus", "Dedans"),
        ("bloc « latest-posts »", "bloc « search »", "1 commentaire"),
    ),
}


@pytest.fixture
def project(new_project: MakeProject) -> Project:
    return new_project(FULL)


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    (folder / "2019/03").mkdir(parents=True)
    Image.new("RGB", (64, 48), "navy").save(folder / "2019/03/salle.jpg")
    (folder / "2019/guide.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    return folder


def errors(run: Run, project: Project) -> list[dict[str, str]]:
    """Return the errors of `verifier` but those of what is to be completed."""
    _, told, _ = run(project, "verifier", "--format", "json")
    return [
        p
        for p in json.loads(told)
        if p["gravite"] == "erreur" and "à compléter" not in p["probleme"]
    ]


def written(project: Project) -> str:
    """Return all the text of a project's content."""
    table = project.root / "content/redirections.toml"
    paths = [*sorted(project.root.glob("content/**/*.md")), table]
    return "\n".join(path.read_text("utf-8") for path in paths if path.exists())


@pytest.mark.parametrize("name", EXCERPTS)
def test_an_excerpt_of_wordpress(
    run: Run, project: Project, uploads: Path, tmp_path: Path, name: str
) -> None:
    items, files, report = EXCERPTS[name]
    source = tmp_path / "export.xml"
    source.write_text(export(items), "utf-8")
    words = ("importer", "wordpress", str(source), "--images", str(uploads))
    before = written(project)
    code, told, _ = run(project, *words, "--essai")
    assert (code, written(project)) == (0, before)
    assert "Serait écrit" in told
    code, told, _ = run(project, *words)
    assert code == 0
    text = written(project)
    for said in files:
        assert said in text
    for said in report:
        assert said in told
    assert "<script" not in text
    assert "alert(1)" not in text
    wrong = [p for p in errors(run, project) if "guide.pdf" not in p["probleme"]]
    assert wrong == []
    code, told, _ = run(project, *words)  # again: nothing moves
    assert (code, written(project)) == (0, text)
    assert "Aucun texte neuf" in told


def test_signs_that_nobody_sees_are_left_behind(run: Run, project: Project, tmp_path: Path) -> None:
    source = tmp_path / "export.xml"
    source.write_text(
        export(item("Un titre", "<p>Un\u200b mot\ufeff, l\u0092an\u202e.</p>")), "utf-8"
    )
    assert run(project, "importer", "wordpress", str(source))[0] == 0
    assert "Un mot, l’an." in written(project)
    assert errors(run, project) == []


def test_a_correspondence_says_where_texts_go(run: Run, project: Project, tmp_path: Path) -> None:
    source, places = tmp_path / "export.xml", tmp_path / "places.toml"
    source.write_text(
        export(
            item("Pour la presse", more=category("Communiqués")),
            item("Un article", number=2, more=category("Regards")),
            item("Une fiche", number=3, type_="produit"),
        ),
        "utf-8",
    )
    code, told, _ = run(project, "importer", "wordpress", str(source), "--essai")
    assert '# "Communiqués" = { genre = "communique" }' in told
    places.write_text(
        '[types]\nproduit = "page"\n[categories]\n"communiques" = "communique"\n'
        '"Regards" = { genre = "article", numero = "2020-05", rubrique = "regards" }\n',
        "utf-8",
    )
    code, told, _ = run(
        project, "importer", "wordpress", str(source), "--correspondance", str(places)
    )
    assert code == 0
    assert (project.root / "content/communiques/2019/texte-1.md").exists()
    assert "rubrique: regards" in (project.root / "content/magazine/2020-05/texte-2.md").read_text()
    assert (project.root / "content/pages/texte-3.md").exists()
    assert errors(run, project) == []
    places.write_text('[types]\npost = "nouvele"\n', "utf-8")
    code, _, told = run(
        project, "importer", "wordpress", str(source), "--correspondance", str(places)
    )
    assert code == 1
    assert "Vouliez-vous dire « nouvelle »" in told


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"pas du XML",
        b"<rss><channel></channel></rss>",
        export(item("x")).replace("<rss", BOMB + "<rss", 1).encode(),
        export(item("x")).encode()[:-20],
        (HEAD + "<a>" * 5_000 + "</a>" * 5_000 + "</channel></rss>").encode(),
        export(item("x")).encode("utf-16"),
    ],
)
def test_only_an_export_is_read(run: Run, project: Project, tmp_path: Path, data: bytes) -> None:
    before = written(project)
    (tmp_path / "export.xml").write_bytes(data)
    code, told, wrong = run(project, "importer", "wordpress", str(tmp_path / "export.xml"))
    assert code == 1
    assert "export" in wrong
    assert (told, written(project)) == ("", before)


def test_names_do_not_leave_their_folders(
    run: Run, project: Project, uploads: Path, tmp_path: Path
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "secret.jpg")
    (uploads / "lien.jpg").symlink_to(tmp_path / "secret.jpg")
    source = tmp_path / "export.xml"
    source.write_text(
        export(
            item(
                "Piège",
                f'<img src="{UPLOADS}/../../secret.jpg"><img src="{UPLOADS}/lien.jpg">'
                f'<img src="file://{tmp_path}/secret.jpg">',
                name="../../../hors",
            )
        ),
        "utf-8",
    )
    code, _, _ = run(project, "importer", "wordpress", str(source), "--images", str(uploads))
    assert code == 0
    assert (project.root / "content/nouvelles/2019/hors.md").exists()
    assert not list(project.root.glob("content/images/*"))
    assert not (tmp_path / "hors.md").exists()


def test_a_site_of_pelican(run: Run, project: Project, tmp_path: Path) -> None:
    content = tmp_path / "pelican/content"
    image = io.BytesIO()
    Image.new("RGB", (64, 48), "navy").save(image, "PNG")
    files = {
        "actualites/premier.md": "Title: Le premier : essai\nDate: 2019-03-27 10:20\n"
        "Modified: 2019-04-02\nCategory: Actualités\nTags: emploi, Emploi,\n    stages\n"
        "Authors: Anne Roy;\n    Luc Hébert\nSummary: Un *résumé*.\nTemplate: spécial\n\n"
        "# Grand titre\n\nVoir [l’autre]({filename}second.md#fin), [la page](|filename|/pages/"
        "contact.md), [mot]({tag}emploi) et une note[^a].\n\n![]({static}/images/vue.png)\n\n"
        "```python\nx = 1\n```\n\n[^a]: Le texte *de* la note.\n",
        "actualites/second.md": "---\ntitle: Second\ndate: 2019-05-01\nslug: le-second\n"
        "status: draft\nauthor: Anne Roy\n---\nUn <b>texte</b>.\n",
        "pages/contact.md": "Title: Contact\nsave_as: joindre.html\n\nNous écrire.\n",
        "vieux.rst": "Titre\n=====\n",
        "illisible.md": None,
    }
    for name, text in files.items():
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xff\xfe\xff" if text is None else text.encode())
    (content / "images").mkdir()
    (content / "images/vue.png").write_bytes(image.getvalue())
    code, told, _ = run(project, "importer", "pelican", str(content.parent))
    assert code == 0
    text = (project.root / "content/nouvelles/2019/le-premier-essai.md").read_text("utf-8")
    for said in (
        'titre: "Le premier : essai"',
        "date: 2019-03-27 10:20",
        "modifie: 2019-04-02",
        "chapeau: Un résumé.",
        "mots-cles: [emploi, stages, Actualités]",
        "auteurs: [anne-roy, luc-hebert]",
        "## Grand titre",
        "[la page](pages/contact.md)",
        "et une note[^1].",
        "[^1]: Le texte *de* la note.",
        "/// figure | images/vue.",
        "x = 1",
    ):
        assert said in text
    second = (project.root / "content/nouvelles/2019/le-second.md").read_text("utf-8")
    assert "statut: brouillon" in second
    table = (project.root / "content/redirections.toml").read_text("utf-8")
    assert '"/le-premier-essai.html" = "/nouvelles/le-premier-essai/"' in table
    assert '"/joindre.html" = "/contact/"' in table
    for said in ("vieux.rst", "illisible.md", "template : spécial", "{tag}emploi"):
        assert said in told
    assert errors(run, project) == []
    kept = written(project)
    assert run(project, "importer", "pelican", str(content))[0] == 0
    assert written(project) == kept


@pytest.mark.eprouve
@pytest.mark.skipif("AXTRA_WXR" not in os.environ, reason="AXTRA_WXR names a folder of exports")
def test_real_exports(run: Run, project: Project) -> None:
    for source in sorted(Path(os.environ["AXTRA_WXR"]).glob("*.xml")):
        code, told, wrong = run(project, "importer", "wordpress", str(source))
        assert code == 0, wrong
        assert told
    assert errors(run, project) == []
