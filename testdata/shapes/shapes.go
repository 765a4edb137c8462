// Package shapes writes the founding logs in every shape in which such logs travel: wrapped by a
// mailer, quoted, reordered, cut into files, with blanks and line ends changed. The ten incidents
// are the same in all of them; only the number of physical lines of a wrapped record differs, and
// it is counted here while wrapping.
//
// The shapes that a person wrote (the practical, the e-mail, the wiki page, and the two files that
// a mailer wrapped in 2000) lie beside this file and are listed in [ByHand]. The others come from
// [Generate]. A test of analysis/pipeline compares what Generate makes with the folders on disk and
// rewrites them with UPDATE=1, so that every shape is a file that a person can open.
//
// To add a shape, add a value to the list in Generate, or a folder and a value to ByHand.
package shapes

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Incidents is the number of incidents of the founding logs.
const Incidents = 10

// Unwrapped and MailerWrapped are the physical lines of the ten incidents, in the order of
// founding.expected.json, as the machines wrote them and as the mailer wrapped them.
var (
	Unwrapped     = [Incidents]int{7, 2, 3, 3, 10, 19, 12, 6, 20, 117}
	MailerWrapped = [Incidents]int{11, 5, 4, 6, 20, 23, 12, 6, 24, 117}
)

// Shape is one form of the founding logs.
type Shape struct {
	Name  string         // its folder
	Note  string         // what differs from the logs as the machines wrote them
	Files []File         // in an order that a folder listing would give
	Lines [Incidents]int // physical lines of each incident
	// Plain is set when the files hold records and blank lines only, so that no line may be unrecognised.
	Plain bool
}

// File is one file of a shape. Data is nil for the files of [ByHand]: read them from the folder.
type File struct {
	Name string
	Data []byte
}

// ByHand lists the shapes that are not generated.
func ByHand() []Shape {
	return []Shape{
		{Name: "mailer-wrapped", Lines: MailerWrapped,
			Note:  "logcheck headings; wrapped by the mailer of 2000, with its trailing and stray leading blanks",
			Files: []File{{Name: "mail.txt"}, {Name: "nis.txt"}}},
		{Name: "practical", Lines: MailerWrapped,
			Note:  "a practical of the time as text: prose, numbering, page footers, a watermark of two-letter lines, footers in the middle of records",
			Files: []File{{Name: "practical.txt"}}},
		{Name: "email", Lines: MailerWrapped,
			Note:  "an e-mail: headers, a quoted mail with the logs, an answer between the excerpts, a signature",
			Files: []File{{Name: "email.txt"}}},
		{Name: "wiki", Lines: Unwrapped,
			Note:  "a wiki page: headings, bullets, <pre> blocks and indented blocks",
			Files: []File{{Name: "wiki.txt"}}},
	}
}

// actors names who acts in each incident: a record belongs to the incident whose actor it names.
var actors = [Incidents][]string{
	{"208.213.5.2", "machine2.dtconsulting.com"},
	{"193.150.253.63", "24.114.19.253"},
	{"202.102.12.10"},
	{"193.49.25.138"},
	{"208.170.70.57"},
	{"63.163.136.234"},
	{"206.98.249.254"},
	{"209.215.8.156"},
	{"216.78.38.82"},
	{"12.77.88.91", "209.252.88.95", "12.66.34.224", "208.29.104.138"},
}

// record is one record of a founding log as lines without their ends.
type record struct {
	incident int // index in actors
	lines    []string
}

var nisStart = regexp.MustCompile(`^\d\d/\d\d/\d{4} \d`)

// records cuts a founding log into its records. A syslog record is a line; a Norton record begins
// with a date.
func records(log []byte) ([]record, error) {
	var recs []record
	for line := range strings.Lines(string(log)) {
		line = strings.TrimSuffix(line, "\n")
		if len(recs) > 0 && nisStart.MatchString(recs[0].lines[0]) && !nisStart.MatchString(line) {
			last := &recs[len(recs)-1]
			last.lines = append(last.lines, line)
			continue
		}
		recs = append(recs, record{lines: []string{line}})
	}
	for i := range recs {
		text := strings.Join(recs[i].lines, "\n")
		recs[i].incident = slices.IndexFunc(actors[:], func(names []string) bool {
			return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(text, n) })
		})
		if recs[i].incident < 0 {
			return nil, fmt.Errorf("record %d names no known actor: %q", i+1, text)
		}
	}
	return recs, nil
}

// render joins the lines of records, each ended by eol.
func render(recs []record, eol string) []byte {
	var b bytes.Buffer
	for _, r := range recs {
		for _, line := range r.lines {
			b.WriteString(line + eol)
		}
	}
	return b.Bytes()
}

