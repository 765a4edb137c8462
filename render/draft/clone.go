package draft

import "slices"

// Clone returns a draft of the same text that shares no section, part, block or item with d.
func (d *Draft) Clone() *Draft {
	c := *d
	c.Problems = slices.Clone(d.Problems)
	c.Sections = make([]*Section, len(d.Sections))
	for i, s := range d.Sections {
		section := *s
		section.Parts = make([]*Part, len(s.Parts))
		for j, p := range s.Parts {
			section.Parts[j] = &Part{Key: p.Key, Blocks: cloneBlocks(p.Blocks)}
		}
		c.Sections[i] = &section
	}
	c.index()
	return &c
}

func cloneBlocks(blocks []*Block) []*Block {
	if blocks == nil {
		return nil
	}
	list := make([]Block, len(blocks)) // one piece of memory for all
	out := make([]*Block, len(blocks))
	for i, b := range blocks {
		list[i] = *b
		list[i].Inner = cloneBlocks(b.Inner)
		list[i].Items = nil
		items := make([]Item, len(b.Items))
		for j, it := range b.Items {
			items[j] = *it
			list[i].Items = append(list[i].Items, &items[j])
		}
		out[i] = &list[i]
	}
	return out
}
