package main

import (
	"cmp"
	"context"
	"fmt"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"practicum/analysis"
	"practicum/cmd/practicum/mail"
	"practicum/config"
)

// addMailFlags adds what asks for a mail.
func addMailFlags(cmd *cobra.Command) {
	cmd.Flags().Bool("mail", false, "mail the report to the recipients of the configuration (mail.to)")
	cmd.Flags().StringSlice("mail-to", nil, "`ADDRESS,...` mail the report to these, by the configuration's server (mail.smtp) or the system's sendmail")
}

// unsent is a mail that did not go out although the report is written.
type unsent struct{ error }

func (u *unsent) Unwrap() error { return u.error }

// mailer knows how a report is mailed.
type mailer struct {
	o        *config.Options
	password string
}

// mailer judges what is said of mail before the long work begins; nil where nobody asks for a mail.
func (p *program) mailer(flags *pflag.FlagSet, o *config.Options) (*mailer, error) {
	if asked, _ := flags.GetBool("mail"); !asked && !flags.Changed("mail-to") {
		return nil, nil
	}
	m := &mailer{o: o}
	if len(o.Mail.To) == 0 {
		return nil, usageErrorf("a mail is asked for, and nobody to send it to; name recipients with --mail-to or as mail.to in the configuration")
	}
	if o.Mail.From == nil {
		return nil, usageErrorf("a mail is asked for, and it has no sender; set mail.from in the configuration or PRACTICUM_MAIL_FROM")
	}
	if o.Style.TLP == "RED" {
		for _, to := range o.Mail.To {
			if !slices.ContainsFunc(o.Mail.Red, func(a *netmail.Address) bool { return strings.EqualFold(a.Address, to.Address) }) {
				return nil, usageErrorf("TLP:RED is for named people alone, and %s is not among those of mail.red in the configuration; add them there, or use another label", to.Address)
			}
		}
	}
	if _, err := m.subject(); err != nil {
		return nil, &usageError{err}
	}
	if o.Mail.Host == "" || o.Mail.User == "" {
		return m, nil
	}
	for _, e := range p.env {
		if value, ok := strings.CutPrefix(e, "PRACTICUM_MAIL_PASSWORD="); ok {
			m.password = value
		}
	}
	if m.password == "" && o.Mail.Password != "" {
		text, err := os.ReadFile(o.Mail.Password)
		if err != nil {
			return nil, &usageError{unreadable(o.Mail.Password, err)}
		}
		first, _, _ := strings.Cut(string(text), "\n")
		m.password = strings.TrimRight(first, "\r")
	}
	if m.password == "" {
		return nil, usageErrorf("%s wants a password; set PRACTICUM_MAIL_PASSWORD, or name a file as mail.password_file", o.Mail.User)
	}
	return m, nil
}

// subject fills in the pattern. Under pseudonyms the site's name is one.
func (m *mailer) subject() (string, error) {
	naming := config.Naming{Site: m.o.Analysis.Site.Name, Window: m.o.Analysis.Window, TLP: m.o.Style.TLP}
	return naming.Fill(m.o.Mail.Subject)
}

// send mails a report that is written. What goes wrong says where the report is.
func (m *mailer) send(ctx context.Context, p *program, r *analysis.Report, files []outputFile) error {
	letter := mail.Letter{From: m.o.Mail.From, To: m.o.Mail.To, TLP: m.o.Style.TLP, Report: r, Limit: m.o.Mail.Limit, Date: p.now, Agent: "Practicum " + version}
	where := ""
	for _, f := range files {
		switch filepath.Base(f.path) {
		case baseName:
			continue
		case reportName:
			letter.Open = openIn(f.data).words()
		}
		if where == "" || filepath.Ext(f.path) == ".pdf" {
			where = f.path
		}
		letter.Files = append(letter.Files, mail.File{Name: filepath.Base(f.path), Data: f.data})
	}
	failed := func(err error) error {
		return &unsent{fmt.Errorf("the report is written (%s), but it was not mailed: %w", filepath.ToSlash(where), err)}
	}
	var err error
	if letter.Subject, err = m.subject(); err != nil {
		return failed(err)
	}
	msg, err := mail.New(letter)
	if err != nil {
		return failed(err)
	}
	if len(msg.Left) > 0 {
		p.warn("mail", fmt.Sprintf("not attached, because mail.limit is %d MB: %s; the mail says so", m.o.Mail.Limit>>20, strings.Join(msg.Left, ", ")))
	}
	if m.o.Mail.Host == "" {
		err = msg.Pipe(ctx, m.o.Mail.Sendmail)
	} else {
		err = msg.Send(ctx, mail.Server{Host: m.o.Mail.Host, Port: m.o.Mail.Port, TLS: m.o.Mail.TLS, User: m.o.Mail.User, Password: m.password})
	}
	if err != nil {
		return failed(err)
	}
	return nil
}

// mailed says to whom.
func (m *mailer) mailed() string {
	var list []string
	for _, to := range m.o.Mail.To {
		list = append(list, to.Address)
	}
	return fmt.Sprintf("mailed to %s by %s", strings.Join(list, ", "), cmp.Or(m.o.Mail.Host, m.o.Mail.Sendmail))
}