// count adds up the physical lines of each incident.
func count(logs ...[]record) (lines [Incidents]int) {
	for _, recs := range logs {
		for _, r := range recs {
			lines[r.incident] += len(r.lines)
		}
	}
	return lines
}

// each makes a copy of recs with every record's lines replaced by edit's answer.
func each(recs []record, edit func(i int, lines []string) []string) []record {
	out := make([]record, len(recs))
	for i, r := range recs {
		out[i] = record{r.incident, edit(i, slices.Clone(r.lines))}
	}
	return out
}

// wrap breaks a line as mailers do: at the last blank that leaves at most width columns, never
// inside a word. keep leaves the blank at the end of the line, as format=flowed does.
func wrap(line string, width int, keep bool) []string {
	var out []string
	for len(line) > width {
		cut := strings.LastIndexByte(line[:width+1], ' ')
		if cut <= 0 {
			if cut = strings.IndexByte(line, ' '); cut <= 0 {
				break // a single word longer than the line
			}
		}
		head := strings.TrimRight(line[:cut], " ")
		if keep {
			head += " "
		}
		out = append(out, head)
		line = strings.TrimLeft(line[cut:], " ")
	}
	return append(out, line)
}

func wrapAll(recs []record, width int, keep bool) []record {
	return each(recs, func(_ int, lines []string) []string {
		var out []string
		for _, line := range lines {
			out = append(out, wrap(line, width, keep)...)
		}
		return out
	})
}

// byTime orders Norton records by their stamp, the newest first; equal stamps keep their order.
func byTime(recs []record) []record {
	out := slices.Clone(recs)
	slices.SortStableFunc(out, func(a, b record) int { return strings.Compare(nisKey(b), nisKey(a)) })
	return out
}

// nisKey makes a Norton stamp comparable as text.
func nisKey(r record) string {
	date, rest, _ := strings.Cut(r.lines[0], " ")
	clock, _, _ := strings.Cut(rest, " ")
	if len(clock) == len("0:21:35") {
		clock = "0" + clock
	}
	return date[6:] + date[:5] + clock
}

// logcheckMail puts the records under the headings that logcheck 1.1 gives them.
func logcheckMail(recs []record) []byte {
	var b bytes.Buffer
	section := func(title string, incidents ...int) {
		fmt.Fprintf(&b, "%s\n%s\n", title, "=-=-=-=-=-=-=-=-=-=-=-=-=-=-="[:len(title)])
		for _, r := range recs {
			if slices.Contains(incidents, r.incident) {
				b.WriteString(strings.Join(r.lines, "\n") + "\n")
			}
		}
		b.WriteString("\n")
	}
	section("Active System Attack Alerts", 3, 4)
	section("Security Violations", 0, 1)
	section("Unusual System Events", 2)
	return b.Bytes()
}

// quote puts a mailer's quotation mark before every line.
func quote(text []byte) []byte {
	var b bytes.Buffer
	for line := range strings.Lines(string(text)) {
		if strings.TrimSpace(line) == "" {
			b.WriteString(">\n")
			continue
		}
		b.WriteString("> " + line)
	}
	return b.Bytes()
}

// compress makes a gzip file without a name and a time in its header.
func compress(data []byte) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

var (
	paddedDay  = regexp.MustCompile(`^(\w{3})  (\d) `)
	zeroHour   = regexp.MustCompile(`^(\w{3} \d{1,2} )0(\d:)`)
	paddedDate = regexp.MustCompile(`^0(\d)/0?(\d{1,2})/`)
)

