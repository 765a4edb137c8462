package detect_test

import (
	"strings"
	"testing"
)

// TestRequests holds what single requests are, and what looks like them and is daily work. A line is the kind, "-" for none, and
// the request with its status.
func TestRequests(t *testing.T) {
	for line := range strings.Lines(requests) {
		kind, request, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		end := strings.LastIndexByte(request, ' ')
		each, _, _ := judged(t, request, []byte(`203.0.113.1 - - [10/Oct/2025:14:22:05 +0200] "`+request[:end]+` HTTP/1.1"`+request[end:]+` 570 "-" "Mozilla/5.0"`+"\n"))
		if len(each) != 1 || each[0] != strings.Trim(kind, "-") {
			t.Errorf("%s: %q, not %q", request, each, kind)
		}
	}
}

const requests = `
- GET /articles/etc/passwd-management 200
- GET /docs/etc/passwd.html 200
- GET /wiki/etc/shadow_files?page=2 200
- GET /wiki/Shell?cmd=edit 200
web-injection GET /files/etc/passwd 404
web-injection GET /show?f=/etc/passwd&x=1 200
web-injection GET /show?f=/etc/passwd%00.html 200
web-injection GET /show?f=/etc/shadow- 200
web-injection GET /show?f=/etc/passwd.bak 200
web-injection GET /show?f=../../etc/passwd.html 200
web-probe GET /shell?x=1 404
web-injection POST /autodiscover/autodiscover.json?@evil.com/owa/?&Email=autodiscover/autodiscover.json%3F@evil.com 200
web-injection GET /autodiscover/autodiscover.json?a=x@evil.com/mapi/nspi&Email=autodiscover/autodiscover.json%3Fa=x@evil.com 200
web-injection POST /powershell/?X-Rps-CAT=VgEAVAdXaW5kb3dz 200
- GET /autodiscover/autodiscover.json?Email=joe@example.org&Protocol=ActiveSync 200
- GET /autodiscover/autodiscover.json/v1.0/joe@example.org?Protocol=AutodiscoverV1 200
web-injection PUT /x.jsp 201
web-injection PUT /x.jsp/ 204
web-probe PUT /x.jsp 405
- PUT /files/notes.docx 201
web-secret-served GET /.env 200
web-secret-served GET /.aws/credentials 200
web-secret-served GET /app/.git/config 200
web-secret-served GET /backup.sql 200
web-probe GET /.env 404
web-probe HEAD /.env 200
web-probe GET /backup.sql 404
- GET /downloads/schema.sql 200
- GET /docs/environment 200
web-injection GET /foo?a=<br 404
web-injection GET /foo?a=<input 404
web-injection GET /foo?a=%3Cimg&b=1 404
web-injection GET /foo?a=%3Cp 404
web-injection GET /foo?a="><body 404
- GET /foo?a=5<br 404
- GET /foo?text=%3Cp%3EHello%3C/p%3E 200
- GET /foo?q=a<b 200
- GET /foo%3Cbr 404
`
