package analysis

import "strings"

// LogName is the name of a log without what rotation put behind it: a number (logrotate, newsyslog), a date (logrotate's
// dateext, Apache's rotatelogs) and the suffix of a compressed file. The parts of one log have one LogName.
func LogName(file string) string {
	name := file
	for _, packed := range [...]string{".gz", ".bz2", ".xz", ".zst"} {
		name = strings.TrimSuffix(name, packed)
	}
	if i := strings.LastIndexAny(name, ".-"); i > strings.LastIndexByte(name, '/')+1 {
		if n := len(name) - i - 1; (n >= 1 && n <= 3 && name[i] == '.' || n == 8) && strings.Trim(name[i+1:], "0123456789") == "" {
			name = name[:i]
		}
	}
	return name
}
