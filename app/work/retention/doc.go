// Package retention prunes and forgets, in the archive and in the journals of
// restores.
package retention
