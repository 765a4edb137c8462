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
`
