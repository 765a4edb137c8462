package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"practicum/analysis"
	"practicum/render/pdf/canvas"
	"practicum/render/safe"
)

// maxEvidence is how much evidence a PDF carries: what mail servers still let through.
const maxEvidence = 32 << 20

// manifest says what a report was made from, so that a reader can tell the same logs from others.
type manifest struct {
	Schema string           `json:"schema"`
	Tool   string           `json:"tool,omitempty"`
	Made   *analysis.Made   `json:"made,omitempty"`
	Inputs []analysis.Input `json:"inputs"`
}

// manifestOf is the manifest of a report, as it is written.
func manifestOf(r *analysis.Report) ([]byte, error) {
	text, err := json.MarshalIndent(manifest{"practicum/manifest/1", r.Tool, r.Made, r.Inputs}, "", "  ")
	return append(text, '\n'), err
}

// attachments are the files that a PDF carries: the manifest of the inputs, and on request the inputs themselves, which must be
// what was read. at says where an input lies; nil where its name says so.
func attachments(report *analysis.Report, what string, at func(string) string) ([]canvas.File, error) {
	if report == nil {
		return nil, nil
	}
	inputs := report.Inputs
	if what == "none" || len(inputs) == 0 {
		return nil, nil
	}
	text, err := manifestOf(report)
	if err != nil {
		return nil, err
	}
	files := []canvas.File{{
		Name: "manifest.json", Type: "application/json", Relation: "Data", Data: text,
		Description: "The inputs of the report with their sizes and SHA-256",
	}}
	if what != "evidence" {
		return files, nil
	}
	var whole int64
	for i, in := range inputs {
		way := "; --attach manifest leaves the evidence out"
		if whole += in.Bytes; whole > maxEvidence {
			return nil, fmt.Errorf("%s: the inputs up to this one have %d MB, and a PDF carries at most %d MB of evidence%s", in.File, whole>>20, maxEvidence>>20, way)
		}
		file := filepath.FromSlash(in.File)
		if at != nil {
			file = at(in.File)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("%s: cannot be attached (%s)%s", in.File, reason(err), way)
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != in.SHA256 {
			return nil, fmt.Errorf("%s: is not what the report was made from any more (its SHA-256 is another) and cannot be attached%s", in.File, way)
		}
		// No folders in the name, and none twice.
		name := safe.Line(path.Base(in.File))
		files = append(files, canvas.File{
			Name: fmt.Sprintf("%02d-%s", i+1, strings.NewReplacer("/", "_", `\`, "_").Replace(name)), Type: "application/octet-stream", Relation: "Source",
			Description: "Evidence: " + safe.Line(in.File), Data: data,
		})
	}
	return files, nil
}

// reportBeside is what the report.json beside a report says of its inputs; nil where there is no such file.
func reportBeside(report string) (*analysis.Report, error) {
	file := strings.TrimSuffix(report, filepath.Ext(report)) + ".json"
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, unreadable(file, err)
	}
	var r struct {
		Schema string           `json:"schema"`
		Tool   string           `json:"tool"`
		Made   *analysis.Made   `json:"made"`
		Period analysis.Period  `json:"period"`
		Inputs []analysis.Input `json:"inputs"`

		Lookups []analysis.LookupFile `json:"lookups"`
	}
	if json.NewDecoder(bytes.NewReader(text)).Decode(&r) != nil || r.Schema != analysis.Schema {
		return nil, nil // a file of somebody else's
	}
	return &analysis.Report{Schema: r.Schema, Tool: r.Tool, Made: r.Made, Period: r.Period, Inputs: r.Inputs, Lookups: r.Lookups}, nil
}
