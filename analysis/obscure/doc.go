// Package obscure replaces what tells a site from others, addresses, names of machines and people, mail addresses, by
// pseudonyms, so that a report can be shown to people who may not know them.
//
// The same key gives the same pseudonyms in every run; without the key nobody can tell them from others or go back. Addresses keep
// what they have in common: two of one network are of one network afterwards. What is replaced is the text of the logs and
// what people wrote, before anything is made of it: whatever a report says, it says of pseudonyms.
package obscure
