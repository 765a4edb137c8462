package merge

import (
	"cmp"
	"slices"
	"strings"
)

// unit is what is matched: a section, a part, a block, an item.
type unit struct {
	key   string // names it in every version; empty when nothing does
	same  string // what it has in common with a version of it that only stands elsewhere
	norm  string
	plain string
	kind  int // units of different kinds are never alike
}

// pick is one unit in up to three versions, as indices; −1 where a version lacks it.
type pick struct{ b, u, n int }

// plan matches three lists and puts what any of the last two has into one order: that of the fresh
// version, unless the person moved something.
func plan(b, u, n []unit) []pick {
	bu, ub := match(b, u)
	bn, nb := match(b, n)
	un := make([]int, len(u))
	nu := make([]int, len(n))
	var restU, restN []int
	for i := range u {
		un[i] = -1
		if ub[i] >= 0 {
			un[i] = bn[ub[i]]
		} else {
			restU = append(restU, i)
		}
	}
	for i := range n {
		nu[i] = -1
		if nb[i] >= 0 {
			nu[i] = bu[nb[i]]
		}
		if nb[i] < 0 {
			restN = append(restN, i)
		}
	}
	xu, xn := sub(u, restU), sub(n, restN)
	pairs, _ := match(xu, xn)
	for i, j := range pairs {
		if j >= 0 {
			un[restU[i]], nu[restN[j]] = restN[j], restU[i]
		}
	}

	moved := false
	last := -1
	for i := range u {
		if ub[i] >= 0 {
			moved = moved || ub[i] < last
			last = max(last, ub[i])
		}
	}
	if len(b) == 0 { // nobody knows who moved what
		last = -1
		for i := range u {
			if un[i] >= 0 {
				moved = moved || un[i] < last
				last = max(last, un[i])
			}
		}
	}
	ofU := func(i int) pick { return pick{ub[i], i, un[i]} }
	ofN := func(i int) pick { return pick{nb[i], nu[i], i} }
	if moved {
		return weave(len(u), nu, ofU, ofN)
	}
	return weave(len(n), un, ofN, ofU)
}

// weave takes the leader's units in its order and puts each of the other's own behind the unit that it
// follows there.
func weave(leaders int, ol []int, ofL, ofO func(int) pick) []pick {
	after := make([][]int, leaders+1) // [0] is the start
	at := 0
	for i := range ol {
		if ol[i] >= 0 {
			at = ol[i] + 1
			continue
		}
		after[at] = append(after[at], i)
	}
	var out []pick
	for i := -1; i < leaders; i++ {
		if i >= 0 {
			out = append(out, ofL(i))
		}
		for _, j := range after[i+1] {
			out = append(out, ofO(j))
		}
	}
	return out
}

func sub(list []unit, idx []int) []unit {
	out := make([]unit, len(idx))
	for i, j := range idx {
		out[i] = list[j]
	}
	return out
}

// maxAlike bounds the pairs whose likeness is measured.
const maxAlike = 200_000

// match pairs the units of two lists: by key, then by equal norm, then by what is the same, then by
// likeness. It returns the partner of each, or −1.
func match(x, y []unit) (xy, yx []int) {
	xy, yx = make([]int, len(x)), make([]int, len(y))
	for i := range xy {
		xy[i] = -1
	}
	for i := range yx {
		yx[i] = -1
	}
	by := func(of func(unit) string) {
		waiting := map[string][]int{}
		for j := range y {
			if k := of(y[j]); yx[j] < 0 && k != "" {
				waiting[k] = append(waiting[k], j)
			}
		}
		for i := range x {
			k := of(x[i])
			if xy[i] >= 0 || k == "" || len(waiting[k]) == 0 {
				continue
			}
			j := waiting[k][0]
			waiting[k] = waiting[k][1:]
			xy[i], yx[j] = j, i
		}
	}
	by(func(u unit) string { return u.key })
	unkeyed := func(of func(unit) string) func(unit) string {
		return func(u unit) string {
			if u.key != "" {
				return ""
			}
			return of(u)
		}
	}
	by(unkeyed(func(u unit) string { return u.norm }))
	by(unkeyed(func(u unit) string { return u.same }))

	var restX, restY []int
	for i := range x {
		if xy[i] < 0 {
			restX = append(restX, i)
		}
	}
	for j := range y {
		if yx[j] < 0 {
			restY = append(restY, j)
		}
	}
	if len(restX) == 0 || len(restY) == 0 || len(restX)*len(restY) > maxAlike {
		return xy, yx
	}
	type pair struct {
		i, j  int
		alike float64
	}
	wordsX, wordsY := counts(x, restX), counts(y, restY)
	var pairs []pair
	for a, i := range restX {
		for b, j := range restY {
			if x[i].kind != y[j].kind || (x[i].key != "" && y[j].key != "") {
				continue
			}
			if s := alike(wordsX[a], wordsY[b]); s >= 0.5 {
				pairs = append(pairs, pair{i, j, s})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.alike, a.alike), cmp.Compare(abs(a.i-a.j), abs(b.i-b.j)))
	})
	for _, p := range pairs {
		if xy[p.i] < 0 && yx[p.j] < 0 {
			xy[p.i], yx[p.j] = p.j, p.i
		}
	}
	return xy, yx
}

func abs(n int) int { return max(n, -n) }

func counts(list []unit, idx []int) []map[string]int {
	out := make([]map[string]int, len(idx))
	for k, i := range idx {
		out[k] = map[string]int{}
		for _, w := range strings.Fields(list[i].plain) {
			out[k][w]++
		}
	}
	return out
}

// alike is the share of words that two texts have in common, from 0 to 1.
func alike(a, b map[string]int) float64 {
	common, all := 0, 0
	for w, n := range a {
		common += min(n, b[w])
		all += n
	}
	for _, n := range b {
		all += n
	}
	if all == 0 {
		return 0
	}
	return 2 * float64(common) / float64(all)
}
