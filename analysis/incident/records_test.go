package incident

import (
	"bytes"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"practicum/analysis"
)

// TestStateAgain holds that a Builder that was read is written as it was, whatever its records are: of several inputs, out of order, with parts of
// seconds, sessions of their own, addresses with zones, long messages.
func TestStateAgain(t *testing.T) {
	b := NewBuilder(Options{})
	for i, e := range logged(1500) {
		e.Input = i % 3
		switch i % 11 {
		case 0:
			e.Time = e.Time.Add(time.Duration(i) * time.Millisecond)
		case 1:
			e.Time = e.Time.Add(time.Duration(i) * time.Nanosecond)
		case 2:
			e.Session = uint64(i) << 50
		case 3:
			e.Source.IP = netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", i%40))
		case 4:
			e.Source.IP = netip.MustParseAddr(fmt.Sprintf("fe80::%x%%eth0", i%4))
		case 5:
			e.Message, e.Context = fmt.Sprintf(`"GET /%d HTTP/1.1" 404 %d "-" "%s"`, i%7, i, strings.Repeat("agent ", 20)), true
		case 6:
			e.Message, e.Context = fmt.Sprintf("\"GET /\x00 007 %d%s\"", i%3, strings.Repeat(" 9", 50)), true
		case 7:
			e.PID, e.User = 30_000-i%100, "anna"
		}
		addTo(b, []*analysis.Event{e})
	}
	description, records := b.State()
	back, err := DecodeState(description, records, 3, Options{})
	if err != nil {
		t.Fatal(err)
	}
	again, recordsAgain := back.State()
	if !bytes.Equal(again, description) || !bytes.Equal(recordsAgain, records) {
		t.Errorf("written again it has %d and %d bytes, or others; before, %d and %d", len(again), len(recordsAgain), len(description), len(records))
	}
	for at := 0; at < len(records)-4; at += len(records) / 20 {
		if _, err := DecodeState(description, records[:at], 3, Options{}); err == nil {
			t.Fatalf("the first %d of %d bytes of the records are enough", at, len(records))
		}
	}
	if _, err := DecodeState(description, records, 2, Options{}); err == nil {
		t.Error("records of three inputs are read as those of two")
	}
}

// FuzzCoder holds that what a coder wrote is read again, whatever the numbers are.
func FuzzCoder(f *testing.F) {
	f.Add(uint64(0), int64(-1), []byte("abc"), "a 12 b")
	f.Add(uint64(math.MaxUint64), int64(math.MinInt64), []byte{255, 0, 255}, `"GET / 1 01 18446744073709551616" 200 1`+"\x00")
	f.Fuzz(func(t *testing.T, v uint64, n int64, some []byte, message string) {
		code := func(c *coder, v uint64, n int64, some []byte) (uint64, int64, uint64, []byte) {
			var s, signed sizes
			var o octets
			some = slices.Clone(some)
			for range 3 {
				v, n = c.number(&s, v), c.signed(&signed, n)
			}
			for i := range some {
				some[i] = c.octet(&o, some[i])
			}
			return v, n, c.plain(v, 40), some
		}
		w := newWriter()
		code(w, v, n, some)
		m := newMessageWriter(w, func(yield func(string) bool) { yield(message) })
		m.write(message)
		m.write(message)
		data := w.finish()
		r := newReader(data)
		gotV, gotN, gotPlain, gotSome := code(r, 0, 0, make([]byte, len(some)))
		if gotV != v || gotN != n || gotPlain != v&(1<<40-1) || !bytes.Equal(gotSome, some) {
			t.Errorf("of %d, %d and %q, it read %d, %d, %d and %q", v, n, some, gotV, gotN, gotPlain, gotSome)
		}
		back := newMessageReader(r, m.pieces)
		for range 2 {
			if got := back.read(); got != message {
				t.Errorf("message %q was read as %q", message, got)
			}
		}
		if r.failed {
			t.Error("more was read than was written")
		}
	})
}

// TestStateOfAnotherGap holds that a state is refused whose spans would not stay as they are written: it was made with a smaller gap, and a record
// between two of them would join them.
func TestStateOfAnotherGap(t *testing.T) {
	b := NewBuilder(Options{Gap: time.Hour})
	for i, at := range []time.Duration{0, 3 * time.Hour} {
		e := packet("192.0.2.1", 80, at, int64(i))
		b.Add(e, "probe", 0)
		e.Input = 1
		b.AddCopy(e, "probe") // lines that no record of the span has
	}
	b.Add(packet("192.0.2.1", 80, 90*time.Minute, 2), "probe", 0)
	b.Add(packet("192.0.2.2", 80, 3*time.Hour, 3), "probe", 0)
	description, records := b.State()
	if _, err := DecodeState(description, records, 2, Options{Gap: time.Hour}); err != nil {
		t.Errorf("with the gap that it was made with: %v", err)
	}
	if _, err := DecodeState(description, records, 2, Options{Gap: 24 * time.Hour}); err == nil {
		t.Error("with a gap that joins its spans, it is read")
	}
}
