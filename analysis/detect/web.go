package detect

import (
	"strings"

	"practicum/analysis"
)

// webRules judge requests to web servers by their text, decoded. A request that none of them knows is
// daily work, whatever the answer was.
var webRules = []Rule{
	{Kind: "web-codered", Match: web(isCodeRed)},
	{Kind: "web-nimda", Match: web(isNimda)},
	{Kind: "web-unicode-traversal", Match: web(isUnicodeTraversal)},
	{Kind: "web-shellshock", Match: web(isShellshock)},
	{Kind: "web-log4shell", Match: web(isLog4Shell)},
	{Kind: "web-injection", Match: web(isWebInjection)},
	{Kind: "proxy-scan", Match: web(isProxyRequest)},
	{Kind: "web-probe", Match: web(isWebProbe)},
	{Kind: "web-login-failed", Match: failedLogin("http", "https")},
}

// request is what a log keeps of a request.
type request struct {
	all    string // the whole record: request, referer, agent, in lower case, as logged
	method string
	raw    string // the target of the request in lower case, as logged
	path   string // its path and query, decoded until nothing more is encoded
	query  string
	status string
}

// web makes a rule's Match of a test of the request.
func web(match func(*request) bool) func(*analysis.Event) bool {
	return func(e *analysis.Event) bool {
		access := e.Format == "webaccess" || e.Format == "iis"
		if !access && e.Format != "weberror" || e.Context {
			return false
		}
		r := readRequest(e.Message, access)
		return match(&r)
	}
}

// longRequest is how much of a record is looked at: of what is longer, the begin, where an attack shows, and
// the end, where the status and the agent stand. Overflows fill up tens of kilobytes.
const longRequest = 4096

func readRequest(message string, access bool) request {
	if len(message) > longRequest {
		message = message[:longRequest*3/4] + message[len(message)-longRequest/4:]
	}
	r := request{all: strings.ToLower(message)}
	text := r.all
	if !access {
		// Only nginx quotes the request. Apache names the file.
		if _, quoted, ok := strings.Cut(text, `request: "`); ok {
			text, _, _ = strings.Cut(quoted, `"`)
		} else if _, after, ok := strings.Cut(text, "] "); ok {
			text = after
			r.raw = text
			r.path = decode(text)
			r.all = text
			return r
		}
	} else {
		text = strings.TrimPrefix(text, `"`)
		end := requestEnd(text)
		if rest := strings.TrimLeft(text[end:], `" `); len(rest) >= 3 {
			r.status = rest[:3]
		}
		text = text[:end]
	}
	r.method, r.raw, _ = strings.Cut(text, " ")
	if i := strings.LastIndex(r.raw, " http/"); i >= 0 {
		r.raw = r.raw[:i]
	}
	path, query, _ := strings.Cut(r.raw, "?")
	r.path, r.query = decode(path), decode(query)
	return r
}

// requestEnd is the end of the request: the first quote that is not escaped and that a blank and a
// status follow.
func requestEnd(s string) int {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '"' && i+2 < len(s) && s[i+1] == ' ' && (s[i+2] == '-' || s[i+2] >= '0' && s[i+2] <= '9'):
			return i
		}
	}
	return len(s)
}

// decode undoes percent encoding and the plus sign for blanks. Attackers encode twice and more, for
// filters that decode once.
func decode(s string) string {
	for range 3 {
		if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
			break
		}
		d := decodeOnce(s)
		if d == s {
			break
		}
		s = strings.ToLower(d)
	}
	return s
}

