package logformat

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
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

// TestQuickObject holds that objects which are read without a general parser are read as that reads them, of the keys that are wanted.
func TestQuickObject(t *testing.T) {
	keys := keysOf("a", "b", "list", "object")
	quick := 0
	for _, text := range []string{
		`{"a":"x","b":1.50,"c":[1,{"a":2}],"list":[1,"x",null,true,[],{}],"object":{"a":{"b":[false]},"a":"again"}}`,
		` { "a" : -0.0e-3 , "b" : null } `, `{}`, `{"a":{}}`, `{"list":[]}`, `{"a":1e999}`, `{"a":01}`, `{"a":"é"}`, `{"a":"\n\t\"\/"}`, `{"a":"\u0041"}`, `{"A":1}`, `{"a":1,"a":2}`,
		`{"a":1`, `{"a":1} x`, `{"a":}`, `{"a":nul}`, `{"a":[1,]}`, `{"object":{"é":1}}`, `{"object":{"a" 1}}`, `[]`, ``, `{"list":` + strings.Repeat("[", 60) + strings.Repeat("]", 60) + `}`,
	} {
		var all map[string]any
		if got, ok := quickMap(text); ok && (json.Unmarshal([]byte(text), &all) != nil || !reflect.DeepEqual(got, all)) {
			t.Errorf("%s is %#v, want %#v", text, got, all)
		}
		got, ok := quickObject(text, keys)
		if !ok {
			continue
		}
		quick++
		var want map[string]any
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Errorf("%s is read: %v", text, err)
		}
		for _, k := range keys.list {
			if _, known := want[k]; !known {
				continue
			}
			if g, known := got[k]; !known || !reflect.DeepEqual(g, want[k]) {
				t.Errorf("%s: %s is %#v, want %#v", text, k, got[k], want[k])
			}
		}
		if len(got) > len(want) {
			t.Errorf("%s is %v", text, got)
		}
	}
	if quick < 5 {
		t.Errorf("only %d are read quickly", quick)
	}
}

// TestCowrieQuick holds that an event of Cowrie that is read without a general parser is read as that reads it.
func TestCowrieQuick(t *testing.T) {
	testQuick(t, (*cowrieRecord).quick, 2,
		`{"eventid":"cowrie.login.failed","username":"root","password":"a\"b","message":"login attempt [root/…]","sensor":"pot","timestamp":"2023-01-01T00:00:00.000000Z","src_ip":"203.0.113.7","session":"abc"}`,
		`{"eventid":"cowrie.session.connect","src_ip":"203.0.113.7","src_port":4711,"dst_ip":"192.0.2.1","dst_port":22,"protocol":"ssh","x":{"src_port":"no"}} `,
		`{"src_port":65536}`, `{"src_port":"22"}`, `{"username":null}`, `{"username":"é"}`, `{"username":7}`, `{"Username":"a"}`, `{"username":"a","username":"b"}`, `{`, `{}x`,
	)
}

// TestDockerQuick holds that a line of Docker's that is read without a general parser is read as that reads it.
func TestDockerQuick(t *testing.T) {
	testQuick(t, (*dockerRecord).quick, 3,
		`{"log":"198.51.100.7 - - [01/Jan/2026:00:00:00 +0000] \"GET /a\\b\/c HTTP/1.1\" 404\t1\n","stream":"stdout","time":"2026-01-01T00:00:00.123456789Z"}`,
		` {"attrs":{"log":"no"},"log":"plain","stream":"stderr"} `, `{"log":"","stream":""}`,
		`{"log":"\u001b[0m"}`, `{"log":"é"}`, `{"log":null}`, `{"log":7}`, `{"log":"a\`, `{"log":"a\q"}`, `{"log":"a`, `{"log":"a","log":"b"}`, `{"Log":"a"}`,
	)
}

// TestJournalQuick holds that an object of the journal that is read without a general parser is read as that reads it.
func TestJournalQuick(t *testing.T) {
	testQuick(t, (*journalRecord).quick, 2,
		`{"__REALTIME_TIMESTAMP":"1672531200000000","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"sshd","_PID":"7","MESSAGE":"Invalid user \"a\" from 203.0.113.9","_CAP":["x",1]}`,
		`{"MESSAGE":[72,105],"_HOSTNAME":"h"}`, `{"MESSAGE":null}`, `{"MESSAGE":["a","b"]}`, `{"MESSAGE":"a","MESSAGE":"b"}`, `{"MESSAGE":"\u0007"}`, `{"_PID":7}`, `{}`,
	)
}

// testQuick holds that of some texts so many are read without a general parser, and as that reads them.
func testQuick[T any](t *testing.T, quick func(*T, string) bool, want int, texts ...string) {
	t.Helper()
	n := 0
	for _, text := range texts {
		var fast, general T
		if !quick(&fast, text) {
			continue
		}
		n++
		if err := json.Unmarshal([]byte(text), &general); err != nil || !reflect.DeepEqual(fast, general) {
			t.Errorf("%s is %+v, want %+v, %v", text, fast, general, err)
		}
	}
	if n != want {
		t.Errorf("%d are read quickly, want %d", n, want)
	}
}
