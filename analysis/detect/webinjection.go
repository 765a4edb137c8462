package detect

import (
	"slices"
	"strings"

	web "practicum/analysis/request"
)

// isWebInjection tells text that leaves its place: a path that leaves its folder, and code in the place of a
// value. What stands in a path or a parameter is looked at decoded; what a client calls itself only for
// code that no browser's name has.
func isWebInjection(r *request) bool { return injection(r) != "" }

// injection is what a request tries to bring in, in words for a title; empty where it tries nothing of the kind.
func injection(r *request) string {
	if r.raw != "" {
		if name := inTarget(r); name != "" {
			return name
		}
	}
	for _, text := range r.texts {
		if strings.ContainsAny(text, `%\&`) {
			text = unmark(decode(text))
		}
		if strings.HasPrefix(text, "http") {
			if containsAny(text, "<script", "<?php") {
				return "code in the referer"
			}
		} else if codeInAgent.in(text) {
			return "code in the agent's name"
		}
	}
	return ""
}

// codeInAgent is code that an agent's name never has. Some programs write the name into their logs and
// databases as it is.
var codeInAgent = newPhrases("<script", "<?php", "<?=", "<svg", "<img ", "<iframe", "onerror=", "javascript:alert", "base64_decode(", "eval(", "system(", "passthru(", "sleep(",
	"waitfor delay", "union select", "union all select", "benchmark(", "'='", "\"=\"", "; wget ", ";wget ", "; curl ", ";curl ", "/bin/bash -", "/bin/sh -", "cat /etc/passwd", "%{(#", "${@", "xor(if(now()",
	"o:21:\"jdatabasedrivermysqli", "jdatabasedriver")

// What several rules find.
const (
	forgery = "server-side request forgery"
	upload  = "the upload of a program"
)

// injections are what stands in the target of a request, by what a reader calls it. The first that fits names the
// request: a command that reads a system file is the command's.
var injections = [...]struct {
	name  string
	match func(*request) bool
}{
	{"command injection", func(r *request) bool {
		return commandParameter(r.query) || runsCommand(r.query) || strings.Contains(r.raw, "/cgi-bin/") && runsCommand(r.path)
	}},
	{"SQL injection", injectsSQL},
	{"cross-site scripting", func(r *request) bool {
		return isScript(r.query, false) || isScript(r.path, true) || strings.Contains(strings.ReplaceAll(r.raw, "%2b", "+"), "+adw-") // "<" in UTF-7
	}},
	{"remote file inclusion", includesRemote},
	{"path traversal", climbs},
	{"reading of system files", func(r *request) bool {
		all := r.folded + "?" + foldPath(r.query)
		return systemFiles.in(all) || namesAccounts(all)
	}},
	{"code injection", func(r *request) bool { return code.in(r.path + "?" + r.query) }},
	{"template injection", func(r *request) bool { return isTemplate(r.query) || isTemplate(r.path) }},
	{forgery, func(r *request) bool { return fetchesInside(r.query) || misleadsExchange(r) }},
	{"header injection", func(r *request) bool { return splitsHeader(r.path + "?" + r.query) }},
	{"an overlong WebDAV search", func(r *request) bool { return r.method == "search" && len(r.raw) > 1000 }},
	{"null bytes", func(r *request) bool { // BitTorrent sends 20 bytes of anything
		return (strings.IndexByte(r.path, 0) >= 0 || strings.IndexByte(r.query, 0) >= 0) && !containsAny(r.raw, "info_hash=", "peer_id=")
	}},
}

// uploads tells a program that a client put on the server: PUT was answered with success (RFC 9110 section 9.3.4), and the name is
// that of a program. CVE-2017-12615 of Tomcat lets anybody do so.
func uploads(r *request) bool {
	return r.method == "put" && (r.status == "200" || r.status == "201" || r.status == "204") && isScriptPath(strings.TrimRight(r.folded, "/ "))
}

// misleadsExchange tells ProxyShell: Exchange takes the mail address in a request to its autodiscover for the end of a path and sends
// the rest to its own inside, and X-Rps-CAT tells PowerShell there who somebody is (CVE-2021-34473 and CVE-2021-34523).
// Outlook's own requests have the address in "email=" and no path.
func misleadsExchange(r *request) bool {
	if strings.Contains(r.query, "x-rps-cat=") {
		return true
	}
	return strings.HasSuffix(r.folded, "/autodiscover/autodiscover.json") && (strings.HasPrefix(r.query, "@") || strings.Contains(r.query, "email=autodiscover/"))
}

func inTarget(r *request) string {
	if uploads(r) {
		return upload
	}
	if r.plain {
		switch {
		case strings.Contains(r.query, "x-rps-cat="):
			return forgery
		case commandParameter(r.query):
			return "command injection"
		case systemFiles.in(r.raw), namesAccounts(r.raw):
			return "reading of system files"
		case r.query != "" && containsAny(r.query, "pg_sleep", "pg_catalog", "xp_cmdshell"):
			return "SQL injection"
		case r.query != "" && containsAny(r.query, "base64_decode", "call_user_func", "shell_exec", "__js_function", "constructor.constructor", "jdatabasedriver", "class.module.classloader", "class.classloader"):
			return "code injection"
		}
		return ""
	}
	for i := range injections {
		if injections[i].match(r) {
			return injections[i].name
		}
	}
	return ""
}

