"""The content of another organisation builds with the same code; every link leads somewhere."""

from __future__ import annotations

import pytest
from lxml import html

from support.crawler import CrawledSite
from support.fixture_types import MakeProject, Sample
from support.small_sites import (
    RUBRIQUES,
    SITE,
    Project,
    article,
    author,
    letter,
    news,
    numero,
    text,
)

LONG = "Comment une petite équipe de région a repensé, en un an, tout son accueil des personnes"
AUTHORS = [f"personne-{number}" for number in range(1, 9)]
SECOND = {
    "content/site.toml": SITE
    + '\n[[menu]]\nlibelle = "Magazine"\nadresse = "/magazine/"\n'
    + '\n[[pied]]\nlibelle = "Rubriques"\nadresse = "/rubriques/"\n'
    + '\n[[reseaux]]\nnom = "Un réseau"\nadresse = "https://reseau.example/essai"\n',
    "content/rubriques.toml": RUBRIQUES
    + '\n[ailleurs]\nnom = "Vu d’ailleurs"\ndescription = "Loin d’ici."\ncouleur = "ocre"\n'
    + '\n[vide]\nnom = "Rubrique vide"\ndescription = "Personne."\ncouleur = "projets"\n',
    **{f"content/auteurs/{slug}.md": author(f"Personne {slug[-1]}") for slug in AUTHORS},
    "content/magazine/2021-11/numero.md": numero(
        titre="Le pays d’à côté", volume="12", numero="40", date="2019-11-02"
    ),
    "content/magazine/2021-11/a-huit.md": article(
        f'"{LONG} : bilan"', auteurs=f"[{', '.join(AUTHORS)}]", mots_cles="[accueil, régions]"
    ),
    "content/magazine/2021-11/seule.md": article(
        "Seule de sa rubrique", auteurs="Personne 3", rubrique="ailleurs"
    ),
    "content/magazine/2021-11/editorial.md": text(
        "## Numéro\n\n### Points\n\n## Table\n\n## Contenu\n\nUn texte.",
        titre="Des intertitres comme ceux du gabarit",
        chapeau="Ils ne se mêlent pas.",
        auteurs="[personne-1]",
        rubrique="regards",
        points_cles="[Un point., Un autre.]",
    ),
    "content/nouvelles/2019/hier.md": news(date="2019-01-15", mots_cles="[accueil]"),
    "newsletters/2019/2019-11-03.md": letter(
        "/// article | a-huit\n///\n\n/// sommaire\n///\n", date="2019-11-03"
    ),
}


@pytest.fixture
def second(new_project: MakeProject) -> Project:
    return new_project(SECOND)


def test_another_organisations_content_builds_without_diagnostics(
    second: Project,
) -> None:
    report = second.build()
    assert [str(each) for each in report.diagnostics] == []
    crawl = CrawledSite(report.output)
    expected = {
        "index.html", "404.html", "magazine/index.html", "magazine/2021-11/index.html",
        "magazine/2021-11/a-huit/index.html", "magazine/2021-11/seule/index.html",
        "nouvelles/index.html", "nouvelles/hier/index.html",
        "communiques/index.html", "publications/index.html", "evenements/index.html",
        "auteurs/index.html", *(f"auteurs/{slug}/index.html" for slug in AUTHORS),
        "rubriques/index.html", "rubriques/regards/index.html", "rubriques/ailleurs/index.html",
        "rubriques/vide/index.html", "sujets/index.html", "sujets/accueil/index.html",
        "sujets/regions/index.html", "infolettres/index.html",
        "infolettres/2019-11-03/index.html", "infolettres/2019-11-03/courriel.html",
        "infolettres/2019-11-03/courriel.txt", "flux/site.xml", "flux/rubriques/ailleurs.xml",
        "sitemap.xml", "robots.txt",
    }  # fmt: skip
    assert expected <= crawl.files
    assert not any("tendances" in name or "axtra" in name for name in crawl.files - {".axtra"})
    assert crawl.broken() == []
    assert crawl.foreign_requests() == []


def test_headings_never_reuse_the_ids_of_the_page(second: Project) -> None:
    assert CrawledSite(second.build().output).repeated_ids() == []


