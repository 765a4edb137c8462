package knowledge

import (
	"fmt"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// AddressClass is what a special address is for.
type AddressClass string

// The classes of data/special_addresses.csv.
const (
	AddressThisNetwork   AddressClass = "this network"
	AddressPrivate       AddressClass = "private"
	AddressShared        AddressClass = "shared by a carrier's customers"
	AddressLoopback      AddressClass = "loopback"
	AddressLinkLocal     AddressClass = "link-local"
	AddressDocumentation AddressClass = "documentation"
	AddressBenchmark     AddressClass = "benchmark"
	AddressMulticast     AddressClass = "multicast"
	AddressReserved      AddressClass = "reserved"
)

// SpecialAddress is a block of addresses that no host on the Internet has.
type SpecialAddress struct {
	Prefix netip.Prefix
	Class  AddressClass
	Since  int // year of the document
	Source string
}

// UnallocatedSource names the registry that Unallocated goes by.
const UnallocatedSource = "IANA IPv4 Address Space Registry (dates of allocation)"

type addressTable struct {
	special []SpecialAddress
	late    []lateBlock
}

type lateBlock struct {
	prefix netip.Prefix
	since  time.Time
}

var addresses = sync.OnceValue(func() addressTable {
	var t addressTable
	for _, row := range mustCSV("special_addresses.csv", "prefix,class,since,source") {
		since, err := strconv.Atoi(row[2])
		if err != nil {
			panic(fmt.Sprintf("knowledge: special_addresses: %v", row))
		}
		t.special = append(t.special, SpecialAddress{netip.MustParsePrefix(row[0]), AddressClass(row[1]), since, row[3]})
	}
	for _, row := range mustCSV("ipv4_since.csv", "prefix,since") {
		since, err := time.Parse("2006-01", row[1])
		if err != nil {
			panic(fmt.Sprintf("knowledge: ipv4_since: %v", row))
		}
		t.late = append(t.late, lateBlock{netip.MustParsePrefix(row[0]), since})
	}
	return t
})

// Special tells whether an address was set aside in the year of a log, and what for.
func Special(ip netip.Addr, year int) (SpecialAddress, bool) {
	for _, s := range addresses().special {
		if s.Prefix.Contains(ip) && year >= s.Since {
			return s, true
		}
	}
	return SpecialAddress{}, false
}

// Unallocated tells whether the block of an address had not been given out at a time, and when it was.
func Unallocated(ip netip.Addr, at time.Time) (block netip.Prefix, since time.Time, ok bool) {
	for _, b := range addresses().late {
		if b.prefix.Contains(ip) {
			return b.prefix, b.since, at.Before(b.since)
		}
	}
	return netip.Prefix{}, time.Time{}, false
}
