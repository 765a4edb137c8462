package detect

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"practicum/analysis"
)

// TestLongRequests holds that a Judging which was asked about long requests before says of each what Judge says: of those that are the
// same but for the size of the answer, and of those that differ at their beginning, their end, their agent or where nobody looks.
func TestLongRequests(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	judge := NewJudging(nil)
	kinds := map[string]int{}
	for range 4000 {
		begin := []string{"/", "/default.ida?", "/x?f=../../etc/passwd&", `/\x90`, "/search?q="}[r.IntN(5)]
		fill := strings.Repeat([]string{"N", `\x90`, "ab/", "%u9090"}[r.IntN(4)], []int{1, 400, 1200, 3000}[r.IntN(4)])
		end := []string{"", "%u0000=a", "/../../winnt/system32/cmd.exe", "&x=1'+union+select+1"}[r.IntN(4)]
		agent := []string{"-", "Mozilla/5.0", "() { :; }; /bin/id", "sqlmap/1.0"}[r.IntN(4)]
		e := analysis.Event{
			Format: []string{"webaccess", "jsonaccess", "weberror"}[r.IntN(3)], Action: analysis.ActionInfo, Tries: analysis.TriesConnection,
			Message: fmt.Sprintf(`"GET %s HTTP/1.0" %d %d "-" "%s"`, begin+fill+end, 200+204*r.IntN(2), r.IntN(100_000), agent),
		}
		got, want := judge.Of(&e), Judge(&e)
		if got != want {
			t.Fatalf("%.80s… (%d bytes): %+v, want %+v", e.Message, len(e.Message), got, want)
		}
		kinds[want.Kind]++
	}
	if len(kinds) < 4 {
		t.Errorf("there are only requests of %v", kinds)
	}
}

// TestLooked holds what is looked at of a record: all of it, or its begin and its end.
func TestLooked(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	text := make([]byte, 4*longRequest)
	for i := range text {
		text[i] = 'a' + byte(r.IntN(26))
	}
	for range 2000 {
		whole := string(text[:r.IntN(2*longRequest)])
		at := r.IntN(len(whole) + 1)
		want := whole
		if len(whole) > longRequest {
			want = whole[:longRequest*3/4] + whole[len(whole)-longRequest/4:]
		}
		if got := string(looked([]byte("x"), whole[:at], whole[at:])); got != "x"+want {
			t.Fatalf("of %d bytes, parted at %d: %d bytes are looked at, and not the right ones", len(whole), at, len(got)-1)
		}
	}
}
