package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
)

// mailbox is an SMTP server's backend that keeps the last mail.
type mailbox struct {
	to   []string
	data []byte
}

func (m *mailbox) NewSession(*smtp.Conn) (smtp.Session, error)     { return m, nil }
func (m *mailbox) Reset()                                          {}
func (m *mailbox) Logout() error                                   { return nil }
func (m *mailbox) Mail(string, *smtp.MailOptions) error            { return nil }
func (m *mailbox) Rcpt(to string, _ *smtp.RcptOptions) (err error) { m.to = append(m.to, to); return }
func (m *mailbox) Data(r io.Reader) (err error)                    { m.data, err = io.ReadAll(r); return }

// TestMailedPDF mails a report to a server on loopback: what arrives is what lies in the folder.
func TestMailedPDF(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	box := &mailbox{}
	server := smtp.NewServer(box)
	server.Domain = "localhost"
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	env := []string{"PRACTICUM_MAIL_FROM=practicum@example.net", fmt.Sprintf("PRACTICUM_MAIL_SMTP=%s", l.Addr())}
	args := []string{"report", "--config", "../../testdata/founding.yaml", "--mail-to", "a@example.net,b@example.net", "-o", dir, "../../testdata/logs/founding"}
	if status := run(args, nil, &stdout, &stderr, env, now); status != 0 {
		t.Fatalf("status %d: %s", status, stderr.String())
	}
	if want := "mailed to a@example.net, b@example.net by 127.0.0.1\n"; !strings.HasSuffix(stdout.String(), want) {
		t.Errorf("printed %s", stdout.String())
	}
	server.Close()
	<-done
	if strings.Join(box.to, " ") != "a@example.net b@example.net" {
		t.Errorf("to %v", box.to)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(box.data))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if p.FileName() == "" {
			continue
		}
		got, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, p))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(dir, p.FileName()))
		if err != nil {
			t.Fatal(err)
		}
		if found++; !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes arrived, %d are in the folder", p.FileName(), len(got), len(want))
		}
	}
	if found != 4 {
		t.Errorf("%d files arrived", found)
	}

	// The server is gone: the report is written all the same.
	stdout.Reset()
	stderr.Reset()
	if status := run(args, nil, &stdout, &stderr, env, now); status != statusNotWritten || !strings.Contains(stderr.String(), "the report is written ("+dir+"/report.pdf), but it was not mailed: "+l.Addr().String()+": ") {
		t.Errorf("status %d: %s", status, stderr.String())
	}
}
