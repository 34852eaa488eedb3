"""Correct and review the typography of Quebec French, in plain text and in HTML.

One engine serves both forms. The source is cut into tokens; whatever is not French prose (a tag,
code, a URL, another language) becomes a placeholder of one character; a short ordered list of
rules runs once over the whole string; the placeholders are then put back untouched. Rules may
therefore look across an inline tag, and can never look across a block.

Source: the authority of each rule stands beside it.
    OQLF n     Vitrine linguistique, vitrinelinguistique.oqlf.gouv.qc.ca/n
    BT-INS     Bureau de la traduction, N. Ouimet, « L'espace insécable », 2007
    BT-GR n    Bureau de la traduction, Guide du rédacteur, section n
    CLDR       Unicode CLDR, locale fr-CA
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["PROFILES", "Advice", "correct_html", "correct_text", "lint", "lint_text"]

_NBSP: Final = "\u00a0"

# What stands before ; ! ? in each profile: nothing, or a thin space where the medium has one.
# OQLF 22039.
PROFILES: Final = {"qc": "", "qc-fine": "\u202f"}

# Placeholders are noncharacters: Unicode reserves them for use inside a program.
_TAG: Final = "\ufdd0"  # an inline tag: rules look through it
_WORD: Final = "\ufdd1"  # protected content that reads as a word: code, URL, English
_BREAK: Final = "\ufdd2"  # a line break: only a pair of quotation marks may span it
_LIMIT: Final = "\ufdd3"  # a block boundary: nothing spans it
_SUP: Final = "\ufdd4"  # superscript to open, in HTML only
_SUP_END: Final = "\ufdd5"
_PLACEHOLDERS: Final = "\ufdd0-\ufdd5"

# Pattern vocabulary.
_SPACES: Final = " \t\n\u00a0\u2007\u2009\u202f"
_S: Final = f"[{_SPACES}]"
_T: Final = f"{_TAG}*"
_GAP: Final = f"[{_SPACES}{_TAG}]*"
_EDGE: Final = f"[{_BREAK}{_LIMIT}]|\\Z"
_UPPER: Final = "A-ZÀ-ÖØ-ÞŒ"
_LOWER: Final = "a-zß-öø-ÿœ"

_Replacement = str | Callable[[re.Match[str]], str]
_Rule = tuple[re.Pattern[str], _Replacement]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


def _without_spaces(gap: str) -> str:
    return _TAG * gap.count(_TAG)


def _glue(before: str, after: str, *, spaced: bool = True) -> _Rule:
    """Put one no-break space between two things, whatever tags and spaces lie there.

    Args:
        before: Pattern of the left side.
        after: Pattern of the right side.
        spaced: Whether the author must have typed a space already.
    """
    count = "+" if spaced else "*"
    pattern = re.compile(f"((?:{before}){_T}){_S}{count}({_T})(?={after})")
    return pattern, rf"\1{_NBSP}\2"


# --- Quotation marks and apostrophes ----------------------------------------------------------

_MARK: Final = re.compile(f"[\"'«»{_LIMIT}]")
_OPENERS: Final = frozenset("([{«“‘'’—–-/")
_OPENED_BY: Final = {'"': '"', "»": "«"}


def _neighbours(text: str, position: int) -> tuple[str, str]:
    """Give the characters on either side, beyond inline tags; a space at an edge."""
    left, right = position - 1, position + 1
    while left >= 0 and text[left] == _TAG:
        left -= 1
    while right < len(text) and text[right] == _TAG:
        right += 1
    before = text[left] if left >= 0 else " "
    after = text[right] if right < len(text) else " "
    edges = (_LIMIT, _BREAK)
    return (" " if before in edges else before), (" " if after in edges else after)


def _is_inch_mark(text: str, position: int, before: str) -> bool:
    """Tell whether a mark after a digit measures: 2'33", or 27" in a quotation still open."""
    if not before.isdigit():
        return False
    if re.search(r"\d['’]\s?\d+$", text[max(0, position - 8) : position]):
        return True
    following = _MARK.search(text, position + 1)
    while following and following[0] == "'":
        following = _MARK.search(text, following.end())
    if following is None or following[0] != '"':
        return False
    closes_here, _ = _neighbours(text, following.start())
    return not closes_here.isspace() and closes_here not in _OPENERS


