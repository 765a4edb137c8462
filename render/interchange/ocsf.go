package interchange

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/render/safe"
)

// ocsfVersion is the version of the Open Cybersecurity Schema Framework that findings are of (github.com/ocsf/ocsf-schema).
const ocsfVersion = "1.7.0"

const (
	ocsfCategory  = 2 // Findings
	ocsfDetection = 2004
	ocsfIncident  = 2005
	ocsfCreate    = 1
	ocsfNew       = 1
	ocsfRule      = 1 // type of analytic
	ocsfHostname  = 1 // types of observables
	ocsfIP        = 2
	ocsfUser      = 4
	maxEvidences  = 100
)

// ocsfSeverities are the severities of OCSF for our bands, from the lowest to the highest.
var ocsfSeverities = map[analysis.Band]struct {
	id   int
	name string
}{
	"": {0, "Unknown"}, analysis.BandLow: {1, "Informational"}, analysis.BandGuarded: {2, "Low"}, analysis.BandElevated: {3, "Medium"},
	analysis.BandHigh: {4, "High"}, analysis.BandSevere: {5, "Critical"},
}

// writeOCSF writes findings as lines of JSON: for each incident a Detection Finding for each of its kinds, then the Incident
// Finding that lists them. The four factors of the severity, for which OCSF has no place, stand in "unmapped".
func writeOCSF(x *export) ([]byte, error) {
	var out bytes.Buffer
	var cut []string
	for i := range x.Incidents {
		in := &x.Incidents[i]
		evidences := x.evidences(in)
		all := len(evidences)
		if all > maxEvidences {
			cut, evidences = append(cut, fmt.Sprint(in.Number)), evidences[:maxEvidences]
		}
		var kinds []string
		for _, kind := range in.Kinds {
			if !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
		}
		if len(kinds) == 0 {
			kinds = []string{""} // an incident that a person added
		}
		var infos []object
		for _, kind := range kinds {
			f := x.detection(in, kind)
			if len(evidences) > 0 {
				f["evidences"], f["observables"] = evidences, observables(evidences)
			}
			if len(evidences) < all {
				f["metadata"].(object)["is_truncated"] = true
			}
			infos = append(infos, f["finding_info"].(object))
			if err := writeLine(&out, f); err != nil {
				return nil, err
			}
		}
		if err := writeLine(&out, x.incident(in, infos)); err != nil {
			return nil, err
		}
	}
	if len(cut) > 0 {
		x.leave("evidences beyond the first %d of incidents %s", maxEvidences, list(cut, maxComment))
	}
	return out.Bytes(), nil
}

func writeLine(out *bytes.Buffer, o object) error {
	b, err := encode(o, "")
	out.Write(b)
	return err
}

// finding is what findings of both classes say.
func (x *export) finding(class int, name string, in *analysis.ScoredIncident, uid string) object {
	first, last := x.span(in)
	product, version := x.product()
	made := object{"name": safe.Line(product), "vendor_name": "Practicum"}
	made.set("version", safe.Line(version))
	meta := object{"version": ocsfVersion, "product": made, "uid": uid, "correlation_uid": safe.Line(in.ID)}
	var labels []string
	if x.TLP != "" {
		labels = append(labels, x.label())
	}
	if x.obscured() {
		labels = append(labels, "pseudonyms")
	}
	if len(labels) > 0 {
		meta["labels"] = labels
	}
	severity := ocsfSeverities[in.Severity.Band]
	return object{
		"category_uid": ocsfCategory, "category_name": "Findings", "class_uid": class, "class_name": name,
		"activity_id": ocsfCreate, "activity_name": "Create", "type_uid": class*100 + ocsfCreate, "type_name": name + ": Create",
		"severity_id": severity.id, "severity": severity.name, "status_id": ocsfNew, "status": "New",
		"time": x.changed(last).UnixMilli(), "start_time": first.UnixMilli(), "end_time": last.UnixMilli(), "count": max(1, in.Records),
		"metadata": meta, "message": safe.Line(in.Title),
	}
}

// incident is the Incident Finding of an incident. The schema wants to know to whom it is assigned.
func (x *export) incident(in *analysis.ScoredIncident, infos []object) object {
	o := x.finding(ocsfIncident, "Incident Finding", in, derived("ocsf", "incident", in.ID))
	o["metadata"].(object)["profiles"] = []string{"incident"}
	o["desc"], o["finding_info_list"] = tally(in), infos
	if x.Analyst != "" {
		o["assignee"] = object{"name": safe.Line(x.Analyst)}
	} else {
		o["assignee_group"] = object{"name": "not assigned"}
	}
	if attacks := x.attacks(in.Kinds...); len(attacks) > 0 {
		o["attacks"] = attacks
	}
	unmapped := object{"number": in.Number, "outcome": safe.Line(string(in.Outcome)), "attempts": in.Attempts, "attempts_at_least": in.AttemptsAtLeast}
	if s := &in.Severity; s.Band != "" {
		parts := object{"low": s.Low, "high": s.High, "band": safe.Line(string(s.Band)), "sum": sum(s)}
		for _, f := range factors(s) {
			parts[f.name] = object{"low": f.Low, "high": f.High, "reason": safe.Line(f.Reason), "origin": safe.Line(string(f.Origin))}
		}
		unmapped["severity"] = parts
	}
	o["unmapped"] = unmapped
	return o
}

