# Shortcuts; each is one command that can be typed as well.

FUZZTIME ?= 30s

.PHONY: report test lint fuzz bench clean

report: ## the founding logs as a report in ./report
	go run ./cmd/practicum report --config testdata/founding.yaml -o report testdata/logs/founding

test: ## every check, as continuous integration runs it
	./scripts/test.sh

lint:
	test -z "$$(gofmt -l . | tee /dev/stderr)"
	go vet ./... ./testdata/shapes

fuzz: ## every fuzz target for FUZZTIME each
	@grep -rl --include='*_test.go' '^func Fuzz' . | xargs -r -n1 dirname | sort -u | while read -r dir; do \
		grep -ho '^func Fuzz[A-Za-z0-9_]*' "$$dir"/*_test.go | sed 's/^func //' | while read -r name; do \
			echo "$$dir $$name"; \
			go test "$$dir" -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) </dev/null || exit 1; \
		done || exit 1; \
	done

bench: ## ten rounds, for benchstat
	go test -run '^$$' -bench . -benchmem -count 10 ./...

clean:
	rm -rf report
