package detect

import (
	"practicum/analysis"
)

// mailRules tell what mail servers say of their clients. Format and signature are those of
// analysis/logformat.
var mailRules = []Rule{
	{Kind: "spam-relay", Seeks: "a mail server's refusal to relay", May: isOfMailOr(), Match: mailRefusal("relay access denied")},
	{Kind: "mail-recon", Seeks: "a mail server's refusal of an unknown user, or VRFY or EXPN", May: isOfMailOr(), Match: mailRefusal("user unknown", "VRFY or EXPN")},
	{Kind: "smtp-auth-failed", Seeks: "a failed log-in over SMTP", May: isPlainAnd(analysis.ActionFailed), Match: failedLogin("smtp", "smtps", "submission")},
	{Kind: "mail-login-failed", Seeks: "a failed log-in at a mail server", May: isOfMailOr(), Match: isMailLoginFailed},
	{Kind: "mail-refused", Seeks: "a client or a mail that a mail server's rules turned away", May: isOfMailOr(), Match: isMailRefused},
	{Kind: "banner-grab", Seeks: "a client that spoke another protocol to a mail server, or left without a mail or a log-in", May: isOfMailOr(), Match: isMailBannerGrab},
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

// isMailRefused tells a client or a mail that the server's rules turned away: by its address, by a name that does not
// verify, by a block list.
func isMailRefused(e *analysis.Event) bool {
	return isMailServer(e) && e.Action == analysis.ActionBlocked && !e.Context
}

// isMailBannerGrab tells a client that spoke another protocol, spoke before its turn, or left without a
// mail or a log-in. What goes wrong within a session that was used is context.
func isMailBannerGrab(e *analysis.Event) bool {
	return isMailServer(e) && e.Action == analysis.ActionInfo && !e.Context
}
