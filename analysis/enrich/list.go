package enrich

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/gaissmai/bart"
	"go4.org/netipx"

	"practicum/analysis"
	"practicum/analysis/lazily"
)

// List is a list of addresses and networks.
type List struct {
	file  analysis.LookupFile
	table bart.Lite
}

// maxWrong is how many wrong lines of a list are named.
const maxWrong = 5

// ReadList reads a list: an address, a network or a range a line, with comments behind # or ; and whatever else a line says
// behind white space. DShield's lists are of that form: block.txt has the ends of a range in two columns, and the lists of
// sources fill addresses up with zeros (https://www.dshield.org/block.txt and /ipsascii.html, as of 2024). modified is the
// file's time, which dates a list that does not say its date in a comment.
//
// Lines that are none of these are errors, each with the path and the line.
func ReadList(name, path string, meaning analysis.Meaning, data []byte, modified time.Time) (*List, error) {
	sum := sha256.Sum256(data)
	l := &List{file: analysis.LookupFile{
		File: base(path), Kind: "list", Name: clean(name), Meaning: meaning, SHA256: hex.EncodeToString(sum[:]),
		Date: modified.UTC().Truncate(time.Second), DatedBy: analysis.DatedByFile,
	}}
	var wrong []error
	n := 0
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		n++
		text, comment := string(bytes.TrimSpace(line)), ""
		if i := strings.IndexAny(text, "#;"); i >= 0 {
			text, comment = strings.TrimSpace(text[:i]), text[i+1:]
		}
		if t, ok := dateOf(comment); ok && l.file.DatedBy == analysis.DatedByFile {
			l.file.Date, l.file.DatedBy = t, analysis.DatedByContent
		}
		if text == "" {
			continue
		}
		prefixes, err := entry(strings.Fields(text))
		if err != nil {
			if len(wrong) == maxWrong {
				wrong = append(wrong, fmt.Errorf("%s: has more lines like these", path))
				break
			}
			wrong = append(wrong, fmt.Errorf("%s:%d: %w", path, n, err))
			continue
		}
		for _, p := range prefixes {
			l.table.Insert(p)
		}
	}
	l.file.Entries = l.table.Size()
	return l, errors.Join(wrong...)
}

// entry reads the words of a line: none is an error.
func entry(words []string) ([]netip.Prefix, error) {
	first := words[0]
	if len(words) > 1 && strings.EqualFold(first, "Start") && strings.EqualFold(words[1], "End") {
		return nil, nil // the head of DShield's columns
	}
	from, to, ranged := strings.Cut(first, "-")
	if len(words) > 1 && !ranged && !strings.Contains(first, "/") {
		if _, err := address(words[1]); err == nil {
			from, to, ranged = first, words[1], true
		}
	}
	switch {
	case ranged:
		low, err := address(from)
		if err != nil {
			return nil, err
		}
		high, err := address(to)
		if err != nil {
			return nil, err
		}
		r := netipx.IPRangeFrom(low, high)
		if !r.IsValid() {
			return nil, fmt.Errorf("%q to %q is no range of addresses; write the lower end first", clean(from), clean(to))
		}
		return r.Prefixes(), nil
	case strings.Contains(first, "/"):
		p, err := netip.ParsePrefix(first)
		if err != nil {
			return nil, notOne(first)
		}
		if p.Addr().Is4In6() {
			return nil, fmt.Errorf("%q mixes IPv4 and IPv6; write the IPv4 network alone", clean(first))
		}
		if p != p.Masked() {
			return nil, fmt.Errorf("%q is an address within a network; write %s for the network", clean(first), p.Masked())
		}
		return []netip.Prefix{p}, nil
	}
	ip, err := address(first)
	if err != nil {
		return nil, err
	}
	return []netip.Prefix{netip.PrefixFrom(ip, ip.BitLen())}, nil
}

func notOne(text string) error {
	return fmt.Errorf("%q is not an address, a network or a range; write 192.0.2.7, 192.0.2.0/24 or 192.0.2.1-192.0.2.9, and comments behind #", clean(text))
}

// zeros is an address as DShield fills it up: 009.009.009.009. With fewer zeros it could as well be octal.
var zeros = lazily.Regexp(`^\d{3}\.\d{3}\.\d{3}\.\d{3}$`)

var leading = lazily.Regexp(`(^|\.)0{1,2}(\d)`)

func address(text string) (netip.Addr, error) {
	plain := text
	if zeros().MatchString(text) {
		plain = leading().ReplaceAllString(text, "$1$2")
	}
	ip, err := netip.ParseAddr(plain)
	if err != nil || ip.Zone() != "" {
		return ip, notOne(text)
	}
	return ip.Unmap(), nil
}

// dated is a comment in which a list says when it was made: "updated:" of DShield, "Last-Modified:" of Spamhaus, "This File
// Date :" of FireHOL, "Last updated:" of abuse.ch.
var dated = lazily.Regexp(`(?i)\b(?:updated|modified|file date|generated|date)[^:\w]*:\s*(.+)`)

var dateForms = [...]string{time.ANSIC, time.UnixDate, time.RFC1123, time.RFC1123Z, time.RFC3339, "2006-01-02 15:04:05 (MST)", "2006-01-02 15:04:05 MST", time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateOnly, "2006/01/02"}

// dateOf is the date that a comment gives to its list. A zone that is not named is taken for UTC.
func dateOf(comment string) (time.Time, bool) {
	m := dated().FindStringSubmatch(comment)
	if m == nil {
		return time.Time{}, false
	}
	text := strings.Join(strings.Fields(strings.TrimRight(m[1], " #*")), " ")
	for _, form := range dateForms {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// lookup is the narrowest entry that has the address.
func (l *List) lookup(ip netip.Addr) (netip.Prefix, bool) {
	return l.table.LookupPrefixLPM(netip.PrefixFrom(ip, ip.BitLen()))
}
