// Package repair makes a damaged archive whole as far as its bytes allow: open files
// from the history, the history's rows from the open files, a lost history anew.
package repair
