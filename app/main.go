// Sidekeep keeps a copy of the people, dates and photos on a phone or service
// in a folder that their owner holds. Without arguments it opens its window,
// with a verb it works without one.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"sidekeep/app/command"
	"sidekeep/app/flow"
	"sidekeep/app/gui"
	"sidekeep/app/locale"
	"sidekeep/app/work"
)

func main() {
	locale.Restore()
	if len(os.Args) == 1 {
		os.Exit(window())
	}
	frugal()
	// The first Ctrl-C ends the work in good order, another one at once; what a
	// wrapper sends twice in one second counts as one.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() { time.Sleep(time.Second); stop() })
	os.Exit(command.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// window opens the window and returns when it is closed.
func window() int {
	err := gui.Run(gui.Options{Version: command.Version}, func(owner flow.Owner) (flow.Work, error) {
		return work.New(work.Options{
			Settings: os.Getenv("SIDEKEEP_SETTINGS"),
			Archive:  cmp.Or(owner.Archive, os.Getenv("SIDEKEEP_ARCHIVE")),
			Ask:      owner.Ask,
			Synced:   owner.Synced,
			Moved:    owner.Moved,
			Begin:    owner.Begin,
		})
	})
	switch {
	case errors.Is(err, gui.ErrNoDisplay):
		fmt.Fprintln(os.Stderr, "sidekeep: There is no display to open a window on.\n"+
			"  Everything works without one, too.\n"+
			"  Run “sidekeep help” to see how, or “sidekeep demo” to try it.")
		return 1
	case err != nil:
		fmt.Fprintln(os.Stderr, "sidekeep:", err)
		return 1
	}
	return 0
}
