// Package preview serves a report to the browser of the person who writes it, and shows every saved
// change at once.
//
// The page at "/" frames the report exactly as it will be written ("/report.html"), and beside it
// lists what is open: prompts, findings, severities computed again ("/state.json"). A stream of
// server-sent events ("/events") says when the file has changed; the page then asks for the blocks that
// are new ("/changes.json"). The PDF ("/report.pdf") is drawn
// when it is asked for. There are no other paths, nothing is written, and nothing is loaded from
// anywhere else.
//
// A page of another site must not be able to read the report through the browser: requests are
// answered only for our own loopback name, as Host and, where it is sent, as Origin, so that
// neither a foreign page nor a name that was made to point to this machine gets anything.
//
// To show something more about the report: a field of State, and where preview.js draws it.
package preview
