package render_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"practicum/analysis"
	"practicum/render/browser"
)

// opened shows a page in Chromium, from a file as from a mail's attachment.
func opened(t *testing.T, page []byte) *browser.Browser {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, page, 0o644); err != nil {
		t.Fatal(err)
	}
	b := browser.Open(t, "file://"+file)
	b.Until(`document.readyState === "complete" && location.protocol === "file:"`)
	return b
}

// withoutScript is a page as a reader sees it whose mail program or browser runs no scripts.
func withoutScript(t *testing.T, page []byte) []byte {
	t.Helper()
	before, rest, found := bytes.Cut(page, []byte("<script>"))
	_, after, closed := bytes.Cut(rest, []byte("</script>"))
	if !found || !closed {
		t.Fatal("the page has no script")
	}
	return append(bytes.Clone(before), after...)
}

// manyReport has incidents that differ in everything that the page can filter and sort by.
func manyReport() *analysis.Report {
	r := practicalReport()
	in := r.Incidents[0]
	r.Incidents = nil
	for i := range 6 {
		n := in
		n.Number, n.ID = i+1, fmt.Sprintf("id%d", i)
		n.Title = fmt.Sprintf("Made-up incident %c", 'A'+i)
		n.Records = 10 * (i*5%7 + 1)
		n.Sources = []analysis.Source{{IP: fmt.Sprintf("192.0.2.%d", i%3)}}
		n.Kinds = []string{[]string{"port-probe", "brute-force"}[i%2]}
		n.Severity.Low, n.Severity.High = i*2-6, i*2-6
		n.Severity.Band = analysis.Bands[min(i, 4)]
		n.Prompts = nil
		r.Incidents = append(r.Incidents, n)
	}
	return r
}

// TestAccessible asks axe-core for breaches of WCAG 2.2 A and AA, in light and dark, on a phone and on a desk, with scripts and
// without.
func TestAccessible(t *testing.T) {
	axe, err := os.ReadFile("testdata/axe/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	kinds, err := os.ReadFile("document/testdata/kinds.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, md := range map[string][]byte{"incidents": markdown(t, manyReport()), "every kind of node": kinds} {
		t.Run(name, func(t *testing.T) {
			for _, scripts := range []bool{true, false} {
				p := page(t, parsed(t, md))
				if !scripts {
					p = withoutScript(t, p)
				}
				b := opened(t, p)
				for _, scheme := range []string{"light", "dark"} {
					for _, width := range []int{360, 1280} {
						b.Call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]any{
							{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}}}, nil)
						b.Call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
						if got := b.Value(`document.getAnimations().length + " " + getComputedStyle(document.documentElement).scrollBehavior`); got != "0 auto" {
							t.Errorf("something moves: %v", got)
						}
						b.Value(string(axe) + ";0")
						got := b.Value(`axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r =>
						  r.violations.map(v => v.id + ": " + v.help + "\n" + v.nodes.slice(0, 5).map(n => "  " + n.html + "\n    " + n.failureSummary).join("\n")).join("\n"))`)
						if got != "" {
							t.Errorf("%s, %d px, scripts %v:\n%v", scheme, width, scripts, got)
						}
						if over := b.Value(`document.documentElement.scrollWidth - innerWidth`).(float64); over > 0 {
							t.Errorf("%s, %d px: the page is %v px wider than the window", scheme, width, over)
						}
					}
				}
			}
		})
	}
}

