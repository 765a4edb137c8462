package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"practicum/analysis/knowledge"
	"practicum/analysis/lazily"
	"practicum/analysis/logformat"
	"practicum/analysis/obscure"
	"practicum/analysis/pipeline"
	"practicum/analysis/severity"
	"practicum/config"
	"practicum/render/draft"
	"practicum/render/pdf/canvas"
)

// obscuredName is what files of an obscured report are called: the analyst's own report stays beside them.
const obscuredName = "report.obscured"

// obscuredLogs is the folder beside an obscured report in which its logs are kept.
const obscuredLogs = obscuredName + ".logs"

// obscured is a run on copies of the logs in which pseudonyms stand for what tells the site from others. All that the
// run makes is made of these.
type obscured struct {
	m     *obscure.Map
	logs  []logformat.Input
	files map[string]string // the copies, by what the report calls them
	dir   string            // of the copies
	list  string
	mynet bool
}

func (o *obscured) close() { os.RemoveAll(o.dir) }

// obscure makes the copies, and changes what the configuration says of addresses and names to pseudonyms too.
func (p *program) obscure(ctx context.Context, logs []logformat.Input, o *config.Options) (*obscured, error) {
	key, err := p.obscureKey(o.Obscure.Key)
	if err != nil {
		return nil, err
	}
	words := slices.Clone(o.Obscure.Words)
	if name := strings.TrimSpace(o.Analysis.Site.Name); name != "" {
		words = append(words, name)
	}
	m := obscure.New(key, obscure.Options{
		Home: o.Obscure.Home, OwnOnly: o.Obscure.Mode == "own", Words: words,
		Guessed: knowledge.DefaultLogin,
		Keep:    func(user string) bool { return slices.Contains(systemAccounts[:], strings.ToLower(user)) },
	})
	x := &obscured{m: m, files: map[string]string{}, list: o.Obscure.List, mynet: o.Obscure.MyNet}
	if x.dir, err = os.MkdirTemp("", "practicum-obscured-*"); err != nil {
		return nil, fmt.Errorf("the obscured copies of the logs cannot be kept in a temporary folder (%s); set TMPDIR to a folder with room", reason(err))
	}
	for _, a := range o.Analysis.Site.Assets {
		for _, h := range a.Hosts {
			m.OwnHost(h)
		}
	}
	if err := x.copy(ctx, logs, &o.Analysis, p.warn); err != nil {
		x.close()
		return nil, err
	}
	x.settings(&o.Analysis)
	o.Style.Logo = nil // it shows whose report it is
	return x, nil
}

// systemAccounts are accounts that systems and programs come with: they tell nobody from others.
var systemAccounts = [...]string{"root", "admin", "administrator", "guest", "test", "user", "ubuntu", "debian", "centos", "ec2-user", "pi", "oracle", "postgres", "mysql", "git",
	"jenkins", "hadoop", "nagios", "tomcat", "ftpuser", "support", "service", "default", "toor", "daemon", "bin", "sys", "sync", "nobody", "www-data", "apache", "nginx", "postfix", "dovecot", "dovenull", "sshd", "systemd", "messagebus",
	"syslog", "ntp", "chrony", "named", "bind", "mail", "mailnull", "smmsp", "news", "uucp", "proxy", "backup", "list", "irc", "gnats", "man", "lp", "games", "operator",
	"anonymous", "ftp", "local service", "network service", "system", "administrator", "nt", "anonymous logon", "(unknown)", "unknown", "cron", "kernel"}

