package check

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"practicum/analysis/lazily"
	"practicum/analysis/severity"
	"practicum/render/draft"
)

// Rule is something that a check looks for.
type Rule struct {
	ID      string // in findings; never changes
	Title   string
	Explain string // why it matters, and what to do
	Foreign bool   // also looks at documents that this program did not draft
	Fixes   bool   // what it finds can be set right without a person's judgement
	find    func(*subject) []Finding
}

// Rules are all rules, in the order in which a reader meets what they look at.
var Rules = []Rule{
	{
		ID: "marker-damaged", Title: "A marker is damaged, doubled, nested or missing",
		Explain: "Markers are comments that say which text is the analyst's. With a damaged one nobody can say what belongs to which incident, and a report is not renewed over it. Put the marker back as the message says. A conflict that git left counts as damage too.",
		find:    markerDamaged,
	},
	{
		ID: "heading-missing", Title: "A heading of the template is missing",
		Explain: "A reader looks for the summary, the appendices and the same parts in each incident. Put the heading back, or say under it that there is nothing to say.",
		find:    headingMissing,
	},
	{
		ID: "prompt-open", Title: "A prompt is not answered",
		Explain: "A prompt is a question that no log answers. Write what you found out in the analyst's block and put an x into the box, also where the answer is that it cannot be known.",
		find:    promptOpen,
	},
	{
		ID: "analysis-missing", Title: "The analyst has not written anything",
		Explain: "The draft says what the logs show. What it means is the analyst's to say, in the block below \"Analysis\".",
		find:    analysisMissing,
	},
	{
		ID: "factor-missing", Title: "A part of the severity or its total is not stated",
		Explain: "A severity is the sum of four parts. Without all four, and the total, nobody can follow it.",
		Foreign: true, find: factorMissing,
	},
	{
		ID: "reason-missing", Title: "A factor has no reason",
		Explain: "Points without a reason cannot be judged. One sentence is enough: what the target is worth, what the attack could have reached, what stood in its way.",
		find:    reasonMissing,
	},
	{
		ID: "points-range", Title: "Points are not from 0 to 5",
		Explain: "Each factor has 1 to 5 points; 0 is accepted where there is nothing at all, such as no firewall.",
		Foreign: true, find: pointsRange,
	},
	{
		ID: "severity-sum", Title: "A total disagrees with its parts",
		Explain: "The severity is (criticality + lethality) − (system + network countermeasures). Parts may be intervals; a total agrees when it lies within the interval that they make. A slip here changes the order in which incidents are looked at. --fix computes the sums of a report again; a total in words is left to the analyst.",
		Foreign: true, Fixes: true, find: severitySum,
	},
	{
		ID: "parts-contradict", Title: "The formula uses other points than the text states",
		Explain: "The points beside a factor's name and those in the sum ought to be the same. One of them is a slip.",
		Foreign: true, find: partsContradict,
	},
	{
		ID: "same-evidence-scored-differently", Title: "The same evidence has different points in two incidents",
		Explain: "The same target is worth the same; what stood in the way of the same outcome has the same points; the same kind of attack on the same services with the same outcome is as lethal. Where the difference is meant, the reason should say why.",
		find:    scoredDifferently,
	},
	{
		ID: "block-in-lethality", Title: "The reason of the lethality cites a block",
		Explain: "Lethality is what the attack could do if nothing stood in its way. That it was blocked or dropped is a countermeasure and counts there; in both places it counts twice.",
		Foreign: true, find: blockInLethality,
	},
	{
		ID: "citation-missing", Title: "A citation names lines or a file that are not there",
		Explain: "What is observed cites the lines that show it. A reader must be able to find them in an input that appendix A lists.",
		find:    citationMissing,
	},
	{
		ID: "evidence-changed", Title: "An input has changed since the draft",
		Explain: "Appendix A has the SHA-256 of each input. Where the file has another now, lines may have moved and the report may tell of something else. Restore the file, or draft the report again.",
		find:    evidenceChanged,
	},
	{
		ID: "address-exposed", Title: "An address that was to be obscured is in the document",
		Explain: "Addresses named with --obscured must not leave the house. They may also stand in log excerpts.",
		Foreign: true, find: addressExposed,
	},
	{
		ID: "quiz", Title: "A multiple-choice question has not exactly one right answer",
		Explain: "A question with options names one of them as the answer, in a line such as \"Answer: b\" or by a ticked box.",
		Foreign: true, find: quiz,
	},
}

func at(line, incident int, format string, args ...any) Finding {
	return Finding{Line: line, Incident: incident, Message: fmt.Sprintf(format, args...)}
}

