package pattern

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Fields are what a pattern may fill, by the names that `practicum events` has for them. "source"
// and "target" hold an address or a name.
var Fields = []string{
	"time", "host", "source", "source.ip", "source.name", "source.port", "target", "target.ip", "target.name", "target.port",
	"proto", "service", "user", "action", "signature", "count", "session",
}

// forms are the expressions that fields and marks stand for. What a client may choose is as long as
// it can be, so that what stands behind it is the last that fits.
var forms = map[string]string{
	"host": `\S+`, "source": `\S+`, "source.ip": address, "source.name": `\S+`, "source.port": `\d{1,5}`,
	"target": `\S+`, "target.ip": address, "target.name": `\S+`, "target.port": `\d{1,5}`,
	"proto": `[A-Za-z0-9._-]+`, "service": `\S+`, "user": `.*`, "action": `\S+`, "signature": `.+`, "count": `\d{1,9}`, "session": `\S+`,

	// The marks of a shape, and words that are not kept.
	"n": `\d+`, "ip": address, "hex": `(?:0x)?[0-9A-Fa-f]+(?:[:.-][0-9A-Fa-f]+)*`, "id": `[0-9A-Za-z-]+`, "path": `/\S+`, "name": `\S+`, "mail": `\S+`,
	"w": `\S+`, "any": `.*`, "rest": `.*`,
}

const address = `[0-9A-Fa-f:.]+(?:%[0-9A-Za-z._-]+)?`

// timeForm is the form of a stamp of so many words.
func timeForm(words int) string { return `\S+` + strings.Repeat(`[ \t]+\S+`, words-1) }

// expression makes a regular expression of a pattern's text: a blank stands for any run of blanks,
// {field} for a field, {(…)} for what may be missing, {{ for a brace.
func expression(text string, stampWords int) (string, error) {
	var b strings.Builder
	open := false
	text = strings.TrimSpace(text)
	for i := 0; i < len(text); {
		rest := text[i:]
		switch {
		case strings.HasPrefix(rest, "{{"):
			b.WriteString(`\{`)
			i += 2
		case strings.HasPrefix(rest, "{("):
			if open {
				return "", fmt.Errorf("has {( within {( ... )}; what may be missing cannot be nested")
			}
			b.WriteString(`(?:`)
			open, i = true, i+2
		case open && strings.HasPrefix(rest, ")}"):
			b.WriteString(`)?`)
			open, i = false, i+2
		case rest[0] == '{':
			name, _, ok := strings.Cut(rest[1:], "}")
			if !ok {
				return "", fmt.Errorf("has a { without }; write {{ where the message has a brace")
			}
			form, known := forms[name]
			if name == "time" {
				form, known = timeForm(max(stampWords, 1)), true
			}
			if !known {
				return "", fmt.Errorf("has the unknown field {%s}%s; write {{ where the message has a brace", name, knownFields(name))
			}
			if slices.Contains(Fields, name) {
				fmt.Fprintf(&b, `(?P<%s>%s)`, groupName(name), form)
			} else {
				fmt.Fprintf(&b, `(?:%s)`, form)
			}
			i += len(name) + 2
		case rest[0] == ' ' || rest[0] == '\t':
			for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
				i++
			}
			b.WriteString(`[ \t]+`)
		default:
			end := i + 1
			for end < len(text) && !strings.ContainsRune("{) \t", rune(text[end])) {
				end++
			}
			b.WriteString(regexp.QuoteMeta(text[i:end]))
			i = end
		}
	}
	if open {
		return "", fmt.Errorf("has {( without )}")
	}
	return b.String(), nil
}

// knownFields hints at what a pattern may hold instead of an unknown field.
func knownFields(name string) string {
	for _, f := range slices.Concat(Fields, slices.Sorted(maps.Keys(forms))) {
		if _, last, ok := strings.Cut(f, "."); ok && last == name || strings.ReplaceAll(f, ".", "_") == name {
			return fmt.Sprintf(" (did you mean {%s}?)", f)
		}
	}
	return " (known are " + strings.Join(Fields, ", ") + "; n, ip, hex, id, path, name, mail, w, any and rest are not kept)"
}

// groupName is a field's name as a group of an expression: source_ip.
func groupName(field string) string { return strings.ReplaceAll(field, ".", "_") }

// Escape writes literal text the way a pattern holds it.
func Escape(literal string) string { return strings.ReplaceAll(literal, "{", "{{") }
