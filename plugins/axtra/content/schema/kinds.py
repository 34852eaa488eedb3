"""Every kind of content: its files, its addresses, its keys."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from axtra.content.schema.keys import IMAGE, PUBLICATION_TYPES, Key, Kind, PosterUse, Type


def _title(name: str = "titre", label: str = "titre", example: str = "Sur son X") -> Key:
    return Key(name, "title", Type.LINE, label, example, required=True)


def _date(*, required: bool, example: str = "2019-03-27") -> Key:
    return Key(
        "date",
        "date",
        Type.MOMENT,
        "jour de parution; à venir, le texte attend ce jour",
        example,
        required=required,
    )


_SUMMARY = Key(
    "chapeau",
    "summary",
    Type.LINE,
    "une ou deux phrases qui résument et donnent envie de lire",
    "Un colloque qui a réuni 336 personnes.",
)
_SUMMARY_REQUIRED = Key(
    "chapeau", "summary", Type.LINE, _SUMMARY.label, _SUMMARY.example, required=True
)
_SUBJECTS = Key(
    "mots-cles",
    "subjects",
    Type.WORDS,
    "sujets; chacun a sa page",
    "[jeunes, stages]",
)
_AUTHORS = Key(
    "auteurs",
    "authors",
    Type.AUTHORS,
    "qui signe : noms des fichiers de content/auteurs/, ou noms complets",
    "[equipe-axtra]",
)
_HEADLINE = (
    Key("surtitre", "kicker", Type.LINE, "quelques mots au-dessus du titre", "Reportage"),
    Key(
        "sous-titre",
        "subtitle",
        Type.LINE,
        "suite du titre, sur sa propre ligne",
        "Trois projets, côte à côte",
    ),
)
_PARTNERS = (
    Key(
        "partenaires",
        "partners",
        Type.LINES,
        "organismes avec qui le texte est publié; la page le dit",
        "[Emploi-Québec]",
    ),
    Key(
        "commandite",
        "sponsored",
        Type.FLAG,
        "« oui » si les partenaires ont payé le texte : il porte la mention « Contenu commandité »",
        "oui",
    ),
)
_TRANSLATION = Key(
    "traduction-de",
    "translation_link",
    Type.REFERENCE,
    "original de cette traduction; chacun des deux mène à l’autre",
    "magazine/2019-03/nika.md",
)
_ABSTRACT = Key(
    "resume-en",
    "abstract_en",
    Type.LINE,
    "court résumé en anglais, pour les bibliothèques et les moteurs de recherche",
    '"A short abstract of the article, in one or two sentences."',
    language="en",
)
_COMMON = (
    Key(
        "statut",
        "status",
        Type.CHOICE,
        "« brouillon » tant que le texte ne doit pas paraître",
        "brouillon",
        choices=("publie", "brouillon"),
    ),
    Key(
        "slug",
        "slug",
        Type.WORD,
        "fin de l’adresse de la page, si elle doit différer du nom du fichier",
        "sur-son-x",
    ),
    Key("modifie", "modified", Type.MOMENT, "jour de la dernière mise à jour", "2019-04-02"),
    Key("langue", "language", Type.LANGUAGE, "langue du texte si ce n’est pas le français", "en"),
)

_ALL_KINDS = (
    Kind(
        "numero", "un", "numéro", "numéros",
        "content/magazine/{numero}/numero.md", "/magazine/{numero}/",
        (
            _title(label="thème du numéro"),
            _HEADLINE[1],
            Key("volume", "volume", Type.NUMBER, "numéro du volume; un hors-série n’en a pas", "1", required=True, unless="hors-serie"),
            Key("numero", "number", Type.NUMBER, "numéro dans le volume; un hors-série n’en a pas", "1", required=True, unless="hors-serie"),
            Key("hors-serie", "special", Type.LINE, "nom d’un numéro hors série, qui n’a ni volume ni numéro", "Trente ans de réseau"),
            _date(required=True),
            _SUMMARY_REQUIRED,
            Key("couverture", "image", Type.IMAGE, "image de couverture; sans elle, AXE en dessine une", "images/couverture.jpg"),
            *IMAGE[1:],
            Key("a-la-une", "featured", Type.NAMES, "articles de la couverture, dans l’ordre (noms de leurs fichiers), autant que voulu", "[releve, sur-son-x]"),
            Key("citation-de", "quoted", Type.WORD, "article dont l’accueil montre une citation; sans cette clé, le premier qui en a une", "releve"),
            Key("nombre-de", "counted", Type.WORD, "article dont l’accueil montre un chiffre clé; sans cette clé, le premier qui en a un", "sur-son-x"),
            Key("appel", "call", Type.CALL, "appel de textes : « texte » et « date-limite »", "{texte: Proposez un article., date-limite: 2019-06-15}"),
            Key("ours", "masthead", Type.LINES, "qui a fait le numéro, une ligne par fonction", '["Rédaction : l’équipe d’AXTRA"]'),
            _PARTNERS[0],
            _SUBJECTS,
            *_COMMON,
        ),
        listing="/magazine/", feed="numeros", card_block="article",
        palette="", card_colour="accent", schema_type="PublicationIssue", poster=PosterUse.ALWAYS,
    ),
    Kind(
        "article", "un", "article", "articles",
        "content/magazine/{numero}/{slug}.md", "/magazine/{numero}/{slug}/",
        (
            _title(),
            *_HEADLINE,
            _SUMMARY_REQUIRED,
            Key("auteurs", "authors", Type.AUTHORS, _AUTHORS.label, _AUTHORS.example, required=True),
            Key("signature-speciale", "guest", Type.FLAG, "« oui » si la rédaction a invité qui signe : la page dit « Signature spéciale »", "oui"),
            Key("rubrique", "rubrique", Type.RUBRIQUE, "rubrique du magazine (content/rubriques.toml)", "tendances", required=True),
            Key("ordre", "order", Type.NUMBER, "rang parmi les articles de sa rubrique; le sommaire, le PDF et l’EPUB suivent l’ordre des rubriques, puis ce rang", "1"),
            Key("dossier", "dossier", Type.DOSSIER, "dossier dont l’article fait partie (nom d’un fichier de content/dossiers/)", "releve"),
            _date(required=False),
            _SUBJECTS,
            *IMAGE,
            Key("ouverture", "opening", Type.CHOICE, "ce qui ouvre un article sans image : un dessin, son premier chiffre clé ou sa première citation en très grand; sinon AXE choisit", "nombre", choices=("dessin", "nombre", "citation")),
            Key("points-cles", "key_points", Type.LINES, "deux à quatre phrases à retenir", "[Premier point., Second point.]"),
            Key("questions", "questions", Type.LINES, "deux à six questions à discuter en équipe; elles sont sur la fiche d’atelier de l’article", '["Chez nous, que ferait-on autrement?", À qui en parler cette semaine?]'),
            Key("corrections", "corrections", Type.CORRECTIONS, "corrections apportées après la parution : « date » et « texte »", "[{date: 2019-04-02, texte: Le total est 336.}]"),
            Key("divulgation", "disclosure", Type.LINE, "lien d’intérêt à faire connaître", "L’autrice siège au comité."),
            Key("audio", "audio_link", Type.LINK, "lecture à voix haute, ou entretien : un fichier de son rangé sous content/documents/, ou son adresse", "https://son.example/entretien.mp3"),
            Key("transcription", "transcript_link", Type.LINK, "ce que dit le son, mot à mot : une page ou un fichier du site", "magazine/2019-03/nika.md"),
            *_PARTNERS,
            Key("reponse-a", "reply_link", Type.REFERENCE, "ce à quoi répond cette lettre d’une lectrice ou d’un lecteur; chacun des deux mène à l’autre", "magazine/2019-03/nika.md"),
            _ABSTRACT,
            _TRANSLATION,
            Key("licence-du-texte", "licence", Type.LINE, "licence du texte, si elle n’est pas celle du site", "CC BY 4.0"),
            *_COMMON,
        ),
        feed="articles",
        section="Dans le magazine", card_block="article", told_once=True, poster=PosterUse.ALWAYS,
    ),
    Kind(
        "nouvelle", "une", "nouvelle", "nouvelles",
        "content/nouvelles/**/{slug}.md", "/nouvelles/{slug}/",
        (_title(), *_HEADLINE, _date(required=True), _SUMMARY, _SUBJECTS, _AUTHORS, *IMAGE, *_PARTNERS, _TRANSLATION, *_COMMON),
        listing="/nouvelles/", feed="nouvelles",
        section="Dans les nouvelles", card_block="article", told_once=True, schema_type="NewsArticle",
    ),
    Kind(
        "communique", "un", "communiqué", "communiqués",
        "content/communiques/**/{slug}.md", "/communiques/{slug}/",
        (
            _title(), *_HEADLINE, _date(required=True),
            Key("ville", "city", Type.LINE, "ville d’où l’on écrit", "Montréal"),
            _SUMMARY,
            Key("embargo", "embargo", Type.MOMENT, "ne pas publier avant", "2019-03-21 16:00"),
            Key("contact", "contact", Type.LINE, "pour les médias", "AXTRA, communications"),
            _SUBJECTS, *IMAGE, _TRANSLATION, *_COMMON,
        ),
        listing="/communiques/", feed="communiques",
        section="Communiqués", card_block="article", told_once=True, schema_type="NewsArticle",
    ),
    Kind(
        "publication", "une", "publication", "publications",
        "content/publications/{slug}.md", "/publications/{slug}/",
        (
            _title(), *_HEADLINE, _date(required=True), _SUMMARY,
            Key("type", "publication_type", Type.CHOICE, "sorte de publication", "rapport", required=True, choices=PUBLICATION_TYPES),
            Key("fichier", "file", Type.FILE, "PDF, rangé sous content/", "documents/rapport.pdf"),
            Key("pages", "pages", Type.NUMBER, "nombre de pages du PDF", "48"),
            _SUBJECTS, *IMAGE, *_PARTNERS, _ABSTRACT, _TRANSLATION, *_COMMON,
        ),
        listing="/publications/", feed="publications",
        section="À lire", card_block="publication", told_once=True,
        palette="recherches", card_colour="recherches", schema_type="Report",
    ),
    Kind(
        "evenement", "un", "événement", "événements",
        "content/evenements/{slug}.md", "/evenements/{slug}/",
        (
            _title(),
            Key("debut", "start", Type.OCCASION, "premier jour, avec l’heure s’il y en a une", "2019-02-20 13:00", required=True),
            Key("fin", "end", Type.OCCASION, "dernier jour ou heure de fin", "2019-02-22"),
            Key("lieu", "place", Type.LINE, "lieu", "Québec"),
            Key("inscription", "registration_link", Type.LINK, "adresse de l’inscription", "https://inscription.example/colloque"),
            _SUMMARY, _date(required=False), _SUBJECTS, *IMAGE, *_COMMON,
        ),
        listing="/evenements/", feed="evenements",
        section="À votre agenda", card_block="evenement",
        palette="ocre", card_colour="ocre", schema_type="Event",
    ),
    Kind(
        "auteur", "un", "auteur", "auteurs",
        "content/auteurs/{slug}.md", "/auteurs/{slug}/",
        (
            _title("nom", "nom complet, ou nom de l’équipe", "L’équipe d’AXTRA"),
            Key("famille", "family", Type.LINE, "nom de famille, pour les références, s’il n’est pas le dernier mot du nom", "Tremblay Roy"),
            Key("fonction", "role", Type.LINE, "fonction", "Rédaction"),
            Key("organisme", "organisation", Type.LINE, "organisme", "AXTRA"),
            Key("photo", "image", Type.IMAGE, "photo, rangée sous content/", "images/equipe.jpg"),
            *IMAGE[1:],
            *_COMMON,
        ),
        listing="/auteurs/", listing_title="Autrices et auteurs",
        schema_type="ProfilePage", poster=PosterUse.NEVER,
    ),
    Kind(
        "dossier", "un", "dossier", "dossiers",
        "content/dossiers/{slug}.md", "/dossiers/{slug}/",
        (_title(example="La relève"), *_HEADLINE, _SUMMARY, _date(required=False, example="2019-03-27"), *IMAGE, *_PARTNERS, *_COMMON),
        palette="", card_colour="accent", schema_type="CollectionPage",
    ),
    Kind(
        "centre", "un", "centre", "centres",
        "content/centres/{slug}.md", "/trouver/centres/{slug}/",
        (
            _title("nom", "nom du centre", "Place à l’emploi"),
            _SUMMARY,
            Key("adresse", "address", Type.LINE, "numéro et rue", "1000, rue de la Démonstration"),
            Key("ville", "town", Type.LINE, "ville", "Longueuil"),
            Key("code-postal", "postal_code", Type.POSTAL_CODE, "code postal", "J4H 1A1"),
            Key("coordonnees", "point", Type.POINT, "latitude et longitude, en degrés; sans elles, AXE prend celles de la zone du code postal, ou de la ville", "45.53121, -73.51806"),
            Key("region", "region", Type.REGION, "région administrative du Québec; sans elle, celle de la zone du code postal", "Montérégie"),
            Key("specialites", "specialities", Type.CATEGORIES, "ce que le centre offre; chaque spécialité a sa page", "[orientation, recherche d’emploi]"),
            Key("publics", "publics", Type.CATEGORIES, "à qui; chaque public a sa page", "[jeunes, personnes immigrantes]"),
            Key("langues", "languages", Type.CATEGORIES, "langues dans lesquelles on y est servi", "[français, anglais]"),
            Key("accessibilite", "accessibility", Type.LINES, "ce qu’il faut savoir pour s’y rendre et y entrer", "[Entrée de plain-pied, Métro Longueuil]"),
            Key("heures", "hours", Type.HOURS, "heures d’ouverture, une ligne par groupe de jours", '["lundi au jeudi : 8 h 30 à 16 h 30", "vendredi : 9 h à 12 h"]'),
            Key("telephone", "telephone", Type.LINE, "téléphone", "514 555-0100"),
            Key("courriel", "email", Type.EMAIL, "courriel du centre; c’est là qu’AXE lui demande de vérifier sa fiche", "accueil@centre.example"),
            Key("site", "website_link", Type.LINK, "adresse de son site", "https://centre.example/"),
            Key("service-en-ligne", "online", Type.LINE, "service à distance : « oui », une adresse, ou quelques mots", "Rencontres par vidéo, sur rendez-vous"),
            Key("verifie", "verified", Type.DATE, "jour où le centre a vérifié sa fiche; après un an, la page dit qu’elle a pu changer", "2019-03-27"),
            Key("demonstration", "demonstration", Type.NAMES, "clés dont la valeur n’est pas la vraie; tant qu’il en reste, la publication refuse la fiche", "[adresse, telephone]"),
            *IMAGE, *_COMMON,
        ),
        listing="/trouver/", listing_title="Trouver un centre", card_block="centre",
        palette="recherches", card_colour="accent", schema_type="EmploymentAgency",
        poster=PosterUse.NEVER, drawn=False,
    ),
    Kind(
        "page", "une", "page", "pages",
        "content/pages/{slug}.md", "/{slug}/",
        (_title(), _SUMMARY, _date(required=False), *IMAGE, _TRANSLATION, *_COMMON),
        schema_type="WebPage", poster=PosterUse.NEVER,
    ),
    Kind(
        "infolettre", "une", "infolettre", "infolettres",
        "newsletters/**/{slug}.md", "/infolettres/{slug}/",
        (
            _title("objet", "objet du courriel", '"AXE Magazine : le premier numéro est paru"'),
            Key("preentete", "preheader", Type.LINE, "phrase montrée après l’objet dans la boîte de réception (40 à 130 caractères)", "Dix articles sur le travail qui change, à lire dès maintenant.", required=True),
            _date(required=True),
            Key("type", "newsletter_type", Type.TYPE, "sorte d’infolettre (content/infolettres.toml)", "bimensuelle", required=True),
            Key("public", "audience", Type.WORD, "nom de la liste d’envoi", "membres"),
            Key("dans-cette-lettre", "inside", Type.LINES, "trois à cinq lignes qui disent ce qu’elle contient, montrées en tête", "[Ce que change la rareté de main-d’œuvre, Trois stages qui paient, Deux rendez-vous en juin]"),
            Key("rectifie", "rectified", Type.WORD, "édition que cette infolettre rectifie : seules la reçoivent les personnes qui l’ont reçue", "2019-03-27"),
            Key("corrections", "corrections", Type.CORRECTIONS, "corrections apportées après l’envoi, montrées sur la page de l’édition : « date » et « texte »", "[{date: 2019-04-02, texte: Le total est 336.}]"),
            Key("exceptions", "exceptions", Type.EXCEPTIONS, "avertissements à taire : la règle (son nom entre crochets), la raison, et le dernier jour où elle vaut", "[{regle: lien-ambigu, raison: Deux séances du même nom., jusqu-au: 2019-06-30}]"),
            _SUBJECTS, *IMAGE, *_COMMON,
        ),
        listing="/infolettres/", feed="infolettres", card_colour="accent",
    ),
)  # fmt: skip
KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL_KINDS})
# What a Word file, or a text of another system, may become: not what only holds other texts.
RECEIVED_KINDS = tuple(
    kind.name
    for kind in _ALL_KINDS
    if kind.name not in {"numero", "dossier", "auteur", "centre", "infolettre"}
)
LISTED_KINDS = tuple(kind.name for kind in _ALL_KINDS if kind.section)
# The kinds of which each block shows a card, those that lists have first.
CARD_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        block: tuple(
            kind.name
            for kind in sorted(_ALL_KINDS, key=lambda kind: not kind.section)
            if kind.card_block == block
        )
        for block in dict.fromkeys(kind.card_block for kind in _ALL_KINDS if kind.card_block)
    }
)
