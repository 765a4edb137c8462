package draft

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"practicum/analysis/lazily"
	"practicum/render/document"
)

// Draft is a report.md as it stands.
type Draft struct {
	Sections []*Section
	// Problems are markers that are damaged, doubled, nested or missing, and unresolved conflicts. With them nobody can say
	// for sure what belongs to which incident.
	Problems []Problem

	ids     map[string]*Section // of incidents
	numbers map[int]*Section    // likewise
	lines   []string            // as on disk, with their ends
	src     []byte              // the same with LF, as the parser sees it
	starts  []int               // where in src each line begins
	crlf    bool
}

// Problem is something wrong at a line.
type Problem struct {
	Line int // 1-based
	Text string
}

// SectionKind says what a section is.
type SectionKind uint8

// The kinds of sections.
const (
	Other     SectionKind = iota
	Top                   // what stands before the first heading of level 2
	Incident              // of one incident; without an ID it was added by hand
	Decisions             // the appendix that lists the analyst's decisions
	Gone                  // text of incidents that are gone
)

// GoneHeading is the heading that text without an incident stands under.
const GoneHeading = "Text of incidents that are gone"

// Section is a heading of level 1 or 2 and what stands under it.
type Section struct {
	Kind    SectionKind
	Key     string // names the section in every version of the document
	Heading string // its words
	Line    int    // of the heading; 1 for Top
	Number  int    // of an incident: as the heading gives it, 0 when it gives none
	Title   string // of an incident
	ID      string // of an incident; empty when it was added by hand
	Parts   []*Part
}

// Part is a heading of level 3 in a section and what stands under it. The first part of a section
// begins with the section's own heading.
type Part struct {
	Key    string // the words of the heading; empty for the first part
	Blocks []*Block
}

// BlockKind says what a block is.
type BlockKind uint8

// The kinds of blocks.
const (
	Paragraph BlockKind = iota
	Heading
	List
	Table
	Code
	Quote
	Marker  // a comment of ours that is not part of an analyst's block
	HTML    // any other
	Rule    // a thematic break
	Analyst // an analyst's block, from its begin marker to its end marker
)

// Block is a block of Markdown on the top level, by lines.
type Block struct {
	Kind      BlockKind
	Line, End int // 1-based, inclusive, without the blank lines that follow
	Gap       int // blank lines that follow
	Norm      string
	Plain     string // its words alone
	Items     []*Item
	Header    []string // of a table: the words of its head
	ID        string   // of a Marker or an Analyst block
	Inner     []*Block // of an Analyst block: what stands between the markers
	decision  string   // of a paragraph that is one
	node      ast.Node
}

// Item is an item of a list, a row of a table or a line of code.
type Item struct {
	Line, End   int // 1-based, inclusive
	Norm, Plain string
	Prompt      string // of a list's item: the id in its prompt marker
	Cells       []Cell // of a row
	// Overlong is set for a row with more cells than the table has columns. Nobody sees them, but
	// somebody wrote them.
	Overlong bool
	decision string // of a list's item that is one
}

// Cell is a cell of a table.
type Cell struct{ Source, Norm, Plain string }

// dialect is that of package document as far as blocks are concerned, without the transformation
// that drops comments. Footnotes are left out because the parser moves them.
var dialect = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList))

// Parse reads a report. It fails for what package document fails for, with its *document.Error;
// problems with markers do not keep it from reading on.
func Parse(source []byte) (*Draft, error) {
	if _, err := document.Parse(source); err != nil {
		return nil, err
	}
	d := &Draft{lines: splitLines(string(source))}
	var b bytes.Buffer
	crlf := 0
	for i, l := range d.lines {
		body := strings.TrimRight(l, "\r\n")
		if i == 0 {
			body = strings.TrimPrefix(body, "\uFEFF")
		}
		if strings.HasSuffix(l, "\r\n") {
			crlf++
		}
		d.starts = append(d.starts, b.Len())
		b.WriteString(body + "\n")
	}
	d.src = b.Bytes()
	d.crlf = crlf*2 > len(d.lines)
	root := dialect.Parser().Parse(text.NewReader(d.src))
	blocks := d.topBlocks(root)
	d.checkHidden(root)
	d.checkConflicts()
	d.section(d.regions(blocks))
	d.checkSections()
	d.index()
	slices.SortStableFunc(d.Problems, func(a, b Problem) int { return a.Line - b.Line })
	return d, nil
}

func splitLines(s string) []string {
	var lines []string
	for len(s) > 0 {
		i := strings.IndexAny(s, "\r\n")
		switch {
		case i < 0:
			i = len(s)
		case s[i] == '\r' && i+1 < len(s) && s[i+1] == '\n':
			i += 2
		default:
			i++
		}
		lines = append(lines, s[:i])
		s = s[i:]
	}
	return lines
}