func markerDamaged(s *subject) (out []Finding) {
	if s.draft == nil {
		return nil
	}
	for _, p := range s.draft.Problems {
		out = append(out, at(p.Line, s.incidentAt(p.Line), "%s", p.Text))
	}
	return out
}

// incidentAt returns the number of the incident whose section holds a line.
func (s *subject) incidentAt(line int) int {
	n := 0
	for _, x := range s.draft.Sections {
		if x.Line > line {
			break
		}
		n = 0
		if x.Kind == draft.Incident {
			n = x.Number
		}
	}
	return n
}

// headingMissing wants the parts that most incidents of the document have in all of them, so that
// it holds for every template.
func headingMissing(s *subject) (out []Finding) {
	if s.draft == nil {
		return nil
	}
	// The summary of a month says in front of all sections what others say under "Summary"; it has one on coverage.
	for _, want := range []struct{ key, or, name string }{{"section Summary", "section Coverage", "Summary"}, {"section appendix Inputs", "", "Appendix A: Inputs"}, {"section appendix Ledger", "", "Appendix B: Ledger"}} {
		if !slices.ContainsFunc(s.draft.Sections, func(x *draft.Section) bool { return x.Key == want.key || x.Key == want.or }) {
			out = append(out, at(1, 0, "the heading %q is missing", want.name))
		}
	}
	var names []string
	count := map[string]int{}
	full := 0
	for _, x := range s.incidents {
		if x.ID == "" || strings.HasPrefix(x.ID, draft.ByHand) {
			continue
		}
		full++
		seen := map[string]bool{}
		for _, p := range x.Parts {
			if p.Key != "" && !seen[p.Key] {
				seen[p.Key] = true
				if count[p.Key]++; count[p.Key] == 1 {
					names = append(names, p.Key)
				}
			}
		}
	}
	if full > 0 && count["Severity"] == 0 {
		names, count["Severity"] = append(names, "Severity"), full
	}
	for _, x := range s.incidents {
		if x.ID == "" || strings.HasPrefix(x.ID, draft.ByHand) {
			continue
		}
		for _, name := range names {
			common := 2*count[name] > full || 2*count[name] == full && slices.Contains(templateParts, name)
			if common && !slices.ContainsFunc(x.Parts, func(p *draft.Part) bool { return p.Key == name }) {
				out = append(out, at(x.Line, x.Number, "the heading %q is missing in this incident", name))
			}
		}
	}
	return out
}

// templateParts are the parts of an incident in every template.
var templateParts = []string{"Log excerpt", "What the log shows", "Analysis", "Severity"}

func promptOpen(s *subject) (out []Finding) {
	for _, x := range s.incidents {
		for _, p := range x.Prompts() {
			if !p.Answered {
				out = append(out, at(p.Line, x.Number, "not answered: %s", p.Text))
			}
		}
	}
	return out
}

func analysisMissing(s *subject) (out []Finding) {
	for _, x := range s.incidents {
		if a := x.Analyst(); a != nil && !a.Written() {
			out = append(out, at(a.Line, x.Number, "the analyst has not written anything yet"))
		}
	}
	return out
}

func factorMissing(s *subject) (out []Finding) {
	for n, x := range s.incidents {
		r := s.ratings[n]
		if r == nil {
			if slices.ContainsFunc(x.Parts, func(p *draft.Part) bool { return p.Key == "Severity" }) {
				out = append(out, at(x.Line, x.Number, "the table of the four factors is missing"))
			}
			continue
		}
		for i, f := range r.Factors {
			if f.Line == 0 {
				out = append(out, at(r.Table.Line, x.Number, "the table has no row for %s", factorNames[i]))
			}
		}
		if x.Sum() == nil {
			out = append(out, at(r.Table.Line, x.Number, "no sum stands below the table"))
		}
	}
	for _, r := range s.readings {
		for i, p := range r.parts {
			if p.score == 0 {
				out = append(out, at(r.line, r.number, "no points for %s were found", factorNames[i]))
			}
		}
		if len(r.totals) == 0 {
			out = append(out, at(r.line, r.number, "no total of the severity was found"))
		}
	}
	return out
}

// noReason is what a report prints where the analyst gave points and no word.
const noReason = "rated by the analyst; no reason given"

func reasonMissing(s *subject) (out []Finding) {
	for n, x := range s.incidents {
		if s.ratings[n] == nil {
			continue
		}
		for i, f := range s.ratings[n].Factors {
			reason := strings.TrimSuffix(strings.TrimSpace(f.Reason), ".")
			if f.Line > 0 && (strings.Trim(reason, "-–—.… ?") == "" || reason == noReason || strings.EqualFold(reason, "todo")) {
				out = append(out, at(f.Line, x.Number, "%s has no reason", factorNames[i]))
			}
		}
	}
	return out
}

