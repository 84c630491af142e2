# The two commands of the README, and what else there is to do. Each makes its own virtual environment.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
WIRE   := dmproto/wire

# Other Pythons, each tested where it is: pyenv's count, too
PYTHONS := python3.12 python3.13

.PHONY: demo test test-pythons lint bench bench-scale generate soak clean

demo: $(VENV)/.installed
	$(BIN)/dmproto demo

# Only the wire is held to full coverage, and by its own tests; the rest runs without the cost of measuring
test: $(VENV)/.tested lint
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest tests/wire
	$(BIN)/coverage report
	$(BIN)/python -m pytest --ignore=tests/wire

# The suite on the other Pythons there are, less the proofs that do not depend on Python
test-pythons:
	@for name in $(PYTHONS); do \
	    python=$$(command -v $$name && $$name -c '' 2>/dev/null || ls -d $$HOME/.pyenv/versions/$${name#python}.*/bin/python 2>/dev/null | tail -n 1); \
	    python=$$(echo "$$python" | tail -n 1); \
	    if [ -z "$$python" ]; then echo "$$name is not here: not tested"; continue; fi; \
	    echo "== $$($$python --version)"; \
	    $(MAKE) --no-print-directory VENV=.venv-$${name#python} PYTHON=$$python test-one || exit 1; \
	done

test-one: $(VENV)/.tested
	DMPROTO_PROFILE=quick $(BIN)/python -m pytest -q --ignore=tests/external --ignore=tests/oracle

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m dmproto.wire.compile --check

bench: $(VENV)/.benched
	$(BIN)/python -m bench

bench-scale: $(VENV)/.tested
	$(BIN)/python -m bench.scale

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
