package document_test

import (
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"

	"practicum/render/document"
)

// Without a table of facts every address is marked, and nothing that only looks like one.
func TestEmphasisAlone(t *testing.T) {
	d, err := document.Parse([]byte("```log\nMar  7 21:11:03 gate sshd[22]: refused 192.0.2.7 2001:db8::7 999.1.1.1 port 22 version 1.2.3\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range d.Root.FirstChild().(*document.LogBlock).Rows[0].Spans() {
		if s.Mark != document.Plain {
			got = append(got, s.Text)
		}
	}
	if want := "refused 192.0.2.7 2001:db8::7"; strings.Join(got, " ") != want {
		t.Errorf("marked %q, want %q", got, want)
	}
}

// TestEmphasis marks in lines of many formats what a reader of the incident looks for: [party], {port}, <act>.
func TestEmphasis(t *testing.T) {
	const facts = "# R\n\n## Incident 1: x\n\n| Fact | Value |\n|--|--|\n| Source | `192.0.2.7` (`evil.example.net`) |\n| Targets | `gate`, `10.0.0.1`, `2001:db8::1` |\n| Service | `23/tcp` telnet, `21/tcp` |\n| Logged by | `gate` |\n\n```log\n"
	for _, line := range []string{
		"Mar  7 21:11:03 gate kernel: <DROP> IN=eth0 SRC=[192.0.2.7] DST=[10.0.0.1] LEN=60 PROTO=TCP SPT=1023 DPT={23} WINDOW=21",
		"Mar  7 08:58:21 gate sshd[23]: <Failed password> for <invalid user> x from [192.0.2.7] port 21234 ssh2",
		"Mar  7 21:11:03 gate in.telnetd[123]: <refused connect> from [evil.example.net]",
		"Mar  7 21:11:03 gate portsentry[21]: <attackalert>: Connect from host: [evil.example.net]/[192.0.2.7] to TCP port: {23}",
		"%PIX-4-106023: <Deny> tcp src outside:[192.0.2.7]/4023 dst inside:[10.0.0.1]/{23} by access-group",
		"192.0.2.70 > 10.0.0.12.{23} and 1.192.0.2.7 and [192.0.2.7].",
		"[192.0.2.7]:4000 -> [10.0.0.1]:{23} and [[2001:db8::1]]:{21}",
		"evil.example.network is another host, [evil.example.net] is not",
		"/etc/hosts.deny, pre-accepted and is_blocked are names, <denied> is not",
	} {
		raw := strings.NewReplacer("[192.0.2.7]", "192.0.2.7", "[10.0.0.1]", "10.0.0.1", "[evil.example.net]", "evil.example.net", "[2001:db8::1]", "2001:db8::1",
			"{23}", "23", "{21}", "21", "<", "", ">:", ":", "> ", " ", ">,", ",").Replace(line)
		if strings.Contains(line, " > ") || strings.Contains(line, "->") {
			raw = strings.NewReplacer("[192.0.2.7]", "192.0.2.7", "[10.0.0.1]", "10.0.0.1", "[2001:db8::1]", "2001:db8::1", "{23}", "23", "{21}", "21").Replace(line)
		}
		d, err := document.Parse([]byte(facts + "    1  " + raw + "\n```\n"))
		if err != nil {
			t.Fatal(err)
		}
		var got, plain strings.Builder
		_ = ast.Walk(d.Root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if block, ok := n.(*document.LogBlock); ok && entering {
				for _, s := range block.Rows[0].Spans() {
					plain.WriteString(s.Text)
					got.WriteString([...]string{s.Text, "[" + s.Text + "]", "{" + s.Text + "}", "<" + s.Text + ">"}[s.Mark])
				}
			}
			return ast.WalkContinue, nil
		})
		if plain.String() != raw {
			t.Errorf("the spans say %q, want %q", plain.String(), raw)
		}
		if got.String() != line {
			t.Errorf("got  %s\nwant %s", got.String(), line)
		}
	}
}
