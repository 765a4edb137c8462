package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// licenceWords are what the text of a licence has and that of no other here.
var licenceWords = map[string]string{
	"MIT": "to deal in the Software without restriction", "BSD-3-Clause": "Redistribution and use in source and binary forms", "Apache-2.0": "Apache License",
	"ISC": "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee",
}

// TestThirdParty compares THIRD_PARTY.md with what the command is built with.
func TestThirdParty(t *testing.T) {
	text, err := os.ReadFile("../../THIRD_PARTY.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([^ |]+/[^ |]+) \| ([^|]+) \| .+ \|$`).FindAllStringSubmatch(string(text), -1) {
		listed[row[1]] = row[2]
	}
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	built := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		module, dir, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || built[module] {
			continue
		}
		built[module] = true
		words := licenceWords[listed[module]]
		if words == "" {
			t.Errorf("%s: %q in THIRD_PARTY.md is no licence that is known here", module, listed[module])
			continue
		}
		files, err := filepath.Glob(filepath.Join(dir, "LICEN[CS]E*"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s: no licence in %s", module, dir)
			continue
		}
		found := false
		for _, f := range files {
			if info, err := os.Stat(f); err == nil && info.IsDir() { // as REUSE has them beside the file
				continue
			}
			licence, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.Contains(strings.Join(strings.Fields(string(licence)), " "), words)
		}
		if !found {
			t.Errorf("%s: %s says nothing of %s", module, files[0], listed[module])
		}
	}
	for module := range listed {
		if !built[module] {
			t.Errorf("THIRD_PARTY.md lists %s, which is not linked in", module)
		}
	}
}

// TestReproducible builds the command twice, the second time from a copy in another folder: the bytes are the same.
func TestReproducible(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("cp", "-r", "../..", filepath.Join(dir, "copy")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var first []byte
	for _, root := range []string{"../..", filepath.Join(dir, "copy")} {
		binary := filepath.Join(dir, "practicum")
		build := exec.Command("sh", "scripts/build.sh", binary)
		build.Dir = root
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		data, err := os.ReadFile(binary)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = data
		} else if string(data) != string(first) {
			t.Error("a build from another folder has other bytes")
		}
	}
}
