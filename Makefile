# Each command does all its own set-up from a bare clone: `make demo`, `make test`, `make bench`, `make docs`,
# `make notebooks`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# For the newest Mesa: pyenv's Python 3.12 if there is one, else that on the path.
NEWER_PYTHON ?= $(firstword $(wildcard $(HOME)/.pyenv/versions/3.12*/bin/python3.12) python3.12)
REPLICATES ?= 100

.PHONY: demo test test-mesa test-mesa4 fuzz chaos lint bench docs notebooks clean

# A new pip is needed for nothing but speed; the versions of everything else are fixed in constraints.txt.
$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("alliancelab needs Python 3.11 or newer: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(VENV)/installed
	$(BIN)/alliancelab compare no_policy formation_only stage_matched --replicates $(REPLICATES) --out demo --overwrite
	$(BIN)/alliancelab report demo

test: lint
	$(BIN)/pytest -q -n auto

# The model under the newest Mesa and in its SolaraViz, which ask for Python 3.12; says so where that is missing. Later
# versions of what SolaraViz draws with leave its page blank.
SOLARA := solara==1.58.2 solara-server==1.58.2 solara-ui==1.58.2 ipyvuetify==1.12.0 ipyvue==1.13.0
test-mesa:
	@if $(NEWER_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then \
	  $(NEWER_PYTHON) -m venv $(VENV)-mesa && grep -vi '^mesa==' constraints.txt > $(VENV)-mesa/constraints.txt \
	  && $(VENV)-mesa/bin/pip install --quiet -c $(VENV)-mesa/constraints.txt --editable '.[dev]' 'mesa[viz]>=3.5' \
	    $(SOLARA) \
	  && $(VENV)-mesa/bin/pytest -q -n auto tests/test_mesa.py tests/test_mesa_agents.py tests/test_checkpoint.py tests/test_own_rules.py \
	    tests/test_solara_viz.py; \
	else echo 'test-mesa skipped: there is no $(NEWER_PYTHON) here, which the newest Mesa needs'; fi

# The same under the newest pre-release of Mesa 4, from which the package itself keeps away; says so where there is none.
WITHOUT_MESA := import tomllib; project = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
  print(*(one for one in project['dependencies'] if not one.startswith('mesa')), 'pytest', 'pytest-xdist', 'hypothesis', sep='\n')
test-mesa4:
	@if ! $(NEWER_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then \
	  echo 'test-mesa4 skipped: there is no $(NEWER_PYTHON) here, which Mesa 4 needs'; \
	elif ! { $(NEWER_PYTHON) -m venv $(VENV)-mesa4 \
	  && grep -vi '^mesa==' constraints.txt > $(VENV)-mesa4/constraints.txt \
	  && $(VENV)-mesa4/bin/pip install --quiet --pre -c $(VENV)-mesa4/constraints.txt 'mesa[network]>=4.0.0a0'; }; then \
	  echo 'test-mesa4 skipped: no pre-release of Mesa 4 can be had here'; \
	else $(VENV)-mesa4/bin/python -c "$(WITHOUT_MESA)" > $(VENV)-mesa4/requirements.txt \
	  && $(VENV)-mesa4/bin/pip install --quiet -c $(VENV)-mesa4/constraints.txt -r $(VENV)-mesa4/requirements.txt \
	  && $(VENV)-mesa4/bin/pip install --quiet --no-deps --editable . \
	  && $(VENV)-mesa4/bin/pytest -q -n auto tests/test_mesa.py tests/test_mesa_agents.py tests/test_checkpoint.py tests/test_own_rules.py; fi

# 10,000 wrong inputs in one process, and what kills, full disks and damage do; each prints one table, minutes long.
fuzz: $(VENV)/installed
	$(BIN)/python -m tests.campaigns.fuzz

chaos: $(VENV)/installed
	$(BIN)/python -m tests.campaigns.chaos

bench: $(VENV)/installed
	$(BIN)/python -m benchmarks

# The pages of docs/ as a site in build/docs; a warning, such as a link that leads nowhere, is an error.
docs: $(VENV)/installed
	$(BIN)/sphinx-build -W --keep-going -q -b html docs build/docs

# Executes the notebooks anew and saves their tables and pictures in place; one that raises or warns stays as it was.
notebooks: $(VENV)/installed
	$(BIN)/python notebooks/execute.py

# Type checker and import contract read the layers from a copy under one name; the installed package needs none.
lint: $(VENV)/installed
	$(BIN)/ruff check .
	rm -rf .types && mkdir .types
	cp -R alliancelab .types/
	cp -R agents model scenarios analysis .types/alliancelab/
	$(BIN)/mypy
	cd .types && ../$(BIN)/lint-imports --config ../pyproject.toml

clean:
	rm -rf $(VENV) $(VENV)-mesa $(VENV)-mesa4 bench.json .types build demo *.egg-info
