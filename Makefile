# Two commands are enough on a fresh machine with Python 3.11 or newer: `make demo` and `make test`.
# Everything lives in .venv; nothing is installed outside this folder.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet
RUNTIME := .venv/.stamp-runtime
DEV := .venv/.stamp-dev

.PHONY: help setup setup-dev demo run test bench lint lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

setup: $(RUNTIME)  ## make .venv with marsad in it; does nothing when nothing changed

setup-dev: $(DEV)

# setuptools comes first and from the lock, so that packages without a wheel build with it and fetch nothing unlocked.
$(RUNTIME): requirements.lock requirements-build.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "marsad needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version) (a minute or two the first time) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements-build.lock
	@$(PIP) --require-hashes --no-build-isolation -r requirements.lock
	@PYTHONWARNINGS=ignore $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.lock
	@$(PIP) --require-hashes --no-build-isolation -r requirements-dev.lock
	@touch $@

demo: setup  ## an embedded newsroom, the real daemon and its alerts, in about a minute and without network
	@$(BIN)/marsad demo

run: setup  ## the daemon on settings.toml
	@$(BIN)/marsad run

test: setup-dev  ## all tests
	@$(BIN)/python -m pytest

lint: setup-dev  ## style, types and import borders; the Containerfile
	@$(BIN)/ruff check .
	@$(BIN)/mypy .
	@if test -x $(BIN)/hadolint; then $(BIN)/hadolint packaging/Containerfile; else echo "no hadolint for this machine"; fi

bench: setup-dev  ## every stage and the whole, beside a reference; figures in out/bench.json
	@$(BIN)/python -m bench.all

# Renews the three lock files from pyproject.toml. They hold names, versions and hashes, and neither an index nor a path.
UV_COMPILE = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml
lock: setup  ## renew the lock files
	@test -x $(BIN)/uv || $(PIP) uv
	@$(UV_COMPILE) --group build --output-file requirements.lock
	@$(UV_COMPILE) --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@$(BIN)/python -c "import re; text = open('requirements.lock').read(); \
	open('requirements-build.lock', 'w').write(re.search(r'^setuptools==.*?(?=^\S|\Z)', text, re.M | re.S).group(0))"
	@! grep -nE '://|^--' requirements.lock requirements-build.lock requirements-dev.lock

clean:  ## remove what setup and the demo made
	rm -rf .venv build demo *.egg-info
