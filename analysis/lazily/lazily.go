// Package lazily compiles regular expressions when they are first asked for. The command has a hundred of them, and most runs want
// few: compiled at the start of the process they took a third of the time of `practicum --version`.
package lazily

import (
	"regexp"
	"sync"
)

// Regexp gives a function that compiles the expression on its first call, in whatever goroutine, and gives the same Regexp on every
// call. An expression that is none panics then, as regexp.MustCompile does. It is for variables of packages and wants a constant:
// TestExpressions compiles them all, so that one that is none is found before a user finds it.
func Regexp(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
