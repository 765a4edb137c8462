package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// envPrefix begins the name of every environment variable that is read.
const envPrefix = "PRACTICUM_"

// Names are the configurations that are read from the current folder when none is named.
var Names = []string{"practicum.yaml", "practicum.yml", "practicum.toml", "practicum.json"}

// Settings are the layers laid over each other: the shape that results, and who said what.
type Settings struct {
	File
	// Path is the file that was read; empty when there was none.
	Path string
	// said tells for each of the settings who gave it its value.
	said map[string]giver
	// flagged are the log formats that flags name; they go before those of the file.
	flagged []string
	// taught are the pattern files that flags name.
	taught []string
	// looked are the databases, and listed the lists, that flags name; they come behind those of the file.
	looked, listed []string
}

// giver says who gave a setting its value. A higher layer is a stronger word.
type giver struct {
	layer layer
	place string // how errors name it
}

type layer int

const (
	byDefault layer = iota
	byFile
	byEnvironment
	byFlag
)

// Find returns the configuration in folder dir, or "" when there is none. Two of them are an
// error: a run should not depend on which one is looked for first.
func Find(dir string) (string, error) {
	var found []string
	for _, name := range Names {
		path := filepath.Join(dir, name)
		switch _, err := os.Stat(path); {
		case err == nil:
			found = append(found, path)
		case !errors.Is(err, fs.ErrNotExist):
			return "", &Problem{Place: path, Text: reason(err)}
		}
	}
	switch len(found) {
	case 0:
		return "", nil
	case 1:
		return found[0], nil
	default:
		return "", &Problem{Place: found[0], Text: fmt.Sprintf("lies beside %s; name the one that holds with --config", filepath.Base(found[1]))}
	}
}

// ConfigFromEnv returns what PRACTICUM_CONFIG says: the configuration to read when no flag names one.
func ConfigFromEnv(env []string) string { return lookup(env, envPrefix+"CONFIG") }

// Load reads the configuration at path, which may be empty for none, and lays the environment
// (as "NAME=value") and the flags that were given over it. Of the flags it knows those that
// settings names, log-format, patterns, geo and list.
func Load(path string, env []string, flags *pflag.FlagSet) (*Settings, error) {
	var data []byte
	if path != "" {
		var err error
		if data, err = readFile(path); err != nil {
			return nil, err
		}
	}
	return parseLayers(path, data, env, flags)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &Problem{Place: path, Text: reason(err)}
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, &Problem{Place: path, Text: "is a folder, not a configuration"}
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, &Problem{Place: path, Text: reason(err)}
	}
	return data, nil
}

// reason is the system's word for a failure without the path, which stands before it already.
func reason(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		err = at.Err
	}
	return err.Error()
}

