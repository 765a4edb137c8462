package detect

import "strings"

// isWebProbe tells a request for what nobody asks who knows the site: files that were never meant to be read, weak
// pages of programs that are not there, the first bytes of other protocols, and tools that say who they are.
func isWebProbe(r *request) bool {
	if secretPaths.in(r.folded) && !(strings.Contains(r.folded, "/.git/") && fromAuthor(r)) || secretQueries.in(r.query) {
		return true
	}
	if endsSecret(r.folded) || namesAccounts(r.folded) || isLegacyProbe(r) {
		return true
	}
	missing := r.status == "404" || r.status == "403" || r.status == "400"
	if missing && !fromAuthor(r) && (absentPaths.in(r.folded) || endsAbsent(r.folded) || hasDotFile(r.folded)) {
		return true
	}
	if missing && strings.Contains(r.folded, "/cgi-bin/") && !fromCrawler(r) {
		return true
	}
	if r.note != "" {
		return garbles.in(r.note)
	}
	if r.method == "propfind" || r.method == "options" { // worms look for the shares of Windows
		for _, share := range [...]string{"/c$", "/d$", "/admin$", "/ipc$"} {
			if strings.HasSuffix(r.folded, share) {
				return true
			}
		}
	}
	if r.method == "put" && isScriptPath(strings.TrimRight(r.folded, "/ ")) {
		return true
	}
	if isOtherProtocol(r) || strings.HasSuffix(r.folded, "/sdk") && r.method == "post" || r.folded == "/sumthin" {
		return true
	}
	if r.method == "search" && !strings.Contains(r.folded, "/dav") || r.method == "track" || r.method == "debug" {
		return true
	}
	for _, text := range r.texts {
		if !strings.HasPrefix(text, "http") && toolAgents.in(text) {
			return true
		}
	}
	return false
}

