// Package journals is the notes, lists and journals of restores, which lie in the
// archive's folder: which restores there were, and which are open.
package journals
