package pattern

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"practicum/analysis"
	"practicum/analysis/logformat"
)

// Skeleton is the beginning of a pattern for a line that no log format knows.
type Skeleton struct {
	Spec
	Sample analysis.Sample
	Fills  []string // the fields that the line fills, in order
	// Why is set when no pattern can be begun, and says why.
	Why string
}

// forms of stamps that a skeleton looks for at the start of a line, the longer before the shorter.
var stampForms = []string{
	"%a %b %e %H:%M:%S %Y", "%a, %d %b %Y %H:%M:%S %z", "%d/%b/%Y:%H:%M:%S %z", "%Y-%m-%d %H:%M:%S %z",
	"%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d-%b-%Y %H:%M:%S", "%Y%m%d %H:%M:%S",
	"%Y-%m-%d_%H:%M:%S", "%Y/%m/%d-%H:%M:%S", "%m/%d/%Y-%H:%M:%S", "%b %e %H:%M:%S", stampISO, stampEpoch,
}

// Skeletons begins up to n patterns for samples of unrecognised lines. Each takes its sample and no
// other's. Samples that none can be begun for are told as well, up to n of them.
func Skeletons(samples []analysis.Sample, n int) []Skeleton {
	var all []Skeleton
	var kept []*Pattern
	names := map[string]bool{}
	for _, s := range samples {
		if len(kept) == n || len(all)-len(kept) == n {
			break
		}
		k := skeleton(s)
		if k.Why == "" {
			k.Name = unique(k.Name, names)
			p, err := New(k.Spec)
			switch {
			case err != nil:
				k.Why = "no pattern can be made of it: " + strings.Join(strings.Fields(err.Error()), " ")
			case slices.ContainsFunc((&Set{append(slices.Clone(kept), p)}).Test(), func(r Result) bool { return !r.OK }):
				k.Why = "a pattern of it would not be read as it should"
			default:
				if _, err := NewSet(append(slices.Clone(kept), p)); err != nil {
					k.Why = "one of the patterns above takes it too, or its takes theirs"
				} else {
					kept = append(kept, p)
					k.Hits[0].Gives = map[string]string{}
					got := read(k.Hits[0].Line, []logformat.Format{p.Format})
					for _, field := range k.Fills {
						k.Hits[0].Gives[field] = got.values[field]
					}
				}
			}
			if k.Why != "" {
				delete(names, k.Name)
			}
		}
		all = append(all, k)
	}
	return all
}

func skeleton(s analysis.Sample) Skeleton {
	line, cut := strings.CutSuffix(s.Text, " …")
	k := Skeleton{Sample: s}
	k.Is = Meanings[0]
	if !plain(line) {
		k.Why = "it holds characters that no text file should"
		return k
	}
	program, message := logformat.Envelope(line)
	head := ""
	if program != "" {
		k.Programs = []string{program}
	} else if head, message = k.findStamp(message); head == "" {
		k.Why = "it has neither a syslog header nor a stamp that is known; give it a stamp by hand"
		return k
	}
	var text strings.Builder
	text.WriteString(head)
	addresses := 0
	last := ""
	// The field that a number behind an address is: after a colon, or the word port.
	port := ""
	logformat.Parts(message, func(m logformat.Mark, literal string) {
		field := ""
		switch {
		case m == logformat.MarkAddr && addresses < 2:
			field = [...]string{"source.ip", "target.ip"}[addresses]
			port = [...]string{"source.port", "target.port"}[addresses]
			addresses++
		case m == logformat.MarkNumber && port != "" && (last == ":" || last == "port"):
			field, port = port, ""
		case m != "":
			text.WriteString(string(m))
		default:
			text.WriteString(Escape(literal))
		}
		if field != "" {
			text.WriteString("{" + field + "}")
			k.Fills = append(k.Fills, field)
		}
		if word := strings.TrimSpace(literal); word != "" || m != "" {
			last = strings.ToLower(word)
		}
	})
	if cut || len(message) > logformat.ShapeLength {
		text.WriteString("{any}")
	}
	k.Text = text.String()
	k.Name = nameOf(program, message)
	k.Hits = []Hit{{Line: line}}
	return k
}

// findStamp looks for a stamp at the start of a line, behind at most one opening bracket. head is what
// stands in a pattern in its place; empty when there is none.
func (k *Skeleton) findStamp(line string) (head, rest string) {
	before := ""
	if strings.HasPrefix(line, "[") {
		before, line = "[", line[1:]
	}
	for _, form := range stampForms {
		re := regexp.MustCompile(`\A` + timeForm(len(strings.Fields(form))))
		text := re.FindString(line)
		if before != "" {
			text, _, _ = strings.Cut(text, "]")
		}
		text = strings.TrimRight(text, ":|;")
		s, err := newStamp(form, nil)
		if text == "" || err != nil || form == stampEpoch && len(text) < 9 {
			continue
		}
		if _, ok := s.read(text, logformat.NewClock(time.UTC, sampleYear)); ok {
			k.Stamp = form
			return before + "{time}", line[len(text):]
		}
	}
	return "", before + line
}

// plain reports whether a line can stand in a text file as it is.
func plain(line string) bool {
	return utf8.ValidString(line) && !strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) && r != '\t' })
}

// nameOf makes a name of the program and the first words of a message.
func nameOf(program, message string) string {
	var words []string
	for _, w := range strings.FieldsFunc(strings.ToLower(program+" "+message), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if len(w) > 1 && len(w) < 20 {
			words = append(words, w)
		}
		if len(words) == 4 {
			break
		}
	}
	if len(words) == 0 {
		return "message"
	}
	return strings.Join(words, "-")
}

func unique(name string, taken map[string]bool) string {
	base := name
	builtIn := func(name string) bool {
		return slices.ContainsFunc(logformat.Formats, func(f logformat.Format) bool { return f.Name == name })
	}
	for n := 2; taken[name] || builtIn(name); n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	taken[name] = true
	return name
}
