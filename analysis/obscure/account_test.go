package obscure

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"practicum/analysis/logformat"
)

// copied makes the obscured copy of a log, and says how its lines are read.
func copied(t *testing.T, m *Map, log string) (text string, lost int) {
	t.Helper()
	l, err := m.Collect(context.Background(), logOf(log), logformat.NewClock(time.UTC, 2026), logformat.Formats)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if lost, err = m.Write(context.Background(), l, &out, m.Search(true)); err != nil {
		t.Fatal(err)
	}
	if leaks := m.Search(true).In(out.String()); len(leaks) > 0 {
		t.Errorf("left in the copy: %v", leaks)
	}
	return out.String(), lost
}

func logOf(text string) logformat.Input {
	return logformat.Input{Path: "log", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

// readings are the lines of a log's records and what they are read as.
func readings(t *testing.T, log string) (list []string) {
	t.Helper()
	_, err := logformat.Read(context.Background(), logOf(log), 0, logformat.NewClock(time.UTC, 2026), logformat.Formats, func(r *logformat.Record) error {
		reading := fmt.Sprint(r.Lines, r.Class, r.Format)
		if r.Event != nil {
			reading += fmt.Sprint(r.Event.Action, r.Event.Source.IP.IsValid(), r.Event.Program, r.Event.User == "", r.Event.Other == "")
		}
		list = append(list, reading)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func accounts(t *testing.T) *Map {
	return testMap(Options{
		Keep:    func(name string) bool { return name == "root" },
		Guessed: func(name string) bool { return name == "admin" || name == "alice" },
	})
}

// TestAccounts holds that the name of an account that one record has is in no line of the copy, whatever log format reads it, and that
// each line is read as before. In the log, all such names begin with userz.
func TestAccounts(t *testing.T) {
	log, err := os.ReadFile("testdata/accounts.log")
	if err != nil {
		t.Fatal(err)
	}
	text, lost := copied(t, accounts(t), string(log))
	for i, line := range strings.Split(text, "\n") {
		if strings.Contains(line, "userz") || strings.Contains(line, "DOMZ") || strings.Contains(line, "WKSTNZ") {
			t.Errorf("line %d: an account is left: %s", i+1, line)
		}
	}
	if lost > 0 || strings.Contains(text, LeftOut) {
		t.Errorf("%d lines are left out", lost)
	}
	if !strings.Contains(text, "(to root)") || !strings.Contains(text, "for alice from") || !strings.Contains(text, "user admin from") {
		t.Error("names that are nobody's do not stay")
	}
	if before, after := readings(t, string(log)), readings(t, text); !slices.Equal(before, after) {
		t.Errorf("the copy is read otherwise:\n%s\nbefore:\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
}

// TestOrdinaryNames holds that accounts that are called like words of the logs keep no line from being read, and that their names are
// replaced where they are read.
func TestOrdinaryNames(t *testing.T) {
	const head = "Oct 12 05:00:00 gw "
	var log strings.Builder
	for _, name := range []string{"for", "from", "failed", "sshd", "Failed", "GET", "Oct", "port", "password", "gw", "kernel", "HTTP", "left", "out", "user", "ssh2", "mark", "cafe", "x-y.z"} {
		fmt.Fprintf(&log, head+"sshd[1]: Failed password for invalid user %s from 203.0.113.90 port 21 ssh2\n", name)
		fmt.Fprintf(&log, head+"sshd[2]: Accepted password for %s from 203.0.113.90 port 21 ssh2\n", name)
		fmt.Fprintf(&log, head+"sshd[3]: User %s from 203.0.113.8 not allowed because not listed in AllowUsers\n", name)
		fmt.Fprintf(&log, head+"su[4]: BAD SU %s to root on /dev/pts/2\n", name)
		fmt.Fprintf(&log, head+"su[5]: message repeated 2 times: [ FAILED SU (to root) %s on pts/0]\n", name)
		fmt.Fprintf(&log, "203.0.113.44 - %s [12/Oct/2026:06:00:10 +0000] \"GET /.env?for=from HTTP/1.1\" 401 153 \"-\" \"password left 2001:db8::cafe\"\n", name)
	}
	log.WriteString(head + "kernel: nobody knows what this says\n")
	text, lost := copied(t, accounts(t), log.String())
	if before, after := readings(t, log.String()), readings(t, text); !slices.Equal(before, after) || lost > 0 {
		t.Errorf("the copy is read otherwise, %d lines are left out:\n%s", lost, text)
	}
	for _, name := range []string{"for", "from", "failed", "GET", "Oct", "port", "ssh2", "mark", "cafe", "x-y.z"} {
		for _, place := range []string{"for invalid user %s from", "password for %s from", "User %s from", "BAD SU %s to", "(to root) %s on", "- %s ["} {
			if left := fmt.Sprintf(place, name); strings.Contains(text, left) {
				t.Errorf("left: %s", left)
			}
		}
	}
	for _, stays := range []string{`"GET /.env?for=from HTTP/1.1" 401 153 "-" "password left 2001:db8:`, "Failed password for invalid user", "port 21 ssh2"} {
		if !strings.Contains(text, stays) {
			t.Errorf("%s is no longer there", stays)
		}
	}
}

// TestOwnerKnows holds that the owner's list has every account that was replaced.
func TestOwnerKnows(t *testing.T) {
	m := accounts(t)
	text, _ := copied(t, m, "Oct 12 05:00:00 gw sshd[1]: Failed password for invalid user userza from 203.0.113.90 port 21 ssh2\n"+
		"Oct 12 05:00:01 gw sshd[1]: Failed password for failed from 203.0.113.90 port 22 ssh2\n")
	for _, name := range []string{"userza", "failed"} {
		i := slices.IndexFunc(m.Entries(), func(e Entry) bool { return e.Original == name })
		if i < 0 || !strings.Contains(text, m.Entries()[i].Pseudonym) || m.Real(m.Entries()[i].Pseudonym) != name {
			t.Errorf("%s is not in the list", name)
		}
	}
}

// TestManyAccounts holds that names are known however much of the log was read since: their strings are no views of its lines.
func TestManyAccounts(t *testing.T) {
	var log strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&log, "203.0.113.44 - - [12/Oct/2026:06:00:10 +0000] \"GET /?u=userz%dq HTTP/1.1\" 404 153 \"-\" \"-\"\n", i)
	}
	for i := range 20_000 {
		fmt.Fprintf(&log, "Oct 12 05:00:00 gw sshd[1]: Invalid user userz%dq from 203.0.113.90 port 21\n", i*7919%20_000)
	}
	if text, lost := copied(t, accounts(t), log.String()); lost > 0 || strings.Contains(text, "userz") {
		t.Errorf("%d lines are left out", lost)
	}
}