// injectsSQL looks at the path and at each parameter by itself.
func injectsSQL(r *request) bool {
	if isSQL(r.path) {
		return true
	}
	if strings.Contains(r.query, "sql_query=") { // phpMyAdmin and its like
		return false
	}
	_, query, _ := strings.Cut(r.raw, "?")
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		if key, value, ok := strings.Cut(pair, "="); ok && isPlain(key) {
			pair = value
		}
		if !isPlain(pair) && isSQL(squeeze(decode(pair))) {
			return true
		}
	}
	return false
}

// climbs tells a path or a parameter that leaves its folder. Browsers resolve "../" before they ask, and
// a link with one too many is a mistake; two in a row, dots or slashes that are encoded in a path, and a
// parameter that begins with them, are none.
func climbs(r *request) bool {
	if !strings.Contains(r.path, "..") && !strings.Contains(r.query, "..") {
		return false
	}
	for _, s := range [...]string{r.path, r.query} {
		if containsAny(s, "../..", `..\..`, `../\..`, "..//..", "..;/", `..\\..`, "....//", `....\\`, `..\/`, "..\x00", ".../...//") {
			return true
		}
	}
	if containsAny(r.query, "=../", `=..\`, "=/../", "=/..", "=./../") {
		return true
	}
	if !containsAny(r.path, "../", `..\`) && !strings.HasSuffix(r.path, "/..") {
		return false
	}
	path, _, _ := strings.Cut(r.raw, "?")
	return containsAny(path, "%2e%2e", ".%2e", "%2e.", "..%2f", "..%5c", "%2f..", "%5c..", "%252e", "%%32", "%252f", "%255c", "%c0", "%c1", "%u002e", "%uff0e", "%e0%80") ||
		strings.Contains(path, `..\`) && !strings.Contains(path, `..\"`)
}

// systemFiles are files that no web server gives out.
var systemFiles = newPhrases("=/etc/group", "=/etc/hosts", "=/etc/issue", "=/etc/crontab", "=/etc/ssh", "=/etc/apache2", "=/etc/httpd", "=/etc/nginx", "=/etc/mysql", "=/etc/samba", "=/etc/resolv", "=/var/log/",
	"/proc/self/", "/proc/version", "=/proc/", "/var/log/auth.log", "/var/log/apache", "/var/log/httpd", "=/root/", ".ssh/id_", ".ssh/authorized_keys", "/.bash_history", "/boot.ini", "/win.ini", "=win.ini", "windows/system32", "winnt/win.ini", "c:/windows", "c:/winnt",
	"c:/boot", "c:/inetpub", "sam._", "repair/sam", "web-inf/", "/bin/sh", "/bin/bash", "/bin/cat", "/usr/bin/id", "/bin/id", "/bin/ls ", "/bin/ping", "/bin/uname", "/bin/nc ", "/bin/busybox")

// namesAccounts tells the files with the accounts of Unix, by their whole names: "/docs/etc/passwd.html" and
// "/etc/passwd-management" are pages about them. passwd- and shadow- are their copies (Debian's shadow 4.13).
func namesAccounts(s string) bool {
	for {
		i := strings.Index(s, "/etc/")
		if i < 0 {
			return false
		}
		s = s[i+len("/etc/"):]
		for _, name := range [...]string{"passwd", "shadow", "master.passwd", "security/passwd"} {
			rest, ok := strings.CutPrefix(s, name)
			if !ok {
				continue
			}
			rest = strings.TrimPrefix(rest, "-")
			for _, copied := range [...]string{".bak", ".old", ".orig", ".save"} {
				rest = strings.TrimPrefix(rest, copied)
			}
			if rest == "" || !isFileByte(rest[0]) {
				return true
			}
		}
	}
}

// isFileByte reports whether a byte goes on with a file's name.
func isFileByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' || b == '_' || b == '.'
}

