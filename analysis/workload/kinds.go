package workload

import (
	"encoding/base32"
	"strconv"
)

var (
	hosts  = []string{"gate", "mail", "web1", "web2", "files", "db1"}
	people = []string{"anna", "bruno", "carla", "dmitri", "elif", "farid", "greta", "hugo", "ines", "jonas"}
	// guessed are names that are tried where anybody can try.
	guessed = []string{"root", "admin", "test", "oracle", "ubuntu", "user", "postgres", "git", "ftpuser", "pi", "deploy", "nagios", "guest", "mysql", "hadoop", "support"}
	ports   = []int{22, 23, 25, 80, 111, 135, 139, 143, 443, 445, 1433, 3306, 3389, 5060, 5432, 5900, 6379, 8080, 8443, 9200, 11211, 27017}
	watched = []int{1, 11, 15, 79, 111, 119, 143, 540, 635, 1080, 1524, 2000, 5742, 6667, 12345, 20034, 27665, 31337, 32771, 40421, 49724, 54320}
	daemons = []string{"in.telnetd", "in.ftpd", "in.fingerd", "in.rlogind", "imapd", "ipop3d"}
)

// mixed writes one line of a syslog of several machines.
func (g *generator) mixed() {
	switch n := g.r.IntN(1000); {
	case n < 700:
		g.daily()
	case n < 850:
		g.guess()
	case n < 950:
		g.packet(g.source(), "gate")
	case n < 975:
		g.trap()
	default:
		g.refused()
	}
}

// daily is what machines log when nothing is wrong.
func (g *generator) daily() {
	host := pick(g, hosts)
	switch g.r.IntN(20) {
	case 0, 1, 2:
		g.header(host, "CRON", g.pid())
		g.text("(root) CMD (", pick(g, []string{"command -v debian-sa1 > /dev/null && debian-sa1 1 1", "cd / && run-parts --report /etc/cron.hourly", "test -x /usr/sbin/anacron || run-parts /etc/cron.daily"}), ")")
	case 3, 4:
		g.header(host, "systemd", 1)
		g.text("Started Session ")
		g.number(g.between(1, 99999))
		g.text(" of user ", pick(g, people), ".")
	case 5:
		g.header(host, "systemd", 1)
		g.text(pick(g, []string{"Starting Daily apt download activities...", "Reloading.", "logrotate.service: Succeeded.", "Finished Rotate log files."}))
	case 6, 7:
		g.header("mail", "postfix/smtpd", g.pid())
		if g.r.IntN(2) == 0 {
			g.text("dis")
		}
		g.text("connect from mx", strconv.Itoa(g.r.IntN(40)), ".example.net[")
		g.ip(g.address(uint64(1_000_000_000+g.r.IntN(400)), false))
		g.text("]")
	case 8, 9:
		g.header("mail", "postfix/qmgr", g.pid())
		g.queueID()
		if g.r.IntN(2) == 0 {
			g.text(": removed")
			break
		}
		g.text(": from=<", pick(g, people), "@example.org>, size=")
		g.number(g.between(700, 900_000))
		g.text(", nrcpt=1 (queue active)")
	case 10:
		g.header("mail", "dovecot", 0)
		g.text("imap-login: Login: user=<", pick(g, people), ">, method=PLAIN, rip=")
		g.ip(g.address(uint64(2_000_000_000+g.r.IntN(60)), false))
		g.text(", lip=10.0.0.25, mpid=")
		g.number(g.pid())
		g.text(", TLS, session=<")
		g.queueID()
		g.text(">")
	case 11, 12:
		g.header(host, "dhclient", g.pid())
		if g.r.IntN(2) == 0 {
			g.text("DHCPREQUEST of 10.0.0.")
			g.number(g.between(2, 250))
			g.text(" on eth0 to 10.0.0.1 port 67")
			break
		}
		g.text("bound to 10.0.0.")
		g.number(g.between(2, 250))
		g.text(" -- renewal in ")
		g.number(g.between(300, 43_000))
		g.text(" seconds.")
	case 13:
		g.header("gate", "ntpd", g.pid())
		g.text("kernel reports TIME_ERROR: 0x41: Clock Unsynchronized")
	case 14, 15:
		g.header(host, "sshd", g.pid())
		g.text("Accepted publickey for ", pick(g, people), " from 10.0.0.")
		g.number(g.between(2, 250))
		g.text(" port ")
		g.number(g.between(32_768, 60_999))
		g.text(" ssh2: ED25519 SHA256:")
		g.queueID()
		g.queueID()
	case 16, 17:
		g.header(host, "sshd", g.pid())
		g.text("pam_unix(sshd:session): session ", pick(g, []string{"opened", "closed"}), " for user ", pick(g, people))
	case 18:
		g.header(host, "kernel", 0)
		g.text("[")
		g.number(g.between(1000, 9_999_999))
		g.text(".")
		g.number(g.between(100_000, 999_999))
		g.text("] ", pick(g, []string{"eth0: link up, 1000Mbps, full-duplex", "EXT4-fs (sda1): re-mounted. Opts: errors=remount-ro", "TCP: request_sock_TCP: Possible SYN flooding on port 443. Sending cookies."}))
	case 19:
		g.header(host, "backupd", g.pid())
		g.text("job ")
		g.number(g.between(1, 9999))
		g.text(" finished, ")
		g.number(g.between(1, 99_999))
		g.text(" files in ")
		g.number(g.between(1, 3600))
		g.text(" seconds")
	}
}

