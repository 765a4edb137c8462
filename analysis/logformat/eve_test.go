package logformat

import (
	"bytes"
	"testing"

	"practicum/analysis/workload"
)

// FuzzEve holds that what is read quickly of a record of eve.json is what encoding/json reads.
func FuzzEve(f *testing.F) {
	for _, s := range []string{
		`{"timestamp":"2026-01-01T00:00:00.000000+0000","flow_id":774965446520557,"src_ip":"192.0.2.1","src_port":62378,"event_type":"alert","alert":{"action":"blocked","signature":"A b","gid":1}}`,
		`{"timestamp":"x","TIMESTAMP":"y"}`, `{"flow_id":1,"flow_id":2}`, `{"flow_id":18446744073709551616}`, `{"src_port":65536}`, `{"src_port":01}`, `{"src_port":1.0}`,
		`{"alert":null}`, `{"alert":{"signature":"a\"b"}}`, `{"host":null}`, `{"host":"\u0041"}`, `{"x":[1,-0.5e+3,true,null,{"y":"\ud800"}],"host":"a"} `, `{"x":-}`, `{"x":1e}`, `{} {}`, `{"host":"a",}`,
		"{\"ho\u017ft\":\"a\"}", "{\"x\":\"\xff\"}", "{\"x\":\"\x01\"}", ` { "host" : "a" , "proto":"TCP"}`, `{"x":"\u00"}`, `{"x":00}`, `{"alert":{},"alert":{"action":"a"}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var quick, slow eveRecord
		if !quick.quick(text) {
			return
		}
		if err := slow.slow(text); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if quick != slow {
			t.Errorf("%q: got %+v, want %+v", text, quick, slow)
		}
	})
}

// TestEveIsQuick holds that Suricata's own records are read quickly.
func TestEveIsQuick(t *testing.T) {
	kind, _ := workload.Named("eve")
	var log bytes.Buffer
	if err := kind.Write(&log, 1, 100_000); err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(log.Bytes()) {
		var quick, slow eveRecord
		text := string(bytes.TrimSpace(line))
		if !quick.quick(text) || slow.slow(text) != nil || quick != slow {
			t.Fatalf("%s: got %+v, want %+v", text, quick, slow)
		}
	}
}
