// Package check grades a report: what an analyst has left open, and what disagrees with itself.
//
// There are two kinds of documents. A report that this program drafted is read by package draft,
// which knows its markers, tables and prompts. Every other document is taken for a practical that
// somebody wrote by hand, as plain text or Markdown: incidents, the four stated parts of each
// severity and the totals are found in its words, whatever these are, and compared. What was read
// can be printed, so that a person can see whether it was read right.
//
// To add a rule: a value in Rules with a test of its own, and a folder in testdata/rules with
// documents that it hits and documents that look like them and that it misses. To teach the reader
// of foreign documents another wording: a document in testdata/practicals that uses it; all of
// them state the same ten severities.
package check
