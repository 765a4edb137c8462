package pattern

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"practicum/analysis"
	"practicum/analysis/logformat"
)

// made is a pattern that has nothing wrong with it, or the test ends.
func made(t *testing.T, spec Spec) *Pattern {
	t.Helper()
	if spec.Name == "" {
		spec.Name = "test"
	}
	if spec.Is == "" {
		spec.Is = "event"
	}
	if spec.Hits == nil {
		spec.Hits = []Hit{{Line: "-"}}
	}
	p, err := New(spec)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// what a message of the program d gives to a pattern; empty when it is not taken.
func gives(t *testing.T, spec Spec, message string) map[string]string {
	t.Helper()
	spec.Programs = []string{"d"}
	got := read("Mar  1 10:00:00 h d[1]: "+message, []logformat.Format{made(t, spec).Format})
	for _, name := range []string{"time", "host", "program", "format", "is", "message", "count", "action"} {
		delete(got.values, name)
	}
	if got.Warning != "" {
		return map[string]string{"warning": got.Warning}
	}
	return got.values
}

func TestTexts(t *testing.T) {
	for _, c := range []struct {
		pattern, message string
		want             map[string]string
	}{
		{"from {source.ip}:{source.port}", "from 2001:db8::7:4711", map[string]string{"source": "2001:db8::7", "source.ip": "2001:db8::7", "source.port": "4711"}},
		{"from {source.ip}", "from ::ffff:192.0.2.7", map[string]string{"source": "192.0.2.7", "source.ip": "192.0.2.7"}},
		{"from {source.ip}", "from 192.0.2.300", map[string]string{"warning": `test: "192.0.2.300", in the place of {source.ip}, is not an address`}},
		{"from {source.ip}", "from a.example.com", map[string]string{}},
		{"from {source}", "from a.example.com", map[string]string{"source": "a.example.com", "source.name": "a.example.com"}},
		{"from {source}", "from [2001:db8::7]", map[string]string{"source": "2001:db8::7", "source.ip": "2001:db8::7"}},
		{"from {source}", "from unknown", map[string]string{}},
		{"from {source}", "from 192.0.2.300", map[string]string{"warning": `test: "192.0.2.300", in the place of {source}, is neither an address nor a host name`}},
		{"from {source}", "from <script>", map[string]string{"warning": `test: "<script>", in the place of {source}, is neither an address nor a host name`}},
		{"from {source.name}({source.ip})", "from a.example.com(192.0.2.7)", map[string]string{"source": "192.0.2.7", "source.ip": "192.0.2.7", "source.name": "a.example.com"}},
		{"to port {target.port}", "to port 70000", map[string]string{"warning": `test: "70000", in the place of {target.port}, is not a port`}},
		// What a client chooses is as long as it can be.
		{"user {user} from {source.ip}", "user a from 198.51.100.1 from 192.0.2.7", map[string]string{"user": "a from 198.51.100.1", "source": "192.0.2.7", "source.ip": "192.0.2.7"}},
		{"user {user} from {source.ip}", "user  from 192.0.2.7", map[string]string{"source": "192.0.2.7", "source.ip": "192.0.2.7"}},
		{"user '{user}' from {source.ip}", "user '' from 192.0.2.7", map[string]string{"source": "192.0.2.7", "source.ip": "192.0.2.7"}},
		// The whole message, with any run of blanks.
		{"the {w} is open", "the   door\tis open  ", map[string]string{}},
		{"say {{x} {user}", "say {x} y", map[string]string{"user": "y"}},
		{"a.b(c) {user}", "a.b(c) y", map[string]string{"user": "y"}},
		{"a{( by {user})}{( on {service})}", "a on x", map[string]string{"service": "x"}},
		{"a{( by {user})}{( on {service})}", "a by y on x", map[string]string{"user": "y on x"}},
		{"{proto} {signature}", "17 a b", map[string]string{"proto": "udp", "signature": "a b"}},
	} {
		if d := cmp.Diff(c.want, gives(t, Spec{Text: c.pattern}, c.message)); d != "" {
			t.Errorf("%s\n%s\n%s", c.pattern, c.message, d)
		}
	}
	for _, c := range [][2]string{{"a.b", "aXb"}, {"the {w} is open", "and the door is open"}, {"the {w} is open", "the door is opened"}, {"n {n}", "n x"}} {
		p := made(t, Spec{Text: c[0], Programs: []string{"d"}})
		if got := read("Mar  1 10:00:00 h d[1]: "+c[1], []logformat.Format{p.Format}); got.Format != "" {
			t.Errorf("%s takes %s", c[0], c[1])
		}
	}
}

func TestStamps(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		form string
		zone *time.Location
		line string
		want string
	}{
		{"%Y-%m-%d %H:%M:%S", nil, "2024-03-01 10:00:00 a", "2024-03-01T10:00:00Z"},
		{"%Y-%m-%d %H:%M:%S", nil, "2024-03-01  10:00:00,250 a", "2024-03-01T10:00:00.25Z"},
		{"%Y-%m-%d %H:%M:%S", berlin, "2024-07-01 10:00:00 a", "2024-07-01T08:00:00Z"},
		{"%d/%b/%Y:%H:%M:%S %z", nil, "01/Mar/2024:10:00:00 +0200 a", "2024-03-01T08:00:00Z"},
		{"%b %e %H:%M:%S", nil, "Mar  1 10:00:00 a", "2000-03-01T10:00:00Z"},
		{"%b %e %H:%M:%S", berlin, "Mar 1 10:00:00 a", "2000-03-01T09:00:00Z"},
		{"%m/%d/%y %I:%M:%S %p", nil, "03/01/24 10:00:00 PM a", "2024-03-01T22:00:00Z"},
		{stampISO, nil, "2024-03-01T10:00:00.5+02:00 a", "2024-03-01T08:00:00.5Z"},
		{stampISO, berlin, "2024-03-01T10:00:00 a", "2024-03-01T09:00:00Z"},
		{stampEpoch, nil, "1709287200.250 a", "2024-03-01T10:00:00.25Z"},
		// No times.
		{"%Y-%m-%d %H:%M:%S", nil, "2024-02-30 10:00:00 a", ""},
		{"%b %e %H:%M:%S", nil, "Feb 30 10:00:00 a", ""},
		{"%Y-%m-%d %H:%M:%S", nil, "1924-02-10 10:00:00 a", ""},
		{stampEpoch, nil, "99999999999999999999 a", ""},
		{stampEpoch, nil, "5 a", ""},
		{stampISO, nil, "2024-03-01 a", ""},
	} {
		p := made(t, Spec{Text: "{time} a", Stamp: c.form, Zone: c.zone})
		if got := read(c.line, []logformat.Format{p.Format}); got.values["time"] != c.want {
			t.Errorf("%s as %s: %q, want %q (%s)", c.line, c.form, got.values["time"], c.want, got.Warning)
		}
	}
}

