package pattern

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/lazily"
	"practicum/analysis/logformat"
)

// Spec is an entry of a pattern file, with the types of its values judged.
type Spec struct {
	Place    string // the file and the entry: "patterns.yaml: patterns[2]"
	Name     string
	Title    string
	Programs []string // inside syslog, of these programs; none for a line with a stamp of its own
	Text     string   // with fields in braces; or
	Regexp   string   // a regular expression with groups
	Stamp    string
	Zone     *time.Location
	Is       string // one of Meanings
	Try      string // one of Tries
	Set      map[string]string
	Actions  map[string]string // what the words of the field action mean
	Kind     string
	// Threshold, where Count is not 0, is how many records within Within make a detect of the kind.
	Threshold Threshold
	Hits      []Hit
	Misses    []string
}

// Threshold is reached by Count records of one source within the time Within.
type Threshold struct {
	Count  int
	Within time.Duration
}

// Hit is a line that the pattern takes, and what it gives.
type Hit struct {
	Line  string
	Gives map[string]string
}

// Meanings are what a message may be: an event, an event that only adds to an incident of its
// source, or nothing adverse.
var Meanings = []string{"event", "context", "benign"}

// Tries are how a record counts as an attempt: as a part of a session, as a connection, as a packet
// that nobody answered, or not.
var Tries = []string{"session", "connection", "packet", "none"}

var tries = map[string]analysis.Tries{
	"session": analysis.TriesSession, "connection": analysis.TriesConnection, "packet": analysis.TriesPacket, "none": analysis.TriesNone,
}

// Actions are the values of the field action.
var Actions = []string{string(analysis.ActionAllowed), string(analysis.ActionBlocked), string(analysis.ActionFailed), string(analysis.ActionInfo)}

// Pattern is a Spec ready to be asked.
type Pattern struct {
	Spec
	Format logformat.Format
	re     *regexp.Regexp
	must   string // what every text of the pattern holds; empty when nothing is certain
	groups []string
	stamp  *stamp
}

// FieldError is what is wrong with one key of a Spec.
type FieldError struct{ Key, Text string }

func (e *FieldError) Error() string { return e.Key + ": " + e.Text }

