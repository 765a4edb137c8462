package observation_test

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"practicum/analysis"
	"practicum/analysis/knowledge"
	"practicum/analysis/logformat"
	"practicum/analysis/observation"
	"practicum/analysis/pipeline"
	"practicum/config"
)

// Each file of testdata belongs to one statement: it is named after the statement's id and holds the
// logs of a site that the statement must be made of (hit/…), those of one that it must not be made
// of (miss/…), for some a configuration, and what is said. UPDATE=1 writes the last.

var spring2000 = time.Date(2000, time.June, 1, 0, 0, 0, 0, time.UTC)

func report(t *testing.T, archive *txtar.Archive, folder string) *analysis.Report {
	t.Helper()
	o := pipeline.Options{}
	var inputs []logformat.Input
	for _, f := range archive.Files {
		switch {
		case f.Name == "config.yaml":
			name := filepath.Join(t.TempDir(), f.Name)
			if err := os.WriteFile(name, f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
			settings, err := config.Load(name, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			resolved, err := settings.Resolve(nil)
			if err != nil {
				t.Fatal(err)
			}
			o = resolved.Analysis
		case strings.HasPrefix(f.Name, folder+"/"):
			inputs = append(inputs, logformat.Input{Path: strings.TrimPrefix(f.Name, folder+"/"), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.Data)), nil }})
		}
	}
	if len(inputs) == 0 {
		t.Fatalf("no %s/ in the archive", folder)
	}
	o.Clock.AsOf, o.Clock.Now = spring2000, spring2000
	r, err := pipeline.Run(t.Context(), inputs, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// said is what a report says under an id, or the id with a number behind it.
func said(r *analysis.Report, id string) string {
	var b strings.Builder
	for _, in := range r.Incidents {
		for _, o := range in.Observations {
			rest, ok := strings.CutPrefix(o.ID, id)
			if !ok || strings.Trim(rest, "-.0123456789tcpud") != "" || (rest != "" && rest[0] != '-') {
				continue
			}
			fmt.Fprintf(&b, "%d %s %s: %s", in.Number, o.ID, o.Class, o.Text)
			for _, c := range o.Evidence {
				fmt.Fprintf(&b, " (%s %d-%d)", c.File, c.Lines.First, c.Lines.Last)
			}
			if o.Source != "" {
				fmt.Fprintf(&b, " -- %s", o.Source)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// reported are the incidents of a report that tells all of them.
type reported []analysis.ScoredIncident

func (r reported) at(place int) *analysis.ScoredIncident {
	return &r[slices.IndexFunc(r, func(s analysis.ScoredIncident) bool { return s.Place == place })]
}

func (r reported) Events(place int) iter.Seq[*analysis.EventRef] {
	return func(yield func(*analysis.EventRef) bool) {
		for _, e := range r.at(place).Events {
			if !yield(&e) {
				return
			}
		}
	}
}
func (r reported) Sources(place int) []analysis.Source { return r.at(place).Sources }

func TestStatements(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	wrote := make([]bool, len(observation.Statements))
	for _, file := range files {
		id := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(id, func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			hit, miss := report(t, archive, "hit"), report(t, archive, "miss")
			got := said(hit, id)
			if got == "" {
				t.Error("hit/: nothing is said")
			}
			if text := said(miss, id); text != "" {
				t.Errorf("miss/: it is said:\n%s", text)
			}
			for _, r := range []*analysis.Report{hit, miss} {
				checkClasses(t, r)
				index := observation.NewIndex()
				var told []*analysis.ScoredIncident
				for n := range r.Incidents {
					index.Add(&r.Incidents[n].Incident)
					told = append(told, &r.Incidents[n])
				}
				w := observation.New(func(int) string { return "log" }, func(netip.Addr) bool { return true }, nil, index, told, reported(r.Incidents))
				for i, s := range observation.Statements {
					for n := range r.Incidents {
						wrote[i] = wrote[i] || len(s.Write(w, &r.Incidents[n])) > 0
					}
				}
			}
			i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "said" })
			if i < 0 {
				archive.Files = append(archive.Files, txtar.File{Name: "said"})
				i = len(archive.Files) - 1
			}
			if os.Getenv("UPDATE") == "1" {
				archive.Files[i].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(archive.Files[i].Data), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	for i, ok := range wrote {
		if !ok {
			t.Errorf("statement %d of the list is made of no sample", i)
		}
	}
}

// TestNamelessMachines holds that logs which name no machine are not told as logs of several, and that a request which a
// web server's two logs have is one.
func TestNamelessMachines(t *testing.T) {
	archive := txtar.Parse([]byte(`
-- hit/access.log.1 --
203.0.113.9 - - [16/Oct/2026:05:04:08 +0000] "GET /blog/?id=1%27%20UNION%20SELECT%201,2,3-- HTTP/1.1" 404 153 "-" "x"
-- hit/access.log --
203.0.113.9 - - [16/Oct/2026:05:14:08 +0000] "GET /blog/?id=1%27%20UNION%20SELECT%201,2,4-- HTTP/1.1" 404 153 "-" "x"
-- hit/error.log --
2026/10/16 05:04:08 [error] 812#812: *4 open() "/www/blog/" failed (2: No such file or directory), client: 203.0.113.9, server: www.example.org, request: "GET /blog/?id=1%27%20UNION%20SELECT%201,2,3-- HTTP/1.1", host: "www.example.org"
2026/10/16 05:24:08 [error] 812#812: *5 open() "/www/blog/" failed (2: No such file or directory), client: 203.0.113.9, server: www.example.org, request: "GET /blog/?id=1%27%20UNION%20SELECT%201,2,5-- HTTP/1.1", host: "www.example.org"
-- rotated/access.log.1 --
203.0.113.9 - - [16/Oct/2026:05:04:08 +0000] "GET /blog/?id=1%27%20UNION%20SELECT%201,2,3-- HTTP/1.1" 404 153 "-" "x"
-- rotated/access.log --
203.0.113.9 - - [16/Oct/2026:05:14:08 +0000] "GET /blog/?id=1%27%20UNION%20SELECT%201,2,4-- HTTP/1.1" 404 153 "-" "x"
-- other/access.log --
203.0.113.9 - - [16/Oct/2026:05:14:08 +0000] "GET /blog/?id=1%27%20UNION%20SELECT%201,2,4-- HTTP/1.1" 404 153 "-" "x"
-- other/auth.log --
2026-10-16T05:14:12+00:00 web01 sshd[9]: Failed password for root from 203.0.113.9 port 4711 ssh2
`))
	for dir, want := range map[string][2]string{
		"hit": {"4 records on 4 lines tell of 3 attempts to connect, from 2026-10-16 05:04:08 to 2026-10-16 05:24:08 (20 min).",
			"The records have the source at one service (80/tcp) in access.log and error.log, which do not name their machines, and nowhere else."},
		"rotated": {"2 records on 2 lines tell of 2 requests, from 2026-10-16 05:04:08 to 2026-10-16 05:14:08 (10 min).",
			"The records have the source at one service (80/tcp) of one host (the machine of access.log) and nowhere else."},
		"other": {"2 records on 2 lines tell of 2 attempts to connect, from 2026-10-16 05:14:08 to 2026-10-16 05:14:12 (4 s).",
			"The source tried 2 services (80/tcp and 22/tcp) on web01 and in access.log, which does not name its machine."},
	} {
		r := report(t, archive, dir)
		for i, id := range [...]string{"count", "targeting"} {
			if got := said(r, id); !strings.Contains(got, want[i]) || len(r.Incidents) != 1 {
				t.Errorf("%s: %d incidents, %s: %s\nwant %s", dir, len(r.Incidents), id, got, want[i])
			}
		}
	}
}

// TestJudgedTogether holds that requests which only many of them make an incident are told like any others.
func TestJudgedTogether(t *testing.T) {
	var log strings.Builder
	log.WriteString("-- hit/access.log --\n")
	for i := range 12 {
		fmt.Fprintf(&log, "203.0.113.9 - - [16/Oct/2026:05:04:%02d +0000] \"POST /wp-login.php HTTP/1.1\" 200 4012 \"-\" \"x\"\n", 3*i)
	}
	r := report(t, txtar.Parse([]byte(log.String())), "hit")
	for id, want := range map[string]string{
		"count":    "12 records on 12 lines tell of 12 requests",
		"requests": "The same request came 12 times: POST",
	} {
		if got := said(r, id); !strings.Contains(got, want) || !strings.Contains(got, "(access.log 1-12)") {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}

// TestClockDoubt holds that a year that the log lacks is told with what it rests on, and none that it has.
func TestClockDoubt(t *testing.T) {
	for log, want := range map[string]bool{
		"hit/mail.log\nMar  5 10:00:00 mail in.ftpd[900]: refused connect from 24.3.1.7":           true,
		"hit/mail.log\n2000-03-05T10:00:00+00:00 mail in.ftpd[900]: refused connect from 24.3.1.7": false,
	} {
		name, text, _ := strings.Cut(log, "\n")
		r := report(t, &txtar.Archive{Files: []txtar.File{{Name: name, Data: []byte(text + "\n")}}}, "hit")
		doubt := slices.ContainsFunc(r.Clock, func(d analysis.Decision) bool { return d.File != "" && d.Year == "2000" && d.Basis != "" })
		if doubt != want {
			t.Errorf("%s: %v, want %v: %v", text, doubt, want, r.Clock)
		}
	}
}

// TestBehaviours holds that every behaviour of the catalogue is told: by statements, which have samples of hits and
// misses, or by kinds, which have them too, or of the log as a whole, and then by a test that is named here.
func TestBehaviours(t *testing.T) {
	whole := map[string]string{"newest-first": "TestNewestFirst", "clock-doubt": "TestClockDoubt"}
	for _, b := range knowledge.Behaviours() {
		told, ok := observation.Behaviours[b.ID]
		if !ok {
			t.Errorf("%s: nobody says where it is told", b.ID)
		}
		for _, id := range told.Statements {
			if _, err := os.Stat(filepath.Join("testdata", id+".txt")); err != nil {
				t.Errorf("%s: the statement %s has no samples", b.ID, id)
			}
		}
		for _, id := range told.Kinds {
			if _, err := os.Stat(filepath.Join("../detect/testdata", id+".txt")); err != nil {
				t.Errorf("%s: the kind %s has no samples", b.ID, id)
			}
		}
		if _, argued := whole[b.ID]; argued != (len(told.Statements)+len(told.Kinds) == 0) {
			t.Errorf("%s: told by %v, of the log as a whole: %v", b.ID, told, argued)
		}
		if len(observation.Told(b.ID)) == 0 {
			t.Errorf("%s: no words", b.ID)
		}
	}
	if len(observation.Behaviours) != len(knowledge.Behaviours()) {
		t.Error("a behaviour is told that the catalogue does not have")
	}
}

// checkClasses holds the contract: what is observed cites lines, what is known cites a source, ids
// are unique within an incident, and every statement has its topic.
func checkClasses(t *testing.T, r *analysis.Report) {
	t.Helper()
	for _, in := range r.Incidents {
		seen := map[string]bool{}
		for _, o := range in.Observations {
			switch {
			case o.Class == analysis.ClassObserved && (len(o.Evidence) == 0 || o.Source != ""):
				t.Errorf("incident %d: %s is observed without lines: %s", in.Number, o.ID, o.Text)
			case o.Class == analysis.ClassKnown && (o.Source == "" || len(o.Evidence) != 0):
				t.Errorf("incident %d: %s is known without a source: %s", in.Number, o.ID, o.Text)
			case o.Topic == "" || seen[o.ID] || !strings.HasSuffix(o.Text, "."):
				t.Errorf("incident %d: %s has no topic, is there twice, or is no sentence: %s", in.Number, o.ID, o.Text)
			}
			seen[o.ID] = true
		}
	}
}

// TestNewestFirst holds that the order of a log is told where it is reversed, and only there.
func TestNewestFirst(t *testing.T) {
	for file, want := range map[string]bool{"retransmission.txt": true, "pace.txt": false} {
		archive, err := txtar.ParseFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		r := report(t, archive, "hit")
		if got := strings.Contains(r.Incidents[0].Observations[0].Text, "newest first"); got != want {
			t.Errorf("%s: %v, want %v: %s", file, got, want, r.Incidents[0].Observations[0].Text)
		}
	}
}

// TestOneBehindTheOther holds that two logs of the same seconds, one behind the other in a file, are not newest first: each runs forward.
func TestOneBehindTheOther(t *testing.T) {
	var log strings.Builder
	for _, target := range []string{"192.0.2.9", "192.0.2.10"} {
		for _, second := range []int{1, 3, 4, 6} {
			fmt.Fprintf(&log, "Mar  5 10:00:0%d gate kernel: DROP IN=eth0 OUT= SRC=24.3.1.7 DST=%s LEN=44 TTL=48 ID=1 PROTO=TCP SPT=400%d DPT=10%d5 SYN\n", second, target, second, second)
		}
	}
	r := report(t, &txtar.Archive{Files: []txtar.File{{Name: "hit/gate.log", Data: []byte(log.String())}}}, "hit")
	if text := r.Incidents[0].Observations[0].Text; !strings.HasPrefix(text, "8 records") || strings.Contains(text, "newest first") {
		t.Error(text)
	}
}

// TestPrompts holds how many questions an incident asks, and that none is asked twice in vain.
func TestPrompts(t *testing.T) {
	for _, folder := range []string{"founding", "second"} {
		var inputs []logformat.Input
		names, err := filepath.Glob(filepath.Join("../../testdata/logs", folder, "*.*"))
		if err != nil || len(names) == 0 {
			t.Fatal("no logs", err)
		}
		for _, name := range names {
			inputs = append(inputs, logformat.Input{Path: name, Open: func() (io.ReadCloser, error) { return os.Open(name) }})
		}
		o := pipeline.Options{Detail: -1}
		o.Clock.Now, o.Clock.AsOf = spring2000, spring2000
		r, err := pipeline.Run(t.Context(), inputs, o)
		if err != nil {
			t.Fatal(err)
		}
		checkClasses(t, r)
		asked := map[string]int{}
		for _, in := range r.Incidents {
			if n := len(in.Prompts); n < 3 || n > 6 {
				t.Errorf("%s: incident %d asks %d questions", folder, in.Number, n)
			}
			ids := map[string]bool{}
			for _, p := range in.Prompts {
				if ids[p.ID] || p.Topic == "" || !strings.ContainsRune(p.Text, '?') {
					t.Errorf("%s: incident %d: %s is there twice, has no topic, or is no question: %s", folder, in.Number, p.ID, p.Text)
				}
				ids[p.ID] = true
				asked[p.Text]++
			}
		}
		for text, n := range asked {
			// One source that comes again leaves nothing new to ask.
			if limit := map[string]int{"founding": 1, "second": 3}[folder]; n > limit {
				t.Errorf("%s: asked %d times: %s", folder, n, text)
			}
		}
	}
}

// TestWhoFailsOftenHasNotMistyped holds that a harmless explanation which the log answers is not asked for.
func TestWhoFailsOftenHasNotMistyped(t *testing.T) {
	for failures, want := range map[int]bool{6: true, 30: false} {
		var log strings.Builder
		for i := range failures {
			fmt.Fprintf(&log, "Mar  5 10:%02d:00 mail sshd[%d]: Failed password for carla from 203.0.113.7 port 40000 ssh2\n", i, 100+i)
		}
		log.WriteString("Mar  5 10:40:00 mail sshd[200]: Accepted password for carla from 203.0.113.7 port 40000 ssh2\n")
		asked := false
		for _, p := range report(t, &txtar.Archive{Files: []txtar.File{{Name: "hit/mail.log", Data: []byte(log.String())}}}, "hit").Incidents[0].Prompts {
			asked = asked || p.ID == "harmless" && strings.Contains(p.Text, "mistyped")
		}
		if asked != want {
			t.Errorf("%d failures: asked whether somebody mistyped: %v", failures, asked)
		}
	}
}

// TestLetThrough holds that an incident of which something on the way stopped some packets and let others through is not told as stopped,
// that nobody is credited with all of them, and that nobody claims to know of handshakes.
func TestLetThrough(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/let-through.txt")
	if err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string][]string{
		"hit": {
			"mixed: The sensor dropped 1 of the 2 packets that it told of.",
			"mixed: The packet filter of fw blocked 1 of the 3 packets that were logged.",
			"mixed: The packet filter of asa blocked 1 of the 2 packets that were logged.",
			"mixed: The packet filter of fgt blocked 1 of the 2 packets that were logged.",
			"mixed: The packet filter of srx blocked 1 of the 2 packets that were logged.",
		},
		"miss": {"unknown: ", "blocked: The packet filter of fw blocked the packet.", "blocked: The packet filter of fw blocked the packet."},
	} {
		var got []string
		for _, in := range report(t, archive, dir).Incidents {
			_, reason, _ := strings.Cut(in.Severity.Network.Reason, "192.0.2.1. ")
			got = append(got, string(in.Outcome)+": "+reason)
			if claims := slices.ContainsFunc(in.Observations, func(o analysis.Observation) bool { return strings.HasPrefix(o.Text, "No handshake completed") }); claims && dir == "hit" {
				t.Errorf("incident %d claims that no handshake completed", in.Number)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", dir, diff)
		}
	}
}

// TestAllAccountsAreAskedFor holds that each account that a source got into stands in the questions: alice and bob, of whom
// each failed before.
func TestAllAccountsAreAskedFor(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/after-login.txt")
	if err != nil {
		t.Fatal(err)
	}
	const want = "Does the owner of each of alice and bob confirm the log-in from 203.0.113.9?"
	prompts := report(t, archive, "hit").Incidents[0].Prompts
	if !slices.ContainsFunc(prompts, func(p analysis.Prompt) bool { return p.Text == want }) {
		t.Errorf("%q is not asked, but %+v", want, prompts)
	}
}

// TestTimerAsksForWhatItTries holds that the question for the program behind a timer names the service that its attempts are at,
// and no other service of the incident.
func TestTimerAsksForWhatItTries(t *testing.T) {
	var log strings.Builder
	for i := range 7 {
		fmt.Fprintf(&log, "Mar  1 10:%02d:%02d h sshd[%d]: Failed password for root from 203.0.113.9 port 40000 ssh2\n", i, i, 100+i)
	}
	log.WriteString("Mar  1 10:20:00 h in.telnetd[200]: refused connect from 203.0.113.9\n")
	in := report(t, &txtar.Archive{Files: []txtar.File{{Name: "hit/auth.log", Data: []byte(log.String())}}}, "hit").Incidents[0]
	if len(in.Services) != 2 {
		t.Fatalf("services %v, want ssh and telnet", in.Services)
	}
	const want = "Which program at 203.0.113.9 tries ssh again every 61 s?"
	if !slices.ContainsFunc(in.Prompts, func(p analysis.Prompt) bool { return p.Text == want }) {
		t.Errorf("%q is not asked, but %+v", want, in.Prompts)
	}
}

// TestRepeatedRecords holds what is said of records that stand for several.
func TestRepeatedRecords(t *testing.T) {
	const syn = "Mar  9 07:00:21 fw kernel: DROP IN=eth0 OUT= MAC=00 SRC=198.51.100.20 DST=192.0.2.1 LEN=60 TOS=0x00 PREC=0x00 TTL=52 ID=1 DF PROTO=TCP SPT=50011 DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0\n"
	const datagram = "Mar  9 07:00:21 fw kernel: DROP IN=eth0 OUT= MAC=00 SRC=198.51.100.20 DST=192.0.2.1 LEN=60 TOS=0x00 PREC=0x00 TTL=52 ID=1 PROTO=UDP SPT=50011 DPT=161 LEN=40\n"
	const failed = "Mar  9 05:00:00 web1 sshd[4001]: Failed password for root from 203.0.113.50 port 22022 ssh2\n"
	for _, test := range []struct {
		name, log string
		attempts  int
		said, not []string
	}{
		{"opening packets", syn + "Mar  9 07:00:22 fw last message repeated 100 times\n", 1,
			[]string{"1 record stands for 100", "would be 101", "these 101 packets were blocked"}, []string{"retransmission"}},
		{"datagrams", datagram + "Mar  9 07:00:22 fw last message repeated 4 times\n", 5, []string{"1 record stands for 4", "would be 5"}, nil},
		{"log-ins in one line", "Mar  9 05:00:05 web1 sshd[4001]: message repeated 5 times: [ Failed password for root from 203.0.113.50 port 22022 ssh2]\n", 1,
			[]string{"By this record the service rejected 5 log-ins."}, []string{"rejected this log-in"}},
		{"very many log-ins", failed + "Mar  9 05:00:05 web1 sshd[4001]: message repeated 5000 times: [ Failed password for root from 203.0.113.50 port 22022 ssh2]\n" +
			"Mar  9 05:00:15 web1 sshd[4003]: Accepted password for root from 203.0.113.50 port 22023 ssh2\n", 2, []string{"would be 5,002"}, []string{"mistyped"}},
	} {
		in := report(t, &txtar.Archive{Files: []txtar.File{{Name: "log/messages", Data: []byte(test.log)}}}, "log").Incidents[0]
		var all strings.Builder
		for _, o := range in.Observations {
			all.WriteString(o.Text + "\n")
		}
		for _, p := range in.Prompts {
			all.WriteString(p.Text + "\n")
		}
		if in.Attempts != test.attempts {
			t.Errorf("%s: %d attempts, want %d", test.name, in.Attempts, test.attempts)
		}
		for _, text := range test.said {
			if !strings.Contains(all.String(), text) {
				t.Errorf("%s: it is not said that %q:\n%s", test.name, text, all.String())
			}
		}
		for _, text := range test.not {
			if strings.Contains(all.String(), text) {
				t.Errorf("%s: it is said that %q:\n%s", test.name, text, all.String())
			}
		}
	}
}
