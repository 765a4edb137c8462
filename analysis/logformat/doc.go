// Package logformat turns the bytes of a log into events.
//
// The driver (Read) opens an input, undoes compression, splits lines, numbers them, bounds
// their length and puts physical lines together into records, once for all log formats. A log
// format only says whether the text of a record is its own and what the record tells.
//
// To add a log format, write one file with one Format value, add one line to Formats, and put
// samples into testdata/<name>.log here. A daemon with many fixed texts is best read by a list of
// messages; message.go says how they are written. A format answers a text in one of these ways:
//
//   - ErrNotMine: the text is not of this format;
//   - ErrOtherProgram: nor is anything that the program of this syslog header logs, whatever it says;
//   - ErrNotEvent: the message is known and tells of no event (a heading, a start-up note);
//   - ErrShort: the text is of this format as far as it goes, but the record must go on;
//   - ErrUnknown: the text is a record of this format whole, and nobody knows what its message says;
//   - a *SyntaxError: the text is of this format and broken;
//   - nil: the Event is filled in.
//
// ErrShort is what lets one grammar read a log in every shape in which it travels. Where the
// text ends early, the driver offers the following lines one by one, also past page footers and
// blank lines, and takes those that the grammar can still use. So a record that a mailer wrapped
// is put together by what its format demands, not by the look of its lines.
package logformat
