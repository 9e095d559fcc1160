# Everything here sets up what it needs: a virtual environment in .venv, from the locks.
PYTHON ?= python3
# One more than processors: tests that start processes mostly wait for them.
TEST_PROCESSES ?= $(shell echo $$(($$(nproc) + 1)))
LIBRARY ?= mito
PORT ?= 8100
VENV := .venv
BIN := $(VENV)/bin

# What is compiled, tests above all, is kept for the next run.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test bench chaos pictures menus train eval fuzz lint format lock clean

help: ## What can be made here
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.installed ## The whole counter on this machine, with a LINE simulator (LIBRARY=mito|kyoto)
	@$(BIN)/madoguchi demo --library $(LIBRARY) --port $(PORT)

test: $(VENV)/.installed-dev ## All tests, with real servers and a real browser
	@scripts/test-servers
	@$(BIN)/pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

bench: $(VENV)/.installed-dev ## Measure on this machine (BENCH_ARGS=--quick: only whether it runs)
	@scripts/test-servers
	@$(BIN)/python -m bench $(BENCH_ARGS)

pictures: $(VENV)/.installed-dev ## The README's pictures anew, from the browser tests
	@scripts/test-servers
	@$(BIN)/pytest -q tests/test_whole_in_browser.py tests/test_announcement_in_browser.py
	@cp artifacts/screens/mito/renew_by_words/09-renewed.png docs/images/mito-renewal.png
	@cp artifacts/screens/kyoto/reserve_by_buttons_and_cancel/09-reserved.png docs/images/kyoto-reservation.png
	@cp artifacts/screens/announcements/hanako-01.png docs/images/staff-announcement.png

menus: $(VENV)/.installed-dev ## The rich menus' pictures anew, from bot/richmenu/menus.toml (needs Noto Sans CJK)
	@$(BIN)/python scripts/draw_menus.py

train: $(VENV)/.installed-dev ## The parser's classifier anew, from bot/intents/data
	@OMP_NUM_THREADS=1 $(BIN)/python -m training.train

eval: $(VENV)/.installed-dev ## What the parser reaches on messages nobody tuned it for; docs/parser.md says what it prints
	@OMP_NUM_THREADS=1 $(BIN)/python -m training.evaluate $(EVAL_ARGS)

fuzz: $(VENV)/.installed-dev ## Any string into the parser, many thousand times
	@FUZZ_EXAMPLES=20000 $(BIN)/pytest -q -n auto --timeout 3600 tests/intents/test_intent_fuzz.py

chaos: $(VENV)/.installed-dev ## Kill everything at random moments, again and again; prints what was counted (CHAOS_ROUNDS=20 CHAOS_NOTICES=10000 ANNOUNCEMENT_PEOPLE=50000)
	@scripts/test-servers
	@CHAOS_ROUNDS=$(or $(CHAOS_ROUNDS),20) $(BIN)/pytest -q -s --timeout 0 tests/jobs/test_chaos.py
	@CHAOS_NOTICES=$(or $(CHAOS_NOTICES),10000) $(BIN)/pytest -q -s tests/jobs/test_notice_scale.py
	@ANNOUNCEMENT_PEOPLE=$(or $(ANNOUNCEMENT_PEOPLE),50000) $(BIN)/pytest -q -s --timeout 0 tests/announcements/test_announcement_killed.py

lint: $(VENV)/.installed-dev ## Format, style, types and the arrows between packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev ## Put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(VENV)/.installed-dev ## Fix the exact versions of all dependencies anew
	scripts/lock

clean: ## Remove what was made here, the demo's database too
	rm -rf $(VENV) var artifacts build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it with make PYTHON=python3.11 ..."; exit 1; }
	@echo "Setting up in $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python requirements.lock pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
