package command

import (
	"runtime"

	"github.com/spf13/cobra"
)

// Version is that of the program.
const Version = "0.1.0"

func (s *session) versionVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  arguments(),
		RunE: func(*cobra.Command, []string) error {
			if s.json {
				return s.printJSON(map[string]string{"version": Version, "system": runtime.GOOS + "/" + runtime.GOARCH})
			}
			s.stdout.printf("sidekeep %s %s/%s\n", Version, runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}
