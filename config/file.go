package config

// File is the shape of a configuration file. A text is kept as it was written, whatever type
// YAML, TOML or JSON would give it, so that one set of checks judges all of them.
type File struct {
	Title   string `mapstructure:"title"`   // of the report
	Analyst string `mapstructure:"analyst"` // who answers for the report
	Output  Output `mapstructure:"output"`
	// Paper is the page size of the PDF: a4 or letter.
	Paper string `mapstructure:"paper"`
	// Template is the form of the report: practical, gcia, monthly, or a file with a template of the site's own.
	Template string `mapstructure:"template"`
	// TLP is the label of the Traffic Light Protocol on every page.
	TLP string `mapstructure:"tlp"`
	// Attach is what the PDF carries besides its pages: none, manifest or evidence.
	Attach   string   `mapstructure:"attach"`
	Obscure  Obscure  `mapstructure:"obscure"`
	Style    Style    `mapstructure:"style"`
	Clock    Clock    `mapstructure:"clock"`
	Period   Period   `mapstructure:"period"`
	History  History  `mapstructure:"history"`
	Grouping Grouping `mapstructure:"grouping"`
	// Detail is how many incidents are told in full, or "all".
	Detail string `mapstructure:"detail"`
	// Excerpt is how many lines of an incident's evidence are quoted.
	Excerpt string `mapstructure:"excerpt"`
	Limits  Limits `mapstructure:"limits"`
	// LogFormats name the log format of inputs whose content would be taken for another.
	LogFormats []LogFormat `mapstructure:"log_formats"`
	// Catalogue names files with kinds of the site's own, from the folder of this file.
	Catalogue []string `mapstructure:"catalogue"`
	// Patterns names files with messages and log formats of the site's own, from the folder of this file.
	Patterns []string `mapstructure:"patterns"`
	Enrich   Enrich   `mapstructure:"enrich"`
	Mail     Mail     `mapstructure:"mail"`
	Site     Site     `mapstructure:"site"`
	Assets   []Asset  `mapstructure:"assets"`
	Sites    []Branch `mapstructure:"sites"`
	Ratings  []Rating `mapstructure:"ratings"`
}

// Output says where the report goes and in which report formats.
type Output struct {
	Dir string   `mapstructure:"dir"` // from the current folder; may hold {site}, {month}, {tlp} and so on
	To  []string `mapstructure:"to"`  // md, html, pdf, json
	// Export is what is written for other systems: csv, stix, ocsf, navigator, dshield.
	Export []string `mapstructure:"export"`
	// DShieldUser is the number of the site's account at DShield.
	DShieldUser string `mapstructure:"dshield_user"`
	Name        string `mapstructure:"name"` // of HTML and PDF, such as {site}-{month}-{tlp}; report where there is none
}

// Style is what a site may choose of the looks of HTML and PDF. Files are found from the folder of the configuration.
type Style struct {
	Margin string `mapstructure:"margin"` // at left and right: 22mm
	Lang   string `mapstructure:"lang"`   // of the text: en, de-AT
	Accent string `mapstructure:"accent"` // of titles and rules: "#1f3a5f"
	Link   string `mapstructure:"link"`   // of links
	Logo   string `mapstructure:"logo"`   // a PNG, JPEG or GIF file
	CSS    string `mapstructure:"css"`    // a style sheet that follows the page's own
	Fonts  Fonts  `mapstructure:"fonts"`
}

// Obscure says what pseudonyms replace in a report that is shown to others.
type Obscure struct {
	Mode  string   `mapstructure:"mode"`  // all: every address and name; own: the site's, the attackers' stay; empty for nothing
	Key   string   `mapstructure:"key"`   // a file with the key, made where it is missing; the same key gives the same pseudonyms
	List  string   `mapstructure:"list"`  // a file for the owner, with all pseudonyms and what they stand for
	Words []string `mapstructure:"words"` // free words to replace: the firm's name, a project's
	Home  []string `mapstructure:"home"`  // the site's own networks, besides the addresses of its assets and private ones
	MyNet string   `mapstructure:"mynet"` // true: home addresses are written MY.NET.17.4
}

// Enrich names files that sources are looked up in, from the folder of this file.
type Enrich struct {
	Databases []string     `mapstructure:"databases"` // in MaxMind's format: of countries, cities, autonomous systems
	Lists     []LookupList `mapstructure:"lists"`
}

// LookupList is a list of addresses and networks, one a line.
type LookupList struct {
	Name    string `mapstructure:"name"` // as reports call it
	File    string `mapstructure:"file"`
	Meaning string `mapstructure:"meaning"` // allow, deny or known; known where nothing is said
}