func pointsRange(s *subject) (out []Finding) {
	for n, x := range s.incidents {
		if s.ratings[n] == nil {
			continue
		}
		for i, f := range s.ratings[n].Factors {
			if f.Line > 0 && f.Err != "" {
				out = append(out, at(f.Line, x.Number, "%s: %s", factorNames[i], f.Err))
			}
		}
	}
	for _, r := range s.readings {
		for i, p := range r.parts {
			if p.score > 0 && (p.high > 5 || p.low < 0) {
				out = append(out, at(p.line, r.number, "%s of %s is out of range; points go from 0 to 5", factorNames[i], p.span))
			}
		}
	}
	return out
}

// stated is a total that an analyst wrote before the draft, as the report repeats it.
type statedTotal struct {
	line      int
	low, high int
	words     string
}

var statedPattern = lazily.Regexp(`The stated total of ((about )?([-−–]?[0-9]+(?: to [-−–]?[0-9]+)?)) (?:agrees|disagrees)`)

func statedOf(x *draft.Section) *statedTotal {
	for _, b := range x.Blocks() {
		if b.Kind != draft.Paragraph && b.Kind != draft.Quote {
			continue
		}
		if m := statedPattern().FindStringSubmatch(b.Plain); m != nil {
			low, high, ok := draft.ParseInterval(m[3])
			if ok {
				return &statedTotal{b.Line, low, high, m[1]}
			}
		}
	}
	return nil
}

func severitySum(s *subject) (out []Finding) {
	for n, x := range s.incidents {
		r := s.ratings[n]
		if r == nil || !r.Complete() {
			continue
		}
		low, high := r.Sum()
		want := r.Formula() + " = " + draft.Interval(low, high)
		if sum := x.Sum(); sum != nil {
			switch {
			case !sum.Follows(r):
				out = append(out, at(sum.Line, x.Number, "the sum is not that of the table, which makes %s", want))
			case !sum.OK || sum.Low != low || sum.High != high:
				out = append(out, at(sum.Line, x.Number, "the total of %s disagrees with its parts: %s", sum.Right, want))
			case sum.Band != "" && sum.Band != band(high):
				out = append(out, at(sum.Line, x.Number, "a severity of %s is %s, not %s", draft.Interval(low, high), band(high), sum.Band))
			}
		}
		if st := statedOf(x); st != nil && (st.low < low || st.high > high) {
			out = append(out, at(st.line, x.Number, "the stated total of %s disagrees with its parts: %s%s", st.words, want,
				apart(span{float64(st.low), float64(st.high)}, span{float64(low), float64(high)})))
		}
		if row := s.summaryRow(x); row != nil {
			if sl, sh, ok := draft.ParseInterval(row.points); !ok || sl != low || sh != high || row.band != band(high) {
				out = append(out, at(row.line, x.Number, "the summary says %s %s; the parts make %s %s", row.band, row.points, band(high), draft.Interval(low, high)))
			}
		}
	}
	for _, r := range s.readings {
		sum, ok := r.sum()
		if !ok {
			continue
		}
		var p [4]string
		for i := range p {
			p[i] = r.parts[i].String()
		}
		for _, t := range r.totals {
			if r.agrees(t) {
				continue
			}
			out = append(out, at(r.totalLine(s.page, t), r.number, "the stated total of %s disagrees with its parts: %s = %s%s", t, formulaText(p), sum, apart(t.span, sum)))
		}
	}
	return out
}

// apart says by how much the parts make more or less than a total.
func apart(total, sum span) string {
	switch {
	case total.low > sum.high:
		return fmt.Sprintf(", which is %s less", signed(total.low-sum.high))
	case total.high < sum.low:
		return fmt.Sprintf(", which is %s more", signed(sum.low-total.high))
	}
	return ""
}

// band names the range of severity that a sum's high end lies in, as reports write it.
func band(high int) string { return strings.ToUpper(string(severity.BandOf(high))) }

// summaryRow is the severity of an incident in the summary's table.
type summaryRow struct {
	line         int
	band, points string
}

var chipPattern = lazily.Regexp(`^(LOW|GUARDED|ELEVATED|HIGH|SEVERE) +(\S.*)$`)

