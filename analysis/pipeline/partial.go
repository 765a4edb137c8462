package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"practicum/analysis"
	"practicum/analysis/incident"
	"practicum/analysis/logformat"
)

// A Partial is what reading some logs found, before incidents are made of it. It can be merged with Partials of other logs, in any
// order and grouping: the report is that on all of the logs at once. Only where a source has more records than are kept of it, or there are
// more sources than are told apart, copies may be counted twice, and the order can tell which; the report says so then.
type Partial struct {
	// Name is what the Partial is called where it is told from others: the name of its file.
	Name string
	run  *run
	// packed is the state of run's builder, until it is unpacked: that takes most of the time, and most of the memory.
	packed *state
}

// unpack makes the builder of what was read.
func (p *Partial) unpack() error {
	if p.packed == nil {
		return nil
	}
	r, err := p.run, error(nil)
	if r.builder, err = incident.DecodeState(p.packed.description, p.packed.records, len(r.inputs), r.o.Grouping); err != nil {
		return fmt.Errorf("%s: %w", p.Name, errPartial)
	}
	p.packed = nil
	return nil
}

// Scan reads the inputs as Run does, and makes no report yet.
func Scan(ctx context.Context, inputs []logformat.Input, o Options) (*Partial, error) {
	if len(inputs) == 0 {
		return nil, errNoInputs
	}
	r, err := read(ctx, inputs, o)
	if err != nil {
		return nil, err
	}
	return &Partial{run: r}, nil
}

// Report makes the report. The Partial must not be used afterwards. It is an error where stamps without a year were read with another one than
// all of the logs together suggest.
func (p *Partial) Report(ctx context.Context) (*analysis.Report, error) {
	if err := p.unpack(); err != nil {
		return nil, err
	}
	r := p.run
	r.years = r.o.Clock.DecideYears(sameAge(r.inputs, r.surveys), r.surveys)
	for i, y := range r.years {
		if r.surveys[i].Yearless && y.Base != r.bases[i] {
			return nil, fmt.Errorf("%s: its stamps carry no year and were taken to begin in %d; together with the other logs they begin in %d (%s); read this log again with --year %d",
				r.inputs[i].Path, r.bases[i], y.Base, y.Basis, y.Base)
		}
	}
	return r.report(ctx)
}

// partialMagic begins a file with a Partial; its number is that of the form of what follows.
const partialMagic = "practicum-partial/3\n"

// IsPartial reports whether a file that begins like this holds a Partial.
func IsPartial(head []byte) bool { return bytes.HasPrefix(head, []byte(partialMagic)) }

// savedPartial is what a file has of a Partial besides quoted lines and the records.
type savedPartial struct {
	Settings settings           `json:"settings"`
	Inputs   []savedInput       `json:"inputs"`
	Period   analysis.Period    `json:"period"`
	Begin    analysis.Period    `json:"begin"`
	Samples  savedSamples       `json:"samples"`
	Overlaps []savedOverlap     `json:"overlaps,omitempty"`
	Hosts    []savedHost        `json:"hosts"`
	Over     int                `json:"over,omitempty"`
	Warnings []analysis.Warning `json:"warnings,omitempty"`
	Unlisted int                `json:"unlisted,omitempty"`
}

type savedInput struct {
	Path       string           `json:"path"`
	ModTime    time.Time        `json:"mod_time,omitzero"`
	Base       int              `json:"base"` // the year that its stamps without one were read with
	Survey     logformat.Survey `json:"survey"`
	Stats      logformat.Stats  `json:"stats"`
	Ledger     analysis.Ledger  `json:"ledger"`
	Formats    []string         `json:"formats"`
	Duplicates int              `json:"duplicates,omitempty"`
}

type savedSamples struct {
	Merged   bool                     `json:"merged,omitempty"`
	Programs map[string]savedPrograms `json:"programs"`
}

type savedPrograms struct {
	Lines  int               `json:"lines"`
	Level  int               `json:"level"`
	Shapes []analysis.Sample `json:"shapes"`
}

