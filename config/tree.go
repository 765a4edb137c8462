package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"
)

// A tree is what a file says before it is compared with the shape: maps, lists and texts.
// Numbers, dates and booleans stay the text that was written, because the three languages
// disagree on them: 010 is eight in one and an error in another, and a zone of +0100 would
// become the number 100.
type tree = map[string]any

// maxFile and maxNodes bound what is read: a list of assets is small, and YAML's aliases can
// make a thousand million nodes of a few lines.
const (
	maxFile  = 4 << 20
	maxNodes = 1 << 20
)

// parse reads a file's bytes as the language that its extension names.
func parse(path string, data []byte) (tree, error) {
	language := strings.ToLower(filepath.Ext(path))
	if len(data) > maxFile {
		return nil, fmt.Errorf("has more than %d MiB, which no configuration needs", maxFile>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, errors.New("is not UTF-8 text; save it as UTF-8")
	}
	var v any
	var err error
	switch language {
	case ".yaml", ".yml":
		v, err = parseYAML(data)
	case ".toml":
		v, err = parseTOML(data)
	case ".json":
		v, err = parseJSON(data)
	default:
		return nil, errors.New("a configuration ends in .yaml, .toml or .json, which says how it is read")
	}
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil:
		return tree{}, nil
	case tree:
		return v, nil
	default:
		return nil, errors.New("wants keys such as title and assets at the top")
	}
}

func parseYAML(data []byte) (any, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, errors.New(oneLine(strings.TrimPrefix(err.Error(), "yaml: ")))
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		if err != nil {
			return nil, errors.New(oneLine(strings.TrimPrefix(err.Error(), "yaml: ")))
		}
		return nil, errors.New("has more than one YAML document; one is wanted")
	}
	w := yamlWalk{budget: maxNodes}
	return w.value(&doc, 0)
}

type yamlWalk struct{ budget int }

func (w *yamlWalk) value(n *yaml.Node, depth int) (any, error) {
	w.budget--
	if w.budget < 0 || depth > 100 {
		return nil, fmt.Errorf("line %d: is nested or repeated too often", n.Line)
	}
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) == 0 {
			return nil, nil
		}
		return w.value(n.Content[0], depth+1)
	case yaml.AliasNode:
		return w.value(n.Alias, depth+1)
	case yaml.ScalarNode:
		if n.ShortTag() == "!!null" {
			return nil, nil
		}
		return n.Value, nil
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			v, err := w.value(c, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.MappingNode:
		m := make(tree, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if k.Kind != yaml.ScalarNode {
				return nil, fmt.Errorf("line %d: a key must be a word", k.Line)
			}
			if _, twice := m[k.Value]; twice {
				return nil, fmt.Errorf("line %d: the key %q stands here a second time", k.Line, k.Value)
			}
			v, err := w.value(n.Content[i+1], depth+1)
			if err != nil {
				return nil, err
			}
			m[k.Value] = v
		}
		return m, nil
	}
	return nil, nil
}

func parseTOML(data []byte) (any, error) {
	var m map[string]any
	if err := toml.Unmarshal(data, &m); err != nil {
		text := oneLine(strings.TrimPrefix(err.Error(), "toml: "))
		if at, ok := errors.AsType[*toml.DecodeError](err); ok {
			row, _ := at.Position()
			return nil, fmt.Errorf("line %d: %s", row, text)
		}
		return nil, errors.New(text)
	}
	return fromTOML(m), nil
}

// fromTOML gives the values that TOML has typed their text back.
func fromTOML(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(tree, len(v))
		for k, x := range v {
			m[k] = fromTOML(x)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, x := range v {
			list[i] = fromTOML(x)
		}
		return list
	case []map[string]any:
		list := make([]any, len(v))
		for i, x := range v {
			list[i] = fromTOML(x)
		}
		return list
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	default: // int64, bool and the local dates and times, all of which print as they are written
		return fmt.Sprint(v)
	}
}

func parseJSON(data []byte) (any, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := jsonValue(dec, 0)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("has text after the end of the object")
		}
	}
	if err != nil {
		text := oneLine(err.Error())
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			text = "ends in the middle: a bracket or a quotation mark is not closed"
		}
		at := min(int(dec.InputOffset()), len(data))
		return nil, fmt.Errorf("line %d: %s", 1+bytes.Count(data[:at], []byte("\n")), text)
	}
	return v, nil
}

// jsonValue reads one value token by token, because decoding into a map would keep the second
// of two equal keys in silence.
func jsonValue(dec *json.Decoder, depth int) (any, error) {
	if depth > 100 {
		return nil, errors.New("is nested too deeply")
	}
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			list := []any{}
			for dec.More() {
				v, err := jsonValue(dec, depth+1)
				if err != nil {
					return nil, err
				}
				list = append(list, v)
			}
			_, err := dec.Token()
			return list, err
		}
		m := tree{}
		for dec.More() {
			t, err := dec.Token()
			if err != nil {
				return nil, err
			}
			k, ok := t.(string)
			if !ok {
				return nil, errors.New("a key must be a text")
			}
			if _, twice := m[k]; twice {
				return nil, fmt.Errorf("the key %q stands here a second time", k)
			}
			if m[k], err = jsonValue(dec, depth+1); err != nil {
				return nil, err
			}
		}
		_, err := dec.Token()
		return m, err
	case nil:
		return nil, nil
	case json.Number:
		return t.String(), nil
	default: // string and bool
		return fmt.Sprint(t), nil
	}
}

// oneLine keeps a library's message on one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