def _pair(text: str) -> list[tuple[int, int]]:
    """Pair the quotation marks, straight or French, that truly answer each other."""
    pairs: list[tuple[int, int]] = []
    pending: list[int] = []
    for found in _MARK.finditer(text):
        mark, here = found[0], found.start()
        if mark == _LIMIT:
            pending.clear()
        elif mark == "«":
            pending.append(here)
        elif mark != "'":
            before, after = _neighbours(text, here)
            after_opener = before.isspace() or before in _OPENERS
            if mark == "»":
                closes = True
                while pending and text[pending[-1]] != "«":  # what « » enclose cannot stay open
                    pending.pop()
            else:
                closes = not (after_opener or after.isalnum() or _is_inch_mark(text, here, before))
            if closes and pending and text[pending[-1]] == _OPENED_BY[mark]:
                pairs.append((pending.pop(), here))
            elif mark == '"' and after_opener and not after.isspace() and after != '"':
                pending.append(here)
    return sorted(pairs)


def _quote(text: str) -> str:
    """Turn straight quotation marks into « », and into “ ” inside others.

    An unanswered mark is left alone: it may be an inch, a ditto, or a slip only its author can
    mend.

    Source: OQLF 22039.
    """
    if '"' not in text:
        return text
    edits: dict[int, str] = {}
    enclosing: list[int] = []
    for opening, closing in _pair(text):
        while enclosing and enclosing[-1] < opening:
            enclosing.pop()
        if text[opening] == '"':
            left, right = "“”" if enclosing else "«»"
            edits[opening], edits[closing] = left, right
        enclosing.append(closing)
    return _edited(text, edits)


def _curl(text: str) -> str:
    """Turn straight apostrophes into ’.

    After a letter it is an elision, and before two digits a shortened year; after a digit it is a
    prime (feet, minutes), and around a word a pair of single quotation marks: both are left alone.

    Source: OQLF 22039.
    """
    if "'" not in text:
        return text
    edits: dict[int, str] = {}
    quoting = False
    for found in _MARK.finditer(text):
        here = found.start()
        if found[0] == _LIMIT:
            quoting = False
        elif found[0] == "'":
            before, after = _neighbours(text, here)
            starts_a_word = before.isspace() or before in _OPENERS
            if before.isalpha() and (after.isalnum() or after in f'«“"{_WORD}' or not quoting):
                edits[here] = "’"
            elif before.isalpha():
                quoting = False
            elif starts_a_word and re.match(r"\d\d(?!\d)", text[here + 1 : here + 4]):
                edits[here] = "’"
            elif starts_a_word and after.isalnum():
                quoting = True
    return _edited(text, edits)


def _edited(text: str, edits: dict[int, str]) -> str:
    characters = list(text)
    for position, replacement in edits.items():
        characters[position] = replacement
    return "".join(characters)


# --- Rules ------------------------------------------------------------------------------------
#
# A pattern begins with the character it is about and only then looks behind: the engine skips to
# the candidates, three times faster than when the look-behind comes first.

_NOT_IN_WORD: Final = r"(?<![\w’'-].)"  # after the first character of a word
_NOT_IN_NUMBER: Final = r"(?<![\w,.].)"  # after the first character of a number

# Three dots are one sign. Four are a slip of the finger; longer runs are leaders or blanks to fill
# in, and two may be a path or a range. BT, « Les points de suspension ».
_ELLIPSIS: Final = re.compile(r"\.\.\.(?<![./\\]...)\.?(?![./\\])")


def _space_before(signs: str, then: str, space: str, openers: str = "") -> tuple[_Rule, ...]:
    """Set the space before a sign that follows a word.

    Args:
        signs: The characters it may begin with.
        then: Pattern of what must come after that character.
        space: What goes before, in place of any space typed there.
        openers: Characters that the sign cannot follow, beside a line start.
    """
    follows = rf"(?<=[^{_SPACES}{_TAG}{_BREAK}{_LIMIT}{openers}].)"
    return (
        (
            re.compile(rf"([{_SPACES}{_TAG}]{follows}{_GAP})([{signs}]{then})", re.DOTALL),
            lambda found: f"{_without_spaces(found[1])}{space}{found[2]}",
        ),
        (re.compile(rf"[{signs}]{follows}{then}"), rf"{space}\g<0>"),
    )