// code is pieces of programs for the server, in the languages that it may run. Names that somebody may look for
// in a forum of programmers do not stand here by themselves.
var code = newPhrases(
	// PHP
	"<?php", "<?=", "<? ", "<?exec", "<?system", "<?echo", "php://", "phar://", "expect://", "compress.zlib://", "compress.bzip2://", "glob://", "ogg://", "=zip://", "=rar://", "ssh2.exec", "ssh2.sftp", "data://", "=data:text/",
	"=data:;base64,", "auto_prepend_file", "auto_append_file", "allow_url_include", "allow_url_fopen", "disable_functions=", "open_basedir=", "safe_mode=", "suhosin.simulation",
	"base64_decode", "eval(", "assert(", "system(", "passthru(", "shell_exec", "proc_open(", "popen(", "pcntl_exec", "create_function", "call_user_func", "func_get_args(", "pfsockopen(",
	"preg_replace(", "file_get_contents(", "file_put_contents(", "fopen(", "fwrite(", "readfile(", "show_source(", "highlight_file(", "include(", "require_once(", "phpinfo(", "phpversion(", "php_uname(", "getenv(",
	"die(md5(", "print(md5(", "md5(", "gzinflate(", "gzuncompress", "gzdecode(", "str_rot13(", "bzdecompress", "base64_encode(", "urldecode(", "ini_set(", "set_time_limit(", "fsockopen(", "curl_exec(", "array_map(",
	"usort(", "invokefunction", "think\\app", "think\\container", "\\think\\", "$_get", "$_post", "$_request", "$_cookie", "$_server", "$_session", "$_files", "$_env", "$globals", "globals[", "$http_", "php_value",
	"${@", "{${", "$this->", "\"system\"", "'system'", "(system)", "[system]", "'sys'",
	// commands
	"`id`", "`whoami`", "`uname", "`ls", "`cat ", "`wget", "`curl", "`ping", "`sleep", "$(id)", "$(whoami", "$(uname", "$(ls", "$(cat", "$(echo", "$(wget", "$(curl", "$(sleep", "$(nslookup", "$(ping", "$(/bin", "$((", "${ifs}", "$ifs",
	"cd /tmp", "cd /var/tmp", "/dev/tcp/", "-e /bin/", "wget http:/", "wget https:/", "wget ftp:/", "curl http:/", "curl https:/", "cmd.exe /", "/cmd.exe?", "\\cmd.exe", "cmd /c", "powershell.exe -", "powershell -e", "powershell -n", "powershell -w", "powershell -c", "powershell iex", "certutil -url", "mshta http",
	// Java and its templates
	"java.lang.runtime", "java.lang.processbuilder", "@java.lang", "java.io.file(", "java.io.bufferedreader", "java.net.url(", "java.net.socket(", "java.util.scanner(", "javax.script", "getruntime(", "processbuilder(", "class.classloader", "classloader.", "classloader[", "getclass()", "forname(",
	"freemarker.template", "@ognl", "ognl.", "ognlcontext", "ognlutil", "#_memberaccess", "#context", "#application", "#session", "'xwork.", "xwork2", "com.opensymphony", "%{(", "%{#", "${script:", "${dns:", "${url:", "${jndi", "${#", "${\"", "${t(", "redirect:${", "redirectaction:", "action:${", "action:%{", "redirect:%{",
	"new java", "t(java.", "com.sun.jndi", "com.sun.org", "springframework.context.support",
	// servers' own
	"<!--#", "<%=", "<% ", "<%@", "{php}", "{% ", "{{config", "{{self", "{{request", "{{''", "{{\"\"", "{{[]", "{{().", "{{this.", "__class__", "__subclasses__", "__globals__", "__import__", "__proto__", "constructor[prototype]",
	"constructor.constructor", "require('child_process", "child_process", "process.mainmodule", "_$$nd_func$$_", "__js_function", "new function (", "new function(", "module.exports=", "function() {",
	"<!entity", "<xsl:", ")(uid=", ")(cn=", ")(|(", "*)(&", "*)(|", ")(objectclass=", "(|(uid", "(&(uid", "/*!")

// commandNames are commands that an attacker tries first. They are looked for behind what ends another
// command; those that are words of English have an argument.
var commandNames = [...]string{"id", "whoami", "uname", "ls -", "ls /", "ls|", "cat /", "cat <", "cat $", "cat ..", "ps aux", "ps -", "pwd", "wget ", "curl h", "curl -", "curl $", "curl 1", "ping -", "ping 1", "nslookup ", "ifconfig", "ipconfig", "netstat", "systeminfo", "net user ",
	"net view", "dir c:", "dir /", "dir ..", "type c:", "type %", "sleep 1", "sleep 2", "sleep 3", "sleep 5", "echo $", "echo '", "echo \"", "echo 1", "printf '", "printenv", "nc -", "nc 1", "ncat -", "netcat -", "bash -", "sh -", "sh /", "perl -", "python -", "php -", "ruby -", "chmod 7", "chmod +", "rm -",
	"telnet 1", "tftp -", "ftp -", "fetch http", "cd /", "cd ..", "cd ~", "reboot;", "killall ", "/bin/", "/usr/", "busybox", "powershell -", "cmd /", "cmd.exe", "tasklist", "set /a", "head -", "tail -", "tail /", "find / ", "less /", "more /", "getent ", "dig @", "reg query", "del /", "rd /", "touch /", "arp -", "mysqldump", "wmic ", "sc query"}

// maxSeparators is how many separators and quotes are passed over before a command: with more, one behind finds it.
const maxSeparators = 32

