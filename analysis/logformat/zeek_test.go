package logformat

import (
	"strings"
	"testing"
)

// TestZeekQuick holds that objects which are read without a general parser are read as that reads them.
func TestZeekQuick(t *testing.T) {
	quick := 0
	for _, text := range []string{
		`{"ts":1562527532.904291,"uid":"CajWfz1b3qnnWT0BU9","id.orig_h":"203.0.113.2","id.orig_p":48380,"id.resp_h":"192.0.2.1","id.resp_p":22,"version":2,"auth_success":false,"auth_attempts":2}`,
		`{"ts":"2019-07-07T19:25:33.904291Z","id.orig_h":"2001:db8::2","auth_success":true,"auth_attempts":1}`,
		`{ "ts" : 1e9 , "note" : null, "proto": {"a":[1,"x"]}, "service":["http"], "conn_state": "S0" } `,
		`{"ts":-0.5,"proto":"tcp","proto":"udp"}`,
		`{"ts":1,"Proto":"tcp"}`,
		`{"ts":1,"note":"a\"b","sig_id":"\u00e9"}`,
		`{"ts":1,"note":"é"}`,
		`{"ts":01}`, `{"ts":1`, `{"ts":1} x`, `{"ts":tru}`, `{"ts":trueish}`, `{"ts":`, `{"_path":7,"ts":1.}`, `{}`,
	} {
		var fast, general zeekState
		err := general.object(text)
		if !fast.quick(text) {
			continue
		}
		if quick++; err != nil || fast.values != general.values {
			t.Errorf("%s is %q, want %q, %v", text, fast.values, general.values, err)
		}
	}
	if quick < 4 {
		t.Errorf("only %d are read quickly", quick)
	}
}

// TestZeekRow holds that the columns of a row are those that the header names, the first of several, and that empty ones say nothing.
func TestZeekRow(t *testing.T) {
	var s zeekState
	s.header("ts\tuid\tproto\tservice\tproto\tnote")
	if !s.row("1\tC1\t-\t(empty)\tudp") {
		t.Fatal("a row with fewer columns is refused")
	}
	if s.get(zeekTS) != "1" || s.get(zeekProto) != "udp" || s.get(zeekService) != "" || s.get(zeekNote) != "" || s.get(zeekNone) != "" {
		t.Errorf("%q", s.values)
	}
	if s.row(strings.Repeat("x\t", 6)) {
		t.Error("a row with more columns than the header is read")
	}
}
