// Package analysis holds the types that flow through Practicum, and nothing else.
//
// One type belongs to each stage, and a value is complete when it leaves its stage:
//
//	record → Event → Detect → Incident → ScoredIncident → Report → bytes
//
// The stages are the packages below this one: logformat makes events of records, detect
// makes detects of events, incident groups detects, severity scores incidents, and pipeline
// knows their order. This package imports none of them, so that they can all import it.
//
// The JSON names on these types are the contract "practicum/report/1" of report.json: keys
// are added to it, never renamed and never removed.
package analysis
