package incident

import (
	"math"
	"slices"
	"testing"

	"practicum/analysis"
)

// FuzzPacked holds that what was packed is unpacked again, whatever the records are.
func FuzzPacked(f *testing.F) {
	f.Add(int64(1_772_366_400_000_000_000), int64(1_500_000_000), uint64(0), int32(7), int32(812), uint16(22), uint16(40_000), byte(0))
	f.Add(int64(math.MinInt64), int64(math.MaxInt64), uint64(math.MaxUint64), int32(math.MinInt32), int32(math.MaxInt32), uint16(0), uint16(65535), byte(3))
	f.Add(int64(-1), int64(-second), uint64(1), int32(0), int32(-1), uint16(1), uint16(0), byte(1))
	f.Fuzz(func(t *testing.T, at, step int64, session uint64, line, pid int32, port, srcPort uint16, marked byte) {
		b := newMemory(newTables(), newChunks())
		e := analysis.Event{Host: "gate", Format: "sshd", Lines: []analysis.LineRange{{First: 1, Last: 1}}}
		var want []kept
		for i := range int32(4) {
			e.Program = string(rune('a' + i%2))
			k := kept{
				at: at + step*int64(i), session: session, facts: b.factsOf(&e, "", 0), said: uint32(i & 1), user: uint32(i) << 20, line: line - i*line/2, pid: pid,
				input: i / 2, port: port + uint16(i), srcPort: srcPort, marks: marks(marked & 3),
			}
			if i%2 == 1 {
				k.session = b.sessionOf(k.facts, k.pid)
			}
			want = append(want, k)
		}
		var p packed
		b.packAll(&p, want)
		if got := b.unpack(&p, nil); !slices.Equal(got, want) {
			t.Errorf("packed %+v, unpacked %+v", want, got)
		}
	})
}