type savedOverlap struct {
	First   string `json:"first"`
	Second  string `json:"second"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Records int    `json:"records"`
}

type savedHost struct {
	Host  string     `json:"host,omitempty"`
	File  string     `json:"file,omitempty"`
	Lines int        `json:"lines"`
	Bins  [][3]int64 `json:"bins"` // quarter, first and last second in it; each told by the one before
}

// settings are what reading depends on: Partials can be merged when theirs are the same.
type settings struct {
	Tool       string `json:"tool"`
	Zone       string `json:"zone"`
	Window     string `json:"window"`
	LogFormats string `json:"log_formats"`
	Patterns   string `json:"patterns"`
	Rules      string `json:"rules"`
	Gap        string `json:"gap"`
	Sources    int    `json:"sources"`
	Expand     int    `json:"expand"`
}

func (o *Options) settings() settings {
	s := settings{Tool: o.Tool, Zone: "UTC", Rules: o.rules().Digest(), Expand: cmp.Or(o.Expand, logformat.DefaultExpand)}
	if o.Clock.Zone != nil {
		s.Zone = o.Clock.Zone.String()
	}
	gap, sources := o.Grouping.Limits()
	s.Gap, s.Sources = gap.String(), sources
	if w := o.Window; !w.From.IsZero() || !w.To.IsZero() {
		s.Window = w.From.Format(time.RFC3339) + " to " + w.To.Format(time.RFC3339)
	}
	for _, rule := range o.LogFormats {
		s.LogFormats += rule.Format + "=" + rule.Glob + " "
	}
	if set := o.patterns(); set != nil && len(set.Patterns) > 0 {
		h := sha256.New()
		for _, p := range set.Patterns {
			fmt.Fprintf(h, "%+v\n", p.Spec)
		}
		s.Patterns = hex.EncodeToString(h.Sum(nil)[:6])
	}
	return s
}

// check says in words which setting of a saved Partial is not that of this run.
func (s settings) check(now settings) error {
	for _, d := range [...]struct{ what, then, now, out string }{
		{"version of the program", s.Tool, now.Tool, "read its logs again with this one"},
		{"zone", s.Zone, now.Zone, "say the same with --tz"},
		{"period", s.Window, now.Window, "say the same with --month, --since, --until or --last"},
		{"list of log formats", s.LogFormats, now.LogFormats, "say the same with --log-format"},
		{"set of patterns", s.Patterns, now.Patterns, "name the same files with --patterns"},
		{"set of rules", s.Rules, now.Rules, "read its logs again with this version"},
		{"grouping.gap", s.Gap, now.Gap, "configure the same"},
		{"limits.sources", fmt.Sprint(s.Sources), fmt.Sprint(now.Sources), "configure the same"},
		{"limits.expand", fmt.Sprint(s.Expand), fmt.Sprint(now.Expand), "configure the same"},
	} {
		if d.then != d.now {
			return fmt.Errorf("it was made with another %s (%s; now: %s); %s", d.what, cmp.Or(strings.TrimSpace(d.then), "none"), cmp.Or(strings.TrimSpace(d.now), "none"), d.out)
		}
	}
	return nil
}

// Append appends the Partial to data, in the form that ReadPartial reads. The same logs give the same bytes.
func (p *Partial) Append(data []byte) ([]byte, error) {
	if err := p.unpack(); err != nil {
		return nil, err
	}
	r := p.run
	s := savedPartial{Settings: r.o.settings(), Period: r.period, Begin: r.begin, Over: r.seen.over, Warnings: r.warnings, Unlisted: r.unlisted}
	for i, in := range r.inputs {
		t := &r.tallies[i]
		s.Inputs = append(s.Inputs, savedInput{Path: in.Path, ModTime: in.ModTime, Base: r.bases[i], Survey: r.surveys[i], Stats: t.stats, Ledger: t.ledger,
			Formats: slices.Sorted(maps.Keys(t.formats)), Duplicates: t.duplicates})
	}
	s.Samples = savedSamples{r.samples.merged, map[string]savedPrograms{}}
	for name, of := range r.samples.programs {
		n := savedPrograms{Lines: of.lines, Level: of.level}
		for _, shape := range slices.Sorted(maps.Keys(of.shapes)) {
			n.Shapes = append(n.Shapes, *of.shapes[shape])
		}
		s.Samples.Programs[name] = n
	}
	for pair, n := range r.overlap.pairs {
		s.Overlaps = append(s.Overlaps, savedOverlap{pair[0].Name, pair[1].Name, n.file, n.line, n.records})
	}
	slices.SortFunc(s.Overlaps, func(a, b savedOverlap) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Second, b.Second))
	})
	for who, h := range r.seen.hosts {
		host := savedHost{Host: who.host, File: who.file, Lines: h.lines}
		was := int64(0)
		for _, q := range slices.Sorted(maps.Keys(h.bins)) {
			b := h.bins[q]
			host.Bins = append(host.Bins, [3]int64{q - was, b.first - q*analysis.Quarter, b.last - b.first})
			was = q
		}
		s.Hosts = append(s.Hosts, host)
	}
	slices.SortFunc(s.Hosts, func(a, b savedHost) int {
		return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.File, b.File))
	})
	head, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	if r.state == nil {
		r.state = stateOf(r.builder)
	}
	plain := append(binary.AppendUvarint(nil, uint64(len(head))), head...)
	for _, lines := range r.quoted {
		plain = appendLines(plain, lines)
	}
	plain = append(plain, r.state.description...)
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderCRC(true), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer w.Close()
	plain = w.EncodeAll(plain, nil)
	begin := len(data)
	data = append(data, partialMagic...)
	data = append(binary.AppendUvarint(data, uint64(len(plain))), plain...)
	data = append(data, r.state.records...)
	return binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(data[begin:])), nil
}

// appendLines appends lines that excerpts may quote, by their numbers: they need not be valid UTF-8.
func appendLines(data []byte, lines map[int]string) []byte {
	data = binary.AppendUvarint(data, uint64(len(lines)))
	was := 0
	for _, n := range slices.Sorted(maps.Keys(lines)) {
		data = binary.AppendVarint(data, int64(n-was))
		data = append(binary.AppendUvarint(data, uint64(len(lines[n]))), lines[n]...)
		was = n
	}
	return data
}

// cutLines takes from data what appendLines appended.
func cutLines(data []byte) (lines map[int]string, rest []byte, err error) {
	count, width := binary.Uvarint(data)
	if width <= 0 || count > uint64(len(data)) {
		return nil, nil, errPartial
	}
	data = data[width:]
	lines = map[int]string{}
	n := int64(0)
	for range count {
		step, width := binary.Varint(data)
		if width <= 0 {
			return nil, nil, errPartial
		}
		data = data[width:]
		size, width := binary.Uvarint(data)
		if width <= 0 || size > uint64(len(data)-width) {
			return nil, nil, errPartial
		}
		n += step
		lines[int(n)] = string(data[width : width+int(size)])
		data = data[width+int(size):]
	}
	return lines, data, nil
}

// state is that of a builder: a description, which packs well, and the records, which are packed already.
type state struct{ description, records []byte }

func stateOf(b *incident.Builder) *state {
	description, records := b.State()
	return &state{description, records}
}

// quotedMore is how many times as many incidents as a report tells a Partial has the lines of: which ones are told of all logs is not
// known yet.
const quotedMore = 4

// Quote takes up the lines that a report on these and other logs may quote: those of the incidents that rank first here. The Partial
// can be appended to a file afterwards, and that is all.
func (p *Partial) Quote(ctx context.Context) error {
	if err := p.unpack(); err != nil {
		return err
	}
	r := p.run
	r.state = stateOf(r.builder)
	if n := r.detail(); n >= 0 {
		r.o.Detail = quotedMore * max(n, defaultDetail)
	}
	_, err := p.Report(ctx)
	if nothing := (*NothingError)(nil); errors.As(err, &nothing) || errors.Is(err, errOutside) {
		return nil // the other logs may have something
	}
	return err
}

var errPartial = errors.New("the file is damaged or was cut short; make it again with `practicum report --partial-out`")

// ReadPartial reads what Append made. name stands for it in errors; o must be the Options that it was made with, as far as reading
// depends on them. The records are not looked at before they are needed: an error in them is one of what is called first, Merge, Report,
// Quote or Append.
func ReadPartial(name string, data []byte, o Options) (*Partial, error) {
	wrong := func(err error) (*Partial, error) { return nil, fmt.Errorf("%s: %w", name, err) }
	if !IsPartial(data) {
		if bytes.HasPrefix(data, []byte("practicum-partial/")) {
			return wrong(errors.New("it was made by another version; read its logs again with this one"))
		}
		return wrong(errors.New("this is no partial; `practicum report --partial-out FILE LOG...` makes one of logs"))
	}
	const sum = 4
	end := len(data) - sum
	if end < len(partialMagic) || binary.BigEndian.Uint32(data[end:]) != crc32.ChecksumIEEE(data[:end]) {
		return wrong(errPartial)
	}
	packed := data[len(partialMagic):end]
	n, width := binary.Uvarint(packed)
	if width <= 0 || n > uint64(len(packed)-width) {
		return wrong(errPartial)
	}
	packed, records := packed[width:width+int(n)], packed[width+int(n):]
	unpack, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<32))
	if err != nil {
		return wrong(errPartial)
	}
	defer unpack.Close()
	plain, err := io.ReadAll(unpack)
	if err != nil {
		return wrong(errPartial)
	}
	n, width = binary.Uvarint(plain)
	if width <= 0 || n > uint64(len(plain)-width) {
		return wrong(errPartial)
	}
	head, description := plain[width:width+int(n)], plain[width+int(n):]
	var s savedPartial
	if json.Unmarshal(head, &s) != nil || len(s.Inputs) == 0 {
		return wrong(errPartial)
	}
	if err := s.Settings.check(o.settings()); err != nil {
		return wrong(err)
	}
	r := newRun(o)
	for _, in := range s.Inputs {
		t := tally{stats: in.Stats, ledger: in.Ledger, formats: map[string]bool{}, duplicates: in.Duplicates}
		for _, f := range in.Formats {
			t.formats[f] = true
		}
		r.inputs, r.bases, r.surveys, r.tallies = append(r.inputs, logformat.Input{Path: in.Path, ModTime: in.ModTime}), append(r.bases, in.Base), append(r.surveys, in.Survey), append(r.tallies, t)
		var lines map[int]string
		if lines, description, err = cutLines(description); err != nil {
			return wrong(errPartial)
		}
		r.quoted = append(r.quoted, lines)
	}
	if !slices.IsSortedFunc(r.inputs, byPath) {
		return wrong(errPartial)
	}
	r.period, r.begin, r.warnings, r.unlisted = s.Period, s.Begin, s.Warnings, s.Unlisted
	if err := r.samples.load(s.Samples); err != nil {
		return wrong(err)
	}
	for _, n := range s.Overlaps {
		r.overlap.put(n)
	}
	for _, h := range s.Hosts {
		who := writer{h.Host, h.File}
		q := int64(0)
		for _, b := range h.Bins {
			q += b[0]
			first := q*analysis.Quarter + b[1]
			r.seen.put(who, q, bin{first, first + b[2]})
		}
		if of := r.seen.hosts[who]; of != nil {
			of.lines += h.Lines
		}
	}
	r.seen.over = s.Over
	return &Partial{name, r, &state{description, records}}, nil
}

func byPath(a, b logformat.Input) int { return cmp.Compare(a.Path, b.Path) }

func (s *samples) load(from savedSamples) error {
	s.merged = from.Merged
	for name, p := range from.Programs {
		of := &programSamples{lines: p.Lines, level: p.Level, shapes: map[string]*analysis.Sample{}}
		if p.Level < 0 || p.Level >= len(shapeWords) {
			return errPartial
		}
		for _, n := range p.Shapes {
			of.shapes[n.Shape] = &n
		}
		s.programs[name] = of
	}
	return nil
}

func (o *overlaps) put(n savedOverlap) {
	first, second := o.set.Named(n.First), o.set.Named(n.Second)
	if first == nil || second == nil {
		return // settings say that the patterns are the same
	}
	o.count(first, second, n.File, n.Line, n.Records)
}

// Merge puts Partials together. They must not be used afterwards. Logs of one name in two Partials get the names of these in front.
// Records that logs of two Partials both have count once, as those of two inputs do.
func Merge(ctx context.Context, parts []*Partial, o Options) (*Partial, error) {
	if len(parts) == 0 {
		return nil, errors.New("no partials to merge")
	}
	if err := tellApart(parts); err != nil {
		return nil, err
	}
	all := newRun(o)
	type origin struct {
		part *Partial
		rank int
	}
	var from []origin
	for _, p := range parts {
		for i := range p.run.inputs {
			from = append(from, origin{p, i})
		}
	}
	slices.SortStableFunc(from, func(a, b origin) int { return byPath(a.part.run.inputs[a.rank], b.part.run.inputs[b.rank]) })
	ranks := map[*Partial][]int{}
	for _, p := range parts {
		ranks[p] = make([]int, len(p.run.inputs))
	}
	for rank, f := range from {
		r, i := f.part.run, f.rank
		ranks[f.part][i] = rank
		all.inputs, all.bases, all.surveys = append(all.inputs, r.inputs[i]), append(all.bases, r.bases[i]), append(all.surveys, r.surveys[i])
		all.tallies, all.quoted = append(all.tallies, r.tallies[i]), append(all.quoted, r.quoted[i])
	}
	// While one is taken up others are unpacked, as many as there are workers: not all of them are there at once. They are taken up in turn:
	// where not all records are kept, the order tells which copies are known.
	within, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	turns := make([]chan struct{}, len(parts)+1)
	for i := range turns {
		turns[i] = make(chan struct{})
	}
	close(turns[0])
	err := sideBySide(within, o.workers(), len(parts), 1, func(_, i int) {
		p := parts[i]
		err := p.unpack()
		select {
		case <-turns[i]:
		case <-within.Done():
			return
		}
		if err != nil {
			cancel(err)
			return
		}
		all.take(p.run, ranks[p])
		p.run = nil
		close(turns[i+1])
	})
	if err != nil {
		return nil, err
	}
	all.settleWarnings()
	if all.blurred {
		all.limits = append(all.limits, "of sources with very many records not all are kept; records that two partials both have may be counted twice there. Report on these logs at once to have them counted once")
	}
	return &Partial{run: all}, nil
}

// take adds what another run found, whose inputs have these ranks now. That run must not be used afterwards.
func (r *run) take(o *run, ranks []int) {
	copy := func(input int) { r.tallies[input].duplicates++ }
	if !r.seen.meets(o.seen) {
		copy = nil
	}
	if !r.builder.Merge(o.builder, ranks, copy) {
		r.blurred = true
	}
	r.samples.merge(o.samples)
	for pair, n := range o.overlap.pairs {
		r.overlap.count(pair[0], pair[1], n.file, n.line, n.records)
	}
	r.seen.merge(o.seen)
	for _, period := range [...]struct{ to, of *analysis.Period }{{&r.period, &o.period}, {&r.begin, &o.begin}} {
		if !period.of.First.IsZero() {
			widen(period.to, period.of.First)
			widen(period.to, period.of.Last)
		}
	}
	r.unlisted += o.unlisted
	r.warnings = append(r.warnings, o.warnings...)
	r.blurred = r.blurred || o.blurred
}

// settleWarnings puts warnings into the order of the inputs, and leaves out those that are too many.
func (r *run) settleWarnings() {
	slices.SortStableFunc(r.warnings, func(a, b analysis.Warning) int { return cmp.Compare(a.File, b.File) })
	if n := len(r.warnings); n > maxWarnings {
		r.warnings, r.unlisted = r.warnings[:maxWarnings], r.unlisted+n-maxWarnings
	}
}

// tellApart gives logs of one name in several Partials different ones.
func tellApart(parts []*Partial) error {
	count, sums := map[string]int{}, map[string]string{}
	for _, p := range parts {
		for i, in := range p.run.inputs {
			count[in.Path]++
			sum := p.run.tallies[i].stats.SHA256
			if other, seen := sums[in.Path]; seen && other == sum {
				return fmt.Errorf("%s: %s is in another partial as well; merge each log once", p.Name, in.Path)
			}
			sums[in.Path] = sum
		}
	}
	for _, p := range parts {
		name := strings.TrimSuffix(path.Base(p.Name), path.Ext(p.Name))
		renamed := map[string]string{}
		for _, in := range p.run.inputs {
			if count[in.Path] > 1 {
				renamed[in.Path] = path.Join(name, in.Path)
			}
		}
		p.run.rename(renamed)
	}
	return nil
}

// rename gives inputs other names.
func (r *run) rename(names map[string]string) {
	if len(names) == 0 {
		return
	}
	new := func(file *string) {
		if n, ok := names[*file]; ok {
			*file = n
		}
	}
	for i := range r.inputs {
		new(&r.inputs[i].Path)
	}
	for i := range r.warnings {
		new(&r.warnings[i].File)
	}
	for _, p := range r.samples.programs {
		for _, n := range p.shapes {
			new(&n.File)
		}
	}
	for _, n := range r.overlap.pairs {
		new(&n.file)
	}
	for who, h := range r.seen.hosts {
		if n, ok := names[who.file]; ok {
			delete(r.seen.hosts, who)
			h.who.file = n
			r.seen.hosts[h.who] = h
		}
	}
	clear(r.seen.recent[:])
}

// Reopen says how to read a log again of which the report quotes lines that the Partial does not have: of is asked with its name,
// size and digest.
func (p *Partial) Reopen(of func(analysis.Input) (logformat.Input, bool)) {
	for i := range p.run.inputs {
		stats := &p.run.tallies[i].stats
		if in, ok := of(analysis.Input{File: p.run.inputs[i].Path, SHA256: stats.SHA256, Bytes: stats.Bytes}); ok {
			p.run.inputs[i].Open = in.Open
		}
	}
}
