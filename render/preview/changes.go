package preview

import (
	"hash/maphash"
	"slices"

	"practicum/render"
)

// A page of a hundred incidents takes a browser longer to load than everything before it. So a page
// that shows an earlier version gets only the blocks that are new, and puts the others where they
// are now.

// Changes turn the blocks of one version into those of another.
type Changes struct {
	Version int `json:"version"`
	// Reload is set when the page has to load the report as a whole.
	Reload bool `json:"reload,omitempty"`
	Was    int  `json:"was"` // how many elements the blocks of the earlier version are
	// Runs are the blocks of the new version in order: those of the earlier one from From on, Count
	// of them, or new ones.
	Runs []Run `json:"runs"`
	// Around is the page without its blocks, when that has changed.
	Around string `json:"around,omitempty"`
}

// Run is a part of the report.
type Run struct {
	From  int    `json:"from,omitempty"`
	Count int    `json:"count,omitempty"`
	HTML  string `json:"html,omitempty"` // when Count is 0
}

// kept is how many versions a page may be behind and still get only what is new.
const kept = 8

// history remembers the versions that pages may show, by hashes.
type history struct {
	seed     maphash.Seed
	versions []past
}

type past struct {
	version int
	around  uint64
	blocks  []uint64 // of those that are an element
}

func (h *history) hash(s string) uint64 { return maphash.String(h.seed, s) }

func (h *history) add(version int, p *render.Page) {
	v := past{version: version, around: h.hash(p.Before + p.After)}
	for _, s := range p.Blocks {
		if s != "" {
			v.blocks = append(v.blocks, h.hash(s))
		}
	}
	h.versions = append(h.versions, v)
	if len(h.versions) > kept {
		h.versions = slices.Delete(h.versions, 0, 1)
	}
}

// changes are those from a version to the page of today.
func (h *history) changes(from int, p *render.Page) Changes {
	i := slices.IndexFunc(h.versions, func(v past) bool { return v.version == from })
	if i < 0 || p == nil {
		return Changes{Reload: true}
	}
	old, now := h.versions[i], h.versions[len(h.versions)-1]
	c := Changes{Was: len(old.blocks), Runs: []Run{}}
	if old.around != now.around {
		c.Around = p.Before + p.After
	}
	places := map[uint64][]int{} // of blocks that are not used yet
	for i, b := range old.blocks {
		places[b] = append(places[b], i)
	}
	next := 0 // the place behind the last that was used, where a block is looked for first
	k := 0
	for _, s := range p.Blocks {
		if s == "" {
			continue
		}
		b := now.blocks[k]
		k++
		list := places[b]
		at := slices.Index(list, next)
		if at < 0 {
			at = 0
		}
		if len(list) == 0 {
			c.Runs = append(c.Runs, Run{HTML: s})
			next++ // it took the place of one, most likely
			continue
		}
		place := list[at]
		places[b] = slices.Delete(list, at, at+1)
		if n := len(c.Runs); n > 0 && c.Runs[n-1].Count > 0 && c.Runs[n-1].From+c.Runs[n-1].Count == place {
			c.Runs[n-1].Count++
		} else {
			c.Runs = append(c.Runs, Run{From: place, Count: 1})
		}
		next = place + 1
	}
	return c
}

func samePage(a, b *render.Page) bool {
	return a.Before == b.Before && a.After == b.After && slices.Equal(a.Blocks, b.Blocks)
}
