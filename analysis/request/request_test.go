package request

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		message string
		want    Request
	}{
		{`"GET / HTTP/1.1" 200 5123 "https://www.example.org/" "Mozilla/5.0 (X11)"`, Request{"GET", "/", 200, 5123, "https://www.example.org/", "Mozilla/5.0 (X11)"}},
		{`"GET /a b HTTP/1.0" 404 -`, Request{"GET", "/a b", 404, -1, "", ""}},
		{`"GET /" 400 0 "-" "-"`, Request{"GET", "/", 400, 0, "", ""}},
		{`"\x16\x03\x01" 400 157 "-" "-"`, Request{"", `\x16\x03\x01`, 400, 157, "", ""}},
		{`"-" 408 -`, Request{"", "-", 408, -1, "", ""}},
		{`"GET /?q="x" HTTP/1.0" 200 17 "-" "a \"b\" 1"`, Request{"GET", `/?q="x"`, 200, 17, "", `a \"b\" 1`}},
		{`"GET /cut`, Request{"GET", "/cut", 0, -1, "", ""}},
		{`"GET /x HTTP/1.1" - - "r`, Request{"GET", "/x", 0, -1, "r", ""}},
	} {
		if got, ok := Parse(c.message); !ok || got != c.want {
			t.Errorf("%s:\n got %+v, %v\nwant %+v", c.message, got, ok, c.want)
		}
	}
	if _, ok := Parse("GET / HTTP/1.1"); ok {
		t.Error("without a quote it is no request")
	}
}

// TestEnd compares End and Last with what they mean, read byte by byte.
func TestEnd(t *testing.T) {
	end := func(s string) int {
		for i := 0; i < len(s); i++ {
			switch {
			case s[i] == '\\':
				i++
			case s[i] == '"' && i+2 < len(s) && s[i+1] == ' ' && (s[i+2] == '-' || s[i+2] >= '0' && s[i+2] <= '9'):
				return i
			}
		}
		return len(s)
	}
	r := rand.New(rand.NewPCG(2, 2))
	for range 100_000 {
		text := make([]byte, r.IntN(30))
		for i := range text {
			text[i] = `\" -2ax`[r.IntN(7)]
		}
		s := string(text)
		if got, want := End(s), end(s); got != want {
			t.Fatalf("%q ends at %d, want %d", s, got, want)
		}
		if got, want := Last(s, " -"), strings.LastIndex(s, " -"); got != want {
			t.Fatalf("in %q the last one is at %d, want %d", s, got, want)
		}
	}
}

func TestDecode(t *testing.T) {
	for in, want := range map[string]string{
		"/plain":             "/plain",
		"/.%2e/.%2E/bin":     "/../../bin",
		"/%252e%252e/x":      "/../x",
		"/100%":              "/100%",
		"/%zz%4":             "/%zz%4",
		"/a+b%20c":           "/a+b c",
		"/%25252525252565e":  "/%252565e", // four times, no more
		"/%u0041%U0042%xy":   "/AB%xy",
		"/..%c0%af..%c1%9c":  `/../..\`,
		`/\x3cb\x3E`:         "/<b>",
		"/?id=1%27%20UNION ": "/?id=1' UNION ",
	} {
		if got := Decode(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzParse holds that no message makes the reader fail, and that what it gives is part of the message.
func FuzzParse(f *testing.F) {
	f.Add(`"GET /?q="x" HTTP/1.0" 200 17 "-" "a \"b\" 1"`)
	f.Add(`"`)
	f.Add(`"\`)
	f.Fuzz(func(t *testing.T, message string) {
		r, ok := Parse(message)
		if !ok {
			return
		}
		for _, part := range []string{r.Method, r.Target, r.Referer, r.Agent} {
			if len(part) > len(message) {
				t.Fatalf("%q is longer than %q", part, message)
			}
		}
		if len(Decode(r.Target)) > len(r.Target) {
			t.Fatal("decoding makes it longer")
		}
	})
}