func decodeOnce(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			b.WriteByte(' ')
		case s[i] == '%' && i+2 < len(s) && hex(s[i+1]) >= 0 && hex(s[i+2]) >= 0:
			b.WriteByte(byte(hex(s[i+1])<<4 | hex(s[i+2])))
			i += 2
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func hex(b byte) int {
	switch {
	case b >= '0' && b <= '9':
		return int(b - '0')
	case b >= 'a' && b <= 'f':
		return int(b-'a') + 10
	case b >= 'A' && b <= 'F':
		return int(b-'A') + 10
	}
	return -1
}

func containsAny(s string, list ...string) bool {
	for _, sub := range list {
		if strings.Contains(s, sub) {
			return true
		}
	}
	return false
}

// isCodeRed tells the request for the index server's extension with its long filling.
func isCodeRed(r *request) bool {
	return strings.Contains(r.raw, ".ida?") && containsAny(r.raw, "nnnnnnnnnnnnnnnnnnnn", "xxxxxxxxxxxxxxxxxxxx", "%u9090%u6858")
}

// isNimda tells those of Nimda's requests that no other tool of the time sent: the back doors that Code
// Red II left, and the paths under _vti_bin, _mem_bin and msadc.
func isNimda(r *request) bool {
	if !strings.Contains(r.raw, "?/c+") {
		return false
	}
	if strings.HasSuffix(r.path, "/root.exe") {
		return true
	}
	if !strings.HasSuffix(r.path, "cmd.exe") {
		return false
	}
	for _, start := range [...]string{"/c/winnt/", "/d/winnt/", "/_vti_bin/..", "/_mem_bin/..", "/msadc/.."} {
		if strings.HasPrefix(r.path, start) {
			return true
		}
	}
	return false
}

// isUnicodeTraversal tells slashes that only IIS would decode, and its command interpreter.
func isUnicodeTraversal(r *request) bool {
	if containsAny(r.path, "cmd.exe", "/winnt/system32", "command.com") && containsAny(r.path, "..", "/winnt/", "/scripts/", "/msadc/") {
		return true
	}
	return strings.Contains(r.raw, "..") && containsAny(r.raw, "..%c0%af", "..%c1%1c", "..%c1%9c", "..%c0%2f", "..%c0%9v", "..%c0%qf", "..%c1%8s", "..%c1%pc",
		"..%e0%80%af", "..%f0%80%80%af")
}

// isShellshock tells a function definition of bash at the start of any field. Where a name stands before
// the parentheses it is JavaScript.
func isShellshock(r *request) bool {
	all := r.all
	if strings.Contains(all, "%7b") {
		all = decode(all)
	}
	for _, open := range [...]string{"() {", "(){", "()  {"} {
		for at := 0; ; {
			i := strings.Index(all[at:], open)
			if i < 0 {
				break
			}
			at += i
			if at == 0 || !isNameByte(all[at-1]) {
				return true
			}
			at++
		}
	}
	return false
}

func isNameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '_' || b == ')' || b == ' '
}

// isLog4Shell tells Log4j's lookups in any field, also written in pieces to slip past filters.
func isLog4Shell(r *request) bool {
	all := r.all
	if strings.Contains(all, "%24%7b") || strings.Contains(all, "%7b") {
		all = decode(all)
	}
	if !strings.Contains(all, "${") {
		return false
	}
	return containsAny(all, "jndi:", "${lower:", "${upper:", "${::-", "${env:", "${sys:", "${date:")
}

// sqlWords are pieces of SQL that no form of a site sends.
var sqlWords = [...]string{" or 1=1", "' or '", "' or 1", "\" or \"", "or 1=1--", "' and '1'='1", " and 1=1",
	"information_schema", "waitfor delay", "xp_cmdshell", "extractvalue(", "updatexml(", "load_file(", "into outfile", "substr(", "null,null", "benchmark(", "sleep(", "pg_sleep",
	"order by 1--", "drop table", "concat(0x", "chr(", "substring((select", "(select ", "utl_inaddr", "dbms_pipe", "/**/union", "union/**/"}

// scriptWords are pieces of script for the browsers of others.
var scriptWords = [...]string{"<script", "</script", "javascript:", "onerror=", "onload=", "onmouseover=", "<iframe", "<svg", "<img src", "document.cookie", "alert(", "prompt(", "confirm(", "fromcharcode("}

