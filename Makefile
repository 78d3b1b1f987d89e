# Everything is installed in .venv, nothing elsewhere: Python 3.11 to 3.13, git and make are all it takes.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
UV := $(BIN)/uv
ARGS ?=

export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help setup start test test-long check bench bench-validator bench-catalog docs lock clean

help: ## Affiche cette aide
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)$$/\1\t\2/p' Makefile | while IFS="$$(printf '\t')" read -r target text; \
	do printf '  make %-16s %s\n' "$$target" "$$text"; done

setup: .venv/.set-up ## Installe tout dans .venv (ne refait rien si rien n'a changé)

start: setup ## Lance Socle sur cette machine (Ctrl-C pour arrêter) ; SOCLE_PORT, SOCLE_DATA_DIR, SOCLE_DEMO=0
	@exec $(BIN)/socle start $(ARGS)

test: setup ## Lance les tests (ARGS="-k mot" pour choisir)
	$(BIN)/pytest -m "not long" $(ARGS)

test-long: setup ## Lance les tests longs : pannes provoquées, parcours complets
	$(BIN)/pytest -m long $(ARGS)

check: setup ## Vérifie la forme, les types et les règles d'import
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## Mesure les temps de référence (une ligne JSON par mesure)
	@PYTHONPATH=tests $(BIN)/python tests/bench $(ARGS)

bench-validator: setup ## Mesure les contrôles de fichiers (à côté de Frictionless et d'une simple lecture)
	@PYTHONPATH=tests $(BIN)/python tests/bench validator

bench-catalog: setup ## Mesure la publication et les lectures (BENCH_ROWS lignes, un million sinon)
	@PYTHONPATH=tests $(BIN)/python tests/bench catalog

docs: setup ## Réécrit les pages de docs/ tirées du code (codes, constats, réglages…)
	$(BIN)/python docs/generate.py

lock: setup ## Recalcule les versions figées (ARGS=--upgrade pour les plus récentes)
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes $(ARGS) \
		pyproject.toml -o requirements.lock
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes $(ARGS) \
		--extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## Retire .venv et les caches ; les données de .socle restent
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist
	find services shared tests -name __pycache__ -type d -prune -exec rm -rf {} +

# `uv pip sync` removes what the lock does not name, except pip and uv themselves; the project is then put back.
.venv/.set-up: Makefile pyproject.toml requirements.lock requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Socle demande Python 3.11, 3.12 ou 3.13 : make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv || \
		{ echo "Il manque le module venv de Python (Debian : apt install python3-venv)." >&2; exit 1; }
	@$(UV) --version 2>/dev/null | grep -qF "uv $(UV_VERSION)" || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
