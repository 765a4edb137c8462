package analysis

import "slices"

// PacketFilters are the log formats of filters that are no part of the machine that they protect, or
// may be none. The others with packets are firewalls of one machine.
var PacketFilters = [...]string{"netfilter", "ipchains", "ipfw", "pf", "filterlog", "ipfilter", "cisco", "proxmox",
	"checkpoint", "fortigate", "junos", "mikrotik", "netscreen", "paloalto", "sonicwall", "sophos", "vpcflow"}

// InlineSensors are the log formats of network sensors; one that stands in the way can drop packets.
var InlineSensors = [...]string{"snort", "suricata"}

// watchingFilters are the packet filters that look into what they let through, too, and say of an alert whether they stopped what it is
// about. Cisco's alerts do not say it.
var watchingFilters = [...]string{"checkpoint", "fortigate", "junos", "paloalto", "sophos"}

// Watchers is a set of programs on the way of packets that alert. Sensors are one of it: those of one place are in the way or are not.
type Watchers uint8

// Watcher is the one that wrote a record of a log format; none for other formats.
func Watcher(format string) Watchers {
	if slices.Contains(InlineSensors[:], format) {
		return 1
	}
	if i := slices.Index(watchingFilters[:], format); i >= 0 {
		return 2 << i
	}
	return 0
}

// LetThrough tells which of some events are packets that something on the way logged and let through: a packet filter says so, and a sensor
// or a filter that stopped others of them was in the way of those that it only told of.
func LetThrough(events []EventRef) func(*EventRef) bool {
	var stopped Watchers
	for i := range events {
		if e := &events[i]; e.Action == ActionBlocked {
			stopped |= Watcher(e.Format)
		}
	}
	return func(e *EventRef) bool { return e.Passed() || stopped&e.Alerts() != 0 }
}

// Passed reports whether a packet filter says that it let the packet of the event through.
func (e *EventRef) Passed() bool {
	return e.Action == ActionAllowed && (e.Tries == TriesPacket || e.Tries == TriesConnection) && slices.Contains(PacketFilters[:], e.Format)
}

// Alerts names who wrote the event where it is an alert that does not say that anything was stopped; none where it is no such one.
func (e *EventRef) Alerts() Watchers {
	if e.Action != ActionInfo || e.Context || e.Signature == "" {
		return 0
	}
	return Watcher(e.Format)
}
