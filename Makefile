# One command for each habit, and the same for hand, hook and CI.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO_READY := $(VENV)/.ready-demo
COLLECTED := $(VENV)/.collected
PORT ?= 3000
TRANSPORT ?= socket
NEW_ENOUGH = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lamplighter needs Python 3.11 or newer")'

# Some containers set it. Every process of a test run would then compile all it imports, each time it starts.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check types pure format golden lock bench soak clean

demo: $(DEMO_READY)  ## start the playground and the real bot on this machine
	@$(BIN)/python -m playground --port $(PORT) --transport $(TRANSPORT) --at tuesday

test: $(READY) $(COLLECTED)  ## the whole suite
	$(BIN)/python -m pytest -n 4 --dist loadgroup tests

pure: $(READY)  ## the rules and the application, without a single process
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests/policies tests/handlers

check: $(READY)  ## format, lint, types, contracts, migration drift, then every test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/lamplighter migrate --check
	$(MAKE) -j 2 types $(COLLECTED)
	$(MAKE) test

types: $(READY)  ## strict types alone
	$(BIN)/mypy

soak: $(READY)  ## every scenario on every transport and database, random kills, ten times the examples; over half an hour
	SOAK=1 SOAK_ROUNDS=20 $(BIN)/python -m pytest -n 3 --dist loadgroup tests/scenarios tests/policies \
	  tests/handlers/test_stop_start_kills.py tests/handlers/clock/test_model.py tests/bot/db/test_pruning_and_need.py \
	  tests/bot/db/test_any_bytes.py tests/bot/db/test_life.py tests/bot/slack/test_blocks.py \
	  tests/bot/slack/test_charts.py tests/bot/test_first_catalog.py

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

golden: $(READY)  ## renews what the code says in pages and to people; read the difference
	$(BIN)/python -m tests.golden
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup --snapshot-update \
	  tests/policies tests/handlers tests/contracts tests/bot tests/playground

bench: $(READY)  ## figures as ratios, taken in one run
	$(BIN)/python -m tests.bench

lock:  ## needs uv on the PATH; hashes only, no index and no host
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --quiet pyproject.toml -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --quiet -c requirements/run.txt --extra dev pyproject.toml -o requirements/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --quiet -c requirements/dev.txt --extra demo pyproject.toml -o requirements/demo.txt

clean:
	rm -rf $(VENV) build dist

# What the demo needs is part of what the tests need, in the same versions.
$(READY): requirements/dev.txt pyproject.toml
	@$(NEW_ENOUGH)
	@$(PYTHON) requirements/install.py $(VENV) dev
	@touch $(DEMO_READY) $(READY)

# What pytest makes of a test's file before it runs is kept, and what Hypothesis learns of the code. Four workers
# that begin with none would each make all of it, so the first run does it once.
$(COLLECTED): $(READY)
	@if $(BIN)/python -m pytest -qq --collect-only tests >/dev/null; then touch $@; fi

$(DEMO_READY): requirements/demo.txt
	@$(NEW_ENOUGH)
	@$(PYTHON) requirements/install.py $(VENV) demo
	@touch $(DEMO_READY)
