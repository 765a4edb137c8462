package knowledge

// MostLethal is Catalogue.MostLethal of the embedded catalogue.
func MostLethal(ids []string) (most Kind, ok bool) { return (*Catalogue)(nil).MostLethal(ids) }
