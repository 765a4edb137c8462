package analysis

import "slices"

// PacketFilters are the log formats of filters that are no part of the machine that they protect, or
// may be none. The others with packets are firewalls of one machine.
var PacketFilters = [...]string{"netfilter", "ipchains", "ipfw", "pf", "filterlog", "ipfilter", "cisco", "proxmox",
	"checkpoint", "fortigate", "junos", "mikrotik", "netscreen", "paloalto", "sonicwall", "sophos", "vpcflow"}

// InlineSensors are the log formats of network sensors; one that stands in the way can drop packets.
var InlineSensors = [...]string{"snort", "suricata"}

// LetThrough tells which of some events are packets that something on the way logged and let through: a packet filter says so, and a sensor
// that dropped others of them was in the way of those that it only told of.
func LetThrough(events []EventRef) func(*EventRef) bool {
	drops := false
	for i := range events {
		e := &events[i]
		drops = drops || e.Action == ActionBlocked && slices.Contains(InlineSensors[:], e.Format)
	}
	return func(e *EventRef) bool { return e.Passed() || drops && e.Alerts() }
}

// Passed reports whether a packet filter says that it let the packet of the event through.
func (e *EventRef) Passed() bool {
	return e.Action == ActionAllowed && (e.Tries == TriesPacket || e.Tries == TriesConnection) && slices.Contains(PacketFilters[:], e.Format)
}

// Alerts reports whether the event is an alert of a network sensor that does not say that it stopped anything.
func (e *EventRef) Alerts() bool {
	return e.Action == ActionInfo && !e.Context && e.Signature != "" && slices.Contains(InlineSensors[:], e.Format)
}
