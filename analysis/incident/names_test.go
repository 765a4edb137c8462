package incident

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"

	"practicum/analysis"
)

// TestWhereabouts compares the nearest address that a name was stated with to looking at all of them.
func TestWhereabouts(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	between, ties := 0, 0
	for range 5000 {
		list := make([]stated, r.IntN(8))
		for i := range list {
			first := r.Int64N(30)
			list[i] = stated{netip.AddrFrom4([4]byte{192, 0, 2, byte(r.IntN(6))}), first, first + r.Int64N(6)}
		}
		w := newWhereabouts(list)
		for range 10 {
			first := r.Int64N(40) - 5
			last := first
			if r.IntN(4) == 0 {
				last += r.Int64N(5)
			}
			nearest := func(each func(try func(netip.Addr, time.Duration))) (best netip.Addr, distance time.Duration) {
				distance = -1
				each(func(ip netip.Addr, d time.Duration) {
					if distance < 0 || d < distance || d == distance && ip.Less(best) {
						best, distance = ip, d
					}
				})
				return best, distance
			}
			got, gotFar := nearest(func(try func(netip.Addr, time.Duration)) { w.nearest(first, last, try) })
			n := 0
			want, wantFar := nearest(func(try func(netip.Addr, time.Duration)) {
				s := span{first: first, last: last}
				for _, v := range list {
					try(v.ip, s.distance(v.first, v.last))
				}
			})
			s := span{first: first, last: last}
			for _, v := range list {
				if s.distance(v.first, v.last) == wantFar {
					n++
				}
			}
			if n > 1 {
				ties++
			}
			if wantFar > 0 {
				between++
			}
			if got != want || gotFar != wantFar {
				t.Fatalf("from %d to %d of %v: %v, %d away, want %v, %d away", first, last, list, got, gotFar, want, wantFar)
			}
		}
	}
	if between < 1000 || ties < 1000 {
		t.Errorf("%d times between two, %d ties: too few to prove anything", between, ties)
	}
}

// TestNamesAlone holds that sources which no record gives an address of are under their names, whichever hosts logged them, the same whether
// they are moved as a whole or record by record, because a process of each logged an address as well, at another time.
func TestNamesAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 50 {
		whole, apart := NewBuilder(Options{}), NewBuilder(Options{})
		names := map[string]bool{}
		for i := range 200 {
			e := packet("192.0.2.1", 4000+r.IntN(5), time.Duration(r.IntN(9*86400))*time.Second, int64(i))
			e.Host, e.Source = fmt.Sprintf("h%d", r.IntN(3)), analysis.Endpoint{Name: fmt.Sprintf("n%d.example.net", r.IntN(4))}
			kind := []string{"unused-port-probe", ""}[r.IntN(2)]
			whole.Add(e, kind, 0)
			e.Session = uint64(i + 1)
			apart.Add(e, kind, 0)
			long := packet("192.0.2.1", 4000, -99*days, int64(1000+i)) // before
			long.Session = e.Session
			apart.Add(long, "", 0)
			names[e.Source.Name] = true
		}
		got, want := finish(whole), finish(apart)
		for _, list := range [][]analysis.Incident{got, want} {
			for _, in := range list {
				if len(in.Sources) != 1 || !names[in.Sources[0].Name] || in.Sources[0].IP != "" {
					t.Fatalf("an incident of %+v", in.Sources)
				}
				for i := range in.Events {
					in.Events[i].Session = 0
				}
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("moved as a whole they are incidents of\n%s, record by record of\n%s", sources(got), sources(want))
		}
	}
}

// TestStatedBeyond holds that names which sources stated that are not told apart join as those of the others do, whatever the order.
func TestStatedBeyond(t *testing.T) {
	b := NewBuilder(Options{Gap: time.Hour})
	s := statement{"gate", "evil.example"}
	one, two := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for _, m := range []int64{0, 200, 50, 100} { // the last one bridges
		for _, ip := range []netip.Addr{one, two} {
			at := m * int64(time.Minute)
			if ip == two {
				at *= 10
			}
			b.stateBeyond(s, stated{ip, at, at})
		}
	}
	if got := b.stated[s][one]; len(got) != 2 || got[0].last-got[0].first+got[1].last-got[1].first != int64(100*time.Minute) {
		t.Errorf("%v: want one time of 100 minutes and one of none", got)
	}
	if got := b.stated[s][two]; len(got) != 4 {
		t.Errorf("%v: want four times, which are ten times as far apart", got)
	}
}

// TestClaimForward holds that what is appended where a log runs forward is what would have been joined, in whatever order the times come.
func TestClaimForward(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	ip, gap := netip.MustParseAddr("192.0.2.1"), int64(20)
	appended := 0
	for range 5000 {
		var got, want claim
		at := int64(1000)
		for range r.IntN(30) {
			at += [...]int64{r.Int64N(50), r.Int64N(5), -r.Int64N(60), 200}[r.IntN(4)]
			got.with(stated{ip, at, at}, gap)
			if len(got.list) > 1 && got.forward {
				appended++
			}
			want.forward = false // so that it joins
			want.with(stated{ip, at, at}, gap)
			if !slices.Equal(got.list, want.list) {
				t.Fatalf("got %v, want %v", got.list, want.list)
			}
		}
	}
	if appended == 0 {
		t.Error("nothing was appended")
	}
}
