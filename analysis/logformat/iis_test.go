package logformat

import (
	"testing"
)

// TestIISColumns reads columns of a site's own choice without the header, and a query that has blanks.
func TestIISColumns(t *testing.T) {
	for _, test := range []struct{ name, log, want string }{
		{
			"addresses of proxies behind the result",
			"2020-10-07 23:00:17 192.0.2.11 POST /api/x - 443 - 203.0.113.63 Mozilla/5.0+(X) https://www.example.org/ 200 0 0 15 203.0.113.9\n",
			"1 iis: 2020-10-07 23:00:17 info source=203.0.113.63 target=192.0.2.11/443 proto=tcp service=https tries=connection handshake=completed\n",
		},
		{
			"the site's name, the computer's, the version and the host",
			"2020-10-05 21:40:30 W3SVC2 web1 192.0.2.162 GET /robots.txt - 80 - 203.0.113.240 HTTP/1.1 Bot/1.0 - - www.example.org 403 0 0 346 306 0 203.0.113.180\n",
			"1 iis: 2020-10-05 21:40:30 blocked source=203.0.113.240 target=192.0.2.162/80 proto=tcp service=http tries=connection handshake=completed\n",
		},
		{
			"blanks in the query",
			"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status\n" +
				"2018-12-31 12:52:33 192.0.2.1 GET / redirect:${new java.lang.String[]{'a', 'b'}} 80 - 203.0.113.5 - 404 0 2\n",
			"1 iis: benign\n2 iis: 2018-12-31 12:52:33 info source=203.0.113.5 target=192.0.2.1/80 proto=tcp service=http tries=connection handshake=completed\n",
		},
		{
			"columns that cannot be told apart",
			"2020-10-05 21:40:30 192.0.2.162 GET /robots.txt - 80 - 203.0.113.240 HTTP/1.1\n",
			"1 unrecognised: \"2020-10-05 21:40:30 192.0.2.162 GET /robots.txt - 80 - 203.0.113.240 HTTP/1.1\" WARNING iis: the number of columns differs from the header's\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := readText(t, fromBytes("iis.log", []byte(test.log)), Formats); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestW3CVersion holds that the version in a header is IIS' where the header has named it, and else that of Windows'
// firewall, which has written the same number.
func TestW3CVersion(t *testing.T) {
	for log, want := range map[string]string{
		"#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n": "1 iis: benign\n2 iis: benign\n",
		"#Version: 1.0\n#Software: Microsoft Internet Connection Firewall\n":       "1 pfirewall: benign\n2 pfirewall: benign\n",
		"#Software: Microsoft Internet Connection Firewall\n#Version: 1.0\n":       "1 pfirewall: benign\n2 pfirewall: benign\n",
	} {
		if got := readText(t, fromBytes("a.log", []byte(log)), Formats); got != want {
			t.Errorf("%s: %s", log, got)
		}
	}
}