// Generate makes the shapes from the two founding logs.
func Generate(mailLog, nisLog []byte) ([]Shape, error) {
	mail, err := records(mailLog)
	if err != nil {
		return nil, fmt.Errorf("mail.log: %w", err)
	}
	nis, err := records(nisLog)
	if err != nil {
		return nil, fmt.Errorf("nis.log: %w", err)
	}

	// two makes a shape of one file a log.
	two := func(name, note string, mail, nis []record) Shape {
		return Shape{Name: name, Note: note, Lines: count(mail, nis), Plain: true, Files: []File{
			{"mail.log", render(mail, "\n")}, {"nis.log", render(nis, "\n")},
		}}
	}
	reversed := func(recs []record) []record {
		out := slices.Clone(recs)
		slices.Reverse(out)
		return out
	}
	// wrapped repeats what mailers of the time did, at their usual widths.
	wrapped72, wrapped80 := wrapAll(nis, 72, false), wrapAll(nis, 80, true)
	mail72, mail80 := wrapAll(mail, 72, false), wrapAll(mail, 80, true)

	oneDigit := two("one-digit", "days, months and hours without a leading zero or blank",
		each(mail, func(_ int, l []string) []string {
			l[0] = zeroHour.ReplaceAllString(paddedDay.ReplaceAllString(l[0], "$1 $2 "), "$1$2")
			return l
		}),
		each(nis, func(_ int, l []string) []string {
			l[0] = paddedDate.ReplaceAllString(l[0], "$1/$2/")
			return l
		}))

	// Every third line of a log gets one to four blanks before it, every fourth two behind it, and
	// one a tab: no rule, as in text that went through several hands.
	stray := func(recs []record) []record {
		n := 0
		return each(recs, func(_ int, lines []string) []string {
			for i := range lines {
				n++
				switch {
				case n%31 == 0:
					lines[i] = "\t" + lines[i]
				case n%3 == 0:
					lines[i] = "    "[:1+n%4] + lines[i]
				}
				if n%4 == 0 {
					lines[i] += "  "
				}
			}
			return lines
		})
	}
	// The founding log has one Norton record without its last line, the process. Here all but one
	// rule record lack it, so that a shortened record stands before and behind one of its own kind,
	// before another kind, and at the end of the file.
	short := func(recs []record) []record {
		return each(recs, func(i int, lines []string) []string {
			if i > 0 && strings.HasPrefix(lines[len(lines)-1], "Process name") {
				return lines[:len(lines)-1]
			}
			return lines
		})
	}
	// Blocks as the Norton export separates them.
	blocks := func(recs []record) []byte {
		var b bytes.Buffer
		for _, r := range recs {
			b.Write(render([]record{r}, "\n"))
			b.WriteString("\n")
		}
		return b.Bytes()
	}

	crlf := two("crlf", "lines end in CR LF", mail, nis)
	crlf.Files[0].Data, crlf.Files[1].Data = render(mail, "\r\n"), render(nis, "\r\n")

	noEnd := two("no-final-newline", "the last line has no end", mail, nis)
	for i := range noEnd.Files {
		noEnd.Files[i].Data = bytes.TrimSuffix(noEnd.Files[i].Data, []byte("\n"))
	}

	separated := two("blank-lines", "a blank line behind every record", mail, nis)
	separated.Files[0].Data, separated.Files[1].Data = blocks(mail), blocks(nis)

	// Cut at records, but in the middle of incidents 1, 5, 6 and 10, of imapd's session and of two
	// attempts; and with the newest part of a log in the file that comes first.
	several := Shape{Name: "several-files", Note: "each log cut into files, as rotation or a person would; the cuts go through incidents, sessions and attempts",
		Lines: Unwrapped, Plain: true, Files: []File{
			{"mail.log", render(mail[18:], "\n")},
			{"mail.log.1", render(mail[11:18], "\n")},
			{"mail.log.2", render(mail[4:11], "\n")},
			{"mail.log.3", render(mail[:4], "\n")},
			{"nis-a.txt", render(nis[40:], "\n")},
			{"nis-b.txt", render(nis[:2], "\n")},
			{"nis-c.txt", render(nis[2:13], "\n")},
			{"nis-d.txt", render(nis[13:40], "\n")},
		}}

	gz := Shape{Name: "gzip", Note: "compressed; one of the two names does not say so", Lines: Unwrapped, Plain: true}
	for _, f := range []File{{"mail.log.gz", mailLog}, {"nis.log", nisLog}} {
		packed, err := compress(f.Data)
		if err != nil {
			return nil, err
		}
		gz.Files = append(gz.Files, File{f.Name, packed})
	}

	quoted := two("quoted", "wrapped at 72 columns, then quoted in an answer", mail72, wrapped72)
	quoted.Plain = false
	quoted.Files = []File{
		{"mail.txt", quote(logcheckMail(mail72))},
		{"nis.txt", quote(render(wrapped72, "\n"))},
	}

	logcheck := two("logcheck", "logcheck's headings, in logcheck's order; lines not wrapped", mail, nis)
	logcheck.Plain = false
	logcheck.Files[0] = File{"mail.txt", logcheckMail(mail)}

	oneFile := Shape{Name: "one-file", Note: "both logs in one file, without anything between", Lines: Unwrapped, Plain: true,
		Files: []File{{"all.txt", slices.Concat(mailLog, nisLog)}}}

	return []Shape{
		two("wrapped-72", "wrapped at 72 columns, the blank at the break dropped", mail72, wrapped72),
		two("wrapped-80", "wrapped at 80 columns, the blank at the break kept", mail80, wrapped80),
		logcheck,
		two("newest-first", "the newest record first throughout", reversed(mail), byTime(nis)),
		two("oldest-first", "the oldest record first throughout", mail, reversed(byTime(nis))),
		oneDigit,
		two("stray-blanks", "blanks and a tab before, blanks behind some lines", stray(mail), stray(nis)),
		two("last-line-missing", "Norton records without their last line", mail, short(nis)),
		separated,
		crlf,
		noEnd,
		quoted,
		several,
		oneFile,
		gz,
	}, nil
}
