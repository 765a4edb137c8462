package preview

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"html/template"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"practicum/render"
	"practicum/render/check"
	"practicum/render/document"
	"practicum/render/draft"
	"practicum/render/safe"
)

// Options are what a preview depends on.
type Options struct {
	File string // the report
	HTML func(source []byte) (*render.Page, error)
	PDF  func(source []byte) ([]byte, error)
	// Recompute makes the sums follow the points, as they will in what is written; nil leaves them.
	Recompute func(d *draft.Draft) []byte
}

// State is what the page lists beside the report.
type State struct {
	File       string          `json:"file"`
	Version    int             `json:"version"` // of the report that is shown; it changes when the report does
	Error      *Problem        `json:"error,omitempty"`
	Prompts    []check.Finding `json:"prompts"`
	Findings   []check.Finding `json:"findings"` // all others
	Severities []Severity      `json:"severities"`
}

// Problem says why the file as it is cannot be drawn.
type Problem struct {
	Line int    `json:"line"` // 0 when it concerns the whole
	Text string `json:"text"`
}

// Severity is the severity of an incident, computed again.
type Severity struct {
	Incident int    `json:"incident"`
	Title    string `json:"title"`
	Line     int    `json:"line"`
	Sum      string `json:"sum"`
	Band     string `json:"band"`
	Agrees   bool   `json:"agrees"` // every stated total with the parts
}

// Server shows one report.
type Server struct {
	o Options

	refreshing sync.Mutex // one reading at a time

	mu     sync.Mutex
	read   []byte // the file as it was last read; nil when it could not be
	good   []byte // the last version that could be drawn, with its sums made
	page   *render.Page
	past   history
	state  State
	turn   int // counts changes of the state, of which those of the report are some
	waiter map[chan struct{}]bool

	drawing sync.Mutex
	pdf     []byte
	pdfOf   int // the version that pdf shows
}

// New reads the report for the first time. It fails when the file cannot be read; one that cannot be
// drawn is shown with the reason.
func New(o Options) (*Server, error) {
	s := &Server{o: o, waiter: map[chan struct{}]bool{}, past: history{seed: maphash.MakeSeed()}}
	s.state.File = safe.Line(filepath.ToSlash(o.File))
	if _, err := os.Stat(o.File); err != nil {
		return nil, err
	}
	s.Refresh()
	return s, nil
}

// Refresh reads the file and, where it has changed, draws it and tells the pages. It reports whether
// anything was new.
func (s *Server) Refresh() bool {
	s.refreshing.Lock()
	defer s.refreshing.Unlock()
	source, err := os.ReadFile(s.o.File)
	s.mu.Lock()
	same := err == nil && s.read != nil && bytes.Equal(source, s.read)
	failed := err != nil && s.read == nil && s.turn > 0
	s.mu.Unlock()
	if same || failed {
		return false
	}
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = fmt.Errorf("the file cannot be read: %w", path.Err)
		}
		s.fail(nil, err)
		return true
	}
	if source == nil {
		source = []byte{}
	}
	page, drawn, d, err := s.draw(source)
	if err != nil {
		s.fail(source, err)
		return true
	}
	// The report is shown first; grading it takes as long again.
	s.mu.Lock()
	s.read, s.good = source, drawn
	s.state.Error = nil
	if s.page == nil || !samePage(page, s.page) {
		s.state.Version++
		s.page = page
		s.past.add(s.state.Version, page)
	}
	s.tell()
	next := State{File: s.state.File, Version: s.state.Version, Prompts: []check.Finding{}, Findings: []check.Finding{}, Severities: []Severity{}}
	s.mu.Unlock()
	next.fill(source, d)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = next
	s.tell()
	return true
}

