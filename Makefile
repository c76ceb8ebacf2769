# imaging-gateway: everything a developer, a tester or an evaluator types.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# One configuration for tests and demo, so that a clean clone is built once; `make bench` and `make long` use release.
CONFIGURATION ?= debug
PYTHON ?= python3
VENV := .build-venv
RESULTS := .build-e2e
BUILD_PACKAGES := libdcmtk-dev libopenjp2-7-dev libpng-dev libsqlite3-dev libssl-dev libxml2-dev zlib1g-dev
# Partners and judges: archive, syslog receiver with TLS, a token for keys, a second RELAX NG engine, PDF.
TEST_PACKAGES := orthanc orthanc-dicomweb python3-venv rsyslog rsyslog-gnutls softhsm2 opensc \
	libengine-pkcs11-openssl jing weasyprint openssl gcc libc6-dev dcmtk \
	dicom3tools tesseract-ocr tesseract-ocr-eng libopenjp2-tools
E2E := Tests/EndToEndTests
# A test that hangs ends with the place it hangs at instead of taking the whole run with it.
# Files run beside each other, each worker with a hospital of its own: the tests wait more than they compute.
PYTEST = cd $(E2E) && ../../$(VENV)/bin/pytest -p no:cacheprovider -ra --timeout $(TEST_SECONDS) -n $(WORKERS) --dist loadfile
TEST_SECONDS := 600
WORKERS ?= 3

DEMO := .build-demo
CERTIFICATES := certs/made

.PHONY: help deps deps-build swift build release test test-swift test-e2e demo long bench bench-deidentify bench-network evaluate certs lint \
	lint-containers format clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Installs what is missing only, so that it asks for no rights on a machine that has everything; without the rights it
# says what to install.
define apt_install
	@command -v dpkg-query >/dev/null || { echo "this is no Debian: install what corresponds to $(1)"; exit 1; }; \
	missing=""; for package in $(1); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  as_root=""; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	  if [ -n "$$as_root" ] && { ! command -v sudo >/dev/null || { ! [ -t 0 ] && ! sudo -n true 2>/dev/null; }; }; then \
	    echo "Missing:$$missing"; echo "They need an administrator:"; echo "    apt-get install$$missing"; exit 1; fi; \
	  echo "installing$$missing"; \
	  install() { $$as_root apt-get -q -o DPkg::Lock::Timeout=300 update && $$as_root env DEBIAN_FRONTEND=noninteractive \
	    apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $$missing; }; \
	  install || { echo "once more in 20 s"; sleep 20; install; }; \
	fi
endef

# The build's own lines on a terminal; elsewhere (a log) one line for each tenth of the work.
define swift_build
	@if [ -t 1 ]; then swift build -c $(CONFIGURATION) --product imaging-gateway; else \
	  swift build -c $(CONFIGURATION) --product imaging-gateway 2>&1 | awk ' \
	    match($$0, /^\[[0-9]+\/[0-9]+\]/) { split(substr($$0, 2, RLENGTH - 2), n, "/"); \
	      tenth = int(10 * n[1] / n[2]); if (tenth > last && n[2] > 99) { last = tenth; printf "building %d %%\n", 10 * tenth; fflush() } next } \
	    /^(Fetching|Fetched|Computing|Computed|Creating|Working|Updating|Updated|Write|warning: .swift-)/ || /CMakeLists.txt$$/ { next } \
	    { print; fflush() }'; fi
endef

swift:
	@command -v swift >/dev/null || { echo "Swift is missing: install Swift 6.3 for Debian 12 (swift.org/install/linux)"; \
	  echo "and put its usr/bin on PATH."; exit 1; }
	@swift --version 2>/dev/null | grep -qE 'Swift version (6\.([3-9]|[1-9][0-9])|[7-9]|[1-9][0-9])' || { \
	  echo "Swift 6.3 or later is needed; this is: $$(swift --version 2>/dev/null | head -1)"; exit 1; }

deps-build: swift
	$(call apt_install,$(BUILD_PACKAGES))

deps: deps-build $(VENV)/ready ## install what building and testing needs (Debian 12; PyPI into .build-venv)
	$(call apt_install,$(TEST_PACKAGES))

