"""What a hostile author types acts nowhere: in no page, feed or mail."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from lxml import etree
from lxml import html as lxml_html
from newsletter_standard import View
from PIL import Image
from sites import DAY, Project, author, letter, make_project, news, text

from axtra import diagnostics, library
from axtra.library import Folders
from axtra.site import building, gate, letters

PAYLOADS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "<!--[if mso]><script>alert(1)</script><![endif]-->",
    "<ScRiPt src=//mal.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    '\\"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    '\\" onmouseover=\\"alert(1)',
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><style><img src=x onerror=alert(1)></style>",
    "<iframe src=https://mal.example></iframe>",
    "<object data=https://mal.example></object><embed src=//mal.example>",
    "<form action=https://mal.example><input name=a><button>x</button></form>",
    "<base href=https://mal.example/>",
    "<link rel=stylesheet href=https://mal.example/x.css>",
    "<meta http-equiv=refresh content='0; url=https://mal.example'>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href=data:text/html,x>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    '[x](https://a.example/\\"onmouseover=alert(1))',
    "[x](https://a.example 't\\\" onclick=\\\"alert(1)')",
    "[x](https://a.example){: onclick='alert(1)' }",
    "Un mot {: style='background:url(javascript:alert(1))' }",
    "{{ 1337 * 7331 }}",
    "{% for one in ''.__class__.__mro__ %}{{ one }}{% endfor %}",
    "<mj-raw><script>alert(1)</script></mj-raw>",
    "<mj-include path='/etc/passwd' />",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)",
    "<div style='behavior:url(x);expression(alert(1))'>x</div>",
    "<p onclick=alert(1)>x</p>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
)
TAGS = frozenset(
    {"iframe", "object", "embed", "base", "frame", "frameset", "applet", "math", "template"}
)
OURS = re.compile(r"/(theme|pagefind)/")


def in_places(rank: int, payload: str) -> Iterator[tuple[str, str]]:
    """Put a payload in each place that an author fills, each in a file of its own."""
    quoted = f'"Mot {payload} fin"'
    raw = payload.replace('\\"', '"')
    place = f"content/nouvelles/2020/n{rank}"
    yield f"{place}-titre.md", news(quoted)
    yield f"{place}-chapeau.md", text(titre="T", date="2020-01-15", chapeau=quoted)
    yield f"{place}-sujet.md", news("Sujet", mots_cles=f"[{quoted}]")
    yield f"{place}-corps.md", text(f"Un mot {raw} fin.", titre="T", date="2020-01-15")
    yield f"{place}-ligne.md", text(f"{raw}\n", titre="T", date="2020-01-15")
    quote = f"/// citation | {raw}\n    fonction: {quoted}\n\nUn mot.\n///"
    yield f"{place}-citation.md", text(quote, titre="T", date="2020-01-15")
    image = f"/// figure | images/point.png\n    alt: {quoted}\n    legende: {quoted}\n///"
    yield f"{place}-figure.md", text(image, titre="T", date="2020-01-15")
    yield f"content/auteurs/a{rank}.md", author(quoted)
    event = text(titre=quoted, debut="2020-09-10", date="2020-04-04", lieu=quoted)
    yield f"content/evenements/e{rank}.md", event
    day = f"newsletters/2020/2020-05-06-n{rank}"
    yield f"{day}-objet.md", letter(objet=quoted)
    yield f"{day}-preentete.md", letter(preentete=quoted)
    yield f"{day}-corps.md", letter(f"Bonjour,\n\nUn mot {raw} fin.")
    yield f"{day}-bouton.md", letter(f"Bonjour,\n\n/// bouton | {raw}\n    lien: /\n///")


def acts(root: lxml_html.HtmlElement) -> Iterator[str]:
    """List what would act in a document."""
    for one in root.iter("*"):
        tag = str(one.tag).lower()
        if tag in TAGS:
            yield f"<{tag}>"
        if tag == "script" and one.get("type") == "application/ld+json":
            json.loads(one.text)
        elif tag == "script" and not OURS.match(one.get("src", "")):
            yield "<script>"
        if tag == "form" and not one.get("action", "/").startswith("/"):
            yield "<form>"
        if tag == "meta" and one.get("http-equiv", "").lower() == "refresh":
            yield "<meta refresh>"
        for name, value in one.attrib.items():
            bare = re.sub(r"[\s\x00-\x20]", "", value).lower()
            if name.lower().startswith("on"):
                yield f"{tag} {name}"
            if re.match(r"(javascript|vbscript|data):", bare) and not bare.startswith("data:image"):
                yield f"{tag} {name}={bare[:30]}"
            if name == "style" and re.search(r"javascript:|expression\(|behavior:", bare):
                yield f"{tag} style"
            if name in {"src", "srcset"} and "mal.example" in bare:
                yield f"{tag} {name}={bare[:30]}"


def documents(output: Path) -> Iterator[tuple[str, lxml_html.HtmlElement]]:
    """Give each page and mail, and each text that a feed gives as HTML."""
    for path in sorted(output.rglob("*.html")):
        yield path.name, lxml_html.document_fromstring(path.read_bytes().decode())
    for path in sorted((output / "flux").rglob("*.xml")):
        for one in etree.fromstring(path.read_bytes()).iter("{*}content", "{*}summary", "{*}title"):
            if one.get("type") == "html" and one.text:
                yield path.name, lxml_html.fromstring(f"<div>{one.text}</div>")


def attacked(folder: Path, files: Iterable[tuple[str, str]]) -> Project:
    """Make a project of hostile files, without those that reading refuses."""
    made = make_project(folder, {})
    (made.root / "content/images").mkdir(parents=True)
    Image.new("RGB", (1200, 800), "#246").save(made.root / "content/images/point.png")
    made.write(dict(files))
    for _ in range(3):  # a file that is gone may leave another without what it names
        _, found = library.load(Folders(made.root), moment=DAY)
        wrong = {one.file for one in diagnostics.errors(found)}
        for name in wrong:
            (made.root / name).unlink()
    return made


def assert_nothing_acts(project: Project, least: int) -> None:
    """Look into all that is made; `least` documents are enough to prove anything."""
    mailed = assert_no_mail_acts(project)
    assert mailed > least // 4
    report = project.build()
    for name in {one.file for one in diagnostics.errors(report.diagnostics)}:
        assert name.startswith("newsletters/"), report.diagnostics
        (project.root / name).unlink()  # the rules of mails refuse it; the rest must still be seen
    assert not project.build().refused
    seen = list(documents(project.output))
    assert len(seen) + mailed >= least
    assert [(name, acting) for name, root in seen for acting in acts(root)] == []
    for path in project.output.rglob("*"):
        if path.suffix in {".html", ".xml", ".txt", ".json", ".ics"}:
            assert_nothing_ran(path.read_text("utf-8"))


def assert_no_mail_acts(project: Project) -> int:
    """Render every letter, those that the rules of mails would refuse too; count them."""
    settings = building.settings_of(project.root)
    content, _ = gate.read(settings, moment=DAY)
    mails = letters.compose(content.newsletters, content, letters.look(settings))
    for mail in mails.values():
        for view in (View.normal(mail.html), View.mso(mail.html)):
            assert list(acts(view.root)) == []
        assert_nothing_ran(mail.html + mail.text)
    return len(mails)


def assert_nothing_ran(said: str) -> None:
    """Refuse the result of a template, and a file of this machine."""
    assert "9801547" not in said
    assert "root:x:0" not in said


def test_nothing_that_a_hostile_author_types_acts(tmp_path: Path) -> None:
    turns = [list(in_places(rank, payload)) for rank, payload in enumerate(PAYLOADS)]
    some = [places[rank % len(places)] for rank, places in enumerate(turns)]
    some += [places[-1 - rank % 4] for rank, places in enumerate(turns)]  # in a letter too
    assert_nothing_acts(attacked(tmp_path / "p", some), len(PAYLOADS))


@pytest.mark.eprouve
def test_nothing_acts_wherever_it_is_typed(tmp_path: Path) -> None:
    every = [one for rank, payload in enumerate(PAYLOADS) for one in in_places(rank, payload)]
    assert_nothing_acts(attacked(tmp_path / "p", every), 6 * len(PAYLOADS))


def test_the_judge_sees_what_acts() -> None:
    for payload in PAYLOADS[:10]:
        page = f"<html><body><p>{payload.replace(chr(92), '')}</p></body></html>"
        if "--" not in payload:
            assert list(acts(lxml_html.document_fromstring(page))), payload
