package config

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"practicum/analysis/logformat"
	"practicum/analysis/pattern"
)

// whole is an entry that has nothing wrong with it.
const whole = `name: door-refused, program: [doord], pattern: "refused {user} from {source.ip}", is: event, hits: ["Mar  1 10:00:00 gate doord: refused a from 192.0.2.1"]`

// Every mistake names the file, the entry and the key, and says the way out.
func TestPatternErrors(t *testing.T) {
	const line = `hits: ["Mar  1 10:00:00 gate doord: refused a from 192.0.2.1"]`
	for _, c := range []struct {
		name, data string
		want       []string
	}{
		{"nothing", "", []string{"p.yaml: has no patterns; write a list"}},
		{"a list", "- name: x", []string{"p.yaml: wants keys such as"}},
		{"misspelt key", "patterns: [{nmae: x}]", []string{`p.yaml: unknown key "nmae" in patterns[0] (did you mean "name"?)`}},
		{"empty entry", "patterns: [{}]", []string{
			"p.yaml: patterns[0].name: is missing; name the message", `p.yaml: patterns[0].is: "" is not event, context or benign`,
			"p.yaml: patterns[0].pattern: is missing; write the message", "p.yaml: patterns[0].hits: is empty; give at least one line"}},
		{"names", "patterns: [{name: Door, pattern: a b, program: [d], is: benign, " + line + "}, {name: sshd, program: ['d[1]', ''], pattern: a b, is: benign, " + line + "}]", []string{
			`p.yaml: patterns[0].name: "Door" is not lower-case words`,
			`p.yaml: patterns[1].name: "sshd" is a built-in log format; choose another name, such as sshd-own`,
			`p.yaml: patterns[1].program[0]: "d[1]" is not the name of a program`, `p.yaml: patterns[1].program[1]: "" is not`}},
		{"unknown field", "patterns: [{" + whole + "}, {name: b, program: [d], pattern: 'from {ip} {source_ip} to', is: event, " + line + "}]", []string{
			"p.yaml: patterns[1].pattern: has the unknown field {source_ip} (did you mean {source.ip}?)"}},
		{"braces", "patterns: [{name: b, program: [d], pattern: 'from {ip', is: event, " + line + "}, {name: c, program: [d], pattern: 'from {(a', is: event, " + line + "}, {name: e, program: [d], pattern: 'a {(b {(c)} d)}', is: event, " + line + "}]", []string{
			"p.yaml: patterns[0].pattern: has a { without }; write {{", "p.yaml: patterns[1].pattern: has {( without )}", "p.yaml: patterns[2].pattern: has {( within {("}},
		{"a regular expression", "patterns: [{name: b, program: [d], regexp: 'a(?<=b)c', is: event, " + line + "}, {name: c, program: [d], regexp: '(a', is: event, " + line + "}, {name: e, program: [d], regexp: '(a{1000}){1000}', is: event, " + line + "}, {name: f, program: [d], regexp: '(?P<src>a)', is: event, " + line + "}, {name: g, program: [d], regexp: '(a|)*', is: event, " + line + "}]", []string{
			"p.yaml: patterns[0].regexp: is not a regular expression as RE2 has them (invalid named capture: `(?<=b)c`)", "p.yaml: patterns[1].regexp: is not a regular expression",
			"p.yaml: patterns[2].regexp: is not a regular expression", `p.yaml: patterns[3].regexp: has the unknown group "src" (known are time, host, source, source_ip`,
			"p.yaml: patterns[4].regexp: takes a message without a word"}},
		{"both", "patterns: [{" + whole + ", regexp: a}]", []string{"p.yaml: patterns[0].regexp: stands beside pattern; give one of them"}},
		{"fields", "patterns: [{name: b, program: [d], pattern: '{user} {user} {source} {source.ip} {action}', set: {user: x, colour: red, action: dropped, source.port: '70000'}, is: event, " + line + "}]", []string{
			"p.yaml: patterns[0].pattern: fills user twice", "p.yaml: patterns[0].pattern: fills source, which is an address or a name", "p.yaml: patterns[0].actions: is missing",
			"p.yaml: patterns[0].set.user: is filled by the pattern as well", "p.yaml: patterns[0].set.colour: is not a field that can be set",
			`p.yaml: patterns[0].set.action: "dropped" is not allowed, blocked, failed, info`, `p.yaml: patterns[0].set.source.port: "70000"`}},
		{"actions", "patterns: [{" + whole + ", actions: {DROP: stopped}}]", []string{
			`p.yaml: patterns[0].actions.DROP: "stopped" is not allowed, blocked, failed, info`, "p.yaml: patterns[0].actions: stands without a field {action}"}},
		{"kinds", "patterns: [{name: b, program: [d], pattern: a b, is: benign, kind: x, try: often, threshold: {count: 1}, " + line + "}, {" + strings.Replace(whole, "door-refused", "c", 1) + ", threshold: {count: 3, within: 1m}}]", []string{
			"p.yaml: patterns[0].kind: stands in a message that is benign", `p.yaml: patterns[0].try: "often" is not session, connection, packet, none`,
			"p.yaml: patterns[0].threshold.count: 1 is not from 2", "p.yaml: patterns[0].threshold.within: is missing", "p.yaml: patterns[1].threshold: stands without a kind"}},
		{"stamps", "patterns: [{name: a, pattern: '{time} a', is: event, hits: [x]}, {name: b, pattern: '{time} a', stamp: '%H:%M', is: event, hits: [x]}, {name: c, pattern: '{time} a', stamp: '%Y-%m-%d %H:%M:%S %z', zone: Mars/Olympus, is: event, hits: [x]}, " +
			"{name: d, pattern: 'a b', is: event, hits: [x]}, {name: e, program: [d], pattern: '{time} a', is: event, hits: [x]}, {name: f, program: [d], pattern: 'a', stamp: epoch, is: event, hits: [x]}, {name: g, pattern: '{time} a', stamp: '%Y-%m-%d %H:%M:%S %Z', is: event, hits: [x]}, {name: h, pattern: '{time} a', stamp: soon, is: event, hits: [x]}, {name: i, pattern: '{time} a', stamp: '%Y-%m-%d %H:%M:%S %Q', is: event, hits: [x]}]", []string{
			"p.yaml: patterns[0].stamp: is missing; a line with {time} needs the form", `p.yaml: patterns[1].stamp: "%H:%M" lacks the month`, `p.yaml: patterns[2].zone: "Mars/Olympus"`,
			"p.yaml: patterns[3].pattern: has no {time}; a line by itself needs one", "p.yaml: patterns[4].pattern: has a time, but the syslog header has it already",
			"p.yaml: patterns[5].stamp: stands in a message inside syslog", "p.yaml: patterns[6].stamp: has %Z, but the names of zones are ambiguous",
			`p.yaml: patterns[7].stamp: "soon" is not the form of a time`, `p.yaml: patterns[8].stamp: "%Y-%m-%d %H:%M:%S %Q" cannot be read`}},
		{"samples", "patterns: [{" + strings.Replace(whole, `hits: ["`, `hits: [{gives: {user: a}}, {line: x, gives: {usr: a}}, "`, 1) + "}]", []string{
			"p.yaml: patterns[0].hits[0].line: is missing", `p.yaml: patterns[0].hits[1].gives.usr: is not what a line can give (did you mean "user"?)`}},
		{"one name twice", "patterns: [{" + whole + "}, {" + whole + "}]", []string{`p.yaml: patterns[1].name: "door-refused" is the name of p.yaml: patterns[0] too`}},
		{"both take it", "patterns: [{" + whole + "}, {name: looser, program: [doord], pattern: 'refused {any}', is: benign, hits: ['Mar  1 10:00:00 gate doord: refused all']}]", []string{
			"p.yaml: patterns[0].hits[0]: both door-refused and looser (p.yaml: patterns[1]) take this line"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := parsePatterns("p.yaml", []byte(c.data))
			if err == nil {
				_, err = pattern.NewSet(list)
			}
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got\n%v\nwant in it\n%s", err, want)
				}
			}
		})
	}
}