// A stamp without a year is placed by the clock of the run, as those of the built-in log formats are.
func TestYearlessStampsAreSurveyed(t *testing.T) {
	p := made(t, Spec{Text: "{time} a", Stamp: "%b %e %H:%M:%S"})
	clock := logformat.NewClock(time.UTC, 1999)
	var ev analysis.Event
	for _, line := range []string{"Dec 31 10:00:00 a", "Jan 1 10:00:00 a"} {
		if err := p.parser(clock)(logformat.NewCursor(line), &ev); err != nil {
			t.Fatal(err)
		}
	}
	if ev.Time.Year() != 2000 || !clock.Survey().Yearless {
		t.Errorf("%v, %+v", ev.Time, clock.Survey())
	}
}

// A failing sample says why.
func TestWhy(t *testing.T) {
	for _, c := range []struct {
		spec Spec
		line string
		want string
	}{
		{Spec{Text: "refused {user} from {source.ip} today", Programs: []string{"doord"}}, "Mar  1 10:00:00 gate doord: refused a from 192.0.2.1 tomorrow",
			`not taken: the pattern does not fit the whole message: it does as far as "refused {user} from {source.ip}"`},
		{Spec{Text: "refused {user}", Programs: []string{"doord"}}, "Mar  1 10:00:00 gate sshd: refused a", `not taken: it is of the program "sshd", not of doord`},
		{Spec{Text: "refused {user}", Programs: []string{"doord"}}, "refused a", "not taken: it has no syslog header"},
		{Spec{Text: "{time} a", Stamp: stampEpoch}, "soon a", "not taken: the stamp cannot be read as epoch"},
		{Spec{Text: "Failed password for {user} from {source.ip} port {n} ssh2", Programs: []string{"sshd"}}, "Mar  1 10:00:00 gate sshd[1]: Failed password for root from 192.0.2.9 port 4711 ssh2",
			"the log format sshd takes this line, and the built-in ones are asked first; --log-format test=GLOB"},
		{Spec{Text: "a {user}", Programs: []string{"doord"}}, "Mar  1 10:00:00 gate doord: a b\nMar  1 10:00:00 gate doord: a b", "this is more than one line"},
	} {
		spec := c.spec
		spec.Hits = []Hit{{Line: c.line}}
		set, err := NewSet([]*Pattern{made(t, spec)})
		if err != nil {
			t.Fatal(err)
		}
		if r := set.Test()[0]; r.OK || !strings.Contains(r.Problem, c.want) {
			t.Errorf("%s\ngot  %s\nwant %s", c.line, r.Problem, c.want)
		}
	}
	wrong := made(t, Spec{Text: "a {user}", Programs: []string{"d"}, Hits: []Hit{{"Mar  1 10:00:00 h d: a b", map[string]string{"user": "c", "service": "ssh"}}}, Misses: []string{"Mar  1 10:00:00 h d: a c"}})
	set, err := NewSet([]*Pattern{wrong})
	if err != nil {
		t.Fatal(err)
	}
	r := set.Test()
	if r[0].Problem != `service is "", not "ssh"; user is "b", not "c"` || r[1].Problem != "the pattern takes this line, which it should not" {
		t.Errorf("%q and %q", r[0].Problem, r[1].Problem)
	}
}

