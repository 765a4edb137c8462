package knowledge

import (
	"fmt"
	"strings"
	"sync"
)

// PortSentrySource names the file that DefaultTrap goes by.
const PortSentrySource = "PortSentry 1.2 (2003), portsentry.conf"

var portSentryPorts = sync.OnceValue(func() map[portKey]bool {
	t := make(map[portKey]bool)
	for _, row := range mustCSV("portsentry_ports.csv", "proto,ports") {
		for _, field := range strings.Fields(row[1]) {
			port, err := portNumber(field)
			if err != nil {
				panic(fmt.Sprintf("knowledge: portsentry_ports: %v", err))
			}
			t[portKey{row[0], port}] = true
		}
	}
	return t
})

// DefaultTrap reports whether a port is in one of the lists that PortSentry came with.
func DefaultTrap(proto string, port int) bool { return portSentryPorts()[portKey{proto, port}] }
