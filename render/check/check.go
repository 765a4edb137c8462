package check

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"practicum/render/draft"
)

// Finding is one thing that is open or wrong.
type Finding struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Rule     string `json:"rule"`
	Incident int    `json:"incident"` // its number; 0 when the finding concerns no incident
	Message  string `json:"message"`
}

// Options are what a check depends on besides the document.
type Options struct {
	// Open opens an input by the name that the report gives it. Nil compares no evidence.
	Open func(name string) (io.ReadCloser, error)
	// Unread is called for each input that Open cannot open.
	Unread func(name string, err error)
	// Obscured are addresses that must not be in the document.
	Obscured []netip.Prefix
}

// Report is a document that was read, with what is open or wrong in it.
type Report struct {
	File     string
	Foreign  bool // not a report of this program
	Findings []Finding
	Severity []Severity // what was read, in the order of the document

	subject *subject
}

// Severity is the severity of one incident as the document states it.
type Severity struct {
	Incident int
	Title    string
	Line     int
	Parts    [4]Part // in the order of the formula
	Sum      string  // by interval arithmetic; empty when a part is missing
	Band     string  // of the sum's high end, in capitals
	Totals   []Total
}

// Part is one stated factor.
type Part struct {
	Name   string
	Points string // "3", "3 to 4"; empty when it was not found
	Line   int
	Quote  string // the words it was read from
}

// Total is a stated sum.
type Total struct {
	Points string // "−1", "about 2"
	Line   int
	Agrees bool
}

// Document checks a document. It fails only for one that cannot be read at all.
func Document(file string, source []byte, o Options) (*Report, error) {
	d, err := draft.Parse(source)
	if err != nil {
		d = nil
	}
	return Draft(file, source, d, o)
}

// Draft checks a document that has been read as a draft already; d is nil when it cannot be.
func Draft(file string, source []byte, d *draft.Draft, o Options) (*Report, error) {
	s := &subject{file: file, options: o, lines: splitLines(source)}
	if d != nil && ours(d) {
		s.draft = d
		s.sections()
	} else {
		s.page = newPage(source)
		s.readings = readForeign(s.page)
	}
	r := &Report{File: file, Foreign: s.draft == nil, subject: s}
	for _, rule := range Rules {
		for _, f := range rule.find(s) {
			f.File, f.Rule = file, rule.ID
			r.Findings = append(r.Findings, f)
		}
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	r.Severity = s.severities()
	return r, nil
}

// ours reports whether a document is a report of this program: it has an incident that is known by its
// id, or the appendix of inputs.
func ours(d *draft.Draft) bool {
	for _, s := range d.Sections {
		if s.Kind == draft.Incident && s.ID != "" || s.Key == "section appendix Inputs" {
			return true
		}
	}
	return len(d.Problems) > 0
}

// subject is a document as the rules see it.
type subject struct {
	file    string
	options Options
	lines   []string

	// Of a report of ours.
	draft     *draft.Draft
	incidents []*draft.Section
	ratings   []*draft.Rating // of incidents; nil where the table is missing

	// Of a foreign document.
	page     *page
	readings []*reading
}

func (s *subject) sections() {
	for _, x := range s.draft.Sections {
		if x.Kind == draft.Incident {
			s.incidents = append(s.incidents, x)
			s.ratings = append(s.ratings, x.Rating())
		}
	}
}

func (s *subject) severities() []Severity {
	var out []Severity
	if s.draft == nil {
		for _, r := range s.readings {
			v := Severity{Incident: r.number, Title: r.title, Line: r.line}
			for i, p := range r.parts {
				v.Parts[i].Name = factorNames[i]
				if p.score > 0 {
					v.Parts[i] = Part{factorNames[i], p.String(), p.line, p.quote}
				}
			}
			sum, ok := r.sum()
			if ok {
				v.Sum, v.Band = sum.String(), band(int(sum.high))
			}
			for _, t := range r.totals {
				v.Totals = append(v.Totals, Total{t.String(), r.totalLine(s.page, t), ok && r.agrees(t)})
			}
			out = append(out, v)
		}
		return out
	}
	for n, x := range s.incidents {
		v := Severity{Incident: x.Number, Title: x.Heading, Line: x.Line}
		rating := s.ratings[n]
		for i := range v.Parts {
			v.Parts[i].Name = factorNames[i]
			if rating == nil || rating.Factors[i].Line == 0 {
				continue
			}
			f := rating.Factors[i]
			v.Parts[i] = Part{factorNames[i], f.Points, f.Line, f.Reason}
			if f.Err == "" {
				v.Parts[i].Points = draft.Interval(f.Low, f.High)
			}
		}
		if rating != nil && rating.Complete() {
			low, high := rating.Sum()
			v.Sum, v.Band = draft.Interval(low, high), band(high)
			if sum := x.Sum(); sum != nil {
				v.Totals = append(v.Totals, Total{sum.Right, sum.Line, sum.OK && sum.Low == low && sum.High == high})
			}
			if st := statedOf(x); st != nil {
				v.Totals = append(v.Totals, Total{st.words, st.line, st.low >= low && st.high <= high})
			}
		}
		out = append(out, v)
	}
	return out
}

func (s span) String() string {
	if s.low == s.high {
		return signed(s.low)
	}
	return signed(s.low) + " to " + signed(s.high)
}

func signed(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), "-", "−", 1)
}

func (t *total) String() string {
	if t.about {
		return "about " + t.span.String()
	}
	return t.span.String()
}

func (r *reading) totalLine(p *page, t *total) int {
	if t.at < 0 {
		return r.line
	}
	return p.line(t.at)
}

// formulaText writes the sum of parts out: (4 + 3 to 4) − (4 + 2).
func formulaText(p [4]string) string {
	return fmt.Sprintf("(%s + %s) − (%s + %s)", p[0], p[1], p[2], p[3])
}