// Mail says how a report is mailed where the command line asks for it. A password is never written here: it is the environment
// variable PRACTICUM_MAIL_PASSWORD, or stands in a file.
type Mail struct {
	To           []string `mapstructure:"to"`            // addresses
	From         string   `mapstructure:"from"`          // an address
	Subject      string   `mapstructure:"subject"`       // may hold {site}, {month} and so on; the report's title where there is none
	SMTP         string   `mapstructure:"smtp"`          // the server, as host or host:port; without it sendmail is asked
	TLS          string   `mapstructure:"tls"`           // starttls, tls or none; starttls where nothing is said, none on loopback
	User         string   `mapstructure:"user"`          // for the server
	PasswordFile string   `mapstructure:"password_file"` // its first line is the password
	Sendmail     string   `mapstructure:"sendmail"`      // the program; /usr/sbin/sendmail where nothing is said
	Limit        string   `mapstructure:"limit"`         // how many megabytes are attached at most
	Red          []string `mapstructure:"red"`           // the recipients that a report labelled TLP:RED may be mailed to
}

// Fonts are TrueType files for the PDF.
type Fonts struct {
	Text       string   `mapstructure:"text"`
	Bold       string   `mapstructure:"bold"`
	Italic     string   `mapstructure:"italic"`
	BoldItalic string   `mapstructure:"bold_italic"`
	Mono       string   `mapstructure:"mono"`
	Fallback   []string `mapstructure:"fallback"` // for what the others have no glyph of
}

// Clock completes stamps that lack a zone or a year. Year and AsOf exclude each other.
type Clock struct {
	TZ   string `mapstructure:"tz"`    // a zone such as Europe/Berlin, or an offset such as +01:00
	Year string `mapstructure:"year"`  // the year of the earliest stamp without one
	AsOf string `mapstructure:"as_of"` // no stamp without a year is later than this day or time
}

// Period is the time that a report is about; empty for all that the logs hold. Since is part of it, until is not.
type Period struct {
	Month string `mapstructure:"month"` // 2026-10, last or this
	Since string `mapstructure:"since"` // a day or a time
	Until string `mapstructure:"until"` // a day or a time, which is not part of it any more
	Last  string `mapstructure:"last"`  // so long before now: 30d, 24h
}

// History says where reports are remembered, and for how long.
type History struct {
	File string `mapstructure:"file"` // a file, or none; the state folder of the user where it is empty
	Keep string `mapstructure:"keep"` // months, counted back from the newest report; all of them where it is empty
}

// Grouping says how detects become incidents.
type Grouping struct {
	Gap      string   `mapstructure:"gap"`      // longest silence within one incident: 24h
	Campaign string   `mapstructure:"campaign"` // longest time between sources that share a signature: 30d
	Ports    string   `mapstructure:"ports"`    // a group that touches more ports carries no port signature
	Order    string   `mapstructure:"order"`    // incidents are numbered by time or by severity; else by host, then time
	Ignore   []Ignore `mapstructure:"ignore"`
}

// Ignore names sources that are known to be harmless. What they hide is counted in the report.
type Ignore struct {
	Addresses []string `mapstructure:"addresses"` // addresses or networks
	Names     []string `mapstructure:"names"`     // names as logged
	Reason    string   `mapstructure:"reason"`
}

// LogFormat names the log format of the inputs that match a glob.
type LogFormat struct {
	Format string `mapstructure:"format"`
	Glob   string `mapstructure:"glob"`
}

// Limits bound what hostile logs can cost. What they cut is told in the report.
type Limits struct {
	Expand  string `mapstructure:"expand"`  // how many times its size a compressed log may unpack to
	Sources string `mapstructure:"sources"` // how many sources are told apart
}

// Site is the site as a whole: its name, and the countermeasures of machines that no asset describes.
type Site struct {
	Name    string  `mapstructure:"name"`
	Network *Points `mapstructure:"network"`
	System  *Points `mapstructure:"system"`
}

// Branch is one of several sites, with its logs. What it does not say holds as for all.
type Branch struct {
	Name    string   `mapstructure:"name"`
	Inputs  []string `mapstructure:"inputs"` // files, folders and globs, from the folder of this file
	TZ      string   `mapstructure:"tz"`     // zone of stamps that name none, and of the times of its incidents
	Network *Points  `mapstructure:"network"`
	System  *Points  `mapstructure:"system"`
	Assets  []Asset  `mapstructure:"assets"` // before those of all
	Ignore  []Ignore `mapstructure:"ignore"` // besides those of all
}