// New judges a Spec. All that is wrong is told, as FieldErrors joined.
func New(spec Spec) (*Pattern, error) {
	p := &Pattern{Spec: spec}
	var wrong []error
	complain := func(key, format string, args ...any) {
		wrong = append(wrong, &FieldError{key, fmt.Sprintf(format, args...)})
	}
	p.checkName(complain)
	p.checkMeaning(complain)
	p.compile(complain)
	p.checkFields(complain)
	if len(p.Hits) == 0 {
		complain("hits", "is empty; give at least one line that the pattern takes, as practicum formats test needs it")
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	if p.Title == "" {
		p.Title = p.Name
	}
	p.Format = logformat.Format{
		Name: p.Name, Title: p.Title, Recognised: p.recognised(), New: p.parser,
		Carrier: logformat.CarrierSyslog,
	}
	if len(p.Programs) == 0 {
		p.Format.Carrier, p.Format.Starts, p.Format.Stamped = logformat.CarrierNone, p.fits, true
	}
	return p, nil
}

type complain func(key, format string, args ...any)

var nameForm = lazily.Regexp(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (p *Pattern) checkName(complain complain) {
	switch {
	case p.Name == "":
		complain("name", "is missing; name the message in lower-case words joined by hyphens, such as door-refused")
	case len(p.Name) > 64 || !nameForm().MatchString(p.Name):
		complain("name", "%q is not lower-case words joined by hyphens, such as door-refused", p.Name)
	case slices.ContainsFunc(logformat.Formats, func(f logformat.Format) bool { return f.Name == p.Name }):
		complain("name", "%q is a built-in log format; choose another name, such as %s-own", p.Name, p.Name)
	}
	for i, name := range p.Programs {
		if name == "" || strings.ContainsAny(name, " \t[:") {
			complain(fmt.Sprintf("program[%d]", i), "%q is not the name of a program as a syslog header has it: without [pid] and colon", name)
		}
	}
}

func (p *Pattern) checkMeaning(complain complain) {
	switch {
	case !slices.Contains(Meanings, p.Is):
		complain("is", "%q is not event, context or benign; an event can be adverse, context only adds to an incident of its source, and benign says that the message tells of nothing", p.Is)
	case p.Is != "event" && p.Kind != "":
		complain("kind", "stands in a message that is %s; only an event can make a detect", p.Is)
	}
	if p.Threshold.Count != 0 && p.Kind == "" {
		complain("threshold", "stands without a kind; name what is made when it is reached")
	}
	if p.Try != "" && !slices.Contains(Tries, p.Try) {
		complain("try", "%q is not %s", p.Try, strings.Join(Tries, ", "))
	}
	for _, word := range slices.Sorted(maps.Keys(p.Actions)) {
		if !slices.Contains(Actions, p.Actions[word]) {
			complain("actions."+word, "%q is not %s", p.Actions[word], strings.Join(Actions, ", "))
		}
	}
}

// maxPattern bounds the text of a pattern; a longer one is a mistake.
const maxPattern = 4096

func (p *Pattern) compile(complain complain) {
	key, text := "pattern", p.Text
	if p.Regexp != "" {
		key, text = "regexp", p.Regexp
	}
	switch {
	case p.Text != "" && p.Regexp != "":
		complain("regexp", "stands beside pattern; give one of them")
		return
	case strings.TrimSpace(text) == "":
		complain("pattern", "is missing; write the message with fields in braces, such as: refused {user} from {source.ip} port {source.port}")
		return
	case len(text) > maxPattern:
		complain(key, "has more than %d bytes; what follows the part that matters can be {any}", maxPattern)
		return
	}
	words := 1
	if len(strings.Fields(p.Stamp)) > 0 {
		words = len(strings.Fields(p.Stamp))
	}
	expr := text
	if p.Regexp == "" {
		var err error
		if expr, err = expression(text, words); err != nil {
			complain(key, "%s", err)
			return
		}
	}
	// Judged by itself first, so that an error shows what was written.
	if _, err := syntax.Parse(expr, syntax.Perl); err != nil {
		complain(key, "is not a regular expression as RE2 has them (%s)%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "), lookaround(expr))
		return
	}
	re, err := regexp.Compile(`\A(?:` + expr + `)[ \t]*\z`)
	if err != nil {
		complain(key, "is too large (%s)", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return
	}
	p.re, p.groups, p.must = re, re.SubexpNames(), literalIn(expr)
	if p.re.MatchString("") {
		complain(key, "takes a message without a word; write what is always there")
	}
}

// compilePrefix compiles an expression that a text begins with.
func compilePrefix(expr string) (*regexp.Regexp, error) { return regexp.Compile(`\A(?:` + expr + `)`) }

func lookaround(expr string) string {
	for _, s := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.Contains(expr, s) {
			return "; it has no " + s + "…): write what is before and behind"
		}
	}
	return ""
}

// literalIn finds the longest text that whatever fits the expression holds, so that most messages
// are declined by a look for it.
func literalIn(expr string) string {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return ""
	}
	best := ""
	var walk func(re *syntax.Regexp)
	walk = func(re *syntax.Regexp) {
		switch re.Op {
		case syntax.OpLiteral:
			if s := string(re.Rune); re.Flags&syntax.FoldCase == 0 && len(s) > len(best) {
				best = s
			}
		case syntax.OpConcat, syntax.OpCapture, syntax.OpPlus:
			for _, sub := range re.Sub {
				walk(sub)
			}
		}
	}
	walk(re.Simplify())
	return best
}

