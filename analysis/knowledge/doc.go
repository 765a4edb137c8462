// Package knowledge holds facts that are no part of any log: what a port is registered for and
// what lists of trojans say about it, which names logs print for services, which log-in names
// belong to nobody in particular, which names in a sensor's signature are names of tools, and the
// catalogue of kinds of detects and of behaviours.
//
// Every fact is data under data/ and kinds/, readable as text, with its source beside it;
// data/README.md names sources, dates and licences. The package only decodes and looks up. It
// decodes lazily, so that a command which needs none of it does not pay for it.
//
// To add
//
//   - a service or the reason why a port is commonly probed: a line in data/services.csv;
//   - a daemon of syslog: a line in data/daemons.csv;
//   - a product's own name for a port: a line in data/log_names.csv, with its source;
//   - a trojan's default port: a line in data/trojan_ports.csv, with the lists that name it;
//   - what a reader should know before naming a port: a note in data/port_notes.yaml;
//   - a tool, worm or trojan that sensors name: a line in data/tools.csv;
//   - a kind: an entry in the file of its family under kinds/; a new family is also a line in
//     kindFamilies. The tests refuse an entry that is not complete.
//
// Wording follows one rule: a list that names a port is reported as a list that names a port.
// Nothing here ever says that traffic "is" a trojan.
package knowledge
