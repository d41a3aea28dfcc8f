# Everything here makes its own environment in .venv; only Python 3.11+ and make are needed.
# `make` alone, or `make help`, lists the commands.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DEMO   := rulesets/demo
OUT    ?= build/demo

.PHONY: help demo test lint format bench pieces tables clean
.DEFAULT_GOAL := help

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## score the example leads with the example rules
	@mkdir -p $(OUT)
	$(BIN)/leadrules check $(DEMO)/inbound.rules
	$(BIN)/leadrules run $(DEMO)/inbound.rules $(DEMO)/leads.csv --as-of 2026-11-02 --max-rejects 1% -o $(OUT)/scored.csv
	@echo
	@echo "The ten best of the scored leads, $(OUT)/scored.csv:"
	@$(BIN)/python tools/show_scored.py $(OUT)/scored.csv "Full Name" "Job Title" score stage tier next_step reasons
	@echo
	@echo "Why another has its score, as leadrules explain begins:"
	@echo
	@$(BIN)/leadrules explain $(DEMO)/inbound.rules $(DEMO)/leads.csv --as-of 2026-11-02 --id L-0007 | head -n 24

test: $(READY) ## run every test
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(READY) ## style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY) ## write the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## measure speed against others, some minutes
	$(BIN)/python -m benchmarks

pieces: $(READY) ## measure parse, check, compile, encode, score; compare with the last time
	$(BIN)/python -m pytest benchmarks/test_pieces.py --benchmark-only --benchmark-autosave --benchmark-compare \
		--benchmark-storage=.benchmarks --benchmark-columns=min,median,rounds --benchmark-sort=name

tables: $(READY) ## write again what is made from something else: the parse table, the list of problems
	$(BIN)/python -m leadrules.language.tabulate
	$(BIN)/python tools/list_problems.py

clean: ## remove the environment and everything built
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks

# The stamp is as new as the last installation; it is out of date when the dependencies may have changed.
$(READY): pyproject.toml hatch_build.py $(wildcard leadrules/kernel/*.[ch])
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "leadrules needs Python 3.11 or newer; say which with: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
