package pipeline

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Forged names of machines cost no more than the bound, and are told of.
func TestPresenceIsBounded(t *testing.T) {
	p := newPresence()
	for i := range maxBins + 10 {
		p.add(writer{host: fmt.Sprint("host-", i)}, time.Unix(0, 0), 1)
	}
	list, limits := p.report(time.UTC, nil)
	if p.bins != maxBins || len(list) != maxHosts || len(limits) != 2 || !strings.Contains(limits[1], "10 lines") {
		t.Errorf("%d bins, %d machines, %q", p.bins, len(list), limits)
	}
}
