// Package publish makes the open files, README.html, index.csv and the manifests
// follow the history, in one go that a cut does not tear.
package publish
