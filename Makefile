# telekap: everything a newcomer or a continuous-integration machine needs. Only Python ≥ 3.11 and make must be there.

PYTHON ?= python3
PORT   ?= 8000
DATA   ?= data/demo
SPEED  ?= 1
KILLS  ?= 200
PAIRS  ?= 500
CUTS   ?= 1000
SEED   ?= 1

VENV    := .venv
PY      := $(VENV)/bin/python

export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Where it is set, each of some hundred processes of the tests compiles two hundred modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: bench-restore storm proof walk api-fuzz help demo serve test check fix lock clean chromium shell firefox coturn strace screens bench-media chaos races bench-watch bench-record bench-pages story story-firefox story-cockpit slow bad-lines coming-back browsers

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.run ## a running clinic with six people at http://localhost:8000 (PORT= DATA= SPEED=)
	@exec $(PY) -m telekap demo --port "$(PORT)" --data "$(DATA)" --speed "$(SPEED)"

serve: $(VENV)/.run ## a clinic without demo data; says what is missing (settings: TELEKAP_*)
	@exec $(PY) -m telekap serve

test: $(VENV)/.ok node_modules/.ok chromium shell firefox coturn strace ## all tests, also those in a real Chromium and Firefox (installs what they need)
	@TELEKAP_CHROMIUM="$$(.ci/tool chromium)" TELEKAP_SHELL="$$(.ci/tool shell 2> /dev/null)" \
	  TELEKAP_FIREFOX="$$(.ci/tool firefox)" .ci/test $(PYTEST)

screens: $(VENV)/.ok chromium ## a picture of every screen of every page, to be looked at: screens/index.html
	@TELEKAP_CHROMIUM="$$(.ci/tool chromium)" $(PY) -m tests.pages.screens screens $(SCREENS)

proof: $(VENV)/.ok ## walk every state of the rules, then take each guard away and see a test notice (half an hour; PROOF="--help")
	@nice $(PY) -m tests.care.proof.prove $(PROOF)

walk: $(VENV)/.ok ## walk every state of the rules and write down what was found: make test believes it until a rule changes
	@nice $(PY) -m tests.care.proof.walked --write
	@$(PY) -m pytest -q tests/care/proof/test_walk_of_every_state.py

.PHONY: stateful
stateful: $(VENV)/.ok ## anybody does anything through HTTP on both engines, held against the rules (EXAMPLES=40)
	@TELEKAP_STATEFUL="$(or $(EXAMPLES),40)" $(PY) -m pytest tests/stateful

bench-record: $(VENV)/.ok ## what recording costs on both engines, beside bare SQLite and plain psycopg (a quiet machine)
	@$(PY) -m bench.record $(BENCH)

bench-restore: $(VENV)/.ok ## what a lost disk costs with 200,000 facts: backup, restore, first start; one line of JSON
	@$(PY) -m bench.restore $(BENCH)

bad-lines: $(VENV)/.ok chromium ## real pages on bad lines and whether the bars are kept; writes docs/bad-lines.md (a quiet machine)
	@TELEKAP_CHROMIUM="$$(.ci/tool chromium)" $(PY) -m bench.bad_lines --report docs/bad-lines.md

browsers: $(VENV)/.ok chromium firefox ## Chromium and Firefox in one room, each with each; writes docs/browsers.md (a quiet machine)
	@TELEKAP_CHROMIUM="$$(.ci/tool chromium)" TELEKAP_FIREFOX="$$(.ci/tool firefox)" $(PY) -m bench.browsers --report docs/browsers.md

coming-back: $(VENV)/.ok chromium ## real pages after cuts, moves, kills and reloads, and how fast they are back; writes docs/coming-back.md (a quiet machine)
	@TELEKAP_CHROMIUM="$$(.ci/tool chromium)" $(PY) -m bench.coming_back --report docs/coming-back.md

bench-media: $(VENV)/.ok ## what forwarding costs here, beside aiortc's relay and Janus if installed (needs gcc; a quiet machine)
	@$(PY) -m bench.media $(BENCH)

