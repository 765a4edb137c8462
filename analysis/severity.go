package analysis

// Origin says who or what gave a factor its points.
type Origin string

const (
	OriginAsset    Origin = "asset"    // the site's table of assets
	OriginKind     Origin = "kind"     // the catalogue's entry for the kind of detect
	OriginEvidence Origin = "evidence" // what the log shows that a defence did
	OriginSite     Origin = "site"     // the site as a whole, or the default for a site that says nothing
	OriginAnalyst  Origin = "analyst"  // a person's rating
)

// Band is a named range of severity, after the CIS alert levels on the same formula.
type Band string

const (
	BandLow      Band = "low"      // −5 and below
	BandGuarded  Band = "guarded"  // −4 to −2
	BandElevated Band = "elevated" // −1 to 2
	BandHigh     Band = "high"     // 3 to 5
	BandSevere   Band = "severe"   // 6 and above
)

// Bands lists the bands from the lowest to the highest.
var Bands = [...]Band{BandLow, BandGuarded, BandElevated, BandHigh, BandSevere}

// Factor is one of the four parts of a severity: an interval of points from 0 to 5, why, and on whose word.
type Factor struct {
	Low    int    `json:"low"`
	High   int    `json:"high"`
	Reason string `json:"reason"`
	Origin Origin `json:"origin"`
}

// Factors are the four parts of the formula
// (criticality + lethality) − (system + network countermeasures).
type Factors struct {
	Criticality Factor `json:"criticality"`
	Lethality   Factor `json:"lethality"`
	System      Factor `json:"system"`
	Network     Factor `json:"network"`
}

// Suggestion is what the tool scores by itself, without the analyst's ratings.
type Suggestion struct {
	Low  int `json:"low"`
	High int `json:"high"`
	Factors
}

// Severity is four factors and their sum as an interval.
type Severity struct {
	Factors
	Low       int        `json:"low"`
	High      int        `json:"high"`
	Band      Band       `json:"band"` // of High
	Suggested Suggestion `json:"suggested"`
	Stated    *Stated    `json:"stated,omitempty"` // a total that a person wrote down
}

// Stated is a total that a person wrote down beside the parts.
type Stated struct {
	Low    int    `json:"low"`
	High   int    `json:"high"`
	About  bool   `json:"about,omitempty"` // hedged by the person who wrote it
	Agrees bool   `json:"agrees"`          // with the sum of the parts
	Note   string `json:"note"`            // the disagreement in words; empty when there is none
}
