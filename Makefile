# Two commands do everything on a machine with Python >= 3.11, pip and make:
#   make demo    a real data set diagnosed, with its report
#   make test    every test
# `make help` lists the rest. PYTHON=... chooses the interpreter, VENV=... the environment.

VENV ?= .venv
PYTHON ?=
PYTEST_ARGS ?=
DEMO_OUT ?= demo-report

PY := $(VENV)/bin/python
INSTALL = $(PY) -m pip install --quiet -c constraints.txt
# One BLAS thread in each test process: the processes themselves fill the cores. Compiled
# files are kept, whatever the machine says: hundreds of processes start.
PYTEST = PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 \
  $(PY) -m pytest -n auto --maxprocesses 8 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types imports format docs bench clean
# pip cannot run twice in one environment, and what follows it fills the cores already.
.NOTPARALLEL:

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /\1  /p' $(firstword $(MAKEFILE_LIST)) \
	  | while read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

demo: $(VENV)/.has-package ## diagnose a real data set: verdicts here, report in demo-report/
	@$(VENV)/bin/widthwise diagnose diabetes --out $(DEMO_OUT)

test: $(VENV)/.has-test ## every test (minutes)
	@$(PYTEST) $(PYTEST_ARGS)

check: $(VENV)/.has-dev lint types imports ## the gate: format, lint, types, import contract, fast tests
	@$(PYTEST) -m "not slow and not browser" $(PYTEST_ARGS)

lint: $(VENV)/.has-dev ## style and formatting, nothing changed
	@$(PY) -m ruff check src tests benchmarks docs
	@$(PY) -m ruff format --check src tests benchmarks docs

types: $(VENV)/.has-dev ## mypy --strict
	@$(PY) -m mypy --num-workers 2

imports: $(VENV)/.has-dev ## imports point down
	@$(VENV)/bin/lint-imports

format: $(VENV)/.has-dev ## put the code in the project's format
	@$(PY) -m ruff check --fix-only src tests benchmarks docs
	@$(PY) -m ruff format src tests benchmarks docs

docs: $(VENV)/.has-docs ## the site, in docs/_build/html; warnings are errors
	@$(PY) -m sphinx -W --keep-going -q -j auto -b html docs docs/_build/html
	@echo "open docs/_build/html/index.html"

bench: $(VENV)/.has-test ## each benchmark prints one table of ratios, side by side in one run
	@for script in benchmarks/*.py; do \
	  [ -e "$$script" ] || { echo "no benchmark in benchmarks/"; exit 1; }; \
	  echo "== $$script"; $(PY) "$$script" || exit 1; \
	done

clean: ## remove the environment and everything that was built
	rm -rf $(VENV) dist build $(DEMO_OUT) docs/_build docs/gallery docs/class docs/api/generated \
	  .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment. Each step leaves a stamp, so that a second run costs nothing.

$(VENV)/.has-pip:
	@PYTHON='$(PYTHON)' sh tools/environment.sh '$(VENV)'
	@touch $@

# First and alone, so that nothing else chooses torch's version.
$(VENV)/.has-torch: constraints.txt $(VENV)/.has-pip
	@echo "Installing torch (once; a large download where pip has not kept it)"
	@$(INSTALL) torch
	@touch $@

$(VENV)/.has-package: pyproject.toml $(VENV)/.has-torch
	@echo "Installing widthwise"
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/.has-test $(VENV)/.has-dev $(VENV)/.has-docs: $(VENV)/.has-%: pyproject.toml $(VENV)/.has-package
	@echo "Installing what $* needs"
	@$(INSTALL) --editable '.[$*]'
	@touch $@