// secretPaths are asked for by nobody who knows the site. The years are those of the advisories, where a
// name does not tell.
var secretPaths = newPhrases(
	// Files that hold secrets.
	"/.env", "/.git/", "/.gitconfig", "/.git-credentials", "/.svn/entries", "/.svn/wc.db", "/.hg/", "/.bzr/", "/.aws/", "/.ssh/", "/.htpasswd", "/.passwd", "/.vscode/", "/.idea/work", "/.docker/", "/.dockercfg", "/.bash_history", "/.mysql_history", "/.npmrc", "/.kube/", "/.s3cfg", "/.netrc", "/.pgpass",
	"/wp-config.php", "/wp-config.bak", "/wp-config.txt", "/wp-config.old", "/configuration.php.", "/configuration.php-", "/config.inc.php.", "/localsettings.php.", "/phpinfo.php", "/php-info.php", "/info.php.", "/id_rsa", "/id_dsa", "/web.config.", "/appsettings.json.", "/credentials.json",
	"/sftp-config.json", "/_vti_pvt/",
	// PHP and what is written in it.
	"/vendor/phpunit/", "/phpunit/src/", "/eval-stdin.php", "/scripts/setup.php", "/_ignition/execute-solution", "/_profiler/phpinfo", "/telescope/requests", "/php-ofc-library/", "/htmlawedtest.php", "/getphpinfo.php", "/remote_agent.php",
	"/php-cgi/php-cgi", "/wp-content/plugins/revslider/temp", "/muieblackcat", "/w00tw00t", "/dup-installer/", "/adminer-4", "/webdav/xmlrpc",
	// Back doors.
	"/c99.php", "/c100.php", "/c99shell", "/r57.php", "/r57shell", "/wso.php", "/wso2", "/b374k", "/alfacgiapi", "/alfa_data", "/indoxploit", "_shell.php", "/root.exe", "/leaf.php", "/marijuana.php", "/tomcatwar.jsp", "/shellxploit", "/.alf", "/weevely", "/backdoor.php", "/phpspy", "/nstview",
	// Things with a web page.
	"/boaform/", "/hnap1", "/goform/", "/gponform/", "/setup.cgi", "/cgi-bin/luci/;", "/cgi-bin/kerbynet", "/cgi-bin/mainfunction.cgi", "/cgi-bin/jarrewrite", "/cgi-bin/nobody/", "/cgi-bin/supervisor/", "/cgi-bin/viewcgi", "/cgi-bin/nas_sharing.cgi", "/cgi-bin/popen.cgi", "/cgi-bin/config.exp", "/cgi-bin/export_debug_msg",
	"/tmunblock.cgi", "/hndunblock.cgi", "/web_shell_cmd.gch", "/getcfg.php", "/language/swedish", "/rom-0", "/currentsetting.htm", "/ctrlt/deviceupgrade", "/picsdesc.xml", "/wanipcn.xml", "/soap.cgi", "/apply.cgi", "/stssys.htm", "/onvif-http/snapshot", "/sdk/weblanguage",
	"/device.rsp", "/evox/about", "/ztp/cgi-bin", "/webfig/", "/cgi-bin/cstecgi.cgi", "/cgi-bin/system_mgr.cgi", "/cgi-bin/weblogin.cgi", "/cgi-bin/downloadcfg", "/cgi-bin/mft/", "/backupmgt/", "/dnsfw.cgi", "/diag_form", "/uapi-cgi/", "/maker/snwrite.cgi",
	// Gateways and mail.
	"/remote/fgt_lang", "/remote/hostcheck_validate", "/api/v2/cmdb/", "/mgmt/tm/", "/tmui/locallb/", "/vpns/", "/dana/html5acc", "/dana-na/auth/url_admin", "/api/v1/totp/user-backup-code", "/ssl-vpn/hipreport", "/php/ztp_gate.php", "/php/utils/createremoteappwebsession", "/+cscot+/oem", "/mifs/.;", "/mifs/aad/",
	"/owa/auth/x.js", "/ecp/current/", "/ecp/y.js", "/ecp/proxylogon", "/ecp/default.flt", "/ecp/program.js", "/mboximport", "/autodiscover/autodiscover.json@", "/webconsole/controller",
	// Programs for sites.
	"/actuator/heapdump", "/actuator/gateway", "/actuator/jolokia", "/functionrouter", "/wls-wsat/", "/_async/asyncresponse", "/bea_wls_deployment", "/invoker/jmxinvoker", "/invoker/ejbinvoker", "/jmx-console/", "/web-console/invoker", "/axis2-admin", "/jolokia/exec", "/crx/packmgr",
	"/setup/setupadministrator.action", "/server-info.action", "/json/setup-restore.action", "/pages/createpage-entervariables", "/pages/doenterpagevariables", "/rest/tinymce/1/macro/preview", "/struts2-showcase", "/s/cfx/_/", "/nacos/v1/auth",
	"/v1.24/containers", "/v1.16/containers", "/containers/json", "/ui/vropspluginui", "/ui/vcav-bootstrap", "/analytics/ceip", "/catalog-portal/ui/oauth/verify", "/seeyon/", "/geoserver/pdfviewer", "/nsiislog.dll", "/fp30reg.dll", "/msadcs.dll", "/showcode.asp", "/codebrws.asp", "/viewcode.asp",
	"/null.ida", "/null.idq", "/default.ida", "/null.printer", "/iisadmpwd/", "/scripts/tools/newdsn", "/scripts/tools/getdrvs", "/iissamples/", "/msadc/msadcs", "/cfide/administrator", "/cfide/adminapi", "/cfide/wizards", "/nice ports,", "/nmaplowercheck", "/trinity.txt.bak", "/appscan_fingerprint", "/nikto-test",
	"/nessustest", "/nessus_is_probing", "/acunetix-wvs-test", "/acunetix_wvs", "/phpshell.php", "/antichat.php", "/webshell.", "/unauth/php", "/securityrealm/user/admin/descriptorbyname/", "/analytics/telemetry/ph/", "/wp-file-manager/lib/php/connector.minimal")

