# One door for people, hooks and CI. Paths are relative throughout, so that a clone may lie in a folder with spaces.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
CODE := api bench db dose_core dose_services dose_worker doseledger hl7_bridge migrations orthanc_plugin scripts tests

.PHONY: help setup system demo up test bench fuzz fmt lint types containers docs conformance validate decisions unit lock changelog clean

help: ## Say what each target does
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: ## Put every locked dependency into .venv; .venv/bin/doseledger then runs
	@scripts/setup.sh

system: ## Install the Debian packages that demo and test need; nothing is started
	@scripts/install_system.sh test

demo: ## Start the whole system with a small synthetic hospital (ONCE=1: check it and stop)
	@scripts/install_system.sh demo
	@scripts/setup.sh
	@exec $(PY) -m doseledger.demo $(if $(filter 1 yes true,$(ONCE)),--once)

up: setup ## Start the service on an embedded PostgreSQL, without Orthanc (DATA_DIR=..., PORT_BASE=...)
	@exec $(PY) -m doseledger up --data-dir "$${DATA_DIR:-.data}" --port-base "$${PORT_BASE:-8700}"

test: ## Run every check: rules, types, containers and all tiers of tests
	@scripts/install_system.sh test
	@scripts/setup.sh
	@scripts/peers.sh
	@scripts/openrem_peer.sh
	@scripts/check.sh

bench: ## Run the benches (NAME=store for one), each with one JSON line
	@scripts/install_system.sh demo
	@scripts/setup.sh
	@scripts/skin_peers.sh
	@exec $(PY) bench/run.py $(NAME)

fuzz: setup ## Look for bytes that break a reader (SECONDS=60 for each target; RUNS=8000 from a fixed seed)
	@exec $(PY) tests/fuzz/run.py $(if $(RUNS),runs=$(RUNS),seconds=$(or $(SECONDS),60))

fmt: setup ## Format the code and repair what ruff can repair
	@$(PY) -m ruff format $(CODE)
	@$(PY) -m ruff check --fix $(CODE)

lint: setup ## Format, lint rules and import contracts
	@$(PY) -m ruff format --check $(CODE)
	@$(PY) -m ruff check $(CODE)
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

types: setup ## mypy, strict
	@$(PY) -m mypy

containers: setup ## Lint docker/: hadolint for the images, the compose schema for the composition
	@scripts/lint_containers.sh

docs: setup ## Check that links in the documentation lead somewhere and that every decision is listed
	@$(PY) -m pytest -p no:cacheprovider -q tests/architecture/test_docs.py

conformance: setup ## Bring the tables of docs/conformance up to what the readers read
	@$(PY) scripts/conformance_tables.py

validate: setup ## Compute the cases of every method and write docs/validation (CHECK=1: compare only)
	@$(PY) scripts/validate.py $(if $(filter 1 yes true,$(CHECK)),--check)

decisions: setup ## Number new pages in docs/adr and list them
	@$(PY) scripts/list_decisions.py

unit: setup ## The fast tests only, on all cores
	@$(PY) -m pytest -p no:cacheprovider -q -n auto tests/unit tests/architecture

lock: setup ## Resolve the dependencies anew and write requirements/
	@scripts/lock.sh

changelog: setup ## Show what the next release will say
	@$(PY) -m towncrier build --draft --version next

clean: ## Remove .venv, caches and the demo's data
	@rm -rf .venv .demo .peers .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info