// commandWords are pieces of commands and of code for the server.
var commandWords = [...]string{";wget ", "|wget ", ";curl ", "|curl ", "; wget ", "; curl ", "|cat ", ";cat ", "; cat ", "|id|", ";id;", "|id;", "cd /tmp", "cd+/tmp", "/bin/sh", "/bin/bash",
	"`id`", "$(id)", "$(echo", "${ifs}", "$(wget", "$(curl", "php://input", "php://filter", "data://text", "expect://", "file:///", "auto_prepend_file", "allow_url_include", "call_user_func",
	"invokefunction", "phpinfo()", "phpinfo(", "base64_decode(", "eval(", "system(", "passthru(", "shell_exec", "classloader", "ognlcontext", "ognl.", "@java.lang", "java.lang.runtime",
	"getruntime", "freemarker", "#_memberaccess", "#context[", "${script:", "${dns:", "${url:", "/proc/self/environ", "/etc/passwd", "/etc/shadow", "boot.ini", "win.ini", "web.xml", "web-inf/",
	"<!--#exec", "<?php", "%{(", "${@print"}

func isWebInjection(r *request) bool {
	target := r.path + "?" + r.query
	if climbs(r) || strings.HasPrefix(r.method, "search") && len(r.raw) > 1000 || strings.Contains(target, "\x00") {
		return true
	}
	for _, w := range commandWords {
		if strings.Contains(target, w) {
			return true
		}
	}
	for _, list := range [...]string{r.query, r.path} {
		if list == "" || !strings.ContainsAny(list, " '\"(<:=") {
			continue
		}
		if selects(list) {
			return true
		}
		for _, w := range sqlWords {
			if strings.Contains(list, w) {
				return true
			}
		}
		for _, w := range scriptWords {
			if strings.Contains(list, w) {
				return true
			}
		}
	}
	return includesRemote(r.query)
}

// selects tells a second query that was put behind the program's own. The words alone also stand in plain
// English.
func selects(s string) bool {
	for _, words := range [...]string{"union select ", "union all select ", "union distinct select "} {
		if _, rest, ok := strings.Cut(s, words); ok && containsAny(rest, " from ", ",", "(", "--", "null", "@@", "1") {
			return true
		}
	}
	return false
}

// climbs tells a path or a parameter that leaves its folder. Browsers resolve "../" before they ask, and
// a link with one too many is a mistake; two in a row, or dots that are encoded, are none.
func climbs(r *request) bool {
	target := r.path + "?" + r.query
	if containsAny(target, "../..", `..\..`, "..//..", "..;/", `..\\..`, "....//", "=../", "=/..") {
		return true
	}
	return containsAny(r.raw, "%2e%2e", ".%2e", "%2e.", "..%2f", "..%5c", "%252e", "%%32%65", "..%255c", "%c0%ae")
}

// includesRemote tells an address with a trailing "?" as a parameter, which makes PHP include it and
// drop what the program puts behind.
func includesRemote(query string) bool {
	for _, scheme := range [...]string{"=http://", "=https://", "=ftp://"} {
		if i := strings.Index(query, scheme); i >= 0 {
			value, _, _ := strings.Cut(query[i+len(scheme):], "&")
			if strings.HasSuffix(value, "?") && containsAny(value, ".txt?", ".gif?", ".jpg?", ".dat?", ".inc?") {
				return true
			}
		}
	}
	return false
}

// isProxyRequest tells a request as only a proxy gets it: clients send a whole URL to nobody else (RFC
// 9112 section 3.2.2).
func isProxyRequest(r *request) bool {
	return r.method == "connect" && strings.Contains(r.raw, ":") || strings.HasPrefix(r.raw, "http://") || strings.HasPrefix(r.raw, "https://")
}