def test_eight_authors_are_all_listed_in_french(second: Project) -> None:
    page = CrawledSite(second.build().output).pages["magazine/2021-11/a-huit/index.html"]
    for number in range(1, 9):
        assert page.xpath(f"//main//a[@href='/auteurs/personne-{number}/']")
    mail = (second.output / "infolettres/2019-11-03/courriel.txt").read_text(encoding="utf-8")
    assert "Personne 7 et Personne 8" in " ".join(mail.replace("\u00a0", " ").split())


def test_a_long_title_is_complete_on_its_page_in_lists_and_in_the_mail(
    second: Project,
) -> None:
    whole = f"{LONG}\u00a0: bilan"
    assert len(whole) > 90
    report = second.build()
    page = CrawledSite(report.output).pages["magazine/2021-11/a-huit/index.html"]
    assert page.xpath("string(//h1)").strip() == whole
    assert whole in page.xpath("string(//title)")
    for name in ("index.html", "magazine/2021-11/index.html", "auteurs/personne-8/index.html"):
        assert whole in (report.output / name).read_text(encoding="utf-8")
    mail = (report.output / "infolettres/2019-11-03/courriel.html").read_bytes()
    assert whole in html.document_fromstring(mail).text_content()


def test_every_link_of_the_sample_leads_somewhere(sample: Sample) -> None:
    assert sample.crawl.broken() == []


def test_no_page_of_the_sample_repeats_an_id(sample: Sample) -> None:
    assert sample.crawl.repeated_ids() == []


def test_no_page_of_the_sample_fetches_from_another_host(sample: Sample) -> None:
    assert sample.crawl.foreign_requests() == []


def test_the_crawler_detects_a_missing_page_anchor_and_image(
    new_project: MakeProject,
) -> None:
    output = new_project().build().output
    page = output / "index.html"
    dead = '<a href="/rien/">a</a><a href="/#rien">a</a><img src="/rien.png"></body>'
    page.write_text(page.read_text(encoding="utf-8").replace("</body>", dead), encoding="utf-8")
    assert CrawledSite(output).broken() == [
        "index.html → /#rien",
        "index.html → /rien.png",
        "index.html → /rien/",
    ]


def test_people_subscribe_where_they_read(new_project: MakeProject) -> None:
    facts = 'service = "https://porte.exemple.test"\n' + SECOND["content/site.toml"]
    pages = CrawledSite(new_project({**SECOND, "content/site.toml": facts}).build().output).pages
    for name, page in pages.items():
        forms = page.xpath("//form[starts-with(@action, 'https://porte.exemple.test/')]")
        redirect = not page.xpath("//main")
        assert len(forms) == (0 if redirect or name.endswith("courriel.html") else 1), name
        for form in forms:
            (field,) = form.xpath(".//input[@type='email']")
            assert form.xpath(f".//label[@for='{field.get('id')}']")
            assert form.get("method") == "post"
            assert form.xpath(".//input[@name='liste']/@value")


def test_the_home_page_shows_what_its_editor_chose(new_project: MakeProject) -> None:
    said = (
        "/// citation | Une personne\nDes mots qui comptent.\n///\n\n"
        "/// chiffres\n- **12** choses\n///"
    )
    project = new_project(SECOND)
    numero = "content/magazine/2021-11/"
    for slug, words in (("seule", said), ("a-huit", said.replace("comptent", "restent"))):
        source = SECOND[f"{numero}{slug}.md"]
        project.write({f"{numero}{slug}.md": f"{source}\n\n{words}\n"})
    page = CrawledSite(project.build().output).pages["index.html"]
    first = page.xpath("string(//figure[@class='parole']/blockquote)").strip()
    chosen = "restent" if "comptent" in first else "comptent"
    slug = "a-huit" if chosen == "restent" else "seule"
    source = SECOND[f"{numero}numero.md"]
    project.write({f"{numero}numero.md": source.replace("\n---", f"\ncitation-de: {slug}\n---", 1)})
    page = CrawledSite(project.build().output).pages["index.html"]
    assert chosen in page.xpath("string(//figure[@class='parole']/blockquote)")
    assert page.xpath(f"//figure[@class='parole']//a[contains(@href, '/{slug}/')]")
    assert page.xpath("string(//p[@class='nombre-valeur'])") == "12"
    project.write({f"{numero}numero.md": source.replace("\n---", "\nnombre-de: seul\n---", 1)})
    (problem,) = map(str, project.build().diagnostics)
    assert "« seul » n’est pas un article de ce numéro" in problem
    assert "seule" in problem