func (p *Pattern) checkFields(complain complain) {
	seen := map[string]bool{}
	for i, group := range p.groups {
		if group == "" {
			continue
		}
		j := slices.IndexFunc(Fields, func(f string) bool { return groupName(f) == group })
		switch {
		case j < 0:
			key := "regexp"
			complain(key, "has the unknown group %q (known are %s)", group, strings.ReplaceAll(strings.Join(Fields, ", "), ".", "_"))
			continue
		case seen[Fields[j]]:
			complain(p.textKey(), "fills %s twice; what is not wanted can be {any}", Fields[j])
		}
		p.groups[i], seen[Fields[j]] = Fields[j], true
	}
	for _, name := range slices.Sorted(maps.Keys(p.Set)) {
		value := p.Set[name]
		if !slices.Contains(Fields, name) || name == "time" {
			complain("set."+name, "is not a field that can be set; known are %s", strings.Join(Fields[1:], ", "))
			continue
		}
		if seen[name] {
			complain("set."+name, "is filled by the pattern as well; leave one of them out")
		}
		seen[name] = true
		if name == "action" && !slices.Contains(Actions, value) {
			complain("set.action", "%q is not %s", value, strings.Join(Actions, ", "))
		} else if err := fill(&analysis.Event{}, name, value, nil); err != nil {
			complain("set."+name, "%s", err)
		}
	}
	for _, side := range []string{"source", "target"} {
		if seen[side] && (seen[side+".ip"] || seen[side+".name"]) {
			complain(p.textKey(), "fills %s, which is an address or a name, and %s.ip or %s.name besides", side, side, side)
		}
	}
	if slices.Contains(p.groups, "action") && len(p.Actions) == 0 {
		complain("actions", "is missing; say what the words in the place of {action} mean, such as {DROP: blocked, ACCEPT: allowed}")
	} else if !slices.Contains(p.groups, "action") && len(p.Actions) > 0 {
		complain("actions", "stands without a field {action} in the pattern; a message that is always the same has set: {action: …}")
	}
	p.checkStamp(seen["time"], complain)
}

func (p *Pattern) textKey() string {
	if p.Regexp != "" {
		return "regexp"
	}
	return "pattern"
}

func (p *Pattern) checkStamp(timed bool, complain complain) {
	inSyslog := len(p.Programs) > 0
	switch {
	case p.re == nil:
	case inSyslog && timed:
		complain(p.textKey(), "has a time, but the syslog header has it already; write {any} for the one in the message")
	case inSyslog && p.Stamp != "":
		complain("stamp", "stands in a message inside syslog, whose header has the time; remove it")
	case !inSyslog && !timed && p.Is == "benign" && p.Stamp == "":
		// A heading, which needs no time.
	case !inSyslog && !timed:
		complain(p.textKey(), "has no {time}; a line by itself needs one, and a message inside syslog needs program")
	case !inSyslog:
		var err error
		if p.stamp, err = newStamp(p.Stamp, p.Zone); err != nil {
			complain("stamp", "%s", err)
		}
	}
	if p.Zone != nil && p.Stamp == "" {
		complain("zone", "stands without a stamp; a message inside syslog has the time of the header")
	}
}

// recognised says in a few words how the format is told.
func (p *Pattern) recognised() string {
	text := p.Text
	if text == "" {
		text = p.Regexp
	}
	if len(p.Programs) > 0 {
		text = strings.Join(p.Programs, ", ") + ": " + text
	}
	if len(text) > 100 {
		text = strings.ToValidUTF8(text[:100], "") + "…"
	}
	return text
}

// fits reports whether a text is one of the pattern.
func (p *Pattern) fits(text string) bool {
	return (p.must == "" || strings.Contains(text, p.must)) && p.re.MatchString(text)
}

