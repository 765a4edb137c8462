// Package workload makes logs to measure with: seeded, heavy-tailed, and as large as wanted.
//
// A few sources do most of what is done and most sources do little, as in the logs of a machine on the
// open Internet. The same kind, seed and size give the same bytes on every machine. Addresses are spread
// over the whole of IPv4, but none is of a private or special range, and IPv6 addresses are of
// 2001:db8::/32 (RFC 3849); the names of machines and people are made up.
package workload
