// Package forget plans what is to be forgotten or pruned, shows the plan, and has it
// removed.
package forget
