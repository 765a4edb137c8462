package mail

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"practicum/analysis"
)

// backend keeps what a server was given.
type backend struct {
	mu       sync.Mutex
	from     string
	to       []string
	data     []byte
	secret   string        // what users have to say; empty for no log-in
	silent   chan struct{} // closed when the text of a mail came, which is never answered; nil for a server that answers
	finished chan struct{} // ends the silence
}

func (b *backend) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{b: b}, nil }

type session struct {
	b    *backend
	user string
}

func (s *session) AuthMechanisms() []string {
	if s.b.secret == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != s.b.secret {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}), nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.b.secret != "" && s.user == "" {
		return smtp.ErrAuthRequired
	}
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	s.b.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user here"}
	}
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	s.b.to = append(s.b.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.b.silent != nil {
		close(s.b.silent)
		<-s.b.finished
		return errors.New("too late")
	}
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	s.b.data = data
	return nil
}

// serve runs a server on loopback until the test ends. With a certificate it offers STARTTLS, or speaks TLS from the first byte.
func serve(t *testing.T, b *backend, cert *tls.Certificate, implicit bool) Server {
	t.Helper()
	s := smtp.NewServer(b)
	s.Domain, s.AllowInsecureAuth, s.MaxMessageBytes = "localhost", true, 1<<20
	s.ErrorLog = quiet{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if cert != nil {
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*cert}}
		if implicit {
			l = tls.NewListener(l, s.TLSConfig)
		}
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { s.Close(); <-done })
	return Server{Host: "127.0.0.1", Port: port, TLS: "none"}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// certificate is one of 127.0.0.1 that a pool trusts.
func certificate(t *testing.T) (*tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func address(text string) *mail.Address {
	a, err := mail.ParseAddress(text)
	if err != nil {
		panic(err)
	}
	return a
}

// hostile is a text as somebody may put it into a log.
const hostile = "evil\r\nBcc: x@example.org\r\n\r\n.\r\nQUIT\x1b[2J\u202e"

var pdf = bytes.Repeat([]byte("%PDF \x00\xff\r\n.\r\n"), 3000)

func letter() Letter {
	at := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	r := &analysis.Report{
		Title: "Security summary, October 2026", Site: "Berlin HQ", Zone: "UTC", Period: analysis.Period{First: at, Last: at.AddDate(0, 0, 20)},
		Window: &analysis.Window{From: at, To: at.AddDate(0, 1, 0), Month: "2026-10"}, Ledger: analysis.Ledger{Lines: 20, Incident: 18, Benign: 2},
		Background: analysis.Background{Incidents: 7},
	}
	for i := range 13 {
		in := analysis.ScoredIncident{Incident: analysis.Incident{Number: i + 1, Title: "Password guessing from " + hostile, Outcome: analysis.OutcomeFailed}}
		in.Severity.High, in.Severity.Band = i%7, analysis.BandElevated
		if i == 12 {
			in.Severity.High, in.Severity.Band = 8, analysis.BandSevere
		}
		r.Incidents = append(r.Incidents, in)
	}
	return Letter{
		From: address("Practicum <practicum@example.net>"), To: []*mail.Address{address("a@example.net"), address("Bärbel <b@example.net>")}, TLP: "AMBER",
		Report: r, Open: "3 prompts", Limit: 10 << 20, Date: at, Agent: "Practicum 0.1.0",
		Files: []File{{"report.md", []byte("# Report\n")}, {"berlin ü.pdf", pdf}, {"report.json", []byte("{}\n")}, {"report.html", bytes.Repeat([]byte("<p>\n"), 300)}},
	}
}

func made(t *testing.T, l Letter) *Message {
	t.Helper()
	m, err := New(l)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// opened reads a mail as a mail program does: by the standard library, not by the one that wrote it.
func opened(t *testing.T, data []byte) (head mail.Header, text string, files map[string][]byte) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	if kind == "text/plain" {
		b, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		if err != nil {
			t.Fatal(err)
		}
		return m.Header, string(b), files
	}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return m.Header, text, files
		}
		if err != nil {
			t.Fatal(err)
		}
		body := io.Reader(p)
		switch p.Header.Get("Content-Transfer-Encoding") {
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, p)
		case "quoted-printable":
			body = quotedprintable.NewReader(p)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		_, disposition, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		if name := disposition["filename"]; name != "" {
			if name, err = new(mime.WordDecoder).DecodeHeader(name); err != nil {
				t.Fatal(err)
			}
			files[name] = b
		} else {
			text += string(b)
		}
	}
}

