// Package config turns what a site and an analyst have written down into the options of a run.
//
// It has two halves. The shape (type [File]) is what a configuration file looks like: text in
// named places, and nothing judged. [Settings.Resolve] judges it: every value is checked once,
// and what is wrong is named with the place where it was written.
//
// Settings come in layers, from the lowest to the highest: the defaults, the file (YAML, TOML
// or JSON, by its extension), the environment (PRACTICUM_…) and the flags. This package is the
// only one that imports viper, which lays them over each other. Two of viper's habits would
// let mistakes pass, so they are kept out: it splits keys at dots and folds their case. Keys
// are therefore compared with the shape, exactly, before viper sees them; and addresses,
// hosts and signatures are values in lists, never keys.
//
// To add a key: a field of [File] with its comment, a check in resolve.go, a line in settings
// when a flag or an environment variable may give it too, and a line in the configuration that
// "practicum init" writes (a test there compares it with the shape).
package config
