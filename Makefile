# Everything a fresh machine with Python 3.11 or later and make needs: `make run`, `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OUT ?= vado-report
# Processes that run test files side by side; auto is one a core.
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help install run test test-all check bench docs lock ledger clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(READY)  ## set up .venv from the lock file

run: $(READY)  ## answer every question and write the report
	@$(BIN)/vado run --out $(OUT)

test: $(READY) check  ## lint, types, and the tests that take seconds
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not slow" --cov --cov-report=term

test-all: $(READY) check  ## the same and the tests that take minutes
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --cov --cov-report=term

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)  ## measure what the documentation states
	$(BIN)/python benchmarks/forecast_study.py
	$(BIN)/python benchmarks/engine.py

docs: $(READY)  ## write the generated reference pages
	$(BIN)/python tools/build_docs.py

ledger: $(READY)  ## rebuild the embedded ledger from the raw data beside the checkout
	$(BIN)/python tools/build_ledger.py

lock:  ## resolve the lock file anew (needs uv)
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --no-strip-extras -o requirements.lock

clean:  ## remove what the targets above made
	rm -rf $(VENV) vado-report .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage

# uv is used where it is present; pip alone does the same, more slowly.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Vado needs Python 3.11 or later; name one: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 1; }
	@echo "Setting up $(VENV) (once) ..." >&2
	@rm -rf $(VENV)
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --python "$$(command -v $(PYTHON))" $(VENV) && \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
		$(PYTHON) -m venv $(VENV) && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $@
