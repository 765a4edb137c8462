package logformat

import (
	"encoding/json"
	"strconv"
	"strings"

	"practicum/analysis"
)

// isWinJSON tells an object of one of the programs that ship Windows events, by an event's number beside
// its data.
func isWinJSON(text string) bool {
	if strings.Contains(text, `"EventID"`) {
		return strings.Contains(text, `"Hostname"`) || strings.Contains(text, `"TimeCreated"`) || strings.Contains(text, `"SourceName"`)
	}
	return strings.Contains(text, `"event_id"`) && (strings.Contains(text, `"winlog"`) || strings.Contains(text, `"event_data"`))
}

func (r *winRecord) fromJSON(text string, ev *analysis.Event, clock *Clock) error {
	o, ok := quickMap(text)
	if !ok {
		if o = nil; json.Unmarshal([]byte(text), &o) != nil {
			return winBroken("the object cannot be read as JSON")
		}
	}
	if event, ok := o["Event"].(map[string]any); ok {
		return r.fromEvtxDump(event, ev, clock)
	}
	if w, ok := o["winlog"].(map[string]any); ok {
		return r.fromWinlogbeat(w, o["@timestamp"], ev, clock)
	}
	if _, ok := o["event_data"].(map[string]any); ok {
		return r.fromWinlogbeat(o, o["@timestamp"], ev, clock)
	}
	// NXLog's to_json(): the event's data beside its header. Its EventTime is local and has no zone.
	id, ok := jsonNumber(o["EventID"])
	if !ok {
		return ErrNotMine
	}
	r.id, r.provider, r.channel, r.computer = id, jsonText(o["SourceName"]), jsonText(o["Channel"]), jsonText(o["Hostname"])
	r.failure = strings.Contains(jsonText(o["EventType"]), "FAILURE")
	for _, key := range sortedKeys(o) {
		r.set(key, jsonText(o[key]))
	}
	return fromWinTime(o["EventTime"], ev, clock)
}

func (r *winRecord) fromWinlogbeat(w map[string]any, stamp any, ev *analysis.Event, clock *Clock) error {
	id, ok := jsonNumber(w["event_id"])
	if !ok {
		return winBroken("the event has no number")
	}
	r.id, r.computer = id, jsonText(w["computer_name"])
	if r.provider = jsonText(w["provider_name"]); r.provider == "" {
		r.provider = jsonText(w["source_name"])
	}
	if keywords, ok := w["keywords"].([]any); ok {
		for _, k := range keywords {
			r.failure = r.failure || jsonText(k) == "Audit Failure"
		}
	}
	for _, part := range [...]string{"event_data", "user_data"} {
		data, _ := w[part].(map[string]any)
		for _, key := range sortedKeys(data) {
			r.set(key, jsonText(data[key]))
		}
	}
	return fromWinTime(stamp, ev, clock)
}

// fromEvtxDump reads what evtx_dump makes of XML: attributes stand under "#attributes", and a value that
// has some under "#text".
func (r *winRecord) fromEvtxDump(event map[string]any, ev *analysis.Event, clock *Clock) error {
	sys, _ := event["System"].(map[string]any)
	text := func(v any) any {
		if m, ok := v.(map[string]any); ok {
			return m["#text"]
		}
		return v
	}
	attribute := func(v any, name string) any {
		m, _ := v.(map[string]any)
		if a, ok := m["#attributes"].(map[string]any); ok {
			m = a
		}
		return m[name]
	}
	id, ok := jsonNumber(text(sys["EventID"]))
	if !ok {
		return winBroken("the event has no number")
	}
	r.id, r.channel, r.computer, r.provider = id, jsonText(sys["Channel"]), jsonText(sys["Computer"]), jsonText(attribute(sys["Provider"], "Name"))
	if keywords, err := strconv.ParseUint(strings.TrimPrefix(jsonText(sys["Keywords"]), "0x"), 16, 64); err == nil {
		r.failure = keywords&0x10000000000000 != 0
	}
	data, _ := event["EventData"].(map[string]any)
	for _, key := range sortedKeys(data) {
		r.set(key, jsonText(text(data[key])))
	}
	user, _ := event["UserData"].(map[string]any)
	if cleared, ok := user["LogFileCleared"].(map[string]any); ok {
		r.set("SubjectUserName", jsonText(text(cleared["SubjectUserName"])))
	}
	return fromWinTime(attribute(sys["TimeCreated"], "SystemTime"), ev, clock)
}
