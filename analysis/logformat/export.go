package logformat

// What package pattern reads fields with, so that a taught message is read as a built-in one.

// IsHostName reports whether s is written like a host name.
func IsHostName(s string) bool { return isHostName(s) }

// IsBrokenAddress reports whether s is written like an IPv4 address and is none.
func IsBrokenAddress(s string) bool { return isBrokenAddress(s) }

// NamedSession is the session that a daemon names by a word of its own; 0 for none.
func NamedSession(id string) uint64 { return namedSession(id) }

// Protocol is the name of a transport protocol, which logs give as a name or a number.
func Protocol(s string) string { return protocol(s) }

// NewCursor is a cursor at the start of a text.
func NewCursor(text string) *Cursor { return &Cursor{text: text} }