func (p *Pattern) parser(clock *logformat.Clock) logformat.Parser {
	return func(c *logformat.Cursor, ev *analysis.Event) error {
		if len(p.Programs) > 0 && !slices.Contains(p.Programs, ev.Program) {
			return logformat.ErrNotMine
		}
		text := c.Rest()
		if p.must != "" && !strings.Contains(text, p.must) {
			return logformat.ErrNotMine
		}
		at := p.re.FindStringSubmatchIndex(text)
		if at == nil {
			return logformat.ErrNotMine
		}
		if p.Is == "benign" && p.stamp == nil {
			return logformat.ErrNotEvent
		}
		ev.Action = analysis.ActionInfo
		for name, value := range p.Set {
			if err := fill(ev, name, value, nil); err != nil {
				return &logformat.SyntaxError{Format: p.Name, Msg: err.Error()}
			}
		}
		if len(p.Programs) == 0 {
			ev.Message = text
		}
		for i, name := range p.groups {
			if name == "" || at[2*i] < 0 {
				continue
			}
			value := text[at[2*i]:at[2*i+1]]
			if name == "time" {
				var ok bool
				if ev.Time, ok = p.stamp.read(value, clock); !ok {
					return logformat.ErrNotMine // not of this form: perhaps of another pattern's
				}
				if at[2*i] == 0 {
					ev.Message = strings.TrimLeft(text[at[2*i+1]:], " \t")
				}
				continue
			}
			if err := fill(ev, name, value, p.Actions); err != nil {
				return &logformat.SyntaxError{Format: p.Name, Msg: err.Error()}
			}
		}
		if p.Is == "benign" {
			return logformat.ErrNotEvent
		}
		ev.Context = p.Is == "context"
		switch {
		case p.Try != "":
			ev.Tries = tries[p.Try]
		case ev.Context:
			ev.Tries = analysis.TriesNone
		case ev.Session != 0:
			ev.Tries = analysis.TriesSession
		default:
			ev.Tries = analysis.TriesConnection
		}
		if ev.Tries == analysis.TriesPacket {
			ev.Handshake = analysis.HandshakeNone
		}
		return nil
	}
}

// fill puts a value into the field of an event. Its errors say what is wrong with the value.
func fill(ev *analysis.Event, field, value string, actions map[string]string) error {
	side := &ev.Source
	if strings.HasPrefix(field, "target") {
		side = &ev.Target
	}
	switch field {
	case "host":
		ev.Host = value
	case "source", "target":
		if nobody(value) {
			return nil
		}
		if ip, err := netip.ParseAddr(strings.Trim(value, "[]")); err == nil {
			side.IP = ip.Unmap()
		} else if logformat.IsHostName(value) && !logformat.IsBrokenAddress(value) {
			side.Name = strings.TrimSuffix(value, ".")
		} else {
			return fmt.Errorf("%q, in the place of {%s}, is neither an address nor a host name", value, field)
		}
	case "source.ip", "target.ip":
		ip, err := netip.ParseAddr(value)
		if err != nil {
			return fmt.Errorf("%q, in the place of {%s}, is not an address", value, field)
		}
		side.IP = ip.Unmap()
	case "source.name", "target.name":
		if _, err := netip.ParseAddr(value); err != nil && !nobody(value) && logformat.IsHostName(value) {
			side.Name = strings.TrimSuffix(value, ".")
		}
	case "source.port", "target.port":
		n, err := strconv.ParseUint(value, 10, 16)
		if err != nil {
			return fmt.Errorf("%q, in the place of {%s}, is not a port", value, field)
		}
		side.Port = uint16(n)
	case "proto":
		ev.Proto = logformat.Protocol(value)
	case "service":
		ev.Service = value
	case "user":
		ev.User = value
	case "signature":
		ev.Signature = value
	case "session":
		ev.Session = logformat.NamedSession(value)
	case "count":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return fmt.Errorf("%q, in the place of {count}, is not a number from 1 on", value)
		}
		ev.Count = n
	case "action":
		if actions != nil {
			meant, ok := actions[value]
			if !ok {
				return fmt.Errorf("%q, in the place of {action}, is not among the actions", value)
			}
			value = meant
		}
		ev.Action = analysis.Action(value)
	}
	return nil
}

// nobody reports whether a daemon's word for a missing name stands where a name should.
func nobody(s string) bool {
	return s == "-" || s == "(null)" || strings.EqualFold(s, "unknown")
}
