// Package verify reads an archive back, as a whole or by slices: every file against
// its hash, the open files against what the history calls for, the history against
// its own rules, and what was understood of each item against its bytes. It mends
// nothing.
package verify
