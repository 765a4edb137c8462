package draft

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"practicum/analysis/lazily"
)

// FactorNames are the factors in the order of the formula, as the code calls them.
var FactorNames = [...]string{"criticality", "lethality", "system", "network"}

// Factor is a row of a severity table as it stands.
type Factor struct {
	Name      string // one of FactorNames
	Line      int    // 0 when the table has no such row
	Points    string // as written
	Low, High int
	Reason    string // its words
	Origin    string
	Err       string // why Points is none; empty when it is
	Item      *Item
}

// Rating is the severity table of an incident.
type Rating struct {
	Table   *Block
	Factors [4]Factor // in the order of FactorNames
}

// Complete reports whether all four factors are there with valid points.
func (r *Rating) Complete() bool {
	for _, f := range r.Factors {
		if f.Line == 0 || f.Err != "" {
			return false
		}
	}
	return true
}

// Sum is the formula in interval arithmetic.
func (r *Rating) Sum() (low, high int) {
	f := &r.Factors
	return f[0].Low + f[1].Low - f[2].High - f[3].High, f[0].High + f[1].High - f[2].Low - f[3].Low
}

// Formula is the left side of the sum as the report writes it: (4 + 3 to 4) − (4 + 2).
func (r *Rating) Formula() string {
	p := func(i int) string { return Interval(r.Factors[i].Low, r.Factors[i].High) }
	return fmt.Sprintf("(%s + %s) − (%s + %s)", p(0), p(1), p(2), p(3))
}

// Interval writes an interval as reports do: "3", or "3 to 4".
func Interval(low, high int) string {
	if low == high {
		return strings.Replace(strconv.Itoa(low), "-", "−", 1)
	}
	return Interval(low, low) + " to " + Interval(high, high)
}

// SuggestsAlone begins the paragraph above the table of what the tool would rate by itself.
const SuggestsAlone = "The tool by itself suggests"

// Rating reads the severity table: the section's first table with the column "Points" that is not the
// tool's suggestion. It returns nil when there is none.
func (s *Section) Rating() *Rating {
	above := ""
	for _, b := range s.Blocks() {
		if b.Kind == Table && slices.Contains(b.Header, "Points") && !strings.HasPrefix(above, SuggestsAlone) {
			return ratingOf(b)
		}
		above = b.Plain
	}
	return nil
}

func ratingOf(t *Block) *Rating {
	column := func(it *Item, name string) string {
		for i, h := range t.Header {
			if h == name && i < len(it.Cells) {
				return it.Cells[i].Plain
			}
		}
		return ""
	}
	r := &Rating{Table: t}
	for i, name := range FactorNames {
		r.Factors[i].Name = name
	}
	for _, it := range t.Items {
		if len(it.Cells) == 0 {
			continue
		}
		i := FactorIndex(it.Cells[0].Plain)
		if i < 0 || r.Factors[i].Line > 0 {
			continue
		}
		f := &r.Factors[i]
		f.Item, f.Line = it, it.Line
		f.Points, f.Reason, f.Origin = column(it, "Points"), column(it, "Reason"), strings.ToLower(column(it, "Origin"))
		var err error
		if f.Low, f.High, err = ParsePoints(f.Points); err != nil {
			f.Err = err.Error()
		}
	}
	return r
}

// FactorIndex finds the factor that the first cell of a row names, in full or by its first word; −1
// when it names none.
func FactorIndex(words string) int {
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(words)), " ")
	for i, name := range FactorNames {
		if first == name {
			return i
		}
	}
	return -1
}

var interval = lazily.Regexp(`^([-−–]?[0-9]{1,6})(?:\s*(?:to|or|-|−|–|—|\.\.)\s*([-−–]?[0-9]{1,6}))?$`)

// ParseInterval reads "3", "3 to 4", "3-4" and "3–4".
func ParseInterval(s string) (low, high int, ok bool) {
	m := interval().FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return 0, 0, false
	}
	number := func(s string) int {
		n, _ := strconv.Atoi(strings.NewReplacer("−", "-", "–", "-").Replace(s)) // digits, by the expression
		return n
	}
	low = number(m[1])
	high = low
	if m[2] != "" {
		high = number(m[2])
	}
	return low, high, true
}

var (
	hedge    = lazily.Regexp(`(?i)^(?:(?:about|around|roughly|somewhere|circa|ca\.?|approximately|say|an?|~)\s*)+`)
	numerals = strings.NewReplacer("zero", "0", "one", "1", "two", "2", "three", "3", "four", "4", "five", "5")
)

// ParsePoints reads the points of a factor: an interval within 0 to 5, also in words such as "about four"
// or "a 3 to 4".
func ParsePoints(s string) (low, high int, err error) {
	plain := strings.TrimRight(strings.TrimSpace(s), ".")
	plain = strings.TrimSuffix(strings.TrimSuffix(plain, " points"), " point")
	low, high, ok := ParseInterval(numerals.Replace(strings.ToLower(hedge().ReplaceAllString(plain, ""))))
	switch {
	case strings.TrimSpace(s) == "":
		return 0, 0, fmt.Errorf("no points; write a whole number from 0 to 5, or an interval such as 3 to 4")
	case !ok:
		return 0, 0, fmt.Errorf("%q is no points; write a whole number from 0 to 5, or an interval such as 3 to 4", s)
	case low < 0 || low > 5 || high < 0 || high > 5:
		return 0, 0, fmt.Errorf("%q is out of range; points go from 0 to 5", s)
	case low > high:
		return 0, 0, fmt.Errorf("%q runs backwards; write %d to %d", s, high, low)
	}
	return low, high, nil
}

// Sum is a paragraph such as (4 + 3) − (4 + 2) = 1 as it stands.
type Sum struct {
	Block     *Block
	Line      int
	Left      string // the formula, with blanks folded
	Parts     [4]string
	Right     string // the total as written
	Low, High int
	OK        bool   // Right is a number or an interval
	Band      string // in capitals; empty when none stands there
}

var sumLine = lazily.Regexp(`^(\((.+?) \+ (.+?)\) [-−–] \((.+?) \+ (.+?)\)) = (.*?)(?: (LOW|GUARDED|ELEVATED|HIGH|SEVERE))?$`)

// Sum reads the sum below the severity table, or returns nil.
func (s *Section) Sum() *Sum {
	for _, b := range s.Blocks() {
		if x := SumOf(b); x != nil {
			return x
		}
	}
	return nil
}

// SumOf reads a block that is a sum, or returns nil.
func SumOf(b *Block) *Sum {
	if b.Kind != Paragraph {
		return nil
	}
	m := sumLine().FindStringSubmatch(b.Plain)
	if m == nil {
		return nil
	}
	x := &Sum{Block: b, Line: b.Line, Left: m[1], Right: m[6], Band: m[7], Parts: [4]string{m[2], m[3], m[4], m[5]}}
	x.Low, x.High, x.OK = ParseInterval(m[6])
	return x
}

// Follows reports whether the sum was made from these parts, right or wrong.
func (x *Sum) Follows(r *Rating) bool {
	for i, part := range x.Parts {
		low, high, ok := ParseInterval(part)
		if !ok || low != r.Factors[i].Low || high != r.Factors[i].High {
			return false
		}
	}
	return true
}