// EOL is the line end that most lines have.
func (d *Draft) EOL() string {
	if d.crlf {
		return "\r\n"
	}
	return "\n"
}

// Lines is the number of lines.
func (d *Draft) Lines() int { return len(d.lines) }

// Source returns the lines from first to last, 1-based and inclusive, byte for byte.
func (d *Draft) Source(first, last int) string {
	first, last = max(first, 1), min(last, len(d.lines))
	if last < first {
		return ""
	}
	return strings.Join(d.lines[first-1:last], "")
}

// Incident returns the section of an incident, or nil.
func (d *Draft) Incident(id string) *Section {
	return d.ids[id]
}

// index notes which section is of which incident, the first of each: every section of a report asks for those in others.
func (d *Draft) index() {
	d.ids, d.numbers = map[string]*Section{}, map[int]*Section{}
	for _, s := range d.Sections {
		if s.Kind == Incident && s.ID != "" && d.ids[s.ID] == nil {
			d.ids[s.ID] = s
		}
		if s.Kind == Incident && s.Number > 0 && d.numbers[s.Number] == nil {
			d.numbers[s.Number] = s
		}
	}
}

// Section returns the first section of a kind, or nil.
func (d *Draft) Section(kind SectionKind) *Section {
	for _, s := range d.Sections {
		if s.Kind == kind {
			return s
		}
	}
	return nil
}

// Numbered returns the section of the incident with that number, or nil.
func (d *Draft) Numbered(n int) *Section {
	return d.numbers[n]
}

// Blocks are all blocks of a section in order.
func (s *Section) Blocks() []*Block {
	var all []*Block
	for _, p := range s.Parts {
		all = append(all, p.Blocks...)
	}
	return all
}

// Last is the last line of the section that is not blank.
func (s *Section) Last() int {
	last := s.Line
	for _, b := range s.Blocks() {
		last = max(last, b.End)
	}
	return last
}

// Table returns the first table with a column of that name in its head, or nil.
func (s *Section) Table(column string) *Block {
	for _, b := range s.Blocks() {
		if b.Kind == Table && slices.Contains(b.Header, column) {
			return b
		}
	}
	return nil
}

// Analyst returns the first analyst's block of the section, or nil.
func (s *Section) Analyst() *Block {
	for _, b := range s.Blocks() {
		if b.Kind == Analyst {
			return b
		}
	}
	return nil
}

// NotWritten is what stands in an analyst's block until somebody writes.
const NotWritten = "Not yet written."

// Written reports whether an analyst's block holds words of a person.
func (b *Block) Written() bool {
	words := strings.TrimSpace(b.Plain)
	return b.Kind == Analyst && words != "" && words != NotWritten
}

// Prompt is a question to the analyst as it stands in the document.
type Prompt struct {
	ID       string
	Text     string // with whatever the analyst put behind it
	Line     int
	Answered bool // ticked
}

// Prompts are the section's questions that have kept their marker.
func (s *Section) Prompts() []Prompt {
	var list []Prompt
	for _, b := range s.Blocks() {
		if b.Kind != List {
			continue
		}
		for _, it := range b.Items {
			if it.Prompt != "" {
				list = append(list, Prompt{it.Prompt, it.Plain, it.Line, strings.HasPrefix(it.Norm, "item[x]")})
			}
		}
	}
	return list
}

// topBlocks parts the document into its blocks on the top level. What a block begins with its
// position says; it ends where the next begins, so that no line can fall between two.
func (d *Draft) topBlocks(root ast.Node) []*Block {
	var blocks []*Block
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		line := d.lineOf(position(n))
		if k := len(blocks); k > 0 && line <= blocks[k-1].Line {
			continue // the parser's making, on a line that is a block already
		}
		blocks = append(blocks, &Block{Line: line, node: n})
	}
	first := len(d.lines) + 1
	if len(blocks) > 0 {
		first = blocks[0].Line
	}
	for i := 1; i < first; i++ {
		if !d.blank(i) { // such as a definition of a link
			blocks = append([]*Block{{Line: i}}, blocks...)
			break
		}
	}
	for i, b := range blocks {
		next := len(d.lines) + 1
		if i+1 < len(blocks) {
			next = blocks[i+1].Line
		}
		b.End = next - 1
		for b.End > b.Line && d.blank(b.End) {
			b.End--
		}
		b.Gap = next - 1 - b.End
		d.fill(b)
	}
	return blocks
}

// Lead is the number of blank lines before the first block.
func (d *Draft) Lead() int {
	for i := range d.lines {
		if !d.blank(i + 1) {
			return i
		}
	}
	return len(d.lines)
}

