package preview

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"practicum/render"
	"practicum/render/browser"
	"practicum/render/document"
	"practicum/render/draft"
	"practicum/render/merge"
	"practicum/render/pdf"
	"practicum/templates"
)

func drawHTML(source []byte) (*render.Page, error) {
	d, err := document.Parse(source)
	if err != nil {
		return nil, err
	}
	return render.NewPage(d, render.HTMLOptions{Templates: templates.Default()})
}

func whole(p *render.Page) string {
	var b strings.Builder
	_, _ = p.WriteTo(&b)
	return b.String()
}

func drawPDF(source []byte) ([]byte, error) {
	d, err := document.Parse(source)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = pdf.Render(&b, d, pdf.Options{})
	return b.Bytes(), err
}

// incident is a section as a report has it.
func incident(n int) string {
	return fmt.Sprintf(`
## Incident %[1]d: Telnet from 192.0.2.%[1]d

| Fact | Value |
|------|-------|
| Source | `+"`192.0.2.%[1]d`"+` |
| Target | `+"`mail`"+` |
| Id | `+"`%012[1]d`"+` |

### Log excerpt

`+"```log\n    1  Mar  7 21:11:03 mail in.telnetd[123]: refused connect from 192.0.2.%[1]d\n```"+`

### What the log shows

- **Observed.** 1 record tells of 1 attempt to connect. (`+"`mail.log`"+` %[1]d)

### Analysis

- [ ] Who was it, number %[1]d? <!-- prompt:who -->

<!-- analyst:begin %012[1]d -->

_Not yet written._

<!-- analyst:end %012[1]d -->

### Severity

| Factor | Points | Reason | Origin |
|--------|-------:|--------|--------|
| Criticality | 4 | The mail server. | analyst |
| Lethality | 1 | The service does not run here. | analyst |
| System countermeasures | 4 | TCP Wrappers. | analyst |
| Network countermeasures | 2 | A permissive filter. | analyst |

**(4 + 1) − (4 + 2) = −1** `+"`ELEVATED`"+`
`, n)
}

func report(incidents int) string {
	var b strings.Builder
	b.WriteString("# A report\n\n## Summary\n\nNothing much.\n")
	for n := range incidents {
		b.WriteString(incident(n + 1))
	}
	b.WriteString("\n## Appendix A: Inputs\n\nOne.\n\n## Appendix B: Ledger\n\nIt balances.\n")
	return b.String()
}

