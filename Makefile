# Everything one does with this checkout. `make` alone lists it.
PY := .venv/bin/python
READY := .venv/.ready
BROWSER := .venv/.ready-browser
PACKAGES := access_core device_drivers edge_agent central_server simulators tests

.PHONY: help setup demo demo-once test check bench test-nightly lock assets wheel screenshots docs clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## install what is missing: virtual environment, locked packages, page assets

$(READY): requirements.lock pyproject.toml package.json package-lock.json central_server/static/vendor.toml deploy/workstation/setup.sh deploy/workstation/page_assets.py
	@deploy/workstation/setup.sh

$(BROWSER): $(READY)
	@deploy/workstation/setup.sh browser

demo: $(READY) ## the product on this machine with a simulated entrance; Ctrl-C ends it
	@.venv/bin/campus-sim demo

demo-once: $(BROWSER) ## the whole story without a person; the last line is one JSON object
	@.venv/bin/campus-sim demo --once

test: $(BROWSER) ## every test, headless Chromium included
	@.venv/bin/pytest -n 2 --dist loadscope

check: $(READY) ## format, lint, types, import contracts, quick tests
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/basedpyright
	.venv/bin/lint-imports
	.venv/bin/pytest -q -n 2 -m 'not slow' --hypothesis-profile=quick

bench: $(BROWSER) ## measure against the references side by side; ONLY=prefix measures a part
	@$(PY) -m tests.benchmarks

test-nightly: $(BROWSER) ## every test with many more made-up inputs
	@.venv/bin/pytest --hypothesis-profile=nightly --timeout=3600

lock: $(READY) ## re-make the lock files from pyproject.toml and package.json; UPGRADE=1 takes newer versions
	deploy/workstation/lock.sh
	$(PY) deploy/workstation/page_assets.py --record

assets: $(READY) ## bring the page assets again
	$(PY) deploy/workstation/page_assets.py

wheel: assets ## build the wheel into dist/
	$(PY) -m hatchling build -t wheel

screenshots: $(BROWSER) ## take the pictures of the documentation from the running product
	@.venv/bin/campus-sim pictures docs/pictures

docs: $(READY) ## make the reference pages from the code they describe
	$(PY) docs/generate.py

clean: ## remove what tools have made; the virtual environment stays
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage demo-data
	find $(PACKAGES) -name __pycache__ -type d -prune -exec rm -rf {} +