// draw draws the report with its sums made. A report that a person is writing has them made already
// most of the time, so both begin at once.
func (s *Server) draw(source []byte) (page *render.Page, drawn []byte, d *draft.Draft, err error) {
	var reading sync.WaitGroup
	reading.Go(func() {
		if x, err := draft.Parse(source); err == nil {
			d = x
		}
	})
	page, err = s.o.HTML(source)
	reading.Wait()
	if err != nil || d == nil || s.o.Recompute == nil {
		return page, source, d, err
	}
	if drawn = s.o.Recompute(d); !bytes.Equal(drawn, source) {
		page, err = s.o.HTML(drawn)
	}
	return page, drawn, d, err
}

// fail keeps the report that is shown, and the lists with it, and says why.
func (s *Server) fail(source []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read = source
	s.state.Error = problem(err)
	if s.state.Prompts == nil {
		s.state.Prompts, s.state.Findings, s.state.Severities = []check.Finding{}, []check.Finding{}, []Severity{}
	}
	s.tell()
}

// tell wakes the pages. The caller holds the lock.
func (s *Server) tell() {
	s.turn++
	for c := range s.waiter {
		select {
		case c <- struct{}{}:
		default: // it has not taken the last one yet, and will find this state
		}
	}
}

func problem(err error) *Problem {
	var bad *document.Error
	if errors.As(err, &bad) {
		return &Problem{bad.Line, safe.Line(bad.Reason)}
	}
	return &Problem{0, safe.Line(err.Error())}
}

// fill grades the report.
func (n *State) fill(source []byte, d *draft.Draft) {
	r, err := check.Draft(n.File, source, d, check.Options{})
	if err != nil {
		return
	}
	for _, f := range r.Findings {
		f.Message = safe.Line(strings.TrimPrefix(f.Message, "not answered: "))
		if f.Rule == "prompt-open" {
			n.Prompts = append(n.Prompts, f)
		} else {
			n.Findings = append(n.Findings, f)
		}
	}
	for _, v := range r.Severity {
		n.Severities = append(n.Severities, Severity{v.Incident, safe.Line(v.Title), v.Line, v.Sum, v.Band,
			v.Sum != "" && !slices.ContainsFunc(v.Totals, func(t check.Total) bool { return !t.Agrees })})
	}
}

//go:embed preview.html
var pageSource string

//go:embed preview.css
var pageStyle string

//go:embed preview.js
var pageScript string

// page is the page round the report, and its policy: its own style and script by hash, our own
// server for the rest, and nothing else.
func page() (body []byte, policy string, err error) {
	t, err := template.New("preview").Parse(pageSource)
	if err != nil {
		return nil, "", err
	}
	var b bytes.Buffer
	err = t.Execute(&b, struct {
		Style  template.CSS
		Script template.JS
	}{template.CSS(pageStyle), template.JS(pageScript)})
	if err != nil {
		return nil, "", err
	}
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return b.Bytes(), "default-src 'none'; script-src " + hash(pageScript) + "; style-src " + hash(pageStyle) +
		"; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", nil
}

// reportPolicy holds for the framed report; what it may load, its own policy says inside it.
const reportPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// noReport stands in the frame until there is a version that can be drawn.
const noReport = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Report</title></head><body></body></html>\n"