// servedSecrets are files of which nobody has use but their owner, by the ends of their paths: settings with keys and passwords, and
// dumps of databases (the lists of names of OWASP's Web Security Testing Guide 4.2, 2020, and of CrowdSec's http-sensitive-files, 2024).
var servedSecrets = [...]string{"/.env", "/.env.local", "/.env.production", "/.env.prod", "/.env.dev", "/.env.backup", "/.env.bak", "/.env.old", "/.env.save", "/.git/config", "/.git/head", "/.git/index", "/.git-credentials", "/.svn/wc.db", "/.aws/credentials", "/.aws/config",
	"/.ssh/id_rsa", "/.ssh/id_dsa", "/.ssh/id_ecdsa", "/.ssh/id_ed25519", "/id_rsa", "/id_dsa", "/.htpasswd", "/.docker/config.json", "/.dockercfg", "/.bash_history", "/.mysql_history", "/.npmrc", "/.kube/config", "/.s3cfg", "/.netrc", "/.pgpass", "/sftp-config.json",
	"/wp-config.php.bak", "/wp-config.php.old", "/wp-config.php.save", "/wp-config.php.swp", "/.wp-config.php.swp", "/wp-config.php~", "/wp-config.php.txt", "/wp-config.bak", "/wp-config.txt", "/wp-config.old", "/configuration.php.bak", "/configuration.php~", "/config.php.bak", "/config.php~",
	"/backup.sql", "/dump.sql", "/db.sql", "/database.sql", "/mysql.sql", "/backup.sql.gz", "/dump.sql.gz", "/db.sql.gz", "/database.sql.gz", "/backup.sql.zip", "/dump.sql.zip"}

// isSecretServed tells the request for such a file that was answered with success; HEAD gets no more than its size.
func isSecretServed(r *request) bool {
	if r.status != "200" && r.status != "206" || r.method == "head" || r.method == "options" || r.method == "propfind" {
		return false
	}
	if !strings.Contains(r.folded, "/.") { // a name without a dot at its begin ends in one of these
		switch r.folded[max(len(r.folded)-4, 0):] {
		case ".sql", "l.gz", ".zip", "json", "_rsa", "_dsa", ".bak", ".old", "save", ".swp", "php~", ".txt":
		default:
			return false
		}
	}
	for _, end := range servedSecrets {
		if strings.HasSuffix(r.folded, end) {
			return !strings.Contains(r.folded, "/.git/") || !fromAuthor(r)
		}
	}
	return false
}

// secretQueries are probes that show in the parameters.
var secretQueries = newPhrases("phpe9568f34", "phpe9568f35", "next_file=netgear.cfg", "bootstrapstatusprovider", "-dallow_url", "-d allow_url", "-d auto_prepend", "-dsafe_mode", "\xadd allow", "\xadd auto", "/mapi/nspi", "/powershell/?", "xdebug_session_start",
	"duplicator_download", "wp_abspath=", "gf_page=upload", "auth=ywrtaw46mte")

// cgiProbes are the weak CGI programs of the nineties.
var cgiProbes = newPhrases("/phf", "/test-cgi", "/nph-test-cgi", "/campas", "/webdist.cgi", "/aglimpse", "/faxsurvey", "/htmlscript", "/info2www", "/pfdisplay", "/websendmail", "/www-sql", "/textcounter.pl", "/bnbform", "/classifieds.cgi", "/wwwboard.pl", "/wguest.exe", "/rguest.exe", "/perl.exe", "/www-survey",
	"/dumpenv", "/man.sh", "/maillist.pl", "/cachemgr.cgi", "/nph-publish", "/webgais", "/whois_raw.cgi", "/sojourn.cgi", "/unlg1.1", "/filemail.pl", "/day5datacopier", "/day5notifier", "/rwwwshell.pl", "/htsearch?exclude", "/echo.bat", "/input.bat", "/hello.bat", "/args.bat", "/args.cmd", "/visadmin.exe", "/post32.exe", "/win-c-sample", "/get32.exe")