// runsCommand tells a command behind a separator of commands in a parameter.
func runsCommand(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ';', '|', '`', '\n':
		case '&': // a separator of parameters, unless two stand together or a blank follows
			if i+1 < len(s) && s[i+1] != '&' && s[i+1] != ' ' && (i == 0 || s[i-1] != '&') {
				continue
			}
		case '$':
			if i+1 == len(s) || s[i+1] != '(' {
				continue
			}
			i++
		default:
			continue
		}
		rest := s[i+1:]
		for n := 0; n < maxSeparators && rest != "" && strings.IndexByte(" ;|&`'\"\\(", rest[0]) >= 0; n++ {
			rest = rest[1:]
		}
		for _, name := range commandNames {
			if !strings.HasPrefix(rest, name) {
				continue
			}
			if last := name[len(name)-1]; last < 'a' || last > 'z' {
				return true
			}
			after := rest[len(name):]
			if after != "" && strings.IndexByte(" ;|`\n&)'\"#>", after[0]) < 0 {
				continue
			}
			// "name|id|price" and "name;id" are lists of columns.
			if name != "id" && name != "pwd" || s[i] == '`' || s[i] == '$' || s[i] == '\n' || !isList(s[:i]) {
				return true
			}
		}
	}
	return loops(s)
}

// isList reports whether a text ends with a name, as the columns of a list have.
func isList(s string) bool {
	s = strings.TrimRight(s, " ")
	return s != "" && s[len(s)-1] >= 'a' && s[len(s)-1] <= 'z'
}

// loops tells the "for" and "if" of Windows' command interpreter.
func loops(s string) bool {
	if i := strings.Index(s, "for "); i >= 0 {
		if rest := s[i:]; strings.IndexByte(rest, '%') > 0 && strings.Contains(rest, " in ") && containsAny(rest, ") do", ")do") {
			return true
		}
	}
	if i := strings.Index(s, "if "); i >= 0 && (i == 0 || strings.IndexByte("=&;| ", s[i-1]) >= 0) {
		rest := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(s[i+3:], "/i "), "not "), "/i ")
		return strings.HasPrefix(rest, "exist ") || strings.HasPrefix(rest, "defined ") || strings.HasPrefix(rest, "errorlevel ") || strings.HasPrefix(rest, "cmdextversion ")
	}
	return false
}

// commandKeys are parameters in which programs that should not be there take a command.
var commandKeys = [...]string{"cmd=", "exec=", "command=", "execute=", "shell=", "system="}

// commandParameter tells a parameter that is a command by itself.
func commandParameter(query string) bool {
	for _, key := range commandKeys {
		for at := 0; ; {
			i := strings.Index(query[at:], key)
			if i < 0 {
				break
			}
			at += i
			begins := at == 0 || query[at-1] == '&' || query[at-1] == ';' || query[at-1] == '?'
			at += len(key)
			if !begins {
				continue
			}
			value := query[at:]
			for _, name := range [...]string{"id", "whoami", "pwd", "uname", "ifconfig", "ipconfig", "netstat", "systeminfo", "ls -", "ls /", "ls ..", "cat ", "dir ", "wget ", "curl ", "ps ", "net ", "cd ", "rm ", "echo ", "ping ", "nc ", "type ", "chmod ",
				"/bin/", "powershell", "cmd.exe", "cmd /", "id;", "uname -"} {
				if rest, ok := strings.CutPrefix(value, name); ok && (rest == "" || !isNameByte(rest[0]) || !isNameByte(name[len(name)-1]) || name[len(name)-1] == ' ') {
					return true
				}
			}
		}
	}
	return false
}

// splitsHeader tells a line end that a header follows: a try to write into the answer.
func splitsHeader(s string) bool {
	for at := 0; ; {
		i := strings.IndexAny(s[at:], "\r\n")
		if i < 0 {
			return false
		}
		at += i + 1
		rest := strings.TrimLeft(s[at:], "\r\n \t")
		at = len(s) - len(rest) // the other line ends of the run have the same behind them
		for _, header := range [...]string{"set-cookie", "location:", "content-length", "content-type", "http/1", "http/0", "refresh:", "x-", "host:", "remote-addr", "transfer-encoding", "get /", "post /", "get http", "helo ", "mail from", "rcpt to", "bcc:", "cc:", "to:", "set-", "access-control"} {
			if strings.HasPrefix(rest, header) {
				return true
			}
		}
	}
}

