# The two commands of the README, and what else there is to do. Each makes its own virtual environment.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
WIRE   := dmproto/wire

.PHONY: demo test lint bench generate soak clean

demo: $(VENV)/.installed
	$(BIN)/dmproto demo

test: $(VENV)/.tested lint
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m dmproto.wire.compile --check

bench: $(VENV)/.benched
	$(BIN)/python -m bench

generate: $(VENV)/.installed
	$(BIN)/python -m dmproto.wire.compile

soak: $(VENV)/.tested
	DMPROTO_PROFILE=soak $(BIN)/python -m pytest tests/wire

# venv's own ensurepip is missing on a Debian without python3-venv: there, pip itself makes one
$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); $(PYTHON) -m pip install --quiet --user --break-system-packages virtualenv && $(PYTHON) -m virtualenv --quiet $(VENV); }

$(VENV)/.installed: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.tested: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@ $(VENV)/.installed

$(VENV)/.benched: $(BIN)/python pyproject.toml bench/requirements.txt
	$(BIN)/python -m pip install --quiet --editable . --requirement bench/requirements.txt
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
