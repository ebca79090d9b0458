# Everything lives in .venv; nothing is installed anywhere else.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: test lint clean

test: .venv/test.stamp lint
	$(BIN)/python -m pytest --cov --cov-report=term

lint: .venv/test.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports

clean:
	rm -rf .venv results build dist .pytest_cache .ruff_cache .coverage

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/test.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $@