// A server gets the mail as it was meant, byte for byte.
func TestSend(t *testing.T) {
	b := &backend{}
	s := serve(t, b, nil, false)
	l := letter()
	if err := made(t, l).Send(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if b.from != "practicum@example.net" || strings.Join(b.to, " ") != "a@example.net b@example.net" {
		t.Errorf("from %s to %s", b.from, b.to)
	}
	head, text, files := opened(t, b.data)
	for _, f := range l.Files {
		if !bytes.Equal(files[f.Name], f.Data) {
			t.Errorf("%s has other bytes than the file", f.Name)
		}
	}
	if subject, _ := new(mime.WordDecoder).DecodeHeader(head.Get("Subject")); subject != "TLP:AMBER Security summary, October 2026" {
		t.Errorf("subject %q", subject)
	}
	if head.Get("Bcc") != "" || head.Get("Auto-Submitted") != "auto-generated" || head.Get("Date") != "Thu, 01 Oct 2026 12:00:00 +0000" {
		t.Errorf("head %v", head)
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if strings.ContainsAny(text, "\x1b\u202e\r") || strings.Contains(text, "\nBcc:") {
		t.Errorf("text of a log is more than text:\n%q", text)
	}
	for _, want := range []string{
		"TLP:AMBER\n\nSecurity summary, October 2026\nBerlin HQ\nOctober 2026 (zone UTC)\n",
		"20 incidents: 1 severe, 12 elevated; 7 more in the background tables\n  severe     8  incident 13: Password guessing from evil‹U+000D›‹U+000A›Bcc: x@example.org", "  and 3 more in the report\n",
		"20 lines of log: 18 in incidents, 2 benign, 0 unrecognised, 0 blank\nOpen: 3 prompts\n",
		"Attached: berlin ü.pdf (35 kB), report.html (1 kB), report.md (9 bytes), report.json (3 bytes)\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
}

// Nothing gets into the head of a mail, and a mail without a label says nothing of one.
func TestHead(t *testing.T) {
	for _, c := range []struct{ subject, tlp, want string }{
		{"Security 2026-10", "", "Security 2026-10"},
		{"Security\r\nBcc: x@example.org", "", "Security Bcc: x@example.org"},
		{"a\x1b[2J\u202eb\xff", "GREEN", "TLP:GREEN a‹U+001B›[2J‹U+202E›b‹xFF›"},
		{"tlp:amber+strict of us", "AMBER+STRICT", "tlp:amber+strict of us"},
		{strings.Repeat("ü", 5000), "", strings.Repeat("ü", 200) + "…"},
	} {
		l := letter()
		l.Subject, l.TLP = c.subject, c.tlp
		var b bytes.Buffer
		if _, err := made(t, l).msg.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		head, text, _ := opened(t, b.Bytes())
		if got, err := new(mime.WordDecoder).DecodeHeader(head.Get("Subject")); err != nil || got != c.want {
			t.Errorf("subject %q, %v; want %q", got, err, c.want)
		}
		if head.Get("Bcc") != "" || (c.tlp == "") != !strings.HasPrefix(text, "TLP:") {
			t.Errorf("%v\n%s", head, text)
		}
		for line := range bytes.Lines(b.Bytes()) {
			if len(line) > 998 {
				t.Errorf("a line of %d bytes", len(line))
			}
		}
	}
}

// What does not fit is named, in the mail and to whoever sends it; the PDF goes first.
func TestLimit(t *testing.T) {
	l := letter()
	l.Limit = int64(len(pdf)) + 100
	b := &backend{}
	m := made(t, l)
	if err := m.Send(t.Context(), serve(t, b, nil, false)); err != nil {
		t.Fatal(err)
	}
	_, text, files := opened(t, b.data)
	if len(files) != 3 || files["report.html"] != nil || strings.Join(m.Left, "") != "report.html (1 kB)" {
		t.Errorf("%d files, left %v", len(files), m.Left)
	}
	if !strings.Contains(text, "Not attached, because the attachments of one mail are limited to 35 kB: report.html (1 kB)") {
		t.Errorf("%s", text)
	}
	l.Limit = 1
	if err := made(t, l).Send(t.Context(), serve(t, b, nil, false)); err != nil {
		t.Fatal(err)
	}
	if _, text, files := opened(t, b.data); len(files) != 0 || strings.Contains(text, "\nAttached:") || !strings.Contains(text, "berlin ü.pdf (35 kB), report.html") {
		t.Errorf("%d files:\n%s", len(files), text)
	}
}

// TLS is demanded where it is wanted, and a password is said only under it, or on this machine.
func TestTLS(t *testing.T) {
	cert, pool := certificate(t)
	b := &backend{secret: "sesame"}
	for _, mode := range []string{"starttls", "tls"} {
		s := serve(t, b, cert, mode == "tls")
		s.TLS, s.User, s.Password, s.roots = mode, "practicum", "sesame", pool
		b.data = nil
		if err := made(t, letter()).Send(t.Context(), s); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
		if _, _, files := opened(t, b.data); !bytes.Equal(files["berlin ü.pdf"], pdf) {
			t.Errorf("%s: the PDF has other bytes", mode)
		}
		b.data = nil
		wrong := s
		wrong.Password = "guess"
		if err := made(t, letter()).Send(t.Context(), wrong); err == nil || b.data != nil || strings.Contains(err.Error(), "guess") {
			t.Errorf("%s with a wrong password: %v", mode, err)
		}
		wrong = s
		wrong.roots = x509.NewCertPool()
		if err := made(t, letter()).Send(t.Context(), wrong); err == nil || b.data != nil || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s with a certificate that nobody vouches for: %v", mode, err)
		}
	}
	s := serve(t, b, nil, false)
	s.TLS, s.User, s.Password = "starttls", "practicum", "sesame"
	if err := made(t, letter()).Send(t.Context(), s); err == nil || b.data != nil || !strings.Contains(err.Error(), "does not support STARTTLS") {
		t.Errorf("a server without STARTTLS: %v", err)
	}
	s.TLS = "none"
	if err := made(t, letter()).Send(t.Context(), s); err != nil {
		t.Errorf("a log-in on this machine: %v", err)
	}
}

// A mail that does not go out is an error that says why, and nobody gets a part of it.
func TestRefused(t *testing.T) {
	b := &backend{}
	s := serve(t, b, nil, false)
	l := letter()
	l.To = append(l.To, address("nobody@example.net"))
	if err := made(t, l).Send(t.Context(), s); err == nil || b.data != nil || !strings.Contains(err.Error(), "no such user here") || !strings.Contains(err.Error(), "nobody@example.net") {
		t.Errorf("a refused recipient: %v", err)
	}
	l = letter()
	l.Files[1].Data = bytes.Repeat(pdf, 100)
	if err := made(t, l).Send(t.Context(), s); err == nil || b.data != nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("larger than the server takes: %v", err)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := closed.Addr().(*net.TCPAddr).Port
	closed.Close()
	if err := made(t, letter()).Send(t.Context(), Server{Host: "127.0.0.1", Port: port, TLS: "none"}); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("no server: %v", err)
	}
}

// An interrupt ends the wait for a server that says nothing any more: at the first word, and at the last.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		cancel()
		if err == nil {
			_, _ = io.ReadAll(conn)
			conn.Close()
		}
	}()
	if err := made(t, letter()).Send(ctx, Server{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: "none"}); err == nil || !strings.HasSuffix(err.Error(), ": interrupted") {
		t.Errorf("no greeting: %v", err)
	}
	b := &backend{silent: make(chan struct{}), finished: make(chan struct{})}
	s := serve(t, b, nil, false)
	ctx, cancel = context.WithCancel(t.Context())
	go func() {
		<-b.silent
		cancel()
	}()
	if err := made(t, letter()).Send(ctx, s); err == nil || !strings.HasSuffix(err.Error(), ": interrupted") {
		t.Errorf("no last word: %v", err)
	}
	close(b.finished)
}

