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
//	2025-11-06T11:32:42.868451Z stdout F …             containerd, CRI-O and Podman (Kubernetes' CRI)
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
	if !strings.Contains(text, `"`+dockerWord+`":"`) || !strings.Contains(text, `"stream":"`) || !strings.Contains(text, `"time":"`) {
		return text
	}
	var r struct {
		Log    *string `json:"log"`
		Stream string  `json:"stream"`
		Time   string  `json:"time"`
	}
	if json.Unmarshal([]byte(text), &r) != nil || r.Log == nil || r.Stream != "stdout" && r.Stream != "stderr" || !strings.HasSuffix(text, "}") {
		return text
	}
	return strings.TrimRight(oneLine(*r.Log), " \t")
}

// fromCRI takes off "TIME STREAM TAG ". The tag is F for a line that is whole and P for a part of one,
// which no log format can read by itself.
func fromCRI(text string) string {
	if len(text) < len("2016-10-06T00:17:09Z stdout F ") || text[10] != 'T' || !isDigit(text[0]) {
		return text
	}
	i := strings.IndexByte(text, ' ')
	if i < len("2016-10-06T00:17:09Z") || i > len("2016-10-06T00:17:09.669794202+00:00") {
		return text
	}
	rest := text[i+1:]
	if !strings.HasPrefix(rest, "stdout F ") && !strings.HasPrefix(rest, "stderr F ") {
		return text
	}
	if _, err := time.Parse(time.RFC3339Nano, text[:i]); err != nil {
		return text
	}
	return strings.TrimRight(rest[len("stdout F "):], " \t")
}

func isAddress(s string) bool {
	_, ok := parseAddr(s)
	return ok
}