// Asset is one or more of the site's machines. It is found by any of its hosts, addresses or log formats.
type Asset struct {
	Hosts     []string `mapstructure:"hosts"`     // names as they stand in the logs
	Addresses []string `mapstructure:"addresses"` // addresses or networks
	Formats   []string `mapstructure:"formats"`   // for logs that do not name the machine that wrote them

	Criticality *Points `mapstructure:"criticality"`
	System      *Points `mapstructure:"system"`
	Network     *Points `mapstructure:"network"`
	// Reason holds for those of the three that give none of their own.
	Reason string `mapstructure:"reason"`
}

// Rating is the analyst's word on an incident, found by its id, or by its sources and its beginning.
type Rating struct {
	ID      string   `mapstructure:"id"`      // as report.json gives it
	Sources []string `mapstructure:"sources"` // addresses or names; every one must be a source of the incident
	From    string   `mapstructure:"from"`    // the incident begins at this day or time, or later
	To      string   `mapstructure:"to"`      // and on this day or before, or before this time

	Criticality *Points `mapstructure:"criticality"`
	Lethality   *Points `mapstructure:"lethality"`
	System      *Points `mapstructure:"system"`
	Network     *Points `mapstructure:"network"`
	// Total is the sum as it was written down elsewhere; the report says when the parts disagree with it.
	Total string `mapstructure:"total"`
	// Reason holds for those of the four that give none of their own.
	Reason string `mapstructure:"reason"`
}

// Points are points from 0 to 5 and the reason for them. In a file they are written as 4, as
// "3 to 4" or "3-4", or as {points: 4, reason: ...}.
type Points struct {
	Points string `mapstructure:"points"`
	Reason string `mapstructure:"reason"`
}

// setting is a key that has one value, which the environment or a flag may give too.
type setting struct {
	key     string
	flag    string // empty when there is none
	initial string // the default; empty when there is none
}

// settings lists them in the order of the shape. The environment's names are made of the key
// and of the flag: PRACTICUM_CLOCK_TZ, or PRACTICUM_TZ for short.
var settings = []setting{
	{key: "title", flag: "title"},
	{key: "analyst"},
	{key: "output.dir", flag: "output", initial: "report"},
	{key: "output.to", flag: "to", initial: "md,html,pdf,json"},
	{key: "output.export", flag: "export"},
	{key: "output.dshield_user", flag: "dshield-user", initial: "0"},
	{key: "output.name", flag: "output-name"},
	{key: "paper", flag: "paper", initial: "a4"},
	{key: "template", flag: "template", initial: "practical"},
	{key: "tlp", flag: "tlp"},
	{key: "attach", flag: "attach", initial: "manifest"},
	{key: "obscure.mode", flag: "obscure"},
	{key: "obscure.key", flag: "obscure-key", initial: "practicum-obscure.key"},
	{key: "obscure.list", flag: "obscure-list"},
	{key: "obscure.mynet", flag: "obscure-mynet", initial: "false"},
	{key: "style.margin"},
	{key: "style.lang"},
	{key: "style.accent"},
	{key: "style.link"},
	{key: "style.logo"},
	{key: "style.css"},
	{key: "style.fonts.text"},
	{key: "style.fonts.bold"},
	{key: "style.fonts.italic"},
	{key: "style.fonts.bold_italic"},
	{key: "style.fonts.mono"},
	{key: "clock.tz", flag: "tz", initial: "UTC"},
	{key: "clock.year", flag: "year"},
	{key: "clock.as_of", flag: "as-of"},
	{key: "period.month", flag: "month"},
	{key: "period.since", flag: "since"},
	{key: "period.until", flag: "until"},
	{key: "period.last", flag: "last"},
	{key: "history.file", flag: "history"},
	{key: "history.keep"},
	{key: "grouping.gap", initial: "24h"},
	{key: "grouping.campaign", initial: "30d"},
	{key: "grouping.ports", initial: "3"},
	{key: "grouping.order", flag: "order"},
	{key: "detail", flag: "detail", initial: "50"},
	{key: "excerpt", initial: "40"},
	{key: "limits.expand", initial: "1000"},
	{key: "limits.sources", initial: "500000"},
	{key: "mail.to", flag: "mail-to"},
	{key: "mail.from"},
	{key: "mail.subject"},
	{key: "mail.smtp"},
	{key: "mail.tls"},
	{key: "mail.user"},
	{key: "mail.password_file"},
	{key: "mail.sendmail"},
	{key: "mail.limit", initial: "10"},
	{key: "site.name"},
}
