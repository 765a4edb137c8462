package logformat

import "strings"

// decimals are the leads of formats whose records begin with a number.
const decimals = "0123456789"

// letters are the leads of formats whose records may begin with a name.
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// dispatch says which formats to ask about a text, so that not all of them are asked about all texts. Its lists are in
// the order of the formats, in which they are asked.
type dispatch struct {
	formats    []reader
	exhaustive bool
	asked      [256]bool      // bytes that the lists below are made for
	own        [256][]*reader // by the first byte of the text: formats with a stamp of their own
	carried    [256][]*reader // the same, and all formats inside syslog
	numbered   [256][]*reader // those of own for texts that begin with a number, by the byte behind it; nil until it is needed

	// programs holds, by the program that a header names, the formats that may read what it logs; at most maxPrograms
	// names.
	programs map[string]*hearers
	recent   [recentNames]*hearers // by nameSlot: those of the programs that were asked for last
}

// recentNames is how many names that lines begin with, of hosts and programs, are found without looking into a map.
const recentNames = 64

// nameSlot tells most names apart by a few bytes of them.
func nameSlot(name string) uint {
	n := uint(len(name))
	if n == 0 {
		return 0
	}
	return (n*31 + uint(name[0])*7 + uint(name[n-1])*3 + uint(name[n/2])) % recentNames
}

// hearing is what a format listens to of a program.
type hearing struct {
	opens string // bytes that a message begins with; empty for any
	holds byte   // a byte that a message holds; 0 for any
	deaf  bool   // to all it says
}

// nothing is Hears of a format that no record with a plain header is of.
func nothing(string) hearing { return hearing{deaf: true} }

// hearers are the formats that may read what a program logs.
type hearers struct {
	program string
	deaf    []bool // by the place of a format: it never reads what the program logs inside syslog
	// first is, by the first byte of the message under a plain header, whom to ask; nil until it is needed.
	first [256][]listener
	asked []byte // the bytes that first has lists for
}

type listener struct {
	*reader
	holds byte // that the message must hold; 0 for any
}

// maxPrograms is how many programs it is remembered of which formats do not read them.
const maxPrograms = 1000

func newDispatch(formats []reader, exhaustive bool) *dispatch {
	return &dispatch{formats: formats, exhaustive: exhaustive, programs: map[string]*hearers{}}
}

// leading gives the formats to ask about a text that begins with a byte: those with a stamp of their own, and these with all that
// are inside syslog.
func (d *dispatch) leading(b byte) (own, carried []*reader) {
	if !d.asked[b] {
		d.ask(b)
	}
	return d.own[b], d.carried[b]
}

// begins gives the formats with a stamp of their own that may begin a text, which is not empty.
func (d *dispatch) begins(text string) []*reader {
	own, _ := d.leading(text[0])
	if !isDigit(text[0]) || d.exhaustive {
		return own
	}
	i := decimalsOf(text)
	if i == len(text) {
		return own
	}
	list := d.numbered[text[i]]
	if list == nil {
		list = []*reader{}
		for k := range d.formats {
			if f := &d.formats[k]; f.Starts != nil && (f.Leads == "" || strings.ContainsAny(f.Leads, decimals)) && (f.After == "" || strings.IndexByte(f.After, text[i]) >= 0) {
				list = append(list, f)
			}
		}
		d.numbered[text[i]] = list
	}
	return list
}

// ask makes the lists for a byte when they are first wanted: few bytes begin the lines of a log.
func (d *dispatch) ask(b byte) {
	d.asked[b] = true
	for i := range d.formats {
		f := &d.formats[i]
		leads := f.Starts != nil && (d.exhaustive || f.Leads == "" || strings.IndexByte(f.Leads, b) >= 0)
		if leads {
			d.own[b] = append(d.own[b], f)
		}
		if leads || f.Carrier == CarrierSyslog {
			d.carried[b] = append(d.carried[b], f)
		}
	}
}

// of gives what is known of a program; nil when it cannot be remembered.
func (d *dispatch) of(program string) *hearers {
	at := &d.recent[nameSlot(program)]
	if *at != nil && (*at).program == program {
		return *at
	}
	h := d.programs[program]
	if h == nil {
		if len(d.programs) >= maxPrograms {
			return nil
		}
		h = &hearers{program: strings.Clone(program), deaf: make([]bool, len(d.formats))}
		d.programs[h.program] = h
	}
	*at = h
	return h
}

// deafen notes that a format does not read the program's messages inside syslog.
func (h *hearers) deafen(f *reader) {
	h.deaf[f.place] = true
	for _, b := range h.asked {
		h.first[b] = nil
	}
	h.asked = h.asked[:0]
}

// listeners are whom to ask about a message under a plain header.
func (d *dispatch) listeners(h *hearers, message string) []listener {
	if message == "" {
		return d.listen(h, "")
	}
	list := h.first[message[0]]
	if list == nil {
		list = d.listen(h, message[:1])
		h.first[message[0]] = list
		h.asked = append(h.asked, message[0])
	}
	return list
}

func (d *dispatch) listen(h *hearers, first string) []listener {
	list := []listener{}
	for i := range d.formats {
		f := &d.formats[i]
		if f.Carrier != CarrierSyslog {
			if f.Stamped {
				list = append(list, listener{reader: f})
			}
			continue
		}
		if h.deaf[i] {
			continue
		}
		var to hearing
		if f.Hears != nil && first != "" {
			to = f.Hears(h.program)
		}
		if !to.deaf && strings.Contains(to.opens, first) || to.opens == "" && !to.deaf {
			list = append(list, listener{f, to.holds})
		}
	}
	return list
}
