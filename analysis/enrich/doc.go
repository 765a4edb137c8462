// Package enrich looks the sources of incidents up in files that the site has: databases in MaxMind's format, and lists of
// addresses. It asks nobody over a network, and every answer names the file and its date.
//
// What a file says is somebody else's word: it becomes a known fact with its source, never an observation, and it changes
// neither an incident nor its severity. Text in these files is as little trusted as that of a log.
//
// To add a form of list: a case in entry, with samples in list_test.go. To add a fact that databases hold: a field in place, a
// statement in words.go, a table in the summary by a Dimension of package analysis.
package enrich