// secretPaths are asked for by nobody who knows the site.
var secretPaths = [...]string{"/.env", "/.git/", "/.svn/", "/.hg/", "/.aws/", "/.ssh", "/.htpasswd", "/.passwd", "/.ds_store", "/.vscode/", "/.docker", "/.bash_history",
	"/wp-config.php", "/phpinfo.php", "/w00tw00t", "/muieblackcat", "/boaform/", "/hnap1", "/vendor/phpunit/", "/_ignition/", "/actuator/env", "/actuator/heapdump", "/actuator/gateway", "/tmui/login.jsp",
	"/mgmt/tm/", "/dana-na/", "/remote/fgt_lang", "/cgi-bin/phf", "/cgi-bin/test-cgi", "/cgi-bin/luci", "/cgi-bin/handler", "/cgi-bin/campas",
	"/cgi-bin/webdist.cgi", "/cgi-bin/finger", "/msadc/msadcs.dll", "/_vti_bin/shtml", "/_vti_pvt/", "/iisadmpwd/", "/scripts/tools/", "/null.ida", "/null.printer",
	".printer", "/default.ida", "/root.exe", "/setup.cgi", "/shell?cd", "/goform/", "/gponform/", "/wls-wsat/", "/telerik.web.ui.webresource.axd", "/autodiscover/autodiscover.json",
	"/owa/auth/x.js", "/ecp/current/", "/api/v2/cmdb/", "/webfig/", "/evox/about", "/nmaplowercheck", "/nice ports,", "/htmlawedtest.php", "/xmldata?item=all",
	"/phpmyadmin/scripts/setup.php", "/pma/scripts/setup.php", "/invoker/jmxinvokerservlet", "/jmx-console/", "/axis2-admin", "/ztp/cgi-bin", "/php-ofc-library/",
	"/crx/packmgr", "/mboximport", "/nsiislog.dll", "/sumthin", "/fp30reg.dll", "/_vti_aut/", "/remote_agent.php", "/login/index.php?login=$("}

// absentPaths are pages of programs that many sites do have: asking for them is a probe where they are
// not there.
var absentPaths = [...]string{"/wp-login.php", "/xmlrpc.php", "/phpmyadmin", "/pma/", "/myadmin", "/wp-admin", "/wp-content/plugins/", "/administrator/", "/awstats.pl", "/formmail", "/server-status",
	"/web-console", "/manager/html", "/solr/admin/", "/phpinfo", "/cgi-bin/php", "/admin/config.php", "/cmd.exe", "/robots.txt.php", "/backup.sql", "/dump.sql", "/backup.zip", "/eval-stdin.php"}

// toolAgents are names under which scanners announce themselves.
var toolAgents = [...]string{"nikto", "sqlmap", "zgrab", "masscan", "nmap scripting engine", "zmeu", "morfeus", "dirbuster", "gobuster", "wpscan", "acunetix", "openvas", "nuclei",
	"l9explore", "l9tcpid", "jorgee", "dfind", "whatweb", "havij", "w3af", "netsparker", "arachni", "feroxbuster", "ffuf/", "fuzz faster", "wfuzz", "hello, world", "nessus", "skipfish", "censysinspect"}

func isWebProbe(r *request) bool {
	target := r.path + "?" + r.query
	for _, p := range secretPaths {
		if strings.Contains(target, p) {
			return true
		}
	}
	if r.status == "404" {
		for _, p := range absentPaths {
			if strings.Contains(r.path, p) {
				return true
			}
		}
	}
	if (r.status == "404" || r.status == "403") && hasDotFile(r.path) {
		return true
	}
	// The first bytes of TLS, RDP, SMB or a trojan's protocol, sent to a server that expected a method.
	if strings.HasPrefix(r.method, `\x`) || strings.HasPrefix(r.method, "\x16\x03") || r.status == "400" && strings.ContainsAny(r.method, `\|`) {
		return true
	}
	if r.method == "search" || r.method == "propfind" && r.status == "404" {
		return true
	}
	i := strings.LastIndexByte(strings.TrimRight(r.all, `" `), '"')
	if i < 0 {
		return false
	}
	for _, a := range toolAgents {
		if strings.Contains(r.all[i:], a) {
			return true
		}
	}
	return false
}

// hasDotFile reports whether a part of a path begins with a dot, as files do that servers should not
// give out. RFC 8615 names the one that they should.
func hasDotFile(path string) bool {
	for rest := path; ; {
		i := strings.Index(rest, "/.")
		if i < 0 {
			return false
		}
		rest = rest[i+2:]
		if rest != "" && rest[0] >= 'a' && rest[0] <= 'z' && !strings.HasPrefix(rest, "well-known") {
			return true
		}
	}
}