// isLegacyProbe tells probes that a folder or an ending makes one.
func isLegacyProbe(r *request) bool {
	if strings.Contains(r.folded, "/cgi-bin/") && cgiProbes.in(r.folded) {
		return true
	}
	// "?-s" makes an old php-cgi show its program.
	for _, p := range [...][2]string{{"/xmldata", "item=all"}, {"/system.ini", "loginuse"}, {"/security/users", "auth="}, {"/telerik.web.ui.webresource.axd", "type=rau"}, {"/board.cgi", "cmd="},
		{"/uploadify.php", "http"}, {"/timthumb.php", "src=http"}, {"/wp-admin/admin-ajax.php", "duplicator_download"}, {"/login/index.php", "login=$("}, {"/hyper/send", "_l="}, {"/websso/saml2/sso/vsphere.local", ""}, {"/config/getuser", "index=0"}, {"/command.php", "cmd"}} {
		if strings.HasSuffix(r.folded, p[0]) && r.query != "" && strings.Contains(r.query, p[1]) {
			return true
		}
	}
	if r.folded == "/shell" && r.query != "" { // of recorders; "/wiki/shell" is a page
		return true
	}
	return r.query == "-s" && strings.HasSuffix(r.folded, ".php") || strings.HasPrefix(r.query, "-s ") || strings.HasPrefix(r.raw, "/?\xadd")
}

