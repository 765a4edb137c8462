// Package history remembers reports: their incidents, what all incidents were counted by, the analyst's ratings and answers, and
// the recommendations that were made. A later report of the same site asks it what changed.
//
// The store is one SQLite file. Each change is one transaction that takes the lock for writing at its beginning, so runs side by
// side wait for each other and a run that is killed leaves the file as it was. The file says in its header whose it is
// (application_id) and in which form (user_version).
//
// # What is one report
//
// Reports of the same site and time about the same machines are one report, and the newer word holds. One about more machines
// takes the place of those about fewer; one about fewer is not taken. A report that nobody gave a time is of the time that its
// records span, and takes the place of those within it. So the same logs twice change nothing, and no record counts twice in a
// month. What an analyst said of an incident is kept until an analyst says otherwise.
//
// # What a report is told
//
// Only of reports of the same site that end before it begins: the same history gives the same report on any day. A site is known
// by its name. Where nobody named one, reports must share a machine that their logs name.
package history
