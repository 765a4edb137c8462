package analysis

import (
	"fmt"
	"time"
)

// Meaning is what it means that an address is on a list of the site's.
type Meaning string

const (
	MeaningAllow Meaning = "allow" // the site lets it in: its own scanner, a partner
	MeaningDeny  Meaning = "deny"  // somebody says that it should be refused
	MeaningKnown Meaning = "known" // neither: it is worth a word
)

// Meanings are those that a list may have.
var Meanings = [...]Meaning{MeaningAllow, MeaningDeny, MeaningKnown}

// LookupFile is a file of the site's own in which sources were looked up: a database in MaxMind's format, or a list.
type LookupFile struct {
	File    string  `json:"file"`              // its name without folders
	Kind    string  `json:"kind"`              // database or list
	Name    string  `json:"name"`              // the database's type, or what the site calls the list
	Meaning Meaning `json:"meaning,omitempty"` // of a list
	Entries int     `json:"entries,omitempty"` // of a list
	// Date is when the file was made: as it says itself, or its time on disk. DatedBy says which.
	Date    time.Time `json:"date,omitzero"`
	DatedBy DatedBy   `json:"dated_by"`
	SHA256  string    `json:"sha256"`
}

// DatedBy is whose word the date of a LookupFile is.
type DatedBy string

const (
	DatedByContent DatedBy = "content"   // the file says so
	DatedByFile    DatedBy = "file time" // the file does not say
)

// Day is the date in a report.
func (f LookupFile) Day() string {
	if f.Date.IsZero() {
		return "an unknown day"
	}
	return f.Date.Format(time.DateOnly)
}

// Cite is how a statement names the file.
func (f LookupFile) Cite() string {
	by := ""
	if f.DatedBy == DatedByFile {
		by = ", by the time of the file"
	}
	if f.Kind == "list" {
		return fmt.Sprintf("%s of %s%s", f.File, f.Day(), by)
	}
	return fmt.Sprintf("%s (%s) of %s%s", f.File, f.Name, f.Day(), by)
}

// Origin of a looked-up fact: which file says it, and of which day that is.
type LookedUpIn struct {
	File string    `json:"file"`
	Date time.Time `json:"date,omitzero"`
}

// About is what the site's databases and lists have about one source of an incident. They may contradict each other.
type About struct {
	IP        string      `json:"ip"`
	Countries []InCountry `json:"countries,omitempty"`
	Systems   []InSystem  `json:"systems,omitempty"`
	Lists     []OnList    `json:"lists,omitempty"`
}

// InCountry is where a database has an address.
type InCountry struct {
	Code string `json:"code"` // ISO 3166-1, two letters
	Name string `json:"name,omitempty"`
	// Registered is set where the database says only in which country the network is registered.
	Registered bool `json:"registered,omitempty"`
	LookedUpIn
	Lookup int `json:"-"` // the rank of the file in Report.Lookups
}

// InSystem is the autonomous system that a database has an address in.
type InSystem struct {
	Number       uint32 `json:"number"`
	Organisation string `json:"organisation,omitempty"`
	Network      string `json:"network"` // the network in the database
	LookedUpIn
	Lookup int `json:"-"`
}

// OnList is a list that an address is on.
type OnList struct {
	List    string  `json:"list"`
	Meaning Meaning `json:"meaning"`
	Entry   string  `json:"entry"` // the narrowest network on the list that has the address
	LookedUpIn
	Lookup int `json:"-"`
}
