package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
)

// Mailing is how a report is mailed.
type Mailing struct {
	To, Red  []*mail.Address
	From     *mail.Address // nil where nobody said it
	Subject  string        // a pattern; empty for the report's title
	Host     string        // of the SMTP server; empty for sendmail
	Port     int
	TLS      string // one of TLSModes
	User     string
	Password string // a file that has it, or empty
	Sendmail string // a program
	Limit    int64  // bytes of attachments
}

// TLSModes are what mail.tls may name.
var TLSModes = []string{"starttls", "tls", "none"}

// defaultSendmail is where the Filesystem Hierarchy Standard 3.0 (section 4.10) and every mail system of Unix put the program.
const defaultSendmail = "/usr/sbin/sendmail"

func (r *resolver) mail() Mailing {
	x := r.s.Mail
	m := Mailing{
		To: r.mailboxes("mail.to", x.To), Red: r.mailboxes("mail.red", x.Red), Subject: r.pattern("mail.subject", r.text("mail.subject", x.Subject)),
		User: r.text("mail.user", x.User), Limit: int64(r.number("mail.limit", x.Limit, 1, 1000)) << 20,
	}
	if x.From != "" {
		var err error
		if m.From, err = mailbox(x.From); err != nil {
			r.wrong("mail.from", err)
		}
	}
	m.Sendmail = x.Sendmail
	if x.PasswordFile != "" {
		m.Password = x.PasswordFile
		if by := r.s.said["mail.password_file"]; by.layer != byEnvironment && !filepath.IsAbs(m.Password) {
			m.Password = filepath.Join(filepath.Dir(r.s.Path), m.Password)
		}
	}
	if x.TLS != "" {
		m.TLS = r.oneOf("mail.tls", x.TLS, TLSModes...)
	}
	if x.SMTP == "" {
		if m.Sendmail == "" {
			m.Sendmail = defaultSendmail
		}
		return m
	}
	if x.Sendmail != "" {
		r.wrongf("mail.sendmail", "stands beside mail.smtp; a mail goes one way, so remove one of the two")
	}
	host, port, err := net.SplitHostPort(x.SMTP)
	if err != nil {
		host, port = strings.Trim(x.SMTP, "[]"), ""
	}
	if host == "" || strings.ContainsAny(host, " \t/@") || strings.Contains(host, ":") && !isAddress(host) {
		r.wrongf("mail.smtp", "%q is not a server; write mail.example.net or mail.example.net:587", x.SMTP)
	}
	m.Host = host
	if m.TLS == "" {
		m.TLS = "starttls"
		if loopback(host) { // nobody is between
			m.TLS = "none"
		}
	}
	// RFC 6409 section 3.1, RFC 8314 section 3.3, RFC 5321 section 4.5.4.2.
	m.Port = map[string]int{"starttls": 587, "tls": 465, "none": 25}[m.TLS]
	if port != "" {
		if m.Port, err = strconv.Atoi(port); err != nil || m.Port < 1 || m.Port > 65535 {
			r.wrongf("mail.smtp", "%q has a port that is not from 1 to 65535", x.SMTP)
		}
	}
	if m.User != "" && m.TLS == "none" && !loopback(host) {
		r.wrongf("mail.tls", "is none, which would send the password of %s over the network in clear; write starttls or tls", m.User)
	}
	return m
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// loopback reports whether a server is on this machine.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

func (r *resolver) mailboxes(key string, list []string) []*mail.Address {
	var out []*mail.Address
	for i, text := range list {
		a, err := mailbox(text)
		if err != nil {
			if _, said := r.s.said[key]; said && r.s.said[key].layer > byFile {
				r.wrong(key, err)
			} else {
				r.wrong(fmt.Sprintf("%s[%d]", key, i), err)
			}
			continue
		}
		out = append(out, a)
	}
	return out
}

// mailbox reads an address, with or without a name. What does not stand in a line by itself is none.
func mailbox(text string) (*mail.Address, error) {
	one, err := line(text)
	if err != nil {
		return nil, err
	}
	a, err := mail.ParseAddress(one)
	if err != nil || strings.ContainsAny(a.Address, " \t<>\"") {
		return nil, fmt.Errorf("%q is not a mail address; write soc@example.net", text)
	}
	return a, nil
}
