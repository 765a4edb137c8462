package detect

import (
	"practicum/analysis"
)

// mailRules tell what mail servers say of their clients. Format and signature are those of
// analysis/logformat.
var mailRules = []Rule{
	{Kind: "spam-relay", Match: mailRefusal("relay access denied")},
	{Kind: "mail-recon", Match: mailRefusal("user unknown", "VRFY or EXPN")},
	{Kind: "smtp-auth-failed", Match: failedLogin("smtp", "smtps", "submission")},
	{Kind: "mail-login-failed", Match: isMailLoginFailed},
	{Kind: "wrapper-refused", Match: isMailRefused},
	{Kind: "banner-grab", Match: isMailBannerGrab},
}

func isMailServer(e *analysis.Event) bool {
	switch e.Format {
	case "postfix", "sendmail", "exim", "courier", "dovecot", "cyrus", "popa3d", "qpopper", "vpopmail":
		return true
	}
	return false
}

func mailRefusal(signatures ...string) func(*analysis.Event) bool {
	return func(e *analysis.Event) bool {
		if e.Context || !isMailServer(e) {
			return false
		}
		for _, s := range signatures {
			if e.Signature == s {
				return true
			}
		}
		return false
	}
}

// isMailLoginFailed tells failures at a mailbox, also over TLS and at the service that keeps its
// filters.
func isMailLoginFailed(e *analysis.Event) bool {
	return isMailServer(e) && e.Action == analysis.ActionFailed && !e.Context
}

// isMailRefused tells a client that the server's access lists turned away: by its address, by the name
// it gave, by a block list.
func isMailRefused(e *analysis.Event) bool {
	return isMailServer(e) && e.Action == analysis.ActionBlocked && !e.Context
}

// isMailBannerGrab tells a client that spoke another protocol, spoke before its turn, or left without a
// mail or a log-in. What goes wrong within a session that was used is context.
func isMailBannerGrab(e *analysis.Event) bool {
	return isMailServer(e) && e.Action == analysis.ActionInfo && !e.Context
}
