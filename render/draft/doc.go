// Package draft reads what stands in a report.md that a person may have edited: its sections and
// blocks with their lines, whose words they are, and what the analyst says in them: ratings in the
// severity tables, decisions, ticked prompts. It changes nothing and keeps every byte.
//
// Sections of incidents are known by the id in their markers, never by their number:
//
//	## Incident 3: Title
//
//	<!-- incident d19474ae5e88 -->
//	...
//	<!-- analyst:begin d19474ae5e88 -->
//	what the analyst writes
//	<!-- analyst:end d19474ae5e88 -->
//
// Markers are comments at column 0, so that a marker which a log excerpt quotes is text. Where a
// word processor dropped all comments of a section, the row "Id" of its table stands in.
//
// Blocks are compared by their normal form, which survives a formatter: padding of tables, marks of
// lists and emphasis, escapes, line ends and wrapping are not in it.
//
// To read something more: a method of Section, in a file of its own.
package draft