// includesRemote tells the address of a program for the server to run. PHP includes what a parameter
// names if nobody forbids it: the parameter's name tells that it is a folder of the program's own, or a
// "?" at the end drops what the program puts behind. Links that a page makes have the address encoded.
func includesRemote(r *request) bool {
	_, query, _ := strings.Cut(r.raw, "?")
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			continue
		}
		key = decode(key)
		value = strings.TrimSpace(value)
		encoded := strings.HasPrefix(value, "http%3a") || strings.HasPrefix(value, "https%3a") || strings.HasPrefix(value, "ftp%3a")
		host, decoded := "", decode(value)
		for _, scheme := range [...]string{"http://", "https://", "ftp://", "ftps://", "http:/\\", "//"} {
			if rest, ok := strings.CutPrefix(decoded, scheme); ok {
				host = rest
				break
			}
		}
		if host == "" {
			continue
		}
		if includeKey(key) {
			return true
		}
		if strings.HasSuffix(value, "?") && !encoded && !strings.HasPrefix(value, "//") {
			return true
		}
		path := ""
		if i := strings.IndexByte(host, '/'); i >= 0 {
			host, path = host[:i], strings.TrimRight(host[i:], "?")
		}
		host, _, _ = strings.Cut(host, ":")
		if strings.Trim(host, "0123456789.") == "" && strings.Count(host, ".") == 3 && !encoded {
			for _, end := range [...]string{".php", ".txt", ".inc", ".dat", ".sh", ".asp", ".jsp", ".pl", ".cgi", ".gif", ".html", ".js"} {
				if strings.HasSuffix(path, end) && (end != ".gif" || strings.HasSuffix(value, "?")) && (end != ".html" && end != ".js" || strings.HasSuffix(value, "?")) {
					return true
				}
			}
		}
	}
	return false
}

// includeKey reports whether a parameter's name is that of a folder or file of a program.
func includeKey(key string) bool {
	for _, end := range [...]string{"_path", "_root_path", "rootpath", "root_path", "absolute_path", "_dir", "root_dir", "[path]", "[root_dir]", "document_root]", "include_path", "includedir", "include", "basedir", "base_dir", "_skin_path", "dir_prefix", "libdir", "lib_path",
		"classpath", "sourcedir", "source_folder", "inc_dir", "page_include", "class_dir", "template_path", "board_skin_path", "phpbb_root_path", "mosconfig_absolute_path"} {
		if strings.HasSuffix(key, end) {
			return key != "redirect_path" && key != "return_path"
		}
	}
	return strings.HasPrefix(key, "globals[") || strings.HasPrefix(key, "_server[") || strings.HasPrefix(key, "_request[")
}

// fetchesInside tells an address that only the server can reach.
func fetchesInside(query string) bool {
	return containsAny(query, "://169.254.169.254", "://metadata.google", "=file:/", "=gopher://", "=dict://", "=ldap://", "=ldaps://", "=tftp://", "=netdoc:", "=jar:http", "://[::ffff:a9fe", "://2852039166", "=phar:")
}

// sqlPhrases are pieces of SQL that no form of a site sends and nobody looks for.
var sqlPhrases = newPhrases("information_schema.", "waitfor delay", "waitfor time", "xp_cmdshell", "xp_dirtree", "xp_regread", "sp_executesql", "sp_oacreate", "sp_password", "extractvalue(", "updatexml(", "load_file(", "into outfile", "into dumpfile",
	"benchmark(", "sleep(", "pg_sleep", "dbms_pipe", "dbms_lock", "dbms_xslprocessor", "utl_inaddr", "utl_http", "ctxsys.", "sysobjects", "syscolumns", "sysdatabases", "sqlite_master", "pg_catalog", "pg_shadow", "from mysql.user", "msysaccessobjects", "from all_tables", "sys.user_",
	"group_concat(", "concat(0x", "concat_ws(0x", "concat(char", "concat(md5", "chr(", "char(1", "char(4", "char(5", "char(6", "char(7", "char(8", "char(9", "unhex(", "ascii(sub", "ascii(mid", "substring((", "substr((", "substring(@@", "mid((select", "ord(mid", "length(database", "name_const(", "exp(~(", "make_set(",
	"gtid_subset(", "json_keys((", "polygon((", "multipoint((", "geometrycollection((", "procedure analyse", "@@version", "@@datadir", "@@hostname", "@@global", "current_user(", "system_user(", "session_user(", "user()", "database()", "version()",
	";drop ", "; drop ", "drop table if exists", ";alter ", "; alter table", ";create ", "; create table", "; create function", ";truncate ", ";delete from", "; delete from", ";insert into", "; insert into", ";update ", "; update ", "exec master", "exec xp_", ";exec", "; exec ", "exec sp_", "execute immediate", "declare @", "cast(0x", "convert(int", " as varchar(", " as nvarchar(", " as char)", " as numeric)", " as int)",
	"null,null", "null, null", "order by 1--", "order by 1#", "having 1=1", "group by 1", "having 1--", "if(now()=", "rlike (select", "rlike sleep", "regexp (select", "case when (", "case when 1", "(select 1", "(select(", "(select *", "(select count", "(select case", "(select sleep", "(select load", "(select concat", "(select char", "(select chr", "(select top", "(select user", "(select @@", "(select version", "(select database",
	" select * from", " select count(", " select 1 from", " select @@", " select char(", " select concat", " select version(", " select user(", " select load_file", " select pg_", " select null", " select 0x", ")select ", "'select ", ";select ", "; select ",
	"shutdown --", ";shutdown", "; shutdown", "load data infile", "@@fetch_status", "[$ne]", "[$regex]", "[$where]", "[$nin]", "[$exists]", "[$lte]", "{\"$", "{'$", "'$where", ";return true", "this.password", "db.getcollection", "or exists(", "and exists(", "or not exists", "exists(select", "||chr(", "||utl_", "'||'", "'+'", "\"||\"", ") like (")