// TestSkeletonsHold begins patterns for lines of many shapes, hostile ones among them, and holds that
// each stands as it is: it can be made, takes its sample and no other's.
func TestSkeletonsHold(t *testing.T) {
	lines := []string{
		"Mar  1 10:00:00 gate doord[1]: refused 192.0.2.7 port 4711 to 198.51.100.2:22 'a b' \"c \\\" d\" {x} {( y )} 0xff",
		"Mar  1 10:00:00 gate doord[1]: refused 192.0.2.8 port 4712 to 198.51.100.3:22 'x' \"y\" {x} {( y )} 0xfe",
		"Mar  1 10:00:00 gate doord[1]: hinge 7 of eth0 at /srv/a, 00:00:5e:00:53:01 [w29NdS4C012345]",
		"<13>Mar  1 10:00:00 gate doord[1]: " + strings.Repeat("long ", 200),
		"2024-03-01 10:00:00,123 ERROR [main] refused 2001:db8::7",
		"[01/Mar/2024:10:00:00 +0000] refused 192.0.2.9",
		"1709287200 refused: 192.0.2.9",
		"Fri Mar  1 10:00:00 2024 nothing here",
		"no stamp at all",
		"Mar  1 10:00:00 gate doord[1]: \x1b[2J\u202e",
		"Mar  1 10:00:00 gate doord[1]: a: {{}} $(rm) `b` ${c} # d",
	}
	var samples []analysis.Sample
	for i, l := range lines {
		if len(l) > 400 {
			l = l[:400] + " …"
		}
		samples = append(samples, analysis.Sample{File: "a.log", Line: i + 1, Text: l, Count: 1})
	}
	var patterns []*Pattern
	begun := map[int]bool{}
	for _, k := range Skeletons(samples, len(samples)) {
		if k.Why != "" {
			continue
		}
		begun[k.Sample.Line] = true
		p, err := New(k.Spec)
		if err != nil {
			t.Fatal(err)
		}
		patterns = append(patterns, p)
	}
	set, err := NewSet(patterns)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range set.Test() {
		if !r.OK {
			t.Errorf("%s: %s", r.Line, r.Problem)
		}
	}
	for i, want := range []bool{true, false, true, true, true, true, true, true, false, false, true} {
		if begun[i+1] != want {
			t.Errorf("line %d begun: %t, want %t: %s", i+1, begun[i+1], want, lines[i])
		}
	}
}