def _punctuation(thin: str) -> tuple[_Rule, ...]:
    """Space the signs of punctuation, `thin` being what precedes ; ! ?.

    Source: OQLF 22039.
    """
    return (
        # French quotation marks hold their text with no-break spaces; English ones touch it.
        (
            re.compile(rf"«({_GAP})(?=[^{_SPACES}{_TAG}{_BREAK}{_LIMIT}])"),
            lambda found: f"«{_NBSP}{_without_spaces(found[1])}",
        ),
        *_space_before("»", "", _NBSP),
        (re.compile(rf"“{_S}+"), "“"),
        (re.compile(rf"{_S}(?<=[^{_SPACES}{_BREAK}{_LIMIT}].){_S}*”", re.DOTALL), "”"),
        # The colon that ends a word; not 14:30, 16:9, a:hover, C:\ nor ::.
        *_space_before(":", rf"(?={_T}(?:[{_SPACES}«“]|{_EDGE}))", _NBSP, r"(\[{«“‘:/"),
        # What opens, or belongs to code, is left alone: (?), ¡, !important, a != b, &nbsp;.
        *_space_before("!?", r"[!?]*(?![\w=])", thin, r"(\[{\"«“‘¡¿:;!?"),
        *_space_before(";", rf"(?={_T}(?:[{_SPACES}»”\")\]]|{_EDGE}))", thin, r"(\[{\"«“‘:;!?"),
        # No space before a comma.
        (re.compile(rf"{_S}(?<=[\w)»”’…].){_S}*,(?={_S})", re.DOTALL), ","),
        # Typewriter dashes. The spaces around them stay breakable; a hyphen alone may be a range,
        # a score or a minus sign. OQLF 23376.
        (re.compile(rf"--(?<![^{_SPACES}{_BREAK}{_LIMIT}]--)(?={_S}|{_EDGE})"), "–"),
        (re.compile(rf"---(?<![^{_SPACES}{_BREAK}{_LIMIT}]---)(?={_S}|{_EDGE})"), "—"),
    )


_MONTHS: Final = (
    r"(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)\b"
    r"|(?:janv|févr|avr|juill|sept|oct|nov|déc)\."
)
# Safe without a space (5km), unlike single letters (5G, 3D, 4K, 2e).
_LONG_UNITS: Final = (
    r"km/h|[kcm]?m[²³]|km|cm|mm|kg|mg|m[lL]|cl|dl|ha|[kKMGT]o|[kMG]Hz|Hz|[kMG]Wh?|kPa|dB|min"
)
_SHORT_UNITS: Final = r"m/s|[mgsthWLl]"
_MONEY: Final = r"(?:[kMG]|Md)?[$€£¥¢](?!\d)"
_NOT_A_UNIT: Final = r"(?![\w’'-])"  # 3 m’a dit, 5 t-shirts
_PHONE: Final = r"\d\d\d[-\u2011]\d{4}(?!\d)"

_NUMBER_RULES: Final[tuple[_Rule, ...]] = (
    # -ème, -ième and -ère are faulty endings, in text as in HTML. BT-GR 2.3.5.
    (re.compile(rf"([1I]){_NOT_IN_NUMBER}ère(s?)\b"), r"\1re\2"),
    (re.compile(rf"([\dIVX]{_NOT_IN_NUMBER}[\dIVX]*)i?[èe]me(s?)\b"), r"\1e\2"),
    # Thousands are glued by groups of three, but not a year to a count (2019 335), nor the minutes
    # of an hour (13 h 30 250). CLDR writes U+00A0; BT-GR 2.3.1.
    (
        re.compile(rf"[1-9]{_NOT_IN_NUMBER}(?<!h{_S}.)\d{{0,2}}(?:{_S}\d{{3}})+(?!{_S}?\d)"),
        lambda found: re.sub(_S, _NBSP, found[0]),
    ),
    # Telephone: 514 555-0199, 1 800 555-0199. OQLF, « Écriture des numéros de téléphone ».
    _glue(r"\d\d\d\)?", _PHONE),
    _glue(rf"1{_NOT_IN_NUMBER}", rf"\(?\d{{3}}\)?{_NBSP}{_PHONE}"),
    # Clock time and duration: 13 h 30, 2 h 5 min, 12 h 30 min 15 s. OQLF 21516.
    (
        re.compile(rf"(\d{_NOT_IN_NUMBER}\d?){_S}*[hH]{_S}*(?=[0-5]\d(?:{_S}*min)?(?!\w|{_S}*h))"),
        rf"\1{_NBSP}h{_NBSP}",
    ),
    (
        re.compile(rf"(\d){_S}*(h|min){_S}*(?=\d\d?{_S}*(?:min|s){_NOT_A_UNIT})"),
        rf"\1{_NBSP}\2{_NBSP}",
    ),
    # The prefix of a currency touches its symbol: 2,5 M$. OQLF 21584.
    (re.compile(rf"(\d{_T}{_S}*)([kMG]|Md){_S}+(?=[$€£])"), r"\1\2"),
    # A number holds its symbol: 85 %, 21 °C, 5 km, 24 h, 25 $. « $25 » is for its author to mend
    # (see `lint`). OQLF 22039, 21516 and 21584, CLDR.
    _glue(
        r"\d",
        rf"[%‰](?!\w)|°{_S}?[CF](?!\w)|(?:{_LONG_UNITS}){_NOT_A_UNIT}|h(?![\w’'])|{_MONEY}",
        spaced=False,
    ),
    # Only a typed space tells some symbols from a word or a code. Million and milliard are part of
    # the number, other nouns stay breakable; the day holds its month, not the year. BT-INS.
    _glue(
        rf"\d{_T}(?:er)?",
        rf"(?:{_SHORT_UNITS}){_NOT_A_UNIT}|(?:CAD|USD|EUR)\b"
        rf"|(?:[mb]illi(?:on|ard)|trillion)s?\b|(?i:{_MONTHS})|p\.(?!{_S}*\d)",
    ),
    (re.compile(rf"°{_S}(?=[CF](?!\w))"), "°"),
    _glue(r"\$", r"(?:CAN?|US|AU|NZ|HK)\b"),
)


