# Two commands do all their own set-up from a bare clone: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REPLICATES ?= 100

.PHONY: demo test lint clean

# A new pip is needed for nothing but speed; the versions of everything else are fixed in constraints.txt.
$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("alliancelab needs Python 3.11 or newer: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(VENV)/installed
	$(BIN)/alliancelab compare no_policy formation_only stage_matched --replicates $(REPLICATES) --out demo

test: lint
	$(BIN)/pytest -q -n auto

# Type checker and import contract read the rooms from a copy under one name; the installed package needs none.
lint: $(VENV)/installed
	$(BIN)/ruff check .
	rm -rf .types && mkdir .types
	cp -R alliancelab .types/
	cp -R agents model scenarios analysis .types/alliancelab/
	$(BIN)/mypy
	cd .types && ../$(BIN)/lint-imports --config ../pyproject.toml

clean:
	rm -rf $(VENV) .types build demo *.egg-info
