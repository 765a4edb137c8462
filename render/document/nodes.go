package document

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"

	"practicum/render/chart"
	"practicum/render/picture"
)

// The kinds of this package's nodes.
var (
	KindLogBlock = ast.NewNodeKind("LogBlock")
	KindChip     = ast.NewNodeKind("Chip")
	KindAlert    = ast.NewNodeKind("Alert")
	KindClaim    = ast.NewNodeKind("Claim")
	KindChart    = ast.NewNodeKind("Chart")
	KindFigure   = ast.NewNodeKind("Figure")
)

// LogBlock is an excerpt of a log: fenced code with the info string "log". It has no children.
type LogBlock struct {
	ast.BaseBlock
	Rows []LogLine
}

// LogLine is one line of a LogBlock, ready to draw: Text holds no line end and no hidden
// character, only perhaps tabs.
type LogLine struct {
	Number   string // digits; empty for a mark of omission and for a line that a person typed in
	Text     string
	Omission bool     // Text says in words what is left out
	subject  *subject // what its incident is about
}

// Kind implements ast.Node.
func (*LogBlock) Kind() ast.NodeKind { return KindLogBlock }

// IsRaw implements ast.Node: nothing inside is Markdown.
func (*LogBlock) IsRaw() bool { return true }

// Dump implements ast.Node.
func (n *LogBlock) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// Chip is the name of a severity's band: a code span that holds nothing else. It has no children.
type Chip struct {
	ast.BaseInline
	Band string // LOW, GUARDED, ELEVATED, HIGH or SEVERE
}

// Bands are the words that make a Chip, from the lowest to the highest.
var Bands = []string{"LOW", "GUARDED", "ELEVATED", "HIGH", "SEVERE"}

// Level is 1 for LOW to 5 for SEVERE: how many of the chip's five bars are full.
func (n *Chip) Level() int { return slices.Index(Bands, n.Band) + 1 }

// Kind implements ast.Node.
func (*Chip) Kind() ast.NodeKind { return KindChip }

// Dump implements ast.Node.
func (n *Chip) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"Band": n.Band}, nil)
}

// Alert is a blockquote that begins with a line such as [!NOTE]; its children are the other blocks.
type Alert struct {
	ast.BaseBlock
	Name string // one of AlertNames
}

// AlertNames are the alerts that a report can hold, in lower case.
var AlertNames = []string{"note", "tip", "important", "warning", "caution"}

// Title is the word to print above the alert.
func (n *Alert) Title() string { return strings.ToUpper(n.Name[:1]) + n.Name[1:] }

// Kind implements ast.Node.
func (*Alert) Kind() ast.NodeKind { return KindAlert }

// Dump implements ast.Node.
func (n *Alert) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"Name": n.Name}, nil)
}

// Claim is the word in front of a statement that says what it rests on: **Observed.**,
// **Known.** or **Question.** at the start of a paragraph or an item. It has no children.
type Claim struct {
	ast.BaseInline
	Class string // one of ClaimClasses
}

// ClaimClasses are the classes of statements, in lower case, as in package analysis.
var ClaimClasses = []string{"observed", "known", "question"}

// Back is the link from a footnote to the place that it belongs to.
const Back = "↑"

// Label is the word to print: Observed, Known or Question.
func (n *Claim) Label() string { return strings.ToUpper(n.Class[:1]) + n.Class[1:] }

// Kind implements ast.Node.
func (*Claim) Kind() ast.NodeKind { return KindClaim }

// Dump implements ast.Node.
func (n *Claim) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"Class": n.Class}, nil)
}

// Chart is fenced code with the info string "chart KIND" whose lines package chart can read. It has no children.
type Chart struct {
	ast.BaseBlock
	Chart chart.Chart
	Rows  []string // the lines as they stand in the Markdown, ready to draw; the first is the title
}

// Kind implements ast.Node.
func (*Chart) Kind() ast.NodeKind { return KindChart }

// IsRaw implements ast.Node: nothing inside is Markdown.
func (*Chart) IsRaw() bool { return true }

// Dump implements ast.Node.
func (n *Chart) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"Chart": n.Chart.Kind()}, nil)
}

// Figure is a picture that stands in a paragraph of its own. Its children are the words that describe it, which are its caption.
type Figure struct {
	ast.BaseBlock
	Picture *picture.Picture
}

// Kind implements ast.Node.
func (*Figure) Kind() ast.NodeKind { return KindFigure }

// Dump implements ast.Node.
func (n *Figure) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"Picture": fmt.Sprintf("%s %d×%d", n.Picture.Type, n.Picture.Width, n.Picture.Height)}, nil)
}
