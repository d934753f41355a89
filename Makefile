# Every target with a ## comment is shown by make help.

FUZZTIME ?= 20s
BENCH ?= .

.DEFAULT_GOAL := help
.PHONY: help build profile run test race lint generate verify bench gobench fuzz differential e2e openstack clean

help: ## Show this list
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  %-12s %s\n", $$1, $$2 }'

build: ## Build bin/lintel, optimised by the profile of a loaded one
	go build -trimpath -pgo=cmd/lintel/release.pgo -o bin/lintel ./cmd/lintel

profile: ## Make that profile anew: load of three kinds, a few minutes
	bench/run.sh -profile "$(CURDIR)/cmd/lintel/release.pgo" -only "lintel engine" -kinds "GET,POST 10 KB,TLS" -rounds 1 -time 10s -idle 0 -instructions off

run: build ## Build, start everything embedded, prepare a demonstration API and print what to paste
	bin/lintel demo

test: ## Start the engines and run every test; under CI=true a missing engine is a failure
	scripts/test.sh

race: ## Run the tests of single packages under the race detector: make race PKG=./internal/store/...
	go test -race -count=1 $(or $(PKG),./...)

lint: ## Check format, vet, modules, staticcheck and known vulnerabilities
	scripts/lint.sh

generate: ## Rewrite what is made from code: docs/operate/settings.md, docs/errors.md, docs/errors.zh.md
	go test ./internal/config -count=1 -run TestSettingsDocument -update
	go test ./internal/app -count=1 -run TestErrorsDocument -update

verify: generate ## Fail when something that is made from code is out of date
	git diff --exit-code -- docs

bench: ## Load the gateway beside nginx in one run, about 4 minutes; installs nginx, wrk, perf, valgrind
	bench/run.sh $(BENCHFLAGS)

gobench: ## Run the Go benchmarks: make gobench BENCH=AccessRecord
	go test -run '^$$' -bench '$(BENCH)' -benchmem ./...

fuzz: ## Run every fuzz target for FUZZTIME (20s)
	scripts/fuzz.sh $(FUZZTIME)

differential: ## Compare with net/http, nginx and haproxy byte by byte, then fuzz for 3 × FUZZTIME
	scripts/differential.sh $(FUZZTIME) $(DIFFARGS)

e2e: ## Run the tests of the built binary
	go test -count=1 ./test/e2e/...

openstack: ## Drive a fresh platform with the openstack command (Debian: python3-openstackclient), a minute
	scripts/openstack.sh

clean: ## Stop the engines and remove what was built
	scripts/engines.sh stop
	rm -rf bin .cache