func parseLayers(path string, data []byte, env []string, flags *pflag.FlagSet) (*Settings, error) {
	v := viper.New()
	s := &Settings{Path: path, said: map[string]giver{}}

	for _, set := range settings {
		if set.initial != "" {
			v.SetDefault(set.key, layered(set.key, set.initial))
		}
	}
	if path != "" {
		t, err := parse(path, data)
		if err != nil {
			return nil, &Problem{Place: path, Text: err.Error()}
		}
		if t, err = fit(path, t); err != nil {
			return nil, err
		}
		if err := v.MergeConfigMap(t); err != nil {
			return nil, &Problem{Place: path, Text: oneLine(err.Error())}
		}
		for _, set := range settings {
			if v.InConfig(set.key) {
				s.said[set.key] = giver{byFile, path}
			}
		}
	}
	// viper would read the environment of the process by itself. It is given to us instead, so
	// that a run depends on what it is told and on nothing else; it overlays the file's values.
	if err := checkEnv(env); err != nil {
		return nil, err
	}
	for _, set := range settings {
		for _, name := range envNames(set) {
			value := lookup(env, name)
			if value == "" {
				continue
			}
			if err := v.MergeConfigMap(nested(set.key, layered(set.key, value))); err != nil {
				return nil, &Problem{Place: name, Text: oneLine(err.Error())}
			}
			s.said[set.key] = giver{byEnvironment, name}
			break
		}
	}
	if flags != nil {
		for _, set := range settings {
			flag := flags.Lookup(set.flag)
			if set.flag == "" || flag == nil || !flag.Changed {
				continue
			}
			if err := v.BindPFlag(set.key, flag); err != nil {
				return nil, &Problem{Place: "--" + set.flag, Text: oneLine(err.Error())}
			}
			s.said[set.key] = giver{byFlag, "--" + set.flag}
		}
		if flags.Lookup("log-format") != nil {
			var err error
			if s.flagged, err = flags.GetStringArray("log-format"); err != nil {
				return nil, &Problem{Place: "--log-format", Text: oneLine(err.Error())}
			}
			s.said["--log-format"] = giver{byFlag, "--log-format"}
		}
	}
	if flags != nil && flags.Lookup("patterns") != nil {
		var err error
		if s.taught, err = flags.GetStringArray("patterns"); err != nil {
			return nil, &Problem{Place: "--patterns", Text: oneLine(err.Error())}
		}
	}
	for _, named := range []struct {
		flag string
		list *[]string
	}{{"geo", &s.looked}, {"list", &s.listed}} {
		if flags == nil || flags.Lookup(named.flag) == nil {
			continue
		}
		if v, ok := flags.Lookup(named.flag).Value.(pflag.SliceValue); ok { // GetStringArray takes one empty value for none
			*named.list = v.GetSlice()
		}
		s.said["--"+named.flag] = giver{byFlag, "--" + named.flag}
	}
	exactly := func(c *mapstructure.DecoderConfig) { c.WeaklyTypedInput, c.DecodeHook = false, nil }
	if err := v.UnmarshalExact(&s.File, exactly); err != nil {
		return nil, &Problem{Place: path, Text: oneLine(err.Error())}
	}
	return s, nil
}

// layered is a value as the shape wants it: output.to, output.export and mail.to are the settings that are lists.
func layered(key, value string) any {
	if key == "output.to" || key == "output.export" || key == "mail.to" {
		return splitList(value)
	}
	return value
}

// nested makes {"clock": {"tz": value}} of "clock.tz".
func nested(key string, value any) tree {
	parts := strings.Split(key, ".")
	for i := len(parts) - 1; i > 0; i-- {
		value = tree{parts[i]: value}
	}
	return tree{parts[0]: value}
}

// envNames are the variables that may give a setting, the one that counts first.
func envNames(set setting) []string {
	names := []string{envName(set.key)}
	if set.flag != "" && envName(set.flag) != names[0] {
		names = append(names, envName(set.flag))
	}
	return names
}

func envName(key string) string {
	return envPrefix + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key))
}

// checkEnv refuses a variable that is nearly one of ours. One that is like none of them may
// belong to something else and is left alone.
func checkEnv(env []string) error {
	var known []string
	for _, set := range settings {
		for _, name := range envNames(set) {
			known = append(known, strings.ToLower(name))
		}
	}
	known = append(known, strings.ToLower(envPrefix+"CONFIG"))
	var ps problems
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		tail, ours := strings.CutPrefix(name, envPrefix)
		if !ours {
			continue
		}
		if near, ok := Nearest(name, known); ok && near != strings.ToLower(name) && len(tail) > 3 {
			ps = append(ps, &Problem{Place: name, Text: fmt.Sprintf("unknown environment variable (did you mean %s?)", strings.ToUpper(near))})
		}
	}
	return ps.err()
}

// lookup returns the last value that env gives to name, as a process would see it.
func lookup(env []string, name string) string {
	value := ""
	for _, e := range env {
		if k, v, _ := strings.Cut(e, "="); k == name {
			value = v
		}
	}
	return value
}
