// Command workload writes a synthetic log, for benchmarks: workload KIND BYTES [SEED].
package main

import (
	"fmt"
	"os"
	"strconv"

	"practicum/analysis/workload"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "workload:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 || len(args) > 3 {
		return fmt.Errorf("give the kind of log, how many bytes, and a seed if you like: workload mixed 1000000 1")
	}
	kind, ok := workload.Named(args[0])
	if !ok {
		return fmt.Errorf("there is no kind of log %q", args[0])
	}
	size, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil || size <= 0 {
		return fmt.Errorf("%q is no number of bytes", args[1])
	}
	seed := uint64(1)
	if len(args) == 3 {
		if seed, err = strconv.ParseUint(args[2], 10, 64); err != nil {
			return fmt.Errorf("%q is no seed", args[2])
		}
	}
	return kind.Write(os.Stdout, seed, size)
}
