// Package browser drives a headless Chromium for the tests of what people see in one. The program itself does not use it.
package browser

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Browser is a page in a headless Chromium, driven over a pipe by the DevTools protocol. A client library would be
// larger than the few methods that the tests need.
type Browser struct {
	// Requests are the addresses that the page asked for, the page itself first.
	Requests []string
	// Dialogs counts the dialogs that scripts opened.
	Dialogs int

	t       testing.TB
	in      io.Writer
	out     *bufio.Reader
	id      int
	session string
}

func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium; scripts/test.sh installs one")
	return ""
}

// Open starts Chromium with a page. It ends with the test.
func Open(t testing.TB, url string) *Browser {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	fromUs, toBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fromBrowser, toUs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// Not the test's own folder: processes of Chromium may write into it a moment longer than its first one
	// lives, and what is left of it must not fail the test.
	profile, err := os.MkdirTemp("", "preview-test-")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, chromium(t), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--remote-debugging-pipe", "--window-size=1400,900", "--user-data-dir="+profile, "about:blank")
	cmd.ExtraFiles = []*os.File{fromUs, toUs}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fromUs.Close()
	toUs.Close()
	b := &Browser{t: t, in: toBrowser, out: bufio.NewReaderSize(fromBrowser, 1<<20)}
	t.Cleanup(func() {
		b.session = ""
		b.id++
		fmt.Fprintf(b.in, `{"id":%d,"method":"Browser.close"}`+"\x00", b.id)
		_ = cmd.Wait()
		cancel()
		toBrowser.Close()
		fromBrowser.Close()
		_ = os.RemoveAll(profile)
	})
	var target struct{ TargetID string }
	b.Call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var session struct{ SessionID string }
	b.Call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	b.session = session.SessionID
	b.Call("Network.enable", map[string]any{}, nil)
	b.Call("Page.enable", map[string]any{}, nil)
	b.Call("Page.navigate", map[string]any{"url": url}, nil)
	return b
}

// Call sends a command of the protocol and reads its result into result, if that is not nil.
func (b *Browser) Call(method string, params, result any) {
	b.t.Helper()
	b.id++
	message := map[string]any{"id": b.id, "method": method, "params": params}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	raw, err := json.Marshal(message)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(raw, 0)); err != nil {
		b.t.Fatal(err)
	}
	for {
		raw, err := b.out.ReadBytes(0)
		if err != nil {
			b.t.Fatalf("%s: Chromium is gone: %v", method, err)
		}
		var answer struct {
			ID     int
			Method string
			Params struct{ Request struct{ URL string } }
			Result json.RawMessage
			Error  *struct{ Message string }
		}
		if err := json.Unmarshal(raw[:len(raw)-1], &answer); err != nil {
			b.t.Fatal(err)
		}
		if answer.ID != b.id {
			switch answer.Method {
			case "Network.requestWillBeSent":
				b.Requests = append(b.Requests, answer.Params.Request.URL)
			case "Page.javascriptDialogOpening":
				b.Dialogs++
			}
			continue
		}
		if answer.Error != nil {
			b.t.Fatalf("%s: %s", method, answer.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(answer.Result, result); err != nil {
				b.t.Fatal(err)
			}
		}
		return
	}
}

// Value evaluates an expression in the page; a promise is waited for.
func (b *Browser) Value(expression string) any {
	b.t.Helper()
	var answer struct {
		Result           struct{ Value any }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	b.Call("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &answer)
	if answer.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, answer.ExceptionDetails.Exception.Description)
	}
	return answer.Result.Value
}

// Until waits for a condition in the page; what it says when it never comes true is in the failure.
func (b *Browser) Until(condition string) {
	b.t.Helper()
	got := b.Value(`new Promise(done => {
	  const end = performance.now() + 30000;
	  const look = () => {
	    let ok = false;
	    try { ok = ` + condition + `; } catch {}
	    if (ok) done(true); else if (performance.now() > end) done(document.body.innerText); else setTimeout(look, 10);
	  };
	  look();
	})`)
	if got != true {
		b.t.Fatalf("never: %s\nthe page says:\n%v", condition, got)
	}
}

// Picture writes what the browser shows into a file, to be looked at.
func (b *Browser) Picture(file string) {
	b.t.Helper()
	var shot struct{ Data string }
	b.Call("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	raw, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(file, raw, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
