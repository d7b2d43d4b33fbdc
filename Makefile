# The front door. `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
SECONDS_EACH ?= 60

.PHONY: help
help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}' | sed 's/:[^#]*make/make/'

.PHONY: deps
deps: ## install the packages the build needs (quiet when none is missing)
	@tools/deps

.PHONY: build
build: deps ## the release binary, build/release/pratique
	@cmake --preset release -DPRATIQUE_TESTS=OFF $(CMAKE_FLAGS) >/dev/null
	@cmake --build --preset release -j $(JOBS) --target pratique
	@ln -sf src/app/cli/pratique build/release/pratique

.PHONY: demo
demo: build ## build, then the program's main job on the demo's input
	@demo/run

.PHONY: dev
dev: deps ## build everything with AddressSanitizer and UBSan
	@cmake --preset dev $(CMAKE_FLAGS) >/dev/null
	@cmake --build --preset dev -j $(JOBS)

.PHONY: test
test: dev ## unit, golden and integration tests, layer check
	@ctest --test-dir build/dev -j $(JOBS) -LE 'conformance|e2e' --output-on-failure --no-tests=error $(CTEST_FLAGS)

.PHONY: conformance
conformance: dev ## the tests over third-party data beside the checkout (skipped where it is absent)
	@ctest --test-dir build/dev -j $(JOBS) -L conformance --output-on-failure --no-tests=error $(CTEST_FLAGS)

.PHONY: e2e
e2e: build ## the README's commands and the release binary as a user runs it
	@python3 -m unittest discover -s tests/e2e -p '*_test.py' $(E2E_FLAGS)

.PHONY: kernels
kernels: dev ## the kernel inventory on Debian's kernels from 5.10 on, in small machines (QEMU)
	@ctest --test-dir build/dev -L e2e --output-on-failure --no-tests=error $(CTEST_FLAGS)

.PHONY: tsan
tsan: deps ## the unit tests with ThreadSanitizer
	@cmake --preset tsan $(CMAKE_FLAGS) >/dev/null
	@cmake --build --preset tsan -j $(JOBS)
	@ctest --test-dir build/tsan -j $(JOBS) -L unit --output-on-failure --no-tests=error

.PHONY: format
format: ## format every C++ source
	@git ls-files '*.cpp' '*.h' | xargs clang-format -i

.PHONY: check
check: ## formatting (layers and facts are among the tests)
	@git ls-files '*.cpp' '*.h' | xargs clang-format --dry-run -Werror

.PHONY: tidy
tidy: deps ## clang-tidy over every source
	@cmake --preset tidy >/dev/null
	@cmake --build --preset tidy -j $(JOBS)

.PHONY: bench
bench: build ## the figures of docs/performance.md
	@cmake --preset release -DPRATIQUE_TESTS=OFF -DPRATIQUE_BENCH=ON >/dev/null
	@cmake --build --preset release -j $(JOBS)
	@bench/run

.PHONY: bench-smoke
bench-smoke: build ## the inventory's benchmark at 20,000 artifacts: that it runs and adds up, not how fast
	@cmake --preset release -DPRATIQUE_TESTS=OFF -DPRATIQUE_BENCH=ON >/dev/null
	@cmake --build --preset release -j $(JOBS) --target bench_inventory
	@PRATIQUE_BENCH_ARTIFACTS=20000 build/release/bench/bench_inventory 2>/dev/null

.PHONY: fuzz
fuzz: deps ## every fuzz target for SECONDS_EACH seconds (60)
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz -j $(JOBS)
	@fuzz/run $(SECONDS_EACH)

.PHONY: install
install: build ## into PREFIX (/usr/local): the program, kubectl-pratique, manual, completion, facts
	@install -D -m 755 build/release/pratique '$(DESTDIR)$(PREFIX)/bin/pratique'
	@ln -sf pratique '$(DESTDIR)$(PREFIX)/bin/kubectl-pratique'
	@install -d '$(DESTDIR)$(PREFIX)/share/man/man1' '$(DESTDIR)$(PREFIX)/share/bash-completion/completions' '$(DESTDIR)$(PREFIX)/share/pratique/facts'
	@build/release/pratique docs man > '$(DESTDIR)$(PREFIX)/share/man/man1/pratique.1'
	@build/release/pratique completion bash > '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/pratique'
	@install -m 644 facts/*.json '$(DESTDIR)$(PREFIX)/share/pratique/facts/'

.PHONY: clean
clean: ## remove build/ and the demo's state
	@rm -rf build demo/.state
