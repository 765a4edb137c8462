package logformat

import (
	"encoding/json"
	"strings"
	"time"
)

// contained gives the line that a program in a container wrote, without what the container's engine puts
// round it, or a collector in front of it; other texts come back as they are. These are read:
//
//	{"log":"…\n","stream":"stdout","time":"…"}         Docker's driver json-file
//	2025-11-06T11:32:42.868451Z stdout F …             containerd, CRI-O and Podman (Kubernetes' CRI); see criParts
//	2025 Nov 06 11:32:42 (web) 192.0.2.7->/var/log/auth.log …    OSSEC's and Wazuh's archives.log
//
// The line is read as if it stood in a file of its own, by its own stamp: what it says is the program's
// word, and the engine's time that of its arrival.
func contained(text string) string {
	if strings.HasPrefix(text, "{") {
		return fromDocker(text)
	}
	if len(text) > 30 && text[4] == ' ' && text[8] == ' ' && isDigit(text[0]) {
		return fromOSSEC(text)
	}
	return fromCRI(text)
}

// fromOSSEC takes off "yyyy Mmm dd hh:mm:ss (agent) address->location ", where the line has a stamp of its own or
// comes from a file.
func fromOSSEC(text string) string {
	i := strings.Index(text[:min(len(text), 200)], "->")
	if i < 0 {
		return text
	}
	_, _, _, _, _, _, n, ok := datedStamp(text)
	if !ok || n >= i {
		return text
	}
	from := text[n:i]
	if strings.HasPrefix(from, "(") {
		_, from, _ = strings.Cut(from, ") ")
	}
	location, line, ok := strings.Cut(text[i+len("->"):], " ")
	if !ok || !isHostName(from) && !isAddress(from) || location == "" || !strings.HasPrefix(location, "/") && !startsSyslog(line) {
		return text
	}
	return strings.TrimRight(line, " \t")
}

// dockerWord is one of the keys of a line of Docker's.
const dockerWord = "log"

func fromDocker(text string) string {
	if !hasText(text, `"`+dockerWord+`"`) || !hasText(text, `"stream"`) || !hasText(text, `"time"`) {
		return text
	}
	var r dockerRecord
	if !r.quick(text) {
		r = dockerRecord{}
		if json.Unmarshal([]byte(text), &r) != nil {
			return text
		}
	}
	if r.Log == nil || r.Stream != "stdout" && r.Stream != "stderr" || !strings.HasSuffix(text, "}") {
		return text
	}
	return strings.TrimRight(oneLine(*r.Log), " \t")
}

type dockerRecord struct {
	Log    *string `json:"log"`
	Stream string  `json:"stream"`
	Time   string  `json:"time"`
}

var dockerKeys = keysOf(dockerWord, "stream", "time")

// quick reads an object as json.Unmarshal does, without its cost. Of anything unusual it knows nothing.
func (r *dockerRecord) quick(text string) bool {
	s := jsonScanner{text: text}
	return s.whole(dockerKeys, func(key int) (ok bool) {
		switch dockerKeys.list[key] {
		case dockerWord:
			var line string
			line, ok = s.usualString()
			r.Log = &line
		case "stream":
			r.Stream, ok = s.plainString()
		default:
			r.Time, ok = s.plainString()
		}
		return ok
	})
}

// hasText reports whether an object has a text under a key, which is given in quotes. Docker puts no blanks round the colon, but
// what writes such lines again does.
func hasText(object, key string) bool {
	for {
		_, after, ok := strings.Cut(object, key)
		if !ok {
			return false
		}
		value, ok := strings.CutPrefix(strings.TrimLeft(after, " \t"), ":")
		if ok && strings.HasPrefix(strings.TrimLeft(value, " \t"), `"`) {
			return true
		}
		object = after
	}
}

// fromCRI takes off "TIME STREAM TAG " where the tag says that the line is whole.
func fromCRI(text string) string {
	_, tag, said := criLine(text)
	if tag != 'F' {
		return text
	}
	return strings.TrimRight(said, " \t")
}

// criLine parts a line of Kubernetes' CRI. The tag is F for a line that is whole or the last part of one, and P for another part; it
// is 0 where the text is no such line.
func criLine(text string) (stream string, tag byte, said string) {
	if len(text) < len("2016-10-06T00:17:09Z stdout F ") || text[10] != 'T' || !isDigit(text[0]) {
		return "", 0, ""
	}
	i := strings.IndexByte(text, ' ')
	if i < len("2016-10-06T00:17:09Z") || i > len("2016-10-06T00:17:09.669794202+00:00") {
		return "", 0, ""
	}
	const head = "stdout F "
	rest := text[i+1:]
	if len(rest) < len(head) || rest[7] != 'F' && rest[7] != 'P' || rest[8] != ' ' || rest[:7] != "stdout " && rest[:7] != "stderr " {
		return "", 0, ""
	}
	if _, err := time.Parse(time.RFC3339Nano, text[:i]); err != nil {
		return "", 0, ""
	}
	return rest[:6], rest[7], rest[len(head):]
}

// maxParts bounds the parts of a line: an engine parts them every 16 KiB, or 8.
const maxParts = 32

// criParts is a line that the engine wrote in parts, because it is long or its end was waited for. Parts of one stream among which
// others of the other stand are not put together.
var criParts = blockForm{
	starts: func(line string) bool {
		_, tag, _ := criLine(line)
		return tag == 'P'
	},
	ends: func(line string, n int) blockEnd {
		_, tag, _ := criLine(line)
		switch {
		case tag == 'F':
			return here
		case tag == 'P' && n <= maxParts:
			return goesOn
		}
		return before
	},
	whole: func(text string) (string, bool) {
		var whole strings.Builder
		first, last := "", byte(0)
		for part := range strings.SplitSeq(text, "\n") {
			stream, tag, said := criLine(part)
			if first == "" {
				first = stream
			}
			if last = tag; stream != first {
				return "", false
			}
			whole.WriteString(said)
		}
		return strings.TrimRight(whole.String(), " \t"), last == 'F'
	},
}

func isAddress(s string) bool {
	_, ok := parseAddr(s)
	return ok
}