chaos: $(VENV)/.ok ## kill web 200 times in live sessions (KILLS= SEED=); one line of JSON, and docs/chaos.json
	@$(PY) -m tests.chaos.run --kills "$(KILLS)" --seed "$(SEED)" --report docs/chaos.json

storm: $(VENV)/.ok ## kill web under 2,000 open pages that all come back within 10 s; one line of JSON (a quiet machine; STORM="--pages 500")
	@$(PY) -m tests.live.storm $(STORM)

slow: $(VENV)/.ok ## the tests that take a minute: the bus away for 60 s, the power cut at 500 moments, a month of sessions
	@TELEKAP_SLOW=1 $(PY) -m pytest tests/live/test_two_nodes.py tests/record/test_fsync.py tests/record/test_slow_line.py \
	  tests/watch/test_a_month.py

story: $(VENV)/.ok chromium ## the whole story by hand: seven people, seven windows, from the first call to the signature
	@TELEKAP_CHROMIUM="$$(.ci/tool chromium)" $(PY) -m pytest --log-cli-level=INFO tests/pages/story_by_hand.py -k chromium

story-cockpit: $(VENV)/.ok chromium ## each further form of the cockpit, pressed in a live session: booster, readings, duties, by keyboard
	@TELEKAP_CHROMIUM="$$(.ci/tool chromium)" $(PY) -m pytest --log-cli-level=INFO tests/pages/cockpit_by_hand.py

story-firefox: $(VENV)/.ok node_modules/.ok chromium firefox ## the same with the support person's page in a phone-sized Firefox
	@TELEKAP_CHROMIUM="$$(.ci/tool chromium)" TELEKAP_FIREFOX="$$(.ci/tool firefox)" \
	  $(PY) -m pytest --log-cli-level=INFO tests/pages/story_by_hand.py -k firefox

races: $(VENV)/.ok ## 500 pairs of each race on each engine, 1,000 cut streams and hang-ups (PAIRS= CUTS=)
	@TELEKAP_PAIRS="$(PAIRS)" TELEKAP_CUTS="$(CUTS)" TELEKAP_STOPPED=30 $(PY) -m pytest \
	  tests/chaos/test_races.py tests/chaos/test_pause.py tests/chaos/test_two_processes.py tests/live/test_hostile_readers.py

bench-pages: $(VENV)/.ok chromium ## weight on the wire of each page and when it can be used on a slow processor; writes docs/pages.md (a quiet machine)
	@TELEKAP_CHROMIUM="$$(.ci/tool chromium)" $(PY) -m bench.pages --report docs/pages.md $(BENCH)

bench-watch: $(VENV)/.ok ## how late 10,000 deadlines in 60 s are served, beside peers; one line of JSON
	@$(PY) bench/watch.py

api-fuzz: $(VENV)/.ok ## ask everything of the interface as everybody, for some minutes (EXAMPLES=40)
	@$(PY) -m tests.web.fuzzing $(or $(EXAMPLES),40)

check: $(VENV)/.ok node_modules/.ok ## format, lint, types of Python and JavaScript, imports, locks
	@.ci/check

fix: $(VENV)/.ok ## repair format and what the linter can repair by itself
	@$(PY) -m ruff format . && $(PY) -m ruff check --fix .

lock: $(VENV)/.ok ## write the hash-locked dependency files anew from pyproject.toml and package.json
	@.ci/lock

clean: ## remove environment, caches and what tests left; never data/
	@rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

chromium firefox coturn strace:
	@.ci/tool $@ --install > /dev/null

shell: # where there is none the pages are shown by the whole browser
	@.ci/tool $@ --install > /dev/null 2>&1 || true

# Stamps: a lock that did not change costs nothing on the next start.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("telekap needs Python 3.11 or newer; name one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	@echo "Installing what a clinic needs (once) ..."
	@$(PY) -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.ok: requirements-dev.lock | $(VENV)/bin/python
	@echo "Installing what the tests need (once) ..."
	@$(PY) -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.run

node_modules/.ok: package.json package-lock.json | $(VENV)/.ok
	@.ci/node npm ci --silent --no-audit --no-fund
	@touch $@
