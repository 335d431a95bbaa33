// Package search finds words in what is kept, shown or not. It has an index of its own beside
// the history, which follows it and can be lost at any time.
package search
