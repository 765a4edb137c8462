package knowledge

import "sync"

var logins = sync.OnceValue(func() map[string]bool {
	t := make(map[string]bool)
	for _, name := range mustLines("logins.txt") {
		t[fold(name)] = true
	}
	return t
})

// DefaultLogin reports whether a log-in name belongs to nobody in particular: a system account, a
// factory default, or what a daemon prints when there is no user. Such a name tells nothing about who
// used it. Case does not matter; a name with a host, such as "anonymous@ftp.example.com", is a string
// that somebody chose and so is not a default.
func DefaultLogin(name string) bool {
	name = fold(name)
	return name == "" || logins()[name]
}