// A program gets the mail as sendmail does.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	script := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
			t.Fatal(err)
		}
		return file
	}
	m := made(t, letter())
	if err := m.Pipe(t.Context(), script("sendmail", `echo "$@" > "$0.args"; echo a warning >&2; cat > "$0.mail"`)); err != nil {
		t.Fatal(err)
	}
	if args, _ := os.ReadFile(filepath.Join(dir, "sendmail.args")); string(args) != "-t -oi\n" {
		t.Errorf("called with %q", args)
	}
	data, err := os.ReadFile(filepath.Join(dir, "sendmail.mail"))
	if err != nil {
		t.Fatal(err)
	}
	head, _, files := opened(t, data)
	if !bytes.Equal(files["berlin ü.pdf"], pdf) || !strings.Contains(head.Get("To"), "a@example.net") {
		t.Errorf("head %v", head)
	}
	for program, want := range map[string]string{
		script("refuses", "cat >/dev/null; echo mail queue is full >&2; exit 75"): "refuses: exit status 75: mail queue is full",
		script("closes", "exit 1"): "closes: exit status 1",
		filepath.Join(dir, "none"): "no such file or directory",
	} {
		if err := m.Pipe(t.Context(), program); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Pipe(ctx, script("never", "exec cat")); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("interrupted: %v", err)
	}
}
