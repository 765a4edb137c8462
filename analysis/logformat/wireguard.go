package logformat

import (
	"strings"

	"practicum/analysis"
)

// wireGuard is what WireGuard in Linux' kernel says with its debugging messages on (drivers/net/wireguard,
// receive.c). It runs over UDP, so the address can be forged.
var wireGuard = Format{
	Name:       "wireguard",
	Title:      "WireGuard in Linux' kernel",
	Recognised: `"wireguard: interface: " in the kernel's messages`,
	Carrier:    CarrierSyslog,
	New: func(*Clock) Parser {
		list := patternsOf(wireGuardMessages)
		return func(c *Cursor, ev *analysis.Event) error {
			if ev.Program != "kernel" {
				return ErrOtherProgram
			}
			if !strings.HasPrefix(c.Rest(), "wireguard:") {
				return ErrNotMine
			}
			ev.Service, ev.Proto, ev.Tries = "wireguard", "udp", analysis.TriesSession
			return hear(c, list, ev)
		}
	},
}

var wireGuardMessages = []message{
	{text: "wireguard: {w}: Invalid handshake initiation from {ip}:{port}", action: analysis.ActionFailed},
	{text: "wireguard: {w}: Invalid MAC of handshake, dropping packet from {ip}:{port}", action: analysis.ActionFailed},
	{text: "wireguard: {w}: Packet has unallowed src IP ({any}) from peer {n} ({ip}:{port})", action: analysis.ActionInfo, context: true},
	{text: "wireguard: {w}: Receiving handshake initiation from peer {n} ({ip}:{port})", action: analysis.ActionInfo, context: true},
	{text: "wireguard: {w}: Keypair {n} created for peer {n}"}, {text: "wireguard: {w}: Keypair {n} destroyed for peer {n}"},
	{text: "wireguard: {w}: Sending {rest}"}, {text: "wireguard: {w}: Receiving {rest}"}, {text: "wireguard: {w}: Interface {rest}"},
	{text: "wireguard: {w}: Handshake for peer {n} ({any}) did not complete after {rest}"},
}