func (d *Draft) blank(line int) bool {
	return strings.TrimSpace(strings.TrimPrefix(d.lines[line-1], "\uFEFF")) == ""
}

// position is where a node begins, or −1.
func position(n ast.Node) int {
	if n.Pos() >= 0 {
		return n.Pos()
	}
	if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
		return n.Lines().At(0).Start
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if p := position(c); p >= 0 {
			return p
		}
	}
	return -1
}

func (d *Draft) lineOf(pos int) int {
	if pos < 0 {
		return 1
	}
	i, found := slices.BinarySearch(d.starts, pos)
	if found {
		i++
	}
	return max(i, 1)
}

func (d *Draft) fill(b *Block) {
	if b.node == nil {
		b.Kind = HTML
		b.Norm = "raw " + strings.TrimSpace(d.Source(b.Line, b.End))
		b.Plain = b.Norm
		return
	}
	b.Norm, b.Plain = d.norm(b.node), d.plain(b.node)
	switch n := b.node.(type) {
	case *ast.Heading:
		b.Kind = Heading
	case *ast.List:
		b.Kind = List
		d.items(b)
	case *extast.Table:
		b.Kind = Table
		d.rows(b)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		b.Kind = Code
		d.codeLines(b)
	case *ast.Blockquote:
		b.Kind = Quote
	case *ast.HTMLBlock:
		b.Kind = HTML
		b.Norm = "html " + strings.TrimSpace(strings.ReplaceAll(d.Source(b.Line, b.End), "\r\n", "\n"))
		b.Plain = b.Norm
	case *ast.ThematicBreak:
		b.Kind = Rule
	default:
		_ = n
		b.Kind = Paragraph
		b.decision = d.decision(b.node, b.Plain)
	}
}

func (d *Draft) items(b *Block) {
	for c := b.node.FirstChild(); c != nil; c = c.NextSibling() {
		line := d.lineOf(position(c))
		if k := len(b.Items); k > 0 {
			line = max(line, b.Items[k-1].Line+1)
			b.Items[k-1].End = line - 1
		} else {
			line = b.Line
		}
		it := &Item{Line: line, Norm: d.norm(c), Plain: d.plain(c)}
		it.decision = d.decision(c, it.Plain)
		if m := promptMark().FindStringSubmatch(it.Norm); m != nil {
			it.Prompt = m[1]
		}
		b.Items = append(b.Items, it)
	}
	if k := len(b.Items); k > 0 {
		b.Items[k-1].End = b.End
	}
}

var promptMark = lazily.Regexp(`<!--\s*prompt:(\S+)\s*-->`)

func (d *Draft) rows(b *Block) {
	for c := b.node.FirstChild(); c != nil; c = c.NextSibling() {
		var cells []Cell
		for x := c.FirstChild(); x != nil; x = x.NextSibling() {
			cell := Cell{Norm: d.inner(x), Plain: d.plain(x)}
			if x.Lines().Len() > 0 {
				seg := x.Lines().At(0)
				cell.Source = strings.TrimSpace(string(seg.Value(d.src)))
			}
			cells = append(cells, cell)
		}
		if _, ok := c.(*extast.TableHeader); ok {
			for _, x := range cells {
				b.Header = append(b.Header, x.Plain)
			}
			continue
		}
		line := d.lineOf(position(c))
		it := &Item{Line: line, End: line, Norm: d.norm(c), Plain: d.plain(c), Cells: cells}
		raw := strings.Trim(strings.TrimSpace(d.Source(line, line)), "|")
		if it.Overlong = strings.Count(raw, "|")-strings.Count(raw, `\|`) >= len(b.Header); it.Overlong {
			it.Norm += " " + raw
			it.Plain += " " + raw
			b.Norm += " " + raw
		}
		b.Items = append(b.Items, it)
	}
}

func (d *Draft) codeLines(b *Block) {
	first, last := b.Line, b.End
	if f, ok := b.node.(*ast.FencedCodeBlock); ok {
		first++
		last = first + f.Lines().Len() - 1
	}
	for i := first; i <= min(last, b.End); i++ {
		l := strings.TrimRight(d.Source(i, i), " \t\r\n")
		b.Items = append(b.Items, &Item{Line: i, End: i, Norm: l, Plain: l})
	}
}

var incidentHeading = lazily.Regexp(`^Incident(?: ([0-9]{1,9}))?(?:: *(.*)|$)`)

// IncidentNumber is the number that the words of an incident's heading have, or 0.
func IncidentNumber(heading string) int {
	for _, words := range [...]*regexp.Regexp{incidentHeading(), otherHeading()} {
		if m := words.FindStringSubmatch(heading); m != nil {
			n, _ := strconv.Atoi(m[1])
			return n
		}
	}
	return 0
}