// The sample file of the repository gives what it says.
func TestPatternFile(t *testing.T) {
	set, err := ReadPatterns([]string{"../testdata/patterns/door.yaml", "../testdata/patterns/./door.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	results := set.Test()
	if len(results) == 0 {
		t.Error("no sample")
	}
	for _, r := range results {
		if !r.OK {
			t.Errorf("%s: %s", r.Place, r.Problem)
		}
	}
}

// The file that the README shows gives what it says.
func TestPatternsOfREADME(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(readme), "```yaml\npatterns:\n")
	shown, _, ok := strings.Cut(shown, "```")
	list, err := parsePatterns("README.yaml", []byte("patterns:\n"+shown))
	if !ok || err != nil {
		t.Fatal(err)
	}
	set, err := pattern.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range set.Test() {
		if !r.OK {
			t.Errorf("%s: %s", r.Place, r.Problem)
		}
	}
}

// FuzzPatterns holds that any pattern file is an error or a set that reads any log: without a panic,
// with every line in one record.
func FuzzPatterns(f *testing.F) {
	f.Add("patterns: [{"+whole+"}]", "Mar  1 10:00:00 gate doord: refused a from 192.0.2.1\n")
	f.Add("patterns: [{name: a, regexp: '(?P<time>\\S+) (?P<source>.*)', stamp: epoch, is: event, hits: [x]}]", "1700000000.5 a\n")
	f.Add("patterns: [{name: a, pattern: '{time} {action} {count}', actions: {a: failed}, stamp: '%b %d %H:%M:%S', zone: '+01:00', is: context, hits: [x]}]", "Feb 30 10:00:00 a 7\n")
	f.Fuzz(func(t *testing.T, data, log string) {
		list, err := parsePatterns("p.yaml", []byte(data))
		if err != nil {
			return
		}
		set, err := pattern.NewSet(list)
		if err != nil {
			return
		}
		set.Test()
		in := logformat.Input{Path: "log", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(log)), nil }}
		lines := 0
		stats, err := logformat.Read(context.Background(), in, 0, logformat.NewClock(time.UTC, 2000), set.Formats(), func(r *logformat.Record) error {
			for _, l := range r.Lines {
				lines += l.Len()
			}
			return nil
		})
		if err == nil && lines != stats.Lines {
			t.Errorf("%d of %d lines", lines, stats.Lines)
		}
	})
}
