package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"

	"practicum/analysis/lazily"
	"practicum/analysis/severity"
)

// The readers of single values. Their errors say what is wrong with the value; the caller adds
// where it stands.

// minus lets a total be written with the sign that typographers prefer.
var minus = strings.NewReplacer("−", "-")

var pointsForm = lazily.Regexp(`^([0-9]+)(?:\s*(?:to|-|–)\s*([0-9]+))?$`)

// points reads "4", "3 to 4" or "3-4".
func points(s string) (low, high int, err error) {
	m := pointsForm().FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil { // a negative number
			return 0, 0, fmt.Errorf("%d is not from 0 to 5", n)
		}
		return 0, 0, fmt.Errorf("%q is not points; write 4, or 3 to 4", s)
	}
	if low, high, err = interval(m[1], m[2]); err != nil {
		return 0, 0, err
	}
	for _, n := range []int{low, high} {
		if n > 5 {
			return 0, 0, fmt.Errorf("%d is not from 0 to 5", n)
		}
	}
	return low, high, nil
}

var totalForm = lazily.Regexp(`^(about\s+)?(-?[0-9]+)(?:\s*(?:to|-|–)\s*(-?[0-9]+))?$`)

// total reads "1", "about 4" or "-2 to -1".
func total(s string) (*severity.Total, error) {
	m := totalForm().FindStringSubmatch(strings.TrimSpace(minus.Replace(s)))
	if m == nil {
		return nil, fmt.Errorf("%q is not a total; write 1, about 4, or 1 to 2", s)
	}
	low, high, err := interval(m[2], m[3])
	if err != nil {
		return nil, err
	}
	for _, n := range []int{low, high} {
		if n < -10 || n > 10 {
			return nil, fmt.Errorf("%d is not from -10 to 10, which is as far as the formula goes", n)
		}
	}
	return &severity.Total{Low: low, High: high, About: m[1] != ""}, nil
}

func interval(from, to string) (low, high int, err error) {
	if low, err = strconv.Atoi(from); err != nil {
		return 0, 0, fmt.Errorf("%s is too large", from)
	}
	if to == "" {
		return low, low, nil
	}
	if high, err = strconv.Atoi(to); err != nil {
		return 0, 0, fmt.Errorf("%s is too large", to)
	}
	if low > high {
		return 0, 0, fmt.Errorf("%d to %d runs backwards; write the lower end first", low, high)
	}
	return low, high, nil
}

// number reads a whole number from low to high.
func number(s string, low, high int) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number", s)
	}
	if n < low || n > high {
		return 0, fmt.Errorf("%d is not from %d to %d", n, low, high)
	}
	return n, nil
}

var daysForm = lazily.Regexp(`^([0-9]+)d`)

// duration reads Go's form, with days before it: "24h", "30d", "1d12h".
func duration(s string) (time.Duration, error) {
	text := strings.TrimSpace(s)
	bad := fmt.Errorf("%q is not a time; write 24h, 90m or 30d", s)
	var d time.Duration
	if m := daysForm().FindStringSubmatch(text); m != nil {
		days, err := strconv.Atoi(m[1])
		if err != nil || days > 36500 {
			return 0, fmt.Errorf("%q is longer than a hundred years", s)
		}
		d = time.Duration(days) * 24 * time.Hour
		text = text[len(m[0]):]
	} else if text == "" {
		return 0, bad
	}
	if text != "" {
		rest, err := time.ParseDuration(text)
		if err != nil || rest < 0 {
			return 0, bad
		}
		d += rest
	}
	if d <= 0 {
		return 0, fmt.Errorf("%q is no time at all; it must be more than 0", s)
	}
	return d, nil
}

var offsetForm = lazily.Regexp(`^(?:UTC|GMT)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?$`)

// zone reads the name of a zone or an offset from UTC.
func zone(s string) (*time.Location, error) {
	text := strings.TrimSpace(minus.Replace(s))
	switch {
	case text == "":
		return nil, errors.New("is empty; write a zone such as UTC or Europe/Berlin")
	case strings.EqualFold(text, "UTC"), text == "Z":
		return time.UTC, nil
	case strings.EqualFold(text, "local"):
		// The same logs must give the same report on every machine.
		return nil, errors.New("the machine's own zone is not the logs'; name it, such as Europe/Berlin")
	}
	if m := offsetForm().FindStringSubmatch(text); m != nil {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi("0" + m[3])
		if hours > 14 || minutes > 59 {
			return nil, fmt.Errorf("%q is not an offset from UTC; the farthest are -12:00 and +14:00", s)
		}
		seconds := hours*3600 + minutes*60
		if m[1] == "-" {
			seconds = -seconds
		}
		if seconds == 0 {
			return time.UTC, nil
		}
		return time.FixedZone(fmt.Sprintf("UTC%s%02d:%02d", m[1], hours, minutes), seconds), nil
	}
	loc, err := time.LoadLocation(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a time zone; write one such as Europe/Berlin, or an offset such as +01:00", s)
	}
	return loc, nil
}

var timeForms = []string{
	time.RFC3339, "2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04",
}

// moment reads a time, or a day alone, in the zone where it names none.
func moment(s string, loc *time.Location) (t time.Time, day bool, err error) {
	text := strings.TrimSpace(s)
	if t, err := time.ParseInLocation(time.DateOnly, text, loc); err == nil {
		return t, true, nil
	}
	for _, form := range timeForms {
		if t, err := time.ParseInLocation(form, text, loc); err == nil {
			return t, false, nil
		}
	}
	return time.Time{}, false, fmt.Errorf("%q is not a day or a time; write 2000-04-30 or 2000-04-30T12:00:00Z", s)
}

// prefix reads an address or a network.
func prefix(s string) (netip.Prefix, error) {
	text := strings.TrimSpace(s)
	if addr, err := netip.ParseAddr(text); err == nil {
		if addr.Zone() != "" {
			return netip.Prefix{}, fmt.Errorf("%q names an interface; leave out what stands from the %% on", s)
		}
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is not an address or a network; write 192.0.2.7 or 192.0.2.0/24", s)
	}
	if p.Addr().Is4In6() {
		if p.Bits() < 96 {
			return netip.Prefix{}, fmt.Errorf("%q mixes IPv4 and IPv6; write the IPv4 network alone", s)
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	if p != p.Masked() {
		return netip.Prefix{}, fmt.Errorf("%q is an address within a network; write %s for the network", s, p.Masked())
	}
	return p, nil
}

// line reads a text for people: one line without control characters. A reason that a file
// spreads over several lines is joined.
func line(s string) (string, error) {
	text := strings.Join(strings.Fields(s), " ")
	for _, r := range text {
		if unicode.IsControl(r) {
			return "", fmt.Errorf("has the control character %U; remove it", r)
		}
	}
	return text, nil
}
