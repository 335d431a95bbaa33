// Package desk is what everything else works on: the settings and the archive that
// they name, found again if it was moved, the sources of the accounts opened with
// their secrets, and errors with what to do ([Error]).
package desk
