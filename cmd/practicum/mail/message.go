// Package mail makes a mail of a report and sends it, by SMTP or by the system's sendmail. It is the only place of the project that
// opens a connection to another machine, and does so only where the command line asks for a mail.
package mail

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"fmt"
	"net/mail"
	"path/filepath"
	"slices"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"practicum/analysis"
	"practicum/render/safe"
)

// Letter is what a mail is made of.
type Letter struct {
	From    *mail.Address
	To      []*mail.Address
	Subject string // the report's title and period where it is empty
	TLP     string // AMBER+STRICT; empty without a label
	Report  *analysis.Report
	Open    string // what the report waits for, in words
	Files   []File
	Limit   int64 // how many bytes are attached at most
	Date    time.Time
	Agent   string // the program with its version
}

// File is a file of the report.
type File struct {
	Name string
	Data []byte
}

// Message is a mail that is ready to be sent.
type Message struct {
	msg *gomail.Msg
	// Left are the files that are not attached because of the limit; the text of the mail names them too.
	Left []string
}

// types are those of the files of a report (IANA's registry of media types; RFC 7763 for Markdown).
var types = map[string]gomail.ContentType{".pdf": "application/pdf", ".html": "text/html", ".md": "text/markdown", ".json": "application/json"}

// order is in which the files are attached while there is room.
var order = []string{".pdf", ".html", ".md", ".json"}

// shown is how many incidents the text names.
const shown = 10

// New makes the mail. What a log wrote is a line of plain text in it, with what does not print made visible; nothing of it gets into a
// header but through the subject, which is made visible and encoded too.
func New(l Letter) (*Message, error) {
	m := &Message{msg: gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP))}
	m.msg.FromMailAddress(l.From)
	m.msg.ToMailAddress(l.To...)
	m.msg.Subject(l.subject())
	m.msg.SetDateWithValue(l.Date)
	_, domain, _ := strings.Cut(l.From.Address, "@")
	m.msg.SetMessageIDWithValue(rand.Text() + "@" + domain)
	m.msg.SetUserAgent(l.Agent)
	m.msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's out-of-office notice answers it

	files := slices.Clone(l.Files)
	rank := func(f File) int {
		if i := slices.Index(order, filepath.Ext(f.Name)); i >= 0 {
			return i
		}
		return len(order) // exports
	}
	slices.SortStableFunc(files, func(a, b File) int { return rank(a) - rank(b) })
	var attached []File
	room := l.Limit
	for _, f := range files {
		if int64(len(f.Data)) > room {
			m.Left = append(m.Left, named(f))
			continue
		}
		room -= int64(len(f.Data))
		attached = append(attached, f)
	}
	m.msg.SetBodyString(gomail.TypeTextPlain, l.text(attached, m.Left))
	for _, f := range attached {
		// Base64 for text as well: a transport that changes ends of lines would change the SHA-256.
		err := m.msg.AttachReader(f.Name, bytes.NewReader(f.Data), gomail.WithFileEncoding(gomail.EncodingB64), gomail.WithFileContentType(cmp.Or(types[filepath.Ext(f.Name)], gomail.TypeAppOctetStream)))
		if err != nil {
			return nil, fmt.Errorf("%s: cannot be attached: %w", f.Name, err)
		}
	}
	return m, nil
}

// Attached reports whether any file is.
func (m *Message) Attached() bool { return len(m.msg.GetAttachments()) > 0 }

// subject is one line, with the label where there is one.
func (l Letter) subject() string {
	s := l.Subject
	if s == "" {
		s = l.Report.Title
		if w := l.Report.Window; w != nil && !strings.Contains(s, w.Words()) {
			s += ", " + w.Words()
		}
	}
	s = safe.Line(strings.Join(strings.Fields(s), " "))
	const most = 200 // RFC 5322 section 2.1.1 allows lines of 998
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	if l.TLP != "" && !strings.Contains(strings.ToUpper(s), "TLP:"+l.TLP) {
		s = "TLP:" + l.TLP + " " + s // as TLP 2.0 wants it of mails: in the subject, and before the text
	}
	return s
}

// text is the body.
func (l Letter) text(attached []File, left []string) string {
	r := l.Report
	var b strings.Builder
	say := func(format string, args ...any) {
		b.WriteString(safe.Line(fmt.Sprintf(format, args...)))
		b.WriteByte('\n')
	}
	if l.TLP != "" {
		say("TLP:%s", l.TLP)
		b.WriteByte('\n')
	}
	say("%s", r.Title)
	if r.Site != "" {
		say("%s", r.Site)
	}
	if r.Window != nil {
		say("%s (zone %s)", r.Window.Words(), r.Zone)
	}
	if !r.Period.First.IsZero() {
		say("Records from %s to %s.", r.Period.First.Format(time.DateTime), r.Period.Last.Format(time.DateTime))
	}
	b.WriteByte('\n')
	bands := map[analysis.Band]int{}
	rated := make([]*analysis.ScoredIncident, 0, len(r.Incidents))
	for i := range r.Incidents {
		in := &r.Incidents[i]
		bands[in.Severity.Band]++
		if in.Severity.Band != "" {
			rated = append(rated, in)
		}
	}
	var parts []string
	for _, band := range slices.Backward(analysis.Bands[:]) {
		if n := bands[band]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, band))
		}
	}
	if n := bands[""]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d not rated", n))
	}
	text := count(len(r.Incidents)+r.Background.Incidents, "incident")
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	if r.Background.Incidents > 0 {
		text += fmt.Sprintf("; %d more in the background tables", r.Background.Incidents)
	}
	say("%s", text)
	slices.SortStableFunc(rated, func(a, b *analysis.ScoredIncident) int {
		if d := b.Severity.High - a.Severity.High; d != 0 {
			return d
		}
		return b.Severity.Low - a.Severity.Low
	})
	for _, in := range rated[:min(len(rated), shown)] {
		say("  %-8s %3d  incident %d: %s (%s)", in.Severity.Band, in.Severity.High, in.Number, in.Title, in.Outcome)
	}
	if n := len(rated) - shown; n > 0 {
		say("  and %d more in the report", n)
	}
	b.WriteByte('\n')
	g := r.Ledger
	say("%s of log: %d in incidents, %d benign, %d unrecognised, %d blank", count(g.Lines, "line"), g.Incident, g.Benign, g.Unrecognised, g.Blank)
	if l.Open != "" {
		say("Open: %s", l.Open)
	}
	b.WriteByte('\n')
	var names []string
	for _, f := range attached {
		names = append(names, named(f))
	}
	if len(names) > 0 {
		say("Attached: %s", strings.Join(names, ", "))
	}
	if len(left) > 0 {
		say("Not attached, because the attachments of one mail are limited to %s: %s", size(l.Limit), strings.Join(left, ", "))
	}
	say("Written by %s.", l.Agent)
	return b.String()
}

func named(f File) string { return fmt.Sprintf("%s (%s)", f.Name, size(int64(len(f.Data)))) }

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/(1<<20)), ".0") + " MB"
	case n >= 1<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