$(VENV)/ready: $(E2E)/requirements.txt
	$(call apt_install,python3-venv)
	$(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/pip install -q --disable-pip-version-check -r $< || { sleep 20; $(VENV)/bin/pip install -q -r $<; }
	touch $@

build: deps-build ## build the program (CONFIGURATION=debug|release)
	$(swift_build)

release: deps-build ## build the program as it is deployed
	swift build -c release --product imaging-gateway
	swift build -c release --product audit-verifier

test: deps ## everything: Swift tests, then the whole chain against Orthanc, sekmet-fhir and python-hl7
	swift build -c $(CONFIGURATION) --build-tests
	@swift=0; e2e=0; \
	$(MAKE) --no-print-directory test-swift || swift=$$?; \
	$(MAKE) --no-print-directory test-e2e || e2e=$$?; \
	said() { [ "$$1" = 0 ] && echo passed || echo FAILED; }; \
	echo; echo "make test: Swift tests $$(said $$swift), end-to-end tests $$(said $$e2e)"; \
	[ $$swift = 0 ] && [ $$e2e = 0 ]

# What computes for minutes, or waits for a child process, runs by itself: it would starve tests that wait for a socket.
ALONE := ^(DICOMTests|SecondOpinionTests|DeidentificationTests|FileDeidentificationTests|TextDetectionTests|DecodeWorkerTests)\.|MultipartFuzz

# Should the test process ever trap, its log names the place.
test-swift: export SWIFT_BACKTRACE := enable=yes,interactive=no,color=no,images=none,registers=none,threads=crashed,limit=40,top=4
test-swift: export SOFTHSM2_CONF := $(CURDIR)/.build/softhsm2.conf
test-swift: ## the Swift tests that are built (called by make test)
	swift test -c $(CONFIGURATION) --skip-build --disable-xctest --skip '$(ALONE)' 2>&1 | grep -vE '^(◇|↳)|✔ Test (case|")'
	swift test -c $(CONFIGURATION) --skip-build --disable-xctest --filter '$(ALONE)' 2>&1 | grep -vE '^(◇|↳)|✔ Test (case|")'

test-e2e: $(VENV)/ready ## the end-to-end tests on the program that is built (called by make test)
	$(PYTEST) $(ARGS)

demo: deps-build $(if $(TLS),$(CERTIFICATES)/ready) ## orders become reports on this machine, in a pretend hospital (TLS=1: mutual TLS)
	$(swift_build)
	@.build/$(CONFIGURATION)/imaging-gateway demo --out $(DEMO) $(if $(TLS),--tls $(CERTIFICATES)) $(ARGS)

# Made anew when a day is all they have left.
$(CERTIFICATES)/ready: $(shell openssl x509 -checkend 86400 -noout -in $(CERTIFICATES)/ca.pem >/dev/null 2>&1 || echo certs)
	@touch $@

bench: deps release ## figures on the release build, 10 to 15 minutes (ARGS="--only accept,memory --runs 1" for some)
	$(VENV)/bin/pip install -q --disable-pip-version-check -r Tests/Benchmarks/requirements.txt
	IMAGING_GATEWAY_BENCHMARKS=1 swift build -c release --product hl7-parse
	IMAGING_GATEWAY_BENCHMARKS=1 swift build -c release --product network-forward
	IMAGING_GATEWAY_BENCHMARKS=1 swift build -c release --product decode-frames
	cd Tests/Benchmarks && IMAGING_GATEWAY_BINARY=$(CURDIR)/.build/release/imaging-gateway \
	  ../../$(VENV)/bin/python run.py --out ../../$(RESULTS)/bench.json $(ARGS)

bench-deidentify: deps release ## de-identification of files beside dicom-anonymizer, gdcmanon and dcmanon, five minutes
	$(VENV)/bin/pip install -q --disable-pip-version-check dicom-anonymizer==2.1.0 dcmanon==0.3.1
	cd Tests/Benchmarks && IMAGING_GATEWAY_BINARY=$(CURDIR)/.build/release/imaging-gateway \
	  ../../$(VENV)/bin/python run.py --only deidentify --out ../../$(RESULTS)/deidentify.json $(ARGS)

bench-network: deps-build $(VENV)/ready ## the classifier's network alone beside ONNX Runtime, two minutes (ARGS="--rounds 30")
	$(VENV)/bin/pip install -q --disable-pip-version-check -r Tests/Benchmarks/requirements.txt
	IMAGING_GATEWAY_BENCHMARKS=1 swift build -c release --product network-forward
	$(VENV)/bin/python Tests/Benchmarks/network.py .build/release/network-forward --out $(RESULTS)/network.json $(ARGS)

evaluate: deps release ## the classifier on the official test images of ../shared, through the program
	cd $(E2E) && IMAGING_GATEWAY_BINARY=$(CURDIR)/.build/release/imaging-gateway \
	  ../../$(VENV)/bin/python evaluate_classifier.py --out ../../$(RESULTS)/classifier.json

MODEL := Sources/ImageClassifier/Models/chest-pneumonia-kermany
CARD := .build-card
# Figures of evaluate.py for these weights; those that the model's folder has already where none are given.
TRAINING_FIGURES ?=

.PHONY: model-card
model-card: deps release ## the model card anew: the program on ../shared as DICOM, then every page (TRAINING_FIGURES=report.json)
	BINARY=$(CURDIR)/.build/release/imaging-gateway PYTHON=$(CURDIR)/$(VENV)/bin/python \
	  $(E2E)/model-card.sh $(MODEL) $(CARD) $(TRAINING_FIGURES)

long: TEST_SECONDS := 7200
long: deps release ## more than 10 million fuzzed inputs; end-to-end tests on the release build, 30 rounds of SIGKILL
	swift build -c $(CONFIGURATION) --build-tests
	IMAGING_GATEWAY_FUZZ=long swift test -c $(CONFIGURATION) --skip-build --disable-xctest \
	  --filter 'FuzzTests|V2XMLMutationTests|FrameDecoderFuzz'
	IMAGING_GATEWAY_BINARY=$(CURDIR)/.build/release/imaging-gateway IMAGING_GATEWAY_CRASH_ROUNDS=30 \
	  bash -c '$(PYTEST)'

certs: ## a test CA with server and client certificates under certs/made (never committed)
	$(call apt_install,openssl)
	@certs/generate $(CERTIFICATES)

lint: ## formatting and lint rules of .swift-format
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

lint-containers: $(VENV)/ready ## Dockerfile and compose.yaml against hadolint and the Compose specification
	$(VENV)/bin/hadolint Dockerfile
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

format: ## format in place
	swift format format --in-place --recursive --parallel Package.swift Sources Tests

clean: ## remove what was built and measured
	rm -rf .build $(CARD) $(VENV) $(RESULTS) $(DEMO) $(CERTIFICATES)