// isSQL tells a query put behind, or into, the program's own. The words alone also stand in plain English.
func isSQL(s string) bool {
	if strings.HasPrefix(s, "select ") || strings.HasPrefix(s, "show ") {
		return false // a whole query is what some programs take
	}
	if selects(s) || sqlPhrases.in(s) || always(s) || endsQuote(s) {
		return true
	}
	if _, rest, ok := strings.Cut(s, "insert into "); ok && containsAny(rest, "values", "select ") {
		return true
	}
	if _, rest, ok := strings.Cut(s, "update "); ok && strings.Contains(rest, " set ") && strings.Contains(rest, "=") && strings.Contains(rest, "where ") {
		return true
	}
	return false
}

// selects tells a second query that was put behind the program's own.
func selects(s string) bool {
	if !strings.Contains(s, "select") {
		return false
	}
	for _, words := range [...]string{"union select ", "union all select ", "union distinct select "} {
		if before, rest, ok := strings.Cut(s, words); ok && (containsAny(rest, ",", "(", "--", "null", "@@", "'", "#", "*", "where ") || before != "" && strings.IndexByte("0123456789'\") ", before[len(before)-1]) >= 0 && strings.ContainsAny(before, "0123456789'\")")) {
			return true
		}
	}
	if containsAny(s, "union(select", "union (select", "union all (select", "union all(select", "union select(", "union all select(", "union select'", "union\nselect") {
		return true
	}
	if _, rest, ok := strings.Cut(s, "(select "); ok && strings.Contains(rest, " from ") && strings.IndexByte(rest, ')') >= 0 {
		return true
	}
	return false
}

// conditions are words that a condition follows.
var conditions = [...]string{" or ", " and ", " xor ", "'or ", "\"or ", "'or'", "\"or\"", "'and ", "'and'", ")or ", ")or(", ")and(", ") or(", " or(", " and(", "||", "&&", " having ", " where ", "'or(", " or'", " and'", " or\"", " or not ", "=not "}

// conditionWords are those that phrases can look for.
var conditionWords = newPhrases(slices.DeleteFunc(slices.Clone(conditions[:]), func(word string) bool { return len(word) < 3 })...)

// always tells a comparison of two constants, which makes a condition always true or never.
func always(s string) bool {
	if !conditionWords.in(s) && !containsAny(s, "||", "&&") {
		return false
	}
	compared := strings.IndexAny(s, "<>")
	for _, word := range conditions {
		for at := 0; ; {
			i := strings.Index(s[at:], word)
			if i < 0 {
				break
			}
			if compared >= 0 && compared < at+i {
				break // a sum or a filter with more conditions than one
			}
			at += i + len(word)
			back := 0
			if last := word[len(word)-1]; last == '\'' || last == '"' {
				back = 1
			}
			if comparesConstants(s[at-back:]) {
				return true
			}
		}
	}
	return false
}

// comparesConstants reports whether a text begins with "1=1", "'a'='a", "(2>1" or the like.
func comparesConstants(s string) bool {
	s = strings.TrimLeft(s, " (!~-+")
	left, rest, ok := constant(s)
	if !ok {
		return false
	}
	rest = strings.TrimLeft(rest, " )")
	for _, op := range [...]string{"<=>", "!=", "<>", "<=", ">=", "=", "<", ">", "like ", "rlike ", "regexp ", "is ", "between ", "in ("} {
		if after, ok := strings.CutPrefix(rest, op); ok {
			after = strings.TrimLeft(after, " (+-~")
			right, tail, ok := constant(after)
			// "a and 5 > 3" of a calculator has no quote and goes on; equal constants are never needed.
			return ok && (left == right || left[0] == '\'' || left[0] == '"' || op == "=" || strings.HasPrefix(strings.TrimLeft(tail, " "), "--") || tail == "")
		}
	}
	return false
}

// constant cuts a number or a quoted text off; the quote may be missing at the end of the text.
func constant(s string) (value, rest string, ok bool) {
	if s == "" {
		return "", "", false
	}
	if s[0] == '\'' || s[0] == '"' {
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			return s[:end+2], s[end+2:], end < 30
		}
		return s, "", len(s) < 30
	}
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i == 0 {
		for _, word := range [...]string{"true", "false", "null"} {
			if after, ok := strings.CutPrefix(s, word); ok {
				return word, after, true
			}
		}
	}
	return s[:i], s[i:], i > 0
}