func (s *subject) summaryRow(x *draft.Section) *summaryRow {
	if x.Number == 0 {
		return nil
	}
	for _, sec := range s.draft.Sections {
		if sec.Key != "section Summary" && sec.Key != "section Incidents" {
			continue
		}
		t := sec.Table("Severity")
		if t == nil {
			return nil
		}
		column := slices.Index(t.Header, "Severity")
		for _, it := range t.Items {
			if len(it.Cells) <= column || it.Cells[0].Plain != strconv.Itoa(x.Number) {
				continue
			}
			if m := chipPattern().FindStringSubmatch(it.Cells[column].Plain); m != nil {
				return &summaryRow{it.Line, m[1], m[2]}
			}
			return nil
		}
	}
	return nil
}

func partsContradict(s *subject) (out []Finding) {
	for _, r := range s.readings {
		if r.formula == nil {
			continue
		}
		for i, p := range r.parts {
			f := r.formula.parts[i]
			if p.score > 0 && !r.fromForm[i] && !p.contains(f) && !f.contains(p.span) {
				out = append(out, at(p.line, r.number, "%s: %s here and %s in the sum", factorNames[i], p.span, f))
			}
		}
	}
	return out
}

func scoredDifferently(s *subject) (out []Finding) {
	type score struct {
		number, line int
		points       string
	}
	groups := map[string][]score{}
	type place struct {
		key, same string
		factor    int
	}
	var keys []place // in the order of the document
	for n, x := range s.incidents {
		r := s.ratings[n]
		if r == nil || !r.Complete() {
			continue
		}
		target := strings.Join(x.FactCodes("Target"), ", ")
		kinds := strings.Join(x.FactCodes("Kind"), ", ")
		services, _ := x.Fact("Service")
		outcome, _ := x.Fact("Outcome")
		for i, f := range r.Factors {
			var key, same string
			switch factor(i) {
			case criticality, network:
				key, same = target, "the target is "+target
			case system:
				if target != "" && outcome != "" {
					key, same = target+"\x00"+outcome, "the target is "+target+" and the outcome "+outcome
				}
			case lethality:
				if kinds != "" {
					key, same = kinds+"\x00"+services+"\x00"+outcome, "the kinds, the services and the outcome are the same"
				}
			}
			if key == "" {
				continue
			}
			key = f.Name + "\x00" + key
			if groups[key] == nil {
				keys = append(keys, place{key, same, i})
			}
			groups[key] = append(groups[key], score{x.Number, f.Line, draft.Interval(f.Low, f.High)})
		}
	}
	for _, k := range keys {
		// What most of them say is the rule, at a tie what was said first; the others differ from it.
		group := groups[k.key]
		count := map[string]int{}
		usual := group[0]
		for _, g := range group {
			count[g.points]++
		}
		for _, g := range group {
			if count[g.points] > count[usual.points] {
				usual = g
			}
		}
		for _, g := range group {
			if g.points != usual.points {
				out = append(out, at(g.line, g.number, "%s: %s here and %s in incident %d (line %d), and %s", factorNames[k.factor], g.points, usual.points, usual.number, usual.line, k.same))
			}
		}
	}
	return out
}

var blocked = lazily.Regexp(`(?i)\b(?:block(?:ed|s|ing)?|dropp?(?:ed|s|ing)?|den(?:ied|ies)|refus(?:ed|es|al)|filter(?:ed|s)?|firewall(?:ed|s)?|reject(?:ed|s)?|stopped|intercepted|repelled)\b`)
var negated = lazily.Regexp(`(?i)\b(?:not|never|no|nothing|nobody|without|un|isn't|wasn't|neither|unless|if|were it not|n't)\b[^.;]{0,30}$`)

// citesBlock returns the word by which a reason says that something stood in the way.
func citesBlock(reason string) string {
	for _, m := range blocked().FindAllStringIndex(reason, -1) {
		if !negated().MatchString(reason[:m[0]]) {
			return reason[m[0]:m[1]]
		}
	}
	return ""
}

func blockInLethality(s *subject) (out []Finding) {
	const message = "the reason of the lethality says %q: a block is a countermeasure and counts there"
	for n, x := range s.incidents {
		if s.ratings[n] == nil {
			continue
		}
		f := s.ratings[n].Factors[lethality]
		if word := citesBlock(f.Reason); f.Line > 0 && word != "" {
			out = append(out, at(f.Line, x.Number, message, word))
		}
	}
	for _, r := range s.readings {
		p := r.parts[lethality]
		if word := citesBlock(p.text); p.score > 0 && word != "" {
			out = append(out, at(p.line, r.number, message, word))
		}
	}
	return out
}

// input is a row of appendix A.
type input struct {
	line, lines int
	file        string
	sum         string
}

