package knowledge

import (
	"strings"
	"sync"
)

// AttackVersion is the version of MITRE ATT&CK whose techniques the catalogue uses. Ids move between
// versions (v19 of 2026 has no T1562, for instance), so all are of this one.
const AttackVersion = "Enterprise ATT&CK v" + AttackNumber + ", October 2025"

// AttackNumber is the number of that version alone.
const AttackNumber = "18.0"

var techniques = sync.OnceValue(func() map[string]string {
	t := make(map[string]string)
	for _, row := range mustCSV("attack.csv", "id,name") {
		t[row[0]] = row[1]
	}
	return t
})

// TechniqueName is the name of a technique as AttackVersion has it; that of a sub-technique stands behind its
// parent's, as in "Active Scanning: Scanning IP Blocks". ok is false for a technique that the
// embedded table does not hold: it holds those that the catalogue uses.
func TechniqueName(id string) (name string, ok bool) {
	name, ok = techniques()[id]
	if parent, _, sub := strings.Cut(id, "."); ok && sub {
		name = techniques()[parent] + ": " + name
	}
	return name, ok
}
