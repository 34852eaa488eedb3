# Each target installs what it needs. `make help` prints the comments after ##.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help site apercu atelier carte test test-rapide eprouve bench verifier qualite propre bibliotheques editeur outils

# With this variable set, each command would compile the whole program before it starts.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
NODE := tests/node
PEERS := benchmarks/node
EDITOR := plugins/axtra/atelier/editor
MAP := cartographie
RETURNED := $(VENV)/rebonds
WORD := $(VENV)/documents-word
GREFFONS := $(VENV)/greffons
ECHANTILLON := $(VENV)/contenu-pelican
PYTHON ?= python3
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
AXTRA := $(BIN)/axtra
MAILMAN := .venv-mailman
# One more than there are processors: tests of servers and browsers wait for half of their time.
PARALLEL := -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist worksteal

help: ## montrer cette aide
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 24

site: bibliotheques $(VENV)/pret ## construire le site et les infolettres dans output/
	@$(AXTRA) construire

apercu: $(VENV)/pret ## voir le site et les infolettres, rechargés à chaque enregistrement
	@$(AXTRA) apercu

atelier: bibliotheques $(VENV)/pret $(EDITOR)/dist/editeur.js ## écrire, relire et publier dans un navigateur
	@$(AXTRA) atelier

verifier: $(VENV)/pret ## vérifier les textes sans rien écrire
	@$(AXTRA) verifier

ifdef FICHIER
test: $(VENV)/pret-dev outils
	@$(BIN)/pytest $(FICHIER)
else
test: $(VENV)/pret-dev outils qualite ## passer tous les tests (FICHIER=tests/… : un seul fichier)
	@$(BIN)/pytest $(PARALLEL)
endif

test-rapide: $(VENV)/pret-dev outils qualite ## passer les tests qui ne demandent que Python
	@$(BIN)/pytest $(PARALLEL) -m "not navigateur and not lourd" --ignore tests/navigateur

eprouve: $(VENV)/pret-dev outils ## passer les longues épreuves (arrêts brutaux, vrai Postfix…)
	@$(BIN)/pytest -m "eprouve or hypothesis" --hypothesis-profile eprouve -o faulthandler_timeout=3600

bench: $(VENV)/pret-dev .venv-bench/pret $(PEERS)/node_modules/pret outils ## mesurer, à côté de Pelican, de Hugo et d’autres (rien n’y échoue)
	@$(BIN)/python benchmarks/goals.py
	@$(BIN)/python benchmarks/builds.py
	@$(BIN)/python benchmarks/build_parts.py
	@$(BIN)/python benchmarks/letters.py
	@$(BIN)/python benchmarks/preview_speed.py
	@$(BIN)/python benchmarks/atelier.py
	@$(BIN)/python benchmarks/lighthouse.py
	@$(BIN)/python benchmarks/sending.py

qualite: $(VENV)/pret-dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > /dev/null || $(BIN)/lint-imports --no-logo

carte: $(VENV)/pret-dev $(MAP)/node_modules/pret ## refaire content/territoire/ : lieux, zones postales, carte des régions
	@$(BIN)/python $(MAP)/zones.py | node $(MAP)/carte.mjs content/territoire

propre: ## effacer ce que les autres commandes ont écrit
	rm -rf $(VENV) .venv-bench $(MAILMAN) .cache output $(NODE)/node_modules $(PEERS)/node_modules $(MAP)/node_modules

# --- set-up: a set of pinned packages is installed when its stamp is newer than its pin file -----

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "AXE demande Python 3.11 ou plus récent." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Installez le module venv de Python (Debian : apt-get install python3-venv)." >&2; exit 1; }

$(VENV)/pret: requirements.txt pyproject.toml plugins/pelican-infolettre/pyproject.toml | $(BIN)/python
	@echo "Installation des paquets…"
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e plugins/pelican-infolettre -e .
	@touch $@

$(VENV)/pret-dev: requirements-dev.txt $(VENV)/pret
	@echo "Installation des paquets de développement…"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

.venv-bench/pret: benchmarks/requirements.txt
	@echo "Installation de ce à quoi se mesurer…"
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r benchmarks/requirements.txt
	@touch $@

$(NODE)/node_modules/pret $(PEERS)/node_modules/pret $(MAP)/node_modules/pret: %/node_modules/pret: %/package-lock.json
	@command -v npm > /dev/null || { echo "npm manque : ce qui s’en sert ne passera pas (installez nodejs et npm)."; exit 0; }; \
	echo "Installation des outils de Node ($*)…"; \
	cd $* && npm ci --silent && touch node_modules/pret

# The atelier works without it: a text is then a plain field.
editeur: $(EDITOR)/dist/editeur.js

