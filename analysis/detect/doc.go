// Package detect judges events: which of them are adverse, and of which kind.
//
// A rule is data. To add one, add a Rule to its family's list, which Rules puts together, the kind's entry to the
// catalogue in analysis/knowledge/kinds, and samples of a hit and of a miss to
// testdata/<kind>.txt (<kind>-single.txt where the kind has rules with and without a threshold). The order of Rules is the order of preference: an event is of the kind of
// the first rule that matches it.
//
// A rule with a Threshold needs several events of one source; below it they are context, which
// makes no incident by itself.
package detect
