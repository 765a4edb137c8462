package observation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"practicum/analysis"
	"practicum/analysis/request"
	"practicum/analysis/uniq"
)

// httpSource is where the meaning of an answer's status is from.
const httpSource = "RFC 9110 (2022) section 15"

// sent is a request and the record that tells of it.
type sent struct {
	request.Request
	ref *analysis.EventRef
}

// requestsOf lists the requests to web servers among the records of an incident that a rule found adverse.
func requestsOf(in *analysis.ScoredIncident) []sent { return requestsThat(in, false) }

// othersOf lists the other requests of the incident's sources: they are context, and no attempts.
func othersOf(in *analysis.ScoredIncident) []sent { return requestsThat(in, true) }

func requestsThat(in *analysis.ScoredIncident, context bool) []sent {
	var list []sent
	for i := range in.Events {
		if r, ok := requestOf(&in.Events[i], context); ok {
			list = append(list, sent{r, &in.Events[i]})
		}
	}
	return list
}

// requestOf is the request that a record tells of, if it is one and is context or not.
func requestOf(e *analysis.EventRef, context bool) (r request.Request, ok bool) {
	if e.Context != context || e.Tries == analysis.TriesNone || e.Service != "http" && e.Service != "https" {
		return r, false
	}
	return request.Parse(e.Message)
}

// onlyRequests reports whether all that is known of an incident's tries are requests: several may have
// come over one connection.
func onlyRequests(in *analysis.ScoredIncident) bool {
	tries, errors := 0, 0
	for i := range in.Events {
		switch e := &in.Events[i]; {
		case !isTry(e):
		case e.Format == "weberror": // of a request that the access log has too, or of another attempt
			errors++
		default:
			tries++
		}
	}
	return tries > 0 && len(requestsOf(in)) == tries && (errors == 0 || in.Attempts == tries)
}

func (w Writer) citeSent(list []sent, meant func(sent) bool) []analysis.Citation {
	var c citing
	for _, s := range list {
		if meant(s) {
			c.add(s.ref)
		}
	}
	return c.citations(w.file)
}

func anySent(sent) bool { return true }

// maxQuote is how many characters of a client's text a sentence quotes; the excerpt has it whole.
const maxQuote = 100

// quote puts a client's text between quotes as the log has it: servers escape what is in it already.
func quote(s string) string {
	if r := []rune(s); len(r) > maxQuote {
		return fmt.Sprintf("\"%s\" and %d characters more", string(r[:maxQuote]), len(r)-maxQuote)
	}
	return "\"" + s + "\""
}

// allOf is "both" or "all 5".
func allOf(n int) string {
	if n == 2 {
		return "both"
	}
	return fmt.Sprintf("all %d", n)
}

// adverse is what sets the requests that are told of apart from others of the same incident, where there are any.
func adverse(in *analysis.ScoredIncident) string {
	if some(in, func(e *analysis.EventRef) bool { _, ok := requestOf(e, true); return ok }) {
		return "adverse "
	}
	return ""
}

// web tells what was asked of a web server, under which name, and what the server answered.
func (w Writer) web(in *analysis.ScoredIncident) []analysis.Observation {
	list := requestsOf(in)
	if len(list) == 0 {
		return nil
	}
	return slices.Concat(w.requests(in, list), w.answers(in, list), w.changed(in, list), w.clientNames(in, list), w.namedHosts(in, list), w.others(in))
}

func (w Writer) requests(in *analysis.ScoredIncident, list []sent) []analysis.Observation {
	words, which := differentRequests(list), adverse(in)
	var text string
	switch {
	case len(list) == 1:
		text = "The " + which + "request was " + words[0] + "."
	case len(words) == 1:
		text = fmt.Sprintf("The same %srequest came %d times: %s.", which, len(list), words[0])
	default:
		text = fmt.Sprintf("%d different %srequests were made: %s.", len(words), which, few(words, 6))
	}
	return []analysis.Observation{observed("requests", ofKept(in, text), w.citeSent(list, anySent))}
}

// differentRequests quotes each of the different requests once, with what is encoded decoded beside it.
func differentRequests(list []sent) []string {
	type asked struct{ method, target string }
	var different uniq.List[asked]
	var words uniq.List[string]
	for _, s := range list {
		if _, isNew := different.Add(asked{s.Method, s.Target}); !isNew {
			continue
		}
		text := quote(s.Target)
		if plain := request.Decode(s.Target); plain != s.Target && s.Method != "" { // what is no request is not encoded
			text += " (decoded: " + quote(plain) + ")"
		}
		if s.Method != "" {
			text = s.Method + " " + text
		}
		words.Add(text)
	}
	return words.All
}

