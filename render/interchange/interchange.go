package interchange

import (
	"bytes"
	"cmp"
	"crypto/sha1" // #nosec G505: RFC 9562 section 5.5 makes UUIDs of version 5 by SHA-1
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/render/safe"
)

// Format is a form in which other systems take a report.
type Format struct {
	Name  string // in flags and configuration; never changes
	Ext   string // of the file's name
	Title string // in one line, for lists
	// Public is set for a form that is sent to where everybody may read it.
	Public bool
	write  func(*export) ([]byte, error)
}

// Formats are all exports, in the order in which they are offered.
var Formats = []Format{
	{Name: "csv", Ext: "csv", Title: "one row an incident, for spreadsheets (RFC 4180)", write: writeCSV},
	{Name: "stix", Ext: "stix.json", Title: "a STIX 2.1 bundle, for platforms of threat intelligence", write: writeSTIX},
	{Name: "ocsf", Ext: "ocsf.jsonl", Title: "OCSF " + ocsfVersion + " Incident and Detection Findings, one a line, for data lakes", write: writeOCSF},
	{Name: "navigator", Ext: "navigator.json", Title: "a layer of the ATT&CK Navigator", write: writeNavigator},
	{Name: "dshield", Ext: "dshield.txt", Title: "dropped packets, as DShield takes them", write: writeDShield, Public: true},
}

// Names are the names of Formats.
func Names() []string {
	var list []string
	for _, f := range Formats {
		list = append(list, f.Name)
	}
	return list
}

// ByName finds an export.
func ByName(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// Kind is what is known of a kind of incident.
type Kind struct {
	Title      string
	Techniques []Technique
}

// Technique is a technique of ATT&CK. The name of a sub-technique stands behind its parent's and a colon.
type Technique struct {
	ID, Name string
	Note     string // when it applies; empty where it always does
}

// Options is what an export needs besides the report.
type Options struct {
	Kind   func(id string) (Kind, bool) // from the catalogue that the report was made with
	Attack string                       // the version of ATT&CK that techniques are of: 18.0
	TLP    string                       // a label of TLP 2.0, or empty
	User   int                          // the number of the site's account at DShield; 0 for none
	// Modified is when the report was changed last, if that was after its last record.
	Modified time.Time
}

// export is one report on its way out.
type export struct {
	*analysis.Report
	Options
	left []string
}

// Write writes the export called name. left says in words what of the report has no place in it. An error says that
// nothing can be written, and why.
func Write(w io.Writer, name string, r *analysis.Report, o Options) (left []string, err error) {
	f, ok := ByName(name)
	if !ok {
		return nil, fmt.Errorf("%q is no export; there are %s", name, strings.Join(Names(), ", "))
	}
	x := &export{Report: r, Options: o}
	if r.Background.Incidents > 0 {
		x.leave("%s that the report only counts; --detail all tells of each", count(r.Background.Incidents, "incident"))
	}
	b, err := f.write(x)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(b)
	return x.left, err
}

func (x *export) leave(format string, args ...any) {
	x.left = append(x.left, fmt.Sprintf(format, args...))
}

// kind is what is known of a kind; of an unknown one its id.
func (x *export) kind(id string) Kind {
	if x.Kind != nil {
		if k, ok := x.Kind(id); ok {
			return k
		}
	}
	return Kind{Title: id}
}

// obscured reports whether pseudonyms stand for addresses.
func (x *export) obscured() bool { return x.Made != nil && x.Made.Obscured }

// product is the name and the version of the tool that made the report.
func (x *export) product() (name, version string) {
	name, version, _ = strings.Cut(x.Tool, " ")
	return cmp.Or(name, "Practicum"), version
}

// stamp is the time of the report as a whole: its last record.
func (x *export) stamp() time.Time {
	last := x.Period.Last
	for i := range x.Incidents {
		if t := x.Incidents[i].Last; t.After(last) {
			last = t
		}
	}
	if last.IsZero() {
		return time.Unix(0, 0)
	}
	return last
}

// span is when an incident was; one without records, which a person added, is as old as the report.
func (x *export) span(in *analysis.ScoredIncident) (first, last time.Time) {
	first, last = in.First, in.Last
	if last.IsZero() {
		last = cmp.Or(first, x.stamp())
	}
	if first.IsZero() {
		first = cmp.Or(x.Period.First, last)
	}
	if first.After(last) {
		first = last
	}
	return first, last
}

// tally says what was counted of an incident, in one sentence.
func tally(in *analysis.ScoredIncident) string {
	if in.ByHand {
		return "The analyst added this incident; no record of the logs tells of it."
	}
	more := ""
	if in.AttemptsAtLeast {
		more = "at least "
	}
	return fmt.Sprintf("%s, %s%s; outcome: %s.", count(in.Records, "record"), more, count(in.Attempts, "attempt"), in.Outcome)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// sum is an incident's severity written out, or empty where nobody rated it.
func sum(s *analysis.Severity) string {
	if s.Band == "" {
		return ""
	}
	return fmt.Sprintf("(%s + %s) − (%s + %s) = %s, %s", interval(s.Criticality.Low, s.Criticality.High), interval(s.Lethality.Low, s.Lethality.High),
		interval(s.System.Low, s.System.High), interval(s.Network.Low, s.Network.High), interval(s.Low, s.High), s.Band)
}

func interval(low, high int) string {
	text := fmt.Sprint(low)
	if low != high {
		text = fmt.Sprintf("%d to %d", low, high)
	}
	return strings.ReplaceAll(text, "-", "−")
}

// factors lists the four factors with their names.
func factors(s *analysis.Severity) []struct {
	name string
	*analysis.Factor
} {
	return []struct {
		name string
		*analysis.Factor
	}{{"criticality", &s.Criticality}, {"lethality", &s.Lethality}, {"system", &s.System}, {"network", &s.Network}}
}

// address reads an address without a zone. ok is false for a name, and for the pseudonym MY.NET.17.4.
func address(s string) (a netip.Addr, ok bool) {
	a, err := netip.ParseAddr(s)
	return a.WithZone("").Unmap(), err == nil
}

// global reports whether an address means the same to everybody.
func global(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate()
}

// uuid is a UUID as its sixteen bytes.
type uuid [16]byte

func (u uuid) String() string {
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// derive makes the UUID of version 5 of a name (RFC 9562, section 5.5).
func (u uuid) derive(name string) uuid {
	h := sha1.New() // #nosec G401
	h.Write(u[:])
	io.WriteString(h, name)
	var out uuid
	copy(out[:], h.Sum(nil))
	out[6], out[8] = out[6]&0x0f|0x50, out[8]&0x3f|0x80
	return out
}

// urlSpace is the name space of URLs (RFC 9562, section 6.6).
var urlSpace = uuid{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}

// derived is the UUID of what the words name together. No word of ours holds a NUL.
func derived(words ...string) string {
	return urlSpace.derive("practicum").derive(strings.Join(words, "\x00")).String()
}

// object is a JSON object, whose keys are written in order.
type object map[string]any

// set puts a text under a key unless it is empty.
func (o object) set(key, text string) {
	if text != "" {
		o[key] = text
	}
}

// encode writes JSON in which no character is hidden.
func encode(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return safe.JSON(b.Bytes()), nil
}
