package logformat

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
)

// Every log format shows a line that it takes.
func TestSampleOfEachFormat(t *testing.T) {
	for i, f := range Formats {
		sample := Sample(f.Name)
		if got := readText(t, fromBytes("", []byte(sample)), Formats[i:i+1]); !strings.Contains(got, " "+f.Name+": ") {
			t.Errorf("%s shows %q, which gives %s", f.Name, sample, got)
		}
	}
	if Sample("no such") != "" {
		t.Error("a sample of nothing")
	}
}

func TestShape(t *testing.T) {
	for _, c := range []struct{ line, program, shape string }{
		{"Mar  1 10:00:00 gate doord[77]: refused 192.0.2.7:4711 (try 3)", "doord", "refused {ip}:{n} (try {n})"},
		{"> Mar  1 10:00:00 gate doord[77]: refused 2001:db8::7 via eth0", "doord", "refused {ip} via eth{n}"},
		{`<34>1 2025-11-06T11:32:42Z gate doord 77 - - said "a \"b\" c" to 'nobody else'`, "doord", `said "{any}" to '{any}'`},
		{"Mar  1 10:00:00 gate doord: it isn't open, isn't it", "doord", "it isn't open, isn't it"},
		{"Mar  1 10:00:00 gate doord: opened /srv/a b.txt: 0xdeadbeef 1a2b3c4d", "doord", "opened {path} b.txt: {hex} {hex}"},
		{"Mar  1 10:00:00 gate doord: mac=00:00:5e:00:53:01 id 3fdb463d-f7db-4140-ab65-17398e37efd8 q w29NdS4C012345", "doord", "mac={hex} id {id} q {id}"},
		{"Mar  1 10:00:00 gate doord: from a@example.com at mail.example.com.", "doord", "from {mail} at {name}."},
		{"2020-03-01 10:00:00,123 ERROR  door\tis 1.5 open", "", "{n}-{n}-{n} {n}:{n}:{n},{n} ERROR door is {n}.{n} open"},
		{"-- MARK --", "", "-- MARK --"},
	} {
		if program, shape := Shape(c.line); program != c.program || shape != c.shape {
			t.Errorf("%s\ngot  %q %q\nwant %q %q", c.line, program, shape, c.program, c.shape)
		}
	}
}

// FuzzShape holds that any text has a shape, and no longer one than is promised: a mark has at most six
// bytes and stands for at least one.
func FuzzShape(f *testing.F) {
	f.Add("Mar  1 10:00:00 gate doord[77]: refused 192.0.2.7:4711 \"try\" '3' /a:1:2 a.b.cc")
	f.Fuzz(func(t *testing.T, text string) {
		program, shape := Shape(text)
		if len(program) > maxProgram+2 || len(shape) > 6*ShapeLength {
			t.Errorf("%d and %d bytes", len(program), len(shape))
		}
	})
}

// TestLooksLikeAddress holds that every address looks like one, and that names do not.
func TestLooksLikeAddress(t *testing.T) {
	const bytes = "0129afxF.:%-g"
	r := rand.New(rand.NewPCG(7, 7))
	addresses := 0
	for range 500_000 {
		word := make([]byte, 2+r.IntN(12))
		for i := range word {
			word[i] = bytes[r.IntN(len(bytes))]
		}
		if _, err := netip.ParseAddr(string(word)); err == nil {
			if addresses++; !looksLikeAddress(string(word)) {
				t.Errorf("%s is an address and does not look like one", word)
			}
		}
	}
	for _, name := range []string{"mail.example.com", "a.b", "eth0.1", "x::1", "deadbeef", ""} {
		if looksLikeAddress(name) {
			t.Errorf("%s looks like an address", name)
		}
	}
	if addresses < 10 {
		t.Errorf("only %d addresses were tried", addresses)
	}
}
