# The only list of verbs. `make` alone prints them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.PHONY: help setup demo cluster-demo run test check fix lint campaign figures servers servers-down lock bundle clean

help:  ## print this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.run: requirements/run.txt pyproject.toml hatch_build.py $(wildcard api/http/assets/*.* api/http/assets/styles/*.css api/http/assets/desk/*.js)
	$(PYTHON) -c 'import sys; sys.exit("Huiyin needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

setup: $(VENV)/.run  ## create the environment and install what running needs

demo: $(VENV)/.run  ## a living fictional county: crawl, process, alert, in this terminal
	$(BIN)/huiyin demo

cluster-demo: $(VENV)/.run  ## the same county on a real Kafka and a real Elasticsearch, started for it and ended with it
	$(BIN)/python deploy/servers/cluster_demo.py

run: $(VENV)/.run  ## the main job; on an empty machine it begins with 开始设置 in the browser
	$(BIN)/huiyin run

test: $(VENV)/.dev  ## pass all tests, two at a time where there are two cores; WORKERS=4 for more
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n logical --maxprocesses $(WORKERS) --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## everything that a commit must pass

fix: $(VENV)/.dev  ## format, and mend what the linter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

campaign: $(VENV)/.dev  ## long: many kills, large stores, simulated years; prints its seed
	$(BIN)/python bench/campaign.py

figures: $(VENV)/.dev  ## print the figures of the README
	$(BIN)/python bench/figures.py

servers: $(VENV)/.run  ## a real Kafka and a real Elasticsearch on loopback, with their data in servers/data
	$(BIN)/python deploy/servers/servers.py up --data servers/data

servers-down: $(VENV)/.run  ## stop them; their data stay
	$(BIN)/python deploy/servers/servers.py down --data servers/data

lock: $(VENV)/.dev  ## resolve the lock files anew, with hashes and without addresses
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate pyproject.toml --group build -o requirements/run.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate pyproject.toml --group build --group dev -o requirements/dev.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --group node -o requirements/node.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --group bundle -o requirements/bundle.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --group jdk -o requirements/jdk.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --group bench -o requirements/bench.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --group elastic-8 -o requirements/elastic-8.txt

bundle: $(VENV)/.run  ## a folder that installs without internet; TARGET=windows-x86_64 for another computer
	$(BIN)/python deploy/bundle/build.py $(if $(TARGET),--target $(TARGET)) $(if $(PYTHON_ARCHIVE),--python $(PYTHON_ARCHIVE))

clean:  ## remove the environment and what tests left
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
