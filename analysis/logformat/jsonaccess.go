package logformat

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"practicum/analysis"
)

// jsonAccess is the access logs that web servers and proxies write as JSON, an object a request: Caddy's and
// Traefik's own, and what nginx, Envoy and others write where a site chose the usual names of nginx' variables
// for the keys. Where the client stands behind proxies, the server's own idea of it counts.
var jsonAccess = Format{
	Name:       "jsonaccess",
	Title:      "web access log as JSON (Caddy, Traefik, Envoy, nginx)",
	Recognised: `an object with "request" and "remote_ip", "RequestMethod" and "ClientHost", or "remote_addr" and "status"`,
	Carrier:    CarrierNone,
	Leads:      "{",
	Starts:     startsJSONAccess,
	Quotes:     []string{"ClientHost", "request", "remote_addr", "downstream_remote_address"},
	New: func(clock *Clock) Parser {
		var logins webLogins
		return func(c *Cursor, ev *analysis.Event) error { return parseJSONAccess(c, ev, clock, &logins) }
	},
}

func startsJSONAccess(text string) bool {
	if !strings.HasPrefix(text, "{") {
		return false
	}
	return strings.Contains(text, `"ClientHost"`) && strings.Contains(text, `"RequestMethod"`) ||
		strings.Contains(text, `"request"`) && (strings.Contains(text, `"remote_ip"`) || strings.Contains(text, `"remote_addr"`)) ||
		strings.Contains(text, `"remote_addr"`) && strings.Contains(text, `"request_uri"`) ||
		strings.Contains(text, `"downstream_remote_address"`) && strings.Contains(text, `"response_code"`)
}

// jsonAccessKeys are the keys of an object that are read.
var jsonAccessKeys = keysOf("ts", "request", "status", "user_id",
	"ClientHost", "RequestMethod", "RequestPath", "DownstreamStatus", "ClientUsername", "request_User-Agent", "request_Referer", "RequestScheme", "TLSVersion", "StartUTC", "time",
	"downstream_remote_address", "method", "path", "response_code", "user_agent", "requested_server_name", "start_time", "x-envoy-origin-path", "x_envoy_origin_path",
	"remote_addr", "client", "clientip", "remote_user", "user", "request_method", "request_uri", "uri", "http_user_agent", "agent", "http_referer", "http_referrer", "referer",
	"referrer", "scheme", "request_scheme", "ssl_protocol", "time_iso8601", "@timestamp", "timestamp", "time_local", "msec")

// jsonAccessRequest is what all of them say.
type jsonAccessRequest struct {
	time                                        any
	client, user, method, target, status, agent string
	referer                                     string
	tls                                         bool
}

func parseJSONAccess(c *Cursor, ev *analysis.Event, clock *Clock, logins *webLogins) error {
	text := c.Rest()
	if typesetObject(text) {
		return ErrNotMine // to be read as it was before
	}
	o, ok := quickObject(text, jsonAccessKeys)
	if !ok {
		if o = nil; json.Unmarshal([]byte(text), &o) != nil {
			return brokenUnless("jsonaccess", text, "the object cannot be read as JSON")
		}
	}
	var r jsonAccessRequest
	switch request := o["request"].(type) {
	case map[string]any: // Caddy
		r = caddyRequest(o, request)
	default:
		if o["ClientHost"] != nil {
			r = traefikRequest(o)
		} else if o["downstream_remote_address"] != nil {
			r = envoyRequest(o)
		} else {
			r = nginxRequest(o)
		}
	}
	if r.client == "" || r.method == "" {
		return ErrNotMine
	}
	if !jsonTime(r.time, ev, clock) {
		return &SyntaxError{"jsonaccess", "the time cannot be read"}
	}
	if ip, ok := firstClient(strings.Fields(strings.ReplaceAll(r.client, ",", ", "))); ok {
		ev.Source.IP = ip
	} else if !addrPort(r.client, ':', true, &ev.Source) {
		return &SyntaxError{"jsonaccess", "the client's address cannot be read"}
	}
	if r.user != "-" {
		ev.User = foldBlanks(r.user)
	}
	r.event(ev)
	if ev.User != "" {
		status, _ := strconv.Atoi(r.status)
		logins.answered(ev, status)
	}
	return nil
}

// inQuotes writes a text as it stands between the quotes of a log on one line.
var inQuotes = strings.NewReplacer(`"`, `\"`, "\n", " ", "\r", " ")

