package interchange

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"practicum/analysis"
	"practicum/analysis/lazily"
	"practicum/render/safe"
)

// STIX Version 2.1, OASIS Standard, 10 June 2021.
const stixTime = "2006-01-02T15:04:05.000Z" // section 3.2: to the millisecond

// maxObserved is the largest count that an object may state (sections 4.14 and 5.2).
const maxObserved = 999_999_999

// stixSpace is the name space of the ids of cyber-observable objects (section 2.9).
var stixSpace = uuid{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7}

// tlpExtension and tlpMarkings are the marking definitions of TLP 2.0 that OASIS published in October 2022
// (github.com/oasis-open/cti-stix-common-objects, extension-definition-specifications/tlp-2.0).
const tlpExtension = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

var tlpMarkings = map[string]string{
	"CLEAR":        "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
	"GREEN":        "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
	"AMBER":        "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
	"AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
	"RED":          "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}

// bundle collects objects, each once.
type bundle struct {
	x       *export
	objects []object
	known   map[string]object
	author  string
	marking string
}

// writeSTIX writes a bundle: a report on incidents; for each what was observed and a note on its severity; for each source that
// means the same to everybody an indicator with its sightings; and the techniques of ATT&CK. The ids are the same in every
// export of the same incidents, so that a later one renews what an earlier one said.
//
// A report with pseudonyms has no indicators: whoever blocked them would block strangers.
func writeSTIX(x *export) ([]byte, error) {
	b := &bundle{x: x, known: map[string]object{}}
	if x.TLP != "" {
		b.mark()
	}
	product, _ := x.product()
	name, class := x.Site, "organization"
	if name == "" {
		name, class = product, "system"
	}
	b.author = "identity--" + derived("identity", name)
	born := x.stamp()
	for i := range x.Incidents {
		if first, _ := x.span(&x.Incidents[i]); first.Before(born) {
			born = first
		}
	}
	author := b.domain(b.author, born, x.stamp())
	delete(author, "created_by_ref")
	author["name"], author["identity_class"] = safe.Line(name), class

	b.indicators()
	for i := range x.Incidents {
		b.incident(&x.Incidents[i])
	}
	if x.obscured() {
		x.leave("indicators, because pseudonyms stand for addresses")
	}

	var refs []string
	for _, o := range b.objects {
		if o["type"] != "marking-definition" {
			refs = append(refs, o["id"].(string))
		}
	}
	begins := ""
	if len(x.Incidents) > 0 {
		begins = x.Incidents[0].ID
	}
	if x.Window != nil {
		begins = x.Window.Words()
	}
	r := b.domain("report--"+derived("report", x.Site, x.Title, begins), born, x.stamp())
	r["name"], r["description"], r["published"] = safe.Line(x.Title), x.about(), stixStamp(x.changed(x.stamp()))
	r["report_types"], r["object_refs"] = []string{"observed-data"}, refs

	text, err := encode(b.objects, "")
	if err != nil {
		return nil, err
	}
	return encode(object{"type": "bundle", "id": "bundle--" + derived("bundle", string(text)), "objects": b.objects}, "  ")
}

// changed is when something whose last record is of that time was changed last.
func (x *export) changed(last time.Time) time.Time {
	if x.Modified.After(last) {
		return x.Modified
	}
	return last
}

func stixStamp(t time.Time) string { return t.UTC().Format(stixTime) }

// mark adds the marking of the report's label.
func (b *bundle) mark() {
	b.marking = tlpMarkings[b.x.TLP]
	b.add(object{"type": "marking-definition", "spec_version": "2.1", "id": b.marking, "created": "2022-10-01T00:00:00.000Z", "name": b.x.label(),
		"extensions": object{tlpExtension: object{"extension_type": "property-extension", "tlp_2_0": strings.ToLower(b.x.TLP)}}})
}

// add puts an object into the bundle unless one with its id is there.
func (b *bundle) add(o object) object {
	id := o["id"].(string)
	if there, ok := b.known[id]; ok {
		return there
	}
	b.known[id] = o
	b.objects = append(b.objects, o)
	return o
}

// domain adds a domain or relationship object, which was created with its first record and changed with its last.
func (b *bundle) domain(id string, first, last time.Time) object {
	kind, _, _ := strings.Cut(id, "--")
	o := object{"type": kind, "spec_version": "2.1", "id": id, "created_by_ref": b.author, "created": stixStamp(first), "modified": stixStamp(b.x.changed(last))}
	if b.marking != "" {
		o["object_marking_refs"] = []string{b.marking}
	}
	return b.add(o)
}

// observable adds a cyber-observable object. Its id is made of the properties that contribute to it, in the order of their
// keys (section 2.9); values are texts, numbers and lists of texts.
func (b *bundle) observable(kind string, properties object) string {
	id := kind + "--" + stixSpace.derive(canonical(properties)).String()
	o := object{"type": kind, "spec_version": "2.1", "id": id}
	for k, v := range properties {
		o[k] = v
	}
	if b.marking != "" {
		o["object_marking_refs"] = []string{b.marking}
	}
	b.add(o)
	return id
}

// canonical writes JSON as RFC 8785 does.
func canonical(v any) string {
	var out strings.Builder
	switch v := v.(type) {
	case string:
		out.WriteByte('"')
		for _, r := range v {
			switch {
			case r == '"' || r == '\\':
				out.WriteByte('\\')
				out.WriteRune(r)
			case r < ' ':
				if i := strings.IndexRune("\b\t\n\f\r", r); i >= 0 {
					out.WriteString(`\` + "btnfr"[i:i+1])
				} else {
					fmt.Fprintf(&out, `\u%04x`, r)
				}
			default:
				out.WriteRune(r)
			}
		}
		out.WriteByte('"')
	case int:
		fmt.Fprint(&out, v)
	case []string:
		var items []string
		for _, s := range v {
			items = append(items, canonical(s))
		}
		out.WriteString("[" + strings.Join(items, ",") + "]")
	case object:
		var items []string
		for _, k := range sortedKeys(v) { // all keys are ASCII
			items = append(items, canonical(k)+":"+canonical(v[k]))
		}
		out.WriteString("{" + strings.Join(items, ",") + "}")
	}
	return out.String()
}

// addr adds the object of an address.
func (b *bundle) addr(s string) (id string, ok bool) {
	a, ok := address(s)
	if !ok {
		return "", false
	}
	kind := "ipv4-addr"
	if a.Is6() {
		kind = "ipv6-addr"
	}
	return b.observable(kind, object{"value": a.String()}), true
}

// domainName is a name that could be one of a domain (RFC 1123, section 2.1). Whether it is, nobody has asked.
var domainName = lazily.Regexp(`^(?i:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?i:[a-z][a-z0-9-]{0,61}[a-z0-9])$`)

// observed adds what the records of an incident name, and lists its ids.
func (b *bundle) observed(in *analysis.ScoredIncident) []string {
	var refs []string
	add := func(id string, ok bool) {
		if ok && !slices.Contains(refs, id) {
			refs = append(refs, id)
		}
	}
	for _, s := range in.Sources {
		add(b.addr(s.IP))
		if domainName().MatchString(s.Name) {
			add(b.observable("domain-name", object{"value": s.Name}), true)
		}
	}
	for _, t := range in.Targets {
		add(b.addr(t.IP))
	}
	for _, u := range slices.Concat(in.Users, in.Accounts) {
		if u != "" {
			add(b.observable("user-account", object{"account_login": u}), true)
		}
	}
	seen := map[string]bool{}
	for _, a := range in.AttemptList {
		key := fmt.Sprint(a.Source, " ", a.Target, " ", a.Port, " ", a.Proto)
		if seen[key] || a.Proto == "" {
			continue
		}
		seen[key] = true
		source, ok := b.addr(a.Source)
		if !ok {
			continue
		}
		family, _, _ := strings.Cut(source, "-addr")
		traffic := object{"src_ref": source, "protocols": []string{family, strings.ToLower(safe.Line(a.Proto))}}
		if target, ok := b.addr(a.Target); ok {
			traffic["dst_ref"] = target
		}
		if a.Port > 0 && !strings.HasPrefix(a.Proto, "icmp") {
			traffic["dst_port"] = a.Port
		}
		add(b.observable("network-traffic", traffic), true)
	}
	return refs
}

// indicators adds one for each source of an incident that means the same to everybody, valid from its first incident on.
func (b *bundle) indicators() {
	if b.x.obscured() {
		return
	}
	type seen struct{ first, last time.Time }
	times := map[string]seen{}
	var order []string
	for i := range b.x.Incidents {
		in := &b.x.Incidents[i]
		first, last := b.x.span(in)
		for _, s := range in.Sources {
			a, ok := address(s.IP)
			if !ok || !global(a) {
				continue
			}
			t, known := times[a.String()]
			if !known {
				order = append(order, a.String())
				t = seen{first, last}
			}
			if first.Before(t.first) {
				t.first = first
			}
			if last.After(t.last) {
				t.last = last
			}
			times[a.String()] = t
		}
	}
	for _, ip := range order {
		t := times[ip]
		kind := "ipv4-addr"
		if strings.Contains(ip, ":") {
			kind = "ipv6-addr"
		}
		o := b.domain(indicatorID(ip), t.first, t.last)
		o["name"], o["description"] = ip, "The source of an incident, as logs have it. What it is now nobody has asked."
		o["indicator_types"], o["valid_from"] = []string{"anomalous-activity"}, stixStamp(t.first)
		o["pattern"], o["pattern_type"] = fmt.Sprintf("[%s:value = '%s']", kind, ip), "stix"
	}
}

func indicatorID(ip string) string { return "indicator--" + derived("indicator", ip) }

// incident adds an incident and all that hangs on it.
func (b *bundle) incident(in *analysis.ScoredIncident) {
	x := b.x
	first, last := x.span(in)
	id := "incident--" + derived("incident", in.ID)
	o := b.domain(id, first, last)
	o["name"], o["description"] = safe.Line(in.Title), tally(in)
	o["external_references"] = []object{{"source_name": "practicum", "external_id": safe.Line(in.ID), "description": fmt.Sprintf("Incident %d of the report", in.Number)}}
	var labels []string
	for _, k := range in.Kinds {
		labels = append(labels, safe.Line(k))
	}
	if s := &in.Severity; s.Band != "" {
		labels = append(labels, "severity-"+safe.Line(string(s.Band)))
		note := b.domain("note--"+derived("severity", in.ID), first, last)
		lines := []string{sum(s)}
		for _, f := range factors(s) {
			lines = append(lines, fmt.Sprintf("%s %s: %s (%s)", f.name, interval(f.Low, f.High), safe.Line(f.Reason), safe.Line(string(f.Origin))))
		}
		note["abstract"], note["content"], note["object_refs"] = "Severity", strings.Join(lines, "\n"), []string{id}
	}
	if len(labels) > 0 {
		o["labels"] = labels
	}

	var data string
	if refs := b.observed(in); len(refs) > 0 && in.Records > 0 {
		data = "observed-data--" + derived("observed", in.ID)
		d := b.domain(data, first, last)
		d["first_observed"], d["last_observed"] = stixStamp(first), stixStamp(last)
		d["number_observed"], d["object_refs"] = min(in.Records, maxObserved), refs
		b.relate(id, "related-to", data, first, last, "")
	}
	var techniques []string
	for _, kind := range in.Kinds {
		for _, t := range x.kind(kind).Techniques {
			pattern := b.technique(t)
			techniques = append(techniques, pattern)
			note := ""
			if t.Note != "" {
				note = "Note: " + safe.Line(t.Note)
			}
			b.relate(id, "related-to", pattern, first, last, note)
		}
	}
	if x.obscured() {
		return
	}
	var sources []string
	for _, s := range in.Sources {
		if a, ok := address(s.IP); ok && global(a) && !slices.Contains(sources, a.String()) {
			sources = append(sources, a.String())
		}
	}
	for _, ip := range sources {
		indicator := indicatorID(ip)
		b.relate(id, "related-to", indicator, first, last, "")
		if data != "" {
			b.relate(indicator, "based-on", data, first, last, "")
		}
		for _, pattern := range techniques {
			if len(in.Sources) == 1 {
				b.relate(indicator, "indicates", pattern, first, last, "")
			}
		}
		if in.Records == 0 {
			continue
		}
		s := b.domain("sighting--"+derived("sighting", in.ID, ip), first, last)
		s["sighting_of_ref"], s["where_sighted_refs"], s["first_seen"], s["last_seen"] = indicator, []string{b.author}, stixStamp(first), stixStamp(last)
		if data != "" {
			s["observed_data_refs"] = []string{data}
		}
		if len(in.Sources) == 1 { // how many records are whose is not known of many
			s["count"] = min(in.Records, maxObserved)
		}
	}
}

// techniquesOf is when the version of ATT&CK came out that the catalogue's techniques are of.
var techniquesOf = time.Date(2025, 10, 1, 0, 0, 0, 0, time.UTC)

// technique adds a technique of ATT&CK, which is as old as the catalogue's version of it whenever the report was made.
func (b *bundle) technique(t Technique) string {
	id := "attack-pattern--" + derived("technique", t.ID)
	o := b.domain(id, techniquesOf, techniquesOf)
	o["modified"] = o["created"]
	o["name"] = t.Name
	o["external_references"] = []object{{"source_name": "mitre-attack", "external_id": t.ID, "url": techniqueURL(t.ID)}}
	return id
}

func techniqueURL(id string) string {
	return "https://attack.mitre.org/techniques/" + strings.ReplaceAll(id, ".", "/")
}

// relate adds a relationship, once; what is said again is as old as the first and as new as the last.
func (b *bundle) relate(source, what, target string, first, last time.Time, description string) {
	id := "relationship--" + derived("relationship", source, what, target)
	o, known := b.known[id]
	if !known {
		o = b.domain(id, first, last)
		o["relationship_type"], o["source_ref"], o["target_ref"] = what, source, target
	}
	o["created"] = min(o["created"].(string), stixStamp(first))
	o["modified"] = max(o["modified"].(string), stixStamp(b.x.changed(last)))
	o.set("description", description)
}
