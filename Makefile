# OpenJPKI: `make run` shows it, `make check` holds the house rules, `make test` runs everything. Needs Python 3.11 and make.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
STORY_HOME ?= home
LAB_HOME ?= lab
MARK   := $(VENV)/.installed
WORKERS ?= 2
# What tests sign is linted by others when a run is over: one of each shape, or all that differs (`test-all`).
SPECIMENS ?= shapes
FUZZ_SECONDS ?= 120
PYTEST = TMPDIR=$(shell tools/scratch.sh) $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal
# Every room is held to its coverage by its own tests; what runs whole programs beside them is not measured.
MEASURED := tests/unit tests/properties tests/dialogues
# What is a query on SQLite must be one on PostgreSQL; the whole story and the commands are run there by scenarios of their own.
ABOVE_QUERIES := tests/unit/story tests/unit/cli tests/unit/site/lives

export DJANGO_SETTINGS_MODULE = openjpki.site.settings
# What is compiled once, the tests' rewritten assertions too, is kept beside the environment, also where a shell says otherwise.
export PYTHONPYCACHEPREFIX = $(abspath $(VENV))/pycache
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run lab check test static measured test-all fuzz fast format bench interop-record packages document docs traceability lock clean

help: ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

# --- running -----------------------------------------------------------------------------------------------------

$(MARK)-run: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "OpenJPKI needs Python 3.11 or later."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python cannot make a virtual environment here (on Debian: apt install python3-venv)."; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

run: $(MARK)-run ## tell the story of one card, then serve it (ONCE=1 ends after the story)
	@$(BIN)/openjpki story --home $(STORY_HOME)
ifndef ONCE
	@$(BIN)/openjpki serve --home $(STORY_HOME)
endif

lab: $(MARK)-run ## make a home with the test cards for a service (CARDS="adult expired" for some of them)
	@test ! -e $(LAB_HOME)/openjpki.json || { \
	  echo "$(LAB_HOME) is a home already and stays as it is. Remove it, or choose another place: make lab LAB_HOME=..."; exit 1; }
	@$(BIN)/openjpki init --home $(LAB_HOME) --test-cards $(CARDS)

# --- checking ----------------------------------------------------------------------------------------------------

$(MARK)-dev: requirements/dev.txt $(MARK)-run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

check: $(MARK)-dev ## style, types, import contracts, and the tests that need no system package (under 5 minutes)
	$(BIN)/ruff format --check src tests tools bench
	$(BIN)/ruff check src tests tools bench
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m tools.traceability
	$(BIN)/python -m django makemigrations --check --dry-run
	$(PYTEST) -m "not slow and not oracle and not interop and not postgres and not web" tests

packages: ## install the Debian packages the full suite needs, where that is allowed
	@tools/packages.sh

test: $(MARK)-dev packages ## everything, on SQLite and on PostgreSQL, with the coverage gates (about 20 minutes on two cores)
	$(MAKE) -j2 static measured
	$(PYTEST) --specimens $(SPECIMENS) -m "not thorough" $(addprefix --ignore=,$(MEASURED)) tests
	PYTHONPATH=. $(PYTEST) -p tests.support.postgres -m "django_db" $(addprefix --ignore=,$(ABOVE_QUERIES)) tests

static: # beside the tests: types are checked on one core
	$(BIN)/ruff format --check src tests tools bench
	$(BIN)/ruff check src tests tools bench
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m tools.traceability
	$(BIN)/python -m django makemigrations --check --dry-run

measured:
	$(BIN)/coverage erase
	$(PYTEST) --specimens $(SPECIMENS) -m "not thorough" --cov --cov-report= $(MEASURED)
	$(BIN)/python tools/coverage_gates.py

test-all: export SPECIMENS = all
test-all: test ## everything, with more Hypothesis examples, a fault after every step of every act, and the fuzzer
	HYPOTHESIS_PROFILE=thorough $(PYTEST) tests/properties
	$(PYTEST) --specimens $(SPECIMENS) -m thorough tests
	$(MAKE) fuzz

fuzz: $(MARK)-dev ## send the card whatever a fuzzer finds by following the coverage (FUZZ_SECONDS for each target)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	$(BIN)/python -m tools.fuzz --seconds $(FUZZ_SECONDS)

fast: $(MARK)-dev ## the unit tests alone
	$(PYTEST) tests/unit

format: $(MARK)-dev ## format the code
	$(BIN)/ruff format src tests tools bench
	$(BIN)/ruff check --fix src tests tools bench

interop-record: $(MARK)-dev packages ## have programs of others use a card, and write what they said into docs/interop.json
	OPENJPKI_INTEROP_RECORD=1 $(BIN)/python -m pytest -q tests/interop
	$(BIN)/python -m tools.make_docs

bench: $(MARK)-dev ## side-by-side measurements, as ratios
	$(BIN)/python bench/run.py

document: $(MARK)-dev ## make the story's document anew (needs Debian's fonts-noto-cjk)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
	$(BIN)/python tools/make_story_document.py

docs: $(MARK)-dev ## draw the pages that come from the code anew
	$(BIN)/python -m tools.make_docs

traceability: $(MARK)-dev ## say which sentence of the page, or rule, no code or test cites
	$(BIN)/python -m tools.traceability

lock: ## renew the hash-pinned requirement files (needs uv)
	tools/lock.sh

clean: ## remove what was built, homes excepted
	rm -rf $(VENV) .coverage* htmlcov .mypy_cache .ruff_cache .hypothesis .fuzz
