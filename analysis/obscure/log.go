package obscure

import (
	"bufio"
	"context"
	"io"
	"strings"

	"practicum/analysis"
	"practicum/analysis/logformat"
)

// LeftOut stands for what a line says that no log format knows: nobody can tell which of its words are names.
const LeftOut = "(left out)"

// Log is one log on the way to its obscured copy.
type Log struct {
	in      logformat.Input
	unknown []bool // by line number: no log format knows the line
	// Cut says why the rest of the log was not read; empty where all was. The copy, which is whole, cannot tell.
	Cut string
}

// Collect reads a log with its log formats and notes the names and addresses in it. It has to be called for all logs before
// the first one is written, because what one log calls a name another may have anywhere.
func (m *Map) Collect(ctx context.Context, in logformat.Input, zoned *logformat.Clock, formats []logformat.Format) (*Log, error) {
	log := &Log{in: in}
	stats, err := logformat.Read(ctx, in, 0, zoned, formats, func(r *logformat.Record) error {
		if r.Class == logformat.ClassUnrecognised {
			for _, lines := range r.Lines {
				for len(log.unknown) <= lines.Last {
					log.unknown = append(log.unknown, false)
				}
				for n := lines.First; n <= lines.Last; n++ {
					log.unknown[n] = true
				}
			}
		}
		if r.Event == nil && r.Class == logformat.ClassBenign && !noHosts[r.Host] { // of an event, the event says it
			m.OwnHost(r.Host)
		}
		if r.Event != nil {
			m.collect(r.Event, r.Text)
		}
		if r.Class != logformat.ClassUnrecognised {
			m.Line(r.Text)
		}
		return nil
	})
	log.Cut = stats.Cut
	return log, err
}

// noHosts stand where a host does in the files of pf, which have none.
var noHosts = map[string]bool{"rule": true, "block": true, "pass": true, "reject": true}

// collect notes the names of an event, whose record has the text.
func (m *Map) collect(e *analysis.Event, text string) {
	m.OwnHost(e.Host)
	m.OwnHost(e.Target.Name)
	if !m.o.OwnOnly || e.Source.IP.IsValid() && m.hides(e.Source.IP.Unmap()) {
		m.Host(e.Source.Name)
	}
	exists := e.Action == analysis.ActionAllowed || isLocal(e)
	for _, in := range [...]string{text, e.Message} {
		m.noteRead(text, in, e.User, exists)
		m.noteRead(text, in, e.Other, isLocal(e))
		if !m.o.OwnOnly { // the source's own
			m.noteRead(text, in, e.Ident, false)
		}
	}
	for _, a := range [...]analysis.Endpoint{e.Source, e.Target} {
		if a.IP.IsValid() {
			m.Addr(a.IP)
		}
	}
}

// Write writes the obscured copy of a log: its text, line by line. Whatever way of writing an address somebody thinks of, a
// line in which left still finds one is left out like a line that no log format knows; their number is returned.
func (m *Map) Write(ctx context.Context, log *Log, w io.Writer, left *Search) (lost int, err error) {
	out := bufio.NewWriterSize(w, 1<<18)
	err = logformat.EachLine(ctx, log.in, func(number int, text []byte) error {
		line := string(text)
		if number < len(log.unknown) && log.unknown[number] && strings.TrimSpace(line) != "" {
			line = m.head(line) + LeftOut
		} else if obscured := m.Line(line); len(left.In(obscured)) == 0 {
			line = obscured
		} else {
			lost++
			if line = m.head(line) + LeftOut; len(left.In(line)) > 0 {
				line = LeftOut
			}
		}
		if _, err := out.WriteString(line); err != nil {
			return err
		}
		return out.WriteByte('\n')
	})
	if err != nil {
		return lost, err
	}
	return lost, out.Flush()
}

// head is what stands before the message of a line of syslog.
func (m *Map) head(line string) string {
	host, program, message := logformat.Header(line)
	if program == "" {
		return ""
	}
	head := line
	if i := strings.LastIndex(line, message); message != "" && i > 0 {
		head = line[:i]
	}
	head = m.Line(head)
	if _, known := m.named(host); !known && host != "" && isHostName(host) && !strings.Contains(host, ".") {
		head = strings.Replace(head, host, "host-"+m.tag("host", strings.ToLower(host)), 1)
	}
	return strings.TrimRight(head, " ") + " "
}
