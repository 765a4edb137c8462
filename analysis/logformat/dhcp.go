package logformat

// dhcp is what the DHCP client and server of ISC (dhclient.c and dhcp.c of 4.4) say of leases. Which machine had an address
// when is what an analyst asks them; the lines are evidence of nothing by themselves.
var dhcp = Format{
	Name:       "dhcp",
	Title:      "ISC dhclient and dhcpd",
	Recognised: `syslog program dhclient or dhcpd with "DHCPREQUEST", "DHCPACK" and the like`,
	Carrier:    CarrierSyslog,
	New:        messagesOf(dhcpMessages, func(program string) bool { return program == "dhclient" || program == "dhcpd" }),
}

var dhcpMessages = []message{
	{text: "DHCPDISCOVER on {rest}"}, {text: "DHCPDISCOVER from {rest}"}, {text: "DHCPOFFER of {rest}"}, {text: "DHCPOFFER from {rest}"}, {text: "DHCPOFFER on {rest}"},
	{text: "DHCPREQUEST on {rest}"}, {text: "DHCPREQUEST of {rest}"}, {text: "DHCPREQUEST for {rest}"},
	{text: "DHCPACK of {rest}"}, {text: "DHCPACK from {rest}"}, {text: "DHCPACK on {rest}"}, {text: "DHCPACK to {rest}"},
	{text: "DHCPINFORM from {rest}"}, {text: "DHCPRELEASE of {rest}"}, {text: "DHCPRELEASE on {rest}"}, {text: "DHCPNAK on {rest}"}, {text: "DHCPNAK from {rest}"},
	{text: "bound to {w} -- renewal in {n} seconds."}, {text: "No DHCPOFFERS received."}, {text: "No working leases in persistent database - sleeping."}, {text: "reuse_lease: {rest}"},
}
