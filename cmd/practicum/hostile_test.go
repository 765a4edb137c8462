package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"practicum/render/browser"
)

// attacks are what whoever writes into a log may try on a reader: markup, links, scripts, templates, Markdown, control sequences,
// formulas, PDF operators, marks of direction, broken UTF-8.
var attacks = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`, `<iframe src=http://evil.example/>`, `"><body onload=alert(1)>`, `<a href="javascript:alert(1)">x</a>`,
	`<style>@import "http://evil.example/a.css";</style>`, `<link rel=stylesheet href=http://evil.example/a.css>`, `<meta http-equiv=refresh content="0;url=http://evil.example/">`,
	`<base href=http://evil.example/>`, `<form action=http://evil.example/><input type=submit>`, `</script><script>alert(1)</script>`, `</style><script>alert(1)</script>`, `</title><script>alert(1)</script>`,
	`![x](http://evil.example/a.png)`, `[x](javascript:alert(1))`, `[x]: http://evil.example`, `<http://evil.example>`, "```\n</code></pre><script>alert(1)</script>", "~~~", "| a | b |", "# heading", "<!-- analyst:end x -->",
	`{{.X}}`, `{{printf "%s" "<script>"}}`, `${alert(1)}`, `{nb}`, `%n%s%x`, `) Tj ET Q (`, `endstream endobj`, `=cmd|'/C calc'!A0`, `@SUM(1+1)`, "\x1b[2J\x1b]8;;http://evil.example\x07x", "\x9b31m", "a\u202egnp.exe",
	"\u200b\u200d\ufeff", "\xff\xfe\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "&lt;script&gt;&#60;", `\\evil.example\share`, `file:///etc/passwd`, `data:text/html,<script>alert(1)</script>`, "`", "``", "***", "‹U+202E›",
	`"onmouseover="alert(1)`, `'-alert(1)-'`, `<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>`, `<details open ontoggle=alert(1)>`, `x" style="background:url(http://evil.example)`, "chart bars\n1 x",
}

// hostileLog is a log of several formats whose every free word is an attack or two.
func hostileLog(r *rand.Rand) string {
	word := func() string {
		s := attacks[r.IntN(len(attacks))]
		if r.IntN(3) == 0 {
			s += attacks[r.IntN(len(attacks))]
		}
		return strings.ReplaceAll(s, "\n", []string{" ", "\r", "\u2028", "\v"}[r.IntN(4)])
	}
	var b strings.Builder
	for i := range 12 {
		ip := fmt.Sprintf("192.0.2.%d", 1+r.IntN(5))
		at := fmt.Sprintf("Mar  7 21:%02d:%02d", i, r.IntN(60))
		switch r.IntN(6) {
		case 0:
			fmt.Fprintf(&b, "%s gate sshd[%d]: Invalid user %s from %s port 4022\n", at, 100+i, word(), ip)
		case 1:
			fmt.Fprintf(&b, "%s gate in.ftpd[%d]: refused connect from %s\n", at, 100+i, strings.ReplaceAll(word(), " ", ""))
		case 2:
			fmt.Fprintf(&b, "%s - - [07/Mar/2026:21:%02d:00 +0000] \"GET /%s HTTP/1.1\" 404 12 \"%s\" \"%s\"\n", ip, i, word(), word(), word())
		case 3:
			fmt.Fprintf(&b, "%s %s %s[%d]: %s\n", at, strings.ReplaceAll(word(), " ", ""), strings.ReplaceAll(word(), " ", ""), i, word())
		case 4:
			fmt.Fprintf(&b, "%s gate imapd[%d]: Login failed user=%s auth=%s host=%s [%s]\n", at, 100+i, word(), word(), strings.ReplaceAll(word(), " ", ""), ip)
		default:
			fmt.Fprintf(&b, "%s\n", word())
		}
	}
	// One line that is certainly recognised, so that there is a report.
	fmt.Fprintf(&b, "Mar  7 21:59:00 gate in.telnetd[9]: refused connect from 192.0.2.9\n")
	return b.String()
}

// TestHostileLogs makes reports of a hundred hostile logs and opens each in Chromium: no script of a log runs, nothing is asked for,
// and the PDF stays whole.
func TestHostileLogs(t *testing.T) {
	dir := t.TempDir()
	var b *browser.Browser
	for seed := range uint64(100) {
		log := filepath.Join(dir, fmt.Sprintf("%d.log", seed))
		if err := os.WriteFile(log, []byte(hostileLog(rand.New(rand.NewPCG(seed, 8)))), 0o600); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(dir, fmt.Sprint(seed))
		var stdout, stderr bytes.Buffer
		template := []string{"practical", "gcia", "monthly"}[seed%3]
		if status := run([]string{"report", "--template", template, "-o", out, log}, nil, &stdout, &stderr, nil, now); status != 0 {
			t.Fatalf("seed %d: status %d: %s", seed, status, stderr.String())
		}
		if said := stdout.String() + stderr.String(); strings.ContainsAny(said, "\x1b\x07\u009b\u202e") {
			t.Errorf("seed %d: the terminal gets %q", seed, said)
		}
		page := "file://" + filepath.Join(out, "report.html")
		if b == nil {
			b = browser.Open(t, page)
		} else {
			b.Requests = nil
			b.Call("Page.navigate", map[string]any{"url": page}, nil)
		}
		b.Until(fmt.Sprintf(`location.href === %q && document.readyState === "complete" && !document.querySelector("form.tools").hidden`, page))
		if len(b.Requests) != 1 || b.Dialogs != 0 {
			t.Errorf("seed %d: %d dialogs, requests for %v", seed, b.Dialogs, b.Requests)
		}
		if got := b.Value(`[document.scripts.length, document.styleSheets.length, document.querySelectorAll("main img, main script, main style, main form, main input, iframe, object, embed, base, link, [style], [onerror], [onload], [onclick], [ontoggle]").length,
		  [...document.links].filter(a => !a.getAttribute("href").startsWith("#")).length].join(" ")`); got != "1 1 0 0" {
			t.Errorf("seed %d: scripts, style sheets, forbidden parts and links out of the page: %v", seed, got)
		}
		if check, err := exec.Command("qpdf", "--check", filepath.Join(out, "report.pdf")).CombinedOutput(); err != nil {
			t.Errorf("seed %d: %v\n%s", seed, err, check)
		}
	}
}

// TestNoNetwork runs the command where there is no network at all, not even loopback. A configuration that says how to mail sends
// nothing by itself.
func TestNoNetwork(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("network namespaces are Linux's; elsewhere this shows nothing")
		return
	}
	exe, err := os.Executable() // this test program runs as the command under the name of practicum
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	command := filepath.Join(dir, "practicum")
	if err := os.Symlink(exe, command); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"report", "--quiet", "--config", "../../testdata/founding.yaml", "-o", filepath.Join(dir, "out"), "../../testdata/logs/founding"},
		{"render", filepath.Join(dir, "out", "report.md")}, {"events", "../../testdata/logs/founding"}, {"explain", "1243/tcp"}, {"formats"}, {"init", "../../testdata/logs/founding"},
	} {
		cmd := exec.Command("unshare", append([]string{"--map-root-user", "--net", command}, args...)...)
		cmd.Dir, _ = os.Getwd()
		cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+dir, "PRACTICUM_MAIL_TO=a@example.net", "PRACTICUM_MAIL_FROM=b@example.net", "PRACTICUM_MAIL_SMTP=192.0.2.1:25")
		if args[0] == "init" {
			cmd.Args = append(cmd.Args, "-o", filepath.Join(dir, "site.yaml"))
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("practicum %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}
