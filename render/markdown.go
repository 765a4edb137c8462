package render

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/template"
	"text/template/parse"

	"practicum/analysis"
	"practicum/analysis/lazily"
	"practicum/render/safe"
	"practicum/templates"
)

// Markdown writes r by the template of set.
//
// No template has to remember to escape: every value that a template prints passes print,
// which writes strings as prose without any meaning in Markdown. Only the functions of
// functions make markup.
func Markdown(w io.Writer, r *analysis.Report, set templates.Set) error {
	out := &output{}
	t, err := template.New(PartsName).Funcs(functions()).
		Funcs(template.FuncMap{printName: out.print}).
		Option("missingkey=error").Parse(set.Parts)
	if err == nil {
		t, err = t.New(set.Name).Parse(set.Report)
	}
	if err != nil {
		return templateError(err)
	}
	for _, t := range t.Templates() {
		if t.Tree != nil {
			escapeActions(t.Root)
		}
	}
	if err := t.Execute(out, r); err != nil {
		return templateError(err)
	}
	_, err = w.Write(tidy(out.buf.Bytes()))
	return err
}

// PartsName is what errors call the template that holds what the others share.
const PartsName = "parts.md.tmpl"

// maxMarkdown is how much a template may write: far more than any report, and an end to one that calls itself.
const maxMarkdown = 512 << 20

var templatePlace = lazily.Regexp(`^template: ([^:]+:\d+)(?::\d+)?: (?:executing "[^"]*" at )?(.*)$`)

// templateError begins with the file and the line, as errors of other files do.
func templateError(err error) error {
	if m := templatePlace().FindStringSubmatch(err.Error()); m != nil {
		return fmt.Errorf("%s: %s; `practicum templates fields` lists what a template can use", m[1], m[2])
	}
	return fmt.Errorf("report template: %w", err)
}

// tidy removes the blank lines that templates leave at the ends.
func tidy(b []byte) []byte { return append(bytes.Trim(b, "\n"), '\n') }

// printName is the function that escapeActions puts behind every action. A template that calls
// it itself gains nothing: it gets a string, which is escaped once more.
const printName = "_print"

// escapeActions appends print to every pipeline whose value a template writes.
func escapeActions(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, c := range n.Nodes {
			escapeActions(c)
		}
	case *parse.ActionNode:
		if len(n.Pipe.Decl) > 0 {
			return // an assignment writes nothing
		}
		n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{
			NodeType: parse.NodeCommand,
			Pos:      n.Pos,
			Args:     []parse.Node{parse.NewIdentifier(printName).SetPos(n.Pos)},
		})
	case *parse.IfNode:
		escapeActions(n.List)
		escapeActions(n.ElseList)
	case *parse.WithNode:
		escapeActions(n.List)
		escapeActions(n.ElseList)
	case *parse.RangeNode:
		escapeActions(n.List)
		escapeActions(n.ElseList)
	}
}

// output collects what a template writes and knows what line it is on: a template executes
// and writes in order, so print sees everything that stands before its value.
type output struct{ buf bytes.Buffer }

func (o *output) Write(p []byte) (int, error) {
	if o.buf.Len()+len(p) > maxMarkdown {
		return 0, fmt.Errorf("the template writes more than %d MB", maxMarkdown>>20)
	}
	return o.buf.Write(p)
}

// inRow reports whether the line being written is the row of a table.
func (o *output) inRow() bool {
	b := o.buf.Bytes()
	return bytes.HasPrefix(b[bytes.LastIndexByte(b, '\n')+1:], []byte("|"))
}

// A piece is a part of the result of a template function.
type piece struct {
	text string
	as   form
}

type form uint8

const (
	asText   form = iota // prose: nothing in it is markup
	asCode               // a code span
	asMarkup             // markup of this package's making, without anything from a report
	asBlock              // a whole block of this package's making, escaped already
)

// inline is what template functions return: pieces that print writes as fits the place.
type inline []piece

func text(s string) piece   { return piece{s, asText} }
func code(s string) piece   { return piece{s, asCode} }
func markup(s string) piece { return piece{s, asMarkup} }

// print returns v as Markdown.
func (o *output) print(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case inline:
		var b strings.Builder
		for _, p := range v {
			switch p.as {
			case asText:
				b.WriteString(o.prose(p.text))
			case asCode:
				if o.inRow() {
					b.WriteString(safe.Cell(p.text))
				} else {
					b.WriteString(safe.Code(p.text))
				}
			case asMarkup:
				b.WriteString(p.text)
			case asBlock:
				if o.inRow() {
					return "", fmt.Errorf("a block cannot stand in a table")
				}
				b.WriteString(p.text)
			}
		}
		return b.String(), nil
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.String:
		return o.prose(rv.String()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return fmt.Sprint(v), nil
	}
	// Anything else has no one right form, and some have methods that could write markup.
	return "", fmt.Errorf("a %T cannot be written; choose one of its fields or a function", v)
}

// prose is safe.Text with the blanks at the ends kept as one, since a piece stands between others.
func (o *output) prose(s string) string {
	t := safe.Text(s)
	if t == "" {
		return t
	}
	if strings.HasPrefix(s, " ") {
		t = " " + t
	}
	if strings.HasSuffix(s, " ") {
		t += " "
	}
	return t
}
