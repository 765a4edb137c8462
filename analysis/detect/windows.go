package detect

import (
	"strings"

	"practicum/analysis"
)

// windowsRules tell what the event log of Windows says.
var windowsRules = []Rule{
	{Kind: "windows-logon-failed", Seeks: "a failed logon in the Security log of Windows", May: of("winevent"), Match: isWindowsLogonFailed},
	{Kind: "log-tamper", Seeks: "a log of Windows that was cleared", May: of("winevent"), Match: windowsEvent("log cleared")},
	{Kind: "account-created", Seeks: "a new account, or a new member of a privileged group, in the Security log of Windows", May: of("winevent"), Match: windowsEvent("account created", "added to the privileged group")},
	{Kind: "new-service", Seeks: "a new service that is no driver, or a task that somebody scheduled, in the logs of Windows", May: of("winevent"), Match: windowsEvent("service installed: ", "scheduled task created: ")},
}

func isWindowsLogonFailed(e *analysis.Event) bool {
	return e.Format == "winevent" && e.Action == analysis.ActionFailed && !e.Context
}

// windowsEvent tells events by what their signature begins with; the group's name follows it.
func windowsEvent(signatures ...string) func(*analysis.Event) bool {
	return func(e *analysis.Event) bool {
		if e.Format != "winevent" || e.Context {
			return false
		}
		for _, s := range signatures {
			if strings.HasPrefix(e.Signature, s) {
				return true
			}
		}
		return false
	}
}