// endsQuote tells a quote that ends the program's own, and a comment or a keyword behind it.
func endsQuote(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] != '\'' && s[i] != '"' {
			continue
		}
		rest := strings.TrimLeft(s[i+1:], ")")
		if rest == "" {
			return false
		}
		after := strings.TrimLeft(rest, " ")
		for _, comment := range [...]string{"--", "#", ";--", "; --", ";#", ";\x00"} {
			if tail, ok := strings.CutPrefix(after, comment); ok && len(strings.Trim(tail, " -+")) <= 1 {
				return true
			}
		}
		if rest[0] != ' ' && rest[0] != ';' && rest[0] != '|' {
			continue
		}
		for _, word := range [...]string{"union ", "order by 1", "order by 2", "order by 5", "group by ", "having ", "limit 0", "limit 1", "procedure ", "rlike ", "waitfor ", "into outfile", "; drop ", ";drop ", "; insert ", ";insert ", "; update ", ";update ", "; delete ", ";delete ", "; exec", ";exec", ";declare", "; declare", "; select ",
			";select ", "; if ", "|| (", "||(", "and (select", "or (select", "and sleep", "or sleep", "and ascii", "and substr", "and user", "and exists", "or exists", "and if(", "or if("} {
			if strings.HasPrefix(after, word) {
				return true
			}
		}
	}
	return false
}

// scriptPhrases are pieces of script and markup for the browsers of others.
var scriptPhrases = newPhrases("<script", "</script", "< script", "<iframe", "<svg", "<img ", "<img/", "<image ", "<object", "<embed", "<applet", "<body ", "<body/", "<base ", "<link ", "<meta ", "<style", "<form", "<isindex", "<marquee", "<details ", "<video ", "<audio ", "<input ", "<math", "<bgsound", "<layer", "<frameset",
	"<xml ", "<?import", "<a href=\"javascript", "<a href=javascript", "<a href='javascript", "<div style", "<textarea ", "<select ", "<button ", "<keygen ", "<table background", "<template", "<!doctype", "document.cookie", "document.write", "document.domain", "document.location", "document[",
	"window.location=", "window[", "string.fromcharcode", "fromcharcode(", ".innerhtml", "eval(", "alert(", "alert`", "prompt(", "confirm(", "vbscript:", "data:text/html", "livescript:", "mocha:", ":expression(", "-moz-binding", "behavior:url", "@import ", "@import'", "@import\"", "srcdoc=", "formaction=", "xlink:href", "=fscommand", "settimeout(", "setinterval(",
	"javascript:alert", "javascript:eval", "javascript:document", "javascript:prompt", "javascript:confirm", "javascript://", "=javascript:", "'javascript:", "\"javascript:", "(javascript:", " javascript:", "[constructor]", ".constructor(")

// eventWords are the attributes that run script. They count behind what ends an attribute or a tag's name;
// "?onload=" is a parameter like any other.
var eventWords = [...]string{"error", "load", "mouseover", "click", "focus", "blur", "mouseenter", "mousemove", "mouseout", "mouseleave", "mouseup", "mousedown", "toggle", "start", "begin", "end", "finish", "bounce", "animationstart", "animationend", "pointerover", "pointerenter", "resize", "scroll", "wheel", "input", "change", "select", "submit", "keydown", "keyup", "keypress", "dblclick", "drag", "drop", "copy", "paste", "cut", "contextmenu", "beforeunload",
	"unload", "pageshow", "hashchange", "message", "canplay", "play", "playing", "loadstart", "loadeddata", "zoom", "abort", "auxclick", "readystatechange", "transitionend", "popstate", "beforescriptexecute", "repeat", "show", "activate", "beforeactivate", "dragenter", "dragover", "search"}

// tags are elements of HTML that a value begins with to see whether the page takes it for markup (CrowdSec's list of 2021 for XSS
// and OWASP's XSS Filter Evasion Cheat Sheet). The second list are those that texts with markup begin with, too.
var tags, textTags = [...]string{"input", "object", "body", "meta", "frameset", "img", "embed", "style", "script", "iframe", "svg", "base", "link", "form", "video", "audio", "details", "marquee", "textarea", "button"},
	[...]string{"br", "table", "div", "p", "a", "b", "h1"}

// beginsTag tells a value that begins with a tag, or one behind a quote that ends an attribute. A tag of a text counts only where
// it is never closed. Addresses that somebody copied with the markup behind them have a value before it.
func beginsTag(s string) bool {
	for at := 0; ; {
		i := strings.IndexByte(s[at:], '<')
		if i < 0 {
			return false
		}
		at += i + 1
		before := strings.TrimRight(s[:at-1], ">/ ")
		if before == "" || strings.IndexByte("='\"", before[len(before)-1]) < 0 {
			continue
		}
		n := 0
		for at+n < len(s) && (s[at+n] >= 'a' && s[at+n] <= 'z' || s[at+n] == '1') {
			n++
		}
		name, rest := s[at:at+n], s[at+n:]
		ends := rest == "" || rest[0] == '&'
		for _, tag := range textTags {
			if ends && name == tag {
				return true
			}
		}
		if !ends && strings.IndexByte(" />\t\n", rest[0]) < 0 {
			continue
		}
		for _, tag := range tags {
			if name == tag {
				return true
			}
		}
	}
}

