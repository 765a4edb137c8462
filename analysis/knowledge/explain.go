package knowledge

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A page is text for a terminal, wrapped at 80 columns.
type page struct{ b strings.Builder }

const pageWidth = 80

// para writes a paragraph with lead before its first line; the following lines are indented alike.
func (p *page) para(lead, text string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(lead))
	p.b.WriteString(lead)
	col := utf8.RuneCountInString(lead)
	for i, w := range strings.Fields(text) {
		n := utf8.RuneCountInString(w)
		switch {
		case i == 0:
		case col+1+n > pageWidth:
			p.b.WriteString("\n" + indent)
			col = len(indent)
		default:
			p.b.WriteByte(' ')
			col++
		}
		p.b.WriteString(w)
		col += n
	}
	p.b.WriteByte('\n')
}

func (p *page) head(title string) { p.b.WriteString("\n" + title + "\n") }

func (p *page) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	p.head(title)
	for _, item := range items {
		// A reader without an incident sees what would be filled in.
		p.para("  - ", strings.NewReplacer("{{if_no_flags}}", "(where the log has no flags) ", "{{if_no_ttl}}", "(where it has no time to live) ",
			"{{if_no_interface}}", "(where it has no interface) ", "{{if_group}}", "(to a broadcast or multicast address) ", "{{if_udp}}", "(over UDP) ", "{{", "<", "}}", ">").Replace(item))
	}
}

func (p *page) section(title, text string) {
	if text != "" {
		p.head(title)
		p.para("  ", text)
	}
}

func (p *page) writeTo(w io.Writer) error {
	_, err := io.WriteString(w, p.b.String())
	return err
}

// ExplainPort writes everything that is known about a port, with sources and dates. A year other than 0
// is the year of a log: what was registered later is marked as not yet registered then, and lists of
// trojans are said to be younger where they are.
func ExplainPort(w io.Writer, proto string, port, year int) error {
	f := Ports(proto, port)
	if f.Proto != "tcp" && f.Proto != "udp" {
		return fmt.Errorf("protocol %q has no ports: give tcp or udp", proto)
	}
	if port < 0 || port > 65535 {
		return fmt.Errorf("port %d is out of range: give 0 to 65535", port)
	}
	p := new(page)
	title := fmt.Sprintf("%d/%s", port, f.Proto)
	if f.Service != "" {
		title += " – " + f.Service
	}
	p.b.WriteString(title + "\n")

	p.head("Registered with IANA (snapshot " + IANASnapshot + ")")
	for _, r := range f.IANA {
		p.para("  - ", registrationLine(r, year))
	}
	if len(f.IANA) == 0 {
		p.para("  ", "Nothing.")
	}

	if len(f.Trojans) > 0 {
		p.head("Named by lists of trojan ports")
		for _, t := range f.Trojans {
			p.para("  - ", trojanLine(t))
		}
		if year != 0 && year < 2002 {
			p.para("  ", fmt.Sprintf("Most of these lists are kept in copies from 2002 or later; they tell what was known then, not in %d.", year))
		}
	}
	if len(f.Vendor) > 0 {
		p.head("Names that products print for it")
		for _, v := range f.Vendor {
			who := v.Vendor
			if who == "" {
				who = "several products"
			}
			p.para("  - ", fmt.Sprintf("%s (%s): means %s; %s.", v.Name, who, v.Canonical, v.Source))
		}
	}

	switch label, ok := TrojanDefault(f.Proto, port); {
	case f.Common && len(f.Trojans) > 0:
		p.section("Reading", "Commonly probed ("+f.Reason+"). The ordinary service explains a contact better than the trojans that lists put here, so a report names none of them without another indicator.")
	case f.Common:
		p.section("Reading", "Commonly probed: "+f.Reason+".")
	case ok && len(f.IANA) > 0:
		p.section("Reading", "The candidates conflict: registered, and "+label+". A port alone does not decide between them.")
	case ok:
		p.section("Reading", "Not registered; "+label+". A port alone does not show that the trojan was meant.")
	case f.Reason != "":
		p.section("Reading", "Called "+f.Service+" here: "+f.Reason+".")
	case len(f.IANA) == 0:
		p.section("Reading", "Neither registered nor named by any embedded list.")
	}

	if len(f.Notes) > 0 {
		p.head("What to know")
		for _, n := range f.Notes {
			p.para("  ", n.Text)
			for _, s := range n.Sources {
				p.para("    source: ", s)
			}
		}
	}
	return p.writeTo(w)
}

