package main

import (
	"os/exec"
	"testing"
	"time"
)

// BenchmarkSeed is the whole command over the founding logs, from its start to its end: what somebody waits for who tries it, or runs it
// over a small log. "first" writes into an empty folder, "again" over the report that is there.
func BenchmarkSeed(b *testing.B) {
	seed := func(b *testing.B, dir string) time.Duration {
		cmd := exec.Command("practicum", "report", "--quiet", "--history", "none", "--config", "testdata/founding.yaml", "-o", dir, "testdata/logs/founding")
		cmd.Dir = "../.."
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	for _, name := range []string{"first", "again"} {
		b.Run(name, func(b *testing.B) {
			dir := b.TempDir()
			seed(b, dir)
			var cpu time.Duration
			for b.Loop() {
				if name == "first" {
					b.StopTimer()
					dir = b.TempDir()
					b.StartTimer()
				}
				cpu += seed(b, dir)
			}
			b.ReportMetric(float64(cpu.Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}
