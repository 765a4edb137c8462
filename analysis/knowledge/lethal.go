package knowledge

// MostLethal is Catalogue.MostLethal of the embedded catalogue.
func MostLethal(ids []string) (most Kind, ok bool) { return (*Catalogue)(nil).MostLethal(ids) }

// SourceIsVictim reports whether a kind says of the source that it is a machine that somebody else has taken over: what it sends is
// the sign. Who is at the other end is an attacker's, and no machine of the site.
func SourceIsVictim(id string) bool { return id == "compromise-alert" || id == "outbound-suspicious" }
