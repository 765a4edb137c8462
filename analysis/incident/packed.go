package incident

import (
	"encoding/binary"
	"slices"
)

// packed is a list of records in as few bytes as can be: each is told by what it has other than the one before it. Most
// records take a dozen bytes.
type packed struct {
	data block
	last last
	n    int32
}

// last is the part of a record that the next one is told by.
type last struct {
	at                int64
	facts, said, user uint32
	line, pid, input  int32
	port              uint16
}

// What the first byte of a record says of it.
const (
	otherFacts    = 1 << iota // the facts follow
	otherSaid                 // …, the place in said
	otherUser                 // …
	otherPort                 // …
	hasSourcePort             // …
	otherPID                  // …
	ownSession                // the session follows: it is not that of the process
	more                      // the input, the marks and the size follow
)

const (
	second     = 1_000_000_000
	maxMarks   = 2 // bits of marks; the next one says that a size follows
	sized      = 1 << maxMarks
	mostPacked = 100 // bytes that a packed record may take
)

// sessionOf is the session of a record that a process wrote which serves nobody else.
func (t *tables) sessionOf(facts uint32, pid int32) uint64 {
	if pid <= 0 {
		return 0
	}
	return shortened(t.facts[facts].sessions.Of(int(pid)))
}

// pack appends a record.
func (b *memory) pack(p *packed, k *kept) {
	var room [mostPacked]byte
	out, l := room[:1], &p.last
	head := byte(0)
	if k.facts != l.facts {
		head |= otherFacts
		out = binary.AppendUvarint(out, uint64(k.facts))
		l.facts = k.facts
	}
	if k.said != l.said {
		head |= otherSaid
		out = binary.AppendUvarint(out, uint64(k.said))
		l.said = k.said
	}
	if k.user != l.user {
		head |= otherUser
		out = binary.AppendUvarint(out, uint64(k.user))
		l.user = k.user
	}
	if k.port != l.port {
		head |= otherPort
		out = append(out, byte(k.port), byte(k.port>>8))
		l.port = k.port
	}
	if k.srcPort != 0 {
		head |= hasSourcePort
		out = append(out, byte(k.srcPort), byte(k.srcPort>>8))
	}
	if k.pid != l.pid {
		head |= otherPID
		out = binary.AppendVarint(out, int64(k.pid))
		l.pid = k.pid
	}
	if k.session != b.sessionOf(k.facts, k.pid) {
		head |= ownSession
		out = binary.LittleEndian.AppendUint64(out, k.session)
	}
	if k.input != l.input || k.marks != 0 || k.size != 0 {
		head |= more
		v := uint64(k.input)<<(maxMarks+1) | uint64(k.marks)
		if k.size != 0 {
			out = binary.AppendUvarint(binary.AppendUvarint(out, v|sized), uint64(k.size))
		} else {
			out = binary.AppendUvarint(out, v)
		}
		l.input = k.input
	}
	now, rest := split(k.at)
	was, _ := split(l.at)
	if since := zigzag(now-was) << 1; rest == 0 {
		out = binary.AppendUvarint(out, since)
	} else {
		out = binary.AppendUvarint(binary.AppendUvarint(out, since|1), uint64(rest))
	}
	out = binary.AppendVarint(out, int64(k.line-l.line))
	l.at, l.line = k.at, k.line
	room[0] = head
	p.data = b.extend(p.data, out)
	p.n++
}

// unpack appends the records of a list to room.
func (b *memory) unpack(p *packed, room []kept) []kept { return b.unpackOf(b.tables, p, room) }

// unpackOf is unpack of records whose tables are t.
func (b *memory) unpackOf(t *tables, p *packed, room []kept) []kept {
	data, l := b.contents(p.data), last{}
	seconds := int64(0)
	room = slices.Grow(room, int(p.n))
	uvarint := func() uint64 {
		if data[0] < 0x80 {
			v := data[0]
			data = data[1:]
			return uint64(v)
		}
		v, n := binary.Uvarint(data)
		data = data[n:]
		return v
	}
	varint := func() int64 { return unzigzag(uvarint()) }
	port := func() uint16 {
		v := uint16(data[0]) | uint16(data[1])<<8
		data = data[2:]
		return v
	}
	for range p.n {
		head := data[0]
		data = data[1:]
		if head&otherFacts != 0 {
			l.facts = uint32(uvarint())
		}
		if head&otherSaid != 0 {
			l.said = uint32(uvarint())
		}
		if head&otherUser != 0 {
			l.user = uint32(uvarint())
		}
		if head&otherPort != 0 {
			l.port = port()
		}
		k := kept{}
		if head&hasSourcePort != 0 {
			k.srcPort = port()
		}
		if head&otherPID != 0 {
			l.pid = int32(varint())
		}
		if head&ownSession != 0 {
			k.session = binary.LittleEndian.Uint64(data)
			data = data[8:]
		} else if l.pid > 0 {
			k.session = t.sessionOf(l.facts, l.pid)
		}
		if head&more != 0 {
			v := uvarint()
			if l.input, k.marks = int32(v>>(maxMarks+1)), marks(v&(1<<maxMarks-1)); v&sized != 0 {
				k.size = int64(uvarint())
			}
		}
		v := uvarint()
		seconds += unzigzag(v >> 1)
		if k.at = seconds * second; v&1 != 0 {
			k.at += int64(uvarint())
		}
		l.line += int32(varint())
		k.facts, k.said, k.user, k.line, k.pid, k.input, k.port = l.facts, l.said, l.user, l.line, l.pid, l.input, l.port
		room = append(room, k)
	}
	return room
}

// split parts nanoseconds since 1970 into whole seconds and the rest.
func split(at int64) (seconds, rest int64) {
	seconds, rest = at/second, at%second
	if rest < 0 {
		seconds, rest = seconds-1, rest+second
	}
	return seconds, rest
}

// zigzag makes of a number near 0, on either side, a small one that is not negative.
func zigzag(n int64) uint64 { return uint64(n<<1 ^ n>>63) }

func unzigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

// packAll packs records anew.
func (b *memory) packAll(p *packed, list []kept) {
	p.data.n, p.last, p.n = 0, last{}, 0
	for i := range list {
		b.pack(p, &list[i])
	}
}

// memory is where records are kept while they are read: in blocks that are used again once a list has outgrown them.
type memory struct {
	*tables
	blocks
	spans  []span
	spare  []*span     // that were dropped
	opened []*spanMore // likewise
	made   int         // how many spans were made together last
	room   []kept      // to unpack into
	spent  int         // records that were let go of since the tables were made

	marking marking
}

func newMemory(t *tables, c *chunks) memory { return memory{tables: t, blocks: blocks{chunks: c}} }

func (b *memory) newSpan() *span {
	if last := len(b.spare) - 1; last >= 0 {
		s := b.spare[last]
		b.spare = b.spare[:last]
		return s
	}
	if len(b.spans) == 0 {
		b.made = min(max(2*b.made, 8), 256)
		b.spans = make([]span, b.made)
	}
	s := &b.spans[0]
	b.spans = b.spans[1:]
	return s
}
