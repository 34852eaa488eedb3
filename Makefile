# Each target sets up what it needs. Comments after ## are what `make help` prints.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help site apercu test test-rapide verifier qualite propre

VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
AXTRA := $(BIN)/axtra

help: ## montrer cette aide
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 24

site: $(VENV)/pret ## construire le site et les infolettres dans output/
	@$(AXTRA) construire

apercu: $(VENV)/pret ## voir le site et les infolettres, rechargés à chaque enregistrement
	@$(AXTRA) apercu

verifier: $(VENV)/pret ## vérifier les textes sans rien écrire
	@$(AXTRA) verifier

test: $(VENV)/pret-dev navigateur qualite ## passer tous les tests
	@$(BIN)/pytest

test-rapide: $(VENV)/pret-dev qualite ## passer les tests qui n’ont pas besoin d’un navigateur
	@$(BIN)/pytest -m "not navigateur"

qualite: $(VENV)/pret-dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > /dev/null || $(BIN)/lint-imports --no-logo

propre: ## effacer ce que les autres commandes ont écrit
	rm -rf $(VENV) .cache output

# --- set-up: the stamp of a set of pinned packages is newer than the file that pins them --------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "AXE demande Python 3.11 ou plus récent." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Installez le module venv de Python (Debian : apt-get install python3-venv)." >&2; exit 1; }

$(VENV)/pret: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installation des paquets…"
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/pret-dev: requirements-dev.txt $(VENV)/pret
	@echo "Installation des paquets de développement…"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# The browser tests drive Chromium; on Debian as root it is installed, elsewhere it is looked for.
.PHONY: navigateur
navigateur:
	@command -v chromium chromium-browser google-chrome > /dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		echo "Installation de Chromium…"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium > /dev/null; \
	else \
		echo "Chromium manque : les tests du navigateur ne passeront pas (installez chromium)."; \
	fi
