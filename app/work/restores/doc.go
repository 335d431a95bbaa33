// Package restores plans restores, makes them, goes on with those that were stopped,
// and takes them back.
package restores
