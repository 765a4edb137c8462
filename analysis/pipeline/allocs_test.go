package pipeline

import (
	"context"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"practicum/analysis/detect"
	"practicum/analysis/logformat"
)

// TestAllocationsPerLine holds how often memory is allocated for a line from its bytes to what the rules say of it. It is
// the difference between a log and one of twice its lines, so that what a log takes once does not count.
func TestAllocationsPerLine(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       float64
	}{
		{"sshd", "Jan  1 00:00:11 web2 sshd[8539]: Failed password for invalid user user from 192.0.2.70 port 42250 ssh2", 0},
		{"sshd closed", "Jan  1 00:01:06 web2 sshd[5774]: Connection closed by authenticating user test 192.0.2.151 port 51296 [preauth]", 0},
		{"sshd accepted", "Jan  1 00:00:16 gate sshd[29400]: Accepted publickey for farid from 10.0.0.98 port 59468 ssh2: ED25519 SHA256:DB9S26N2UGE39211QQMG", 0},
		{"netfilter", "Jan  1 00:00:00 gate kernel: [1000.756292] DROP IN=eth0 OUT= MAC=52:54:00:12:34:56:00:1b:21:aa:bb:cc:08:00 SRC=198.51.100.118 DST=192.0.2.22 LEN=60 TOS=0x00 PREC=0x00 TTL=68 ID=3413 DF PROTO=TCP SPT=55546 DPT=9200 WINDOW=8192 RES=0x00 SYN URGP=0", 0},
		{"netfilter IPv6", "Jan  1 00:00:00 gate kernel: DROP IN=eth0 OUT= SRC=2001:0db8:0000:0000:0000:0000:0000:0001 DST=2001:0db8:0000:0000:0000:0000:0000:0002 LEN=80 TC=0 HOPLIMIT=50 FLOWLBL=0 PROTO=TCP SPT=55546 DPT=22 WINDOW=8192 RES=0x00 SYN URGP=0", 0},
		{"cron", "Jan  1 00:00:55 gate CRON[32206]: (root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)", 0},
		{"systemd", "Jan  1 00:00:38 mail systemd[1]: Started Session 26579 of user bruno.", 0},
		{"dovecot", "Jan  1 00:00:44 mail dovecot: imap-login: Login: user=<hugo>, method=PLAIN, rip=198.51.100.30, lip=10.0.0.25, mpid=15551, TLS, session=<9K3SM9SI>", 0},
		{"postfix", "Jan  1 00:01:44 mail postfix/smtpd[3873]: connect from mail.example.org[198.51.100.7]", 0},
		{"postfix queue", "Jan  1 00:01:44 mail postfix/qmgr[3873]: H2DBIMABG8: from=<elif@example.org>, size=89812, nrcpt=1 (queue active)", 0},
		{"tcpwrappers", "Jan  1 00:00:11 gate in.telnetd[71]: refused connect from 192.0.2.70", 0},
		{"portsentry", "Jan  1 00:00:11 gate portsentry[71]: attackalert: Connect from host: 192.0.2.70/192.0.2.70 to TCP port: 111", 0},
		{"auditd", `type=USER_LOGIN msg=audit(1489636960.072:19623789): pid=1281 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct="admin" exe="/usr/sbin/sshd" hostname=? addr=192.0.2.70 terminal=ssh res=failed'`, 0},
		{"cisco", "Jan  1 00:00:11 gate : %ASA-4-106023: Deny tcp src outside:192.0.2.70/42250 dst inside:198.51.100.7/22 by access-group \"outside_in\" [0x0, 0x0]", 0},
		{"filterlog", "Jan  1 00:00:11 gate filterlog[71]: 5,,,1000000103,em0,match,block,in,4,0x0,,47,54321,0,none,6,tcp,40,192.0.2.70,198.51.100.7,42250,22,0,S,1,,65535,,", 0},
		{"fortigate", `date=2026-01-01 time=00:00:11 devname="gate" devid="FG1" eventtime=1767225611 tz="+0000" type="traffic" subtype="forward" level="notice" srcip=192.0.2.70 srcport=42250 srcintf="wan1" srcintfrole="wan" dstip=198.51.100.7 dstport=22 dstintf="lan" dstintfrole="lan" proto=6 action="deny" policyid=0 service="SSH"`, 0},
		{"junos", `<14>1 2026-01-01T00:00:11.000Z gate RT_FLOW - RT_FLOW_SESSION_DENY [junos@2636.1.1.1.2.39 source-address="192.0.2.70" source-port="42250" destination-address="198.51.100.7" destination-port="22" service-name="junos-ssh" protocol-id="6" icmp-type="0" policy-name="deny-all"]`, 0},
		{"netscreen", `Jan  1 00:00:11 gate ns5gt: NetScreen device_id=ns5gt  [Root]system-notification-00257(traffic): start_time="2026-01-01 00:00:11" duration=0 policy_id=320 service=ssh proto=6 src zone=Untrust dst zone=Trust action=Deny sent=0 rcvd=0 src=192.0.2.70 dst=198.51.100.7 src_port=42250 dst_port=22`, 0},
		{"paloalto", "Jan  1 00:00:11 gate 1,2026/01/01 00:00:11,0009,TRAFFIC,drop,1,2026/01/01 00:00:11,192.0.2.70,198.51.100.7,0.0.0.0,0.0.0.0,rule,,,not-applicable,vsys1,untrust,trust,ae1,,log,2026/01/01 00:00:11,0,1,42250,22,0,0,0x0,tcp,deny,60,60,0,1", 0},
		{"sonicwall", `<129>id=firewall sn=0 time="2026-01-01 00:00:11" fw=198.51.100.1 pri=1 c=32 m=36 msg="TCP connection dropped" n=7 src=192.0.2.70:42250:WAN dst=198.51.100.7:22:LAN proto=tcp/ssh`, 0},
		{"squid", "1767225611.123    158 192.0.2.70 TCP_DENIED/403 3420 CONNECT 198.51.100.7:25 - NONE/- text/html", 1},
		{"cef", "CEF:0|Vendor|Firewall|1.0|100|Connection blocked|5|rt=1767225611000 src=192.0.2.70 spt=42250 dst=198.51.100.7 dpt=22 proto=TCP act=blocked msg=blocked by rule 7", 1},
		{"sophos", `device="SFW" date=2026-01-01 time=00:00:11 timezone="+00" device_name="gate" log_type="Firewall" log_component="Firewall Rule" log_subtype="Denied" src_ip=192.0.2.70 dst_ip=198.51.100.7 protocol="TCP" src_port=42250 dst_port=22`, 1},
		{"iis", "2026-01-01 00:00:11 198.51.100.7 GET /index.html - 80 - 192.0.2.70 Mozilla/5.0 200 0 0 15", 1},
		{"pfirewall", "2026-01-01 00:00:11 DROP TCP 192.0.2.70 198.51.100.7 42250 22 60 S 1 0 65535 - - - RECEIVE", 0},
		{"webaccess", `198.51.100.175 - - [01/Jan/2026:00:00:00 +0000] "GET /search?q=opening+hours HTTP/1.1" 200 63339 "https://www.example.org/" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"`, 0},
		{"suricata", `{"timestamp":"2026-01-01T00:00:00.000000+0000","flow_id":774965446520557,"in_iface":"eth1","src_ip":"198.51.100.217","src_port":62378,"dest_ip":"192.0.2.21","dest_port":80,"proto":"TCP","event_type":"http","tx_id":0,"http":{"hostname":"www.example.org","url":"/favicon.ico","http_method":"GET","protocol":"HTTP/1.1","status":200,"length":28141}}`, 0},
		{"suricata alert", `{"timestamp":"2026-01-01T00:00:00.000000+0000","flow_id":774965446520557,"in_iface":"eth1","event_type":"alert","src_ip":"198.51.100.217","src_port":62378,"dest_ip":"192.0.2.21","dest_port":80,"proto":"TCP","alert":{"action":"allowed","gid":1,"signature_id":2010935,"rev":3,"signature":"ET SCAN Suspicious inbound to MSSQL port 1433","category":"Potentially Bad Traffic","severity":2}}`, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			const lines = 2000
			judging := detect.NewJudging(nil)
			per := func(n int) float64 {
				log := strings.Repeat(test.line+"\n", n)
				in := logformat.Input{Path: "a.log", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(log)), nil }}
				return testing.AllocsPerRun(3, func() {
					var b logformat.Batch
					events := 0
					_, err := logformat.Read(context.Background(), in, 0, logformat.NewClock(time.UTC, 2026), logformat.Formats, func(r *logformat.Record) error {
						if r.Event == nil {
							return nil
						}
						if b.Full() {
							b.Reset()
						}
						b.Add(r)
						e := &b.Events()[len(b.Events())-1]
						detect.Identify(e)
						judging.Of(e)
						events++
						return nil
					})
					if err != nil || events != 0 && events != n {
						t.Fatalf("%d events of %d lines: %v", events, n, err)
					}
				})
			}
			more, once := per(2*lines), per(lines)
			// A few more, or by chance a few less, are for each block that is read, which holds hundreds of lines or more.
			if got := math.Round((more-once)/lines*10) / 10; got != test.want {
				t.Errorf("%v allocations a line, want %v", got, test.want)
			}
		})
	}
}
