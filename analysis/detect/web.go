package detect

import (
	"strings"
	"time"

	"practicum/analysis"
)

// webRules judge requests to web servers by their text, decoded. A request that none of them knows is
// daily work, whatever the answer was.
var webRules = []Rule{
	{Kind: "web-codered", Seeks: "a request for the index server's extension with Code Red's filling", May: isWeb, Request: isCodeRed},
	{Kind: "web-nimda", Seeks: "one of the requests that only Nimda sends", May: isWeb, Request: isNimda},
	{Kind: "web-unicode-traversal", Seeks: "encoded slashes that only IIS would decode, or its command interpreter", May: isWeb, Request: isUnicodeTraversal},
	{Kind: "web-shellshock", Seeks: "a function definition of bash in any field of a request", May: isWeb, Request: isShellshock},
	{Kind: "web-log4shell", Seeks: "a lookup of Log4j in any field of a request", May: isWeb, Request: isLog4Shell},
	{Kind: "web-injection", Seeks: "SQL, scripts, commands, a way out of the folder, a foreign file or an uploaded program in a request", May: isWeb, Request: isWebInjection},
	{Kind: "proxy-scan", Seeks: "a request as only a proxy gets it", May: isWeb, Request: isProxyRequest},
	{Kind: "web-login-failed", Seeks: "a failed log-in over HTTP", May: isPlainAnd(analysis.ActionFailed), Match: failedLogin("http", "https")},
	{Kind: "web-secret-served", Seeks: "a request for a file that holds secrets, answered with success", May: isWeb, Request: isSecretServed},
	{Kind: "web-probe", Seeks: "a request for what nobody who knows the site asks for, or one by a scanner's own name", May: isWeb, Request: isWebProbe},
	{Kind: "brute-force", Seeks: "a form sent to the log-in page of a well-known program", May: isWeb, Request: sendsLogin, Threshold: &Threshold{Count: 10, Within: time.Minute, Of: "such forms"}},
	{Kind: "wrapper-refused", Seeks: "a client that the web server's access list turned away", May: of("weberror"), Match: isWebRefused},
	{Kind: "web-probe", Seeks: "a request for a program that is not there", May: isWeb, Request: isMissingProgram, Threshold: &Threshold{Count: 10, Within: time.Minute, Of: "such requests"}},
	{Kind: "web-flood", Seeks: "a request that a limit of rate turned away", May: of("weberror"), Match: isRateLimited, Threshold: &Threshold{Count: 5, Within: time.Minute, Of: "such requests"}},
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

// interpreters are the command interpreter of Windows and the folder that it is in.
var interpreters = newPhrases("cmd.exe", "/winnt/system32", `\winnt\system32`, "command.com")

// isUnicodeTraversal tells slashes that only IIS would decode, and its command interpreter.
func isUnicodeTraversal(r *request) bool {
	if interpreters.in(r.path) && containsAny(r.path, "..", "/winnt/", "/scripts/", "/msadc/") {
		return true
	}
	return strings.Contains(r.raw, "..") && containsAny(r.raw, "..%c0%af", "..%c1%1c", "..%c1%9c", "..%c0%2f", "..%c0%9v", "..%c0%qf", "..%c1%8s", "..%c1%pc",
		"..%e0%80%af", "..%f0%80%80%af")
}

// isShellshock tells a function definition of bash at the start of any field. Where a name stands before
// the parentheses it is JavaScript. An error log has what bash itself says of one.
func isShellshock(r *request) bool {
	if r.note != "" && containsAny(r.note, "ignoring function definition attempt", "error importing function definition for ") {
		return true
	}
	all := r.all
	if strings.Contains(all, "%7b") {
		all = decode(all)
	}
	for _, open := range [...]string{"() {", "(){", "()  {", "() _["} {
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
	if containsAny(all, "%7b", `\x7b`, "%257b", "%u007b") {
		all = decode(all)
	}
	if !strings.Contains(all, "${") {
		return false
	}
	return containsAny(all, "jndi:", "${jndi", "${lower:", "${upper:", ":-", "${env:", "${sys:", "${date:", "${java:", "${ctx:", "${main:", "${base64:")
}

// sendsLogin tells a form that is sent to where WordPress, Joomla and Drupal take log-ins. The status does not tell whether
// one worked; nobody sends ten within a minute by hand.
func sendsLogin(r *request) bool {
	if r.method != "post" {
		return false
	}
	for _, page := range [...]string{"/wp-login.php", "/xmlrpc.php", "/administrator/index.php", "/user/login"} {
		if strings.HasSuffix(r.path, page) {
			return true
		}
	}
	return false
}

// isProxyRequest tells a request as only a proxy gets it: clients send a whole URL to nobody else (RFC
// 9112 section 3.2.2). nginx logs requests of HTTP/2 so in its error log.
func isProxyRequest(r *request) bool {
	if r.method == "connect" {
		return r.version != "" || strings.Contains(r.raw, ":")
	}
	return r.note == "" && (strings.HasPrefix(r.raw, "http://") || strings.HasPrefix(r.raw, "https://"))
}

// What an error log's records of a refused client are signed with (analysis/logformat, weberror).
const (
	denied    = "client denied by server configuration"
	forbidden = "access forbidden by rule"
	limited   = "limiting requests"
)

// isWebRefused tells a client that the web server's access list turned away. An access log has only a
// status, which programs behind the server give for reasons of their own.
func isWebRefused(e *analysis.Event) bool {
	return e.Format == "weberror" && (e.Signature == denied || e.Signature == forbidden) && !e.Context
}

// isRateLimited tells a request that a limit on the number of requests turned away. One is a visitor in a
// hurry.
func isRateLimited(e *analysis.Event) bool {
	return e.Format == "weberror" && e.Signature == limited && !e.Context
}
