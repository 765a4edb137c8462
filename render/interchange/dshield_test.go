package interchange_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"practicum/analysis"
	"practicum/render/interchange"
)

// dshieldField are the rules by which the client of DShield accepts a line before it sends it (iptables.pl of 2013, validate_dshield
// and talky_validate), field by field and each for the whole of it.
var dshieldField = []*regexp.Regexp{
	regexp.MustCompile(`^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} [+-]\d{2}:?\d{2}$`), // time
	regexp.MustCompile(`^\d+$`), // account
	regexp.MustCompile(`^\d+$`), // count
	regexp.MustCompile(`^(?:[0-9.]{7,15}|(?:[0-9a-f]{4}:){7}[0-9a-f]{4})$`), // source
	regexp.MustCompile(`^(?:\d+|\?\?\?)$`),
	regexp.MustCompile(`^(?:[0-9.]{7,15}|(?:[0-9a-f]{4}:){7}[0-9a-f]{4})$`), // target
	regexp.MustCompile(`^(?:\d+|\?\?\?)$`),
	regexp.MustCompile(`^[0-9TCPIMUD?]{1,4}$`), // protocol
	regexp.MustCompile(`^[12UPFSAR]{0,8}$`),    // flags
}

func TestDShield(t *testing.T) {
	golden(t, "sample.dshield.txt", written(t, "dshield", sample(), options()))
	golden(t, "founding.dshield.txt", written(t, "dshield", analysed(t, "founding"), catalogue()))
	lines := 0
	everything(t, func(name string, r *analysis.Report, o interchange.Options) {
		if o.TLP != "" && o.TLP != "CLEAR" || r.Made != nil && r.Made.Obscured {
			return // TestDShieldIsPublic
		}
		for line := range strings.Lines(string(written(t, "dshield", r, o))) {
			lines++
			fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			if len(fields) != len(dshieldField) {
				t.Errorf("%s: %d fields: %q", name, len(fields), line)
				continue
			}
			for i, f := range fields {
				if !dshieldField[i].MatchString(f) {
					t.Errorf("%s: field %d is %q", name, i, f)
				}
			}
			if strings.Contains(fields[3], ":") != strings.Contains(fields[5], ":") {
				t.Errorf("%s: source and target are of different families: %q", name, line)
			}
		}
	})
	if lines < 10 {
		t.Errorf("only %d lines were looked at", lines)
	}
}

// Pseudonyms would accuse strangers, and a label that keeps a report among few keeps it from DShield.
func TestDShieldIsPublic(t *testing.T) {
	obscured := sample()
	obscured.Made = &analysis.Made{Obscured: true}
	if _, err := interchange.Write(&bytes.Buffer{}, "dshield", obscured, options()); err == nil || !strings.Contains(err.Error(), "pseudonyms") {
		t.Errorf("obscured: %v", err)
	}
	for label, refused := range map[string]bool{"": false, "CLEAR": false, "GREEN": true, "AMBER": true, "AMBER+STRICT": true, "RED": true} {
		o := options()
		o.TLP = label
		if _, err := interchange.Write(&bytes.Buffer{}, "dshield", sample(), o); (err != nil) != refused {
			t.Errorf("TLP:%s: %v", label, err)
		}
	}
}
