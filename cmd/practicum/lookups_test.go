package main

import (
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/rogpeppe/go-internal/testscript"
)

// database is a command of scripts, "database FILE TYPE DAY RECORDS": it writes a database in MaxMind's format with the records of
// another file, each a line of a network and a country (NL:Netherlands) or a system (64496:Example).
func database(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: database FILE TYPE DAY RECORDS")
	}
	day, err := time.Parse(time.DateOnly, args[2])
	ts.Check(err)
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: args[1], BuildEpoch: day.Unix(), RecordSize: 24, IncludeReservedNetworks: true})
	ts.Check(err)
	for line := range strings.Lines(ts.ReadFile(args[3])) {
		network, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		_, n, err := net.ParseCIDR(network)
		ts.Check(err)
		key, name, _ := strings.Cut(value, ":")
		name, err = strconv.Unquote(`"` + name + `"`)
		ts.Check(err)
		record := mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String(key), "names": mmdbtype.Map{"en": mmdbtype.String(name)}}}
		if number, err := strconv.ParseUint(key, 10, 32); err == nil {
			record = mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(uint32(number)), "autonomous_system_organization": mmdbtype.String(name)}
		}
		ts.Check(tree.Insert(n, record))
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	_, err = tree.WriteTo(f)
	ts.Check(err)
}