// Handler answers for a server that listens on address, such as 127.0.0.1:8080.
func (s *Server) Handler(address string) (http.Handler, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	body, policy, err := page()
	if err != nil {
		return nil, err
	}
	hosts := []string{net.JoinHostPort(host, port), net.JoinHostPort("localhost", port)}
	mux := http.NewServeMux()
	write := func(w http.ResponseWriter, kind, policy string, body []byte) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Security-Policy", policy)
		_, _ = w.Write(body)
	}
	answer := func(w http.ResponseWriter, v any) {
		b, err := json.Marshal(v)
		if err != nil {
			http.Error(w, "the state cannot be told", http.StatusInternalServerError)
			return
		}
		write(w, "application/json", "default-src 'none'", b)
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		write(w, "text/html; charset=utf-8", policy, body)
	})
	mux.HandleFunc("GET /report.html", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		page, version := s.page, s.state.Version
		s.mu.Unlock()
		if page == nil {
			page = &render.Page{Before: noReport}
		}
		// A page that asks for a version has to know which one it gets.
		if v := r.URL.Query().Get("v"); v != "" && v != strconv.Itoa(version) {
			http.Redirect(w, r, "/report.html?v="+strconv.Itoa(version), http.StatusFound)
			return
		}
		var b bytes.Buffer
		_, _ = page.WriteTo(&b)
		write(w, "text/html; charset=utf-8", reportPolicy, b.Bytes())
	})
	mux.HandleFunc("GET /changes.json", func(w http.ResponseWriter, r *http.Request) {
		from, _ := strconv.Atoi(r.URL.Query().Get("from"))
		s.mu.Lock()
		changes := s.past.changes(from, s.page)
		changes.Version = s.state.Version
		s.mu.Unlock()
		answer(w, changes)
	})
	mux.HandleFunc("GET /report.pdf", func(w http.ResponseWriter, _ *http.Request) {
		pdf, err := s.drawPDF()
		if err != nil {
			http.Error(w, "the PDF cannot be drawn: "+safe.Line(err.Error()), http.StatusInternalServerError)
			return
		}
		write(w, "application/pdf", "frame-ancestors 'none'", pdf)
	})
	mux.HandleFunc("GET /state.json", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		state := s.state
		s.mu.Unlock()
		answer(w, state)
	})
	mux.HandleFunc("GET /events", s.events)
	return guard(hosts, mux), nil
}

// guard refuses what does not come from our own page.
func guard(hosts []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !slices.Contains(hosts, r.Host) {
			http.Error(w, "this preview answers for "+hosts[0]+" only", http.StatusForbidden)
			return
		}
		for _, o := range r.Header.Values("Origin") {
			if o != "http://"+r.Host {
				http.Error(w, "this preview answers its own page only", http.StatusForbidden)
				return
			}
		}
		switch r.Header.Get("Sec-Fetch-Site") {
		case "", "none", "same-origin":
		default:
			http.Error(w, "this preview answers its own page only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// events tells a page that the state has changed, and once at the start, so that a page which was cut
// off finds what it has missed.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "no events can be sent", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	c := make(chan struct{}, 1)
	s.mu.Lock()
	s.waiter[c] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.waiter, c)
		s.mu.Unlock()
	}()
	for {
		s.mu.Lock()
		version := s.state.Version
		s.mu.Unlock()
		if _, err := fmt.Fprintf(w, "retry: 500\nevent: change\ndata: {\"server\":\"%x\",\"version\":%d}\n\n", s.past.hash(""), version); err != nil {
			return
		}
		flusher.Flush()
		select {
		case <-c:
		case <-r.Context().Done():
			return
		}
	}
}

// drawPDF draws the version that is shown, once.
func (s *Server) drawPDF() ([]byte, error) {
	s.drawing.Lock()
	defer s.drawing.Unlock()
	s.mu.Lock()
	good, version := s.good, s.state.Version
	s.mu.Unlock()
	if good == nil {
		return nil, errors.New("no version of the report could be drawn yet")
	}
	if s.pdf != nil && s.pdfOf == version {
		return s.pdf, nil
	}
	pdf, err := s.o.PDF(good)
	if err != nil {
		return nil, err
	}
	s.pdf, s.pdfOf = pdf, version
	return pdf, nil
}

// Serve answers on l until ctx ends, and watches the file.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	handler, err := s.Handler(l.Addr().String())
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		MaxHeaderBytes:    16 << 10,
		// Streams of events end with the context.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	var watching sync.WaitGroup
	watching.Go(func() { s.watch(ctx) })
	stopped := context.AfterFunc(ctx, func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), headerTimeout)
		defer cancel()
		if server.Shutdown(end) != nil {
			server.Close()
		}
	})
	err = server.Serve(l)
	stopped()
	stop()
	watching.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
