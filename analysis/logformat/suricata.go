package logformat

import (
	"encoding/json"
	"strings"

	"practicum/analysis"
)

// suricata is the JSON log of Suricata, eve.json: one object a line, its fields in any order. Only
// event_type "alert" is a judgement; flows and protocol records add to what is known of a source.
// The source is the sender of the packet that matched, which is the victim where a signature looks
// at answers (Suricata user guide, "Eve JSON Format").
var suricata = Format{
	Name:       "suricata",
	Title:      "Suricata eve.json",
	Recognised: `a JSON object with "timestamp" and "event_type"`,
	Carrier:    CarrierNone,
	Leads:      "{",
	Starts:     startsSuricata,
	Keys:       []string{"event_type", "timestamp"},
	New: func(clock *Clock) Parser {
		return func(c *Cursor, ev *analysis.Event) error { return parseSuricata(c, ev, clock) }
	},
}

func startsSuricata(text string) bool {
	return strings.HasPrefix(text, "{") && strings.Contains(text, `"event_type"`) && strings.Contains(text, `"timestamp"`)
}

// eveRecord is what is read of a record.
type eveRecord struct {
	Timestamp, EventType, Host, SrcIP, DestIP, Proto, AppProto string
	FlowID, SrcPort, DestPort                                  uint64
	Alert                                                      bool
	AlertAction, AlertSignature                                string
}

// slow reads any object that holds what a record can.
func (r *eveRecord) slow(text string) error {
	var all struct {
		Timestamp string  `json:"timestamp"`
		EventType string  `json:"event_type"`
		FlowID    uint64  `json:"flow_id"`
		Host      string  `json:"host"`
		SrcIP     string  `json:"src_ip"`
		SrcPort   *uint16 `json:"src_port"`
		DestIP    string  `json:"dest_ip"`
		DestPort  *uint16 `json:"dest_port"`
		Proto     string  `json:"proto"`
		AppProto  string  `json:"app_proto"`
		Alert     *struct {
			Action    string `json:"action"`
			Signature string `json:"signature"`
		} `json:"alert"`
	}
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return err
	}
	*r = eveRecord{Timestamp: all.Timestamp, EventType: all.EventType, Host: all.Host, SrcIP: all.SrcIP, DestIP: all.DestIP, Proto: all.Proto,
		AppProto: all.AppProto, FlowID: all.FlowID, Alert: all.Alert != nil}
	if all.SrcPort != nil {
		r.SrcPort = uint64(*all.SrcPort)
	}
	if all.DestPort != nil {
		r.DestPort = uint64(*all.DestPort)
	}
	if all.Alert != nil {
		r.AlertAction, r.AlertSignature = all.Alert.Action, all.Alert.Signature
	}
	return nil
}

func parseSuricata(c *Cursor, ev *analysis.Event, clock *Clock) error {
	if _, typeset := untypeset(c.Rest()); typeset {
		return ErrNotMine // to be read as it was before
	}
	var r eveRecord
	text := c.Rest()
	if !r.quick(text) {
		if err := r.slow(text); err != nil {
			if _, decorated := undecorateEnd(text); decorated {
				return ErrNotMine
			}
			return &SyntaxError{"suricata", "the object cannot be read as JSON with the fields of eve.json"}
		}
	}
	c.pos = len(c.text)
	if r.EventType == "stats" || r.EventType == "engine" {
		return ErrNotEvent
	}
	var stamp [64]byte
	t, n, ok := isoTime(view(append(append(stamp[:0], r.Timestamp...), ' ')), clock)
	if n == 0 || !ok {
		return &SyntaxError{"suricata", "the timestamp cannot be read"}
	}
	ev.Time, ev.Host, ev.Message = t, r.Host, text
	if r.SrcIP == "" {
		return ErrNotEvent
	}
	if ev.Source.IP, ok = parseAddr(r.SrcIP); !ok {
		return &SyntaxError{"suricata", "src_ip is no address"}
	}
	if ev.Target.IP, ok = parseAddr(r.DestIP); !ok {
		return &SyntaxError{"suricata", "dest_ip is no address"}
	}
	ev.Source.Port, ev.Target.Port = uint16(r.SrcPort), uint16(r.DestPort)
	ev.Proto, ev.Action, ev.Session = protocol(r.Proto), analysis.ActionInfo, r.FlowID
	if ev.Proto == "ipv6-icmp" {
		ev.Proto = "icmp6"
	}
	if r.AppProto != "" && r.AppProto != "failed" {
		ev.Service = r.AppProto
	}
	if r.EventType != "alert" || !r.Alert {
		ev.Context = true
		return nil
	}
	ev.Signature = foldBlanks(r.AlertSignature)
	if ev.Tries = analysis.TriesConnection; r.FlowID != 0 {
		ev.Tries = analysis.TriesSession
	}
	if r.AlertAction == "blocked" {
		ev.Action = analysis.ActionBlocked
	}
	return nil
}
