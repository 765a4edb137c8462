package analysis

import (
	"strconv"
	"strings"
)

// Quoted is a text of a log within a sentence: as it is between quotation marks, so that "CORP\admin" has the one backslash that
// it has in a table and in the log. A text with quotation marks or with what cannot be printed is quoted as Go does.
func Quoted(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r == '"' || r == '�' || !strconv.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return `"` + s + `"`
}
