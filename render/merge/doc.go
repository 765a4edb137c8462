// Package merge renews a report.md that a person has edited. It takes three versions: the base, which
// is what the tool wrote last; the current one, which a person may have edited; and the fresh one,
// which the tool would write now. What the person did not touch becomes fresh, what the person wrote
// stays byte for byte, and where both changed the same the person's stands and the fresh one is shown
// beside it as a suggestion.
//
// The document is merged as a tree: sections, parts, blocks, and the rows, items and lines in them. On
// every level the three lists are matched first (by id, by words, by likeness), then put into one
// order, then each triple is decided. A diff of lines would not do: incidents are numbered anew,
// sections are moved, and a formatter touches every line.
//
// To merge a new kind of block finer than as a whole: a case in resolve.
package merge