// detection is the Detection Finding of one kind of an incident, without its evidences, which are those of the incident as a
// whole.
func (x *export) detection(in *analysis.ScoredIncident, kind string) object {
	uid := derived("ocsf", "detection", in.ID, kind)
	o := x.finding(ocsfDetection, "Detection Finding", in, uid)
	first, last := x.span(in)
	info := object{"uid": uid, "title": safe.Line(in.Title), "desc": tally(in), "first_seen_time": first.UnixMilli(), "last_seen_time": last.UnixMilli(),
		"created_time": first.UnixMilli(), "modified_time": x.changed(last).UnixMilli()}
	if kind != "" {
		title := safe.Line(x.kind(kind).Title)
		info["title"], info["types"] = title, []string{safe.Line(kind)}
		info["analytic"] = object{"type_id": ocsfRule, "type": "Rule", "name": title, "uid": safe.Line(kind)}
		if attacks := x.attacks(kind); len(attacks) > 0 {
			info["attacks"] = attacks
		}
	}
	var files []string
	for _, c := range in.Evidence {
		if name := safe.Line(c.File); !slices.Contains(files, name) {
			files = append(files, name)
		}
	}
	if len(files) > 0 {
		info["data_sources"] = files
	}
	o["finding_info"], o["is_alert"] = info, true
	return o
}

// attacks are the techniques of kinds, each once; those that apply only at times are left out.
func (x *export) attacks(kinds ...string) []object {
	var all []object
	seen := map[string]bool{}
	for _, kind := range kinds {
		for _, t := range x.kind(kind).Techniques {
			if seen[t.ID] || t.Note != "" {
				continue
			}
			seen[t.ID] = true
			a := object{"version": x.Attack}
			parent, _, sub := strings.Cut(t.ID, ".")
			name, own, _ := strings.Cut(t.Name, ": ")
			a["technique"] = object{"uid": parent, "name": name, "src_url": techniqueURL(parent)}
			if sub {
				a["sub_technique"] = object{"uid": t.ID, "name": own, "src_url": techniqueURL(t.ID)}
			}
			all = append(all, a)
		}
	}
	return all
}

// evidences are the pairs of a source and a target that attempts tell of, then the sources of which none tells, then the log-ins
// that were tried.
func (x *export) evidences(in *analysis.ScoredIncident) []object {
	var list []object
	names := map[string]string{}
	for _, s := range in.Sources {
		if s.IP != "" && s.Name != "" {
			names[s.IP] = s.Name
		}
	}
	seen, told := map[string]bool{}, map[string]bool{}
	for _, a := range in.AttemptList {
		key := fmt.Sprint(a.Source, " ", a.Target, " ", a.Port, " ", a.Proto)
		if seen[key] {
			continue
		}
		seen[key] = true
		told[a.Source] = true
		e := object{}
		if source := endpoint(a.Source, names[a.Source]); len(source) > 0 {
			e["src_endpoint"] = source
		}
		target := endpoint(a.Target, "")
		if a.Target == "" && len(in.Targets) == 1 {
			target = endpoint(in.Targets[0].IP, in.Targets[0].Host)
		}
		for _, s := range in.Services {
			if s.Port == a.Port && s.Proto == a.Proto && a.Port > 0 {
				target.set("svc_name", safe.Line(s.Name))
			}
		}
		if len(target) > 0 {
			if a.Port > 0 {
				target["port"] = a.Port
			}
			e["dst_endpoint"] = target
		}
		if a.Proto != "" {
			e["connection_info"] = object{"direction_id": 0, "direction": "Unknown", "protocol_name": strings.ToLower(safe.Line(a.Proto))}
		}
		if len(e) > 0 {
			list = append(list, e)
		}
	}
	for _, s := range in.Sources {
		name := s.IP
		if name == "" {
			name = s.Name
		}
		if source := endpoint(s.IP, s.Name); !told[name] && len(source) > 0 {
			list = append(list, object{"src_endpoint": source})
		}
	}
	for _, u := range slices.Concat(in.Users, in.Accounts) {
		if u != "" {
			list = append(list, object{"user": object{"name": safe.Line(u)}})
		}
	}
	return list
}

// endpoint is a machine by its address and its name, as far as they are known; empty for the source of records that name none.
func endpoint(ip, name string) object {
	o := object{}
	if a, ok := address(ip); ok {
		o["ip"] = a.String()
	} else if name == "" {
		name = ip
	}
	if name == analysis.Unnamed.Name {
		name = ""
	}
	o.set("hostname", safe.Line(name))
	return o
}

// observables point at the addresses and names of evidences, each once.
func observables(evidences []object) []object {
	var list []object
	seen := map[string]bool{}
	add := func(path string, value any, id int, kind string) {
		text, ok := value.(string)
		if key := fmt.Sprint(id, text); ok && !seen[key] {
			seen[key] = true
			list = append(list, object{"name": path, "type_id": id, "type": kind, "value": text})
		}
	}
	for i, e := range evidences {
		for _, side := range [...]string{"src_endpoint", "dst_endpoint"} {
			if end, ok := e[side].(object); ok {
				path := fmt.Sprintf("evidences[%d].%s.", i, side)
				add(path+"ip", end["ip"], ocsfIP, "IP Address")
				add(path+"hostname", end["hostname"], ocsfHostname, "Hostname")
			}
		}
		if user, ok := e["user"].(object); ok {
			add(fmt.Sprintf("evidences[%d].user.name", i), user["name"], ocsfUser, "User Name")
		}
	}
	return list
}