// endsSecret tells the copy of a program that an editor left beside it, which the server would give out as
// text, and extensions of IIS.
func endsSecret(path string) bool {
	for _, end := range [...]string{".printer", ".htr", ".idq"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	for _, end := range [...]string{".bak", ".old", ".orig", ".save", ".swp", "~", ".backup", ".copy", "_bak", ".1", ".txt"} {
		base, ok := strings.CutSuffix(path, end)
		if !ok {
			continue
		}
		for _, program := range [...]string{".php", ".asp", ".aspx", ".jsp", "web.config", ".inc"} {
			if strings.HasSuffix(base, program) {
				return end != ".txt" && end != ".1" || strings.HasSuffix(base, "config.php") || strings.HasSuffix(base, "configuration.php")
			}
		}
	}
	return strings.Contains(path, ".php~/") || strings.HasSuffix(path, ".php.swo")
}

// absentPaths are pages of programs that many sites do have: asking for them is a probe where they are
// not there.
var absentPaths = newPhrases("/wp-login.php", "/xmlrpc.php", "/phpmyadmin", "/phpmyadm", "/php-my-admin", "/myadmin", "/mysqladmin", "/mysql-admin", "/mysqlmanager", "/sqladmin", "/dbadmin", "/sqlmanager", "/websql", "/webdb", "/sqlweb", "/adminer", "/wp-admin", "/wp-content/plugins/", "/wp-includes/wlwmanifest", "/administrator/",
	"/awstats.pl", "/awstats/", "/formmail", "/server-status", "/server-info", "/web-console", "/manager/html", "/manager/text", "/host-manager/", "/manager/status", "/solr/admin", "/phpinfo", "/cgi-bin/php", "/admin/config.php", "/cmd.exe", "/backup.sql", "/dump.sql", "/backup.zip", "/db.sql", "/database.sql", "/www.zip", "/backup.tar",
	"/roundcube", "/webmail", "/squirrelmail", "/extmail", "/vwebmail", "/v-webmail", "/horde/", "/zimbra", "/tmui/", "/dana-na/", "/dana-cached/", "/+cscoe+/", "/global-protect/", "/remote/login", "/sslvpn", "/vpn/index.html", "/logon/logonpoint", "/actuator", "/nacos/", "/jenkins/", "/hudson/", "/_cat/indices",
	"/_nodes", "/_all_dbs", "/_utils/", "/solr/", "/kibana", "/_profiler", "/debug/default", "/elfinder", "/fckeditor", "/kcfinder", "/uploadify", "/timthumb.php", "/azenv.php", "/proxyheader", "/prx.php", "/judge.php", "/shell.php", "/cmd.php", "/up.php", "/1.php", "/x.php",
	"/test.php", "/info.php", "/php.php", "/shell.jsp", "/cmd.jsp", "/shell.asp", "/cmd.asp", "/config.php.", "/config.yml", "/docker-compose", "/composer.json", "/composer.lock", "/package.json", "/login.action", "/index.action", "/zabbix", "/nagios/", "/cacti/", "/xampp/", "/webdav/", "/login.cgi", "/admin.cgi", "/cgi-sys/", "/scripts/..",
	"/msadc/", "/_vti_bin/shtml", "/_vti_bin/_vti_a", "/_vti_bin/fpcount", "/_vti_bin/..", "/trace.axd", "/elmah.axd", "/web.config", "/_mem_bin/", "/portal/redlion", "/ws/v1/cluster", "/v2/_catalog", "/hudson", "/securityrealm", "/boaform", "/admin/login.asp", "/cpanel", "/typo3/install", "/magento_version", "/install.php", "/geoserver", "/owa/auth", "/a2billing", "/vtigercrm", "/graphql/console",
	"/cfide/", "/lpt1", "/.well-known.php", "/pma/", "/druid/index.html", "/horizon/api/", "/fckeditor/editor/", "/elfinder/php/", "/connector.minimal.php", "/telerik.web.ui.dialoghandler", "/ghost/api/admin/session")

// endsAbsent tells the copies and dumps that a careless site leaves in its folder. Where they are there,
// they may be meant for all.
func endsAbsent(path string) bool {
	for _, end := range [...]string{".bak", ".old", ".swp", ".sql", ".sql.gz", ".sql.zip", ".mdb", ".rdb", ".pem", ".kdbx", ".orig", ".save", "/pma", "/mail", "/mails", "/~", "/credentials", "/secrets", ".ini", ".pwd", ".pgsql", ".sqlite", ".log.1"} {
		if strings.HasSuffix(path, end) {
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

// isScriptPath reports whether a path names a program.
func isScriptPath(path string) bool {
	for _, end := range [...]string{".php", ".php3", ".php4", ".php5", ".phtml", ".asp", ".aspx", ".ashx", ".jsp", ".jspx", ".cgi", ".pl", ".cfm", ".do", ".action", ".exe", ".dll", ".sh", ".py"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}

// isMissingProgram tells a request for a program that is not there, without the page that has the link. One is a
// link of old; many within a minute are somebody who tries names.
func isMissingProgram(r *request) bool {
	if r.status != "404" && !strings.Contains(r.note, "primary script unknown") || fromCrawler(r) {
		return false
	}
	for _, text := range r.texts {
		if strings.HasPrefix(text, "http") {
			return false
		}
	}
	return isScriptPath(r.folded) || r.note != ""
}

// fromAuthor tells programs that keep a site's files by WebDAV, git or Subversion and ask for files that
// begin with a dot as a matter of course.
func fromAuthor(r *request) bool {
	switch r.method {
	case "propfind", "proppatch", "mkcol", "lock", "unlock", "report", "options", "put", "delete", "move", "copy", "mkcalendar", "acl":
		return true
	}
	for _, text := range r.texts {
		if containsAny(text, "webdav", "davfs", "cadaver", "gvfs/", "git/", "svn/", "neon/", "dav/", "msfrontpage", "microsoft office", "nextcloud", "owncloud") && !strings.HasPrefix(text, "http") {
			return true
		}
	}
	return false
}

// fromCrawler tells the big search engines, which still ask for what a site had years ago.
func fromCrawler(r *request) bool {
	for _, text := range r.texts {
		if containsAny(text, "googlebot", "bingbot", "msnbot", "slurp", "yandexbot", "baiduspider", "duckduckbot", "applebot", "archive.org_bot", "ia_archiver", "petalbot", "seznambot", "ahrefsbot", "mj12bot", "semrushbot", "dotbot", "facebookexternalhit", "teoma", "exabot", "ccbot") && !strings.HasPrefix(text, "http") {
			return true
		}
	}
	return false
}

// isOtherProtocol tells what is no request of HTTP: the first bytes of TLS, RDP, SMB or a trojan's
// protocol, a word that is no method, and versions that there are not. A browser that opens a connection
// ahead of need and closes it leaves nothing at all.
func isOtherProtocol(r *request) bool {
	if strings.HasPrefix(r.method, `\x`) || strings.HasPrefix(r.method, "\x16\x03") || r.status == "400" && strings.ContainsAny(r.method, "\\|\x00\x01\x03\x04") {
		return true
	}
	if strings.HasPrefix(r.method, "ssh-") || strings.Contains(r.raw, "mstshash=") || r.method == "pri" && r.status == "400" && r.raw != "*" {
		return true
	}
	refused := r.status == "400" || r.status == "405" || r.status == "501"
	if r.version == "" {
		return refused && r.method != "" && r.method != "-" && !isMethod(r.method)
	}
	switch r.version {
	case "0.9", "1.0", "1.1", "2", "2.0", "3", "3.0":
		return false
	}
	return len(r.version) < 8
}

// isMethod reports whether a word is a method of HTTP, WebDAV, UPnP or iCalendar.
func isMethod(word string) bool {
	switch word {
	case "get", "head", "post", "put", "delete", "options", "trace", "connect", "patch", "propfind", "proppatch", "mkcol", "copy", "move", "lock", "unlock", "report", "search", "mkactivity", "checkout", "merge", "subscribe", "unsubscribe", "notify", "m-search",
		"mkcalendar", "acl", "purge", "ban", "bind", "query", "pri", "rpc_in_data", "rpc_out_data", "bmove", "bdelete", "bpropfind", "poll", "version-control", "uncheckout", "checkin", "update", "label", "mkworkspace", "baseline-control", "link", "unlink":
		return true
	}
	return false
}

// garbles are what an error log says of requests that no browser sends.
var garbles = newPhrases("invalid uri in request", "invalid uri path (", "invalid method in request", "uri too long", "erroneous characters after protocol string", "invalid http version", "client sent invalid method", "client sent invalid request", "client sent invalid http", "client sent malformed host header",
	"file name too long", "client sent too long uri", "ssl3_get_record:", "ssl_do_handshake() failed (ssl: error:1408f0", "malformed header from client",
	"request without hostname")

// toolAgents are names under which scanners, harvesters of addresses and worms announce themselves.
var toolAgents = newPhrases("nikto", "sqlmap", "zgrab", "masscan", "nmap scripting engine", "nmap nse", "zmeu", "morfeus", "dirbuster", "gobuster", "dirsearch", "wpscan", "joomscan", "acunetix", "openvas", "nuclei", "l9explore", "l9tcpid", "l9scan", "leakix", "jorgee", "dfind", "whatweb", "havij", "w3af", "netsparker", "arachni", "feroxbuster", "ffuf", "fuzz faster",
	"wfuzz", "hello, world", "nessus", "skipfish", "censysinspect", "sysscan", "muhstik", "the beast", "burpcollaborator", "burp suite", "commix", "jaeles", "webinspect", "appscan", "whatwaf", "netsystemsresearch", "internetmeasurement", "internet-measurement", "expanse, a palo alto", "expanseinc", "scaninfo@", "zoomeye", "criminalip",
	"bbscan", "xsser", "fimap", "grendel-scan", "n-stealth", "webtrends security", "httprint", "cgichk", "whisker", "absinthe", "pangolin", "sqlninja", "bsqlbf", "mysqloit", "uil2pn", "prog.customcrawler", "datacha0s", "toata dragostea", "casper bot", "kmccrew", "emailcollector", "emailsiphon", "emailwolf", "extractorpro",
	"webbandit", "cherrypicker", "trackback/1.02", "report runner", "mozilla/5.0 zgrab", "onlyscans", "palo alto networks", "project discovery", "projectdiscovery", "python-nmap", "intruder.io", "detectify", "hello-world")
