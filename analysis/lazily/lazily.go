// Package lazily compiles regular expressions when they are first asked for. The command has a hundred of them, and most runs want
// few: compiled at the start of the process they took as long as everything else that `practicum --version` does.
package lazily

import (
	"regexp"
	"sync"
)

var all []func() *regexp.Regexp

// Regexp gives a function that compiles the expression on its first call, in whatever goroutine, and gives the same Regexp on every
// call. An expression that is none panics then, as regexp.MustCompile does. It is for variables of packages.
func Regexp(expr string) func() *regexp.Regexp {
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
	all = append(all, compiled)
	return compiled
}

// CompileAll compiles all expressions that Regexp was given and says how many there are. It is for tests, which should find an
// expression that is none before a user does.
func CompileAll() int {
	for _, compiled := range all {
		compiled()
	}
	return len(all)
}
