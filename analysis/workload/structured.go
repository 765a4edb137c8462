package workload

import (
	"strconv"
	"time"
)

var (
	signatures = []struct {
		id       int
		name     string
		category string
		severity int
		port     int
	}{
		{2001219, "ET SCAN Potential SSH Scan", "Attempted Information Leak", 2, 22},
		{2010935, "ET SCAN Suspicious inbound to MSSQL port 1433", "Potentially Bad Traffic", 2, 1433},
		{2402000, "ET DROP Dshield Block Listed Source group 1", "Misc Attack", 2, 445},
		{2023753, "ET SCAN MS Terminal Server Traffic on Non-standard Port", "Attempted Information Leak", 2, 3389},
		{2034647, "ET EXPLOIT Apache log4j RCE Attempt (http ldap) (CVE-2021-44228)", "Attempted Administrator Privilege Gain", 1, 8080},
		{2009582, "ET SCAN NMAP -sS window 1024", "Attempted Information Leak", 2, 80},
	}
	agents = []string{"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36", "curl/7.88.1", "python-requests/2.31.0", "Mozilla/5.0 zgrab/0.x"}
	pages  = []string{"/", "/index.html", "/css/site.css", "/js/app.js", "/img/logo.png", "/about", "/contact", "/blog/2026/01/new-year", "/favicon.ico", "/search?q=opening+hours"}
	probes = []string{"/wp-login.php", "/.env", "/phpmyadmin/index.php", "/.git/config", "/cgi-bin/.%2e/.%2e/.%2e/.%2e/bin/sh", "/index.php?id=1%27%20UNION%20SELECT%201,2,3--", "/boaform/admin/formLogin", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php"}
)

// eve writes one object of Suricata's log. JSON has no order of fields, and no reader may rely on one.
func (g *generator) eve() {
	var fields [12]func()
	n := 0
	field := func(f func()) { fields[n] = f; n++ }
	quoted := func(name, value string) { g.text(`"`, name, `":"`, value, `"`) }
	alert := g.r.IntN(4) == 0
	source := g.source()
	s := signatures[g.r.IntN(len(signatures))]
	field(func() {
		g.text(`"timestamp":"`)
		g.out = g.at.AppendFormat(g.out, "2006-01-02T15:04:05.000000-0700")
		g.text(`"`)
	})
	field(func() { g.text(`"flow_id":`); g.number(g.between(100_000_000_000_000, 2_000_000_000_000_000)) })
	field(func() { quoted("in_iface", "eth1") })
	field(func() { g.text(`"src_ip":"`); g.ip(source); g.text(`"`) })
	field(func() { g.text(`"src_port":`); g.number(g.between(1024, 65_535)) })
	field(func() { g.text(`"dest_ip":"192.0.2.`); g.number(g.between(1, 30)); g.text(`"`) })
	field(func() { g.text(`"dest_port":`); g.number(s.port) })
	field(func() { quoted("proto", "TCP") })
	switch {
	case alert:
		field(func() { quoted("event_type", "alert") })
		field(func() {
			g.text(`"alert":{"action":"allowed","gid":1,"signature_id":`)
			g.number(s.id)
			g.text(`,"rev":3,"signature":"`, s.name, `","category":"`, s.category, `","severity":`)
			g.number(s.severity)
			g.text(`}`)
		})
		field(func() {
			g.text(`"flow":{"pkts_toserver":`)
			g.number(g.between(1, 40))
			g.text(`,"pkts_toclient":0,"bytes_toserver":`)
			g.number(g.between(60, 4000))
			g.text(`,"bytes_toclient":0,"start":"`)
			g.out = g.at.Add(-time.Second).AppendFormat(g.out, "2006-01-02T15:04:05.000000-0700")
			g.text(`"}`)
		})
	case g.r.IntN(2) == 0:
		field(func() { quoted("event_type", "flow") })
		field(func() { quoted("app_proto", "tls") })
		field(func() {
			g.text(`"flow":{"pkts_toserver":`)
			g.number(g.between(1, 400))
			g.text(`,"pkts_toclient":`)
			g.number(g.between(1, 400))
			g.text(`,"bytes_toserver":`)
			g.number(g.between(60, 400_000))
			g.text(`,"bytes_toclient":`)
			g.number(g.between(60, 400_000))
			g.text(`,"age":3,"state":"closed","reason":"timeout","alerted":false}`)
		})
	default:
		field(func() { quoted("event_type", "http") })
		field(func() { g.text(`"tx_id":0`) })
		field(func() {
			g.text(`"http":{"hostname":"www.example.org","url":"`, pick(g, pages), `","http_user_agent":"`, pick(g, agents), `","http_method":"GET","protocol":"HTTP/1.1","status":200,"length":`)
			g.number(g.between(200, 90_000))
			g.text(`}`)
		})
	}
	g.text("{")
	turn := 0
	if g.r.IntN(3) == 0 {
		turn = g.r.IntN(n)
	}
	for i := range n {
		if i > 0 {
			g.text(",")
		}
		fields[(i+turn)%n]()
	}
	g.text("}")
}

// web writes one request in the combined log format of Apache httpd.
func (g *generator) web() {
	probe := g.r.IntN(10) == 0
	if probe {
		g.ip(g.source())
	} else {
		g.ip(g.address(3_000_000_000+g.sources.Uint64(), true))
	}
	g.text(" - - [")
	g.out = g.at.AppendFormat(g.out, "02/Jan/2006:15:04:05 -0700")
	if probe {
		g.text(`] "GET `, pick(g, probes), ` HTTP/1.1" 404 `)
		g.number(g.between(150, 600))
		g.text(` "-" "`, agents[g.between(2, 4)], `"`)
		return
	}
	g.text(`] "GET `, pick(g, pages), ` HTTP/1.1" `, pick(g, []string{"200", "200", "200", "304", "200"}), " ")
	g.number(g.between(150, 90_000))
	g.text(` "https://www.example.org/" "`, agents[g.r.IntN(2)], `"`)
}

// names writes one request in the common log format of a server that looks its clients' names up (HostnameLookups of Apache httpd).
func (g *generator) names() {
	if n := g.sources.Uint64(); n%10 == 0 {
		g.ip(g.address(n, true))
	} else {
		g.text("dial")
		g.number(int(n))
		g.text(".pop", strconv.Itoa(int(n%40)), ".example.net")
	}
	g.text(" - - [")
	g.out = g.at.AppendFormat(g.out, "02/Jan/2006:15:04:05 -0700")
	page, status := pick(g, pages), "200"
	if g.r.IntN(20) == 0 {
		page, status = pick(g, probes), "404"
	}
	g.text(`] "GET `, page, ` HTTP/1.0" `, status, " ")
	g.number(g.between(150, 90_000))
}
