// Package incident groups detects into numbered incidents and reconstructs attempts to connect.
//
// A Builder folds: it keeps, for each source, the spans of time in which the source was seen, with
// exact counts and a bounded sample of the records. The order in which events are added does not
// change the result. Finish joins names to addresses, context to detects, and sources that share a
// distinctive signature, and numbers what comes out.
package incident
