# imaging-gateway: everything a developer, a tester or an evaluator types.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# One configuration for tests and demo, so that a clean clone is built once; `make bench` and `make long` use release.
CONFIGURATION ?= debug
PYTHON ?= python3
VENV := .build-venv
RESULTS := .build-e2e
BUILD_PACKAGES := libdcmtk-dev libpng-dev libsqlite3-dev libxml2-dev zlib1g-dev
TEST_PACKAGES := orthanc orthanc-dicomweb python3-venv
E2E := Tests/EndToEndTests
PYTEST := cd $(E2E) && ../../$(VENV)/bin/pytest -p no:cacheprovider -ra

.PHONY: help deps deps-build build release test test-swift test-e2e demo long bench evaluate certs lint format clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Installs what is missing only, so that it asks for no rights on a machine that has everything.
define apt_install
	@missing=""; for package in $(1); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  echo "installing$$missing"; \
	  as_root=""; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	  install() { $$as_root apt-get -q -o DPkg::Lock::Timeout=300 update && $$as_root env DEBIAN_FRONTEND=noninteractive \
	    apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $$missing; }; \
	  install || { echo "once more in 20 s"; sleep 20; install; }; \
	fi
endef

deps-build:
	$(call apt_install,$(BUILD_PACKAGES))

deps: deps-build $(VENV)/ready ## install what building and testing needs (Debian 12; PyPI into .build-venv)
	$(call apt_install,$(TEST_PACKAGES))

$(VENV)/ready: $(E2E)/requirements.txt
	$(call apt_install,python3-venv)
	$(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/pip install -q --disable-pip-version-check -r $< || { sleep 20; $(VENV)/bin/pip install -q -r $<; }
	touch $@

build: deps-build ## build the program (CONFIGURATION=debug|release)
	swift build -c $(CONFIGURATION) --product imaging-gateway

release: deps-build ## build the program as it is deployed
	swift build -c release --product imaging-gateway

test: deps ## everything: Swift tests, then the whole chain against Orthanc, sekmet-fhir and python-hl7
	swift build -c $(CONFIGURATION) --build-tests
	@swift=0; e2e=0; \
	$(MAKE) --no-print-directory test-swift || swift=$$?; \
	$(MAKE) --no-print-directory test-e2e || e2e=$$?; \
	said() { [ "$$1" = 0 ] && echo passed || echo FAILED; }; \
	echo; echo "make test: Swift tests $$(said $$swift), end-to-end tests $$(said $$e2e)"; \
	[ $$swift = 0 ] && [ $$e2e = 0 ]

test-swift: ## the Swift tests that are built (called by make test)
	swift test -c $(CONFIGURATION) --skip-build --disable-xctest 2>&1 | grep -vE '^(◇|↳)|✔ Test (case|")'

test-e2e: $(VENV)/ready ## the end-to-end tests on the program that is built (called by make test)
	$(PYTEST) $(ARGS)

demo: deps ## one order from HL7 to report on this machine, with invented data; nothing is kept
	swift build -c $(CONFIGURATION) --product imaging-gateway
	@cd $(E2E) && ../../$(VENV)/bin/python demo.py

bench: deps release ## figures on the release build, 10 to 15 minutes (ARGS="--only accept,memory --runs 1" for some)
	cd Tests/Benchmarks && IMAGING_GATEWAY_BINARY=$(CURDIR)/.build/release/imaging-gateway \
	  ../../$(VENV)/bin/python run.py --out ../../$(RESULTS)/bench.json $(ARGS)

evaluate: deps release ## the classifier on the official test images of ../shared, through the program
	cd $(E2E) && IMAGING_GATEWAY_BINARY=$(CURDIR)/.build/release/imaging-gateway \
	  ../../$(VENV)/bin/python evaluate_classifier.py --out ../../$(RESULTS)/classifier.json

long: deps release ## the end-to-end tests on the release build, with 30 rounds of SIGKILL at random moments
	IMAGING_GATEWAY_BINARY=$(CURDIR)/.build/release/imaging-gateway IMAGING_GATEWAY_CRASH_ROUNDS=30 \
	  bash -c '$(PYTEST)'

certs: ## a test CA with server and client certificates under certs/made (never committed)
	certs/generate

lint: ## formatting and lint rules of .swift-format
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

format: ## format in place
	swift format format --in-place --recursive --parallel Package.swift Sources Tests

clean: ## remove what was built and measured
	rm -rf .build $(VENV) $(RESULTS) certs/made
