# make setup | demo | test | check | cross | fmt | lint | type | generate | bench
# make bench ARGS='--quick --write' measures less and writes docs/benchmarks.md
# Everything runs in .venv, made from constraints.txt on first use.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
HEADERS := symconv/codegen/c/runtime/*.h
STRICT := -std=c99 -Wall -Wextra -Wpedantic -Wno-unused-function -Wno-unused-const-variable -Werror -fsyntax-only -x c

.PHONY: setup demo test check cross fmt lint type generate stale bench clean

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("symconv needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench,demo,plot,onnx,dev]'
	touch $@

demo: setup
	$(BIN)/symconv demo

test: setup
	$(BIN)/python -m pytest -n auto --dist loadfile

check: setup lint type stale test

cross: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[cross]'
	$(BIN)/python -m pytest tests/test_c_cross.py

fmt: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/clang-format -i $(HEADERS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/clang-format --dry-run --Werror $(HEADERS)
	if command -v $(CC) > /dev/null; then $(CC) $(STRICT) $(HEADERS); fi

type: setup
	$(BIN)/mypy

generate: setup
	$(BIN)/symconv generate --catalogue

stale: setup
	$(BIN)/symconv generate --catalogue --check

bench: setup
	$(BIN)/python -m benchmarks $(ARGS)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