var base32Hex = base32.HexEncoding.WithPadding(base32.NoPadding)

func (g *generator) queueID() {
	n := g.r.Uint64()
	g.out = base32Hex.AppendEncode(g.out, []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24), byte(n >> 32), byte(n >> 40), byte(n >> 48)}[:5+g.r.IntN(2)])
}

// guess is sshd refusing a password.
func (g *generator) guess() {
	g.header(pick(g, hosts), "sshd", g.pid())
	port := g.between(32_768, 60_999)
	switch g.r.IntN(5) {
	case 0:
		g.text("Invalid user ", pick(g, guessed), " from ")
		g.ip(g.source())
		g.text(" port ")
		g.number(port)
	case 1, 2:
		g.text("Failed password for invalid user ", pick(g, guessed), " from ")
		g.ip(g.source())
		g.text(" port ")
		g.number(port)
		g.text(" ssh2")
	case 3:
		g.text("Failed password for root from ")
		g.ip(g.source())
		g.text(" port ")
		g.number(port)
		g.text(" ssh2")
	case 4:
		g.text("Connection closed by authenticating user ", pick(g, guessed), " ")
		g.ip(g.source())
		g.text(" port ")
		g.number(port)
		g.text(" [preauth]")
	}
}

// filtered writes one packet that a filter dropped.
func (g *generator) filtered() { g.packet(g.source(), "gate") }

// spoofed writes one packet with a source that is as likely as any other.
func (g *generator) spoofed() {
	g.packet(g.address(uint64(g.r.IntN(g.spread)), false), "gate")
}

func (g *generator) packet(source interface{ AppendTo([]byte) []byte }, host string) {
	g.header(host, "kernel", 0)
	g.text("[")
	g.number(int(g.at.Sub(Start).Seconds()) + 1000)
	g.text(".")
	g.number(g.between(100_000, 999_999))
	at := len(g.out) + len("] DROP IN=eth0 OUT= MAC=52:54:00:12:34:56:00:1b:21:aa:bb:cc:08:00 SRC=")
	g.text("] DROP IN=eth0 OUT= MAC=52:54:00:12:34:56:00:1b:21:aa:bb:cc:08:00 SRC=")
	g.out = source.AppendTo(g.out)
	six := false
	for _, b := range g.out[at:] {
		six = six || b == ':'
	}
	port := pick(g, ports)
	if g.r.IntN(4) == 0 {
		port = g.between(1, 65_535)
	}
	if six {
		g.text(" DST=2001:db8::10 LEN=80 TC=0 HOPLIMIT=52 FLOWLBL=0")
	} else {
		g.text(" DST=192.0.2.")
		g.number(g.between(1, 30))
		g.text(" LEN=60 TOS=0x00 PREC=0x00 TTL=")
		g.number(g.between(40, 120))
		g.text(" ID=")
		g.number(g.between(0, 65_535))
		g.text(" DF")
	}
	if g.r.IntN(10) == 0 {
		g.text(" PROTO=UDP SPT=")
		g.number(g.between(1024, 65_535))
		g.text(" DPT=")
		g.number(port)
		g.text(" LEN=40")
		return
	}
	g.text(" PROTO=TCP SPT=")
	g.number(g.between(1024, 65_535))
	g.text(" DPT=")
	g.number(port)
	g.text(" WINDOW=")
	g.number(pick(g, []int{1024, 8192, 14_600, 29_200, 65_535}))
	g.text(" RES=0x00 SYN URGP=0")
}

// trap is PortSentry at a port where nobody has any business.
func (g *generator) trap() {
	g.header("gate", "portsentry", 412)
	a := g.source()
	g.text("attackalert: Connect from host: ")
	g.ip(a)
	g.text("/")
	g.ip(a)
	g.text(" to TCP port: ")
	g.number(pick(g, watched))
}

// refused is a program under TCP Wrappers that turns somebody away.
func (g *generator) refused() {
	g.header(pick(g, hosts), pick(g, daemons), g.pid())
	g.text("refused connect from ")
	g.ip(g.source())
}

// wide writes one line with a name that hardly any other has.
func (g *generator) wide() {
	host := "h" + strconv.Itoa(g.r.IntN(2000)) + ".example.net"
	name := func() {
		g.text("c")
		g.number(g.between(1, 1<<30))
		g.text(".dyn.example.com")
	}
	switch g.r.IntN(4) {
	case 0:
		g.header(host, "sshd", g.pid())
		g.text("reverse mapping checking getaddrinfo for ")
		name()
		g.text(" [")
		g.ip(g.source())
		g.text("] failed - POSSIBLE BREAK-IN ATTEMPT!")
	case 1:
		g.header(host, "sshd", g.pid())
		g.text("Failed password for invalid user u")
		g.number(g.between(1, 1<<30))
		g.text(" from ")
		g.ip(g.source())
		g.text(" port ")
		g.number(g.between(32_768, 60_999))
		g.text(" ssh2")
	case 2:
		g.header(host, pick(g, daemons), g.pid())
		g.text("refused connect from ")
		name()
		g.text(" (")
		g.ip(g.source())
		g.text(")")
	case 3:
		g.header(host, "vsftpd", g.pid())
		g.text("pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=u")
		g.number(g.between(1, 1<<30))
		g.text(" rhost=")
		name()
	}
}
