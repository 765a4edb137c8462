package logformat

// systemd is what the service manager and its log-in manager say of units and sessions (systemd 252, job.c, unit.c,
// service.c and logind-session.c). A unit that fails is a fault, not an attack. Who logged in is said by the daemon that
// let him in, with the address.
var systemd = Format{
	Name:       "systemd",
	Title:      "systemd and systemd-logind",
	Recognised: "syslog program systemd or systemd-logind with the state of a unit or a session",
	Carrier:    CarrierSyslog,
	New: messagesOf(systemdMessages, func(program string) bool {
		return program == "systemd" || program == "systemd-logind"
	}),
}

var systemdMessages = []message{
	{text: "Started {rest}"}, {text: "Starting {rest}"}, {text: "Finished {rest}"}, {text: "Stopped {rest}"}, {text: "Stopping {rest}"},
	{text: "Reloading{rest}"}, {text: "Reloaded {rest}"}, {text: "Reached target {rest}"}, {text: "Stopped target {rest}"},
	{text: "Created slice {rest}"}, {text: "Removed slice {rest}"}, {text: "Listening on {rest}"}, {text: "Closed {rest}"},
	{text: "Mounting {rest}"}, {text: "Mounted {rest}"}, {text: "Unmounting {rest}"}, {text: "Unmounted {rest}"}, {text: "Set up {rest}"},
	{text: "Failed to start {rest}"}, {text: "Dependency failed for {rest}"}, {text: "Condition check resulted in {rest}"},
	{text: "{w}: Deactivated successfully."}, {text: "{w}: Succeeded."}, {text: "{w}: Consumed {rest}"},
	{text: "{w}: Main process exited, {rest}"}, {text: "{w}: Control process exited, {rest}"}, {text: "{w}: Failed with result {rest}"},
	{text: "{w}: Scheduled restart job, {rest}"}, {text: "{w}: Start request repeated too quickly."}, {text: "{w}: Unit entered failed state."},
	{text: "Startup finished in {rest}"}, {text: "Queued start job for default target {rest}"}, {text: "Received SIGRTMIN+24 from PID {rest}"},
	{text: "New session {w} of user {who}."}, {text: "New session '{w}' of user '{who}' with {rest}"}, {text: "Removed session {w}."}, {text: "Session {w} logged out. Waiting for processes to exit."},
	{text: "New seat {w}."}, {text: "Watching system buttons on {rest}"},
}
