// Package interchange writes a report for other systems: OCSF, STIX 2.1, DShield, the ATT&CK Navigator, CSV.
//
// An export is made of what report.json says and of nothing else, so that the same report gives the same bytes: ids are
// derived from the ids of incidents, and times are those of records. It decides nothing, and it says nothing that the
// report does not say. What a form has no room for is left out, and Write tells of it.
//
// To add an export: a file with a function like writeCSV, a line in Formats, and in the tests its golden and the check of a
// reference, which is the form's own schema or the rules of the program that reads it.
package interchange