// obscureKey reads the key, or makes one where there is none.
func (p *program) obscureKey(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		key := make([]byte, obscure.KeySize)
		if _, err := rand.Read(key); err != nil {
			return nil, fmt.Errorf("%s: no key can be made: %w", file, err)
		}
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, fmt.Errorf("%s: the key cannot be kept there (%s); name another file with --obscure-key", file, reason(err))
		}
		_, err = fmt.Fprintln(f, hex.EncodeToString(key))
		if e := f.Close(); err == nil {
			err = e
		}
		if err != nil {
			return nil, unwritable(file, err)
		}
		p.warn(file, "is a new key. Keep it, and keep it to yourself: the same key gives the same pseudonyms next month, and who has it can go back")
		return key, nil
	}
	if err != nil {
		return nil, unreadable(file, err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != obscure.KeySize {
		return nil, fmt.Errorf("%s: is no key: %d hexadecimals are wanted; remove it, or name another file with --obscure-key, and a new one is made", file, 2*obscure.KeySize)
	}
	return key, nil
}

// copy writes the copies of the logs. What one log calls a name another one may have anywhere, so all are read first.
func (x *obscured) copy(ctx context.Context, logs []logformat.Input, o *pipeline.Options, warn func(file, text string)) error {
	var rules []pipeline.LogFormatRule
	var read []*obscure.Log
	for i, in := range logs {
		formats, err := o.FormatsFor(in.Path)
		if err != nil {
			return err
		}
		log, err := x.m.Collect(ctx, in, logformat.NewClock(o.Clock.Zone, o.Clock.Guess(in.ModTime)), formats)
		if err != nil {
			return err
		}
		if read = append(read, log); log.Cut != "" {
			warn(in.Path, log.Cut)
		}
		alias := fmt.Sprintf("log-%0*d", len(fmt.Sprint(len(logs))), i+1)
		x.m.Alias(alias, in.Path)
		for _, rule := range o.LogFormats {
			whole, _ := doublestar.Match(rule.Glob, in.Path)
			base, _ := doublestar.Match(rule.Glob, filepath.Base(in.Path))
			if whole || base {
				rules = append(rules, pipeline.LogFormatRule{Format: rule.Format, Glob: alias})
				break
			}
		}
		file := filepath.Join(x.dir, alias)
		x.files[alias] = file
		x.logs = append(x.logs, logformat.Input{Path: alias, ModTime: in.ModTime, Open: func() (io.ReadCloser, error) { return os.Open(file) }})
	}
	o.LogFormats = rules
	plain := x.m.Search(true)
	for i, log := range read {
		alias := x.logs[i].Path
		f, err := os.OpenFile(x.files[alias], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return unwritable(x.files[alias], err)
		}
		lost, err := x.m.Write(ctx, log, f, plain)
		x.logs[i].Size, _ = f.Seek(0, io.SeekCurrent)
		if e := f.Close(); err == nil {
			err = e
		}
		if err != nil {
			return fmt.Errorf("%s: cannot be copied: %w", logs[i].Path, err)
		}
		if lost > 0 {
			warn(logs[i].Path, fmt.Sprintf("%d lines are left out of the obscured report, because they write an address or a name in a way that cannot be replaced", lost))
		}
		if leaks, err := searchFile(plain, x.files[alias]); err != nil {
			return err
		} else if len(leaks) > 0 {
			return leakError(logs[i].Path+" (its obscured copy)", leaks)
		}
	}
	return nil
}

// searchFile looks for what is left in a copy, some megabytes at a time.
func searchFile(s *obscure.Search, file string) ([]obscure.Leak, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	defer f.Close()
	const size, overlap = 4 << 20, 128 << 10
	buf := make([]byte, 0, size)
	for {
		n, err := io.ReadFull(f, buf[len(buf):size])
		buf = buf[:len(buf)+n]
		// Whole lines, because a word that is cut may look like a name.
		whole, rest := buf, buf[max(0, len(buf)-overlap):]
		if i := bytes.LastIndexByte(buf, '\n'); err == nil && i >= 0 {
			whole, rest = buf[:i+1], buf[min(i+1, max(0, len(buf)-overlap)):] // with all of the line that goes on
		}
		if leaks := s.In(string(whole)); len(leaks) > 0 {
			return leaks, nil
		}
		if err != nil {
			return nil, nil
		}
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			rest = rest[i+1:]
		}
		buf = append(buf[:0], rest...)
	}
}

func leakError(where string, leaks []obscure.Leak) error {
	const told = 3
	var words []string
	for _, l := range leaks[:min(len(leaks), told)] {
		words = append(words, fmt.Sprintf("%q (as %q)", l.Original, l.Form))
	}
	text := strings.Join(words, ", ")
	if n := len(leaks) - told; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return fmt.Errorf("%s: still has %s, and nothing was written; add what is left to obscure.words in the configuration, and tell us", where, text)
}

