// Command practicum turns security logs into a numbered, scored, evidenced incident report.
//
// The command only puts things together: it finds the logs, asks package config for the options,
// package analysis/pipeline for the report and package render for its bytes, and writes them. What
// decides anything belongs into those packages.
//
// To add a command: a function like newFormats in a file of its own, a line in newRoot, and a
// script in testdata/script. Its examples are run by the tests as they stand, from the root of
// the repository.
package main

import (
	"os"
	"time"
	_ "time/tzdata" // so that --tz means the same on a machine without a database of zones
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ(), time.Now()))
}
