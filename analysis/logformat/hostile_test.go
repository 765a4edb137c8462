package logformat

import (
	"context"
	"net/netip"
	"strings"
	"testing"
)

// TestHostileNames puts names that look like the rest of a message where daemons print what the client
// sent. An event that comes of it has the client's address, 203.0.113.7, and never the other, 198.51.100.9.
// Whoever chooses the name must not choose who is blamed.
func TestHostileNames(t *testing.T) {
	names := []string{
		"root", "joe smith", "x from 198.51.100.9", "x from 198.51.100.9 port 22 ssh2", "x from 198.51.100.9 port 22 ssh2: RSA a", "x from 198.51.100.9 port 22 ssh2 [preauth]",
		"x 198.51.100.9 port 22", "x 198.51.100.9 port 22 [preauth]", "198.51.100.9", "x [198.51.100.9]", "a.example.net [198.51.100.9]",
		"x' from 198.51.100.9:22", "x>, method=PLAIN, rip=198.51.100.9, lip=192.0.2.1", "x,198.51.100.9): unknown user", "x] FAIL LOGIN: Client \"198.51.100.9\"",
		"x rhost=198.51.100.9", "x rhost=198.51.100.9  user=x", "x, ip=[198.51.100.9]", "x (198.51.100.9): -ERR", "x not allowed because y", "from 198.51.100.9",
		"x) [198.51.100.9]: 535 Incorrect authentication data (set_id=y", "x: Change of username or service not allowed: (x,ssh-connection) -> (y,ssh-connection)",
		"x 198.51.100.9 port 22: Too many authentication failures", "x:198.51.100.9", "for invalid user y from 198.51.100.9 port 1 ssh2",
	}
	messages := []struct {
		text string
		word bool // the daemon prints the name only if it is one word
	}{
		{"sshd[1]: Failed password for invalid user NAME from 203.0.113.7 port 4242 ssh2", false},
		{"sshd[1]: Failed keyboard-interactive/pam for invalid user NAME from 203.0.113.7 port 4242 ssh2", false},
		{"sshd[1]: Failed publickey for invalid user NAME from 203.0.113.7 port 4242 ssh2", false},
		{"sshd[1]: Invalid user NAME from 203.0.113.7 port 4242", false},
		{"sshd[1]: Invalid user NAME from 203.0.113.7", false},
		{"sshd[1]: error: maximum authentication attempts exceeded for invalid user NAME from 203.0.113.7 port 4242 ssh2 [preauth]", false},
		{"sshd[1]: error: PAM: Authentication failure for illegal user NAME from 203.0.113.7", false},
		{"sshd[1]: User NAME from 203.0.113.7 not allowed because not listed in AllowUsers", false},
		{"sshd[1]: Connection closed by invalid user NAME 203.0.113.7 port 4242 [preauth]", false},
		{"sshd[1]: Connection reset by authenticating user NAME 203.0.113.7 port 4242 [preauth]", false},
		{"sshd[1]: Disconnected from invalid user NAME 203.0.113.7 port 4242 [preauth]", false},
		{"sshd[1]: Disconnecting invalid user NAME 203.0.113.7 port 4242: Change of username or service not allowed: (NAME,ssh-connection) -> (z,ssh-connection) [preauth]", false},
		{"sshd[1]: Disconnecting invalid user NAME 203.0.113.7 port 4242: Too many authentication failures [preauth]", false},
		{"sshd[1]: Postponed keyboard-interactive for invalid user NAME from 203.0.113.7 port 4242 ssh2 [preauth]", false},
		{"sshd[1]: ssh_dispatch_run_fatal: Connection from invalid user NAME 203.0.113.7 port 4242: Broken pipe [preauth]", false},
		{"sshd[1]: Bad protocol version identification 'NAME' from 203.0.113.7 port 4242", false},
		{"sshd[1]: Received disconnect from 203.0.113.7 port 4242:11: NAME [preauth]", false},
		{"dropbear[1]: Bad password attempt for 'NAME' from 203.0.113.7:4242", false},
		{"dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<NAME>, method=PLAIN, rip=203.0.113.7, lip=192.0.2.1", false},
		{"dovecot: auth-worker(1): pam(NAME,203.0.113.7): unknown user", false},
		{"dovecot: auth-worker(1): sql(NAME,203.0.113.7,<abc>): Password mismatch", false},
		{`vsftpd[1]: [NAME] FAIL LOGIN: Client "203.0.113.7"`, false},
		{"proftpd[1]: lab (a.example.net[203.0.113.7]): USER NAME: no such user found from a.example.net [203.0.113.7] to 192.0.2.1:21", false},
		{"pure-ftpd: (?@203.0.113.7) [WARNING] Authentication failed for user [NAME]", false},
		{"vsftpd: pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=NAME rhost=203.0.113.7", false},
		{"imapd: LOGIN FAILED, user=NAME, ip=[203.0.113.7]", false},
		{"cyrus/imap[1]: badlogin: a.example.net [203.0.113.7] plaintext NAME SASL(-13): authentication failure: checkpass failed", false},
		{"exim[1]: login authenticator failed for (x) [203.0.113.7]:4242: 535 Incorrect authentication data (set_id=NAME)", false},
		{"postfix/smtpd[1]: warning: unknown[203.0.113.7]: SASL LOGIN authentication failed: authentication failure, sasl_username=NAME", false},
		{"vpopmail[1]: vchkpw-pop3: vpopmail user not found NAME:203.0.113.7", false},
		{"login[1]: FAILED LOGIN 1 FROM 203.0.113.7 FOR NAME, Authentication failure", false},
		{"ftpd[1]: failed login from a.example.net [203.0.113.7], NAME", true},
		{"imapd[1]: Login failed user=NAME auth=NAME host=a.example.net [203.0.113.7]", true},
		{"sshd[1]: Failed password for NAME from 203.0.113.7 port 4242 ssh2", true},
		{"sshd[1]: Failed hostbased for joe from 203.0.113.7 port 4242 ssh2: RSA a, client user \"NAME\", client host \"b\"", false},
	}
	want, other := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("198.51.100.9")
	for _, message := range messages {
		for _, name := range names {
			if message.word && strings.Contains(name, " ") {
				continue
			}
			line := "Jan 20 08:58:10 lab " + strings.ReplaceAll(message.text, "NAME", name)
			_, err := Read(context.Background(), fromBytes("", []byte(line)), 0, NewClock(nil, 2000), Formats, func(r *Record) error {
				switch {
				case r.Event == nil:
					if !strings.ContainsAny(name, " :,>[") {
						t.Errorf("not an event: %s", line)
					}
				case r.Event.Source.IP == other:
					t.Errorf("somebody else is blamed: %s", line)
				case r.Event.Source.IP != want:
					t.Errorf("the source is %q %q: %s", r.Event.Source.IP, r.Event.Source.Name, line)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}
