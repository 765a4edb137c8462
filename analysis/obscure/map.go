package obscure

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/publicsuffix"
)

// Options say what is replaced.
type Options struct {
	// Home are the site's own networks.
	Home []netip.Prefix
	// OwnOnly leaves addresses alone that are not the site's, and the names of the machines behind them: who attacked
	// may be told.
	OwnOnly bool
	// MyNet writes the site's own IPv4 addresses as practicals do, MY.NET.17.4.
	MyNet bool
	// Words are free words that are replaced wherever they stand: the name of the firm, of a project.
	Words []string
	// Keep are names that are nobody's: log-in names that every machine has.
	Keep func(user string) bool
	// Guessed are names that strangers try everywhere; they stay unless the logs show that there is such an account.
	Guessed func(user string) bool
}

// Map gives pseudonyms. It remembers what it was given, for the owner's list and for the search for what is left.
type Map struct {
	o     Options
	key   []byte
	pan   *pan
	addrs map[netip.Addr]netip.Addr
	// domains are those of the site.
	domains map[string]bool
	prose   bool // what is being replaced was written by people
	// ours are words of the tool's own; see Ours.
	ours  map[string]bool
	names map[string]name // by the original in lower case where its case does not matter, else as it stands
	// ordinary are the pseudonyms of accounts whose names are words of the logs, by name; they are replaced in places only.
	ordinary map[string]string
	places   map[place]bool
	real     map[string]string
}

type nameKind uint8

const (
	kindHost nameKind = iota
	kindUser
	kindMail
	kindWord
)

type name struct {
	kind      nameKind
	original  string
	pseudonym string
	guessed   bool // an account that may not exist: whoever logs in could have made the name up
}

// KeySize is the length of a key in bytes.
const KeySize = 32

// New returns a Map for a key of KeySize random bytes.
func New(key []byte, o Options) *Map {
	m := &Map{o: o, key: key, addrs: map[netip.Addr]netip.Addr{}, names: map[string]name{}, domains: map[string]bool{}, ordinary: map[string]string{}, places: map[place]bool{}, ours: map[string]bool{}, real: map[string]string{}}
	for _, name := range [...]string{"schemas.microsoft.com", "www.w3.org"} { // of name spaces, by which formats are known
		m.ours[name] = true
	}
	m.pan = newPan([32]byte(m.mac("addresses", "")))
	for _, w := range o.Words {
		if w = strings.TrimSpace(w); w != "" {
			m.add(kindWord, w, "word-"+m.tag("word", strings.ToLower(w)))
		}
	}
	return m
}

// mac is a keyed hash of a value of some kind.
func (m *Map) mac(kind, value string) []byte {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(kind + "\x00" + value))
	return h.Sum(nil)
}

var letters = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// tag is what tells pseudonyms apart: forty bits, a chance of one in a hundred that two of 150,000 names meet.
func (m *Map) tag(kind, value string) string {
	return letters.EncodeToString(m.mac(kind, value))[:8]
}

// ID is the pseudonym of an incident's id, which is made of an address and a time: whoever tries all addresses would find which.
func (m *Map) ID(id string) string { return hex.EncodeToString(m.mac("id", id)[:6]) }

func (m *Map) add(kind nameKind, original, pseudonym string) string {
	original = strings.Clone(original) // it may be a part of a line that will be written over
	key := original
	if kind != kindUser && (kind != kindHost || strings.Contains(original, ".")) {
		key = strings.ToLower(original)
	}
	if old, ok := m.names[key]; ok {
		return old.pseudonym
	}
	m.names[key] = name{kind: kind, original: original, pseudonym: pseudonym}
	m.real[pseudonym] = original
	return pseudonym
}

