# Each target makes what it needs: a local environment in .venv, quick when nothing changed (see .ci/setup).
# PYTHON=/path/to/python chooses the interpreter; ARGS="..." is passed on to pytest, PORT=N to the dashboard.

CASE ?= fraud_threshold
PAR ?= strong
SEED ?= 7
FIRST ?= 1000
SEEDS ?= 30
PORT ?= 8501
OUT ?= build/pictures
PEOPLE ?= 50
SECONDS ?= 120
BIN = .venv/bin

export PYTHON

.PHONY: help play fly test lint bench scale orders load pace pictures clean
.NOTPARALLEL:

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

play: ## the dashboard in your browser, with a case ready to fly (CASE=, PORT=)
	@.ci/setup play
	@$(BIN)/windtunnel play --case $(CASE) --port $(PORT)

fly: ## a flight in the terminal (CASE=, PAR=, SEED=)
	@.ci/setup core
	@$(BIN)/windtunnel run $(CASE) --par $(PAR) --seed $(SEED)

test: ## the tests (ARGS="-k ledger")
	@.ci/setup dev
	@$(BIN)/pytest -n 2 --dist loadfile -q $(ARGS)

lint: ## style, types, import contracts
	@.ci/setup dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: ## the engine and the data plane against others, on the same draws
	@.ci/setup dev
	@$(BIN)/python tests/bench/bench.py
	@$(BIN)/python tests/bench/serving.py

scale: ## what it costs to scale a study: overhead per task, tapes, one worker or two (ARGS=)
	@.ci/setup dev
	@$(BIN)/python tests/bench/studies.py $(ARGS)

orders: ## the order of the answers and what each dial is worth, over paired seeds (FIRST=, SEEDS=)
	@.ci/setup core
	@$(BIN)/python tests/orders/orders.py --first $(FIRST) --seeds $(SEEDS)

load: ## 50 people at once on a server of its own, 5 of them flying (PEOPLE=, SECONDS=)
	@.ci/setup dev
	@$(BIN)/python tests/traffic/load.py --people $(PEOPLE) --seconds $(SECONDS)

pace: ## how smoothly a flight is played back, in a real browser (CASE=)
	@.ci/setup dev
	@$(BIN)/python tests/browser/pace.py --case $(CASE)

pictures: ## pictures of each page, desktop and phone, light and dark (OUT=, CASE=)
	@.ci/setup dev
	@$(BIN)/python tests/browser/pictures.py --out $(OUT) --case $(CASE)

clean: ## remove all that was made here, .venv too
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find simulator cases dashboard tests -name __pycache__ -type d -exec rm -rf {} +