// settings changes the options of the analysis to pseudonyms.
func (x *obscured) settings(o *pipeline.Options) {
	m := x.m
	o.Title = m.Text(o.Title)
	if o.ZoneNote != "" && !strings.HasPrefix(o.ZoneNote, "--") {
		o.ZoneNote = "the configuration"
	}
	o.Site.Name = m.Text(o.Site.Name)
	points := func(list ...**severity.Points) {
		for _, p := range list {
			if *p != nil {
				copied := **p
				copied.Reason = m.Text(copied.Reason)
				*p = &copied
			}
		}
	}
	names := func(list []string) (out []string) {
		for _, n := range list {
			out = append(out, m.Text(n))
		}
		return out
	}
	points(&o.Site.Network, &o.Site.System)
	o.Site.Assets = slices.Clone(o.Site.Assets)
	for i := range o.Site.Assets {
		a := &o.Site.Assets[i]
		prefixes := a.Addresses
		a.Hosts, a.Addresses = names(a.Hosts), nil
		for _, p := range prefixes {
			a.Addresses = append(a.Addresses, m.Prefix(p)...)
		}
		points(&a.Criticality, &a.System, &a.Network)
	}
	o.Site.Ratings = slices.Clone(o.Site.Ratings)
	for i := range o.Site.Ratings {
		r := &o.Site.Ratings[i]
		if r.ID != "" {
			r.ID = m.ID(r.ID)
		}
		r.Sources = names(r.Sources)
		points(&r.Criticality, &r.Lethality, &r.System, &r.Network)
	}
	o.Grouping.Ignore = slices.Clone(o.Grouping.Ignore)
	for i := range o.Grouping.Ignore {
		e := &o.Grouping.Ignore[i]
		prefixes := e.Addresses
		e.Addresses, e.Names, e.Reason = nil, names(e.Names), m.Text(e.Reason)
		for _, p := range prefixes {
			e.Addresses = append(e.Addresses, m.Prefix(p)...)
		}
	}
	o.Grouping.Pseudonyms = m
	made := *o.Made
	made.Obscured, made.Configuration, made.Flags = true, "", []string{}
	o.Made = &made
}

var escapedInWord = lazily.Regexp(`(\w)\\([_@])(\w)`)

// documents replaces what people wrote into a report, and the ids of incidents. base is what the tool had written: what
// looks like a name in it and is in no log is a word of the tool's own.
func (x *obscured) documents(source, base []byte) (changed, changedBase []byte) {
	x.m.Ours(string(base))
	return x.document(source), x.document(base)
}

func (x *obscured) document(text []byte) []byte {
	if text == nil {
		return nil
	}
	s := string(text)
	if d, err := draft.Parse(text); err == nil {
		for _, section := range d.Sections {
			if section.ID != "" && !strings.HasPrefix(section.ID, draft.ByHand) {
				s = strings.ReplaceAll(s, section.ID, x.m.ID(section.ID))
			}
		}
	}
	// Markdown escapes what a mail address or a name may have; within words it need not.
	return []byte(x.m.Text(escapedInWord().ReplaceAllString(s, "$1$2$3")))
}

// reword writes the site's own addresses as it was asked to.
func (x *obscured) reword(text []byte) []byte {
	if !x.mynet {
		return text
	}
	return []byte(x.m.Classic(string(text)))
}

// nameSpaces stand in every PDF and every picture of ours, whatever it is about.
var nameSpaces = [...]string{"http://ns.adobe.com/", "http://purl.org/", "http://www.w3.org/", "http://www.aiim.org/"}

// finish searches the finished files for what is left.
func (x *obscured) finish(files []outputFile) error {
	search := x.m.Search(false)
	for _, f := range files {
		text := string(f.data)
		if filepath.Ext(f.path) == ".pdf" {
			text = canvas.Words(f.data)
		}
		for _, space := range nameSpaces {
			text = strings.ReplaceAll(text, space, "")
		}
		if leaks := search.In(text); len(leaks) > 0 {
			return leakError(f.path, leaks)
		}
		if leaks := search.In(filepath.Base(f.path)); len(leaks) > 0 {
			return leakError("the name of "+f.path, leaks)
		}
	}
	return nil
}

// writeList writes the owner's list of pseudonyms.
func (x *obscured) writeList() error {
	if x.list == "" {
		return nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, e := range x.m.Entries() {
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	if err := os.WriteFile(x.list, b.Bytes(), 0o600); err != nil {
		return unwritable(x.list, err)
	}
	return os.Chmod(x.list, 0o600)
}

// keep copies the obscured logs into a folder, in place of those of an earlier run.
func (x *obscured) keep(dir string) error {
	old, _ := filepath.Glob(filepath.Join(dir, "log-*"))
	for _, name := range old {
		os.Remove(name)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unwritable(dir, err)
	}
	for _, in := range x.logs {
		from, err := os.Open(x.files[in.Path])
		if err != nil {
			return unreadable(x.files[in.Path], err)
		}
		to, err := os.Create(filepath.Join(dir, in.Path))
		if err == nil {
			_, err = io.Copy(to, from)
			if e := to.Close(); err == nil {
				err = e
			}
		}
		from.Close()
		if err != nil {
			return unwritable(filepath.Join(dir, in.Path), err)
		}
	}
	return nil
}