// isScript tells script and markup. A crawler that takes "javascript:void(0)" for a page asks for it as a
// path.
func isScript(s string, path bool) bool {
	if strings.Contains(s, "&#") || strings.Contains(s, "&lt") || strings.Contains(s, "&colon") || strings.Contains(s, "&tab") || strings.Contains(s, "&newline") {
		s = unmark(s)
	}
	if scriptPhrases.in(s) {
		return !path || !strings.HasPrefix(s, "/javascript:") || containsAny(s, "alert(", "document.", "eval(", "<")
	}
	if !path && beginsTag(s) {
		return true
	}
	for at := 0; ; {
		i := strings.Index(s[at:], "on")
		if i < 0 {
			return false
		}
		at += i + 2
		if at < 3 || strings.IndexByte(" \"'/<>`\t\n;\v\f", s[at-3]) < 0 {
			continue
		}
		name := 0
		for at+name < len(s) && s[at+name] >= 'a' && s[at+name] <= 'z' {
			name++
		}
		rest := strings.TrimLeft(s[at+name:], " ")
		if !strings.HasPrefix(rest, "=") || at >= 3 && s[at-3] == '/' && path {
			continue
		}
		for _, word := range eventWords {
			if s[at:at+name] == word {
				return true
			}
		}
	}
}

// unmark undoes the character references of HTML, as far as they hide script.
func unmark(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '&' {
			b.WriteByte(s[i])
			continue
		}
		rest := s[i+1:]
		if digits, ok := strings.CutPrefix(rest, "#"); ok {
			base, n, j := 10, 0, 0
			if strings.HasPrefix(digits, "x") {
				base, j = 16, 1
			}
			start := j
			for j < len(digits) && j < 12 && web.Hex(digits[j]) >= 0 && web.Hex(digits[j]) < base {
				n = n*base + web.Hex(digits[j])
				j++
			}
			if j > start && n > 0 && n < 128 {
				c := byte(n)
				if c >= 'A' && c <= 'Z' {
					c += 'a' - 'A'
				}
				b.WriteByte(c)
				i += 1 + j
				if j < len(digits) && digits[j] == ';' {
					i++
				}
				continue
			}
		}
		found := false
		for _, e := range [...][2]string{{"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"colon", ":"}, {"lpar", "("}, {"rpar", ")"}, {"tab", ""}, {"newline", ""}} {
			if strings.HasPrefix(rest, e[0]+";") || (e[0] == "lt" || e[0] == "gt") && strings.HasPrefix(rest, e[0]+" ") {
				b.WriteString(e[1])
				i += len(e[0]) + 1
				found = true
				break
			}
		}
		if !found {
			b.WriteByte('&')
		}
	}
	return b.String()
}

// isTemplate tells a sum in the brackets of a template engine, which the answer would show solved. Crawlers
// ask for "{{item.url}}" where a page's script failed.
func isTemplate(s string) bool {
	for _, open := range [...]string{"{{", "${", "#{", "<%", "@(", "*{"} {
		for at := 0; ; {
			i := strings.Index(s[at:], open)
			if i < 0 {
				break
			}
			at += i + len(open)
			rest := strings.TrimLeft(s[at:], " =({'\"")
			n := 0
			for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
				n++
			}
			if rest = strings.TrimLeft(rest[n:], " "); n > 0 && rest != "" && strings.IndexByte("*+-", rest[0]) >= 0 {
				return true
			}
		}
	}
	return objects(s) || calls(s)
}

// objects tells a serialised object of PHP: o:4:"name":1:{.
func objects(s string) bool {
	for at := 0; ; {
		i := strings.Index(s[at:], "o:")
		if i < 0 {
			return false
		}
		at += i + 2
		if at > 2 && strings.IndexByte("=;{&?", s[at-3]) < 0 {
			continue
		}
		n := 0
		for at+n < len(s) && s[at+n] >= '0' && s[at+n] <= '9' {
			n++
		}
		if n > 0 && strings.HasPrefix(s[at+n:], ":\"") && strings.Contains(s[at+n:], ":{") {
			return true
		}
	}
}

// calls tells the call of a function that a variable of PHP names: $f(…), ${'f'}(…), $_[1](…).
func calls(s string) bool {
	for i := 0; i+2 < len(s); i++ {
		if s[i] != '$' {
			continue
		}
		p := i + 1
		for p < len(s) && (s[p] == '$' || s[p] == ' ') {
			p++
		}
		name := p
		for p < len(s) && (s[p] >= 'a' && s[p] <= 'z' || s[p] >= '0' && s[p] <= '9' || s[p] == '_' || s[p] >= 0x80) {
			p++
		}
		named := p > name && (s[name] < '0' || s[name] > '9')
		brackets := false
		for p < len(s) && (s[p] == '[' || s[p] == '{') {
			end := strings.IndexByte(s[p:], map[byte]byte{'[': ']', '{': '}'}[s[p]])
			if end < 0 {
				break
			}
			p += end + 1
			brackets = true
		}
		for brackets && p < len(s) && s[p] == ' ' {
			p++
		}
		if (named || brackets) && p < len(s) && s[p] == '(' && strings.IndexByte(s[p:], ')') > 0 {
			return true
		}
	}
	return false
}
