package knowledge

import (
	"fmt"
	"sync"
)

// Mark is something that unrelated sites saw: a pair of ports or a log-in string that belongs to a tool.
type Mark struct {
	SourcePort int      `yaml:"source_port"`
	Port       int      `yaml:"port"`
	Proto      string   `yaml:"proto"`
	Login      string   `yaml:"login"`
	Text       string   `yaml:"text"`
	Sources    []string `yaml:"sources"`
}

var marks = sync.OnceValue(func() []Mark {
	var list []Mark
	if err := decodeYAML(mustRead("data/marks.yaml"), &list); err != nil {
		panic(fmt.Sprintf("knowledge: marks: %v", err))
	}
	return list
})

// PortPair gives the mark that a pair of source and target port is.
func PortPair(proto string, source, target int) (Mark, bool) {
	for _, m := range marks() {
		if m.SourcePort != 0 && m.SourcePort == source && m.Port == target && m.Proto == fold(proto) {
			return m, true
		}
	}
	return Mark{}, false
}

// LoginMark gives the mark that a log-in string is.
func LoginMark(login string) (Mark, bool) {
	for _, m := range marks() {
		if m.Login != "" && m.Login == fold(login) {
			return m, true
		}
	}
	return Mark{}, false
}
