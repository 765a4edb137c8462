package analysis

// Activity counts what all incidents of a report did, those of the background included: when, who, to
// whom. It is what the charts are drawn from.
type Activity struct {
	// Hours counts the records of incidents by day of the week, Monday first, and by hour, in the report's zone.
	Hours [7][24]int `json:"hours"`
	// Sources, Targets and Ports are the most active ones, the others in one number.
	Sources Top `json:"sources"` // by records
	Targets Top `json:"targets"` // by incidents
	Ports   Top `json:"ports"`   // by incidents; a service without a port stands with its name
	// Links are the pairs of a source and a target with the most records, of the incidents that are told in
	// full. Records beyond the cap of an incident are not in them.
	Links []Link `json:"links"`
}

// MaxLinks is how many Links there are at most.
const MaxLinks = 24

// Top lists the names with the highest counts, highest first.
type Top struct {
	Rows []Tally `json:"rows"`
	// Others counts the names that are not in Rows, and OthersCount what they count together.
	Others      int `json:"others"`
	OthersCount int `json:"others_count"`
}

// Tally is a name and how often it was counted.
type Tally struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Link counts the records from one source to one target.
type Link struct {
	Source  string `json:"source"`
	Target  string `json:"target"`
	Records int    `json:"records"`
}
