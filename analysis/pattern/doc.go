// Package pattern lets a site teach messages and log formats without code.
//
// A pattern is written like the messages of the built-in log formats (message.go of package logformat),
// a text with fields in braces, or as a regular expression with named groups. Both become one
// expression of Go's package regexp, which takes time in proportion to the text whatever the text
// says: whoever writes into a log cannot slow the reading down. That is why neither a
// backtracking engine nor grok is used. Of the grok libraries for Go, the one that is kept
// (elastic/go-grok) has an address pattern that takes any text behind a per cent sign, so that a client could
// choose its address, and makes a map for every line.
//
// A pattern holds for a whole message, from its first word to its last. It is asked after all
// built-in log formats have declined, because these are tested against what else is on the machine and
// a site's pattern cannot be; --log-format NAME=GLOB overrules that for the logs that match.
package pattern
