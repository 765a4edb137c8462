// Package pipeline runs the stages in their order; it is the only package that knows it.
//
//	records → events (logformat) → detects (detect) → incidents (incident)
//	        → severity, observations, prompts → Report
package pipeline