// section deals blocks out to sections and parts.
func (d *Draft) section(blocks []*Block) {
	s := &Section{Kind: Top, Key: "top", Line: 1, Parts: []*Part{{}}}
	d.Sections = []*Section{s}
	for _, b := range blocks {
		h, _ := b.node.(*ast.Heading)
		switch {
		case b.Kind == Heading && h.Level <= 2 && !(h.Level == 1 && len(d.Sections) == 1 && len(s.Blocks()) == 0):
			s = d.begin(b, h)
		case b.Kind == Heading && h.Level == 3:
			s.Parts = append(s.Parts, &Part{Key: b.Plain})
		}
		p := s.Parts[len(s.Parts)-1]
		p.Blocks = append(p.Blocks, b)
		if b.Kind == Marker && s.ID == "" && s.Kind == Incident {
			s.ID = b.ID
		}
	}
	for _, s := range d.Sections {
		if s.Kind == Other {
			s.byContent()
		}
		if s.Kind != Incident {
			continue
		}
		if a := s.Analyst(); s.ID == "" && a != nil {
			s.ID = owner(a.ID)
		}
		if s.ID == "" {
			s.ID, _ = s.Fact("Id")
		}
		s.Key = "incident " + s.ID
		if s.ID == "" {
			s.Key = "incident " + HandID(s.Title)
		}
	}
}

var otherHeading = lazily.Regexp(`^\pL+ ([0-9]{1,9}): *(.*)$`)

// byContent recognises a section whose heading is in the person's own words: that of an incident by the
// marker below the heading, and the decisions by their table.
func (s *Section) byContent() {
	blocks := s.Blocks()
	m := otherHeading().FindStringSubmatch(s.Heading)
	at := 1
	for at < len(blocks) && (blocks[at].Kind == Quote || m != nil && blocks[at].Kind == Paragraph) {
		at++ // such as a suggestion for the heading, or a decision
	}
	if at < len(blocks) && blocks[0].Kind == Heading && blocks[at].Kind == Marker {
		s.Kind, s.ID, s.Title = Incident, blocks[at].ID, s.Heading
		if m != nil {
			s.Number, _ = strconv.Atoi(m[1])
			s.Title = m[2]
		}
		return
	}
	if t := s.Table("Decision"); t != nil && slices.Contains(t.Header, "Id") && slices.Contains(t.Header, "Reason") {
		s.Kind, s.Key = Decisions, "section appendix Decisions"
	}
}

var appendix = lazily.Regexp(`^Appendix [A-Z]: `)

func (d *Draft) begin(b *Block, h *ast.Heading) *Section {
	s := &Section{Heading: b.Plain, Line: b.Line, Parts: []*Part{{}}}
	s.Key = "section " + appendix().ReplaceAllString(b.Plain, "appendix ")
	d.Sections = append(d.Sections, s)
	m := incidentHeading().FindStringSubmatch(b.Plain)
	switch {
	case h.Level == 2 && m != nil:
		s.Kind, s.Title = Incident, m[2]
		s.Number, _ = strconv.Atoi(m[1])
	case b.Plain == GoneHeading:
		s.Kind, s.Key = Gone, "gone"
	case s.Key == "section appendix Decisions":
		s.Kind = Decisions
	}
	return s
}

// Fact returns the words of a row of the section's table of facts, and its line; "" and 0 when there
// is none. A name in the singular finds the plural too.
func (s *Section) Fact(name string) (string, int) {
	if it := s.fact(name); it != nil {
		return it.Cells[1].Plain, it.Line
	}
	return "", 0
}

func (s *Section) fact(name string) *Item {
	t := s.Table("Fact")
	if t == nil {
		return nil
	}
	for _, it := range t.Items {
		if len(it.Cells) > 1 && (it.Cells[0].Plain == name || it.Cells[0].Plain == name+"s") {
			return it
		}
	}
	return nil
}

// FactCodes returns the code spans in a row of the table of facts.
func (s *Section) FactCodes(name string) []string {
	it := s.fact(name)
	if it == nil {
		return nil
	}
	return Codes(it.Cells[1])
}

// Codes returns the code spans in a cell.
func Codes(c Cell) []string {
	var list []string
	for _, m := range codeSpan().FindAllStringSubmatch(c.Norm, -1) {
		list = append(list, m[1])
	}
	return list
}

var codeSpan = lazily.Regexp("\x02code ([^\x03]*)\x03")

func (p Problem) String() string { return fmt.Sprintf("%d: %s", p.Line, p.Text) }