func (s *subject) inputs() []input {
	if s.draft == nil {
		return nil
	}
	var out []input
	rows := map[string]int{}
	for _, sec := range s.draft.Sections {
		if sec.Key != "section appendix Inputs" {
			continue
		}
		for _, b := range sec.Blocks() {
			if b.Kind != draft.Table {
				continue
			}
			file, lines, sum := slices.Index(b.Header, "File"), slices.Index(b.Header, "Lines"), slices.IndexFunc(b.Header, func(h string) bool { return strings.HasPrefix(h, "SHA-256") })
			for _, it := range b.Items {
				if len(it.Cells) == 0 {
					continue
				}
				key := it.Cells[0].Plain
				if file >= 0 && lines >= 0 && max(file, lines) < len(it.Cells) {
					codes := draft.Codes(it.Cells[file])
					n, err := strconv.Atoi(strings.ReplaceAll(it.Cells[lines].Plain, ",", ""))
					if len(codes) == 1 && err == nil {
						rows[key] = len(out)
						out = append(out, input{line: it.Line, lines: n, file: codes[0]})
					}
				}
				if i, ok := rows[key]; ok && sum >= 0 && sum < len(it.Cells) {
					out[i].sum = strings.ToLower(it.Cells[sum].Plain)
					out[i].line = it.Line
				}
			}
		}
	}
	return out
}

// citation finds a file and the lines of it that a text cites: `mail.log` 1–7, 9.
var citation = lazily.Regexp("`([^`]+)`(?:,? lines?)?,? ([0-9]+(?:[–-][0-9]+)?(?:, [0-9]+(?:[–-][0-9]+)?)*)")

func citationMissing(s *subject) (out []Finding) {
	inputs := s.inputs()
	if len(inputs) == 0 {
		return nil
	}
	for _, x := range s.incidents {
		for _, part := range x.Parts {
			claims := part.Key == "What the log shows"
			var walk func(blocks []*draft.Block)
			walk = func(blocks []*draft.Block) {
				for _, b := range blocks {
					switch b.Kind {
					case draft.Analyst:
						walk(b.Inner)
						continue
					case draft.Code, draft.Heading, draft.Marker, draft.HTML:
						continue
					}
					for line := b.Line; line <= b.End; line++ {
						for _, m := range citation().FindAllStringSubmatch(s.lines[line-1], -1) {
							i := slices.IndexFunc(inputs, func(in input) bool { return in.file == m[1] })
							if i < 0 {
								// Only a claim in brackets surely means a file: `23/tcp` 4 does not.
								if claims && strings.Contains(s.lines[line-1], "("+m[0]) {
									out = append(out, at(line, x.Number, "cites %s, which is not among the inputs of appendix A", m[1]))
								}
								continue
							}
							for r := range strings.SplitSeq(m[2], ", ") {
								low, high, _ := draft.ParseInterval(r)
								if low < 1 || high > inputs[i].lines || high < low {
									out = append(out, at(line, x.Number, "cites %s %s, which has %d lines", m[1], r, inputs[i].lines))
								}
							}
						}
					}
				}
			}
			walk(part.Blocks)
		}
	}
	return out
}

func evidenceChanged(s *subject) (out []Finding) {
	if s.options.Open == nil {
		return nil
	}
	for _, in := range s.inputs() {
		if len(in.sum) != 64 {
			continue
		}
		sum, err := s.sum256(in.file)
		if err != nil {
			if s.options.Unread != nil {
				s.options.Unread(in.file, err)
			}
			continue
		}
		if sum != in.sum {
			out = append(out, at(in.line, 0, "%s has changed since the draft: its SHA-256 is now %s", in.file, sum))
		}
	}
	return out
}

func (s *subject) sum256(name string) (string, error) {
	f, err := s.options.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

var addressPattern = lazily.Regexp(`[0-9A-Fa-f]*(?::[0-9A-Fa-f]*){2,}(?:\.[0-9]+){0,3}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}`)

func addressExposed(s *subject) (out []Finding) {
	if len(s.options.Obscured) == 0 {
		return nil
	}
	for i, l := range s.lines {
		for _, m := range addressPattern().FindAllString(l, -1) {
			a, err := netip.ParseAddr(strings.TrimSuffix(m, ":"))
			if err != nil {
				continue
			}
			a = a.Unmap()
			if slices.ContainsFunc(s.options.Obscured, func(p netip.Prefix) bool { return p.Contains(a) }) {
				n := 0
				if s.draft != nil {
					n = s.incidentAt(i + 1)
				}
				out = append(out, at(i+1, n, "%s is to be obscured", a))
				break
			}
		}
	}
	return out
}
