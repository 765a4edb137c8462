// Package observation says in words what the evidence of an incident proves, and what it leaves
// open.
//
// A statement is of one of three classes. What is observed cites the lines that show it. What is
// known cites where the fact is from, with its date. What neither the log nor the embedded
// knowledge can tell is a prompt for the analyst. No inference is dressed up as an observation:
// what a line means stands beside it as something known, with its conditions.
//
// To add a statement, add a function to Statements, and logs that it must say and must not say it
// of to testdata. A sentence that is true of most incidents tells nothing: leave it out.
package observation
