// Package remove takes rows and files out of an archive for good, in steps that a
// cut may interrupt and the next opening goes on with. What goes is chosen in
// [sidekeep/export/archive/forget].
package remove
