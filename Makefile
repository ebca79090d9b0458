# Everything lives in .venv; nothing is installed anywhere else.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: paper test lint bench clean

paper: .venv/run.stamp
	$(BIN)/firstbit paper --out results/paper

test: .venv/test.stamp lint
	$(BIN)/python -m pytest --cov --cov-report=term

lint: .venv/test.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: .venv/bench.stamp
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf .venv results build dist .pytest_cache .ruff_cache .coverage

.venv/bin/python:
	$(PYTHON) -m venv .venv

INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable

.venv/run.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(INSTALL) .
	touch $@

.venv/test.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(INSTALL) '.[test]'
	touch $@

.venv/bench.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(INSTALL) '.[bench]'
	touch $@
