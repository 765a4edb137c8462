package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Server is an SMTP server.
type Server struct {
	Host     string
	Port     int
	TLS      string // starttls, which is demanded then; tls from the first byte on; none
	User     string // empty for no log-in
	Password string

	roots *x509.CertPool // for tests; nil for those of the system
}

const (
	dialTime = 30 * time.Second
	sendTime = 10 * time.Minute // RFC 5321 section 4.5.3.2 allows a server ten minutes for its last word
)

// Send gives the mail to a server. Where it refuses a recipient, nobody gets the mail. An end of ctx closes the connection.
func (m *Message) Send(ctx context.Context, s Server) error {
	name := net.JoinHostPort(s.Host, fmt.Sprint(s.Port))
	if err := m.send(ctx, s); err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted")
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (m *Message) send(ctx context.Context, s Server) error {
	options := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(sendTime), gomail.WithTLSConfig(&tls.Config{ServerName: s.Host, RootCAs: s.roots, MinVersion: tls.VersionTLS12})}
	auth := gomail.SMTPAuthAutoDiscover
	switch s.TLS {
	case "starttls":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "tls":
		options = append(options, gomail.WithSSL())
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
		auth = gomail.SMTPAuthPlain // the library finds no other for a server that it speaks to in clear
	default:
		return fmt.Errorf("%q is not starttls, tls or none", s.TLS)
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	if s.TLS != "tls" { // where the library dials TLS by itself
		options = append(options, gomail.WithDialContextFunc(func(dial context.Context, network, address string) (net.Conn, error) {
			d := net.Dialer{Timeout: dialTime}
			conn, err := d.DialContext(dial, network, address)
			if err == nil {
				context.AfterFunc(ctx, func() { conn.Close() }) // a server may be silent for ever
			}
			return conn, err
		}))
	}
	c, err := gomail.NewClient(s.Host, options...)
	if err != nil {
		return err
	}
	client, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return plain(err)
	}
	stop := context.AfterFunc(ctx, func() { client.Close() })
	defer stop()
	if err := c.SendWithSMTPClient(client, m.msg); err != nil {
		client.Close()
		return plain(err)
	}
	// The server has taken the mail; how the connection ends does not matter any more.
	_ = c.CloseWithSMTPClient(client)
	return nil
}

// plain is an error in one line without the library's words about itself.
func plain(err error) error {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if i := strings.Index(text, ", affected message ID:"); i > 0 {
		text = text[:i]
	}
	return errors.New(text)
}

// Pipe gives the mail to a program that takes it as sendmail does: recipients from the head of the mail (-t), and a line with a
// single dot is a line (-oi).
func (m *Message) Pipe(ctx context.Context, program string) error {
	var text, said bytes.Buffer
	if _, err := m.msg.WriteTo(&text); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-t", "-oi")
	cmd.Stdin, cmd.Stderr, cmd.WaitDelay = &text, &said, time.Second
	err := cmd.Run()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = errors.New("interrupted, or no answer for ten minutes")
	}
	if words := strings.Join(strings.Fields(said.String()), " "); words != "" {
		err = fmt.Errorf("%w: %s", err, words)
	}
	return fmt.Errorf("%s: %w", program, err)
}
