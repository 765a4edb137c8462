package main

import (
	"testing"

	"practicum/analysis/lazily"
)

// TestExpressions compiles the regular expressions of the whole command, which are compiled when they are first wanted: one that is
// none would stop a user's run otherwise.
func TestExpressions(t *testing.T) {
	if n := lazily.CompileAll(); n < 100 {
		t.Errorf("%d regular expressions; those of all packages are more than 100", n)
	}
}