$(EDITOR)/dist/editeur.js: $(EDITOR)/package-lock.json $(wildcard $(EDITOR)/src/*.js)
	@command -v npm > /dev/null || { echo "npm manque : l’éditeur de l’atelier sera un champ simple (installez nodejs et npm)."; exit 0; }; \
	echo "Préparation de l’éditeur de l’atelier…"; \
	cd $(EDITOR) && npm ci --silent --ignore-scripts && npm run --silent build -- --log-level=warning

# System packages: installed on Debian as root; elsewhere, the missing packages are named.
# Arguments: a command that succeeds if they are installed, the packages, what they are needed for.
define systeme
	@{ $(1); } > /dev/null 2>&1 || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		echo "Installation de $(2)…"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(2) > /dev/null; \
	else \
		echo "Il manque de quoi $(3) (paquets de Debian : $(2))."; \
	fi
endef

bibliotheques:
	$(call systeme,ldconfig -p | grep -q libpangoft2-1.0.so.0 && ldconfig -p | grep -q libharfbuzz-subset.so.0 && test -e /usr/share/hunspell/fr.dic && test -e /usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf,libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 hunspell-fr fonts-dejavu-core,faire les PDF et vérifier l’orthographe)

# Real bounces: the samples in the source package of flufl.bounce, which its wheel leaves out.
$(RETURNED)/pret: requirements.txt | $(VENV)/pret
	@echo "Téléchargement de vrais courriels revenus…"
	@mkdir -p $(RETURNED)
	@sed -n '/^flufl-bounce==/,/[^\\]$$/p' requirements.txt > $(RETURNED)/paquet.txt
	@$(PIP) download --no-deps --no-binary flufl-bounce --require-hashes -d $(RETURNED) -r $(RETURNED)/paquet.txt \
		&& tar -xzf $(RETURNED)/flufl_bounce-*.tar.gz -C $(RETURNED) --strip-components=2 --wildcards '*/tests/data/*.txt' \
		&& touch $@ || echo "Ils manquent : le test qui les lit ne passera pas."

# Word files of others: the samples in the source package of python-docx, which its wheel leaves out.
$(WORD)/pret: requirements-dev.txt | $(VENV)/pret-dev
	@echo "Téléchargement de fichiers Word…"
	@mkdir -p $(WORD)
	@sed -n '/^python-docx==/,/[^\\]$$/p' requirements-dev.txt > $(WORD)/paquet.txt
	@$(PIP) download --no-deps --no-build-isolation --no-binary python-docx --require-hashes -d $(WORD) -r $(WORD)/paquet.txt \
		&& tar -xzf $(WORD)/python_docx-*.tar.gz -C $(WORD) --wildcards '*.docx' \
		&& touch $@ || echo "Ils manquent : le test qui les lit ne passera pas."

# The sample content of Pelican, in its source package, which its wheel leaves out.
$(ECHANTILLON)/pret: requirements.txt | $(VENV)/pret
	@echo "Téléchargement du contenu d’exemple de Pelican…"
	@mkdir -p $(ECHANTILLON)
	@sed -n '/^pelican==/,/[^\\]$$/p' requirements.txt > $(ECHANTILLON)/paquet.txt
	@$(PIP) download --no-deps --no-binary pelican --require-hashes -d $(ECHANTILLON) -r $(ECHANTILLON)/paquet.txt \
		&& tar -xzf $(ECHANTILLON)/pelican-*.tar.gz -C $(ECHANTILLON) --strip-components=2 --wildcards '*/samples/content/*' \
		&& touch $@ || echo "Il manque : les tests qui le lisent ne passeront pas."

# Other plugins of Pelican, in a folder of their own: Pelican loads each one that it finds.
$(GREFFONS)/pret: tests/greffons/requirements.txt | $(VENV)/pret-dev
	@echo "Installation de greffons de Pelican…"
	@rm -rf $(GREFFONS)
	@$(PIP) install --no-deps --require-hashes --target $(GREFFONS) -r $< \
		&& touch $@ || echo "Ils manquent : les tests qui les essaient ne passeront pas."

# Mailman, with which tests exchange mail; it needs its own virtual environment.
$(MAILMAN)/pret: tests/mailman/requirements.txt
	@echo "Installation de Mailman…"
	@$(PYTHON) -m venv $(MAILMAN) \
		&& $(MAILMAN)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r tests/mailman/requirements.txt \
		&& touch $@ || echo "Il manque : les tests qui lui écrivent ne passeront pas."

outils: bibliotheques $(EDITOR)/dist/editeur.js $(NODE)/node_modules/pret $(MAP)/node_modules/pret $(RETURNED)/pret $(WORD)/pret $(ECHANTILLON)/pret $(GREFFONS)/pret $(MAILMAN)/pret
	$(call systeme,command -v chromium-headless-shell || { test "$$(id -u)" != 0 && command -v chromium || command -v google-chrome; },chromium-headless-shell,passer les tests du navigateur)
	$(call systeme,fc-list | grep -q -e Liberation -e Arial,fonts-liberation fontconfig,mesurer ce qui bouge pendant qu’une page se charge)
	$(call systeme,test -x /usr/sbin/nginx,nginx-light,servir le site comme un hôte)
	$(call systeme,test -x /usr/sbin/sshd,openssh-server openssh-client,publier par SFTP)
	$(call systeme,ls /usr/lib/postgresql/*/bin/postgres || command -v postgres,postgresql,éprouver le registre dans PostgreSQL)
	$(call systeme,command -v pdftotext,poppler-utils,lire les PDF)
	$(call systeme,command -v java,default-jre-headless,vérifier les pages et les EPUB)
	$(call systeme,test -x /usr/sbin/postfix && command -v spamassassin,postfix spamassassin,éprouver les envois)
