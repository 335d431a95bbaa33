// Package judge tells at the end of an export whether what it recorded looks like a
// loss, and keeps the owner's files as they are if so. What counts as a loss is
// decided in [sidekeep/export/loss]; this room brings it the facts. It also knows the
// last exports before each bulk change, which pruning keeps.
package judge