// event fills in what a request tells, in the words of the common log, which rules read.
func (r *jsonAccessRequest) event(ev *analysis.Event) {
	if r.status == "" || r.status == "0" {
		r.status = "-"
	}
	ev.Message = `"` + inQuotes.Replace(r.method+" "+r.target) + `" ` + r.status + ` - "` + inQuotes.Replace(r.referer) + `" "` + inQuotes.Replace(r.agent) + `"`
	ev.Service, ev.Proto, ev.Action = "http", "tcp", analysis.ActionInfo
	if r.tls {
		ev.Service = "https"
	}
	ev.Tries, ev.Handshake = analysis.TriesConnection, analysis.HandshakeCompleted
	if r.status == "403" {
		ev.Action = analysis.ActionBlocked
	}
}

func caddyRequest(o, request map[string]any) jsonAccessRequest {
	r := jsonAccessRequest{
		time: o["ts"], client: jsonText(request["client_ip"]), method: jsonText(request["method"]), target: jsonText(request["uri"]),
		status: jsonText(o["status"]), user: jsonText(o["user_id"]), tls: request["tls"] != nil,
	}
	for _, key := range [...]string{"remote_ip", "remote_addr"} { // before 2.7 and 2.5
		if r.client == "" {
			r.client = jsonText(request[key])
		}
	}
	headers, _ := request["headers"].(map[string]any)
	r.agent, r.referer = firstText(headers["User-Agent"]), firstText(headers["Referer"])
	return r
}

// firstText is the first of a list of values, or the value itself.
func firstText(v any) string {
	if list, ok := v.([]any); ok {
		if len(list) == 0 {
			return ""
		}
		v = list[0]
	}
	return jsonText(v)
}

func traefikRequest(o map[string]any) jsonAccessRequest {
	r := jsonAccessRequest{
		time: o["StartUTC"], client: jsonText(o["ClientHost"]), method: jsonText(o["RequestMethod"]), target: jsonText(o["RequestPath"]),
		status: jsonText(o["DownstreamStatus"]), user: jsonText(o["ClientUsername"]), agent: jsonText(o["request_User-Agent"]),
		referer: jsonText(o["request_Referer"]), tls: jsonText(o["RequestScheme"]) == "https" || o["TLSVersion"] != nil,
	}
	if r.time == nil {
		r.time = o["time"]
	}
	return r
}

func envoyRequest(o map[string]any) jsonAccessRequest {
	r := jsonAccessRequest{
		time: o["start_time"], client: jsonText(o["downstream_remote_address"]), method: jsonText(o["method"]), target: jsonText(o["path"]),
		status: jsonText(o["response_code"]), agent: jsonText(o["user_agent"]), tls: o["requested_server_name"] != nil,
	}
	for _, key := range [...]string{"x-envoy-origin-path", "x_envoy_origin_path"} { // before a route changed it
		if path := jsonText(o[key]); path != "" {
			r.target = path
		}
	}
	return r
}

func nginxRequest(o map[string]any) jsonAccessRequest {
	get := func(keys ...string) string {
		for _, k := range keys {
			if s := jsonText(o[k]); s != "" && s != "-" {
				return s
			}
		}
		return ""
	}
	r := jsonAccessRequest{
		client: get("remote_addr", "client", "clientip"), user: get("remote_user", "user"), method: get("request_method", "method"),
		target: get("request_uri", "uri"), status: get("status"), agent: get("http_user_agent", "user_agent", "agent"),
		referer: get("http_referer", "http_referrer", "referer", "referrer"), tls: get("scheme", "request_scheme") == "https" || get("ssl_protocol") != "",
	}
	if request := get("request"); request != "" && (r.method == "" || r.target == "") {
		r.method, r.target, _ = strings.Cut(request, " ")
	}
	for _, key := range [...]string{"time_iso8601", "@timestamp", "time", "timestamp", "time_local", "msec", "ts"} {
		if o[key] != nil {
			r.time = o[key]
			break
		}
	}
	return r
}

// jsonTime reads the time of a JSON record: ISO 8601, seconds since 1970 with a fraction, or the stamp of
// the common log.
func jsonTime(v any, ev *analysis.Event, clock *Clock) bool {
	seconds, isNumber := v.(float64)
	text := jsonText(v)
	if !isNumber {
		if t, n, ok := deviceTime(text, clock); n > 0 {
			ev.Time = t
			return ok
		}
		c := Cursor{text: text}
		if c.clfStampAhead() {
			var ok bool
			ev.Time, ok = c.clfStamp(clock)
			return ok
		}
		c = Cursor{text: text}
		whole, ok := c.Number(1 << 40)
		if !ok {
			return false
		}
		seconds = float64(whole) + float64(c.fraction())/1e9
	}
	for seconds > 1<<36 { // milli-, micro- or nanoseconds
		seconds /= 1000
	}
	if seconds <= 0 {
		return false
	}
	// A float64 of today has no more than microseconds.
	ev.Time, _ = clock.Instant(time.UnixMicro(int64(math.Round(seconds * 1e6))))
	return true
}