func registrationLine(r Registration, year int) string {
	s := r.Name
	if r.Description != "" {
		s += ": " + r.Description
	}
	switch {
	case r.Year == 0:
		s += " (date of registration unknown)"
	case !r.Known(year):
		s += fmt.Sprintf(" (registered %d: not yet registered in %d)", r.Year, year)
	default:
		s += fmt.Sprintf(" (registered %d)", r.Year)
	}
	return s
}

func trojanLine(t Trojan) string {
	label, ok := trojanLabel([]Trojan{t})
	if !ok {
		label = "a trap port without a name"
	}
	s := t.Name
	if len(t.Aliases) > 0 {
		s += " (also " + strings.Join(t.Aliases, ", ") + ")"
	}
	s += ": " + label
	if t.Note != "" {
		s += "; " + t.Note
	}
	return s + ". Lists: " + t.Source + "."
}

// Explain writes everything that the catalogue has on a kind. found says in words by which rules it is found, which
// the catalogue does not know.
func (c *Catalogue) Explain(w io.Writer, id string, found []string) error {
	k, ok := c.Kind(id)
	if !ok {
		return fmt.Errorf("no kind has the id %q", id)
	}
	p := new(page)
	p.b.WriteString(k.ID + " – " + k.Title + "\n")
	p.para("", "family "+k.Family+"; seen "+k.Era)
	p.section("What it is", k.Description)
	p.section("How it works", k.Mechanism)
	p.head("How logs show it")
	for _, c := range k.Recognise {
		p.para("  - ", c.Format+": "+c.Shows)
	}
	if len(found) > 0 {
		p.head("How Practicum finds it")
		for _, f := range found {
			p.para("  - ", f)
		}
	} else {
		p.section("How Practicum finds it", "By no rule of its own. A pattern of the site's can name it.")
	}
	p.section("Could the source be forged? "+likelihood(k.Spoof.Likelihood), k.Spoof.Why)
	p.section("Active targeting", k.Targeting)
	points := fmt.Sprint(k.Lethality.Low)
	if k.Lethality.High != k.Lethality.Low {
		points = fmt.Sprintf("%d to %d", k.Lethality.Low, k.Lethality.High)
	}
	p.section("Lethality: "+points, k.Lethality.Reason)
	p.para("  higher: ", k.Lethality.RaiseIf)
	p.para("  lower:  ", k.Lethality.LowerIf)
	p.list("What the log says of the countermeasures", k.Countermeasures)
	p.list("Harmless explanations", k.Benign)
	p.list("Recommendations", k.Recommendations)
	p.list("Questions for the analyst", k.Questions)
	if len(k.Attack) > 0 {
		p.head("Techniques, " + AttackVersion)
		for _, t := range k.Attack {
			text := t.ID + " " + t.Name
			if t.Note != "" {
				text += ", " + t.Note
			}
			p.para("  - ", text)
		}
	} else {
		p.section("Techniques, "+AttackVersion, "None. "+k.NoAttack)
	}
	p.section("Question with four answers", k.Quiz.Question)
	for i, o := range k.Quiz.Options {
		p.para(fmt.Sprintf("  %c. ", 'A'+i), o)
	}
	p.para("  ", "Answer: "+k.Quiz.Answer+". "+k.Quiz.Why)
	p.list("Sources", k.Refs)
	return p.writeTo(w)
}

func likelihood(l string) string {
	if l == LikelihoodByProtocol {
		return "The protocol decides"
	}
	return "Likelihood: " + l
}

// ExplainBehaviour writes the catalogue's entry for a behaviour. told says in words where a report tells it.
func (c *Catalogue) ExplainBehaviour(w io.Writer, id string, told []string) error {
	b, ok := c.Behaviour(id)
	if !ok {
		return fmt.Errorf("no behaviour has the id %q", id)
	}
	p := new(page)
	p.b.WriteString(b.ID + " – " + b.Title + "\n")
	p.section("How it shows", b.Recognise)
	p.section("Thresholds", b.Thresholds)
	p.section("Pitfalls", b.Pitfalls)
	p.section("In words", b.Sentence)
	p.list("Where a report tells it", told)
	p.list("Sources", b.Refs)
	return p.writeTo(w)
}
