package config

import (
	"strings"
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 1, 0, 30, 0, 0, berlin) // October still in UTC
	for _, test := range []struct {
		what     string
		p        Period
		zone     *time.Location
		from, to string
		month    string
	}{
		{"a month with the end of summer time has an hour more", Period{Month: "2026-10"}, berlin, "2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00", "2026-10"},
		{"last, where it is November already", Period{Month: "last"}, berlin, "2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00", "2026-10"},
		{"last, where it is October still", Period{Month: "last"}, time.UTC, "2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z", "2026-09"},
		{"this", Period{Month: "this"}, berlin, "2026-11-01T00:00:00+01:00", "2026-12-01T00:00:00+01:00", "2026-11"},
		{"December", Period{Month: "2026-12"}, time.UTC, "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-12"},
		{"days are counted on the calendar", Period{Last: "30d"}, berlin, "2026-10-02T00:30:00+02:00", "2026-11-01T00:30:00+01:00", ""},
		{"hours are hours", Period{Last: "24h"}, berlin, "2026-10-31T00:30:00+01:00", "2026-11-01T00:30:00+01:00", ""},
		{"days and a time", Period{Since: "2026-10-25", Until: "2026-10-26T12:00:00Z"}, berlin, "2026-10-25T00:00:00+02:00", "2026-10-26T13:00:00+01:00", ""},
		{"open at the end", Period{Since: "2026-10-25"}, time.UTC, "2026-10-25T00:00:00Z", "", ""},
		{"all", Period{}, time.UTC, "", "", ""},
	} {
		w, err := test.p.Window(test.zone, now)
		if err != nil {
			t.Errorf("%s: %v", test.what, err)
			continue
		}
		form := func(x time.Time) string {
			if x.IsZero() {
				return ""
			}
			return x.Format(time.RFC3339)
		}
		if form(w.From) != test.from || form(w.To) != test.to || w.Month != test.month {
			t.Errorf("%s: %s to %s, month %q", test.what, form(w.From), form(w.To), w.Month)
		}
		if !w.From.IsZero() && (!w.Contains(w.From) || w.Contains(w.From.Add(-1))) || !w.To.IsZero() && (w.Contains(w.To) || !w.Contains(w.To.Add(-1))) {
			t.Errorf("%s: not half-open", test.what)
		}
	}
}

// A stronger layer replaces what a weaker one says of the period, and two words of one layer are an error.
func TestPeriodLayers(t *testing.T) {
	got, err := resolve("site.yaml", "period: {month: last}", nil, testFlags(t, "--since=2026-10-05"))
	if err != nil {
		t.Fatal(err)
	}
	if want := (Period{Since: "2026-10-05"}); got.Period != want {
		t.Errorf("got %+v", got.Period)
	}
	for text, want := range map[string]string{
		"period: {month: last, last: 30d}":               "site.yaml: period.last: stands beside month",
		"period: {month: October}":                       `site.yaml: period.month: "October" is not a month`,
		"period: {since: 2026-10-05, until: 2026-10-05}": "is not after",
		"period: {until: yesterday}":                     `site.yaml: period.until: "yesterday" is not a day or a time`,
		"output: {name: '{month}-{day}'}":                "{day} stands for nothing",
		"output: {name: 'a/b'}":                          "the folder is said by output.dir",
	} {
		if _, err := resolve("site.yaml", text, nil, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

func TestFill(t *testing.T) {
	w, err := Period{Month: "2026-10"}.Window(time.UTC, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		pattern string
		n       Naming
		want    string
	}{
		{"{site}-{month}-{tlp}", Naming{"Berlin, Haus 2", w, "AMBER+STRICT"}, "berlin--haus-2-2026-10-amber+strict"},
		{"{site}-{month}-{tlp}", Naming{"b", w, ""}, "b-2026-10"},
		{"{tlp}{month}", Naming{"", w, ""}, "2026-10"},
		{"reports/{since}_{until}", Naming{"", w, ""}, "reports/2026-10-01_2026-11-01"},
		{"{site}", Naming{"../../etc", w, ""}, "etc"},
	} {
		if got, err := test.n.Fill(test.pattern); err != nil || got != test.want {
			t.Errorf("%s: %q, %v", test.pattern, got, err)
		}
	}
	for _, pattern := range []string{"{month}", "{site}", "{since}", "{until}"} {
		if got, err := (Naming{}).Fill(pattern); err == nil {
			t.Errorf("%s: %q and no error", pattern, got)
		}
	}
}