_ABBREVIATIONS: Final = _words("al ann art ch chap col éd fig n p pl pp sect suppl t tabl vol")
_FUNCTION_WORDS: Final = _words(
    "à au aux avec chez comme contre d dans de des dont du en entre est et ni ou par pour "
    "puis qu que sans selon sous sur vers"
)
_PRECEDING_WORD: Final = re.compile(rf"([^\W\d_]+)[’{_SPACES}{_TAG}]*\Z")


def _preceding_word(found: re.Match[str]) -> str:
    word = _PRECEDING_WORD.search(found.string, max(0, found.start() - 30), found.start())
    return word[1] if word else ""


def _glued_if(accepts: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
    """Glue the two sides of a match, if the word before it is right."""

    def replace(found: re.Match[str]) -> str:
        if accepts(_preceding_word(found)):
            return f"{found[1]}{_NBSP}{found[2]}"
        return found[0]

    return replace


_NAME_RULES: Final[tuple[_Rule, ...]] = (
    # An abbreviation holds its number: p. 12, vol. 3, § 4, n° 12, poste 12. BT-INS, OQLF 25450.
    (
        re.compile(rf"(\.{_T}){_S}+({_T})(?=\d|[IVX]+\b)"),
        _glued_if(lambda word: word.lower() in _ABBREVIATIONS),
    ),
    _glue(rf"p{_NOT_IN_WORD}oste", r"\d"),
    _glue(rf"§|[nN]{_NOT_IN_WORD}[°º]s?", r"\d", spaced=False),
    _glue(rf"[nN]{_NOT_IN_WORD}{_T}o", r"\d"),
    # « nos 3 et 4 » are numbers, « nos 3 enfants » are not.
    _glue(rf"[nN]{_NOT_IN_WORD}{_T}os", rf"\d+{_S}*(?:et|ou|à|,|-|–){_S}*\d"),
    _glue(rf"p{_NOT_IN_WORD}\.", r"ex\."),
    _glue(rf"P{_NOT_IN_WORD}h\.", r"D\."),
    # A century holds its noun, a sovereign their number. BT-INS, OQLF 25137.
    _glue(rf"[IVX]{_T}e", r"siècles?\b"),
    _glue(
        rf"[{_UPPER}]{_NOT_IN_WORD}[{_LOWER}][\w’-]{{2,}}",
        rf"(?:[IVX]{{2,}}|[VX]|I{_T}er|I{_T}re)(?!{_T}[\w’-])",
    ),
    # A title holds the name, or the office, that follows. OQLF 1435 and 21115, BT-INS.
    _glue(rf"M{_NOT_IN_WORD}(?:M?\.|{_T}mes?)", rf"[{_UPPER}]|l[ea]\b|l[’']"),
    _glue(rf"M{_NOT_IN_WORD}{_T}(?:lles?|grs?)", rf"[{_UPPER}]"),
    _glue(rf"[DP]{_NOT_IN_WORD}{_T}re?s?", rf"[{_UPPER}]"),
    # « Me Tremblay », not « Call Me Maybe ». OQLF 21115.
    (
        re.compile(rf"(M{_NOT_IN_WORD}{_T}e{_T}){_S}+({_T})(?=[{_UPPER}][{_LOWER}])(?!Too\b)"),
        _glued_if(lambda word: not word[:1].isupper()),
    ),
    # « C. Tremblay », not « la vitamine C. Elle », which is two sentences. BT-INS.
    (
        re.compile(
            rf"([{_UPPER}](?<![\w.’'-].)\.-?(?:[{_UPPER}]\.-?)*{_T}){_S}+({_T})"
            rf"(?=[{_UPPER}][{_LOWER}.’'])"
        ),
        _glued_if(lambda word: not word.islower() or word in _FUNCTION_WORDS),
    ),
)

_RAISED: Final = rf"\1{_SUP}\2{_SUP_END}"
_SUPERSCRIPT_RULES: Final[tuple[_Rule, ...]] = (
    # 1er, 1re, 2e, 3es, 2nd; no decimal, no code (3e-5). BT-GR 2.3.5.
    (re.compile(rf"(1){_NOT_IN_NUMBER}(ers?|res?)(?!\w)"), _RAISED),
    (re.compile(rf"(2){_NOT_IN_NUMBER}(n?des?|n?ds?)(?!\w)"), _RAISED),
    (re.compile(rf"(\d{_NOT_IN_NUMBER}\d*)(es?)(?!\w|-\d)"), _RAISED),
    # XXe, Ve, Ier; another letter alone may begin a word (Ce, De, Le, Me). OQLF 25137.
    (
        re.compile(rf"([IVX]{_NOT_IN_NUMBER}(?:(?<!I)|[IVX])[IVX]*)(es?)(?![\w’'])"),
        _RAISED,
    ),
    (re.compile(rf"(I){_NOT_IN_NUMBER}(er|re)(?![\w’'])"), _RAISED),
    # n° with a degree sign is the typewriter's makeshift for a raised o. OQLF 25450.
    (
        re.compile(rf"([nN]){_NOT_IN_WORD}[°º](s?)(?={_NBSP}\d)"),
        rf"\1{_SUP}o\2{_SUP_END}",
    ),
    (
        re.compile(
            rf"([nN]){_NOT_IN_WORD}"
            rf"(o(?={_NBSP}{_T}\d)|os(?={_NBSP}{_T}\d+{_S}*(?:et|ou|à|,|-|–){_S}*\d))"
        ),
        _RAISED,
    ),
    # Titles: Mme and Mlle everywhere, the others before a name only. OQLF 1435 and 21115.
    (re.compile(rf"(M){_NOT_IN_WORD}(mes?|lles?)\b"), _RAISED),
    (
        re.compile(
            rf"([MDP]){_NOT_IN_WORD}((?<=M)e|(?<=M)grs?|(?<!M)re?s?)"
            rf"(?={_NBSP}{_T}[{_UPPER}])"
        ),
        _RAISED,
    ),
)

_BY_PROFILE: Final = {
    profile: (*_punctuation(thin), *_NUMBER_RULES, *_NAME_RULES)
    for profile, thin in PROFILES.items()
}


def _apply(rules: tuple[_Rule, ...], text: str) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text


def _correct(text: str, profile: str) -> str:
    text = _curl(_quote(_ELLIPSIS.sub("…", text)))
    return _apply(_BY_PROFILE[profile], text)


def _check(profile: str) -> None:
    if profile not in PROFILES:
        known = ", ".join(PROFILES)
        message = f"unknown typography profile {profile!r}; known profiles: {known}"
        raise ValueError(message)


# --- What is never prose ----------------------------------------------------------------------

_VERBATIM: Final = re.compile(
    rf"""
      [{_PLACEHOLDERS}]                                      # ours, should a text hold any
    | \{{\{{[^{{}}]*\}}\}} | \{{%[^{{}}]*%\}}                  # templates
    | [{{|](?:filename|static|attach|tag|category|author|index)[}}|][^\s<>"«»]*   # Pelican paths
    | (?:(?<![\w+.-])[a-z][a-z+.-]*:// | \b(?:mailto|tel|sms|urn|doi|data|javascript): | \bwww\.)
      (?:[^\s<>"«»“”()]|\([^\s<>"()]*\))+(?<![.,;:!?'’…*_])  # URLs, less the sentence's own marks
    | (?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+                          # e-mail addresses
    | (?<![\w.-])(?:[a-z\d][a-z\d-]*\.)+(?:ca|com|org|net|info|quebec|coop|edu|eu|fr|io|app|dev)\b
      (?:[/?\#](?:[^\s<>"«»“”()]*(?<![.,;:!?'’…*_])))?       # domain names
    | \b[A-Za-z]:\\\S*                                       # Windows paths
    | &(?:\#\d+|\#[xX][\dA-Fa-f]+|[A-Za-z]\w*);              # entities shown as such
    | (?<![\w:]):[a-z][a-z\d_+-]*:(?![\w:])                  # emoji shortcodes
    | (?<![\w:;=])[:;=]['’]?-?[()DPp|/\\](?!\w)              # emoticons
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# A cheap test that spares most of the text the long search above.
_VERBATIM_HINT: Final = re.compile(rf"[@{{|\\&{_PLACEHOLDERS}]|[:.]\w|[:;=]['’]?-?[()|/\\DPp]")
_LINES: Final = re.compile(r"\n[^\S\n]*\n\s*|\n")


class _Canvas:
    """Hold the string that the rules see, and what its placeholders stand for."""

    def __init__(self) -> None:
        self._seen: list[str] = []
        self._held: list[str] = []

    def hold(self, placeholder: str, content: str) -> None:
        """Put a placeholder where `content` must come back unchanged."""
        self._seen.append(placeholder)
        self._held.append(content)

    def write(self, text: str, escape: Callable[[str], str]) -> None:
        """Add prose, less the URLs and the like that it quotes."""
        if _VERBATIM_HINT.search(text) is None:
            self._seen.append(text)
            return
        end = 0
        for found in _VERBATIM.finditer(text):
            self._seen.append(text[end : found.start()])
            self.hold(_WORD, escape(found[0]))
            end = found.end()
        self._seen.append(text[end:])

    def text(self) -> str:
        """Give the string that the rules work on."""
        return "".join(self._seen)

    def restore(self, text: str) -> str:
        """Put every held content back in its place."""
        held = iter(self._held)
        return re.sub(f"[{_TAG}{_WORD}{_BREAK}{_LIMIT}]", lambda _: next(held), text)


def correct_text(text: str, *, profile: str = "qc") -> str:
    """Correct the typography of plain text, such as a title or a subject line.

    Args:
        text: Plain text; a line is read on its own, save for quotation marks that span two.
        profile: A key of `PROFILES`.

    Returns:
        Plain text: never a tag, so ordinals keep their letters on the line.

    Raises:
        ValueError: The profile is unknown.
    """
    _check(profile)
    canvas = _Canvas()
    end = 0
    for found in _LINES.finditer(text):
        canvas.write(text[end : found.start()], str)
        canvas.hold(_BREAK if found[0] == "\n" else _LIMIT, found[0])
        end = found.end()
    canvas.write(text[end:], str)
    return canvas.restore(_correct(canvas.text(), profile))


# --- HTML -------------------------------------------------------------------------------------

_TOKEN: Final = re.compile(
    r"""
      <!--.*?(?:-->|\Z)
    | <(?P<raw>script|style|textarea)\b[^>]*>.*?(?:</(?P=raw)\s*>|\Z)
    | <su[bp]\b[^>]*>\s*(?:<a\b[^>]*>)?[^<]*\d[^<]*(?:</a>\s*)?</su[bp]>  # note marks, exponents
    | <(?P<end>/?)(?P<name>[a-z][^\s/>]*)
      (?P<attributes>[^"'<>]*(?:(?:"[^"]*"|'[^']*')[^"'<>]*)*)>
    | <[!?/a-z][^<>]*>
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_INLINE: Final = _words(
    "a abbr acronym b bdi bdo big cite data del dfn em font i ins mark q s small span strike "
    "strong sub sup time u wbr"
)
_PROTECTED_INLINE: Final = _words("code kbd math samp svg tt var")
_PROTECTED: Final = _PROTECTED_INLINE | {"pre"}
_VOID: Final = _words("area base br col embed hr img input link meta param source track wbr")
_HARD: Final = re.compile(
    r"""\bclass\s*=\s*(?:"[^"]*(?<![^\s"])notypo(?![^\s"])|'[^']*(?<![^\s'])notypo(?![^\s'])"""
    r"""|notypo(?![^\s>]))|\btranslate\s*=\s*["']?no\b""",
    re.IGNORECASE,
)
_LANGUAGE: Final = re.compile(r"""(?<![\w-])(?:xml:)?lang\s*=\s*["']?([\w-]*)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Element:
    """An open element, and whether its text is French prose."""

    name: str
    prose: bool
    hard: bool  # protected for good: a French element inside does not reopen it


def _opened(name: str, attributes: str, parent: _Element) -> _Element:
    hard = parent.hard or name in _PROTECTED or bool(_HARD.search(attributes))
    language = _LANGUAGE.search(attributes) if attributes else None
    if language is None:
        return _Element(name, prose=parent.prose and not hard, hard=hard)
    french = language[1].lower().partition("-")[0] == "fr"
    return _Element(name, prose=french and not hard, hard=hard)


def _placeholder(name: str) -> str:
    if name in _INLINE:
        return _TAG
    if name in _PROTECTED_INLINE or name == "img":
        return _WORD
    return _BREAK if name == "br" else _LIMIT


class _HtmlReader:
    """Lay a fragment out on a canvas in one pass over its tokens."""

    def __init__(self) -> None:
        self.canvas = _Canvas()
        self._open = [_Element("", prose=True, hard=False)]
        self._protected: list[str] = []
        self._cover = _LIMIT

    def read(self, fragment: str) -> _Canvas:
        end = 0
        for token in _TOKEN.finditer(fragment):
            if token.start() > end:
                self._text(fragment[end : token.start()])
            self._token(token)
            end = token.end()
        if end < len(fragment):
            self._text(fragment[end:])
        self._flush(_LIMIT)
        return self.canvas

    def _text(self, raw: str) -> None:
        if self._open[-1].prose:
            self.canvas.write(html.unescape(raw), _escape)
        else:
            self._protected.append(raw)

    def _token(self, token: re.Match[str]) -> None:
        if token["name"] is None:
            placeholder = _LIMIT if token["raw"] == "textarea" else _TAG
            self._place(placeholder, token[0])
        elif token["end"]:
            self._close(token["name"].lower(), token[0])
        else:
            self._start(token["name"].lower(), token["attributes"], token[0])

    def _place(self, placeholder: str, content: str) -> None:
        if self._open[-1].prose:
            self.canvas.hold(placeholder, content)
        else:
            self._protected.append(content)

    def _start(self, name: str, attributes: str, tag: str) -> None:
        outer = self._open[-1]
        if name in _VOID or (attributes.endswith("/") and name not in _INLINE):
            self._place(_placeholder(name), tag)
            return
        element = _opened(name, attributes, outer)
        if outer.prose and not element.prose:
            inline = name in _INLINE or name in _PROTECTED_INLINE
            self._cover = _WORD if inline else _LIMIT
            self._protected.append(tag)
        elif not outer.prose and element.prose:
            self._protected.append(tag)
            self._flush(_LIMIT)
            self._cover = _LIMIT
        else:
            self._place(_placeholder(name), tag)
        self._open.append(element)

    def _close(self, name: str, tag: str) -> None:
        depth = len(self._open) - 1
        while depth and self._open[depth].name != name:
            depth -= 1
        if not depth:  # an end tag without its start
            self._place(_placeholder(name), tag)
            return
        inner = self._open[-1]
        del self._open[depth:]
        outer = self._open[-1]
        if not inner.prose and outer.prose:
            self._protected.append(tag)
            self._flush(self._cover)
        elif inner.prose and not outer.prose:
            self._protected.append(tag)
        else:
            placeholder = _placeholder(name) if outer.prose else _LIMIT
            self._place(placeholder, tag)

    def _flush(self, placeholder: str) -> None:
        if self._protected:
            self.canvas.hold(placeholder, "".join(self._protected))
            self._protected.clear()


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def correct_html(fragment: str, *, profile: str = "qc") -> str:
    """Correct the typography of an HTML fragment.

    Attributes, comments, code, other languages, `class="notypo"` and `translate="no"` come back
    byte for byte. Correcting twice changes nothing more.

    Args:
        fragment: HTML of a body, or a part of one, taken as French where no `lang` says otherwise.
        profile: A key of `PROFILES`.

    Returns:
        The same tags in the same order, with `<sup>` added to ordinals and abbreviations; text is
        escaped no more than it must be.

    Raises:
        ValueError: The profile is unknown.
    """
    _check(profile)
    canvas = _HtmlReader().read(fragment)
    text = _apply(_SUPERSCRIPT_RULES, _correct(canvas.text(), profile))
    text = _escape(text).replace(_SUP, "<sup>").replace(_SUP_END, "</sup>")
    return canvas.restore(text)


# --- Review -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Advice:
    """Point at what only an author may mend.

    Attributes:
        code: Name of the rule.
        start: Offset of the first character, from 0.
        end: Offset after the last one.
        excerpt: The text between the two.
    """

    code: str
    start: int
    end: int
    excerpt: str


_STARTS: Final = rf"(?:\A|(?<=[.!?…:]{_S})|(?<=[\n«(–—•]{_S})|(?<=[\n\"«(“]))"
# Words that always begin with É or Ê; a stem stands for its family.
_ACCENTED_STEMS: Final = (
    r"re\b|t(?:at|ude|udi|abli|ape|rang|ant\b|ait\b|aient\b|es\b|re\b|e\b|ienne|iez\b|ions\b)"
    r"|co(?:l[eio]|no|ut|ss)|cri[rtv]|cran|gal|glise|lect|l[eè]ve|nerg|nonc|norm|qui[plt]"
    r"|v(?:al|[eéè]n|eil|it|ol|iden)|dit|duc|miss|mett|merg|mot|lit|loign|labor|lig|lim"
    r"|pa(?:rg|ul)|poque|preuv|tend|chang|chel|chec|claira|crivain|quebec|vry|pic|ruption|tique"
)
_ADVICE: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    # OQLF 21438: capitals keep their accents. « A » opens a sentence as a preposition, save before
    # a past participle (« A obtenu… ») or as a label (« A. », « A et B »).
    (
        "capitale-accent",
        re.compile(
            rf"{_STARTS}A(?={_S}+(?!(?:et|ou|est|eu|fait|pris|mis|obtenu|reçu|été)\b|\w+é\b)"
            rf"[^\W\d_]{{2}}|{_S}+[Ll]['’])"
            r"|\bA\s+PROPOS\b"
            rf"|{_STARTS}Ca(?={_S}+[{_LOWER}])|\bCa(?=,?{_S}+y{_S}+est\b)"
            rf"|\b(?:E(?:{_ACCENTED_STEMS})[{_LOWER}]*|Ages?|QUEBEC\w*|MONTREAL\w*)\b"
            rf"|\bE(?:(?i:{_ACCENTED_STEMS}))[{_UPPER}]*\b(?<=[{_UPPER}]{{3}})"
        ),
    ),
    # OQLF 25345: parentheses and brackets alone may shorten a pair of genders.
    (
        "doublet-point-median",
        re.compile(r"[^\W\d_](?<!\w.)[^\W\d_]+[·•‧⋅∙][^\W\d_]+(?:[·•‧⋅∙][^\W\d_]+)*"),
    ),
    (
        "doublet-signe-simple",
        re.compile(
            r"\b[^\W\d_]{2,}(?:"
            r"\.(?:e|es|ne|nes|le|les|te|tes|ve|ives?|euses?|[eè]res?|rices?|trices?|s)"
            r"(?:\.s)?(?!\w|\.\w)"
            r"|-(?:e|ne|le|te|ve|[eè]re|euse|ive|rice|trice)-s(?![\w-])"
            r"|-(?:e|es|[eè]res?|euses?|rices?|trices?)(?![\w-])"
            r"|/(?:e|es|ne|nes|le|les|ves?|ives?|[eè]res?|euses?|rices?|trices?)(?:/s)?(?![\w/])"
            rf"|,(?:e|es|[eè]res?|euses?|rices?|trices?)(?!\w)"
            rf")|\b[^\W\d_]*[{_LOWER}]{{3}}E[sS]?\b"
        ),
    ),
    # OQLF 21006: « etc. » already says that the list goes on.
    (
        "etc-suspension",
        re.compile(r"\betc(?:\.{2,}|\.?\s?…|\.\s\.{2,})", re.IGNORECASE),
    ),
    # OQLF 21584: the symbol follows its number.
    (
        "symbole-avant",
        re.compile(rf"(?<![\dkMGd])(?<!\d{_S})(?:(?:CA|US|C)?\$|[€£]){_S}?\d+(?:[.,]\d+)*"),
    ),
    # BT-GR 2.3.1: the decimal sign is the comma; a version or a section number has no unit.
    (
        "point-decimal",
        re.compile(
            rf"(?<![\w.])\d+\.\d+(?={_S}?(?:[%‰°€£¢]|(?:[kMG]|Md)?\$)"
            rf"|{_S}?(?:{_LONG_UNITS}|[hgLl])(?!\w)"
            rf"|{_S}(?:[mb]illi(?:on|ard)|fois|heure|jour|an(?:née)?|mois|semaine|point|place"
            rf"|dollar|mètre|kilo|litre|degré|pour{_S}cent)s?\b)"
            rf"|(?<=[$€£])\d+\.\d+\b|(?<=[$€£]{_S})\d+\.\d+\b"
        ),
    ),
    # OQLF 21516: the day has twenty-four hours.
    (
        "heure-ampm",
        re.compile(
            rf"\b(?:\d{{1,2}}(?:[:h]\d\d)?{_S}?h?{_S}?)?[ap]\.{_S}?m\b\.?"
            rf"|\b\d{{1,2}}(?:{_S}?[:h]{_S}?\d\d)?{_S}?h?{_S}?[ap]m\b",
            re.IGNORECASE,
        ),
    ),
)


def _advise(text: str) -> Iterator[Advice]:
    # Same length, so that offsets hold; no rule finds anything in a row of placeholders.
    prose = _VERBATIM.sub(lambda found: _WORD * len(found[0]), text)
    for code, pattern in _ADVICE:
        for found in pattern.finditer(prose):
            start, end = found.span()
            yield Advice(code, start, end, text[start:end])


def lint(text: str) -> list[Advice]:
    """List what is probably wrong but must not be mended without its author.

    Args:
        text: Plain text.

    Returns:
        Advice in the order of the text.
    """
    return sorted(_advise(text), key=lambda advice: (advice.start, advice.code))


def lint_text(text: str) -> list[str]:
    """List the codes of `lint`, each once, in order of first occurrence."""
    return list(dict.fromkeys(advice.code for advice in lint(text)))