// Host notes a machine's name and gives its pseudonym. Machines of one domain stay of one domain. A name that is an
// address is none.
func (m *Map) Host(host string) string {
	host = strings.TrimSuffix(host, ".")
	if host == "" || host == "localhost" || host == "unknown" {
		return host
	}
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return m.Show(a)
	}
	if !isHostName(host) || strings.HasSuffix(strings.ToLower(host), ".arpa") {
		return m.Text(host)
	}
	lower := strings.ToLower(host)
	if !strings.Contains(host, ".") {
		if noNames[lower] || noAccounts[lower] {
			return host
		}
		form := "host-"
		if strings.HasPrefix(lower, "eni-") { // a network interface of AWS, by which its flow logs are known
			form = "eni-"
		}
		return m.add(kindHost, host, form+m.tag("host", lower))
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(lower)
	if err != nil {
		return m.add(kindHost, host, "host-"+m.tag("host", lower)+".example")
	}
	pseudonym := m.Domain(domain)
	if rest := strings.TrimSuffix(strings.TrimSuffix(lower, domain), "."); rest != "" {
		pseudonym = "host-" + m.tag("host", rest) + "." + pseudonym
	}
	return m.add(kindHost, host, pseudonym)
}

// OwnHost is Host for a machine of the site; its domain is the site's from then on.
func (m *Map) OwnHost(host string) string {
	if domain, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(host)); err == nil && strings.Contains(host, ".") {
		m.domains[domain] = true
	}
	return m.Host(host)
}

func (m *Map) ofOwnDomain(host string) bool {
	domain, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(host))
	return err == nil && m.domains[domain]
}

// Domain notes the name that a site has registered and gives its pseudonym, of the reserved domain example (RFC 2606).
func (m *Map) Domain(domain string) string {
	return m.add(kindHost, domain, "net-"+m.tag("domain", strings.ToLower(domain))+".example")
}

// account is the pseudonym of the name of an account that may not exist.
func (m *Map) account(user string) string {
	if n, ok := m.names[user]; ok {
		return n.pseudonym
	}
	if pseudonym, ok := m.ordinary[user]; ok {
		return pseudonym
	}
	if m.o.Keep != nil && m.o.Keep(user) || m.o.Guessed != nil && m.o.Guessed(user) || !isUserName(user) {
		return user
	}
	return "user-" + m.tag("user", user)
}

// mail gives the pseudonym of a mail address.
func (m *Map) mail(local, domain string) string {
	if m.o.Keep == nil || !m.o.Keep(local) {
		local = "user-" + m.tag("user", local)
	}
	return local + "@" + m.Host(domain)
}

// Real is what a pseudonym that was given out stands for; what is no pseudonym stands for itself.
func (m *Map) Real(pseudonym string) string {
	if r, ok := m.real[pseudonym]; ok {
		return r
	}
	return pseudonym
}

// noNames are words of logs that some machines are called by; replacing them would change what the logs say. Who reads of a
// machine called "host" has learned nothing.
var noNames = map[string]bool{"host": true, "server": true, "client": true, "router": true, "firewall": true, "kernel": true, "syslog": true, "login": true, "imap": true, "pop3": true,
	"smtp": true, "ssh": true, "sshd": true, "http": true, "https": true, "ftp": true, "dns": true, "tcp": true, "udp": true, "icmp": true, "error": true, "warning": true, "info": true,
	"notice": true, "message": true, "connection": true, "address": true, "source": true, "local": true, "remote": true, "none": true, "null": true, "true": true, "false": true}

func isHostName(s string) bool {
	if len(s) > 255 {
		return false
	}
	letter := false
	for i := range len(s) {
		switch b := s[i]; {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z':
			letter = true
		case b >= '0' && b <= '9', b == '.', b == '-', b == '_':
		default:
			return false
		}
	}
	return letter && s[0] != '.' && s[0] != '-'
}

func isUserName(s string) bool {
	letter := false
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			letter = true
		case r >= '0' && r <= '9', r == '.', r == '-', r == '_':
		default:
			return false
		}
	}
	return letter
}
