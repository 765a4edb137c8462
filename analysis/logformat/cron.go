package logformat

import "strings"

// cron is what cron daemons say of the jobs that they run: Vixie cron 3.0 and its descendants (log_it in cron.c,
// do_command.c and crontab.c), cronie, anacron 2.3 and the run-parts of Red Hat. A job is not adverse for being run.
var cron = Format{
	Name:       "cron",
	Title:      "cron, cronie and anacron",
	Recognised: "syslog program CRON, cron, crond, crontab, anacron or run-parts with a job that is run or a table that is read",
	Carrier:    CarrierSyslog,
	New: messagesOf(cronMessages, func(program string) bool {
		switch program {
		case "CRON", "cron", "crond", "CROND", "crontab", "anacron", "/usr/sbin/cron", "/USR/SBIN/CRON", "/usr/sbin/crond", "/usr/bin/crontab":
			return true
		}
		return program == "run-parts" || strings.HasPrefix(program, "run-parts(")
	}),
}

var cronMessages = []message{
	{text: "({w}) CMD ({rest}"}, {text: "({w}) CMDOUT ({rest}"}, {text: "({w}) CMDEND ({rest}"}, {text: "({w}) MAIL (mailed {rest}"},
	{text: "({w}) RELOAD ({rest}"}, {text: "({w}) REPLACE ({rest}"}, {text: "({w}) LIST ({rest}"}, {text: "({w}) DELETE ({rest}"},
	{text: "({w}) BEGIN EDIT ({rest}"}, {text: "({w}) END EDIT ({rest}"},
	{text: "({w}) INFO ({rest}"}, {text: "({w}) STARTUP ({rest}"}, {text: "({w}) ORPHAN ({rest}"},
	{text: "Job `{w}' {rest}"}, {text: "Will run job `{w}' in {n} min."}, {text: "Anacron {w} started on {rest}"},
	{text: "Jobs will be executed sequentially"}, {text: "Normal exit ({n} job{(s)} run)"}, {text: "Updated timestamp for job `{w}' to {w}"},
	{text: "({w}) starting {w}"}, {text: "({w}) finished {w}"}, {text: "starting {w}"}, {text: "finished {w}"},
}