// save writes as editors do: a new file takes the place of the old one.
func save(t testing.TB, file, text string) {
	t.Helper()
	if err := os.WriteFile(file+".new", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}

func newServer(t testing.TB, text string) (*Server, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.md")
	save(t, file, text)
	recompute := func(d *draft.Draft) []byte {
		return merge.Recompute(d, nil, func(int) string { return "ELEVATED" })
	}
	s, err := New(Options{File: file, HTML: drawHTML, PDF: drawPDF, Recompute: recompute})
	if err != nil {
		t.Fatal(err)
	}
	return s, file
}

const address = "127.0.0.1:4711"

func get(t testing.TB, s *Server, path string, change func(*http.Request)) *http.Response {
	t.Helper()
	h, err := s.Handler(address)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "http://"+address+path, nil)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t testing.TB, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func state(t testing.TB, s *Server) State {
	t.Helper()
	var st State
	if err := json.Unmarshal([]byte(body(t, get(t, s, "/state.json", nil))), &st); err != nil {
		t.Fatal(err)
	}
	return st
}

func TestGuard(t *testing.T) {
	s, _ := newServer(t, report(1))
	for _, c := range []struct {
		name, path string
		change     func(*http.Request)
		want       int
	}{
		{"the page", "/", nil, 200},
		{"by name", "/", func(r *http.Request) { r.Host = "localhost:4711" }, 200},
		{"the report", "/report.html", nil, 200},
		{"its own origin", "/state.json", func(r *http.Request) { r.Header.Set("Origin", "http://"+address) }, 200},
		{"its own fetch", "/state.json", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") }, 200},
		{"a foreign host", "/", func(r *http.Request) { r.Host = "evil.example" }, 403},
		{"a name made to point here", "/state.json", func(r *http.Request) { r.Host = "rebound.example:4711" }, 403},
		{"another port", "/", func(r *http.Request) { r.Host = "127.0.0.1:4712" }, 403},
		{"no host", "/", func(r *http.Request) { r.Host = "" }, 403},
		{"a foreign origin", "/state.json", func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, 403},
		{"the null origin", "/report.html", func(r *http.Request) { r.Header.Set("Origin", "null") }, 403},
		{"two origins", "/", func(r *http.Request) {
			r.Header.Add("Origin", "http://"+address)
			r.Header.Add("Origin", "http://evil.example")
		}, 403},
		{"a foreign page's link", "/", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		{"a foreign page's picture", "/report.pdf", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, 403},
		{"another path", "/report.md", nil, 404},
		{"a path upwards", "/../report.md", nil, 307},
		{"a method that writes", "/", func(r *http.Request) { r.Method = "POST" }, 405},
	} {
		if got := get(t, s, c.path, c.change).StatusCode; got != c.want {
			t.Errorf("%s: status %d, want %d", c.name, got, c.want)
		}
	}
	r := get(t, s, "/", nil)
	policy := r.Header.Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || !strings.HasPrefix(policy, "default-src 'none'; script-src 'sha256-") {
		t.Errorf("policy %s", policy)
	}
	if !strings.Contains(get(t, s, "/report.html", nil).Header.Get("Content-Security-Policy"), "default-src 'none'; style-src") {
		t.Error("the framed report may run something")
	}
}

// The report is served as it will be written, the PDF too.
func TestSame(t *testing.T) {
	s, file := newServer(t, report(2))
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	html, err := drawHTML(source)
	if err != nil {
		t.Fatal(err)
	}
	if got := body(t, get(t, s, "/report.html", nil)); got != whole(html) {
		t.Error("the page is not the report's HTML")
	}
	want, err := drawPDF(source)
	if err != nil {
		t.Fatal(err)
	}
	r := get(t, s, "/report.pdf", nil)
	if got := body(t, r); got != string(want) || r.Header.Get("Content-Type") != "application/pdf" {
		t.Error("the PDF is not the report's")
	}
	// Nothing was written beside the report.
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files, %v", len(entries), err)
	}
}

func TestRefresh(t *testing.T) {
	s, file := newServer(t, report(2))
	first := state(t, s)
	if first.Version != 1 || len(first.Prompts) != 2 || len(first.Severities) != 2 || !first.Severities[0].Agrees || first.Severities[0].Band != "ELEVATED" {
		t.Fatalf("%+v", first)
	}
	if s.Refresh() {
		t.Error("a file that has not changed is new")
	}

	// A rating is edited: the sum is computed again, and the written one disagrees.
	save(t, file, strings.Replace(report(2), "| Lethality | 1 |", "| Lethality | 3 to 4 |", 1))
	if !s.Refresh() {
		t.Error("an edited file is not new")
	}
	second := state(t, s)
	if v := second.Severities[0]; second.Version != 2 || v.Sum != "1 to 2" || v.Agrees {
		t.Errorf("%+v", v)
	}
	if !strings.Contains(body(t, get(t, s, "/report.html", nil)), "(4 + 3 to 4) − (4 + 2) = 1 to 2") {
		t.Error("the page does not show the sum that the points make")
	}

	// A file that cannot be drawn: the reason with its line, and the last good version.
	save(t, file, report(2)+"\n"+strings.Repeat(">", 5000)+" x\n")
	s.Refresh()
	bad := state(t, s)
	if bad.Error == nil || bad.Error.Line != strings.Count(report(2), "\n")+2 || bad.Version != 2 || len(bad.Prompts) != 2 {
		t.Errorf("%+v", bad.Error)
	}
	if !strings.Contains(body(t, get(t, s, "/report.html", nil)), "Telnet from 192.0.2.2") {
		t.Error("the last good version is gone")
	}

	// Gone and back.
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	s.Refresh()
	if e := state(t, s).Error; e == nil || !strings.Contains(e.Text, "cannot be read") {
		t.Errorf("%+v", e)
	}
	save(t, file, report(1))
	s.Refresh()
	if back := state(t, s); back.Error != nil || back.Version != 3 || len(back.Prompts) != 1 {
		t.Errorf("%+v", back)
	}
}

// TestServe: pages are told of a change that the system reports, and serving ends cleanly with an open stream.
func TestServe(t *testing.T) {
	s, file := newServer(t, report(1))
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	r, err := http.Get("http://" + l.Addr().String() + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	events := bufio.NewScanner(r.Body)
	wait := func() {
		for events.Scan() {
			if strings.HasPrefix(events.Text(), "data: ") {
				return
			}
		}
		t.Fatal("the stream ended")
	}
	wait()
	save(t, file, report(2))
	// The report is told of before it is graded, and what an editor had written halfway may be as well.
	for wait(); len(state(t, s).Severities) != 2; wait() {
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp4", l.Addr().String()); err == nil {
		t.Error("it still listens")
	}
}

// TestBrowser saves changes and looks at what a browser shows of them.
func TestBrowser(t *testing.T) {
	s, file := newServer(t, report(12))
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	b := browser.Open(t, "http://"+l.Addr().String()+"/")
	const text = `document.querySelector("iframe:not(.next)").contentDocument.body.innerText`
	b.Until(`document.body.dataset.version === "1" && ` + text + `.includes("Telnet from 192.0.2.12")`)
	b.Until(`document.getElementById("prompts").children.length === 12`)
	b.Until(`document.getElementById("status").textContent === "live"`)

	// The reader is in the middle of incident 7 while text grows above it: the place is kept.
	b.Value(`[...document.querySelectorAll("#severities button")][6].click()`)
	b.Value(`document.querySelector("iframe").contentWindow.scrollBy(0, 120)`)
	const place = `Math.round(document.querySelector("iframe:not(.next)").contentDocument.getElementById("incident-7").getBoundingClientRect().top)`
	before := b.Value(place)
	edited := strings.Replace(report(12), "_Not yet written._", strings.Repeat("I looked at it again and again.\n\n", 30), 1)
	save(t, file, edited)
	b.Until(`document.body.dataset.version === "2" && ` + text + `.includes("again and again")`)
	if after := b.Value(place); after != before {
		t.Errorf("incident 7 was at %v and is at %v", before, after)
	}

	// What was put together in the browser is what a page that is loaded now would be.
	const same = `(() => {
	  const mine = document.querySelector("iframe:not(.next)").contentDocument;
	  const request = new XMLHttpRequest();
	  request.open("GET", "/report.html", false);
	  request.send();
	  const whole = new DOMParser().parseFromString(request.responseText, "text/html");
	  const words = d => d.title + d.querySelector("nav")?.innerHTML + [...d.querySelector("main").children].map(e => e.outerHTML).join("\n");
	  return words(mine) === words(whole);
	})()`
	b.Value(`document.querySelector("iframe").contentWindow.mark = "the first"`)
	parts := strings.SplitAfter(edited, "\n## ")
	moved := slices.Concat(parts[:3], parts[8:10], parts[3:8], parts[10:])
	moved[4] = strings.Replace(moved[4], "Telnet", "Much telnet", 1)
	for i, text := range []string{
		edited + "\n## One more heading\n\nA word.[^1]\n\n[^1]: And a note.\n",
		strings.Join(moved, ""),
		strings.Join(slices.Concat(parts[:2], parts[4:]), ""),
		strings.ReplaceAll(edited, "Who was it", "Who is it"),
		"Nothing but this.\n",
		edited,
	} {
		save(t, file, text)
		b.Until(fmt.Sprintf(`document.body.dataset.version === "%d"`, 3+i))
		if b.Value(same) != true {
			t.Errorf("change %d: the page is not the report", i)
		}
	}
	if b.Value(`document.querySelector("iframe").contentWindow.mark`) != "the first" {
		t.Error("the page was loaded as a whole again")
	}

	// An answered prompt and a changed rating.
	edited = strings.Replace(strings.Replace(edited, "- [ ] Who was it, number 3?", "- [x] Who was it, number 3?", 1), "| Criticality | 4 |", "| Criticality | 5 |", 1)
	save(t, file, edited)
	b.Until(`document.getElementById("prompts").children.length === 11`)
	b.Until(`document.querySelector("#severities tr").innerText.includes("disagrees")`)

	// A file that cannot be drawn, and its repair.
	save(t, file, edited+"\n"+strings.Repeat(">", 5000)+" x\n")
	b.Until(`!document.getElementById("error").hidden && document.getElementById("error").textContent.startsWith("Line ")`)
	if b.Value(text+`.includes("again and again")`) != true {
		t.Error("the last good version is gone")
	}
	if file := os.Getenv("PICTURE"); file != "" {
		b.Picture(file)
	}
	save(t, file, edited)
	b.Until(`document.getElementById("error").hidden`)

	// Text of a log that looks like markup stays text, in the lists too.
	save(t, file, strings.Replace(edited, "Who was it, number 5?", "Who is <img src=x onerror=\"document.title='owned'\"> and `</script><script>document.title='owned'</script>`?", 1))
	b.Until(`document.getElementById("prompts").innerText.includes("owned")`)
	if b.Value(`document.querySelectorAll("img").length + document.querySelector("iframe:not(.next)").contentDocument.querySelectorAll("img, script").length`) != 1.0 /* the page's own, which does not run here */ || strings.Contains(fmt.Sprint(b.Value(`document.title`)), "owned") {
		t.Error("markup of a log became markup")
	}
}

// BenchmarkRefresh is from a saved keystroke to the new page of 100 incidents, without the browser.
func BenchmarkRefresh(b *testing.B) {
	s, file := newServer(b, report(100))
	texts := []string{report(100) + "\nOne more word.\n", report(100) + "\nOne word less.\n"}
	for i := 0; b.Loop(); i++ {
		save(b, file, texts[i%2])
		if !s.Refresh() {
			b.Fatal("nothing new")
		}
		get(b, s, "/state.json", nil)
		get(b, s, "/report.html", nil)
	}
}

// BenchmarkSave is from a saved keystroke to the new words in the page of a headless Chromium, of 100
// incidents or of the report that REPORT names.
func BenchmarkSave(b *testing.B) {
	text := report(100)
	if file := os.Getenv("REPORT"); file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		text = string(raw)
	}
	s, file := newServer(b, text)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	}()
	page := browser.Open(b, "http://"+l.Addr().String()+"/")
	page.Until(`document.body.dataset.version === "1"`)
	before, after, _ := strings.Cut(text, "_Not yet written._")
	for i := 0; b.Loop(); i++ {
		word := fmt.Sprintf("keystroke%dend", i)
		save(b, file, before+word+after)
		page.Value(`new Promise(done => {
		  const look = () => {
		    const doc = document.querySelector("iframe:not(.next)").contentDocument;
		    const found = doc.evaluate("//p[contains(., '` + word + `')]", doc, null, XPathResult.BOOLEAN_TYPE).booleanValue;
		    if (found) requestAnimationFrame(() => done(doc.body.offsetHeight)); else setTimeout(look, 2);
		  };
		  look();
		})`)
	}
}
