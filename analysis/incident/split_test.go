package incident

import (
	"testing"
	"time"
)

// TestSplitLosesNothing holds that a campaign which cannot be split, because not all records of one of its sources are kept, is as it was: those
// of the other sources, which could be, are not taken apart.
func TestSplitLosesNothing(t *testing.T) {
	const many, few = 2 * firstPruned, 10
	made := func(decisions []Decision) (list []string, records int) {
		o := uncommon
		o.Decisions = decisions
		b := NewBuilder(o)
		for i := range few {
			b.Add(packet("192.0.2.1", 13223, time.Duration(i)*time.Hour, int64(i)), "trojan-port", 0)
		}
		for i := range many {
			b.Add(packet("192.0.2.2", 13223, time.Duration(i)*10*time.Hour/many, int64(few+i)), "trojan-port", 0)
		}
		all := finish(b)
		for _, in := range all {
			list = append(list, in.ID)
			records += in.Records
		}
		return list, records
	}
	ids, records := made(nil)
	if len(ids) != 1 || records != many+few {
		t.Fatalf("%d incidents with %d records, want one with %d", len(ids), records, many+few)
	}
	again, after := made([]Decision{{Ref: Ref{ID: ids[0]}, Verb: Split, At: start.Add(5 * time.Hour), Reason: "two things"}})
	if len(again) != 1 || again[0] != ids[0] || after != records {
		t.Errorf("%v with %d records, want %v with %d", again, after, ids, records)
	}
}
