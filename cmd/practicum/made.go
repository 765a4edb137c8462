package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"practicum/analysis"
	"practicum/config"
)

// elsewhere are flags that do not change what report.json says: where reports go and what they look like.
var elsewhere = []string{"output", "to", "quiet", "json", "fail-on", "config", "attach", "paper", "tlp", "template", "output-name", "export", "dshield-user", "obscure", "obscure-key", "obscure-list", "obscure-mynet", "keep-logs", "mail", "mail-to", "history", "site", "partial-out",
	"month", "since", "until", "last"} // site and these four in another form: what is said of the time of the run is said without it

// siteFlag is the last of the flags of a report on one of several sites.
func siteFlag(name string) string { return "--site=" + name }

// made says with what a report is made. files are the configuration and those that it names.
func (p *program) made(flags *pflag.FlagSet, files []string, o *config.Options) (*analysis.Made, error) {
	m := &analysis.Made{Flags: []string{}}
	flags.Visit(func(f *pflag.Flag) {
		if slices.Contains(elsewhere, f.Name) {
			return
		}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			for _, v := range list.GetSlice() {
				m.Flags = append(m.Flags, "--"+f.Name+"="+v)
			}
			return
		}
		m.Flags = append(m.Flags, "--"+f.Name+"="+f.Value.String())
	})
	switch w := o.Analysis.Window; {
	case w.Month != "":
		m.Flags = append(m.Flags, "--month="+w.Month)
	default:
		if !w.From.IsZero() {
			m.Flags = append(m.Flags, "--since="+w.From.Format(time.RFC3339Nano))
		}
		if !w.To.IsZero() {
			m.Flags = append(m.Flags, "--until="+w.To.Format(time.RFC3339Nano))
		}
	}
	if flag := flags.Lookup("site"); flag != nil && flag.Changed {
		m.Flags = append(m.Flags, siteFlag(o.Analysis.Site.Name))
	}
	slices.Sort(files)
	h := sha256.New()
	for _, name := range slices.Compact(files) {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, unreadable(name, err)
		}
		fmt.Fprintf(h, "%d\n", len(data))
		h.Write(data)
	}
	if len(files) > 0 {
		m.Configuration = hex.EncodeToString(h.Sum(nil))
	}
	m.Knowledge, m.Rules = o.Analysis.Digests()
	return m, nil
}
