package analysis_test

import (
	"testing"

	"practicum/analysis"
)

func TestLogName(t *testing.T) {
	for file, want := range map[string]string{
		"auth.log":               "auth.log",
		"auth.log.1":             "auth.log",
		"var/log/auth.log.12.gz": "var/log/auth.log",
		"messages-20261101.xz":   "messages",
		"access.log-20261101.gz": "access.log",
		"access.20261101":        "access",
		"access.log.gz":          "access.log",
		"2000.log":               "2000.log",
		".1":                     ".1",
		"host-17":                "host-17",
		"ex001231.log":           "ex001231.log",
		"10.0.0.1/firewall":      "10.0.0.1/firewall",
		"logs.2026/-20261101":    "logs.2026/-20261101",
		"pfirewall.log.old":      "pfirewall.log.old",
		"u_ex-123456789":         "u_ex-123456789",
	} {
		if got := analysis.LogName(file); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
}
