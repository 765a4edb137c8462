package logformat

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDaemons reads logs of daemons that another project collected (testdata/SOURCES.md says which) and
// compares what they say with the goldens beside them. UPDATE=1 writes these anew.
func TestDaemons(t *testing.T) {
	files, err := filepath.Glob("../../testdata/logs/daemons/*.log")
	if err != nil || len(files) == 0 {
		t.Fatalf("no logs: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			log, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, strings.TrimSuffix(file, ".log")+".golden", readText(t, fromBytes(filepath.Base(file), log), Formats))
		})
	}
}

// TestEximArrival holds that what a client says of itself, as its sender or the name that it asks for in TLS, is no
// log-in of another account or address.
func TestEximArrival(t *testing.T) {
	for line, want := range map[string]string{
		`<= "a H=x [198.51.100.1] P=esmtpa A=plain:root S=1"@example.org H=a.example.net (x) [203.0.113.41]:41584 I=[192.0.2.1]:587 P=esmtpsa CV=no SNI="x A=plain:root" A=dovecot_login:joe S=1`: "source=a.example.net/203.0.113.41/41584 proto=tcp service=smtp user=joe",
		`<= <> R=1v7abc-000001-AB H=(x) [203.0.113.41] P=esmtps X=TLS1.3 SNI="x" A=plain:root" S=1`:                                                                                               "benign",
		`<= joe@example.org H=(x) [203.0.113.41] P=esmtpsa L- X=TLS1.3 CV=no A=plain:joe S=1`:                                                                                                     "allowed program=exim source=203.0.113.41 proto=tcp service=smtp user=joe",
		`<= "a`:  "benign",
		`<= "a\`: "benign",
		`<= a@example.org H=(x) [203.0.113.41] P=esmtpsa X="`: "benign",
	} {
		if got := readText(t, fromBytes("a", []byte("2025-10-11 09:02:01 1v7abc-000001-AC "+line+"\n")), Formats); !strings.Contains(got, want) {
			t.Errorf("%s: %s", line, got)
		}
	}
}

// TestDovecotSessions holds that what an authentication worker and a log-in process tell of one client's connection is one
// session, and that each failure which only a worker tells is one of its own.
func TestDovecotSessions(t *testing.T) {
	const log = `2025-10-10T11:10:00+00:00 mx1 dovecot: auth-worker(2233): sql(alice,203.0.113.31): unknown user
2025-10-10T11:10:00+00:00 mx1 dovecot: auth-worker(2233): sql(alice,203.0.113.31): unknown user
2025-10-10T11:10:01+00:00 mx1 dovecot: pop3-login: Disconnected (auth failed, 2 attempts in 9 secs): user=<alice>, method=PLAIN, rip=203.0.113.31, lip=192.0.2.25, session=<abf>
2025-10-10T11:10:02+00:00 mx1 dovecot: auth-worker(2233): sql(alice,203.0.113.31): unknown user
2025-10-10T11:10:02+00:00 mx1 dovecot: pop3-login: Disconnected (auth failed, 1 attempts in 9 secs): user=<alice>, method=PLAIN, rip=203.0.113.32, lip=192.0.2.25, session=<abg>
2025-10-10T11:20:00+00:00 mx1 dovecot: pop3-login: Disconnected (auth failed, 1 attempts in 9 secs): user=<alice>, method=PLAIN, rip=203.0.113.31, lip=192.0.2.25, session=<abh>
`
	var sessions []uint64
	if _, err := Read(t.Context(), fromBytes("a", []byte(log)), 0, NewClock(time.UTC, 2000), Formats, func(r *Record) error {
		sessions = append(sessions, r.Event.Session)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for i, s := range sessions {
		for j, other := range sessions[:i] {
			if one := i == 2 && j == 1; (s == other) != one {
				t.Errorf("lines %d and %d: one session: %v", j+1, i+1, s == other)
			}
		}
	}
}
