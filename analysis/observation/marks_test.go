package observation_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestMarksHaveRecordsOfTheirOwn holds that of an incident which shares two marks with another one those records are cited for each that bear it out.
func TestMarksHaveRecordsOfTheirOwn(t *testing.T) {
	const log = `Mar  1 10:00:00 h sshd[1]: Failed password for invalid user xyzzy from 203.0.113.1 port 1025 ssh2
May  1 10:00:00 h sshd[2]: Failed password for root from 203.0.113.2 port 1026 ssh2
May  1 11:00:00 h sshd[3]: Failed password for invalid user xyzzy from 203.0.113.2 port 1027 ssh2
`
	r := report(t, &txtar.Archive{Files: []txtar.File{{Name: "hit/a.log", Data: []byte(log)}}}, "hit")
	if len(r.Incidents) != 2 {
		t.Fatalf("%d incidents, want 2", len(r.Incidents))
	}
	cited := map[string]string{}
	for _, o := range r.Incidents[0].Observations {
		for _, mark := range []string{"same-network", "same-login"} {
			if strings.HasPrefix(o.ID, mark) {
				for _, c := range o.Evidence {
					cited[mark] += fmt.Sprintf(" %d-%d", c.Lines.First, c.Lines.Last)
				}
			}
		}
	}
	if cited["same-network"] != " 1-3" || cited["same-login"] != " 1-1 3-3" {
		t.Errorf("cited are the lines %v", cited)
	}
}
