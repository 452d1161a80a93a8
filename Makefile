# make demo   install everything, build the sample room, ask it three questions, open the window where there is a display
# make test   install the development extras and pass all tests
# make lint   the checks that keep the house;  make bench  the benchmark tables;  make run  the window
# make fuzz   try the readers with damaged files, SECONDS (60) for each kind
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_HOME := .demo
RIVALS := .bench/rivals
STORES := .bench/stores

.PHONY: demo run test lint bench fuzz lock clean

$(VENV)/.installed: packaging/requirements.lock packaging/system-packages.sh pyproject.toml
	PYTHON=$(PYTHON) sh packaging/system-packages.sh run
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r packaging/requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed packaging/requirements-dev.lock
	sh packaging/system-packages.sh test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r packaging/requirements-dev.lock
	touch $@

demo: $(VENV)/.installed
	$(BIN)/datazoom --home $(DEMO_HOME) demo

run: $(VENV)/.installed
	$(BIN)/datazoom window

test: $(VENV)/.installed-dev
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/deptry .

$(RIVALS)/.installed: tests/benchmarks/rivals/requirements.txt
	$(PYTHON) -m venv $(RIVALS)
	$(RIVALS)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

$(STORES)/.installed: tests/benchmarks/stores/requirements.txt
	$(PYTHON) -m venv $(STORES)
	$(STORES)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

bench: $(VENV)/.installed-dev $(RIVALS)/.installed $(STORES)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[bench]"
	$(BIN)/python -m tests.benchmarks

fuzz: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[fuzz]"
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60)

lock: $(VENV)/.installed-dev
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml -o packaging/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --extra dev pyproject.toml -o packaging/requirements-dev.lock

clean:
	rm -rf $(VENV) $(DEMO_HOME) .bench .fuzz build dist
