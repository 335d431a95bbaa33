// Package openfiles derives the files that the owner opens from the history:
// vCards and calendars joined, albums, index.csv, the manifest's lines. The same
// derivation writes them ([sidekeep/export/archive/publish]) and compares them
// ([sidekeep/export/archive/verify]); where they go is an [Output]'s. It also reads
// them back, for a history that was lost.
package openfiles
