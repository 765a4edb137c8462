// Package document reads a report's Markdown into the tree that HTML and PDF are drawn from.
//
// There is one configured goldmark and one transformer behind Parse. The transformer replaces
// what a report gives a meaning of its own by kinds of nodes of this package (LogBlock, Chart, Figure,
// Chip, Alert, Claim) and removes what no renderer may draw (raw HTML, comments, links outside the
// allow-list, pictures from elsewhere), so that renderers need no policy. Renderers never change the tree, and
// they take text from the methods of Document only, which undo escapes and make hidden
// characters visible: HTML and PDF then agree on every character.
//
// To add a kind of node: its type in nodes.go, what makes it in transform.go, a case in each
// renderer. TestKinds and the renderers' own tests walk a document that has every kind.
package document

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"practicum/render/picture"
)

// Document is a parsed report.
type Document struct {
	Root     ast.Node
	Source   []byte    // what the tree's segments point into; line ends are LF
	Title    string    // text of the first heading of level 1; empty when there is none
	Headings []Heading // the headings with words that are not inside a quote or a list, in order
	Warnings []*Error  // what is drawn otherwise than its author may expect
}

// Heading is an entry of the table of contents.
type Heading struct {
	Level int
	Text  string
	ID    string // unique in the document; the target of links
}

// Error is a reason not to parse a document.
type Error struct {
	Line   int // 1-based; 0 when it concerns the whole
	Reason string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
}

// dialect is the Markdown of reports. Linkify is off because addresses in a report are evidence
// and not links; Typographer because evidence is verbatim; Unsafe and Attribute because nobody
// needs them and an attacker would like them. IDs of headings come from the transformer, which
// knows to which incident a heading belongs.
var dialect = goldmark.New(
	goldmark.WithExtensions(
		extension.Table, extension.Strikethrough, extension.TaskList,
		extension.Footnote, extension.DefinitionList,
	),
	goldmark.WithParserOptions(
		// After the transformers of the extensions, which move footnotes and mend cells.
		parser.WithASTTransformers(util.Prioritized(transformer{}, 2000)),
	),
)

// Pictures gives the picture at an address that a report names; an error says why not, in words that follow the address.
type Pictures func(address string) (*picture.Picture, error)

// Parse reads Markdown. Pictures are told by their descriptions. It fails, with an *Error, only for input that no person writes and that
// would take the parser or a renderer absurdly long.
func Parse(src []byte) (*Document, error) { return ParseWith(src, nil) }

// ParseWith is Parse with pictures, unless there are none to be had.
func ParseWith(src []byte, pictures Pictures) (*Document, error) {
	src = normalise(src)
	if err := checkLimits(src); err != nil {
		return nil, err
	}
	context := parser.NewContext()
	context.Set(picturesKey, pictures)
	root := dialect.Parser().Parse(text.NewReader(src), parser.WithContext(context))
	if depth(root) > maxDepth {
		return nil, &Error{Reason: fmt.Sprintf("quotes, lists or emphasis are nested deeper than %d", maxDepth)}
	}
	d := &Document{Root: root, Source: src}
	d.Warnings, _ = context.Get(warningsKey).([]*Error)
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		h, ok := n.(*ast.Heading)
		if !ok {
			continue
		}
		text := d.Text(h)
		if h.Level == 1 && d.Title == "" {
			d.Title = text
		}
		if text == "" {
			continue // nothing that a table of contents could show
		}
		d.Headings = append(d.Headings, Heading{Level: h.Level, Text: text, ID: d.ID(h)})
	}
	return d, nil
}

// normalise gives src the line ends and the start that all parsers agree on. A lone CR ends a
// line for CommonMark but not for goldmark.
func normalise(src []byte) []byte {
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(src, []byte("\r"), []byte("\n"))
}
