package logformat

// quick reads the object of a line as json.Unmarshal would, without its cost. It reads what Suricata writes and reports
// whether it did: of anything unusual it knows nothing, and json.Unmarshal has to be asked. Unusual are escapes in a field
// that is kept, a key twice or in other case, null in place of a value, and what is no JSON.
func (r *eveRecord) quick(text string) bool {
	s := jsonScanner{text: text}
	return s.whole(eveKeys, func(key int) bool {
		ok := false
		switch eveKeys.list[key] {
		case "timestamp":
			r.Timestamp, ok = s.plainString()
		case "event_type":
			r.EventType, ok = s.plainString()
		case "host":
			r.Host, ok = s.plainString()
		case "src_ip":
			r.SrcIP, ok = s.plainString()
		case "dest_ip":
			r.DestIP, ok = s.plainString()
		case "proto":
			r.Proto, ok = s.plainString()
		case "app_proto":
			r.AppProto, ok = s.plainString()
		case "flow_id":
			r.FlowID, ok = s.plainNumber(1<<64 - 1)
		case "src_port":
			r.SrcPort, ok = s.plainNumber(65535)
		case "dest_port":
			r.DestPort, ok = s.plainNumber(65535)
		case "alert":
			r.Alert = true
			return s.object(eveAlertKeys, func(key int) bool {
				if eveAlertKeys.list[key] == "action" {
					r.AlertAction, ok = s.plainString()
				} else {
					r.AlertSignature, ok = s.plainString()
				}
				return ok
			})
		}
		return ok
	})
}

var (
	eveKeys      = keysOf("timestamp", "event_type", "flow_id", "host", "src_ip", "src_port", "dest_ip", "dest_port", "proto", "app_proto", "alert")
	eveAlertKeys = keysOf("action", "signature")
)