// others tells of what else the source asked for, which no rule finds adverse.
func (w Writer) others(in *analysis.ScoredIncident) []analysis.Observation {
	list := othersOf(in)
	if len(list) == 0 {
		return nil
	}
	words := differentRequests(list)
	text := fmt.Sprintf("%s no rule finds adverse: %s.", Count(len(list), "more request was made that", "more requests were made that"), few(words, 4))
	switch statuses, count := byStatus(list); {
	case len(statuses) == 1 && len(list) == 1:
		text += " The server answered " + statusName(statuses[0]) + "."
	case len(statuses) == 1 && count[statuses[0]] == len(list):
		text += " The server answered " + statusName(statuses[0]) + " to " + allOf(len(list)) + "."
	case len(statuses) > 0:
		text += " The server answered " + few(statusesOf(list), 4) + "."
	}
	var names []string
	for _, s := range list {
		if name := quote(s.Agent); s.Agent != "" && !slices.Contains(names, name) && len(names) < 50 {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		text += " There the client called itself " + few(names, 4) + "."
	}
	return []analysis.Observation{observed("other-requests", ofKept(in, text), w.citeSent(list, anySent))}
}

// statusesOf says how many requests were answered with which status, the most frequent first.
func statusesOf(list []sent) []string {
	statuses, count := byStatus(list)
	var words []string
	for _, status := range statuses {
		words = append(words, fmt.Sprintf("%s to %d", statusName(status), count[status]))
	}
	return words
}

// byStatus counts the statuses of answers and lists them, the most frequent first.
func byStatus(list []sent) (statuses []int, count map[int]int) {
	count = map[int]int{}
	for _, s := range list {
		if s.Status != 0 {
			count[s.Status]++
		}
	}
	for status := range count {
		statuses = append(statuses, status)
	}
	slices.SortFunc(statuses, func(a, b int) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	return statuses, count
}

// statusWords name the statuses that answers to attacks have (RFC 9110 section 15).
var statusWords = map[int]string{
	200: "OK", 204: "no content", 206: "partial content", 301: "moved permanently", 302: "found", 304: "not modified", 307: "temporary redirect", 308: "permanent redirect",
	400: "bad request", 401: "unauthorized", 403: "forbidden", 404: "not found", 405: "method not allowed", 408: "request timeout", 410: "gone", 413: "content too large",
	414: "URI too long", 429: "too many requests", 444: "nginx closed the connection without an answer", 499: "nginx: the client closed the connection",
	500: "internal server error", 501: "not implemented", 502: "bad gateway", 503: "service unavailable", 504: "gateway timeout",
}

func statusName(status int) string {
	if word := statusWords[status]; word != "" {
		return fmt.Sprintf("%d (%s)", status, word)
	}
	return fmt.Sprint(status)
}

// answers tells what the server made of the requests, as far as statuses say.
func (w Writer) answers(in *analysis.ScoredIncident, list []sent) []analysis.Observation {
	statuses, count := byStatus(list)
	if len(count) == 0 {
		return nil
	}
	which := adverse(in)
	served := 0
	for status, n := range count {
		if status/100 == 2 {
			served += n
		}
	}
	var text string
	if len(statuses) == 1 {
		text = "The server answered " + statusName(statuses[0])
		if len(list) > 1 && count[statuses[0]] == len(list) {
			text += " to " + allOf(len(list))
			if which != "" {
				text += " adverse requests"
			}
		} else if which != "" && len(list) == 1 {
			text += " to the adverse request"
		} else if which != "" {
			text += " to " + Count(count[statuses[0]], "adverse request", "adverse requests")
		}
	} else {
		text = "The server answered " + few(statusesOf(list), 6)
		if which != "" {
			text += " of the adverse requests"
		}
	}
	text += sizes(list) + "."
	if served == 0 && len(list) > 1 {
		text += " None of " + map[bool]string{true: "these", false: "the"}[which != ""] + " answers was a success (2xx)."
	}
	all := []analysis.Observation{observed("answers", ofKept(in, text), w.citeSent(list, func(s sent) bool { return s.Status != 0 }))}
	if served > 0 && len(statuses) > 1 {
		all = append(all, observed("served", ofKept(in, Count(served, which+"request was", which+"requests were")+" answered with a success (2xx)."), w.citeSent(list, func(s sent) bool { return s.Status/100 == 2 })))
	}
	if served > 0 {
		all = append(all, known("answer-success", "A status of 2xx says that the server understood and accepted the request. It does not say what the answer held, nor that an attack worked: many applications answer 200 to anything.", httpSource+".3"))
	}
	return all
}

// usual is how many answers of one kind in a row make another one worth a sentence.
const usual = 5

// changed tells of a page that answered a form otherwise than it had before: what a guess that was right looks like.
func (w Writer) changed(in *analysis.ScoredIncident, list []sent) []analysis.Observation {
	if in.EvidenceCapped {
		return nil
	}
	type page struct{ source, host, path string }
	before := map[page][]sent{}
	var all []analysis.Observation
	told := map[page]bool{}
	wordPress := false
	for _, s := range list {
		path, _, _ := strings.Cut(s.Target, "?")
		p := page{s.ref.Source.IP, s.ref.Host, path}
		if s.Method != "POST" || s.Status == 0 || told[p] || len(all) == 3 {
			continue
		}
		row := before[p]
		if len(row) == 0 || row[0].Status == s.Status {
			before[p] = append(row, s)
			continue
		}
		told[p] = true
		if len(row) < usual {
			continue
		}
		wordPress = wordPress || strings.HasSuffix(path, "/wp-login.php") && row[0].Status == 200 && s.Status == 302
		all = append(all, observed(numbered("answer-changed", len(all)), fmt.Sprintf("POST %s was answered %d times with %s, and then, at %s, with %s.",
			quote(path), len(row), statusName(row[0].Status), stamp(s.ref.Time), statusName(s.Status)), w.citeSent(append(row, s), anySent)))
	}
	if wordPress {
		all = append(all, known("answer-wordpress", "WordPress answers a log-in that failed with 200 and the form again, and one that succeeded with 302, to the page behind it.", "WordPress, wp-login.php: wp_signon(), then wp_safe_redirect()"))
	}
	return all
}

// sizes tells how long the answers with a success were: an attack that worked is often told by a size
// that differs.
func sizes(list []sent) string {
	n, low, high := 0, int64(0), int64(0)
	for _, s := range list {
		if s.Status/100 != 2 || s.Bytes < 0 {
			continue
		}
		if n == 0 {
			low, high = s.Bytes, s.Bytes
		}
		n, low, high = n+1, min(low, s.Bytes), max(high, s.Bytes)
	}
	switch {
	case n == 0:
		return ""
	case n == 1 && len(list) == 1:
		return fmt.Sprintf(" with %d bytes", low)
	case n == 1:
		return fmt.Sprintf("; the success had %d bytes", low)
	case low == high:
		return fmt.Sprintf("; %d successes had %d bytes each", n, low)
	}
	return fmt.Sprintf("; %d successes had %d to %d bytes", n, low, high)
}

// clientNames tells how the client called itself.
func (w Writer) clientNames(in *analysis.ScoredIncident, list []sent) []analysis.Observation {
	var names []string
	count := map[string]int{}
	for _, s := range list {
		if s.Agent != "" && count[s.Agent] == 0 {
			names = append(names, s.Agent)
		}
		count[s.Agent]++
	}
	named := len(list) - count[""]
	if named == 0 {
		return nil
	}
	which := adverse(in)
	meant := func(s sent) bool { return s.Agent != "" }
	if len(names) == 1 {
		text := "The client called itself " + quote(names[0])
		switch {
		case named < len(list):
			text += fmt.Sprintf(" in %d of %d %srequests", named, len(list), which)
		case named > 1:
			text += " in " + allOf(named) + " " + which + "requests"
		case which != "":
			text += " in the adverse request"
		}
		return []analysis.Observation{observed("client-name", ofKept(in, text+"; a client chooses that name freely."), w.citeSent(list, meant))}
	}
	var words []string
	for _, n := range names {
		words = append(words, fmt.Sprintf("%s (%d)", quote(n), count[n]))
	}
	return []analysis.Observation{observed("client-name", ofKept(in, fmt.Sprintf("The client called itself by %d names%s, which it chooses freely: %s.", len(names), map[bool]string{true: " in the adverse requests"}[which != ""], few(words, 4))), w.citeSent(list, meant))}
}

// namedHosts tells which hosts requests name as places to fetch from or to connect to: indicators, and
// what to look for in logs of outgoing connections.
func (w Writer) namedHosts(in *analysis.ScoredIncident, list []sent) []analysis.Observation {
	var words []string
	seen := map[string]bool{}
	naming := map[*analysis.EventRef]bool{}
	for _, s := range list {
		texts := []string{s.Target}
		for _, header := range [...]string{s.Agent, s.Referer} {
			if strings.Contains(header, "${") || strings.Contains(header, "() {") {
				texts = append(texts, header) // else it is the address of a crawler's owner, or the page before
			}
		}
		for _, text := range texts {
			for _, host := range hostsIn(request.Decode(text)) {
				naming[s.ref] = true
				if !seen[host] {
					seen[host] = true
					words = append(words, quote(host))
				}
			}
		}
	}
	if len(words) == 0 {
		return nil
	}
	verb := "name hosts"
	if len(words) == 1 {
		verb = "name a host"
	}
	subject := "Requests"
	if len(list) == 1 {
		subject, verb = "The request", strings.Replace(verb, "name", "names", 1)
	}
	return []analysis.Observation{observed("named-host", ofKept(in, fmt.Sprintf("%s %s: %s.", subject, verb, few(words, 6))), w.citeSent(list, func(s sent) bool { return naming[s.ref] }))}
}

// hostsIn lists what stands behind "://" in a text, up to the path.
func hostsIn(text string) []string {
	var list []string
	for {
		_, after, ok := strings.Cut(text, "://")
		if !ok {
			return list
		}
		text = after
		end := strings.IndexFunc(text, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-:[]_", r))
		})
		if end < 0 {
			end = len(text)
		}
		if host := strings.TrimRight(text[:end], ".:"); strings.ContainsAny(host, ".:") {
			list = append(list, host)
		}
	}
}