// TestTools filters, sorts and folds as a reader would, by keyboard.
func TestTools(t *testing.T) {
	b := opened(t, page(t, parsed(t, markdown(t, manyReport()))))
	b.Until(`!document.querySelector("form.tools").hidden`)
	shown := func() string {
		return b.Value(`[...document.querySelectorAll("main h2[id^=incident-]")].filter(h => h.checkVisibility()).map(h => h.id.slice(9)).join(" ")`).(string)
	}
	said := func() string { return b.Value(`document.querySelector("form.tools output").textContent`).(string) }
	set := func(name, value string) {
		b.Value(fmt.Sprintf(`{ const e = document.querySelector("form.tools").elements.namedItem(%q); e.value = %q;
		  e.dispatchEvent(new Event("input", {bubbles: true})); 0 }`, name, value))
	}
	check := func(what, want, says string) {
		t.Helper()
		if got := shown(); got != want {
			t.Errorf("%s: incidents %s, want %s", what, got, want)
		}
		if got := said(); got != says {
			t.Errorf("%s: it says %q, want %q", what, got, says)
		}
	}
	key := func(name, code string, n int) {
		for _, kind := range []string{"keyDown", "keyUp"} {
			b.Call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": name, "code": code, "windowsVirtualKeyCode": n}, nil)
		}
	}
	check("at first", "1 2 3 4 5 6", "6 incidents")
	set("band", "4")
	check("high and above", "4 5 6", "3 of 6 incidents")
	if got := b.Value(`document.querySelectorAll("main table a[href='#incident-1']")[0].checkVisibility()`); got != false {
		t.Error("the row of a hidden incident stands in the summary")
	}
	set("kind", "brute-force")
	check("and of a kind", "4 6", "2 of 6 incidents")
	set("source", "192.0.2.0")
	check("and of a source", "4", "1 of 6 incidents")
	b.Value(`document.querySelector("form.tools [type=reset]").click()`)
	b.Until(`document.querySelector("form.tools output").textContent === "6 incidents"`)
	set("order", "severity")
	check("by severity", "6 5 4 3 2 1", "6 incidents")
	if got := b.Value(`[...document.querySelector("main h2#summary").nextElementSibling.querySelectorAll("tbody a")].map(a => a.textContent).join(" ")`); got != "6 5 4 3 2 1" {
		t.Errorf("the summary stands in the order %v", got)
	}
	set("order", "records")
	check("by records", "5 2 6 3 4 1", "6 incidents")
	set("order", "number")
	check("as numbered", "1 2 3 4 5 6", "6 incidents")

	// By keyboard: the first stop is the way past the contents; the field is reached and takes text.
	key("Tab", "Tab", 9)
	if got := b.Value(`document.activeElement.className`); got != "skip" {
		t.Errorf("the first stop is %v, want the link to the report", got)
	}
	stops := 0
	for b.Value(`document.activeElement.name === "text"`) != true {
		if key("Tab", "Tab", 9); stops > 60 {
			t.Fatal("the field for text is not reached by Tab")
		}
		stops++
	}
	b.Call("Input.insertText", map[string]any{"text": "incident C"}, nil)
	check("text", "3", "1 of 6 incidents")
	// A link to what is hidden shows it again.
	b.Value(`location.hash = "#incident-1"; 0`)
	b.Until(`document.getElementById("incident-1").checkVisibility() && document.querySelector("form.tools output").textContent === "6 incidents"`)

	// Every stop is visible.
	for range 40 {
		key("Tab", "Tab", 9)
		if got := b.Value(`(() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
		  return e === document.body || (r.width > 0 && r.height > 0 && s.outlineStyle !== "none") ? "" : e.outerHTML.slice(0, 200); })()`); got != "" {
			t.Errorf("the focus is not seen on %v", got)
		}
	}
	// Enter and blank work on what folds.
	b.Value(`document.querySelector("details.excerpt > summary").focus()`)
	key("Enter", "Enter", 13)
	b.Call("Input.dispatchKeyEvent", map[string]any{"type": "char", "text": "\r"}, nil)
	b.Value(`document.querySelector("form.tools").elements.namedItem("fold").click()`)
	if got := b.Value(`document.querySelectorAll("details.excerpt[open]").length`); got != 0.0 {
		t.Errorf("%v excerpts are open after all were folded", got)
	}
	if len(b.Requests) != 1 || b.Dialogs != 0 {
		t.Errorf("%d dialogs, requests for %v", b.Dialogs, b.Requests)
	}
}

// TestWithoutScripts reads a page whose script does not run.
func TestWithoutScripts(t *testing.T) {
	b := opened(t, withoutScript(t, page(t, parsed(t, markdown(t, manyReport())))))
	if b.Value(`document.querySelector("form.tools").checkVisibility()`) != false {
		t.Error("controls that do nothing are shown")
	}
	if got := b.Value(`[...document.querySelectorAll("pre.log")].filter(p => !p.checkVisibility()).length`); got != 0.0 {
		t.Errorf("%v excerpts are hidden", got)
	}
}

// TestHostilePage opens a page made of hostile text: nothing runs, nothing is asked for.
func TestHostilePage(t *testing.T) {
	b := opened(t, page(t, parsed(t, markdown(t, hostileReport(hostileText)))))
	b.Value(`new Promise(done => setTimeout(done, 300))`)
	if len(b.Requests) != 1 || !strings.HasPrefix(b.Requests[0], "file://") || b.Dialogs != 0 {
		t.Errorf("%d dialogs, requests for %v", b.Dialogs, b.Requests)
	}
	// The page's own script is the only one, and its style sheet the only style.
	if got := b.Value(`document.scripts.length + " " + document.styleSheets.length + " " + document.querySelectorAll("[style], [onclick], [onload], [onerror], iframe, object, embed, base, link").length`); got != "1 1 0" {
		t.Errorf("scripts, style sheets and forbidden parts: %v", got)
	}
}
